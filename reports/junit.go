package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
)

// maxCaseFindings is how many findings of one resource a test case spells out.
const maxCaseFindings = 20

// JUnit writes the report as JUnit XML, which every CI system shows: a test suite
// a policy and a test case a resource that it judged.
//
// A violation is a failure. What could not be judged is an error, the word for a
// test that came to no result: CI systems count skipped tests as good, and
// absent evidence is not. What is waived, or advisory, is skipped, with the reason. A policy that nothing was in the scope of is one
// skipped case, and so is one that is switched off, in a suite at the end that has the
// notes of the report, too. Where several findings are about one resource, a case has one
// element for all of them. Both schemas in use accept the report: that of Ant
// (windyroad/JUnit-Schema), which allows one element a case and no attributes of
// testsuites, and that of Jenkins (junit-10.xsd).
func JUnit(w io.Writer, r finding.Report) error {
	v := newView(r)
	suites := v.suites()
	b := bufio.NewWriter(w)
	_, _ = b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n") // the error stays in b until Flush
	_, _ = b.WriteString("<testsuites>\n")
	for i, s := range suites {
		v.suite(b, i, s)
	}
	v.limits(b, len(suites))
	_, _ = b.WriteString("</testsuites>\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write JUnit report: %w", err)
	}
	return nil
}

// tally counts the cases of a suite.
type tally struct{ tests, failures, errors, skipped int }

func (t tally) String() string {
	return fmt.Sprintf(`tests="%d" failures="%d" errors="%d" skipped="%d"`, t.tests, t.failures, t.errors, t.skipped)
}

// testSuite is the cases of one policy.
type testSuite struct {
	tally
	policy finding.Policy
	cases  []testCase
	at     map[string]int // case by resource
}

// testCase is the findings about one resource, the worst first.
type testCase struct {
	resource string
	findings []finding.Finding
}

// suites are those of all policies, by ID, each with its cases in the order of
// the report.
func (v view) suites() []*testSuite {
	var out []*testSuite
	at := make(map[string]*testSuite)
	for _, p := range sortedPolicies(v.r) {
		if at[p.ID] == nil {
			at[p.ID] = &testSuite{policy: p, at: make(map[string]int)}
			out = append(out, at[p.ID])
		}
	}
	for _, f := range v.r.Findings {
		s := at[f.Policy]
		i, ok := s.at[f.Resource]
		if !ok {
			i = len(s.cases)
			s.at[f.Resource] = i
			s.cases = append(s.cases, testCase{resource: f.Resource})
		}
		s.cases[i].findings = append(s.cases[i].findings, f)
	}
	for _, s := range out {
		for _, c := range s.cases {
			slices.SortStableFunc(c.findings, func(a, b finding.Finding) int { return cmp.Compare(weight(a), weight(b)) })
			s.count(c.findings[0])
		}
	}
	return out
}

// weight orders the findings of a case: what is waived or advisory hides neither a
// failure nor an open question.
func weight(f finding.Finding) int {
	switch {
	case f.Counts():
		return 0
	case f.Outcome == finding.Open:
		return 1
	case f.Outcome == finding.Fail:
		return 2
	}
	return 3
}

// count counts a case by its first finding, which is the worst.
func (s *testSuite) count(f finding.Finding) {
	s.tests++
	switch f.Outcome {
	case finding.Fail:
		if !f.Counts() {
			s.skipped++
			return
		}
		s.failures++
	case finding.Open:
		s.errors++
	case finding.NotApplicable:
		s.skipped++
	case finding.Pass:
	}
}

func (v view) suite(b *bufio.Writer, id int, s *testSuite) {
	name := orElse(s.policy.ID, unnamed)
	if s.policy.Title != "" {
		name += " " + clean(s.policy.Title)
	}
	pkg := orElse(s.policy.Package, orElse(s.policy.ID, unnamed))
	fmt.Fprintf(b, ` <testsuite name=%s package=%s id="%d" %s time="0" timestamp="%s" hostname="routeproof">`+"\n",
		attribute(name), attribute(pkg), id, s.tally, v.stamp())
	fmt.Fprintf(b, "  <properties><property name=\"severity\" value=%s/></properties>\n", attribute(orElse(string(s.policy.Severity), "none")))
	for _, c := range s.cases {
		v.testCase(b, pkg, c)
	}
	_, _ = b.WriteString("  <system-out/>\n  <system-err/>\n </testsuite>\n")
}

