package graph_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// onBoth makes both gateways learn 10.10.0.0/16, ExpressRoute with the AS path
// given.
func onBoth(path string) *network {
	n := guideline()
	er := &n.Azure.Gateways[0].Learned
	er.Routes = append(er.Routes, learned("10.10.0.0/16", "10.64.0.8", path))
	msee := &n.Azure.Circuits[0].Peering.Tables[0]
	msee.Routes = append(msee.Routes, edge("10.10.0.0/16", "192.168.100.1"))
	return n
}

// routeServer puts a Route Server into the hub.
func (n *network) routeServer(preference string) *network {
	hub := &n.Azure.VNets[0]
	hub.Subnets = append(hub.Subnets, snapshot.Subnet{ID: "/hub/rs", Name: "RouteServerSubnet", Prefixes: []netip.Prefix{pfx("10.64.1.192/27")}})
	n.Azure.Hubs = append(n.Azure.Hubs, snapshot.Hub{
		ID: "/rs", Name: "rs", Preference: preference,
		BGP:     snapshot.HubBGPConnections{Read: whole("peers")},
		Configs: snapshot.HubConfigs{Read: whole("rs"), Configs: []snapshot.HubConfig{{Subnet: "/hub/rs"}}},
	})
	return n
}

func TestARouteServersPreferenceDecidesBetweenGateways(t *testing.T) {
	for _, tt := range []struct {
		name    string
		network *network
		want    graph.State
		rule    string
	}{
		{"none", onBoth("12076 65501"), graph.InClear, "expressroute-over-vpn"},
		{"ExpressRoute, the default", onBoth("12076 65501").routeServer(""), graph.InClear, "expressroute-over-vpn"},
		{"VpnGateway", onBoth("12076 65501").routeServer("VpnGateway"), graph.Protected, "hub-routing-preference"},
		{"ASPath, shorter over the VPN", onBoth("12076 65501").routeServer("ASPath"), graph.Protected, "hub-routing-preference"},
		{"ASPath, equal", onBoth("65501").routeServer("ASPath"), graph.InClear, "hub-routing-preference"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := class(t, graph.Build(tt.network.Snapshot).Model())
			if got := c.State(c.Return); got != tt.want || c.Return.Hops[0].Rule != tt.rule {
				t.Errorf("return %v by %s; want state %d by %s", way(c.Return), c.Return.Hops[0].Rule, tt.want, tt.rule)
			}
		})
	}
}

// twoCircuits gives the network a second circuit over which R2 is reached too,
// and both circuits 10.10.0.0/16.
func twoCircuits() *network {
	n := onBoth("12076 65501")
	first := n.Azure.Circuits[0].Peering
	second := snapshot.Circuit{ID: "/circuit2", Name: "er2", Peering: &snapshot.PrivatePeering{
		Primary: first.Secondary, Tables: [2]snapshot.MSEETable{{Read: whole("er2"), Routes: []snapshot.MSEERoute{
			edge("10.20.10.1/32", "192.168.200.1"), edge("10.64.0.0/23", "10.64.0.12"), edge("172.16.0.0/16", "10.64.0.12"), edge("10.10.0.0/16", "192.168.200.1"),
		}}},
	}}
	first.Secondary, first.Tables[1] = netip.Prefix{}, snapshot.MSEETable{}
	n.Azure.Circuits = append(n.Azure.Circuits, second)
	n.Azure.Connections = append(n.Azure.Connections, snapshot.Connection{ID: "/c4", Name: "er2", Type: "ExpressRoute", Gateway: "/er", Circuit: "/circuit2"})
	return n
}

