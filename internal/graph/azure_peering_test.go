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

// question is the way from an on-premises address to one in Azure.
func question(t *testing.T, n *network, azure string) finding.Path {
	t.Helper()
	forward, _, err := graph.Build(n.Snapshot).Trace(addr("10.10.5.7"), addr(azure))
	if err != nil {
		t.Fatal(err)
	}
	return forward
}

func TestWhatAPeeringLeadsTo(t *testing.T) {
	for _, tt := range []struct {
		name         string
		change       func(hub, spoke *snapshot.Peering)
		to, from     finding.PathOutcome
		toWhy, fmWhy string
	}{
		{"connected", func(_, _ *snapshot.Peering) {}, finding.Delivered, finding.Delivered, "", ""},
		{"disconnected", func(hub, spoke *snapshot.Peering) { hub.Connected, spoke.Connected = false, false }, finding.Dropped, finding.Dropped, "", ""},
		{"the hub lets nobody use its gateways", func(hub, _ *snapshot.Peering) { hub.AllowGatewayTransit = false }, finding.Delivered, finding.Dropped, "", ""},
		{"the spoke uses no remote gateways", func(_, spoke *snapshot.Peering) { spoke.UseRemoteGateways = false }, finding.Delivered, finding.Dropped, "", ""},
		{"IPv6 only", func(hub, _ *snapshot.Peering) { hub.OnlyIPv6 = true }, finding.Dropped, finding.Delivered, "", ""},
		{"without access", func(hub, _ *snapshot.Peering) { hub.NoAccess = true }, finding.Unknown, finding.Delivered, "allowVirtualNetworkAccess is false", ""},
		{"not synchronised since the spoke's space was changed", func(hub, _ *snapshot.Peering) {
			hub.RemotePrefixes = []netip.Prefix{pfx("172.20.0.0/16")}
		}, finding.Dropped, finding.Delivered, "", ""},
		{"of subnets, this one among them", func(hub, _ *snapshot.Peering) {
			hub.Partial, hub.LocalSubnets, hub.RemoteSubnets = true, []string{"GatewaySubnet"}, []string{"Workload"}
		}, finding.Delivered, finding.Delivered, "", ""},
		{"of other subnets there", func(hub, _ *snapshot.Peering) {
			hub.Partial, hub.LocalSubnets, hub.RemoteSubnets = true, []string{"GatewaySubnet"}, []string{"other"}
		}, finding.Dropped, finding.Delivered, "", ""},
		{"of other subnets here", func(hub, _ *snapshot.Peering) {
			hub.Partial, hub.LocalSubnets, hub.RemoteSubnets = true, []string{"shared"}, []string{"workload"}
		}, finding.Unknown, finding.Delivered, "is of subnets", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := guideline()
			tt.change(&n.Azure.VNets[0].Peerings[0], &n.Azure.VNets[1].Peerings[0])
			if got := question(t, n, "172.16.1.4"); got.Outcome != tt.to || !strings.Contains(got.Detail, tt.toWhy) {
				t.Errorf("to Azure %v (%s), want %s", way(got), got.Detail, tt.to)
			}
			if got := answer(t, n, "10.10.5.7"); got.Outcome != tt.from || !strings.Contains(got.Detail, tt.fmWhy) {
				t.Errorf("to the premises %v (%s), want %s", way(got), got.Detail, tt.from)
			}
		})
	}
}

func TestVnetLocalKeepsPacketsInTheVNet(t *testing.T) {
	n := guideline()
	n.Azure.RouteTables = []snapshot.RouteTable{{ID: "/rtgw", Name: "rt-gw", Routes: []snapshot.UserRoute{userRoute("172.16.0.0/16", "VnetLocal")}}}
	n.Azure.VNets[0].Subnets[0].RouteTable = "/rtgw"
	if got := question(t, n, "172.16.1.4"); got.Outcome != finding.Unknown || !strings.Contains(got.Detail, "not documented") {
		t.Errorf("%v (%s), want it open", way(got), got.Detail)
	}
}

// twin adds a VNet with the spoke's addresses.
func (n *network) twin(peerings ...snapshot.Peering) *network {
	n.Azure.VNets = append(n.Azure.VNets, snapshot.VNet{
		ID: "/twin", Name: "vnet-a-twin", Prefixes: []netip.Prefix{pfx("172.16.0.0/16")}, Peerings: peerings,
		Subnets: []snapshot.Subnet{{ID: "/twin/w", Name: "w", Prefixes: []netip.Prefix{pfx("172.16.1.0/24")}}},
	})
	return n
}

