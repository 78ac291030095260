package reports_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

func TestEveryFormatForPeopleSaysWhatWasDecided(t *testing.T) {
	r := decided()
	for name, wants := range map[string][]string{
		"text-200": {
			"━━ 1 of 4 ━━ CRITICAL ━━ NEW ━━ ENC-05", "━━ 2 of 4 ━━ CRITICAL ━━ WORSE ━━ GWS-01", "━━ 3 of 4 ━━ HIGH ━━ ENC-07",
			"  WAIVES 1  ENC-05\n  what      class/dc1/vnet-spoke/workload, until 2026-12-31\n  why       the tunnel comes with the new router, CHG-1234\n" +
				"  who       network team, approved by A. Auditor; waivers.yaml:2\n  hides     10.10.0.0/16 (dc1, router/R1) -> 172.16.1.0/24",
			"  ENDED  GWS-01\n", "  NO EFFECT  SYM-01\n", "- ENC-03 10.30.0.0/16", "── Fixed since the baseline", "- ENC-05 10.40.0.0/16 (dc3, router/R3)",
			"- BGP-02: the provider bounds it", "2 waived or advisory, 4 failed",
		},
		"text-80-quiet": {"FAIL  critical  ENC-05  new: R2", "FAIL  critical  GWS-01  worse: R1", "fail  critical  ENC-05  waived until 2026-12-31", "fixed           ENC-05  10.40.0.0/16"},
		"report.md": {
			"Violations since the baseline&#58; 1 new, 1 worse, 2 unchanged, 2 fixed.", "### New or worse since the baseline\n", "<b>1 · CRITICAL · NEW</b> <code>ENC-05</code> R2",
			"<b>2 · CRITICAL · WORSE</b> <code>GWS-01</code>", "### Violations as in the baseline\n", "<b>3 · HIGH</b> <code>ENC-07</code>",
			"<b>Fixed since the baseline</b>: 2", "- <code>ENC-05</code> WAIVES 1 class/dc1", "- <code>GWS-01</code> **ENDED** 10.10.0.0/16", "- <code>SYM-01</code> **NO EFFECT** 10.99.0.0/16",
			"- <code>BGP-02</code> the provider bounds it", "<b>Failures of policies that do not count yet</b>: 1",
		},
		"report.html": {
			"Violations since the baseline: 1 new, 1 worse, 2 unchanged, 2 fixed.", `<span class="tag new">NEW</span><b>ENC-05</b>`, `<span class="tag new">WORSE</span><b>GWS-01</b>`,
			"3 waivers, 1 ended, 1 without effect", `<span class="tag bad">ENDED</span>`, `<span class="tag warn">NO EFFECT</span>`,
			"<b>the tunnel comes with the new router, CHG-1234</b><br><code>class/dc1/vnet-spoke/workload, until 2026-12-31</code>", "1 failure that it hides",
			"Fixed since the baseline", "<td><code>BGP-02</code></td><td>the provider bounds it</td>", "Failures that do not count yet", "+1 waived or advisory",
		},
		"report.junit.xml": {
			`<skipped message="waived until 2026-12-31 (network team, approved by A. Auditor: the tunnel comes with the new router, CHG-1234): R1`,
			`<skipped message="advisory until 2027-01-31: no path`, `message="new: R2 sends`, `message="worse: R1 routes`, "since     new\n",
		},
	} {
		got := write(t, writers()[name], r)
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, got)
			}
		}
	}
}

func TestNothingIsSaidOfDecisionsThatNobodyMade(t *testing.T) {
	for _, name := range []string{"text-200", "report.md", "report.html", "report.junit.xml"} {
		got := write(t, writers()[name], sample())
		for _, word := range []string{"baseline", "Waiver", "NEW", "switched off", "Switched off", "do not count yet", "advisory"} {
			if strings.Contains(got, word) {
				t.Errorf("%s says %q without a reason", name, word)
			}
		}
	}
}

