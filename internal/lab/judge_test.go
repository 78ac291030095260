package lab_test

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/lab"
)

// TestVerdictsAgreeWithPackets is the judgment on the auditor: it collects from
// each scenario over real SSH and TLS, and what its graph says of every pair of
// hosts, in each direction, must be what the captures saw of marked packets.
func TestVerdictsAgreeWithPackets(t *testing.T) {
	needLab(t)
	rows := make([]string, len(lab.Scenarios()))
	t.Run("scenarios", func(t *testing.T) {
		for i, s := range lab.Scenarios() {
			t.Run(s.Name, func(t *testing.T) {
				t.Parallel()
				l := start(t, s.Name)
				g := judge(t, l)
				var wg sync.WaitGroup
				for _, p := range lab.Pairs() {
					wg.Go(func() { compare(t, l, g, p[0], p[1]) })
				}
				wg.Wait()
				rows[i] = "| " + s.Name + " | " + row(t, l, g, "10.10.0.10", "172.16.1.4") + " | " + row(t, l, g, "172.16.1.4", "10.10.0.10") + " |"
			})
		}
	})
	table := strings.Join(rows, "\n")
	t.Log("what routeproof says / what the captures saw\n" + table)
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !t.Failed() && !strings.Contains(string(readme), table) {
		t.Errorf("the table under \"How we know\" in README.md is not this one:\n%s", table)
	}
}

// row is what routeproof says of a pair, and what the captures saw.
func row(t *testing.T, l *lab.Lab, g *graph.Graph, src, dst string) string {
	t.Helper()
	saw := probe(t, l, src, dst)
	_, seen := saw.Firewalled()
	graphs.Lock()
	defer graphs.Unlock()
	path, _, err := g.Trace(netip.MustParseAddr(src), netip.MustParseAddr(dst))
	if err != nil {
		return "open: R1 was not read | " + cell(saw.Outcomes(), seen)
	}
	outcomes, firewall, _ := lab.Claim(path)
	return cell(outcomes, firewall) + " | " + cell(saw.Outcomes(), seen)
}

func cell(outcomes []lab.Outcome, firewall bool) string {
	var words []string
	for _, o := range outcomes {
		w := string(o)
		if firewall && o != lab.Dropped {
			w += ", firewall"
		}
		words = append(words, w)
	}
	return strings.Join(words, " or ")
}

// TestSimulatedFailuresAgreeWithRealOnes makes every failure that the graph
// simulates, and compares again.
func TestSimulatedFailuresAgreeWithRealOnes(t *testing.T) {
	needLab(t)
	for scenario, failures := range map[string]map[string]lab.Failure{
		"underlay-pinned": {
			"tunnel/R1/vpngw-0":             lab.TunnelDown(lab.Tunnel1),
			"peering/er-circuit-primary":    lab.LinkDown(lab.Primary),
			"peering/er-circuit-secondary":  lab.LinkDown(lab.Secondary),
			"session/R1/er-circuit-primary": lab.SessionDown(lab.R1, netip.MustParseAddr("192.168.100.2")),
			"session/R2/vpngw-1":            lab.SessionDown(lab.R2, netip.MustParseAddr("169.254.22.2")),
			"session/R1/R2":                 lab.SessionDown(lab.R1, netip.MustParseAddr("10.255.0.2")),
		},
		"fail-closed": {
			"tunnel/R2/vpngw-1":          lab.TunnelDown(lab.Tunnel2),
			"peering/er-circuit-primary": lab.LinkDown(lab.Primary),
			"router/R2":                  lab.NodeDown(lab.R2),
			"instance/vpngw-0":           lab.NodeDown(lab.VPNGW0),
		},
		"leak-same-prefix": {"peering/er-circuit-primary": lab.LinkDown(lab.Primary)},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			l := start(t, scenario)
			g := judge(t, l)
			for _, id := range slices.Sorted(maps.Keys(failures)) {
				t.Run(id, func(t *testing.T) {
					if err := l.Fail(t.Context(), failures[id]); err != nil {
						t.Fatal(err)
					}
					for _, p := range lab.Pairs() {
						compare(t, l, g, p[0], p[1], id)
					}
					if err := l.Repair(t.Context(), failures[id]); err != nil {
						t.Fatal(err)
					}
				})
			}
		})
	}
}