func TestAVNetWithTheSameAddressesTakesNobodysPackets(t *testing.T) {
	n := guideline().twin()
	want := []string{"router/R1 tunnel/R1/vpngw-0 instance/vpngw-0 vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"}
	if diff := cmp.Diff(want, way(question(t, n, "172.16.1.4"))); diff != "" {
		t.Errorf("trace (-want +got):\n%s", diff)
	}
	back := answer(t, n, "10.10.5.7")
	if back.Hops[0].Node != "subnet/vnet-spoke/workload" {
		t.Errorf("the answer comes from %s, want it from where packets arrive", back.Hops[0].Node)
	}
	seen := 0
	for _, c := range graph.Build(n.Snapshot).Model().Classes {
		if c.OnPrem.Router != "router/R1" || !holds(c.OnPrem, addr("10.10.5.7")) {
			continue
		}
		outcome := map[string]finding.PathOutcome{"subnet/vnet-spoke/workload": finding.Delivered, "subnet/vnet-a-twin/w": finding.Dropped}[c.Azure.Subnet]
		if outcome == "" {
			continue
		}
		seen++
		if c.Forward.Outcome != outcome || len(c.Azure.Alike) > 0 {
			t.Errorf("%s: forward %v (%s) beside %v, want %s", c.ID, way(c.Forward), c.Forward.Detail, c.Azure.Alike, outcome)
		}
	}
	if seen != 2 {
		t.Errorf("%d classes of the two, want 2", seen)
	}
}

// twoHubs adds a second hub and spoke, whose ExpressRoute gateway is on the same
// circuit.
func twoHubs() *network {
	n := guideline()
	n.Azure.VNets = append(n.Azure.VNets,
		snapshot.VNet{
			ID: "/hub2", Name: "vnet-hub2", Prefixes: []netip.Prefix{pfx("10.65.0.0/23")},
			Subnets:  []snapshot.Subnet{{ID: "/hub2/gw", Name: "GatewaySubnet", Prefixes: []netip.Prefix{pfx("10.65.0.0/26")}}},
			Peerings: []snapshot.Peering{{Name: "to-spoke2", Remote: "/spoke2", Connected: true, AllowGatewayTransit: true}},
		},
		snapshot.VNet{
			ID: "/spoke2", Name: "vnet-spoke2", Prefixes: []netip.Prefix{pfx("172.17.0.0/16")},
			Subnets:  []snapshot.Subnet{{ID: "/spoke2/w", Name: "w", Prefixes: []netip.Prefix{pfx("172.17.1.0/24")}}},
			Peerings: []snapshot.Peering{{Name: "to-hub2", Remote: "/hub2", Connected: true, UseRemoteGateways: true}},
		})
	n.Azure.Gateways = append(n.Azure.Gateways, snapshot.Gateway{ID: "/er2", Name: "ergw2", Type: snapshot.ExpressRoute, Subnet: "/hub2/gw", Learned: snapshot.Learned{
		Read: whole("er2"), Routes: []snapshot.LearnedRoute{learned("10.10.0.0/16", "10.65.0.8", "12076 65501")},
	}})
	n.Azure.Connections = append(n.Azure.Connections, snapshot.Connection{ID: "/c9", Name: "er-2", Type: "ExpressRoute", Gateway: "/er2", Circuit: "/circuit"})
	for i := range n.Azure.Circuits[0].Peering.Tables {
		msee := &n.Azure.Circuits[0].Peering.Tables[i]
		msee.Routes = append(msee.Routes, edge("172.17.0.0/16", "10.65.0.12"))
	}
	n.Routers[0].RIB.Routes = append(n.Routers[0].RIB.Routes, route("172.17.0.0/16", snapshot.Static, 1, "192.168.100.2", "er0"))
	return n
}

func TestAnEdgeRouterSendsToTheGatewayThatItsRouteNames(t *testing.T) {
	want := []string{"router/R1 peering/er-primary msee/er-primary microsoft/er-primary gateway/ergw2 vnetpeering/vnet-hub2/vnet-spoke2 subnet/vnet-spoke2/w: delivered"}
	for name, change := range map[string]func(*snapshot.MSEETable){
		"by its next hop": func(*snapshot.MSEETable) {},
		"by whose network it is, where the next hop is nobody's": func(m *snapshot.MSEETable) {
			m.Routes[len(m.Routes)-1].NextHop = addr("10.99.0.1")
		},
		"by whose network it is, where the table was not read": func(m *snapshot.MSEETable) { *m = snapshot.MSEETable{} },
	} {
		n := twoHubs()
		change(&n.Azure.Circuits[0].Peering.Tables[0])
		if diff := cmp.Diff(want, way(question(t, n, "172.17.1.4"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	n := twoHubs()
	n.Azure.Gateways[2].Subnet = "/unread"
	if got := question(t, n, "172.17.1.4"); got.Outcome != finding.Unknown {
		t.Errorf("with an unread GatewaySubnet: %v, want unknown", way(got))
	}
}

// An edge router that has no route to Azure's address but a default route from the
// premises sends the packet back.
func TestAnEdgeRouterSendsBackWhatThePremisesOffer(t *testing.T) {
	n := twoHubs()
	msee := &n.Azure.Circuits[0].Peering.Tables[0]
	msee.Routes[len(msee.Routes)-1] = edge("0.0.0.0/0", "192.168.100.1")
	want := []string{"router/R1 peering/er-primary msee/er-primary peering/er-primary router/R1: loop"}
	if diff := cmp.Diff(want, way(question(t, n, "172.17.1.4"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
