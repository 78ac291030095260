package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// A drawing shows paths as a rail from node to node. The rail is what the link
// is: double for an encrypted one, dashed for one in clear.
//
//	● router/R1                  172.16.0.0/16  peering/er-primary   IN CLEAR
//	┆   local preference 200 over 100
//	● msee/er-primary            172.16.0.0/16  ...
//
// Where a line is too narrow, the link moves to a line of its own; where it is
// very wide, the reasons stand at the right.
type drawing struct {
	*terminal
	node, prefix, link, mark int
	// loop is the width of the rail beside the path that closes a circle.
	loop int
	// stacked puts links on lines of their own.
	stacked bool
	// reason is the column of the reasons; 0 puts them beneath.
	reason   int
	underlay bool
}

const (
	railIndent = 2
	minReason  = 56 // columns that reasons at the right need
	maxBranch  = 4
)

// paths draws both paths of a finding.
func (t *terminal) paths(f finding.Finding) {
	ds := directions(f)
	d := t.plan(ds)
	for _, dir := range ds {
		branches := dir.branches()
		shown := t.limit(maxBranch, len(branches))
		for _, b := range branches[:shown] {
			d.branch(b.title, b.Path)
		}
		t.more(len(branches)-shown, "branch")
	}
}

// plan measures the columns for all paths of a finding, so that they align.
func (t *terminal) plan(ds []direction) *drawing {
	d := &drawing{terminal: t, node: len("node, link"), prefix: len("matched"), link: len("sends to"), mark: 11}
	for _, dir := range ds {
		d.underlay = dir.underlay
		for _, b := range dir.path.Branches() {
			if _, ok := circle(b); ok {
				d.loop = 4
			}
			for _, h := range b.Hops {
				d.node = max(d.node, width(clean(h.Node)))
				d.prefix = max(d.prefix, width(clean(h.Prefix)))
				d.link = max(d.link, width(clean(h.Link)))
				d.mark = max(d.mark, width(mark(h, dir.underlay)))
			}
		}
	}
	lead := railIndent + d.loop + 2
	d.prefix = min(d.prefix, (t.width-lead)/2)
	all := lead + d.node + 2 + d.prefix + 2 + d.link + 2 + d.mark
	switch {
	case all+3+minReason <= t.width:
		d.reason = all + 3
	case all > t.width:
		d.stacked = true
		d.node = min(d.node, t.width-lead-d.prefix-2)
	}
	return d
}

// branch draws one path.
func (d *drawing) branch(title string, p finding.Path) {
	word, st := state(p, d.underlay)
	d.print()
	at := d.width - width(word)
	if !d.stacked {
		at = min(at, railIndent+d.loop+2+d.node+2+d.prefix+2+d.link+2)
	}
	title = clean(title)
	if at < railIndent+width(title)+2 {
		d.para([]span{{plain, "  "}}, []span{{plain, "    "}}, bold, title)
		title = ""
	}
	d.print(span{bold, pad("  "+title, at)}, span{st, word})
	d.columns()
	start, loops := circle(p)
	for i, h := range p.Hops {
		at := position{loops: loops, first: loops && i == start, within: loops && i >= start, last: i == len(p.Hops)-1}
		d.hop(h, at)
	}
	d.end(p, loops)
}

// columns names the columns of a drawing.
func (d *drawing) columns() {
	lead := strings.Repeat(" ", railIndent+d.loop+2)
	if d.stacked {
		head := lead + pad("node, link", d.node) + "  matched"
		if at := d.width - len("protection"); width(head)+2 <= at {
			head = pad(head, at) + "protection"
		}
		d.print(span{dim, head})
		return
	}
	head := lead + pad("node", d.node) + "  " + pad("matched", d.prefix) + "  " + pad("sends to", d.link) + "  protection"
	if d.reason > 0 {
		head = pad(head, d.reason) + "because"
	}
	d.print(span{dim, head})
}

// position is where a hop is on its path.
type position struct{ loops, first, within, last bool }

// rails are the spans at the left of a line of a hop. top is its first line.
func (d *drawing) rails(h finding.Hop, at position, top bool) []span {
	out := []span{{plain, strings.Repeat(" ", railIndent)}}
	beside := ""
	switch {
	case at.first && top:
		beside = "╭─> "
	case at.within:
		beside = "│"
	}
	out = append(out, span{boldRed, pad(beside, d.loop)})
	if top {
		return append(out, span{bold, "● "})
	}
	r, st := rail(coverOf(h, d.underlay))
	if at.last && !at.loops && h.Link == "" {
		r = " "
	}
	return append(out, span{st, r + " "})
}

// rail is the look of a link.
func rail(c cover) (string, style) {
	switch c {
	case inClear:
		return "┆", boldRed
	case protected:
		return "║", green
	case unsure:
		return "┊", yellow
	case outer, inside:
	}
	return "│", dim
}

