package audit_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	versus "github.com/routeproof/routeproof/internal/compare"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// The network is as it was: whatever is not collected any more, nothing that
// failed is called fixed, and the two reports say the same of what both know.
func TestLessEvidenceFixesNothing(t *testing.T) {
	engine := engine(t)
	for _, name := range []string{"guideline-as-written", "firewall-asymmetric"} {
		fsys := scenario(t, name)
		whole := run(t, engine, fsys).Report
		d, err := evidence.Open(fsys)
		if err != nil {
			t.Fatal(err)
		}
		compared := 0
		for _, it := range d.Manifest.Items {
			less := run(t, engine, without{fsys, it.Path}).Report
			got, err := versus.Baseline(less, whole)
			if err != nil {
				continue // a source less: incomparable
			}
			compared++
			for _, f := range got.Fixed {
				t.Errorf("%s without %s: %s %s is called fixed: %s", name, it.Path, f.Policy, f.Resource, f.Message)
			}
		}
		if compared < len(d.Manifest.Items)/2 {
			t.Errorf("%s: only %d of %d could be compared", name, compared, len(d.Manifest.Items))
		}
	}
}

func TestAReportIsNoNewsToItself(t *testing.T) {
	engine := engine(t)
	whole := run(t, engine, scenario(t, "guideline-as-written")).Report
	got, err := versus.Baseline(whole, whole)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Fixed) > 0 {
		t.Errorf("fixed: %v", got.Fixed)
	}
	for _, f := range got.Findings {
		known := f.Outcome == finding.Fail || f.Outcome == finding.Open
		if want := map[bool]finding.Baseline{true: finding.Unchanged}[known]; f.Baseline != want {
			t.Errorf("%s %s: %q, want %q", f.Policy, f.Resource, f.Baseline, want)
		}
	}
}

func TestAReportSaysWhatWasDeclaredInAnyOrder(t *testing.T) {
	flow := snapshot.Flow{OnPrem: netip.MustParsePrefix("10.10.9.1/24")}
	scope := snapshot.Scope{
		Sites: []snapshot.Site{
			{Name: "dc2", Routers: []string{"R2"}, Prefixes: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}},
			{Name: "dc1", Routers: []string{"R1", "R0"}},
		},
		Require:   []string{"macsec", "ipsec"},
		Protected: []snapshot.Protected{{Flow: flow, Require: []string{"macsec"}}},
		Exempt:    []snapshot.Exempt{{Flow: flow, Reason: "lab", Expires: time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC)}},
		Links:     []snapshot.LinkEnd{{Link: "peering/er-primary", Router: "R1"}},
	}
	want := []string{
		"exempt 10.10.9.0/24 -> anything until 2027-06-30 00:00",
		"link peering/er-primary: router R1",
		"protected 10.10.9.0/24 -> anything: macsec",
		"require ipsec, macsec",
		"site dc1: routers R0, R1; prefixes none",
		"site dc2: routers R2; prefixes 10.20.0.0/16",
	}
	for range 2 {
		d, err := evidence.Open(scenario(t, "fail-closed"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := audit.Run(t.Context(), d, []audit.Reader{router.Read, azure.Read}, &scope, engine(t), "test")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, res.Report.Scope); d != "" {
			t.Errorf("scope (-want +got):\n%s", d)
		}
		slices.Reverse(scope.Sites)
		slices.Reverse(scope.Require)
		slices.Reverse(scope.Sites[0].Routers)
	}
}