func TestAmongCircuitsTheWeightDecidesThenTheASPath(t *testing.T) {
	links := func(n *network) []string {
		var out []string
		for _, b := range class(t, graph.Build(n.Snapshot).Model()).Return.Branches() {
			for _, h := range b.Hops {
				if h.LinkKind == "privatePeering" {
					out = append(out, h.Link)
				}
			}
		}
		return out
	}
	if diff := cmp.Diff([]string{"peering/er-primary", "peering/er2-primary"}, links(twoCircuits())); diff != "" {
		t.Errorf("equal (-want +got):\n%s", diff)
	}
	longer := twoCircuits()
	longer.Azure.Circuits[0].Peering.Tables[0].Routes[3].ASPath = "65501 65501"
	longer.Azure.Circuits[1].Peering.Tables[0].Routes[3].ASPath = "65501"
	if diff := cmp.Diff([]string{"peering/er2-primary"}, links(longer)); diff != "" {
		t.Errorf("the first with a longer AS path (-want +got):\n%s", diff)
	}
	longer.Azure.Connections[2].Weight = 10
	if diff := cmp.Diff([]string{"peering/er-primary"}, links(longer)); diff != "" {
		t.Errorf("the first with a higher weight too (-want +got):\n%s", diff)
	}
}

// What a Route Server's peer announces is longer than what the gateways have, and where
// the peer sends packets is not known.
func TestWhatARouteServersPeerAnnouncesIsOpen(t *testing.T) {
	for _, c := range []struct {
		prefix string
		want   finding.PathOutcome
	}{
		{"10.10.4.0/24", finding.Unknown}, {"10.10.0.0/16", finding.Unknown}, {"10.0.0.0/8", finding.Delivered}, {"0.0.0.0/0", finding.Delivered},
	} {
		n := guideline().routeServer("VpnGateway")
		n.Azure.Hubs[0].BGP = snapshot.HubBGPConnections{Read: whole("peers"), Connections: []snapshot.HubBGPConnection{{
			Name: "nva", Learned: snapshot.HubRoutes{Read: whole("nva"), Routes: []snapshot.HubPeerRoute{
				{LearnedRoute: snapshot.LearnedRoute{Prefix: pfx(c.prefix), NextHop: addr("172.16.1.10")}},
			}},
		}}}
		_, back, err := graph.Build(n.Snapshot).Trace(addr("10.10.4.7"), addr("172.16.1.4"))
		if err != nil {
			t.Fatal(err)
		}
		if back.Outcome != c.want {
			t.Errorf("%s: return %s (%s), want %s", c.prefix, back.Outcome, back.Detail, c.want)
		}
	}
}

// A gateway sends what it matches to the edge routers that sent it that prefix: one
// that has a shorter one takes nothing from it, and is no way left without it.
func TestACircuitWithAShorterPrefixDoesNotCarryALongerOne(t *testing.T) {
	n := twoCircuits()
	n.Azure.Connections[2].Weight = 10
	second := &n.Azure.Circuits[1].Peering.Tables[0]
	second.Routes = append(second.Routes, edge("10.10.4.0/24", "192.168.200.1"))
	er := &n.Azure.Gateways[0].Learned
	longer := er.Routes[len(er.Routes)-1]
	longer.Prefix, longer.ASPath = pfx("10.10.4.0/24"), "12076 65501"
	er.Routes = append(er.Routes, longer)
	for _, c := range []struct {
		down         []string
		prefix, link string
	}{
		{nil, "10.10.4.0/24", "peering/er2-primary"},
		{[]string{"circuit/er2"}, "10.10.0.0/16", "peering/er-primary"},
	} {
		_, back, err := graph.Build(n.Snapshot).Trace(addr("10.10.4.7"), addr("172.16.1.4"), c.down...)
		if err != nil {
			t.Fatal(err)
		}
		if len(back.Others) > 0 || back.Hops[0].Prefix != c.prefix || back.Hops[1].Link != c.link {
			t.Errorf("down %v: by %s over %s and %d more, want by %s over %s", c.down, back.Hops[0].Prefix, back.Hops[1].Link, len(back.Others), c.prefix, c.link)
		}
	}
}

