package graph_test

import (
	"net/netip"
	"strings"
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

// Of most platforms only the configuration tells of static routes that wait behind
// others: where it was not read, what a router does instead is not known.
func TestWithoutTheConfigurationAStaticRouteMayTakeOver(t *testing.T) {
	unread := func(text string) []snapshot.Unread {
		return []snapshot.Unread{{Item: "R1/config", Line: 7, Text: text}, {Item: "R1/bgp", Line: 1, Text: "ip route"}}
	}
	for _, tc := range []struct {
		name, platform string
		config         snapshot.Status
		unread         []snapshot.Unread
		want, why      string
	}{
		{"read whole", "cisco_ios", snapshot.OK, nil, graph.FailsClosed, ""},
		{"not read", "cisco_ios", snapshot.Missing, nil, graph.Undecided, "the configuration of router/R1 was not read, and a static route"},
		{"denied", "cisco_ios", snapshot.Denied, nil, graph.Undecided, "was not read"},
		{"cut off", "cisco_ios", snapshot.Partial, nil, graph.Undecided, "was not read whole"},
		{"a line of something else", "cisco_ios", snapshot.Partial, unread("snmp-server community"), graph.FailsClosed, ""},
		{"a static route", "cisco_ios", snapshot.Partial, unread("ip route 172.16.0.0 255.255.0.0 Vlan7 wonder"), graph.Undecided, "line 7 of the configuration of router/R1 was not understood"},
		{"a table that lists all", "frr", snapshot.Missing, nil, graph.FailsClosed, ""},
	} {
		n := guideline().failClosed()
		n.dropPaths(0, func(p snapshot.Path) bool { return p.Internal && p.ASPath == "65515" })
		n.Routers[0].Platform, n.Unread = tc.platform, tc.unread
		n.Routers[0].Config.Read = snapshot.Read{Item: "R1/config", Status: tc.config}
		f := failure(t, class(t, graph.Build(n.Snapshot).Model()), tunnel1)
		if f.Forward != tc.want || !strings.Contains(f.ForwardPath.Detail, tc.why) {
			t.Errorf("%s: %s (%s), want %s (%s)", tc.name, f.Forward, f.ForwardPath.Detail, tc.want, tc.why)
		}
	}
}
