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

// table gives the spoke's subnet user-defined routes.
func (n *network) table(routes ...snapshot.UserRoute) *network {
	n.Azure.RouteTables = append(n.Azure.RouteTables, snapshot.RouteTable{ID: "/rt", Name: "rt", Routes: routes})
	n.Azure.VNets[1].Subnets[0].RouteTable = "/rt"
	return n
}

// defaultOverCircuit makes ExpressRoute bring a default route, and nothing else
// bring the public addresses.
func (n *network) defaultOverCircuit() *network {
	vpn := &n.Azure.Gateways[1].Learned
	vpn.Routes = vpn.Routes[:2]
	er := &n.Azure.Gateways[0].Learned
	er.Routes = append(er.Routes, learned("0.0.0.0/0", "10.64.0.8", "12076 65501"))
	msee := &n.Azure.Circuits[0].Peering.Tables[0]
	msee.Routes = append(msee.Routes, edge("0.0.0.0/0", "192.168.100.1"))
	return n
}

// Each rule of virtual-networks-udr-overview, "how Azure selects a route".
func TestAzuresRulesOneByOne(t *testing.T) {
	over := userRoute("10.0.0.0/8", "None")
	over.OverBGP = true
	closed := guideline().table(userRoute("0.0.0.0/0", "Internet"))
	closed.Azure.RouteTables[0].DisablePropagation = true
	tag := snapshot.UserRoute{Name: "t", Tag: "AzureCloud", Type: "Internet"}
	for _, tt := range []struct {
		name    string
		network *network
		to      string
		down    []string
		want    finding.PathOutcome
		detail  string
	}{
		{"BGP is longer than a default route to nothing", guideline().table(userRoute("0.0.0.0/0", "None")), "10.10.5.7", nil, finding.Delivered, ""},
		{"without the VPN it is all there is", guideline().table(userRoute("0.0.0.0/0", "None")), "10.10.5.7", []string{"gateway/vpngw"}, finding.Dropped, "discards 0.0.0.0/0"},
		{"a private address goes nowhere on the Internet", closed, "10.10.5.7", nil, finding.Dropped, "where a private address goes nowhere"},
		{"a public one may arrive", guideline().public().table(userRoute("0.0.0.0/0", "Internet")), "203.0.113.7", []string{"gateway/vpngw"}, finding.Unknown, "sent to the Internet"},
		{"a user-defined route as long as BGP's", guideline().table(userRoute("10.10.0.0/16", "None")), "10.10.5.7", nil, finding.Dropped, "discards 10.10.0.0/16"},
		{"a shorter one", guideline().table(userRoute("10.0.0.0/8", "None")), "10.10.5.7", nil, finding.Delivered, ""},
		{"a shorter one that overrides BGP", guideline().table(over), "10.10.5.7", nil, finding.Dropped, "discards 10.0.0.0/8"},
		{"VnetLocal for the premises", guideline().table(userRoute("10.10.0.0/16", "VnetLocal")), "10.10.5.7", nil, finding.Dropped, "is in no subnet"},
		{"VirtualNetworkGateway", guideline().table(userRoute("10.10.0.0/16", "VirtualNetworkGateway")), "10.10.5.7", nil, finding.Unknown, "does not support"},
		{"Azure's own default route and a private address", guideline(), "10.10.5.7", []string{"gateway/vpngw"}, finding.Dropped, "the system route for private addresses"},
		{"Azure's own default route and a public address", guideline().public(), "203.0.113.7", []string{"gateway/vpngw"}, finding.Unknown, "the public address 203.0.113.7"},
		{"a default route of BGP", guideline().public().defaultOverCircuit(), "203.0.113.7", nil, finding.Delivered, ""},
		{"Azure's own is back without it", guideline().public().defaultOverCircuit(), "203.0.113.7", []string{"circuit/er"}, finding.Unknown, "the public address 203.0.113.7"},
		{"a route whose destination was not understood may be for all", guideline().table(snapshot.UserRoute{Name: "x", Type: "None"}), "10.10.5.7", nil, finding.Unknown, "the destination of user-defined route x"},
		{"a next hop type that is not known", guideline().table(userRoute("10.10.0.0/16", "HyperNetGateway")), "10.10.5.7", nil, finding.Unknown, "HyperNetGateway"},
		{"a service tag may hold a public address", guideline().public().table(tag), "203.0.113.7", nil, finding.Unknown, "service tag AzureCloud"},
		{"a service tag holds no private address", guideline().table(tag), "10.10.5.7", nil, finding.Delivered, ""},
		{"a route to the address alone beats a tag's", guideline().public().table(tag, userRoute("203.0.113.7/32", "None")), "203.0.113.7", nil, finding.Dropped, "discards 203.0.113.7/32"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := answer(t, tt.network, tt.to, tt.down...); got.Outcome != tt.want || !strings.Contains(got.Detail, tt.detail) {
				t.Errorf("%v (%s), want %s: %s", way(got), got.Detail, tt.want, tt.detail)
			}
		})
	}
}