func TestFastPathGoesPastTheGatewaySubnetsRouteTable(t *testing.T) {
	direct := func(fast bool, port string) []string {
		n := firewalled("10.64.1.128/26")
		hub := &n.Azure.VNets[0]
		hub.Subnets = append(hub.Subnets, snapshot.Subnet{ID: "/hub/vm", Name: "vm", Prefixes: []netip.Prefix{pfx("10.64.1.128/26")}})
		n.Azure.Connections[2].FastPath, n.Azure.Circuits[0].Port = fast, port
		n.preferCircuit(0)
		forward, _, err := graph.Build(n.Snapshot).Trace(addr("10.10.5.7"), addr("10.64.1.130"))
		if err != nil {
			t.Fatal(err)
		}
		return forward.Firewalls
	}
	if got := direct(false, ""); len(got) != 1 {
		t.Errorf("without FastPath the firewalls are %v, want one", got)
	}
	if got := direct(true, ""); len(got) != 0 {
		t.Errorf("with FastPath the firewalls are %v, want none", got)
	}
	if got := direct(true, "/port"); len(got) != 1 {
		t.Errorf("with FastPath on ExpressRoute Direct the firewalls are %v, want one", got)
	}
}

func TestWhatANATRuleRewritesIsNotFollowed(t *testing.T) {
	n := guideline()
	n.Azure.Gateways[1].NAT = snapshot.NATRules{Read: whole("nat"), Rules: []snapshot.NATRule{
		{ID: "/nat", Name: "branch", Mode: "IngressSnat", Type: "Static", Internal: []snapshot.NATMapping{{Prefix: pfx("10.10.0.0/16")}}, External: []snapshot.NATMapping{{Prefix: pfx("100.64.0.0/16")}}},
	}}
	if c := class(t, graph.Build(n.Snapshot).Model()); c.State(c.Return) != graph.Protected {
		t.Errorf("a rule that no connection uses: return %v", way(c.Return))
	}
	n.Azure.Connections[0].IngressNAT = []string{"/NAT"}
	c := class(t, graph.Build(n.Snapshot).Model())
	if c.State(c.Return) != graph.NotKnown || !strings.Contains(c.Return.Detail, "NAT rule branch") {
		t.Errorf("return %v (%s), want not known because of the rule", way(c.Return), c.Return.Detail)
	}
}