// limits is the suite of what limits the results: a case for each policy that is
// switched off, and what was derived or assumed. Without any it is left out.
func (v view) limits(b *bufio.Writer, id int) {
	n := len(v.r.Disabled)
	if n+len(v.r.Notes) == 0 {
		return
	}
	fmt.Fprintf(b, ` <testsuite name="what limits the results" package="routeproof" id="%d" %s time="0" timestamp="%s" hostname="routeproof">`+"\n",
		id, tally{tests: n, skipped: n}, v.stamp())
	_, _ = b.WriteString("  <properties/>\n")
	for _, d := range v.r.Disabled {
		fmt.Fprintf(b, `  <testcase name=%s classname="routeproof" time="0"><skipped message=%s/></testcase>`+"\n",
			attribute(orElse(d.Policy, unnamed)), attribute("switched off: "+d.Reason))
	}
	_, _ = b.WriteString("  <system-out>")
	for _, note := range v.r.Notes {
		_, _ = b.WriteString(markup(cut(clean(note), maxMessage)) + "\n")
	}
	_, _ = b.WriteString("</system-out>\n  <system-err/>\n </testsuite>\n")
}

// stamp is the time of the evidence, as schemas want it: the epoch where it is unknown.
func (v view) stamp() string {
	at := v.r.TakenAt
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	return at.UTC().Format("2006-01-02T15:04:05")
}

func (v view) testCase(b *bufio.Writer, class string, c testCase) {
	first := c.findings[0]
	fmt.Fprintf(b, `  <testcase name=%s classname=%s time="0"`, attribute(orElse(c.resource, "nothing in scope")), attribute(class))
	element := "failure"
	switch first.Outcome {
	case finding.Pass:
		_, _ = b.WriteString("/>\n")
		return
	case finding.NotApplicable:
		fmt.Fprintf(b, "><skipped message=%s/></testcase>\n", attribute(first.Message))
		return
	case finding.Open:
		element = "error"
	case finding.Fail:
		if !first.Counts() {
			fmt.Fprintf(b, "><skipped message=%s/></testcase>\n", attribute(first.Message))
			return
		}
	}
	message := clean(first.Message)
	if word := since(first); word != "" {
		message = word + ": " + message
	}
	if n := len(c.findings) - 1; n > 0 {
		message += " (and " + more(n, "finding") + ")"
	}
	fmt.Fprintf(b, ">\n   <%s type=%s message=%s>%s</%s>\n  </testcase>\n",
		element, attribute(orElse(string(first.Severity), "none")), attribute(message), v.caseText(c), element)
}

// caseText spells a case's findings out, as XML.
func (v view) caseText(c testCase) string {
	var b strings.Builder
	line := func(label, text string) {
		if text = cut(clean(text), maxMessage); text != "" {
			fmt.Fprintf(&b, "%-9s %s\n", label, markup(text))
		}
	}
	for i, f := range c.findings {
		if i == maxCaseFindings {
			fmt.Fprintf(&b, "\nand %s, in report.json\n", more(len(c.findings)-i, "finding"))
			break
		}
		b.WriteString("\n")
		line(outcomeWord(f.Outcome), f.Message)
		line("since", since(f))
		line("where", where(f, 4))
		if len(f.Down) > 0 {
			line("when", down(f))
		}
		for _, d := range directions(f) {
			word, _ := state(d.path, d.underlay)
			line("path", d.title+": "+word)
		}
		line("evidence", places(f.Evidence[:min(4, len(f.Evidence))]))
	}
	fix, _, _ := strings.Cut(v.policies[c.findings[0].Policy].Remediation, "\n")
	line("fix", fix)
	return b.String()
}

// attribute is text as the quoted value of an attribute.
func attribute(s string) string { return `"` + markup(cut(clean(s), maxMessage)) + `"` }
