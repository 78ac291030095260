package audit_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/finding"
)

func TestEachDifferenceOfAReportIsNamed(t *testing.T) {
	derived := finding.Report{
		Version: 1, Tool: "routeproof", Verdict: finding.Fail, Coverage: finding.Coverage{Pairs: 2, Clear: 1},
		Findings: []finding.Finding{
			{
				Policy: "ENC-01", Outcome: finding.Fail, Severity: finding.High, Resource: "pair/R1/spoke", Direction: "forward",
				Message: "goes in clear", Fingerprint: "aa", Forward: &finding.Path{Outcome: finding.Delivered, Hops: []finding.Hop{{Node: "router/R1", Why: "longest match"}}},
			},
			{Policy: "ENC-07", Outcome: finding.Pass, Severity: finding.High, Resource: "pair/R1/spoke", Down: []string{"gateway/vpngw"}, Fingerprint: "bb"},
		},
	}
	tests := []struct {
		name  string
		edit  func(*finding.Report)
		wants []string
	}{
		{"nothing", func(*finding.Report) {}, nil},
		{
			"what it says of a baseline", func(r *finding.Report) {
				r.Findings[0].Baseline = finding.New
				r.Fixed = []finding.Finding{{Policy: "GWS-01"}}
			}, nil,
		},
		{"the verdict", func(r *finding.Report) { r.Verdict = finding.Pass }, []string{`the verdict is "pass", and "fail" from the evidence`}},
		{
			"an outcome", func(r *finding.Report) { r.Findings[0].Outcome = finding.Pass },
			[]string{"ENC-01 of pair/R1/spoke, forward is pass, and fail from the evidence"},
		},
		{
			"a hop", func(r *finding.Report) { r.Findings[0].Forward.Hops[0].Why = "local preference" },
			[]string{"ENC-01 of pair/R1/spoke, forward has another forward than the evidence gives"},
		},
		{
			"words and severity", func(r *finding.Report) { r.Findings[1].Message, r.Findings[1].Severity = "fine", finding.Low },
			[]string{"ENC-07 of pair/R1/spoke, with gateway/vpngw down has another severity, message than the evidence gives"},
		},
		{
			"a waiver", func(r *finding.Report) { r.Findings[0].Waiver = &finding.Waiver{Rule: "ENC-01"} },
			[]string{"ENC-01 of pair/R1/spoke, forward has another waiver than the evidence gives"},
		},
		{
			"a finding less", func(r *finding.Report) { r.Findings = r.Findings[1:] },
			[]string{"ENC-01 of pair/R1/spoke, forward is not in it: the evidence gives it as fail"},
		},
		{
			"a finding more", func(r *finding.Report) { r.Findings = append(r.Findings, r.Findings[1]) },
			[]string{"ENC-07 of pair/R1/spoke, with gateway/vpngw down is in it as pass: the evidence does not give it"},
		},
		{"a count", func(r *finding.Report) { r.Coverage.Clear = 0 }, []string{`"coverage" is not what the evidence gives`}},
		{"what was read", func(r *finding.Report) { r.Unread = []finding.Unread{{Item: "x"}} }, []string{`"unread" is not what the evidence gives`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stored := reread(t, derived)
			tt.edit(&stored)
			if diff := cmp.Diff(tt.wants, audit.Differences(stored, reread(t, derived))); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
			if tt.name == "nothing" {
				slices.Reverse(stored.Findings)
				if got := audit.Differences(stored, derived); len(got) > 0 {
					t.Errorf("in another order: %q", got)
				}
			}
		})
	}
}

func reread(t *testing.T, r finding.Report) finding.Report {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var out finding.Report
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
