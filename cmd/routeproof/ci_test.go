package main

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/routeproof/routeproof/internal/finding"
)

// Whatever a device says, an annotation is one command, and none is hidden in it.
func FuzzAnnotationsAreOneCommand(f *testing.F) {
	for _, s := range []string{
		"plain", "a\n::set-output name=x::y", "::error::x", "##[command]rm", "##vso[task.setvariable variable=a]b", "###vso[x]", "#####[x]",
		"%0A::stop", "a\r\n##vso[task.complete]", "\u2028::error::x", "\x1b[2J", "x,file=/etc/passwd::", strings.Repeat("é", 2000), "\xff",
	} {
		f.Add(s)
	}
	github := regexp.MustCompile(`^::error title=[^:,\n]*::[^\n]*\n$`)
	azure := regexp.MustCompile(`^##vso\[task\.logissue type=error\][^\n]*\n$`)
	f.Fuzz(func(t *testing.T, hostile string) {
		for _, tt := range []struct {
			text  string
			shape *regexp.Regexp
		}{{githubIssue("error", hostile, hostile), github}, {azureIssue("error", hostile, hostile), azure}} {
			if !tt.shape.MatchString(tt.text) {
				t.Errorf("%q", tt.text)
			}
			if strings.Contains(strings.TrimPrefix(tt.text, "##vso["), "##") {
				t.Errorf("a command in %q", tt.text)
			}
			if i := strings.IndexFunc(strings.TrimSuffix(tt.text, "\n"), func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("not printable at %d: %q", i, tt.text)
			}
		}
		if text := oneLine(hostile); strings.HasPrefix(strings.TrimSpace(text), "::") || strings.Contains(text, "##") || strings.Contains(text, "\n") {
			t.Errorf("a command: %q", text)
		}
	})
}

func TestAnnotationsAreTheWorstAndBounded(t *testing.T) {
	var r finding.Report
	for range 30 {
		r.Findings = append(r.Findings,
			finding.Finding{Policy: "LOW", Outcome: finding.Fail, Severity: finding.Low, Message: "low"},
			finding.Finding{Policy: "OLD", Outcome: finding.Fail, Severity: finding.Critical, Message: "old", Baseline: finding.Unchanged},
			finding.Finding{Policy: "WAIVED", Outcome: finding.Fail, Severity: finding.Critical, Message: "waived", Waiver: &finding.Waiver{}})
	}
	r.Findings = append(r.Findings,
		finding.Finding{Policy: "WORSE", Outcome: finding.Fail, Severity: finding.High, Message: "worse", Baseline: finding.Updated},
		finding.Finding{Policy: "OPEN", Outcome: finding.Open, Severity: finding.High, Message: "open"})
	got := service{issue: githubIssue}.issues(r, output{failOn: severityFlag(finding.Low)})
	want := "::error title=WORSE high, worse than before::worse\n" // the comma is escaped below
	want = strings.Replace(want, ",", "%2C", 1) + strings.Repeat("::error title=LOW low::low\n", 8) +
		"::error title=routeproof::and 22 more: see the summary of the job\n::warning title=OPEN open::open\n"
	if got != want {
		t.Errorf("annotations:\n%swant:\n%s", got, want)
	}
	if got := (service{}).issues(r, output{}); got != "" {
		t.Errorf("annotations for nobody: %q", got)
	}
}

func TestAnOrganizationIsInItsAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://dev.azure.com/contoso/":                     "contoso",
		"https://contoso.visualstudio.com/":                  "contoso",
		"https://contoso.visualstudio.com/DefaultCollection": "contoso",
		"https://tfs.example/tfs/DefaultCollection/":         "DefaultCollection",
		"https://dev.azure.com/":                             "",
		"":                                                   "",
		"https://%zz/":                                       "",
	} {
		if got := organization(address); got != want {
			t.Errorf("organization(%q) = %q, want %q", address, got, want)
		}
	}
}
