package audit

import (
	"bytes"
	"maps"
	"slices"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
)

// Limits of what a report quotes: texts longer than maxExcerpt bytes are cut, no
// fact is quoted over more than maxLines lines, and no JSON value that begins on
// the line that is quoted is followed for more than maxValue.
const (
	maxExcerpt = 240
	maxLines   = 4
	maxValue   = 40
)

// A wish is how a line is to be quoted. A bare one is one that no finding asks
// for as one of several: if it only opens a JSON value, the value is quoted.
type wish struct{ bare bool }

// excerpts takes the lines out of the evidence that the findings point at, each
// once, in order of item and line.
func excerpts(d *evidence.Dir, fs []finding.Finding) []finding.Excerpt {
	want := make(map[string]map[int]wish)
	for _, f := range fs {
		if f.Outcome != finding.Fail && f.Outcome != finding.Open {
			continue
		}
		eachRef(f, func(r finding.Ref) {
			if r.Line == 0 {
				return
			}
			if want[r.Item] == nil {
				want[r.Item] = make(map[int]wish)
			}
			bare := r.LastLine <= r.Line
			for line := r.Line; line <= max(r.Line, r.LastLine) && line < r.Line+maxLines; line++ {
				was, asked := want[r.Item][line]
				want[r.Item][line] = wish{bare: bare && (!asked || was.bare)}
			}
		})
	}
	var out []finding.Excerpt
	for _, item := range slices.Sorted(maps.Keys(want)) {
		data, err := d.Bytes(item)
		if err != nil {
			continue // the item's status says so already
		}
		out = append(out, lines(item, data, want[item])...)
	}
	return out
}

// eachRef visits every place that a finding points at.
func eachRef(f finding.Finding, visit func(finding.Ref)) {
	all := func(rs []finding.Ref) {
		for _, r := range rs {
			visit(r)
		}
	}
	all(f.Evidence)
	for _, h := range hops(f) {
		all(h.Evidence)
		for _, c := range h.Lost {
			all(c.Evidence)
		}
	}
}

// hops are all hops of a finding's two paths.
func hops(f finding.Finding) []finding.Hop {
	var out []finding.Hop
	for _, p := range []*finding.Path{f.Forward, f.Return} {
		if p == nil {
			continue
		}
		for _, b := range p.Branches() {
			out = append(out, b.Hops...)
		}
	}
	return out
}

// lines quotes the lines of an item that are wanted.
func lines(item string, data []byte, want map[int]wish) []finding.Excerpt {
	var out []finding.Excerpt
	n := 0
	for line := range bytes.Lines(data) {
		n++
		data = data[len(line):]
		w, wanted := want[n]
		if !wanted {
			continue
		}
		e := finding.Excerpt{Item: item, Line: n}
		line = bytes.TrimRight(line, "\r\n")
		if w.bare && opens(line) {
			var more int
			line, more = value(line, data)
			e.LastLine = n + more
		}
		e.Text = short(line)
		out = append(out, e)
	}
	return out
}

// short is a line as text, cut to maxExcerpt bytes.
func short(line []byte) string {
	cut := line[:min(len(line), maxExcerpt)]
	text := string(bytes.ToValidUTF8(cut, []byte("\uFFFD")))
	if len(cut) < len(line) {
		text += "…"
	}
	return text
}

// opens reports whether a line ends where a JSON object or array begins, so that
// it says nothing by itself.
func opens(line []byte) bool {
	line = bytes.TrimSpace(line)
	return bytes.HasSuffix(line, []byte("{")) || bytes.HasSuffix(line, []byte("["))
}

// value puts the JSON value that line opens on one line, and says how many lines
// of rest it took. The value ends with the line that is indented as much as the
// first.
func value(line, rest []byte) (text []byte, lines int) {
	indent := len(line) - len(bytes.TrimLeft(line, " \t"))
	text = bytes.Clone(bytes.TrimSpace(line))
	for next := range bytes.Lines(rest) {
		if lines == maxValue || len(text) > maxExcerpt {
			break
		}
		lines++
		trimmed := bytes.TrimSpace(next)
		if len(trimmed) == 0 {
			continue
		}
		trimmed = trimmed[:min(len(trimmed), maxExcerpt+1)]
		if !opens(text) && !bytes.HasPrefix(trimmed, []byte("}")) && !bytes.HasPrefix(trimmed, []byte("]")) {
			text = append(text, ' ')
		}
		text = append(text, trimmed...)
		if len(next)-len(bytes.TrimLeft(next, " \t")) <= indent {
			text = bytes.TrimSuffix(text, []byte(","))
			break
		}
	}
	return text, lines
}
