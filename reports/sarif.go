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
	// maxNotices bounds the lines that were not understood in one log, and the
	// items that are not whole.
	maxNotices = 500
	// maxResults is how many results services show of a run.
	maxResults = 5000
	// maxUpload is what GitHub takes of a log, in bytes as gzip writes them, and
	// uploadTail what is kept free of it for what follows the results.
	maxUpload  = 10_000_000
	uploadTail = 1_000_000
)

// A SARIFProfile is whom a SARIF log is for.
type SARIFProfile string

const (
	// Full is for people and for keeping: it has the waived failures with their
	// suppressions, what was fixed, every finding that a result stands for, and the
	// controls of each rule as taxonomies.
	Full SARIFProfile = "full"
	// GitHub is for code scanning on GitHub, which makes an alert of every result
	// whatever is said of it, and refuses what gzip leaves larger than 10 MB.
	GitHub SARIFProfile = "github"
	// AzureDevOps is for GitHub Advanced Security for Azure DevOps: as GitHub, with
	// the pipeline that it asks for.
	AzureDevOps SARIFProfile = "azdo"
)

// SARIFOptions say how a log is written. The zero value is [Full].
type SARIFOptions struct {
	Profile SARIFProfile
	// Pipeline is the run that the log is of, for AzureDevOps.
	Pipeline Pipeline
}

// A Pipeline is a run in Azure Pipelines. Projects and phases are GUIDs.
type Pipeline struct {
	Organization, Project, Definition, DefinitionName, Phase, PhaseName, Branch, Build string
}

// SARIF writes the report as SARIF 2.1.0 of the profile [Full].
//
// There is one rule a policy and one result for the findings of a policy that
// fail, or are open, by the same path: they are said in one message, each with a
// location of its own. What passed is counted in the run's properties, because
// services show every result as an alert. At most 5,000 results are written, the
// worst first; a notification counts the others. Paths in the log are relative to
// the evidence directory.
func SARIF(w io.Writer, r finding.Report) error { return SARIFWith(SARIFOptions{})(w, r) }

// SARIFWith returns the writer of a profile.
func SARIFWith(o SARIFOptions) Writer {
	return func(w io.Writer, r finding.Report) error {
		if err := newSarif(sorted(r), o).write(w); err != nil {
			return fmt.Errorf("write SARIF report: %w", err)
		}
		return nil
	}
}

// sarif is a report on its way to a log.
type sarif struct {
	SARIFOptions
	r        finding.Report
	rules    []sarifRule
	ruleAt   map[string]int
	artifact map[string]int
	excerpts map[finding.Ref]finding.Excerpt
	// taxonomies are the frameworks of the controls, in the full profile.
	taxonomies []sarifTaxonomy
}

func newSarif(r finding.Report, o SARIFOptions) *sarif {
	l := &sarif{
		SARIFOptions: o, r: r, rules: []sarifRule{}, ruleAt: make(map[string]int),
		artifact: make(map[string]int, len(r.Evidence)), excerpts: make(map[finding.Ref]finding.Excerpt, len(r.Excerpts)),
	}
	for _, p := range sortedPolicies(r) {
		if _, ok := l.ruleAt[p.ID]; !ok {
			l.ruleAt[p.ID] = len(l.rules)
			l.rules = append(l.rules, rule(p))
		}
	}
	if l.full() {
		l.classify()
	}
	for i, it := range r.Evidence {
		l.artifact[it.Path] = i + 1 // the manifest is the first
	}
	for _, e := range r.Excerpts {
		l.excerpts[finding.Ref{Item: e.Item, Line: e.Line}] = e
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

// full reports whether the log is for keeping, and not for a service.
func (l *sarif) full() bool { return l.Profile == Full || l.Profile == "" }

// write writes the log, result by result. What follows the results knows which of
// them were left out.
func (l *sarif) write(w io.Writer) error {
	room := newRoom(l.Profile == GitHub)
	j := newJSON(io.MultiWriter(w, room))
	j.object(func() {
		j.field("$schema", sarifSchema)
		j.field("version", "2.1.0")
		j.name("runs")
		j.list(func() {
			j.next()
			j.object(func() { l.run(j, room) })
		})
	})
	return j.flush()
}

func (l *sarif) run(j *jsonWriter, room *room) {
	j.field("tool", sarifTool{Driver: sarifDriver{
		Name: "routeproof", FullName: orElse(l.r.Tool, "routeproof"), SemanticVersion: version(l.r.Tool),
		InformationURI: informationURI, Rules: l.rules, Notifications: notificationRules(), Taxonomies: l.supported(),
	}})
	j.field("automationDetails", l.automation())
	if len(l.taxonomies) > 0 {
		j.field("taxonomies", l.taxonomies)
	}
	j.field("artifacts", l.artifacts())
	j.field("columnKind", "utf16CodeUnits")
	var left leftOver
	j.name("results")
	j.list(func() {
		for n, g := range l.results() {
			if n >= maxResults || room.full() {
				left.results++
				left.findings += 1 + len(g.others)
				continue
			}
			j.element(l.result(g))
		}
	})
	j.field("invocations", []sarifInvocation{l.invocation(left)})
	j.field("properties", l.summary())
}

// leftOver counts what did not fit a log.
type leftOver struct{ results, findings int }

// automation names the run: services replace what an earlier run of the same name
// said.
func (l *sarif) automation() sarifAutomation {
	p := l.Pipeline
	if l.Profile != AzureDevOps || p == (Pipeline{}) {
		return sarifAutomation{ID: "routeproof/live/"}
	}
	const of = "azuredevops/pipeline/build/"
	return sarifAutomation{
		ID: of + strings.Join([]string{clean(p.Organization), clean(p.Project), clean(p.Definition), clean(p.Phase), clean(p.Branch), clean(p.Build)}, "/"),
		Properties: map[string]string{
			of + "buildDefinitionId": clean(p.Definition), of + "buildDefinitionName": clean(p.DefinitionName),
			of + "phaseId": clean(p.Phase), of + "phaseName": clean(p.PhaseName),
		},
	}
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

// version finds the semantic version in the name of the tool.
func version(tool string) string {
	found := regexp.MustCompile(`\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?`).FindString(tool)
	if found == "" {
		return "0.0.0"
	}
	return found
}