// hop draws a node, the link that leaves it, and why.
func (d *drawing) hop(h finding.Hop, at position) {
	_, st := rail(coverOf(h, d.underlay))
	link, word := clean(h.Link), mark(h, d.underlay)
	row := append(d.rails(h, at, true),
		span{bold, pad(cutName(clean(h.Node), d.node), d.node)}, span{plain, "  " + pad(cut(clean(h.Prefix), d.prefix), d.prefix)})
	reasons := d.reasons(h)
	if d.reason > 0 {
		row = append(row, span{plain, "  " + pad(link, d.link)}, span{st, "  " + pad(word, d.mark)})
		d.beside(h, at, row, reasons)
		return
	}
	if !d.stacked {
		d.print(append(row, span{plain, "  " + pad(link, d.link)}, span{st, "  " + word})...)
	} else {
		d.print(row...)
		if link != "" {
			lead := d.rails(h, at, false)
			room := d.width - spansWidth(lead) - width(word) - 2
			d.print(append(lead, span{plain, pad(cutName(link, room), room+2)}, span{st, word})...)
		}
	}
	for _, reason := range reasons {
		lead := d.rails(h, at, false)
		d.para(slices.Concat(lead, []span{{plain, "  "}}), slices.Concat(lead, []span{{plain, "    "}}), reason.style, reason.text)
	}
}

// beside draws a hop with its reasons at the right of it.
func (d *drawing) beside(h finding.Hop, at position, row, reasons []span) {
	for i, reason := range reasons {
		for j, line := range wrap(reason.text, d.width-d.reason-2) {
			if i+j > 0 {
				row = d.rails(h, at, false)
			}
			row = append(row, span{plain, strings.Repeat(" ", max(1, d.reason-spansWidth(row)))})
			if j > 0 {
				line = "  " + line
			}
			d.print(append(row, span{reason.style, line})...)
		}
	}
	if len(reasons) == 0 {
		d.print(row...)
	}
}

// reasons are why the link was taken, how well its protection is known, and
// what lost.
func (d *drawing) reasons(h finding.Hop) []span {
	var out []span
	if h.Why != "" {
		out = append(out, span{plain, d.text(h.Why)})
	}
	c := coverOf(h, d.underlay)
	if h.Grade != "" && (c == inClear || c == unsure || d.verbose) {
		out = append(out, span{dim, "(" + d.text(h.Grade) + ")"})
	}
	shown := d.limit(3, len(h.Lost))
	for _, l := range h.Lost[:shown] {
		out = append(out, span{dim, d.text(lost(l))})
	}
	if n := len(h.Lost) - shown; n > 0 {
		out = append(out, span{dim, fmt.Sprintf("and %d more that lost", n)})
	}
	if d.verbose && len(h.Evidence) > 0 {
		out = append(out, span{dim, "seen in " + places(h.Evidence)})
	}
	return out
}

// lost says which table entry was not used, and why.
func lost(c finding.Candidate) string {
	text := "lost: " + c.Prefix
	if c.Via != "" {
		text += " via " + c.Via
	}
	if c.Source != "" {
		text += " (" + c.Source + ")"
	}
	if c.Why != "" {
		text += ": " + c.Why
	}
	return text
}

// places names lines of the evidence, an item once for lines of it that follow
// each other.
func places(refs []finding.Ref) string {
	var b strings.Builder
	for i, r := range refs {
		place := r.String()
		if i > 0 {
			b.WriteString(", ")
			if r.Item == refs[i-1].Item {
				place = strings.TrimPrefix(place, r.Item+":")
			}
		}
		b.WriteString(place)
	}
	return b.String()
}

// end draws how a path ends, where that is not delivery.
func (d *drawing) end(p finding.Path, loops bool) {
	lead := []span{{plain, strings.Repeat(" ", railIndent)}}
	indent := []span{{plain, strings.Repeat(" ", railIndent+d.loop+2)}}
	text := d.text(p.Detail)
	switch {
	case loops:
		corner := "╯"
		if coverOf(p.Hops[len(p.Hops)-1], d.underlay) == protected {
			corner = "╜"
		}
		lead = append(lead, span{boldRed, "╰" + strings.Repeat("─", d.loop-1) + corner + " LOOP: "})
		if text == "" {
			text = "the packet comes back to where it was"
		}
	case p.Outcome == finding.Dropped:
		lead = append(lead, span{plain, strings.Repeat(" ", d.loop)}, span{boldYellow, "× dropped: "})
	case p.Outcome == finding.Unknown:
		lead = append(lead, span{plain, strings.Repeat(" ", d.loop)}, span{boldYellow, "? not known: "})
	case p.Outcome == finding.Loop:
		lead = append(lead, span{boldRed, "LOOP: "})
	default:
		return
	}
	d.para(lead, indent, plain, text)
}
