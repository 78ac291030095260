package reports

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// TextOptions say how the terminal report looks. The zero value is for a pipe.
type TextOptions struct {
	// Color allows ANSI colours. Everything they say is said in words too.
	Color bool
	// Width is the number of columns. 0 means 80; less than 60 is taken as 60.
	Width int
	// Quiet leaves the verdict lines and one line a finding.
	Quiet bool
	// Verbose folds nothing and cuts no list.
	Verbose bool
}

const (
	defaultWidth = 80
	minWidth     = 60
	maxText      = 600 // columns of one text from a finding
	maxAdvice    = 24  // lines of a remediation
	textDrawn    = 30  // findings of one outcome with their paths
	textRest     = 100 // findings of one outcome in a line each
)

// Text writes the report for people: the verdict first, then every finding with
// both paths hop by hop. Of very many, the worst are drawn, further ones have a line
// each, and the rest is counted, unless o is verbose.
func Text(w io.Writer, r finding.Report, o TextOptions) error {
	t := newTerminal(w, r, o)
	t.verdict()
	if o.Quiet {
		t.oneLiners()
	} else {
		t.failures()
		t.openFindings()
		t.decided()
		t.shortcomings()
	}
	t.last()
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write text report: %w", err)
	}
	return nil
}

// terminal is a report on its way to the page.
type terminal struct {
	page
	view
	verbose bool
	// advised are the numbers of the findings that say how to fix a policy's
	// violations: that is not said twice.
	advised map[string]string
}

func newTerminal(w io.Writer, r finding.Report, o TextOptions) *terminal {
	if o.Width == 0 {
		o.Width = defaultWidth
	}
	return &terminal{
		page:    page{w: bufio.NewWriter(w), color: o.Color, width: max(o.Width, minWidth)},
		view:    newView(r),
		verbose: o.Verbose,
		advised: make(map[string]string),
	}
}

// limit is how many entries of a list are shown; the rest is counted.
func (t *terminal) limit(n, of int) int {
	if t.verbose {
		return of
	}
	return min(n, of)
}

// text is text from a finding, ready to be wrapped.
func (t *terminal) text(s string) string {
	s = clean(s)
	return cut(s, t.limit(maxText, len(s)+1))
}

func (t *terminal) oneLiners() {
	t.print()
	for _, f := range slices.Concat(t.violations(), t.questions(), t.excused()) {
		t.oneLiner(f, "")
	}
	for _, f := range t.fixed() {
		lead := []span{{dim, pad("fixed", 16)}, {bold, pad(cut(clean(f.Policy), 12), 8)}}
		t.print(append(lead, span{plain, cut(clean(brief(f)), t.width-spansWidth(lead))})...)
	}
}

// oneLiner writes a finding in a line, which ends with more.
func (t *terminal) oneLiner(f finding.Finding, more string) {
	word, st := outcomeWord(f.Outcome), outcomeStyle(f.Outcome)
	if f.Outcome == finding.Fail && !f.Counts() {
		word, st = "fail", dim
	}
	lead := []span{
		{st, pad(word, 6)},
		{severityStyle(f), pad(string(f.Severity), 10)},
		{bold, pad(cut(clean(f.Policy), 12), 8)},
	}
	text := headline(f)
	if len(f.Down) > 0 {
		text = "with " + down(f) + ": " + text
	}
	if word := since(f); word != "" {
		text = word + ": " + text
	}
	t.print(append(lead, span{plain, cut(clean(text), t.width-spansWidth(lead)-width(more)) + more})...)
}

// shortcomings lists what the evidence lacks and what was assumed.
func (t *terminal) shortcomings() {
	bad := slices.DeleteFunc(t.incomplete(), func(i finding.Item) bool { return t.named[i.Path] })
	if len(bad) > 0 {
		t.heading("Evidence that is not whole")
		for _, it := range bad[:t.limit(8, len(bad))] {
			text := it.Path
			if it.Detail != "" {
				text += ": " + it.Detail
			}
			t.field(cut(clean(it.Status), 9), plain, t.text(text))
		}
		t.more(len(bad)-t.limit(8, len(bad)), "evidence item")
	}
	if n := len(t.r.Unread); n > 0 {
		t.heading("Lines that were not understood")
		for _, u := range t.r.Unread[:t.limit(5, n)] {
			t.print(span{plain, "  " + cutName(clean(finding.Ref{Item: u.Item, Line: u.Line}.String()), t.width-2)})
			t.print(span{dim, "    " + cut(clean(u.Text), t.width-4)})
		}
		t.more(n-t.limit(5, n), "line")
	}
	if n := len(t.r.Notes); n > 0 {
		t.heading("Derived or assumed")
		for _, note := range t.r.Notes[:t.limit(8, n)] {
			t.para([]span{{dim, "  - "}}, []span{{plain, "    "}}, plain, t.text(note))
		}
		t.more(n-t.limit(8, n), "note")
	}
}

func (t *terminal) more(n int, noun string) {
	if n > 0 {
		t.print(span{dim, "  and " + more(n, noun) + ", in the JSON report"})
	}
}

// last is the line of totals.
func (t *terminal) last() {
	n, bad := t.totals(), len(t.incomplete())
	text := fmt.Sprintf("%d failed, %d open, %d passed, %d not applicable. %s, %s (%d not whole, %s not understood).",
		n[finding.Fail], n[finding.Open], n[finding.Pass], n[finding.NotApplicable], count(len(t.r.Policies), "policy"),
		count(len(t.r.Evidence), "evidence item"), bad, count(len(t.r.Unread), "line"))
	if n[waived] > 0 {
		text = fmt.Sprintf("%d waived or advisory, ", n[waived]) + text
	}
	t.print()
	t.para(nil, nil, outcomeStyle(t.r.Verdict), text)
}

// heading starts a section.
func (t *terminal) heading(words string) {
	t.print()
	text := "── " + words + " "
	t.print(span{dim, "── "}, span{plain, words + " "}, span{dim, strings.Repeat("─", max(0, t.rule()-width(text)))})
}

// rule is the width of the lines that separate.
func (t *terminal) rule() int { return min(t.width, 120) }

// count says n of a thing, in English.
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "ch"):
		return fmt.Sprintf("%s %ses", grouped(uint64(max(n, 0))), noun)
	case strings.HasSuffix(noun, "cy"):
		return fmt.Sprintf("%s %sies", grouped(uint64(max(n, 0))), noun[:len(noun)-1])
	}
	return fmt.Sprintf("%s %ss", grouped(uint64(max(n, 0))), noun)
}

// more says that there are n more of a thing.
func more(n int, noun string) string {
	number, thing, _ := strings.Cut(count(n, noun), " ")
	return number + " more " + thing
}

func outcomeWord(o finding.Outcome) string {
	switch o {
	case finding.Fail:
		return "FAIL"
	case finding.Open:
		return "OPEN"
	case finding.Pass:
		return "PASS"
	case finding.NotApplicable:
		return "n/a"
	}
	return cut(clean(string(o)), 5)
}

func outcomeStyle(o finding.Outcome) style {
	switch o {
	case finding.Fail:
		return boldRed
	case finding.Open:
		return boldYellow
	case finding.Pass:
		return boldGreen
	case finding.NotApplicable:
	}
	return dim
}

func severityStyle(f finding.Finding) style {
	switch {
	case f.Outcome == finding.Open:
		return yellow
	case f.Severity == finding.Critical:
		return boldRed
	case f.Severity == finding.High:
		return red
	}
	return yellow
}
