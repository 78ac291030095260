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

// way writes a path's branches, the nodes and links in turn.
func way(p finding.Path) []string {
	var out []string
	for _, b := range p.Branches() {
		var s []string
		for _, h := range b.Hops {
			s = append(s, h.Node)
			if h.Link != "" {
				s = append(s, h.Link)
			}
		}
		out = append(out, strings.Join(s, " ")+": "+string(b.Outcome))
	}
	return out
}

// class returns the class of R1's site and the spoke.
func class(t *testing.T, m graph.Model) graph.Class {
	t.Helper()
	i := slices.IndexFunc(m.Classes, func(c graph.Class) bool { return c.ID == pair1 })
	if i < 0 {
		var ids []string
		for _, c := range m.Classes {
			ids = append(ids, c.ID)
		}
		t.Fatalf("no class %s; have %v", pair1, ids)
	}
	return m.Classes[i]
}

func failure(t *testing.T, c graph.Class, down ...string) graph.Failure {
	t.Helper()
	i := slices.IndexFunc(c.Failures, func(f graph.Failure) bool { return slices.Equal(f.Down, down) })
	if i < 0 {
		t.Fatalf("class %s: failure %v changes nothing", c.ID, down)
	}
	return c.Failures[i]
}

const (
	tunnel1 = "tunnel/R1/vpngw-0"
	tunnel2 = "tunnel/R2/vpngw-1"
	pair1   = "pair/R1/vnet-spoke/workload"
)

func TestSteadyStateGoesThroughTheTunnelBothWays(t *testing.T) {
	c := class(t, graph.Build(guideline().Snapshot).Model())
	want := []string{"router/R1 tunnel/R1/vpngw-0 instance/vpngw-0 vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"}
	if diff := cmp.Diff(want, way(c.Forward)); diff != "" {
		t.Errorf("forward (-want +got):\n%s", diff)
	}
	want = []string{"subnet/vnet-spoke/workload vnet/vpngw instance/vpngw-0 tunnel/R1/vpngw-0 router/R1 lan/R1: delivered"}
	if diff := cmp.Diff(want, way(c.Return)); diff != "" {
		t.Errorf("return (-want +got):\n%s", diff)
	}
	if h := c.Forward.Hops[0]; h.Rule != "local-preference" || h.Why != "local preference 200 over 100" || h.Protection != "ipsec" {
		t.Errorf("first hop = %+v, want the tunnel by local preference 200 over 100", h)
	}
	if got := c.OnPrem; !slices.Equal(got.Prefixes, []string{"10.10.0.0/16"}) || !slices.Equal(got.Except, []string{"10.10.10.1/32"}) {
		t.Errorf("on premises = %v except %v, want 10.10.0.0/16 without the tunnel's end point", got.Prefixes, got.Except)
	}
}

func TestOneTunnelDownGoesThroughTheOtherRouter(t *testing.T) {
	c := class(t, graph.Build(guideline().Snapshot).Model())
	f := failure(t, c, tunnel1)
	if f.Forward != graph.StillEncrypted {
		t.Errorf("forward = %s by %v, want still encrypted", f.Forward, way(f.ForwardPath))
	}
	want := []string{"router/R1 lan/R1-R2 router/R2 tunnel/R2/vpngw-1 instance/vpngw-1 vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"}
	if diff := cmp.Diff(want, way(f.ForwardPath)); diff != "" {
		t.Errorf("forward (-want +got):\n%s", diff)
	}
	if f.Return != graph.FailsClosed {
		t.Errorf("return = %s by %v, want fails closed", f.Return, way(f.ReturnPath))
	}
}

func TestBothTunnelsDownFailsOpenOverExpressRoute(t *testing.T) {
	c := class(t, graph.Build(guideline().Snapshot).Model())
	for _, down := range [][]string{{tunnel1, tunnel2}, {"gateway/vpngw"}} {
		f := failure(t, c, down...)
		if f.Forward != graph.FailsOpen || f.Return != graph.FailsClosed {
			t.Errorf("%v: forward %s, return %s; want fails open, fails closed", down, f.Forward, f.Return)
		}
		want := []string{"router/R1 peering/er-primary msee/er-primary microsoft/er-primary gateway/ergw vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"}
		if diff := cmp.Diff(want, way(f.ForwardPath)); diff != "" {
			t.Errorf("%v: forward (-want +got):\n%s", down, diff)
		}
	}
}

func TestAcceptingNothingOverExpressRouteFailsClosed(t *testing.T) {
	m := graph.Build(guideline().failClosed().Snapshot).Model()
	for _, c := range m.Classes {
		for _, f := range c.Failures {
			if f.Forward == graph.FailsOpen || f.Return == graph.FailsOpen || f.Forward == graph.Undecided || f.Return == graph.Undecided {
				t.Errorf("%s with %v down: forward %s %v, return %s", c.ID, f.Down, f.Forward, way(f.ForwardPath), f.Return)
			}
		}
	}
}