// TestTunnelsThatCarryThemselvesFlap waits for what routeproof says of the guideline as
// written: that its tunnels come up and go down by turns, and that packets leave in
// clear each time they are down.
func TestTunnelsThatCarryThemselvesFlap(t *testing.T) {
	needLab(t)
	t.Parallel()
	s, err := lab.Named("guideline-as-written")
	if err != nil {
		t.Fatal(err)
	}
	s.TunnelHold = 60 // long enough to look at, and shorter than Azure's own 180
	l := startWith(t, s)
	want := []graph.Flap{{
		Tunnels: []string{"tunnel/R1/vpngw-0", "tunnel/R2/vpngw-1"},
		Links:   []string{"peering/er-circuit-primary", "peering/er-circuit-secondary"},
	}}
	got := judge(t, l).Model().Flaps
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(graph.Flap{}, "Pairs")); diff != "" || got[0].Pairs == 0 {
		t.Fatalf("flaps (-want +got):\n%s", diff)
	}
	var seen []lab.Outcome
	for turns := []lab.Outcome{lab.Dropped, lab.InClear, lab.Dropped}; len(turns) > 0; {
		if t.Context().Err() != nil || len(seen) > 2000 {
			t.Fatalf("the captures saw %v, and still not %v", seen, turns)
		}
		out := probe(t, l, "10.10.0.10", "172.16.1.4").Outcomes()
		if seen = append(seen, out...); slices.Equal(out, turns[:1]) {
			turns = turns[1:]
		}
	}
}

// graphs is held while a graph is asked: it remembers, and is not for many at once.
var graphs sync.Mutex

// compare holds the graph's path against a probe.
func compare(t *testing.T, l *lab.Lab, g *graph.Graph, src, dst netip.Addr, down ...string) {
	t.Helper()
	graphs.Lock()
	said, _, err := g.Trace(src, dst, down...)
	graphs.Unlock()
	if err != nil {
		if l.Scenario.Name == "router-down" && strings.Contains(err.Error(), "in no on-premises site") {
			return // R1 is down and tells nobody what is behind it: the audit says that it is open
		}
		t.Error(err)
		return
	}
	saw, err := l.Probe(t.Context(), src, dst)
	if err != nil {
		t.Error(err)
		return
	}
	want, wantFirewall, known := lab.Claim(said)
	got := saw.Outcomes()
	if !known || !slices.Equal(want, got) {
		t.Errorf("%s -> %s: routeproof says %v, the captures %v\n  routeproof: %s\n  packets:    %s", src, dst, want, got, story(said), saw)
	}
	_, firewalled := saw.Firewalled()
	if !slices.Contains(got, lab.Dropped) && firewalled != wantFirewall {
		t.Errorf("%s -> %s: through the firewall: routeproof says %v, the captures %v\n  routeproof: %s\n  packets:    %s",
			src, dst, wantFirewall, firewalled, story(said), saw)
	}
}

// story is a path for a message.
func story(p finding.Path) string {
	var out []string
	for _, b := range p.Branches() {
		var s strings.Builder
		for _, h := range b.Hops {
			fmt.Fprintf(&s, "%s [%s: %s] %s> ", h.Node, h.Prefix, h.Why, h.Link)
		}
		out = append(out, s.String()+string(b.Outcome)+" "+b.Detail)
	}
	return strings.Join(out, "\n              ")
}

// judge collects from the lab as from any network, and builds the graph.
func judge(t *testing.T, l *lab.Lab) *graph.Graph {
	t.Helper()
	state := t.TempDir()
	if err := l.WriteARM(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	arm, err := emulator.StartARM(emulator.ARMConfig{FS: os.DirFS(state)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { arm.Close() })
	now := func() time.Time { return time.Unix(1_800_000_000, 0) }
	az, err := azure.New(azure.Options{
		Subscriptions: subscriptions(t, state), Now: now, PollEvery: time.Second,
		Cloud: azure.Cloud{
			Name: "custom", Endpoint: arm.Endpoint, Authority: arm.Endpoint, Audience: "https://management.core.windows.net/", CA: arm.Pool(),
		},
		Credential: azure.Credential{Tenant: arm.Tenant, Client: arm.Client, Secret: arm.Secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	cs := []audit.Collector{az}
	for _, n := range []lab.Node{lab.R1, lab.R2} {
		if slices.Contains(l.Failures(), lab.NodeDown(n)) {
			continue // nobody can log in to a router that is down
		}
		cs = append(cs, routerCollector(t, l, n, now))
	}
	dir := filepath.Join(t.TempDir(), "evidence")
	if err := audit.Collect(t.Context(), dir, cs, evidence.Manifest{Tool: "lab"}, nil, now); err != nil {
		t.Fatal(err)
	}
	d, err := evidence.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	s := audit.Read(d, []audit.Reader{router.Read, azure.Read}, nil)
	for _, u := range s.Unread {
		t.Errorf("not understood: %s:%d %q", u.Item, u.Line, u.Text)
	}
	return graph.Build(s)
}

func routerCollector(t *testing.T, l *lab.Lab, n lab.Node, now func() time.Time) *router.Collector {
	t.Helper()
	address, err := l.Forward(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	access, err := l.SSH(n)
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(access.Key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := router.New(router.Device{
		Name: string(n), Address: address, Platform: "frr", User: access.User, Key: key, KnownHosts: access.KnownHosts, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func subscriptions(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "azure"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}