// What leaves for the Internet by a user-defined route is not protected there.
func TestAPublicAddressOverTheInternetIsInClear(t *testing.T) {
	n := guideline().public().table(userRoute("203.0.113.0/24", "Internet"))
	for _, c := range graph.Build(n.Snapshot).Model().Classes {
		if holds(c.OnPrem, addr("203.0.113.7")) && c.Azure.Subnet == "subnet/vnet-spoke/workload" && c.State(c.Return) != graph.InClear {
			t.Errorf("%s: return %v, want it in clear", c.ID, way(c.Return))
		}
	}
}

// A default route that is not used keeps Azure's own routes for private addresses
// away, and so its failure matters.
func TestHalvesOfTheDefaultRouteRestOnAWholeOne(t *testing.T) {
	n := guideline().defaultOverCircuit()
	n.Azure.Gateways[1].Learned.Routes = []snapshot.LearnedRoute{learned("0.0.0.0/1", "169.254.21.1", "65501"), learned("0.0.0.0/1", "169.254.22.1", "65501")}
	c := class(t, graph.Build(n.Snapshot).Model())
	if c.State(c.Return) != graph.Protected {
		t.Fatalf("return %v (%s), want it protected", way(c.Return), c.Return.Detail)
	}
	if f := failure(t, c, "peering/er-primary"); f.Return != graph.FailsClosed {
		t.Errorf("return %s by %v, want fails closed: 10.0.0.0/8 is discarded again", f.Return, way(f.ReturnPath))
	}
}

// Azure has a default route of its own for IPv6, too.
func TestIPv6HasADefaultRoute(t *testing.T) {
	n := guideline()
	spoke := &n.Azure.VNets[1]
	spoke.Prefixes = append(spoke.Prefixes, pfx("fd00:16::/48"))
	spoke.Subnets[0].Prefixes = append(spoke.Subnets[0].Prefixes, pfx("fd00:16:0:1::/64"))
	n.Routers[0].BGP.Paths = append(n.Routers[0].BGP.Paths, path("2001:db8:10::/48", "::", 0, ""), path("fd00:10::/48", "::", 0, ""))
	g := graph.Build(n.Snapshot)
	for dst, want := range map[string]finding.PathOutcome{"2001:db8:10::7": finding.Unknown, "fd00:10::7": finding.Dropped} {
		_, back, err := g.Trace(addr(dst), addr("fd00:16:0:1::4"))
		if err != nil {
			t.Fatal(err)
		}
		if back.Outcome != want {
			t.Errorf("%s: %v (%s), want %s", dst, way(back), back.Detail, want)
		}
	}
}

