package graph_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func TestOnlyRoutesThatWinTakeTheEndPoint(t *testing.T) {
	for name, tc := range map[string]struct {
		routes        []snapshot.UserRoute
		change        func(*network)
		want, unknown string
	}{
		"none":                        {routes: []snapshot.UserRoute{userRoute("172.16.0.0/16", "fw")}},
		"shorter than ExpressRoute's": {routes: []snapshot.UserRoute{userRoute("10.0.0.0/8", "fw")}},
		"as long as ExpressRoute's":   {routes: []snapshot.UserRoute{userRoute("10.0.0.0/8", "fw"), userRoute("10.10.10.1/32", "None")}, want: "10.10.10.1/32"},
		"one that overrides BGP": {routes: []snapshot.UserRoute{{
			Name: "10.0.0.0/8", Prefix: pfx("10.0.0.0/8"), Type: "VirtualAppliance", NextHop: addr("10.64.1.4"), OverBGP: true,
		}}, want: "10.0.0.0/8"},
		"ExpressRoute's routes were not read": {
			routes: []snapshot.UserRoute{userRoute("10.10.0.0/17", "fw")},
			change: func(n *network) { n.Azure.Gateways[0].Learned = snapshot.Learned{} },
			want:   "10.10.0.0/17", unknown: "a longer route than 10.10.0.0/17 may lead there",
		},
		"the end point was not read": {
			change: func(n *network) { n.Azure.LocalSites = n.Azure.LocalSites[1:] }, unknown: "its local network gateway l1 was not read",
		},
		"the end point is a name": {
			change: func(n *network) {
				n.Azure.LocalSites[0].Endpoint, n.Azure.LocalSites[0].FQDN = netip.Addr{}, "r1.example.org"
			},
			unknown: "it is given by the name r1.example.org",
		},
		"the gateway was not read": {change: func(n *network) { n.Azure.Gateways = n.Azure.Gateways[:1] }, unknown: "its gateway vpn was not read"},
		"a service tag, to a public end point": {
			routes:  []snapshot.UserRoute{userRoute("AzureCloud", "fw")},
			change:  func(n *network) { n.Azure.LocalSites[0].Endpoint = addr("198.51.100.1") },
			unknown: "service tag AzureCloud",
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline().gatewayTable(tc.routes...)
			if tc.change != nil {
				tc.change(n)
			}
			got := n.model().Endpoints[0]
			if got.Connection != "connection/conn1" || got.Route != tc.want || !strings.Contains(got.Unknown, tc.unknown) || (tc.unknown == "") != (got.Unknown == "") {
				t.Errorf("end point = %+v, want route %q, unknown %q", got, tc.want, tc.unknown)
			}
		})
	}
}

func TestTunnelsThatCouldNotBeMadeOutAreNamed(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*network)
		want   []string
	}{
		"all is known":                     {func(*network) {}, nil},
		"a gateway was not read":           {func(n *network) { n.Azure.Gateways = n.Azure.Gateways[:1] }, []string{"connection/conn1", "connection/conn2"}},
		"a local network gateway was not":  {func(n *network) { n.Azure.LocalSites = n.Azure.LocalSites[:1] }, []string{"connection/conn2"}},
		"a connection is not there at all": {func(n *network) { n.Azure.Connections = n.Azure.Connections[1:] }, []string{"gateway/vpngw"}},
		"no tunnel ends at the gateway":    {func(n *network) { n.Azure.Gateways[1].Instances = n.Azure.Gateways[1].Instances[:1] }, []string{"connection/conn2"}},
		"a list of connections was not read": {func(n *network) {
			n.Azure.Lists = []snapshot.List{{Subscription: "s", Type: "connections", Read: snapshot.Read{Item: "azure/s/connections.json", Status: snapshot.Denied}}}
		}, []string{"azure/s/connections.json"}},
		"a list of circuits was not read": {func(n *network) {
			n.Azure.Lists = []snapshot.List{{Subscription: "s", Type: "expressroutecircuits", Read: snapshot.Read{Status: snapshot.Denied}}}
		}, nil},
		"a connection was denied": {func(n *network) {
			n.Items = []snapshot.Item{{Path: "azure/s/connections/g/conn9.json", Status: snapshot.Denied}}
		}, []string{"connection/conn9"}},
		"a gateway that only its subnet knows": {func(n *network) {
			n.Azure.Disagreements = []snapshot.Disagreement{{ID: "/x/vpngw2", Text: "a subnet holds the gateway, and there is no answer about it"}}
		}, []string{"gateway/vpngw2"}},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			tc.change(n)
			var got []string
			for _, u := range n.model().UnknownTunnels {
				got = append(got, u.ID)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("unknown tunnels (-want +got):\n%s", diff)
			}
		})
	}
}

// Azure has the way to an end point over ExpressRoute, which is in clear and no
// leak. While it is not known which addresses are end points, it is open.
func TestARouteToWhatMayBeAnEndPointIsNoLeak(t *testing.T) {
	for name, change := range map[string]func(*network){
		"all is known":                         func(*network) {},
		"a local network gateway was not read": func(n *network) { n.Azure.LocalSites = n.Azure.LocalSites[1:] },
		"a connection was not read":            func(n *network) { n.Azure.Connections = n.Azure.Connections[1:] },
		"the gateway was not read":             func(n *network) { n.Azure.Gateways = n.Azure.Gateways[:1] },
		"the connection and its site were denied": func(n *network) {
			n.Azure.Connections, n.Azure.LocalSites = n.Azure.Connections[1:], n.Azure.LocalSites[1:]
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline().failClosed()
			change(n)
			for _, c := range n.model().Classes {
				if c.State(c.Return) == graph.InClear {
					t.Errorf("%s (%v) returns in clear", c.ID, c.OnPrem.Prefixes)
				}
			}
		})
	}
}

func TestALeakOfMoreThanAnEndPointStaysOne(t *testing.T) {
	n := guideline().failClosed()
	n.Azure.LocalSites = n.Azure.LocalSites[1:]
	n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned("10.10.4.0/24", "10.64.0.8", "12076 65501"))
	tables := &n.Azure.Circuits[0].Peering.Tables[0]
	tables.Routes = append(tables.Routes, edge("10.10.4.0/24", "192.168.100.1"))
	for _, c := range n.model().Classes {
		if c.State(c.Return) == graph.InClear && strings.Contains(strings.Join(c.OnPrem.Prefixes, " "), "10.10.4.0/24") {
			return
		}
	}
	t.Error("no class with 10.10.4.0/24 returns in clear")
}
