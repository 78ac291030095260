package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
)

// violations are the failures that the verdict rests on.
func (v view) violations() []finding.Finding {
	return slices.DeleteFunc(v.with(finding.Fail), func(f finding.Finding) bool { return !f.Counts() })
}

// excused are the failures that it does not rest on: they are waived, or their
// policy is still to come into effect.
func (v view) excused() []finding.Finding {
	return slices.DeleteFunc(v.with(finding.Fail), finding.Finding.Counts)
}

// advisories are the failures of policies that are still to come into effect.
func (v view) advisories() []finding.Finding {
	return slices.DeleteFunc(v.excused(), func(f finding.Finding) bool { return f.Waiver != nil })
}

// fixed are the failures of the baseline that are none any more.
func (v view) fixed() []finding.Finding {
	return sorted(finding.Report{Findings: v.r.Fixed}).Findings
}

// since says what a finding is beside the baseline: "new", "worse", or nothing.
func since(f finding.Finding) string {
	switch f.Baseline {
	case finding.New:
		return "new"
	case finding.Updated:
		return "worse"
	case finding.Unchanged, finding.Absent:
	}
	return ""
}

// standing sums up what became of the violations since the baseline. It is empty
// without one.
func (v view) standing() string {
	n := make(map[finding.Baseline]int)
	for _, f := range v.violations() {
		n[f.Baseline]++
	}
	compared := slices.ContainsFunc(v.r.Findings, func(f finding.Finding) bool { return f.Baseline != "" })
	if !compared && len(v.r.Fixed) == 0 {
		return ""
	}
	return fmt.Sprintf("Violations since the baseline: %d new, %d worse, %d unchanged, %d fixed.",
		n[finding.New], n[finding.Updated], n[finding.Unchanged], len(v.r.Fixed))
}

// A ruling is a waiver and what became of it.
type ruling struct {
	word, class string // class is good, warn or bad
	rule        string
	about       string // what it is about, and until when
	reason      string
	who         string // and where it is written
	hides       []finding.Finding
}

// rulings are the waivers, in their order. One that has ended, or that waives
// nothing, is marked.
func (v view) rulings() []ruling {
	out := make([]ruling, 0, len(v.r.Waivers))
	for _, w := range v.r.Waivers {
		d := ruling{rule: w.Rule, about: subjectOf(w) + ", until " + w.Expires.UTC().Format(time.DateOnly), reason: w.Reason}
		d.who = fmt.Sprintf("%s, approved by %s; %s", w.Owner, w.Approver, w.Place)
		for _, f := range v.excused() {
			if f.Waiver != nil && f.Waiver.Rule == w.Rule && f.Waiver.Place == w.Place {
				d.hides = append(d.hides, f)
			}
		}
		switch {
		case !v.r.TakenAt.IsZero() && !v.r.TakenAt.Before(w.Expires):
			d.word, d.class = "ENDED", "bad"
		case w.Waived == 0:
			d.word, d.class = "NO EFFECT", "warn"
		default:
			d.word, d.class = "WAIVES "+grouped(uint64(max(w.Waived, 0))), "dim"
		}
		out = append(out, d)
	}
	return out
}

// subjectOf says what a waiver is about.
func subjectOf(w finding.Waiver) string {
	var parts []string
	if w.Resource != "" {
		parts = append(parts, w.Resource)
	}
	if w.OnPrem+w.Azure != "" {
		anything := func(p string) string {
			if p == "" {
				return "anything"
			}
			return p
		}
		parts = append(parts, anything(w.OnPrem)+" <-> "+anything(w.Azure))
	}
	if w.Path != "" {
		parts = append(parts, "by the path "+w.Path)
	}
	if len(parts) == 0 {
		return "everything"
	}
	return strings.Join(parts, " ")
}

// counted says how many findings of a family there are, and of one without any that
// count whether there are others.
func (v view) counted(f finding.Family) string {
	if f.Fail+f.Open+f.Pass > 0 {
		return fmt.Sprintf("%d fail, %d open, %d pass", f.Fail, f.Open, f.Pass)
	}
	others := 0
	for _, e := range v.excused() {
		if v.policies[e.Policy].Family == f.Name {
			others++
		}
	}
	if others > 0 {
		return fmt.Sprintf("%d waived or advisory", others)
	}
	return "nothing in scope"
}

// headline is a finding's message, behind what it is about where the message alone
// does not tell it from others.
func headline(f finding.Finding) string {
	names := []string{f.Resource}
	for _, side := range []*finding.Side{f.OnPrem, f.Azure} {
		if side != nil {
			names = append(names, side.Prefixes...)
		}
	}
	if f.Resource == "" || slices.ContainsFunc(names, func(name string) bool { return strings.Contains(f.Message, name) }) {
		return f.Message
	}
	return f.Resource + ": " + f.Message
}

// brief says a finding in one line: what and where.
func brief(f finding.Finding) string {
	text := f.Message
	if at := where(f, 2); at != "" {
		text = at + ": " + text
	}
	if len(f.Down) > 0 {
		text = "with " + down(f) + ", " + text
	}
	return text
}

// hidden says which failure a waiver hides: its message has the waiver's words.
func hidden(f finding.Finding) string {
	text := where(f, 4)
	if text == "" {
		text = f.Message
	}
	if len(f.Down) > 0 {
		text += ", with " + down(f)
	}
	return text
}

// A part is address pairs that travel alike.
type part struct {
	n           uint64
	class, word string
	mark        string
	st          style
	rare        bool // said only where there are any
}

// whole is what the parts are of. Parts of the network of which nobody knows how
// many pairs they have are named beside.
func whole(c finding.Coverage) string {
	text := pairs(c.Pairs)
	if c.Unsized > 0 {
		text += ", and " + count(c.Unsized, "open part") + " of unknown size"
	}
	return text
}

func parts(c finding.Coverage) []part {
	return []part{
		{c.Encrypted, "good", "encrypted", "█", green, false},
		{c.Clear - min(c.Flapping, c.Clear), "bad", "in clear", "░", boldRed, false},
		{c.Flapping, "bad", "in clear by turns", "▒", boldRed, true},
		{c.Dropped, "dim", "dropped", "·", dim, false},
		{c.Open, "warn", "open", "?", yellow, false},
		{c.Exempt, "dim", "exempt", "-", dim, true},
	}
}
