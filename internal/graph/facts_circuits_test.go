package graph_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// leak makes the primary link's edge router have a prefix of the premises.
func leak(n *network, prefix string) {
	table := &n.Azure.Circuits[0].Peering.Tables[0]
	table.Routes = append(table.Routes, edge(prefix, "192.168.100.1"))
}

func TestWhatCrossesALinkIsWhatItsFiltersPass(t *testing.T) {
	azure := []string{"172.16.0.0/16"} // 10.64.0.0/23 leads to the GatewaySubnet only
	for name, tc := range map[string]struct {
		change            func(*network)
		offered, accepted []string
		unknown           string // of both
	}{
		"end points are no leak":   {change: func(*network) {}, accepted: azure},
		"a prefix of the premises": {change: func(n *network) { leak(n, "10.10.0.0/16") }, offered: []string{"10.10.0.0/16"}, accepted: azure},
		"one that Azure alone has": {change: func(n *network) { leak(n, "198.51.100.0/24") }, offered: []string{"198.51.100.0/24"}, accepted: azure},
		"one that is exempt": {change: func(n *network) {
			leak(n, "10.10.0.0/16")
			n.Scope.Exempt = []snapshot.Exempt{{Flow: snapshot.Flow{OnPrem: pfx("10.10.0.0/16")}, Reason: "a laboratory", Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}}
		}, accepted: azure},
		"one that is exempt in part": {change: func(n *network) {
			leak(n, "10.10.0.0/16")
			n.Scope.Exempt = []snapshot.Exempt{{Flow: snapshot.Flow{OnPrem: pfx("10.10.1.0/24")}, Reason: "a laboratory", Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}}
		}, offered: []string{"10.10.0.0/16"}, accepted: azure},
		"a path that is no longer there": {change: func(n *network) {
			for i := range n.Routers[0].BGP.Paths {
				if p := &n.Routers[0].BGP.Paths[i]; p.NextHop == "192.168.100.2" && p.Prefix == pfx("172.16.0.0/16") {
					p.History = true
				}
			}
		}},
		"the router says that the session is down": {change: func(n *network) {
			leak(n, "10.10.0.0/16")
			n.Routers[0].Sessions.Peers[0].State = "Active"
		}, unknown: "(router/R1: Active)"},
		"the edge router says that it is down": {change: func(n *network) {
			n.Azure.Circuits[0].Peering.Summaries[0] = snapshot.MSEESummary{Read: whole("sum"), Sessions: []snapshot.MSEESession{{Neighbor: addr("192.168.100.1"), State: "Idle"}}}
		}, unknown: "(msee/er-primary: Idle)"},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.At = time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
			tc.change(n)
			var got graph.CircuitLink
			for _, l := range n.model().CircuitLinks {
				if l.ID == "peering/er-primary" {
					got = l
				}
			}
			if diff := cmp.Diff([][]string{tc.offered, tc.accepted}, [][]string{got.Offered, got.Accepted}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, why := range []string{got.Unoffered, got.Unaccepted} {
				if !strings.Contains(why, tc.unknown) || (tc.unknown == "") != (why == "") {
					t.Errorf("not known because %q, want %q", why, tc.unknown)
				}
			}
		})
	}
}

func TestMACsecIsDemandedOfCircuitsThatTheTrafficCrosses(t *testing.T) {
	flow := func(azure string, require ...string) snapshot.Scope {
		return snapshot.Scope{Protected: []snapshot.Protected{{Flow: snapshot.Flow{Azure: pfx(azure)}, Require: require}}}
	}
	for name, tc := range map[string]struct {
		scope snapshot.Scope
		want  bool
	}{
		"nothing is declared":                {},
		"of all traffic":                     {snapshot.Scope{Require: []string{"macsec"}}, true},
		"IPsec is as good":                   {snapshot.Scope{Require: []string{"macsec", "ipsec"}}, false},
		"of traffic in its tunnels":          {flow("172.16.1.0/24", "macsec"), true},
		"of traffic that it does not carry":  {flow("198.51.100.0/24", "macsec"), false},
		"IPsec is as good for some":          {flow("172.16.1.0/24", "macsec", "ipsec"), false},
		"of some, and IPsec of what crosses": {flow("172.16.1.0/24", "ipsec"), false},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Scope = tc.scope
			if got := n.model().CircuitMACsecs[0].Demanded; got != tc.want {
				t.Errorf("demanded = %v, want %v", got, tc.want)
			}
		})
	}
}

func TestATagThatNamesMACsecClaimsIt(t *testing.T) {
	for name, tc := range map[string]struct {
		tags []snapshot.Tag
		want string
	}{
		"no tags":         {nil, ""},
		"other tags":      {[]snapshot.Tag{{Name: "owner", Value: "network"}}, ""},
		"in its value":    {[]snapshot.Tag{{Name: "owner", Value: "network"}, {Name: "encryption", Value: "MACsec"}}, "encryption=MACsec"},
		"in its name":     {[]snapshot.Tag{{Name: "macsec", Value: "true"}}, "macsec=true"},
		"in a sentence":   {[]snapshot.Tag{{Name: "note", Value: "traffic is MACsec-protected"}}, "note=traffic is MACsec-protected"},
		"denied":          {[]snapshot.Tag{{Name: "macsec", Value: "False"}}, ""},
		"denied in words": {[]snapshot.Tag{{Name: "note", Value: "provider circuit, no MACsec"}}, ""},
		"nothing said":    {[]snapshot.Tag{{Name: "macsec"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Azure.Circuits[0].Tags = tc.tags
			if got := n.model().CircuitMACsecs[0].Claim; got != tc.want {
				t.Errorf("claim = %q, want %q", got, tc.want)
			}
		})
	}
}
