package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// The largest matrix that a page shows.
const (
	matrixRows    = 60
	matrixColumns = 16
	matrixPaper   = 5
	matrixWhens   = 3 // failures in one cell
)

// htmlMatrix is what is known of all pairs: sites by subnets.
type htmlMatrix struct {
	Columns []htmlHead
	Rows    []htmlRow
	Left    string
	Wide    bool // more columns than paper has room for at full size
}

// htmlHead names a side.
type htmlHead struct{ Name, Detail string }

// htmlRow is the pairs of one site.
type htmlRow struct {
	htmlHead

	Cells []htmlCell
}

// htmlCell is the pairs of a site and a subnet.
type htmlCell struct {
	Directions []htmlState
	When       []string
	Note       string
}

// htmlState is what becomes of packets, in a few words.
type htmlState struct{ Arrow, Word, Class string }

// pairCell collects what findings say about the pairs of a site and a subnet.
type pairCell struct {
	forward, back htmlState
	when          []string
	pass, total   int
}

// matrix fills a cell for each site and subnet that was judged. For pairs without
// paths the report knows which policies hold, and their state when that of all
// pairs is the same.
func (v view) matrix() *htmlMatrix {
	cells := make(map[[2]string]*pairCell)
	rows, columns := newHeads(), newHeads()
	for _, f := range v.paths() {
		if f.OnPrem == nil || f.Azure == nil {
			continue
		}
		key := [2]string{rows.add(cmp.Or(f.OnPrem.Site, f.OnPrem.Router), *f.OnPrem), columns.add(f.Azure.Subnet, *f.Azure)}
		if cells[key] == nil {
			cells[key] = &pairCell{}
		}
		rows.rank(key[0], f)
		columns.rank(key[1], f)
		cells[key].add(f)
	}
	if len(cells) == 0 {
		return nil
	}
	names, subnets := rows.names(matrixRows), columns.names(matrixColumns)
	m := &htmlMatrix{Wide: len(subnets) > matrixPaper}
	for _, c := range subnets {
		m.Columns = append(m.Columns, columns.head(c))
	}
	all := v.alike()
	for _, name := range names {
		row := htmlRow{htmlHead: rows.head(name)}
		for _, c := range subnets {
			row.Cells = append(row.Cells, cells[[2]string{name, c}].show(all))
		}
		m.Rows = append(m.Rows, row)
	}
	if r, c := len(rows.sides)-len(names), len(columns.sides)-len(subnets); r+c > 0 {
		m.Left = fmt.Sprintf("%s and %s are left out here, those without violations first: see report.json.", more(r, "site"), more(c, "subnet"))
	}
	return m
}

func (c *pairCell) add(f finding.Finding) {
	switch {
	case f.Outcome == finding.NotApplicable && f.Forward == nil:
		return
	case len(f.Down) > 0:
		words := make([]string, 0, 2)
		for _, d := range directions(f) {
			word, _ := state(d.path, d.underlay)
			words = append(words, arrow(d.id)+" "+word)
		}
		text := say("with " + down(f) + ": " + strings.Join(words, ", "))
		if !slices.Contains(c.when, text) {
			c.when = append(c.when, text)
		}
	default:
		for _, d := range directions(f) {
			s := stateOf(d)
			if d.id == "forward" {
				c.forward = worse(c.forward, s)
			} else {
				c.back = worse(c.back, s)
			}
		}
	}
	if f.Outcome == finding.NotApplicable {
		return
	}
	c.total++
	if f.Outcome == finding.Pass {
		c.pass++
	}
}

// alike is the state of every pair, where coverage says that all have the same.
func (v view) alike() []htmlState {
	c := v.r.Coverage
	if c.Unsized > 0 {
		return nil
	}
	switch c.Pairs {
	case 0:
	case c.Encrypted:
		return []htmlState{{"→", "ENCRYPTED", "good"}, {"←", "ENCRYPTED", "good"}}
	case c.Dropped:
		return []htmlState{{"→ or ←", "DROPPED", "warn"}}
	case c.Flapping:
		return []htmlState{{"→ or ←", "IN CLEAR BY TURNS", "bad"}}
	case c.Clear:
		return []htmlState{{"→ or ←", "IN CLEAR", "bad"}}
	case c.Open:
		return []htmlState{{"→ or ←", "NOT KNOWN", "warn"}}
	}
	return nil
}

// show writes a cell. all is the state of every pair, if they are alike.
func (c *pairCell) show(all []htmlState) htmlCell {
	if c == nil {
		return htmlCell{Note: "no finding"}
	}
	var out htmlCell
	for _, s := range []htmlState{c.forward, c.back} {
		if s.Word != "" {
			out.Directions = append(out.Directions, s)
		}
	}
	if len(out.Directions) == 0 {
		out.Directions = all
	}
	for i, text := range c.when {
		if i == matrixWhens {
			out.When = append(out.When, fmt.Sprintf("and with %s", more(len(c.when)-i, "failure")))
			break
		}
		out.When = append(out.When, text)
	}
	out.Note = fmt.Sprintf("%d of %s", c.pass, count(c.total, "check")) + " passed"
	return out
}

func arrow(direction string) string {
	if direction == "return" {
		return "←"
	}
	return "→"
}

func stateOf(d direction) htmlState {
	word, st := state(d.path, d.underlay)
	class := map[style]string{boldRed: "bad", boldYellow: "warn", boldGreen: "good", green: "good"}[st]
	return htmlState{arrow(d.id), word, class}
}

// worse is the worse of two states.
func worse(a, b htmlState) htmlState {
	rank := func(s htmlState) int { return slices.Index([]string{"bad", "warn", "good"}, s.Class) }
	if a.Word == "" || b.Word != "" && cmp.Or(cmp.Compare(rank(b), rank(a)), strings.Compare(b.Word, a.Word)) < 0 {
		return b
	}
	return a
}
