package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// failures writes every failing finding in full.
func (t *terminal) failures() {
	groups := fold(t.violations(), t.verbose)
	shown := t.limit(textDrawn, len(groups))
	for i, g := range groups[:shown] {
		f := g.first
		t.ruler(fmt.Sprintf("%d of %d", i+1, len(groups)), f, strings.ToUpper(string(f.Severity)))
		t.field("what", bold, t.text(f.Message))
		t.subject(f)
		t.paths(f)
		t.print()
		t.evidence(f)
		t.alike(g)
		t.fix(f, i+1)
	}
	t.beyond(groups[shown:])
}

// beyond lists the findings that are too many to be drawn.
func (t *terminal) beyond(groups []group) {
	if len(groups) == 0 {
		return
	}
	t.heading(more(len(groups), "kind") + " of finding, in a line each")
	shown := t.limit(textRest, len(groups))
	for _, g := range groups[:shown] {
		alike := ""
		if n := len(g.others); n > 0 {
			alike = fmt.Sprintf(" (and %s more like this)", grouped(uint64(n)))
		}
		t.oneLiner(g.first, alike)
	}
	left := 0
	for _, g := range groups[shown:] {
		left += 1 + len(g.others)
	}
	t.more(left, "finding")
}

// fix says how to fix a finding, once for each policy.
func (t *terminal) fix(f finding.Finding, number int) {
	text := t.policies[f.Policy].Remediation
	if text == "" {
		return
	}
	if at, ok := t.advised[f.Policy]; ok {
		text = "as for " + at + " above"
	} else {
		t.advised[f.Policy] = fmt.Sprintf("finding %d", number)
	}
	t.print()
	t.advice("fix", text)
}

// advice writes a policy's remediation: sentences wrapped, and indented lines,
// which are commands to copy, as they stand.
func (t *terminal) advice(label, text string) {
	lines := strings.Split(cleanLines(text), "\n")
	shown := t.limit(maxAdvice, len(lines))
	for _, line := range lines[:shown] {
		if strings.HasPrefix(line, " ") {
			t.print(span{dim, pad("  "+label, labelWidth)}, span{bold, line})
		} else {
			t.field(label, plain, line)
		}
		label = ""
	}
	t.more(len(lines)-shown, "line")
}

// openFindings writes what could not be judged, and what would make it so.
func (t *terminal) openFindings() {
	policy := ""
	var said []string // what the question above needs
	groups := fold(t.questions(), t.verbose)
	shown := t.limit(textDrawn, len(groups))
	for i, g := range groups[:shown] {
		f := g.first
		if i == 0 || f.Policy != policy {
			t.ruler("", f, "OPEN")
			policy, said = f.Policy, nil
		} else {
			t.print()
		}
		t.field("what", bold, t.text(f.Message))
		t.subject(f)
		if len(f.Down) > 0 {
			t.field("when", plain, t.text(down(f)))
		}
		t.unknownPaths(f)
		needs := t.remedies(f, t.limit(4, 1<<20))
		t.needs(needs, said)
		said = needs
		t.alike(g)
	}
	t.beyond(groups[shown:])
}

// needs writes what would answer a question, unless that is what was said of the one
// above.
func (t *terminal) needs(steps, above []string) {
	if len(steps) > 0 && slices.Equal(steps, above) && !t.verbose {
		steps = []string{"as above"}
	}
	label := "needs"
	for _, step := range steps {
		t.field(label, plain, t.text(step))
		label = ""
	}
}

// down says what is down while a finding's paths are taken.
func down(f finding.Finding) string { return strings.Join(f.Down, " and ") + " down" }

