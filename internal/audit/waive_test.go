package audit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/finding"
)

func failure() finding.Finding {
	return finding.Finding{
		Policy: "ENC-07", Outcome: finding.Fail, Severity: finding.High, Resource: "pair/R1/spoke", Direction: "forward", Message: "it fails open",
		OnPrem: &finding.Side{Prefixes: []string{"10.10.0.0/16", "10.20.4.0/22"}}, Azure: &finding.Side{Prefixes: []string{"172.16.1.0/24"}},
		Forward: &finding.Path{Outcome: finding.Delivered, Hops: []finding.Hop{{Node: "router/R1", Link: "peering/er"}}},
	}
}

// A waiver is stale when its failure is gone, not when nobody could look.
func TestAWaiverOfWhatCouldNotBeJudgedIsOpen(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	question := finding.Finding{Policy: "ENC-07", Outcome: finding.Open, Resource: "all"}
	elsewhere := question
	elsewhere.Policy = "ENC-01"
	for name, c := range map[string]struct {
		found []finding.Finding
		path  string
		want  finding.Outcome
	}{
		"its failure is gone":                   {nil, "", finding.Fail},
		"its rule is open":                      {[]finding.Finding{question}, "", finding.Open},
		"another rule is open":                  {[]finding.Finding{elsewhere}, "", finding.Fail},
		"its rule is open, and fails elsewhere": {[]finding.Finding{question, failure()}, "", finding.Open},
		"its path is another one":               {[]finding.Finding{question, failure()}, "0", finding.Fail},
	} {
		w := finding.Waiver{Rule: "ENC-07", Resource: "pair/R2/spoke", Expires: at.AddDate(0, 0, 30)}
		if c.path != "" {
			w.Resource, w.Path = failure().Resource, c.path
		}
		r := finding.Report{TakenAt: at, Findings: c.found}
		audit.Waive(&r, []finding.Waiver{w})
		for _, f := range r.Findings {
			if f.Policy == "WAV-02" && f.Outcome != c.want {
				t.Errorf("%s: %s (%s), want %s", name, f.Outcome, f.Message, c.want)
			}
		}
	}
}

