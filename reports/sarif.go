package reports

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

const (
	sarifSchema    = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	informationURI = "https://github.com/routeproof/routeproof"
	// maxNotices bounds the lines that were not understood in one log.
	maxNotices = 500
)

// SARIF writes the report as SARIF 2.1.0 for code scanning services. There is
// one rule a policy and one result for each finding that fails or is open;
// what passed is counted in the run's properties, because services show every
// result as an alert. Paths in it are relative to the evidence directory.
func SARIF(w io.Writer, r finding.Report) error {
	l := newSarif(sorted(r))
	log := sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{l.run()}}
	if err := encode(w, log); err != nil {
		return fmt.Errorf("write SARIF report: %w", err)
	}
	return nil
}

// sarif is a report on its way to a log.
type sarif struct {
	r        finding.Report
	rules    []sarifRule
	ruleAt   map[string]int
	artifact map[string]int
	excerpts map[finding.Ref]string
}

func newSarif(r finding.Report) *sarif {
	l := &sarif{
		r: r, rules: []sarifRule{}, ruleAt: make(map[string]int),
		artifact: make(map[string]int, len(r.Evidence)), excerpts: make(map[finding.Ref]string, len(r.Excerpts)),
	}
	for _, p := range sortedPolicies(r) {
		if _, ok := l.ruleAt[p.ID]; !ok {
			l.ruleAt[p.ID] = len(l.rules)
			l.rules = append(l.rules, rule(p))
		}
	}
	for i, it := range r.Evidence {
		l.artifact[it.Path] = i + 1 // the manifest is the first
	}
	for _, e := range r.Excerpts {
		l.excerpts[finding.Ref{Item: e.Item, Line: e.Line}] = e.Text
	}
	return l
}

// sortedPolicies returns the policies by ID, with those that only a finding
// names: a result must have a rule.
func sortedPolicies(r finding.Report) []finding.Policy {
	out := slices.Clone(r.Policies)
	for _, f := range r.Findings {
		if !slices.ContainsFunc(out, func(p finding.Policy) bool { return p.ID == f.Policy }) {
			out = append(out, finding.Policy{ID: f.Policy, Severity: f.Severity})
		}
	}
	slices.SortStableFunc(out, func(a, b finding.Policy) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func (l *sarif) run() sarifRun {
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "routeproof", FullName: orElse(l.r.Tool, "routeproof"), SemanticVersion: version(l.r.Tool),
			InformationURI: informationURI, Rules: l.rules, Notifications: notificationRules(),
		}},
		AutomationDetails: sarifAutomation{ID: "routeproof/live/"},
		Invocations:       []sarifInvocation{l.invocation()},
		Artifacts:         l.artifacts(),
		ColumnKind:        "utf16CodeUnits",
		Results:           []sarifResult{},
		Properties:        l.summary(),
	}
	for _, f := range l.r.Findings {
		if f.Outcome == finding.Fail || f.Outcome == finding.Open {
			run.Results = append(run.Results, l.result(f))
		}
	}
	return run
}

// summary is what a log says beside its results.
func (l *sarif) summary() map[string]any {
	n := make(map[finding.Outcome]int)
	for _, f := range l.r.Findings {
		n[f.Outcome]++
	}
	out := map[string]any{
		"verdict":      string(l.r.Verdict),
		"attested":     l.r.Attested,
		"policyDigest": l.r.PolicyDigest,
		"coverage":     l.r.Coverage,
		"outcomes": map[string]int{
			string(finding.Pass): n[finding.Pass], string(finding.Fail): n[finding.Fail],
			string(finding.Open): n[finding.Open], string(finding.NotApplicable): n[finding.NotApplicable],
		},
	}
	if !l.r.TakenAt.IsZero() {
		out["takenAt"] = l.r.TakenAt
	}
	return out
}

// artifacts are the manifest and every item of the evidence, in the manifest's
// order.
func (l *sarif) artifacts() []sarifArtifact {
	out := []sarifArtifact{{
		Location:    sarifArtifactLocation{URI: manifest},
		Description: &sarifMessage{Text: "What was collected, from where, when, and how it went."},
		Roles:       []string{"analysisTarget"},
	}}
	for _, it := range l.r.Evidence {
		a := sarifArtifact{Location: sarifArtifactLocation{URI: uri(it.Path)}, Roles: []string{"analysisTarget"}}
		if it.What != "" {
			a.Description = &sarifMessage{Text: plainText(it.Source + ": " + it.What)}
		}
		if it.SHA256 != "" {
			a.Hashes = map[string]string{"sha-256": it.SHA256}
		}
		out = append(out, a)
	}
	return out
}

// The indexes of notificationRules.
const (
	noticeItem = iota
	noticeLine
)

func notificationRules() []sarifRule {
	return []sarifRule{
		noticeItem: {
			ID: "EVIDENCE-NOT-WHOLE", Name: "EvidenceNotWhole",
			ShortDescription: sarifMessage{Text: "An item of the evidence was not collected as a whole."},
			FullDescription:  sarifMessage{Text: "What the item would have said is not known. Findings that need it are open."},
			Help:             &sarifMessage{Text: "Collect the evidence again. For a denied item, grant the account the permission that the detail names."},
		},
		noticeLine: {
			ID: "EVIDENCE-LINE-UNREAD", Name: "EvidenceLineUnread",
			ShortDescription: sarifMessage{Text: "A line of the evidence was not understood."},
			FullDescription:  sarifMessage{Text: "The reader of the platform does not know the line. Findings that need it are open."},
			Help:             &sarifMessage{Text: "Report the line to the project, with the platform and its version."},
		},
	}
}

// invocation says how the collection and the reading of the evidence went.
func (l *sarif) invocation() sarifInvocation {
	inv := sarifInvocation{ExecutionSuccessful: true}
	notify := func(index int, level, text string, at finding.Ref) {
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, sarifNotification{
			Descriptor: sarifDescriptorRef{ID: notificationRules()[index].ID, Index: index}, Level: level,
			Message: sarifMessage{Text: sentence(text)}, Locations: []sarifLocation{l.location(at)},
		})
	}
	for _, it := range l.r.Evidence {
		if it.Status == "ok" {
			continue
		}
		inv.ExecutionSuccessful = false
		text := it.Path + " is " + it.Status
		if it.Detail != "" {
			text += ": " + it.Detail
		}
		notify(noticeItem, "error", text, finding.Ref{Item: it.Path})
	}
	for i, u := range l.r.Unread {
		if i == maxNotices {
			notify(noticeLine, "warning", fmt.Sprintf("%d more lines were not understood", len(l.r.Unread)-i), finding.Ref{})
			break
		}
		notify(noticeLine, "warning", "not understood: "+u.Text, finding.Ref{Item: u.Item, Line: u.Line})
	}
	return inv
}

// version finds the semantic version in the name of the tool.
func version(tool string) string {
	found := regexp.MustCompile(`\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?`).FindString(tool)
	if found == "" {
		return "0.0.0"
	}
	return found
}