// ruler starts a finding: its number, severity and policy, what is down, and
// what the policy asks for.
func (t *terminal) ruler(number string, f finding.Finding, word string) {
	st := severityStyle(f)
	lead := []span{{dim, "━━ "}}
	if number != "" {
		lead = append(lead, span{dim, number + " ━━ "})
	}
	lead = append(lead, span{st, clean(word) + " "}, span{dim, "━━ "})
	if word := since(f); word != "" {
		lead = append(lead, span{st, strings.ToUpper(word) + " "}, span{dim, "━━ "})
	}
	lead = append(lead, span{bold, cut(clean(f.Policy), 20) + " "})
	if len(f.Down) > 0 && f.Outcome == finding.Fail {
		lead = append(lead, span{dim, "━━ "})
		lead = append(lead, span{st, cutName("with "+clean(down(f)), t.width-spansWidth(lead)-1) + " "})
	}
	t.print()
	t.print(append(lead, span{dim, strings.Repeat("━", max(0, t.rule()-spansWidth(lead)))})...)
	if title := t.policies[f.Policy].Title; title != "" {
		t.para(nil, nil, plain, t.text(title))
	}
	t.print()
}

// subject says what the finding is about: the pairs, or the resource.
func (t *terminal) subject(f finding.Finding) {
	if text := where(f, t.limit(4, 1<<20)); text != "" {
		t.field("where", plain, t.text(text))
	}
}

// where names the pairs of a finding with at most n prefixes a side, or else its
// resource.
func where(f finding.Finding, n int) string {
	if f.OnPrem == nil && f.Azure == nil {
		return f.Resource
	}
	arrow := " <-> "
	switch f.Direction {
	case "forward":
		arrow = " -> "
	case "return":
		arrow = " <- "
	}
	return side(f.OnPrem, n) + arrow + side(f.Azure, n)
}

func side(s *finding.Side, n int) string {
	if s == nil {
		return "anything"
	}
	text := prefixes(s.Prefixes, n)
	if len(s.Except) > 0 {
		text += " except " + prefixes(s.Except, n)
	}
	names := slices.DeleteFunc([]string{s.Site, s.Router, s.Subnet}, func(name string) bool { return name == "" })
	if len(names) > 0 {
		text += " (" + strings.Join(names, ", ") + ")"
	}
	return text
}

func prefixes(list []string, n int) string {
	if len(list) == 0 {
		return "addresses that are not known"
	}
	if len(list) <= n {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:n], ", "), len(list)-n)
}

// evidence quotes what the finding rests on.
func (t *terminal) evidence(f finding.Finding) {
	label := "evidence"
	shown := t.limit(4, len(f.Evidence))
	for _, ref := range f.Evidence[:shown] {
		t.print(span{dim, pad("  "+label, labelWidth)}, span{plain, cutName(clean(ref.String()), t.width-labelWidth)})
		label = ""
		last := max(ref.Line, min(ref.LastLine, ref.Line+3))
		for line := ref.Line; line > 0 && line <= last; line++ {
			if text, ok := t.excerpts[finding.Ref{Item: ref.Item, Line: line}]; ok {
				t.print(quote(line, text, t.width)...)
			}
		}
	}
	if n := len(f.Evidence) - shown; n > 0 {
		t.print(span{dim, pad("", labelWidth) + fmt.Sprintf("and %s more", count(n, "place"))})
	}
	if len(f.Evidence) == 0 {
		t.field(label, dim, "none: the finding rests on the evidence as a whole")
	}
}

// quote shows a line of the evidence, with its number.
func quote(line int, text string, columns int) []span {
	lead := span{dim, fmt.Sprintf("%6d │ ", line)}
	return []span{lead, {plain, cut(clean(text), columns-width(lead.text))}}
}

// alike lists the findings that were folded into a group.
func (t *terminal) alike(g group) {
	if len(g.others) == 0 {
		return
	}
	noun := t.noun(g.first)
	t.said(g)
	t.print()
	t.print(span{bold, "  and " + more(len(g.others), noun) + " like this:"})
	shown := t.limit(8, len(g.others))
	for _, f := range g.others[:shown] {
		t.para([]span{{dim, "  - "}}, []span{{plain, "    "}}, plain, t.text(like(f, 2)))
	}
	t.more(len(g.others)-shown, noun)
}

// unknownPaths says where an open finding's paths end.
func (t *terminal) unknownPaths(f finding.Finding) {
	for _, d := range directions(f) {
		for _, b := range d.path.Branches() {
			if b.Outcome == finding.Unknown && b.Detail != "" {
				t.field("why", plain, d.title+": "+t.text(b.Detail))
			}
		}
	}
}
