package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// A view is a report with its parts at hand, for the formats that people read.
type view struct {
	r        finding.Report
	policies map[string]finding.Policy
	excerpts map[finding.Ref]string
	// named is the evidence that an open finding asks for: it is not said twice.
	named map[string]bool
}

// newView sorts the report: formats do not depend on the order of findings.
func newView(r finding.Report) view {
	v := view{
		r:        sorted(r),
		policies: make(map[string]finding.Policy, len(r.Policies)),
		excerpts: make(map[finding.Ref]string, len(r.Excerpts)),
		named:    make(map[string]bool),
	}
	for _, p := range r.Policies {
		v.policies[p.ID] = p
	}
	for _, e := range r.Excerpts {
		v.excerpts[finding.Ref{Item: e.Item, Line: e.Line}] = e.Text
	}
	return v
}

// with returns the findings of one outcome.
func (v view) with(o finding.Outcome) []finding.Finding {
	return slices.DeleteFunc(slices.Clone(v.r.Findings), func(f finding.Finding) bool { return f.Outcome != o })
}

// questions are the open findings, those about the evidence itself first: what
// answers them may answer the others.
func (v view) questions() []finding.Finding {
	out := v.with(finding.Open)
	slices.SortStableFunc(out, func(a, b finding.Finding) int {
		return cmp.Compare(rankOf(v.aboutEvidence(a)), rankOf(v.aboutEvidence(b)))
	})
	return out
}

// rankOf orders what is first before what is not.
func rankOf(first bool) int {
	if first {
		return 0
	}
	return 1
}

func (v view) aboutEvidence(f finding.Finding) bool { return v.policies[f.Policy].Family == "evidence" }

// paths are the findings that say where packets go: those of the policies, and
// one for each pair that was judged.
func (v view) paths() []finding.Finding {
	out := slices.Clone(v.r.Findings)
	for _, p := range v.r.Pairs {
		f := finding.Finding{Outcome: finding.NotApplicable, Resource: p.Tunnel, Forward: &p.Forward, Return: &p.Return}
		if p.Tunnel == "" {
			f.OnPrem, f.Azure = &p.OnPrem, &p.Azure
		}
		out = append(out, f)
	}
	return out
}

