package main

import (
	"fmt"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// A service runs pipelines. Both functions are nil for one that is not known.
type service struct {
	// issue is the command, with its line end, that makes an annotation of kind
	// error or warning.
	issue func(kind, title, text string) string
	// finish says what is to be said when the reports are in dir.
	finish func(p program, r finding.Report, dir string) error
	// profile is that of its code scanning.
	profile reports.SARIFProfile
}

// service finds out from the environment which one runs the program.
func (p program) service() service {
	is := func(name, value string) bool {
		v, _ := p.lookup(name)
		return strings.EqualFold(v, value)
	}
	switch {
	case is("GITHUB_ACTIONS", "true"):
		return service{githubIssue, finishGitHub, reports.GitHub}
	case is("TF_BUILD", "true"):
		return service{azureIssue, finishAzure, reports.AzureDevOps}
	}
	return service{}
}

// pipeline is the run in Azure Pipelines that the program is part of, as the
// agent's variables say. It is zero when one of them is missing: services refuse a
// part of it.
func (p program) pipeline() reports.Pipeline {
	whole := true
	get := func(names ...string) string {
		for _, name := range names {
			if v, _ := p.lookup(name); strings.TrimSpace(v) != "" {
				return strings.TrimSpace(v)
			}
		}
		whole = false
		return ""
	}
	run := reports.Pipeline{
		Organization: organization(get("SYSTEM_COLLECTIONURI")), Project: get("SYSTEM_TEAMPROJECTID"),
		Definition: get("BUILD_DEFINITIONID", "SYSTEM_DEFINITIONID"), DefinitionName: get("BUILD_DEFINITIONNAME"),
		Phase: get("SYSTEM_PHASEID", "SYSTEM_JOBID"), PhaseName: get("SYSTEM_PHASENAME", "SYSTEM_JOBNAME"),
		Branch: get("BUILD_SOURCEBRANCH"), Build: get("BUILD_BUILDID"),
	}
	if !whole || run.Organization == "" {
		return reports.Pipeline{}
	}
	return run
}

// organization is the name in the address of an organization:
// https://dev.azure.com/NAME/ or https://NAME.visualstudio.com/.
func organization(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if name, ok := strings.CutSuffix(u.Hostname(), ".visualstudio.com"); ok {
		return name
	}
	if p := strings.Trim(u.Path, "/"); p != "" {
		return path.Base(p)
	}
	return ""
}

// maxIssues is how many annotations of a kind GitHub takes from a step.
const maxIssues = 10

// issues makes annotations of the violations and open questions that the exit
// code rests on, and warnings of violations below --fail-on.
func (s service) issues(r finding.Report, o output) string {
	if s.issue == nil {
		return ""
	}
	var errs, warnings []finding.Finding
	for _, f := range r.Findings {
		switch {
		case f.Baseline == finding.Unchanged:
		case f.Counts() && counts(f, finding.Severity(o.failOn)):
			errs = append(errs, f)
		case f.Counts(), f.Outcome == finding.Open:
			warnings = append(warnings, f)
		}
	}
	var b strings.Builder
	s.some(&b, "error", errs)
	s.some(&b, "warning", warnings)
	return b.String()
}

// dated makes a warning of evidence that is too old, and a line elsewhere.
func (s service) dated(aged string) string {
	switch {
	case aged == "":
		return ""
	case s.issue == nil:
		return oneLine("routeproof: "+aged) + "\n"
	}
	return s.issue("warning", "routeproof: old evidence", aged)
}

// some makes annotations of the worst findings, and one of how many there are.
func (s service) some(b *strings.Builder, kind string, fs []finding.Finding) {
	fs = slices.SortedStableFunc(slices.Values(fs), finding.Compare)
	for i, f := range fs {
		if i == maxIssues-1 && len(fs) > maxIssues {
			b.WriteString(s.issue(kind, "routeproof", fmt.Sprintf("and %d more: see the summary of the job", len(fs)-i)))
			return
		}
		title := fmt.Sprintf("%s %s", f.Policy, f.Severity)
		if f.Outcome == finding.Open {
			title = f.Policy + " open"
		}
		if f.Baseline == finding.Updated {
			title += ", worse than before"
		}
		b.WriteString(s.issue(kind, title, f.Message))
	}
}

// maxIssueText bounds the words of an annotation, in characters.
const maxIssueText = 600

// oneLine makes text that is no command to a service, wherever it is printed:
// GitHub looks for "::" at the start of a line and for "##[" in it, Azure DevOps
// for "##vso[" in it.
func oneLine(s string) string {
	s = printable(strings.ReplaceAll(s, "\n", "; "))
	for strings.Contains(s, "##") {
		s = strings.ReplaceAll(s, "##", "# #")
	}
	if strings.HasPrefix(strings.TrimSpace(s), "::") {
		s = "'" + s
	}
	if runes := []rune(s); len(runes) > maxIssueText {
		s = string(runes[:maxIssueText-1]) + "…"
	}
	return s
}

// githubIssue is a workflow command: what ends a property or the line is escaped.
func githubIssue(kind, title, text string) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return fmt.Sprintf("::%s title=%s::%s\n", kind, property.Replace(oneLine(title)), data.Replace(oneLine(text)))
}

// azureIssue is a logging command: what ends a property or the line is escaped.
func azureIssue(kind, title, text string) string {
	return fmt.Sprintf("##vso[task.logissue type=%s]%s\n", kind, azureData(oneLine(title+": "+text)))
}

func azureData(s string) string {
	return strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func finishGitHub(p program, r finding.Report, dir string) error {
	if file, ok := p.lookup("GITHUB_STEP_SUMMARY"); ok && file != "" {
		if err := summarize(file, r); err != nil {
			return fmt.Errorf("summary of the job: %w", err)
		}
	}
	file, ok := p.lookup("GITHUB_OUTPUT")
	if !ok || file == "" {
		return nil
	}
	err := appendTo(file, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "verdict=%s\njson=%s\nsarif=%s\n", r.Verdict, filepath.Join(dir, "report.json"), filepath.Join(dir, "report.sarif"))
		return err
	})
	if err != nil {
		return fmt.Errorf("outputs of the step: %w", err)
	}
	return nil
}

func finishAzure(p program, r finding.Report, dir string) error {
	summary, err := filepath.Abs(filepath.Join(dir, "report.md"))
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return p.print(fmt.Sprintf("##vso[task.uploadsummary]%s\n##vso[task.setvariable variable=verdict;isOutput=true]%s\n",
		azureData(summary), azureData(string(r.Verdict))))
}
