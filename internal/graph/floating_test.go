package graph_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// floats gives R1 static routes that only its configuration shows.
func (n *network) floats(routes ...snapshot.StaticRoute) *network {
	n.Routers[0].Config = snapshot.Config{Read: whole("R1/config"), Statics: routes}
	return n
}

// What R1 does without both tunnels, with a static route that its routing table
// does not list.
func TestAStaticRouteBehindAnotherTakesOver(t *testing.T) {
	const inClear, dropped = "peering/er-primary", ""
	circuit := snapshot.StaticRoute{Prefix: pfx("172.16.0.0/16"), NextHop: addr("192.168.100.2"), Distance: new(uint32(250))}
	with := func(change func(*snapshot.StaticRoute)) []snapshot.StaticRoute {
		out := circuit
		change(&out)
		return []snapshot.StaticRoute{out}
	}
	for _, tt := range []struct {
		name    string
		statics []snapshot.StaticRoute
		want    string
	}{
		{"none", nil, dropped},
		{"over the circuit", []snapshot.StaticRoute{circuit}, inClear},
		{"out of the circuit's interface", with(func(s *snapshot.StaticRoute) { s.NextHop, s.Interface = netip.Addr{}, "er0" }), inClear},
		{"in another VRF", with(func(s *snapshot.StaticRoute) { s.VRF = "guest" }), dropped},
		{"to nowhere", with(func(s *snapshot.StaticRoute) { s.NextHop, s.Interface = netip.Addr{}, "Null0" }), dropped},
		// It has nothing before it and is not in the table: it does not work.
		{"one that does not work", with(func(s *snapshot.StaticRoute) { s.Prefix = pfx("172.16.1.0/24") }), dropped},
		// The better one would be in the table, did it work.
		{"a better one", with(func(s *snapshot.StaticRoute) { s.Distance = nil }), dropped},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := graph.Build(guideline().failClosed().floats(tt.statics...).Snapshot)
			steady, _, err := g.Trace(addr("10.10.5.7"), addr("172.16.1.4"))
			if err != nil || steady.Hops[0].Link != tunnel1 {
				t.Errorf("in steady state %v (%v), want over %s", way(steady), err, tunnel1)
			}
			p, _, err := g.Trace(addr("10.10.5.7"), addr("172.16.1.4"), tunnel1, "tunnel/R2/vpngw-1")
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Hops[0].Link; got != tt.want || (p.Outcome == finding.Delivered) != (tt.want != "") {
				t.Fatalf("%v, want over %q", way(p), tt.want)
			}
			if tt.want == "" {
				return
			}
			if diff := cmp.Diff([]finding.Ref{{Item: "R1/config"}}, p.Hops[0].Evidence); diff != "" {
				t.Errorf("evidence (-want +got):\n%s", diff)
			}
		})
	}
}

// The failure is found in the model, and not only when it is asked for.
func TestAFailureThatAStaticRouteOpensIsFound(t *testing.T) {
	n := guideline().failClosed().floats(snapshot.StaticRoute{Prefix: pfx("172.16.0.0/16"), NextHop: addr("192.168.100.2"), Distance: new(uint32(250))})
	for _, f := range class(t, graph.Build(n.Snapshot).Model()).Failures {
		if f.ForwardPath.Outcome == finding.Delivered && f.ForwardPath.Hops[0].Link == "peering/er-primary" {
			return
		}
	}
	t.Error("no failure sends packets over peering/er-primary")
}
