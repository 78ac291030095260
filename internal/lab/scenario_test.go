package lab_test

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/lab"
)

// TestScenarios holds what each scenario's packets do against what a network engineer expects of it. The expectations are
// written by hand: they are what the lab itself is judged by.
func TestScenarios(t *testing.T) {
	needLab(t)
	const clear1, clear2, dropped = "in clear on er-primary", "in clear on er-secondary", "dropped"
	const encrypted, firewalled = "encrypted", "encrypted, through the firewall"
	all := func(out string) [6]string { return [6]string{out, out, out, out, out, out} }
	pairs := [6][2]string{
		{"10.10.0.10", "172.16.1.4"},
		{"172.16.1.4", "10.10.0.10"},
		{"172.16.1.4", "10.10.1.10"},
		{"10.20.0.10", "172.16.1.4"},
		{"172.16.1.4", "10.20.0.10"},
		{"10.10.0.10", "10.64.1.68"},
	}
	want := map[string][6]string{
		"expressroute-only":            {clear1, clear1, clear1, clear2, clear2, clear1},
		"vpn-unsteered":                {clear1, encrypted, encrypted, clear2, encrypted, clear1},
		"guideline-as-written":         {dropped, encrypted, encrypted, dropped, encrypted, dropped},
		"underlay-pinned":              all(encrypted),
		"fail-closed":                  all(encrypted),
		"firewall-asymmetric":          {encrypted, firewalled, firewalled, encrypted, firewalled, encrypted},
		"firewall-symmetric":           {firewalled, firewalled, firewalled, firewalled, firewalled, encrypted},
		"leak-same-prefix":             {encrypted, clear1, clear1, encrypted, encrypted, encrypted},
		"tunnel-down":                  all(encrypted),
		"tunnels-down":                 {clear1, dropped, dropped, clear2, dropped, clear1},
		"tunnels-down-fail-closed":     all(dropped),
		"router-down":                  {dropped, dropped, dropped, encrypted, encrypted, dropped},
		"r2-without-route-map":         all(encrypted),
		"static-hides-bgp":             {clear1, encrypted, encrypted, encrypted, encrypted, encrypted},
		"ecmp-tunnel-and-circuit":      {"encrypted or " + clear1, encrypted, encrypted, "encrypted or " + clear2, encrypted, "encrypted or " + clear1},
		"leak-more-specific":           {encrypted, encrypted, clear1, encrypted, encrypted, encrypted},
		"gateway-route-table-too-wide": {encrypted, firewalled, firewalled, encrypted, firewalled, encrypted},
	}
	for _, s := range lab.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if _, ok := want[s.Name]; !ok {
				t.Fatal("nothing is expected of the scenario")
			}
			l := start(t, s.Name)
			var got [6]string
			var wg sync.WaitGroup
			for i, p := range pairs {
				wg.Go(func() { got[i] = outcome(l.Probe(t.Context(), netip.MustParseAddr(p[0]), netip.MustParseAddr(p[1]))) })
			}
			wg.Wait()
			for i, p := range pairs {
				if diff := cmp.Diff(want[s.Name][i], got[i]); diff != "" {
					t.Errorf("%s to %s (-want +got):\n%s", p[0], p[1], diff)
				}
			}
		})
	}
}

func outcome(p lab.Probe, err error) string {
	if err != nil {
		return err.Error()
	}
	var words []string
	for _, o := range p.Outcomes() {
		words = append(words, string(o))
	}
	out := strings.Join(words, " or ")
	if links := p.Clear(); len(links) > 0 {
		out += fmt.Sprintf(" on %s", links[0])
		if len(links) > 1 {
			out += " and another"
		}
	}
	if _, some := p.Firewalled(); some {
		out += ", through the firewall"
	}
	return out
}
