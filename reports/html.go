package reports

import (
	"bufio"
	"embed"
	"fmt"
	"html/template"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

//go:embed page/report.html page/style.css
var pageFiles embed.FS

// What a page shows. All of it is in report.json; a page says how much it left
// out.
const (
	pageDrawn    = 30  // findings of one outcome with their paths
	pageRest     = 200 // findings of one outcome in a line each
	pageAlike    = 50
	pageBranches = 4
	pageItems    = 500
	pageBad      = 100
	pageCited    = 60 // evidence items with quoted lines
	pageLines    = 60 // quoted lines of one item
	pageNotes    = 50
)

// HTML writes the report as one page for people: it needs no script and loads
// nothing, prints, and fits a phone. Findings are written as they are drawn, and
// only so many of them that a browser copes; the rest is counted.
func HTML(w io.Writer, r finding.Report) error {
	t, err := template.ParseFS(pageFiles, "page/report.html")
	if err != nil {
		return fmt.Errorf("write HTML report: %w", err)
	}
	css, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return fmt.Errorf("write HTML report: %w", err)
	}
	p := newPage(newView(r))
	p.Style = template.CSS(css) //nolint:gosec // our own style sheet
	b := bufio.NewWriter(w)
	if err := t.Execute(b, p); err != nil {
		return fmt.Errorf("write HTML report: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write HTML report: %w", err)
	}
	return nil
}

// htmlPage is what the template shows. Its texts are clean.
type htmlPage struct {
	view
	Style                        template.CSS
	Word, Class, Headline, About string
	Standing                     string
	Decided                      htmlDecided
	Families                     []htmlFamily
	Coverage                     *htmlCoverage
	Network                      *htmlNetwork
	Matrix                       *htmlMatrix
	Failures                     *htmlFailures
	Violations, Questions        string
	FailRest, OpenRest           *htmlRest
	Evidence                     htmlEvidence
	Cited                        *htmlCited
	Unread                       *htmlUnread
	Notes                        []string
	Policies                     []htmlPolicy
	Footer                       string
	fails, opens                 []group
	advised                      map[string]string // policy -> ID of the finding that says how to fix it
	quoted                       map[string]string // evidence item -> ID of its lines
}

// htmlFamily is one family of policies.
type htmlFamily struct{ Word, Class, Title, Text string }

// htmlPolicy is one policy and what became of it.
type htmlPolicy struct {
	ID, Title, Word, Class, Controls string
	Fail, Open, Pass                 int
	Excused                          int // failures that are waived or advisory
}

func newPage(v view) *htmlPage {
	word, text := v.headline()
	p := &htmlPage{
		view: v, Word: word, Class: outcomeClass(v.r.Verdict), Headline: text, About: say(v.about()),
		Standing: v.standing(), Decided: v.decidedPage(),
		Coverage: coverageBar(v.r.Coverage), Matrix: v.matrix(), Failures: v.failures(), Network: v.network(),
		Evidence: v.evidence(), Cited: v.cited(), Unread: v.unreadLines(), Policies: v.policyTable(),
		Footer:  say(v.r.Tool + " · policies " + v.r.PolicyDigest),
		advised: make(map[string]string),
	}
	p.quoted = p.Cited.at()
	for _, f := range v.r.Families {
		p.Families = append(p.Families, htmlFamily{outcomeWord(f.Outcome), outcomeClass(f.Outcome), say(f.Title), v.counted(f)})
	}
	for i, note := range v.r.Notes {
		if i == pageNotes {
			p.Notes = append(p.Notes, leftOut(len(v.r.Notes)-i, "note"))
			break
		}
		p.Notes = append(p.Notes, say(note))
	}
	fails, opens := v.violations(), v.questions()
	p.fails, p.opens = fold(fails, false), fold(opens, false)
	if len(fails) > 0 {
		p.Violations = severities(fails)
	}
	if len(opens) > 0 {
		p.Questions = count(len(opens), "question") + ", and what would answer them"
	}
	p.fails, p.FailRest = rest(p.fails)
	p.opens, p.OpenRest = rest(p.opens)
	return p
}

// Fails draws the violations one after the other.
func (p *htmlPage) Fails() iter.Seq[htmlFinding] { return p.each(p.fails, "f") }

