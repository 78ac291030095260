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

// routes adds routes to R1's table.
func (n *network) routes(rs ...snapshot.Route) *network {
	n.Routers[0].RIB.Routes = append(n.Routers[0].RIB.Routes, rs...)
	return n
}

func static(p, hop, iface string) snapshot.Route { return route(p, snapshot.Static, 1, hop, iface) }

// What a router does with the more specific 172.16.1.0/24, by the links that it
// sends packets over.
func TestARoutesWayOutIsTheOneThatTheRouterResolves(t *testing.T) {
	const er = "peering/er-primary"
	twoWays := static("172.16.1.0/24", "169.254.21.2", "ipsec0")
	twoWays.NextHops = append(twoWays.NextHops, snapshot.NextHop{Addr: addr("192.168.100.2"), Interface: "er0"})
	for _, tt := range []struct {
		name   string
		routes []snapshot.Route
		want   []string
	}{
		{"a default route into the tunnel is shorter", []snapshot.Route{static("0.0.0.0/0", "169.254.21.2", "ipsec0"), static("172.16.1.0/24", "192.168.100.2", "er0")}, []string{er}},
		{"equal cost", []snapshot.Route{twoWays}, []string{er, tunnel1}},
		{"two entries of equal distance", []snapshot.Route{static("172.16.1.0/24", "169.254.21.2", "ipsec0"), static("172.16.1.0/24", "192.168.100.2", "er0")}, []string{er, tunnel1}},
		{"a floating one", []snapshot.Route{static("172.16.1.0/24", "169.254.21.2", "ipsec0"), route("172.16.1.0/24", snapshot.Static, 250, "192.168.100.2", "er0")}, []string{tunnel1}},
		{"a next hop that the router is connected to", []snapshot.Route{static("172.16.1.0/24", "169.254.21.2", "")}, []string{tunnel1}},
		{"the same, which a host route sends elsewhere", []snapshot.Route{static("172.16.1.0/24", "169.254.21.2", ""), static("169.254.21.2/32", "192.168.100.2", "er0")}, []string{er}},
		{"recursive into the tunnel", []snapshot.Route{static("172.16.1.0/24", "10.99.0.1", ""), static("10.99.0.0/24", "169.254.21.2", "")}, []string{tunnel1}},
		{"recursive over the circuit, twice", []snapshot.Route{static("172.16.1.0/24", "10.99.0.1", ""), static("10.99.0.0/24", "10.98.0.1", ""), static("10.98.0.1/32", "192.168.100.2", "er0")}, []string{er}},
		{"recursive by a BGP route", []snapshot.Route{static("172.16.1.0/24", "172.16.9.9", "")}, []string{tunnel1}},
		{"an interface that a table shortens", []snapshot.Route{static("172.16.1.0/24", "169.254.21.2", "ip0")}, []string{tunnel1}},
		{"a tunnel's address out of the circuit", []snapshot.Route{static("172.16.1.0/24", "169.254.21.2", "er0")}, []string{er}},
		{"out of the circuit's interface", []snapshot.Route{static("172.16.1.0/24", "", "er0")}, []string{er}},
		{"recursive in a circle", []snapshot.Route{static("172.16.1.0/24", "10.99.0.1", ""), static("10.99.0.0/24", "10.98.0.1", ""), static("10.98.0.0/24", "10.99.0.1", "")}, []string{""}},
		{"only a default route resolves it", []snapshot.Route{static("172.16.1.0/24", "10.99.0.1", ""), static("0.0.0.0/0", "169.254.21.2", "ipsec0")}, []string{""}},
		{"an interface that leads nowhere known", []snapshot.Route{static("172.16.1.0/24", "", "Tunnel100")}, []string{""}},
		{"a LAN with the same addresses", []snapshot.Route{route("172.16.1.0/24", snapshot.Connected, 0, "", "lan9")}, []string{""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := question(t, guideline().routes(tt.routes...), "172.16.1.4")
			var got []string
			for _, b := range p.Branches() {
				got = append(got, b.Hops[0].Link)
				if known := b.Hops[0].Link != ""; known != (b.Outcome == finding.Delivered) {
					t.Errorf("%v (%s), want it known: %v", way(b), b.Detail, known)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%v (%s) (-want +got):\n%s", way(p), p.Detail, diff)
			}
		})
	}
}

func TestARouteThatIsNotInstalledIsOpen(t *testing.T) {
	for _, protocol := range []string{snapshot.Static, snapshot.BGPProto} {
		r := route("172.16.1.0/24", protocol, 1, "169.254.21.2", "ipsec0")
		r.Installed = false
		if got := question(t, guideline().routes(r), "172.16.1.4"); got.Outcome != finding.Unknown || !strings.Contains(got.Detail, "not installed") {
			t.Errorf("%s: %v (%s), want unknown", protocol, way(got), got.Detail)
		}
	}
}

// wide declares sites as they are often declared: with all private addresses,
// Azure's among them.
func (n *network) wide() *network {
	n.Scope.Sites = []snapshot.Site{{Name: "dc", Routers: []string{"R1"}, Prefixes: []netip.Prefix{pfx("10.0.0.0/8"), pfx("172.16.0.0/12")}}}
	return n
}

// That a site is declared with Azure's addresses does not make them be there.
func TestASiteWithAzuresAddressesDeliversNothingOfAzures(t *testing.T) {
	n := guideline().wide().routes(static("172.16.1.0/24", "10.10.0.9", "lan0"))
	if got := question(t, n, "172.16.1.4"); got.Outcome != finding.Unknown || !strings.Contains(got.Detail, "no known link") {
		t.Errorf("by an unknown router of the site: %v (%s), want unknown", way(got), got.Detail)
	}
	found := false
	for _, c := range graph.Build(guideline().wide().Snapshot).Model().Classes {
		if c.Azure.Subnet == "subnet/vnet-spoke/workload" && holds(c.OnPrem, addr("10.64.0.9")) {
			found = true
			if c.Return.Outcome != finding.Dropped || c.State(c.Return) != graph.NotDelivered {
				t.Errorf("%s: return %v, want dropped: it stays in Azure", c.ID, way(c.Return))
			}
		}
	}
	if !found {
		t.Error("no class has 10.64.0.9 on premises")
	}
}

// A static route whose next hop BGP resolves falls with what BGP had.
func TestARecursiveRouteRestsOnWhatResolvesIt(t *testing.T) {
	n := guideline().failClosed().routes(static("172.16.1.0/24", "172.16.9.9", ""))
	c := class(t, graph.Build(n.Snapshot).Model())
	f := failure(t, c, tunnel1)
	want := []string{"router/R1 lan/R1-R2 router/R2 tunnel/R2/vpngw-1 instance/vpngw-1 vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"}
	if diff := cmp.Diff(want, way(f.ForwardPath)); diff != "" {
		t.Errorf("with the tunnel down (-want +got):\n%s", diff)
	}
	f = failure(t, c, tunnel1, tunnel2)
	if f.Forward != graph.FailsClosed {
		t.Errorf("with both down: %s by %v, want fails closed", f.Forward, way(f.ForwardPath))
	}
}

// A longer route may be in the part of the table that was not read.
func TestAPartOfARoutingTableLeavesPathsOpen(t *testing.T) {
	n := guideline()
	n.Routers[0].RIB.Status = snapshot.Partial
	if got := question(t, n, "172.16.1.4"); got.Outcome != finding.Unknown || !strings.Contains(got.Detail, "router/R1 was not read whole") {
		t.Errorf("%v (%s), want unknown", way(got), got.Detail)
	}
}
