package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// DiffWriter writes a comparison in one format. It returns the first error of w.
type DiffWriter func(w io.Writer, d finding.Diff) error

// DiffJSON writes a comparison as indented JSON, in which no list is null. Its
// shape is published as schema/diff.json beside this file.
func DiffJSON(w io.Writer, d finding.Diff) error {
	d.Scope, d.Findings, d.Paths = listed(d.Scope), listed(d.Findings), listed(d.Paths)
	d.Routes, d.Unknown = listed(d.Routes), listed(d.Unknown)
	d.Findings, d.Paths = slices.Clone(d.Findings), slices.Clone(d.Paths)
	for i := range d.Findings {
		c := &d.Findings[i]
		c.Why, c.Before, c.After = listed(c.Why), completeFinding(c.Before), completeFinding(c.After)
	}
	for i := range d.Paths {
		c := &d.Paths[i]
		c.OnPrem, c.Azure, c.Before, c.After = completeSide(c.OnPrem), completeSide(c.Azure), completeWays(c.Before), completeWays(c.After)
	}
	j := newJSON(w)
	j.value(d)
	if err := j.flush(); err != nil {
		return fmt.Errorf("write JSON comparison: %w", err)
	}
	return nil
}

func completeFinding(f *finding.Finding) *finding.Finding {
	if f == nil {
		return nil
	}
	out := complete(*f)
	return &out
}

func completeWays(w *finding.Ways) *finding.Ways {
	if w == nil {
		return nil
	}
	return &finding.Ways{Forward: *completePath(&w.Forward), Return: *completePath(&w.Return)}
}

// A diffSection is one kind of difference, in blocks.
type diffSection struct {
	title  string
	blocks []diffBlock
}

// A diffBlock is one difference: a word for it, what it is about, and lines.
type diffBlock struct {
	word  string
	style style
	title string
	lines []diffLine
}

// A diffLine is text that was there before ('-'), is there now ('+'), or says
// something about them (' ').
type diffLine struct {
	sign rune
	text string
}

// diffSections are the differences as every format for people shows them; those
// of which there are none are left out.
func diffSections(d finding.Diff) []diffSection {
	var out []diffSection
	for _, s := range []diffSection{
		{"Audited otherwise", scopeBlocks(d)},
		{"Findings", changeBlocks(d.Findings)},
		{"Paths", pathBlocks(d.Paths)},
		{"Routes", routeBlocks(d.Routes)},
		{"Not compared", unknownBlocks(d.Unknown)},
	} {
		if len(s.blocks) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func scopeBlocks(d finding.Diff) []diffBlock {
	var out []diffBlock
	for _, text := range d.Scope {
		out = append(out, diffBlock{"!", yellow, text, nil})
	}
	return out
}

func unknownBlocks(unknown []finding.Incomparable) []diffBlock {
	var out []diffBlock
	for _, u := range unknown {
		out = append(out, diffBlock{"?", yellow, u.What + ": " + u.Why, nil})
	}
	return out
}

func changeBlocks(changes []finding.Change) []diffBlock {
	var out []diffBlock
	for _, c := range changes {
		f := c.After
		if f == nil {
			f = c.Before
		}
		b := diffBlock{title: strings.TrimSpace(f.Policy + " " + string(f.Severity) + ": " + headline(*f))}
		b.word, b.style = changeWord(c, f.Outcome)
		for _, why := range c.Why {
			b.lines = append(b.lines, diffLine{' ', why})
		}
		if c.Before != nil && c.After != nil && c.Before.PathDigest() != c.After.PathDigest() {
			for _, d := range directions(*c.After) {
				was := pick(directions(*c.Before), d.id)
				b.lines = append(b.lines, wayLines(d, was, &d.path)...)
			}
		}
		out = append(out, b)
	}
	return out
}

func pick(ds []direction, id string) *finding.Path {
	if i := slices.IndexFunc(ds, func(d direction) bool { return d.id == id }); i >= 0 {
		return &ds[i].path
	}
	return nil
}

func changeWord(c finding.Change, o finding.Outcome) (string, style) {
	switch {
	case c.State == finding.Absent && c.Fixed:
		return "FIXED", boldGreen
	case c.State == finding.Absent && o == finding.Open:
		return "ANSWERED", green
	case c.State == finding.Absent:
		return "GONE", yellow
	case o == finding.Open:
		return "OPEN", boldYellow
	case c.State == finding.New:
		return "NEW", boldRed
	}
	return "WORSE", boldRed
}

// routeBlocks are the routes that differ, a block a table.
func routeBlocks(changes []finding.RouteChange) []diffBlock {
	var out []diffBlock
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].Table == changes[0].Table {
			n++
		}
		b := diffBlock{title: changes[0].Table}
		var came, went int
		for _, c := range changes[:n] {
			if len(c.Before) == 0 {
				came++
			}
			if len(c.After) == 0 {
				went++
			}
			b.lines = append(b.lines, routeLines(c)...)
		}
		b.title += fmt.Sprintf(": %d appeared, %d vanished, %d changed", came, went, n-came-went)
		out, changes = append(out, b), changes[n:]
	}
	return out
}

func routeLines(c finding.RouteChange) []diffLine {
	var out []diffLine
	for _, e := range c.Before {
		if !slices.Contains(c.After, e) {
			out = append(out, diffLine{'-', c.Prefix + " " + e})
		}
	}
	for _, e := range c.After {
		if !slices.Contains(c.Before, e) {
			out = append(out, diffLine{'+', c.Prefix + " " + e})
		}
	}
	if len(out) == 0 { // the same entry more or less often
		out = append(out, diffLine{' ', fmt.Sprintf("%s: %d times, was %d", c.Prefix, len(c.After), len(c.Before))})
	}
	return out
}

// diffSummary says in a sentence how much differs.
func diffSummary(d finding.Diff) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{len(d.Findings), "finding"}, {len(d.Paths), "path"}, {len(d.Routes), "route"}} {
		if p.n > 0 {
			parts = append(parts, count(p.n, p.what))
		}
	}
	text := "Nothing differs"
	switch {
	case len(parts) > 0:
		text = strings.Join(parts, ", ")
		if len(parts) == 1 && strings.HasPrefix(parts[0], "1 ") {
			text += " differs"
		} else {
			text += " differ"
		}
	case len(d.Scope) > 0:
		text = "No finding, path or route differs, but what was audited does"
	}
	if !d.Evidence {
		text += "; paths and routes were not compared: for that, both sides must be evidence"
	}
	if n := len(d.Unknown); n > 0 {
		text += fmt.Sprintf("; %s could not be compared", count(n, "part"))
	}
	return text + "."
}

// auditLine names one side of a comparison.
func auditLine(a finding.Audit) string {
	text := fmt.Sprintf("%s (%s", a.Name, a.Verdict)
	if !a.TakenAt.IsZero() {
		text += ", evidence of " + a.TakenAt.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	return text + ")"
}