func TestGatewaySubnetInsideThePreferredPrefixLoops(t *testing.T) {
	m := graph.Build(guideline().unpin().Snapshot).Model()
	for _, tn := range m.Tunnels {
		if tn.Underlay.Forward.Outcome != finding.Loop {
			t.Errorf("%s: underlay forward = %v, want a loop", tn.ID, way(tn.Underlay.Forward))
		}
		if tn.Underlay.Return.Outcome != finding.Delivered {
			t.Errorf("%s: underlay return = %v, want delivered", tn.ID, way(tn.Underlay.Return))
		}
	}
}

// What is inside a tunnel goes where the tunnel's own packets go.
func TestPacketsInATunnelThatLoopsAreNotDelivered(t *testing.T) {
	c := class(t, graph.Build(guideline().unpin().Snapshot).Model())
	want := []string{"router/R1 tunnel/R1/vpngw-0: loop"}
	if diff := cmp.Diff(want, way(c.Forward)); diff != "" {
		t.Errorf("forward (-want +got):\n%s", diff)
	}
	if c.State(c.Forward) != graph.NotDelivered || c.State(c.Return) != graph.Protected {
		t.Errorf("states = %v, %v; want not delivered, protected", c.State(c.Forward), c.State(c.Return))
	}
	if f := failure(t, c, tunnel1, tunnel2); f.Forward != graph.FailsOpen {
		t.Errorf("with both tunnels down: forward %s, want fails open", f.Forward)
	}
}

func TestPinnedUnderlayStaysOnThePrivatePeering(t *testing.T) {
	m := graph.Build(guideline().Snapshot).Model()
	want := []string{"router/R1 peering/er-primary msee/er-primary microsoft/er-primary gateway/ergw vnet/vnet-hub subnet/vnet-hub/GatewaySubnet: delivered"}
	if diff := cmp.Diff(want, way(m.Tunnels[0].Underlay.Forward)); diff != "" {
		t.Errorf("underlay forward (-want +got):\n%s", diff)
	}
	want = []string{"instance/vpngw-0 microsoft/er-primary msee/er-primary peering/er-primary router/R1 lan/R1: delivered"}
	if diff := cmp.Diff(want, way(m.Tunnels[0].Underlay.Return)); diff != "" {
		t.Errorf("underlay return (-want +got):\n%s", diff)
	}
}

func TestLosingTheLinkTakesTheTunnelOverIt(t *testing.T) {
	c := class(t, graph.Build(guideline().failClosed().Snapshot).Model())
	f := failure(t, c, "peering/er-primary")
	want := []string{"router/R1 lan/R1-R2 router/R2 tunnel/R2/vpngw-1 instance/vpngw-1 vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"}
	if diff := cmp.Diff(want, way(f.ForwardPath)); diff != "" {
		t.Errorf("forward (-want +got):\n%s", diff)
	}
}

// Without the circuit each tunnel's packets would go into the other tunnel: that
// carries nothing, however long the chain of routes.
func TestTunnelsThatCarryEachOtherFall(t *testing.T) {
	for name, n := range map[string]*network{"pinned": guideline(), "unpinned": guideline().unpin()} {
		n.Azure.Gateways[1].Learned.Routes = append(n.Azure.Gateways[1].Learned.Routes,
			learned("10.20.0.0/16", "169.254.21.1", "65501"), learned("10.10.0.0/16", "169.254.22.1", "65501"))
		c := class(t, graph.Build(n.Snapshot).Model())
		f := failure(t, c, "circuit/er")
		if f.Forward != graph.FailsClosed || f.Return != graph.FailsClosed {
			t.Errorf("%s: forward %s by %v, return %s by %v; want both closed", name, f.Forward, way(f.ForwardPath), f.Return, way(f.ReturnPath))
		}
	}
}

func TestSamePrefixOnBothLeavesAzureInClear(t *testing.T) {
	n := guideline()
	er := &n.Azure.Gateways[0].Learned
	er.Routes = append(er.Routes, learned("10.10.0.0/16", "10.64.0.8", "12076 65501"))
	msee := &n.Azure.Circuits[0].Peering.Tables[0]
	msee.Routes = append(msee.Routes, edge("10.10.0.0/16", "192.168.100.1"))
	c := class(t, graph.Build(n.Snapshot).Model())
	if c.State(c.Return) != graph.InClear || c.State(c.Forward) != graph.Protected {
		t.Fatalf("forward %v, return %v; want protected, in clear", way(c.Forward), way(c.Return))
	}
	if h := c.Return.Hops[0]; h.Rule != "expressroute-over-vpn" || len(h.Lost) == 0 || h.Lost[0].Source != "vpn" {
		t.Errorf("first hop = %+v, want ExpressRoute over VPN at equal length", h)
	}
}