// A waiver for one failure must not make another one disappear.
func TestAWaivedFailureHidesNoOther(t *testing.T) {
	waived := clearFinding("R1", "dc1", "10.10.0.0/16", "er-circuit-primary", "aa", 15)
	waived.Waiver = &finding.Waiver{Rule: "ENC-05", Reason: "known"}
	other := clearFinding("R1", "dc1", "10.11.0.0/16", "er-circuit-primary", "bb", 16)
	other.Message, other.Severity = "the one that counts", finding.High
	r := finding.Report{Verdict: finding.Fail, Findings: []finding.Finding{waived, other}}
	for name, want := range map[string]string{
		"text-80":          "the one that counts",
		"report.md":        "<b>1 · HIGH</b> <code>ENC-05</code> the one that counts",
		"report.html":      "<h3>the one that counts</h3>",
		"report.junit.xml": `<failure type="high" message="the one that counts (and 1 more finding)">`,
		"github.sarif":     "the one that counts",
	} {
		if got := write(t, writers()[name], r); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", name, want, got)
		}
	}
	got := junit(t, r)
	if diff := cmp.Diff(junitCounts{Tests: 1, Failures: 1}, got.Suites[0].junitCounts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestACommentWithManyDecisionsFits(t *testing.T) {
	r := apart(large(300))
	for i := range 400 {
		r.Waivers = append(r.Waivers, finding.Waiver{Rule: "ENC-05", Owner: strings.Repeat("owner ", 200), Reason: strings.Repeat(hostile, 20), Expires: time.Date(2030, 1, 1, 0, 0, i, 0, time.UTC)})
		r.Disabled = append(r.Disabled, finding.Disabled{Policy: hostile, Reason: strings.Repeat(hostile, 20)})
		r.Fixed = append(r.Fixed, clearFinding("R3", "dc3", fmt.Sprintf("10.1.%d.0/24", i%256), "er", fmt.Sprint(i), 3))
	}
	for i := range r.Findings {
		r.Findings[i].Baseline = []finding.Baseline{finding.New, finding.Updated, finding.Unchanged}[i%3]
	}
	got := write(t, reports.Markdown, r)
	if len(got) > 65536 {
		t.Errorf("%d bytes, a comment has room for 65,536", len(got))
	}
	for _, want := range []string{"Waivers: 400 waivers, in report.json", "left out, because a comment has room", "100 new, 100 worse, 100 unchanged, 400 fixed"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the comment", want)
		}
	}
}

// Whatever is written into a waivers file stays text.
func TestWordsOfWaiversAreInert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Just(hostile))
		r := decided()
		for i := range r.Waivers {
			w := &r.Waivers[i]
			w.Rule, w.Resource, w.OnPrem, w.Azure, w.Path = text.Draw(t, "rule"), text.Draw(t, "resource"), text.Draw(t, "onprem"), text.Draw(t, "azure"), text.Draw(t, "path")
			w.Owner, w.Approver, w.Reason, w.Place.Item = text.Draw(t, "owner"), text.Draw(t, "approver"), text.Draw(t, "reason"), text.Draw(t, "place")
		}
		r.Disabled[1] = finding.Disabled{Policy: text.Draw(t, "policy"), Reason: text.Draw(t, "why")}
		for name, w := range writers() {
			got := write2(t, w, r)
			if name != "text-120-color" {
				printable(t, got)
			}
			switch name {
			case "report.html":
				inert(t, got)
			case "report.md":
				harmless(t, got)
			}
		}
	})
}

// A verdict that leaves pairs or policies out says so in its first sentence, and CI
// sees the policies.
func TestAVerdictSaysWhatItLeavesOut(t *testing.T) {
	r := finding.Report{
		Verdict: finding.Pass, Coverage: finding.Coverage{Pairs: 20, Exempt: 12},
		Notes:    []string{"10.10.9.0/24 and everything in Azure are exempt until 2027-06-30: ZZREASON"},
		Disabled: []finding.Disabled{{Policy: "ENC-07", Reason: "because"}},
	}
	for name, want := range map[string][]string{
		"text-80-quiet":    {"But for 12 address pairs that are exempt, every policy", "1 policy is switched off."},
		"report.md":        {"12 address pairs that are exempt", "### Policies that are switched off", "ZZREASON"},
		"report.html":      {"12 address pairs that are exempt", "1 policy is switched off", "ZZREASON"},
		"report.junit.xml": {`name="ENC-07" classname="routeproof" time="0"><skipped message="switched off: because"/>`, "ZZREASON"},
		"github.sarif":     {"ENC-07 is switched off: because", "ZZREASON"},
		"report.oscal":     {"ZZREASON"},
	} {
		got := strings.Join(strings.Fields(write(t, writers()[name], r)), " ")
		for _, text := range want {
			if !strings.Contains(got, text) {
				t.Errorf("%s lacks %q:\n%s", name, text, got)
			}
		}
	}
}