// A circuit whose table was not read may lead there too: it takes nothing from one
// that does.
func TestAnUnreadCircuitHidesNoOther(t *testing.T) {
	n := twoCircuits()
	n.Azure.Circuits[0].Port = "/port"
	n.Azure.Circuits[0].Peering.Tables[0] = snapshot.MSEETable{}
	n.Azure.Circuits[1].Peering.Tables[0].Routes[3].ASPath = "65501"
	var links []string
	for _, b := range answer(t, n, "10.10.5.7").Branches() {
		links = append(links, b.Hops[1].Link)
	}
	if diff := cmp.Diff([]string{"peering/er-primary", "peering/er2-primary"}, links); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The prefixes of several local network gateways, and of these and BGP, lead into
// all of their tunnels: which one is taken is not documented.
func TestStaticPrefixesShareWithEachOtherAndWithBGP(t *testing.T) {
	tunnels := func(n *network) []string {
		var out []string
		for _, b := range answer(t, n, "10.10.5.7").Branches() {
			for _, h := range b.Hops {
				if h.LinkKind == "ipsec" {
					out = append(out, h.Link)
				}
			}
		}
		return out
	}
	n := guideline()
	n.Azure.LocalSites[1].Prefixes = append(n.Azure.LocalSites[1].Prefixes, pfx("10.10.0.0/16"))
	if diff := cmp.Diff([]string{tunnel1, tunnel2}, tunnels(n)); diff != "" {
		t.Errorf("of the other tunnel, beside BGP (-want +got):\n%s", diff)
	}
	n.Azure.LocalSites[0].Prefixes = append(n.Azure.LocalSites[0].Prefixes, pfx("10.10.0.0/16"))
	n.Azure.Gateways[1].Learned.Routes = n.Azure.Gateways[1].Learned.Routes[1:]
	if diff := cmp.Diff([]string{tunnel1, tunnel2}, tunnels(n)); diff != "" {
		t.Errorf("of both (-want +got):\n%s", diff)
	}
	n.Azure.LocalSites[1].Prefixes = nil
	if diff := cmp.Diff([]string{tunnel1}, tunnels(n)); diff != "" {
		t.Errorf("of one (-want +got):\n%s", diff)
	}
}

// What a gateway has from a Route Server goes by rules that are not known here.
func TestWhatAGatewayHasFromInsideIsNotItsOwn(t *testing.T) {
	n := guideline()
	n.Azure.Gateways[1].Learned.Routes[0].Origin = "IBgp"
	if got := answer(t, n, "10.10.5.7"); got.Outcome != finding.Unknown || !strings.Contains(got.Detail, "origin IBgp") {
		t.Errorf("over the VPN: %v (%s), want unknown", way(got), got.Detail)
	}
	n = onBoth("65515 65501")
	er := n.Azure.Gateways[0].Learned.Routes
	er[len(er)-1].Origin = "IBgp"
	if got := answer(t, n, "10.10.5.7"); got.Outcome != finding.Unknown || !strings.Contains(got.Detail, "origin IBgp") {
		t.Errorf("over ExpressRoute: %v (%s), want unknown", way(got), got.Detail)
	}
}

// Sets of addresses that are told by what they leave out may start with the same
// prefix.
func TestClassesHaveIDsOfTheirOwn(t *testing.T) {
	n := guideline().defaultOverCircuit()
	n.Azure.Gateways[1].Learned.Routes = []snapshot.LearnedRoute{learned("0.0.0.0/1", "169.254.21.1", "65501"), learned("0.0.0.0/1", "169.254.22.1", "65501")}
	n.Routers[0].BGP.Paths = append(n.Routers[0].BGP.Paths, path("0.0.0.0/1", "0.0.0.0", 0, ""))
	seen := make(map[string]bool)
	for _, c := range graph.Build(n.Snapshot).Model().Classes {
		if seen[c.ID] {
			t.Errorf("two classes are %s", c.ID)
		}
		seen[c.ID] = true
	}
}

// A prefix that the VPN gateway has and nobody put there goes into a tunnel that is
// not known, be it one that encrypts nothing.
func TestAStaticPrefixWithoutItsLocalNetworkGatewayIsOpen(t *testing.T) {
	network := func(p string) snapshot.LearnedRoute {
		return snapshot.LearnedRoute{Prefix: pfx(p), Peer: addr("10.64.0.4"), Origin: "Network"}
	}
	n := guideline()
	vpn := &n.Azure.Gateways[1].Learned
	vpn.Routes = append(vpn.Routes, network("172.16.0.0/16"), network("10.64.0.0/23"), network("169.254.21.1/32"), network("10.10.0.0/20"))
	if got := answer(t, n, "10.10.5.7"); got.Outcome != finding.Unknown || !strings.Contains(got.Detail, "has 10.10.0.0/20 by itself") {
		t.Errorf("%v (%s), want it unknown", way(got), got.Detail)
	}
	if got := answer(t, n, "10.10.99.7"); got.Outcome != finding.Delivered {
		t.Errorf("outside of it: %v (%s), want it delivered", way(got), got.Detail)
	}
	n.Azure.LocalSites[0].Prefixes = append(n.Azure.LocalSites[0].Prefixes, pfx("10.10.0.0/20"))
	if got := answer(t, n, "10.10.5.7"); got.Outcome != finding.Delivered {
		t.Errorf("with its local network gateway: %v (%s), want it delivered", way(got), got.Detail)
	}
}

// A row without a next hop is a route all the same.
func TestALearnedRouteWithoutANextHopCounts(t *testing.T) {
	n := onBoth("12076 65501")
	rows := n.Azure.Gateways[0].Learned.Routes
	rows[len(rows)-1].NextHop, rows[len(rows)-1].Peer = netip.Addr{}, netip.Addr{}
	if got := answer(t, n, "10.10.5.7"); got.Hops[0].LinkKind != "microsoft" {
		t.Errorf("over ExpressRoute: %v, want it to win over the VPN", way(got))
	}
	n = guideline()
	n.Azure.Gateways[1].Learned.Routes[0].NextHop, n.Azure.Gateways[1].Learned.Routes[0].Peer = netip.Addr{}, netip.Addr{}
	if got := answer(t, n, "10.10.5.7"); got.Outcome != finding.Unknown {
		t.Errorf("over the VPN: %v, want it unknown", way(got))
	}
}