func TestIPv6LeavesOverItsOwnPeering(t *testing.T) {
	n := guideline()
	n.Azure.Circuits[0].Peering.IPv6 = &snapshot.IPv6Peering{Primary: pfx("2001:db8:1::/126"), Secondary: pfx("2001:db8:2::/126")}
	spoke := &n.Azure.VNets[1]
	spoke.Prefixes = append(spoke.Prefixes, pfx("fd00:16::/48"))
	spoke.Subnets[0].Prefixes = append(spoke.Subnets[0].Prefixes, pfx("fd00:16:0:1::/64"))
	for i := range n.Azure.Circuits[0].Peering.Tables {
		table := &n.Azure.Circuits[0].Peering.Tables[i]
		table.Routes = append(table.Routes, snapshot.MSEERoute{Prefix: pfx("fd00:16::/48"), NextHop: addr("fe80::1"), Best: true})
	}
	r := &n.Routers[0]
	own := path("fd00:10::/48", "::", 0, "")
	r.BGP.Paths = append(r.BGP.Paths, own, path("fd00:16::/48", "2001:db8:1::2", 100, "12076"))
	r.BGP.Paths[len(r.BGP.Paths)-1].Best = true
	r.RIB.Routes = append(r.RIB.Routes, route("fd00:10::/48", snapshot.Connected, 0, "", "lan0"), route("fd00:16::/48", snapshot.BGPProto, 20, "2001:db8:1::2", "er0"))
	forward, _, err := graph.Build(n.Snapshot).Trace(addr("fd00:10::7"), addr("fd00:16:0:1::4"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"router/R1 peering/er-primary msee/er-primary microsoft/er-primary gateway/ergw vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"}
	if diff := cmp.Diff(want, way(forward)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// No packet has an address of either family: what a second family adds to a subnet
// is judged with what is on premises in the same family, and with nothing else.
func TestIPv4AndIPv6NeverPair(t *testing.T) {
	pairs := func(n *network) (sum uint64) {
		for _, c := range graph.Build(n.Snapshot).Model().Classes {
			sum += c.Pairs
		}
		return sum
	}
	before := pairs(guideline())
	n := guideline()
	spoke := &n.Azure.VNets[1]
	spoke.Prefixes = append(spoke.Prefixes, pfx("fd00:16::/48"))
	spoke.Subnets[0].Prefixes = append(spoke.Subnets[0].Prefixes, pfx("fd00:16:0:1::/64"))
	if got := pairs(n); got != before {
		t.Errorf("with IPv6 in the subnet alone %d pairs, want %d", got, before)
	}
	n.Routers[0].BGP.Paths = append(n.Routers[0].BGP.Paths, path("fd00:10::/48", "::", 0, ""))
	n.Routers[0].RIB.Routes = append(n.Routers[0].RIB.Routes, route("fd00:10::/48", snapshot.Connected, 0, "", "lan0"))
	var families []string
	for _, c := range graph.Build(n.Snapshot).Model().Classes {
		for _, p := range c.OnPrem.Prefixes {
			for _, q := range c.Azure.Prefixes {
				if strings.Contains(p, ":") != strings.Contains(q, ":") {
					t.Errorf("%s is paired with %s", p, q)
				} else if strings.Contains(p, ":") {
					families = append(families, p+" "+q)
				}
			}
		}
	}
	if want := []string{"fd00:10::/48 fd00:16:0:1::/64"}; !slices.Equal(families, want) {
		t.Errorf("of IPv6: %v, want %v", families, want)
	}
}

// A routing table of IPv4 alone says nothing of IPv6: it is asked for apart.
func TestARoutingTableOfIPv4SaysNothingOfIPv6(t *testing.T) {
	for name, c := range map[string]struct {
		paths []snapshot.Path
		want  string
	}{
		"with a path of BGP": {[]snapshot.Path{path("fd00:16::/48", "2001:db8:1::2", 100, "12076")}, "no routing table of IPv6 of router/R1 was read"},
		"with none":          {nil, "router/R1 may have a route of IPv6"},
	} {
		n := guideline()
		n.Azure.Circuits[0].Peering.IPv6 = &snapshot.IPv6Peering{Primary: pfx("2001:db8:1::/126"), Secondary: pfx("2001:db8:2::/126")}
		spoke := &n.Azure.VNets[1]
		spoke.Prefixes = append(spoke.Prefixes, pfx("fd00:16::/48"))
		spoke.Subnets[0].Prefixes = append(spoke.Subnets[0].Prefixes, pfx("fd00:16:0:1::/64"))
		n.Routers[0].BGP.Paths = append(n.Routers[0].BGP.Paths, path("fd00:10::/48", "::", 0, ""))
		n.Routers[0].BGP.Paths = append(n.Routers[0].BGP.Paths, c.paths...)
		n.Routers[0].BGP.Paths[len(n.Routers[0].BGP.Paths)-1].Best = true
		forward, _, err := graph.Build(n.Snapshot).Trace(addr("fd00:10::7"), addr("fd00:16:0:1::4"))
		if err != nil {
			t.Fatal(err)
		}
		if forward.Outcome != finding.Unknown || !strings.Contains(forward.Detail, c.want) {
			t.Errorf("%s: %v (%s), want it open: %s", name, way(forward), forward.Detail, c.want)
		}
	}
}

// sampled gives the spoke a machine with effective routes.
func (n *network) sampled(routes ...snapshot.EffectiveRoute) *network {
	n.Azure.NICs = []snapshot.NIC{{
		Name: "nic-vm1", Configs: []snapshot.NICConfig{{Primary: true, Subnet: "/spoke/workload"}},
		Effective: snapshot.Effective{Read: whole("nic"), Routes: routes},
	}}
	return n
}

func effective(prefix, typ string, hops ...string) snapshot.EffectiveRoute {
	r := snapshot.EffectiveRoute{Source: "Default", State: "Active", Type: typ, Prefixes: []netip.Prefix{pfx(prefix)}}
	for _, h := range hops {
		r.NextHops = append(r.NextHops, addr(h))
	}
	return r
}

func TestAzuresOwnEffectiveRoutesAreTheOracle(t *testing.T) {
	agreeing := []snapshot.EffectiveRoute{
		effective("172.16.0.0/16", "VnetLocal"), effective("10.64.0.0/23", "VNetPeering"),
		effective("10.10.0.0/16", "VirtualNetworkGateway", "10.64.0.4"), effective("10.20.0.0/16", "VirtualNetworkGateway", "10.64.0.5"),
		effective("10.0.0.0/8", "None"), effective("0.0.0.0/0", "Internet"),
	}
	if c := class(t, graph.Build(guideline().sampled(agreeing...).Snapshot).Model()); c.State(c.Return) != graph.Protected {
		t.Fatalf("agreeing: return %v (%s)", way(c.Return), c.Return.Detail)
	}
	for name, r := range map[string]snapshot.EffectiveRoute{
		"another kind of next hop": effective("10.10.0.0/16", "VirtualAppliance", "10.64.1.4"),
		"another gateway":          effective("10.10.0.0/16", "VirtualNetworkGateway", "10.64.0.12"),
		"a route that is missing":  effective("10.10.5.0/24", "None"),
	} {
		t.Run(name, func(t *testing.T) {
			g := graph.Build(guideline().sampled(append(agreeing[:2:2], r)...).Snapshot)
			_, back, err := g.Trace(addr("10.10.5.7"), addr("172.16.1.4"))
			if err != nil {
				t.Fatal(err)
			}
			if back.Outcome != "unknown" || !strings.Contains(back.Detail, "the effective routes of nic-vm1 say") {
				t.Errorf("return %v (%s), want unknown because of the machine's own routes", way(back), back.Detail)
			}
		})
	}
	// What it does not concern stays as it is.
	g := graph.Build(guideline().sampled(effective("10.10.5.0/24", "None")).Snapshot)
	if _, back, err := g.Trace(addr("10.10.6.7"), addr("172.16.1.4")); err != nil || back.Outcome != "delivered" {
		t.Errorf("beside it: %v (%s), %v", way(back), back.Detail, err)
	}
}

func TestGatewaysThatMayExistLeavePathsOpen(t *testing.T) {
	for name, change := range map[string]func(*network){
		"a disagreement": func(n *network) {
			n.Azure.Disagreements = []snapshot.Disagreement{{ID: "/x", Text: "a subnet holds a gateway that no list names"}}
		},
		"a denied list": func(n *network) {
			n.Azure.Lists = []snapshot.List{{Read: snapshot.Read{Status: snapshot.Denied}, Subscription: "s", Type: "virtualnetworkgateways"}}
		},
	} {
		n := guideline()
		change(n)
		if c := class(t, graph.Build(n.Snapshot).Model()); c.State(c.Return) != graph.NotKnown {
			t.Errorf("%s: return %v, want not known", name, way(c.Return))
		}
	}
}

// A virtual WAN's hub routes by rules of its own: that there is no other route is
// no reason to say that packets are dropped.
func TestWhatAVirtualWANsHubRoutesIsNotKnown(t *testing.T) {
	n := guideline()
	hub := snapshot.Hub{ID: "/vhub", Name: "vhub", WAN: "/wan", VNets: snapshot.HubVNetConnections{Read: whole("hub"), Connections: []snapshot.HubVNetConnection{{VNet: "/SPOKE"}}}}
	n.Azure.Hubs = []snapshot.Hub{hub}
	c := class(t, graph.Build(n.Snapshot).Model())
	if c.State(c.Return) != graph.NotKnown || !strings.Contains(c.Return.Detail, "hub/vhub of a virtual WAN") {
		t.Errorf("return %v (%s), want not known because of the hub", way(c.Return), c.Return.Detail)
	}
	n.Azure.Hubs[0].WAN = "" // a Route Server
	if c := class(t, graph.Build(n.Snapshot).Model()); c.State(c.Return) != graph.Protected {
		t.Errorf("with a Route Server: return %v, want it protected", way(c.Return))
	}
}
