package compare_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/compare"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

var whole = snapshot.Read{Status: snapshot.OK}

func bgp(paths ...snapshot.Path) snapshot.Snapshot {
	return snapshot.Snapshot{Routers: []snapshot.Router{{Name: "R1", BGP: snapshot.BGP{Read: whole, Paths: paths}, RIB: snapshot.RIB{Read: whole}}}}
}

func path(prefix, nextHop string, pref uint32) snapshot.Path {
	return snapshot.Path{VRF: "default", Prefix: netip.MustParsePrefix(prefix), NextHop: nextHop, Valid: true, LocalPref: &pref}
}

func inVRF(p snapshot.Path, vrf string) snapshot.Path {
	p.VRF = vrf
	return p
}

func TestRoutesThatDiffer(t *testing.T) {
	denied := bgp()
	denied.Routers[0].BGP.Read = snapshot.Read{Status: snapshot.Denied, Detail: "% Authorization failed"}
	azure := func(listed snapshot.Status, tables ...snapshot.RouteTable) snapshot.Snapshot {
		return snapshot.Snapshot{Azure: snapshot.Azure{
			RouteTables: tables,
			Lists:       []snapshot.List{{Type: "microsoft.network/routetables", Read: snapshot.Read{Status: listed}}},
		}}
	}
	toFirewall := snapshot.RouteTable{Name: "rt", Routes: []snapshot.UserRoute{
		{Prefix: netip.MustParsePrefix("0.0.0.0/0"), Type: "VirtualAppliance", NextHop: netip.MustParseAddr("10.64.1.4")},
		{Tag: "AzureMonitor", Type: "Internet"},
	}}
	tests := []struct {
		name          string
		before, after snapshot.Snapshot
		want          []finding.RouteChange
		unknown       []finding.Incomparable
	}{
		{
			"the order of a table and its lines are no difference",
			bgp(path("10.1.0.0/16", "192.0.2.1", 100), path("10.0.0.0/16", "192.0.2.1", 100)),
			bgp(path("10.0.0.0/16", "192.0.2.1", 100), path("10.1.0.0/16", "192.0.2.1", 100)), nil, nil,
		},
		{
			"a route appeared, one vanished, one changed",
			bgp(path("10.0.0.0/16", "192.0.2.1", 100), path("10.1.0.0/16", "192.0.2.1", 100), path("10.3.0.0/16", "192.0.2.1", 100)),
			bgp(path("10.1.0.0/16", "192.0.2.1", 200), path("10.2.0.0/16", "192.0.2.1", 100), path("10.3.0.0/16", "192.0.2.1", 100)),
			[]finding.RouteChange{
				{Table: "router/R1 BGP", Prefix: "10.0.0.0/16", Before: []string{"via 192.0.2.1, local preference 100"}},
				{Table: "router/R1 BGP", Prefix: "10.1.0.0/16", Before: []string{"via 192.0.2.1, local preference 100"}, After: []string{"via 192.0.2.1, local preference 200"}},
				{Table: "router/R1 BGP", Prefix: "10.2.0.0/16", After: []string{"via 192.0.2.1, local preference 100"}},
			},
			nil,
		},
		{
			"a path more for a prefix is a change of it",
			bgp(path("10.0.0.0/16", "192.0.2.1", 100)), bgp(path("10.0.0.0/16", "192.0.2.2", 100), path("10.0.0.0/16", "192.0.2.1", 100)),
			[]finding.RouteChange{{
				Table: "router/R1 BGP", Prefix: "10.0.0.0/16", Before: []string{"via 192.0.2.1, local preference 100"},
				After: []string{"via 192.0.2.1, local preference 100", "via 192.0.2.2, local preference 100"},
			}},
			nil,
		},
		{
			"equal prefixes of VRFs are told apart, and an emptied VRF is a difference",
			bgp(path("10.0.0.0/16", "192.0.2.1", 100), inVRF(path("10.0.0.0/16", "192.0.2.1", 100), "blue")), bgp(path("10.0.0.0/16", "192.0.2.1", 100)),
			[]finding.RouteChange{{Table: "router/R1 BGP vrf blue", Prefix: "10.0.0.0/16", Before: []string{"via 192.0.2.1, local preference 100"}}},
			nil,
		},
		{
			"a table that was not read whole is not compared",
			bgp(path("10.0.0.0/16", "192.0.2.1", 100)), denied, nil,
			[]finding.Incomparable{{What: "router/R1 BGP", Why: "after: denied: % Authorization failed"}},
		},
		{
			"a router that only one side asked is not compared",
			snapshot.Snapshot{},
			bgp(path("10.0.0.0/16", "192.0.2.1", 100)), nil,
			[]finding.Incomparable{{What: "router/R1 BGP", Why: "before: not collected"}, {What: "router/R1 routing table", Why: "before: not collected"}},
		},
		{
			"a route table that was deleted is a difference", azure(snapshot.OK, toFirewall), azure(snapshot.OK),
			[]finding.RouteChange{
				{Table: "routetable/rt", Prefix: "AzureMonitor", Before: []string{"Internet"}},
				{Table: "routetable/rt", Prefix: "0.0.0.0/0", Before: []string{"VirtualAppliance 10.64.1.4"}},
			},
			nil,
		},
		{
			"a route table that was not shown is not known to be deleted", azure(snapshot.OK, toFirewall), azure(snapshot.Partial), nil,
			[]finding.Incomparable{{What: "routetable/rt", Why: "after: not collected"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, unknown := compare.Routes(tt.before, tt.after)
			if d := cmp.Diff(append([]finding.RouteChange{}, tt.want...), got); d != "" {
				t.Errorf("routes (-want +got):\n%s", d)
			}
			if d := cmp.Diff(append([]finding.Incomparable{}, tt.unknown...), unknown); d != "" {
				t.Errorf("unknown (-want +got):\n%s", d)
			}
		})
	}
}

func TestPathsThatDiffer(t *testing.T) {
	pair := func(onprem, azure, link string) finding.Pair {
		return finding.Pair{
			OnPrem: finding.Side{Site: "dc1", Router: "router/R1", Prefixes: strings.Fields(onprem)},
			Azure:  finding.Side{Subnet: "subnet/v/s", Prefixes: strings.Fields(azure)}, Forward: *way(link), Return: *way(link),
		}
	}
	tunnel := func(link string) finding.Pair {
		return finding.Pair{Tunnel: "tunnel/R1/x", Forward: *way(link), Return: *way(link)}
	}
	tests := []struct {
		name          string
		before, after []finding.Pair
		want          []string
	}{
		{"classes cut otherwise are the same", pairsOf(pair("10.0.0.0/8", "172.16.0.0/24", "a")), pairsOf(pair("10.0.0.0/9", "172.16.0.0/24", "a"), pair("10.128.0.0/9", "172.16.0.0/24", "a")), nil},
		{
			"only the addresses that go another way", pairsOf(pair("10.0.0.0/8", "172.16.0.0/24", "a")),
			pairsOf(pair("10.0.0.0/9", "172.16.0.0/24", "a"), pair("10.128.0.0/9", "172.16.0.0/24", "b")),
			[]string{"updated [10.128.0.0/9] [172.16.0.0/24] a b"},
		},
		{
			"pairs that came and went", pairsOf(pair("10.0.0.0/8", "172.16.0.0/24", "a")), pairsOf(pair("10.0.0.0/8", "172.16.1.0/24", "a")),
			[]string{"new [10.0.0.0/8] [172.16.1.0/24]  a", "absent [10.0.0.0/8] [172.16.0.0/24] a "},
		},
		{"a tunnel's own packets", pairsOf(tunnel("a")), pairsOf(tunnel("b")), []string{"updated tunnel/R1/x a b"}},
		{"a tunnel that is gone", pairsOf(tunnel("a")), nil, []string{"absent tunnel/R1/x a "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changes, err := compare.Paths(tt.before, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range changes {
				where := c.Tunnel
				if where == "" {
					where = fmt.Sprint(c.OnPrem.Prefixes, " ", c.Azure.Prefixes)
				}
				got = append(got, fmt.Sprintf("%s %s %s %s", c.State, where, link(c.Before), link(c.After)))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("paths (-want +got):\n%s", d)
			}
		})
	}
}

func pairsOf(ps ...finding.Pair) []finding.Pair { return ps }

func link(w *finding.Ways) string {
	if w == nil {
		return ""
	}
	return w.Forward.Hops[0].Link
}

func BenchmarkRoutesOfAHundredThousand(b *testing.B) {
	var before, after []snapshot.Path
	for i := range 100_000 {
		prefix := fmt.Sprintf("%d.%d.%d.0/24", 10+i/65536, i/256%256, i%256)
		before = append(before, path(prefix, "192.0.2.1", 100))
		after = append(after, path(prefix, "192.0.2.1", uint32(100+i%1000/999)))
	}
	b.ReportAllocs()
	for b.Loop() {
		if changes, _ := compare.Routes(bgp(before...), bgp(after...)); len(changes) != 100 {
			b.Fatalf("%d changes", len(changes))
		}
	}
}