// firewalled puts a firewall into the hub and sends the spoke's traffic to it.
func firewalled(gatewayRoutes ...string) *network {
	n := guideline()
	hub, spoke := &n.Azure.VNets[0], &n.Azure.VNets[1]
	hub.Subnets = append(hub.Subnets, snapshot.Subnet{ID: "/hub/fw", Name: "AzureFirewallSubnet", Prefixes: []netip.Prefix{pfx("10.64.1.0/26")}})
	n.Azure.Firewalls = []snapshot.Firewall{{ID: "/fw", Name: "azfw", Subnet: "/hub/fw", Addrs: []netip.Addr{addr("10.64.1.4")}}}
	toFirewall := func(p string) snapshot.UserRoute {
		return snapshot.UserRoute{Name: p, Prefix: pfx(p), Type: "VirtualAppliance", NextHop: addr("10.64.1.4")}
	}
	n.Azure.RouteTables = []snapshot.RouteTable{{ID: "/rt", Name: "rt-spoke", DisablePropagation: true, Routes: []snapshot.UserRoute{toFirewall("0.0.0.0/0")}}}
	spoke.Subnets[0].RouteTable = "/rt"
	if len(gatewayRoutes) > 0 {
		hub.Subnets[0].RouteTable = "/rtgw"
		gw := snapshot.RouteTable{ID: "/rtgw", Name: "rt-gateway"}
		for _, p := range gatewayRoutes {
			gw.Routes = append(gw.Routes, toFirewall(p))
		}
		n.Azure.RouteTables = append(n.Azure.RouteTables, gw)
	}
	return n
}

func TestFirewallOnTheWay(t *testing.T) {
	for _, tt := range []struct {
		name          string
		network       *network
		forward, back []string
		rule          string
	}{
		{"no route on GatewaySubnet bypasses it", firewalled(), []string{}, []string{"firewall/azfw"}, "only"},
		{"a shorter route on GatewaySubnet loses to the peering", firewalled("172.16.0.0/12"), []string{}, []string{"firewall/azfw"}, "longest"},
		{"the spoke's exact prefix goes through it", firewalled("172.16.0.0/16"), []string{"firewall/azfw"}, []string{"firewall/azfw"}, "user-over-system"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := class(t, graph.Build(tt.network.Snapshot).Model())
			if diff := cmp.Diff(tt.forward, c.Forward.Firewalls); diff != "" {
				t.Errorf("forward %v (-want +got):\n%s", way(c.Forward), diff)
			}
			if diff := cmp.Diff(tt.back, c.Return.Firewalls); diff != "" {
				t.Errorf("return %v (-want +got):\n%s", way(c.Return), diff)
			}
			if got := c.Forward.Hops[1].Rule; got != tt.rule {
				t.Errorf("rule at the gateway = %s, want %s", got, tt.rule)
			}
		})
	}
}

func TestUnreadTablesMakePathsUnknown(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*network)
	}{
		{"learned routes of the ExpressRoute gateway", func(n *network) { n.Azure.Gateways[0].Learned = snapshot.Learned{} }},
		{"learned routes of the VPN gateway", func(n *network) {
			n.Azure.Gateways[1].Learned = snapshot.Learned{Read: snapshot.Read{Status: snapshot.Empty}}
		}},
		{"the subnet's route table", func(n *network) { n.Azure.VNets[1].Subnets[0].RouteTable = "/unread" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := guideline()
			tt.change(n)
			c := class(t, graph.Build(n.Snapshot).Model())
			if c.State(c.Return) != graph.NotKnown {
				t.Errorf("return = %v, want unknown", way(c.Return))
			}
		})
	}
}

func TestTraceNamesWhatCoversNothing(t *testing.T) {
	g := graph.Build(guideline().Snapshot)
	f, b, err := g.Trace(addr("10.10.5.7"), addr("172.16.1.4"))
	if err != nil || f.Outcome != finding.Delivered || b.Outcome != finding.Delivered {
		t.Errorf("Trace = %v, %v, %v", way(f), way(b), err)
	}
	for pair, want := range map[[2]string]string{
		{"10.99.0.1", "172.16.1.4"}: "10.99.0.1 is in no on-premises site of the evidence (nothing covers 10.99.0.1): " +
			"want an address in 10.10.0.0/16, 10.20.0.0/16, or declare its site in the configuration (sites:)",
		{"192.168.100.1", "172.16.1.4"}: "(192.168.100.1 is an address of router/R1 itself)",
		{"10.64.1.7", "172.16.1.4"}:     "(10.64.1.7 is covered thus: router/R1 has 10.64.0.0/23, router/R2 has 10.64.0.0/23)",
		{"10.10.5.7", "10.20.5.7"}: "neither 10.10.5.7 nor 10.20.5.7 is in a subnet of the evidence " +
			"(10.10.5.7 is on premises, behind router/R1; 10.20.5.7 is on premises, behind router/R2): want one address in ",
		{"10.10.5.7", "172.16.200.1"}:  "172.16.200.1 is in 172.16.0.0/16 of vnet/vnet-spoke, and in none of its subnets",
		{"10.10.5.7", "192.168.100.2"}: "192.168.100.2 is Microsoft's end of peering/er-primary",
		{"10.10.5.7", "169.254.21.2"}:  "169.254.21.2 is an end of " + tunnel1,
		{"172.16.1.4", "172.16.1.5"}:   "172.16.1.4 and 172.16.1.5 are both in Azure",
	} {
		_, _, err := g.Trace(addr(pair[0]), addr(pair[1]))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", pair, err, want)
		}
	}
}