func TestAWaiverCoversWhatItNamesWholly(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	day := func(days int) time.Time { return at.AddDate(0, 0, days) }
	path := failure().PathDigest()
	for name, c := range map[string]struct {
		waiver finding.Waiver
		taken  time.Time
		counts bool
		says   string // the finding on the waiver itself
	}{
		"the resource":                {finding.Waiver{Rule: "ENC-07", Resource: "pair/R1/spoke", Expires: day(30)}, at, false, ""},
		"prefixes that hold it":       {finding.Waiver{Rule: "ENC-07", OnPrem: "10.0.0.0/8", Azure: "172.16.0.0/12", Expires: day(30)}, at, false, ""},
		"prefixes that hold a part":   {finding.Waiver{Rule: "ENC-07", OnPrem: "10.10.0.0/16", Expires: day(30)}, at, true, "WAV-02 it waives nothing: no failure of ENC-07 is of 10.10.0.0/16"},
		"another rule":                {finding.Waiver{Rule: "ENC-05", Resource: "pair/R1/spoke", Expires: day(30)}, at, true, "WAV-02 it waives nothing"},
		"the path that was accepted":  {finding.Waiver{Rule: "ENC-07", Resource: "pair/R1/spoke", Path: path, Expires: day(30)}, at, false, ""},
		"another path":                {finding.Waiver{Rule: "ENC-07", Resource: "pair/R1/spoke", Path: "0", Expires: day(30)}, at, true, "is not the path now, which is " + path},
		"the day before its end":      {finding.Waiver{Rule: "ENC-07", Resource: "pair/R1/spoke", Expires: day(1)}, at, false, ""},
		"the day of its end":          {finding.Waiver{Rule: "ENC-07", Resource: "pair/R1/spoke", Expires: day(0)}, at, true, "WAV-01 it ended on 2026-11-20"},
		"evidence of no time":         {finding.Waiver{Rule: "ENC-07", Resource: "pair/R1/spoke", Expires: day(30)}, time.Time{}, true, "WAV-01 the evidence does not say when it was taken"},
		"everything":                  {finding.Waiver{Rule: "ENC-07", Expires: day(30)}, at, true, "WAV-03 it names neither a resource nor prefixes"},
		"everything, by its prefixes": {finding.Waiver{Rule: "ENC-07", OnPrem: "0.0.0.0/0", Azure: "0.0.0.0/0", Expires: day(30)}, at, true, "WAV-03 it names neither"},
		"an end that is too far":      {finding.Waiver{Rule: "ENC-07", Resource: "pair/R1/spoke", Expires: day(400)}, at, true, "WAV-03 it ends on 2027-12-25, more than 366 days"},
	} {
		t.Run(name, func(t *testing.T) {
			r := finding.Report{TakenAt: c.taken, Findings: []finding.Finding{failure()}}
			audit.Waive(&r, []finding.Waiver{c.waiver})
			said := ""
			for _, f := range r.Findings {
				if f.Policy == "ENC-07" {
					if f.Counts() != c.counts || f.Outcome != finding.Fail {
						t.Errorf("the failure counts: %v, want %v", f.Counts(), c.counts)
					}
				} else if f.Outcome != finding.Pass {
					said += f.Policy + " " + strings.SplitN(f.Message, ": ", 3)[2]
				}
			}
			if c.says == "" && said != "" || !strings.Contains(said, c.says) {
				t.Errorf("it says %q, want %q", said, c.says)
			}
			if want := map[bool]finding.Outcome{true: finding.Fail, false: finding.Pass}[c.counts]; r.Verdict != want {
				t.Errorf("verdict: %s", cmp.Diff(want, r.Verdict))
			}
		})
	}
}

func TestAWaiverOfSeveralSitesOrOfEveryPairIsTooBroad(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	pair := func(site, onprem, azure string) finding.Pair {
		return finding.Pair{OnPrem: finding.Side{Site: site, Prefixes: []string{onprem}}, Azure: finding.Side{Prefixes: []string{azure}}}
	}
	one := []finding.Pair{pair("dc1", "10.10.0.0/16", "172.16.1.0/24"), pair("dc1", "10.10.0.0/16", "172.16.2.0/24")}
	two := append(one[:2:2], pair("dc2", "10.20.0.0/16", "172.16.1.0/24"))
	for name, c := range map[string]struct {
		waiver finding.Waiver
		pairs  []finding.Pair
		says   string
	}{
		"one site of two":              {finding.Waiver{OnPrem: "10.10.0.0/16"}, two, ""},
		"two sites":                    {finding.Waiver{OnPrem: "10.0.0.0/9"}, two, "its prefixes cover 2 sites"},
		"every pair of one site":       {finding.Waiver{OnPrem: "10.0.0.0/8"}, one, "every address pair"},
		"the only pair":                {finding.Waiver{OnPrem: "10.10.0.0/16"}, one[:1], ""},
		"a resource, and wide as well": {finding.Waiver{Resource: "pair/R1/spoke", OnPrem: "10.0.0.0/9"}, two, ""},
	} {
		r := finding.Report{TakenAt: at, Pairs: c.pairs}
		c.waiver.Rule, c.waiver.Expires = "ENC-07", at.AddDate(0, 0, 30)
		audit.Waive(&r, []finding.Waiver{c.waiver})
		for _, f := range r.Findings {
			if f.Policy == "WAV-03" && ((f.Outcome == finding.Fail) != (c.says != "") || !strings.Contains(f.Message, c.says)) {
				t.Errorf("%s: %s %q, want %q", name, f.Outcome, f.Message, c.says)
			}
		}
	}
}