// Opens draws the open findings one after the other.
func (p *htmlPage) Opens() iter.Seq[htmlFinding] { return p.each(p.opens, "o") }

func (p *htmlPage) each(groups []group, id string) iter.Seq[htmlFinding] {
	return func(yield func(htmlFinding) bool) {
		for i, g := range groups {
			if !yield(p.finding(g, fmt.Sprintf("%s%d", id, i+1), fmt.Sprintf("%d of %d", i+1, len(groups)))) {
				return
			}
		}
	}
}

// htmlRest is the findings beyond those that are drawn.
type htmlRest struct {
	Summary, Left string
	Items         []htmlFinding
}

// rest divides groups into those that are drawn and those that are listed.
func rest(groups []group) ([]group, *htmlRest) {
	if len(groups) <= pageDrawn {
		return groups, nil
	}
	others := groups[pageDrawn:]
	out := &htmlRest{Summary: more(len(others), "kind") + " of finding, in a line each"}
	left := 0
	for i, g := range others {
		if i >= pageRest {
			left += 1 + len(g.others)
			continue
		}
		f := g.first
		message := say(f.Message)
		if n := len(g.others); n > 0 {
			message += fmt.Sprintf(" (and %s more like this)", grouped(uint64(n)))
		}
		out.Items = append(out.Items, htmlFinding{Word: findingWord(f), Since: strings.ToUpper(since(f)), Class: outcomeClass(f.Outcome), Policy: say(f.Policy), Message: message})
	}
	if left > 0 {
		out.Left = leftOut(left, "finding")
	}
	return groups[:pageDrawn], out
}

func (v view) policyTable() []htmlPolicy {
	ps := sortedPolicies(v.r)
	out := make([]htmlPolicy, len(ps))
	at := make(map[string]int, len(ps))
	for i, p := range ps {
		out[i] = htmlPolicy{ID: say(p.ID), Title: say(p.Title), Controls: controlsLine(p.Controls)}
		at[p.ID] = i
	}
	for _, f := range v.r.Findings {
		row := &out[at[f.Policy]]
		switch f.Outcome {
		case finding.Fail:
			if f.Counts() {
				row.Fail++
			} else {
				row.Excused++
			}
		case finding.Open:
			row.Open++
		case finding.Pass:
			row.Pass++
		case finding.NotApplicable:
		}
	}
	for i, row := range out {
		o := finding.NotApplicable
		switch {
		case row.Fail > 0:
			o = finding.Fail
		case row.Open > 0 || row.Excused > 0:
			o = finding.Open
		case row.Pass > 0:
			o = finding.Pass
		}
		out[i].Word, out[i].Class = outcomeWord(o), outcomeClass(o)
	}
	return out
}

// controlsLine names the controls that a policy bears on: how, then a framework once
// with its controls, in the order of their first mention.
func controlsLine(cs []finding.Control) string {
	var strengths, frameworks []string
	for _, c := range cs {
		strengths, frameworks = append(strengths, c.Strength), append(frameworks, c.Framework)
	}
	var parts []string
	for _, strength := range unique(strengths) {
		var of []string
		for _, framework := range unique(frameworks) {
			var ids []string
			for _, c := range cs {
				if c.Strength == strength && c.Framework == framework {
					ids = append(ids, c.Control)
				}
			}
			if len(ids) > 0 {
				of = append(of, framework+" "+strings.Join(ids, ", "))
			}
		}
		parts = append(parts, strength+" "+strings.Join(of, "; "))
	}
	return say(strings.Join(parts, ". "))
}

// unique keeps the first of equal strings.
func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// say is text from a report, fit for a page: one line, of bounded length. The
// template escapes it.
func say(s string) string { return cut(clean(s), maxText) }

func leftOut(n int, noun string) string { return more(n, noun) + " left out here: see report.json" }

func outcomeClass(o finding.Outcome) string {
	switch o {
	case finding.Fail:
		return "bad"
	case finding.Open:
		return "warn"
	case finding.Pass:
		return "good"
	case finding.NotApplicable:
	}
	return "dim"
}

// findingWord is the severity of a violation, or OPEN.
func findingWord(f finding.Finding) string {
	if f.Outcome == finding.Open {
		return "OPEN"
	}
	return strings.ToUpper(cut(clean(string(f.Severity)), 10))
}