// about says what was audited.
func (v view) about() string {
	about := []string{v.r.Tool}
	if !v.r.TakenAt.IsZero() {
		about = append(about, "evidence of "+v.r.TakenAt.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	if !v.r.Attested {
		about = append(about, "unattested: made by hand, or without its manifest")
	}
	return strings.Join(about, " · ")
}

// headline is the verdict in a word and a sentence.
func (v view) headline() (word, text string) {
	fails, opens := v.violations(), v.with(finding.Open)
	switch v.r.Verdict {
	case finding.Pass:
		text = "every policy that applies holds for all of " + pairs(v.r.Coverage.Pairs) + "."
		if but := v.reserves(); but != "" {
			return "COMPLIANT", "But for " + but + ", " + text + v.off()
		}
		return "COMPLIANT", "E" + text[1:] + v.off()
	case finding.Fail:
		text = severities(fails)
		if c := v.r.Coverage; c.Clear > 0 {
			text = share(c.Clear, c.Pairs) + " of all address pairs " + clearly(c) + ". " + text
		} else if c.Dropped > 0 {
			text = share(c.Dropped, c.Pairs) + " of all address pairs are cut off. " + text
		}
		return "NOT COMPLIANT", text + v.off()
	case finding.Open, finding.NotApplicable:
	}
	if len(opens) == 0 {
		return "NOT PROVEN", "No policy applied to anything in this evidence: nothing was proved." + v.off()
	}
	return "NOT PROVEN", fmt.Sprintf("Nothing was found to violate a policy, but %s could not be answered.", count(len(opens), "question")) + v.off()
}

// reserves are what the verdict does not count: failures that are excused, pairs that
// nothing is demanded of, and those that are safe because they are not delivered.
func (v view) reserves() string {
	var parts []string
	if n := len(v.excused()); n > 0 {
		parts = append(parts, count(n, "failure")+" that "+isAre(n)+" waived or advisory")
	}
	for _, but := range []struct {
		n    uint64
		what string
	}{{v.r.Coverage.Exempt, "exempt"}, {v.r.Coverage.Dropped, "cut off"}} {
		switch but.n {
		case 0:
		case 1:
			parts = append(parts, pairs(1)+" that is "+but.what)
		default:
			parts = append(parts, pairs(but.n)+" that are "+but.what)
		}
	}
	return strings.Join(parts, " and ")
}

// off says, behind a sentence, how many policies did not judge because they are
// switched off. It is empty when all did.
func (v view) off() string {
	n := len(v.r.Disabled)
	if n == 0 {
		return ""
	}
	return " " + count(n, "policy") + " " + isAre(n) + " switched off."
}

// clearly says how the pairs in clear are: for some, only while a tunnel is down that
// comes up and goes down by itself.
func clearly(c finding.Coverage) string {
	text := "cross ExpressRoute in clear"
	switch c.Flapping {
	case 0:
	case c.Clear:
		text = "go in clear each time their tunnels flap"
	default:
		text += ", " + share(c.Flapping, c.Pairs) + " each time their tunnels flap"
	}
	return text
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// incomplete are the items of the evidence that are not whole.
func (v view) incomplete() []finding.Item {
	return slices.DeleteFunc(slices.Clone(v.r.Evidence), func(i finding.Item) bool { return i.Status == "ok" })
}

// totals counts the findings by outcome. Failures that do not count are waived.
func (v view) totals() map[finding.Outcome]int {
	n := make(map[finding.Outcome]int)
	for _, f := range v.r.Findings {
		if f.Outcome == finding.Fail && !f.Counts() {
			n[waived]++
			continue
		}
		n[f.Outcome]++
	}
	return n
}

// waived is the word for failures that do not count, in totals.
const waived finding.Outcome = "waived"

// remedies says what would make an open finding judgeable: better answers from
// the evidence it names, or else what its policy advises.
func (v view) remedies(f finding.Finding, n int) []string {
	var out []string
	for _, ref := range f.Evidence {
		for _, text := range append(v.again(ref, f.Message), v.unread(ref)...) {
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	if asked := v.evidenceOpen(f); len(out) == 0 && asked != "" {
		out = append(out, asked)
	}
	if fix, _, _ := strings.Cut(v.policies[f.Policy].Remediation, "\n"); len(out) == 0 && fix != "" {
		out = append(out, fix)
	}
	return out[:min(n, len(out))]
}

// evidenceOpen points from an open finding, which names no evidence that is to be had
// again, to the questions about the evidence itself: they come first. Empty when
// there are none.
func (v view) evidenceOpen(f finding.Finding) string {
	if v.aboutEvidence(f) {
		return ""
	}
	var ids []string
	for _, o := range v.r.Findings {
		if o.Outcome == finding.Open && v.aboutEvidence(o) && !slices.Contains(ids, o.Policy) {
			ids = append(ids, o.Policy)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return "first what is open about the evidence itself: see " + strings.Join(ids, ", ")
}

// again asks for the item at ref where its collection was not whole. What was said
// already is not repeated.
func (v view) again(ref finding.Ref, said string) []string {
	var out []string
	for _, it := range v.r.Evidence {
		if it.Path != ref.Item || it.Status == "ok" {
			continue
		}
		text := fmt.Sprintf("collect %s again: %s", it.Path, became(it.Status))
		if it.Detail != "" && !v.named[it.Path] && !strings.Contains(said, it.Detail) {
			text += " (" + it.Detail + ")"
		}
		v.named[it.Path] = true
		out = append(out, text)
	}
	return out
}

// became says what became of an item that was not collected whole.
func became(status string) string {
	switch status {
	case "error":
		return "it failed"
	case "timeout":
		return "it timed out"
	}
	return "it is " + status
}

// report says what to do about a line that was not understood, or about all of an item.
func report(u finding.Unread) string {
	if u.Line == 0 {
		return fmt.Sprintf("put %s right, or take it away: %s", u.Item, u.Text)
	}
	return "routeproof did not understand " + finding.Ref{Item: u.Item, Line: u.Line}.String() + "; report the line, or take it out of the scope"
}

// unread names the lines at ref that were not understood.
func (v view) unread(ref finding.Ref) []string {
	var out []string
	for _, u := range v.r.Unread {
		if u.Item == ref.Item && (ref.Line == 0 || u.Line == ref.Line) {
			out = append(out, report(u))
		}
	}
	return out
}
