package graph_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func peeringOf(t *testing.T, n *network, id string) graph.VNetPeering {
	t.Helper()
	all := facts(n).VNetPeerings
	i := slices.IndexFunc(all, func(p graph.VNetPeering) bool { return p.ID == id })
	if i < 0 {
		t.Fatalf("no %s in %+v", id, all)
	}
	return all[i]
}

const (
	ofSpoke = "vnetpeering/vnet-spoke/vnet-hub"
	ofHub   = "vnetpeering/vnet-hub/vnet-spoke"
)

func TestAPeeringHasBothSidesWords(t *testing.T) {
	n := firewalled("172.16.0.0/16")
	p := peeringOf(t, n, ofSpoke)
	if p.Reverse != "ok" || !p.RemoteTransit || p.RemoteUses || !p.UseRemote || p.AllowTransit {
		t.Errorf("the spoke's side: %+v", p)
	}
	if diff := cmp.Diff([]string{"gateway/ergw", "gateway/vpngw"}, p.RemoteGateways); diff != "" || len(p.LocalGateways) > 0 {
		t.Errorf("gateways (-want +got):\n%s\nof the spoke: %v", diff, p.LocalGateways)
	}
	if h := peeringOf(t, n, ofHub); !h.RemoteUses || h.RemoteTransit || len(h.LocalGateways) != 2 {
		t.Errorf("the hub's side: %+v", h)
	}
	n.Azure.VNets[0].Peerings = nil
	if p := peeringOf(t, n, ofSpoke); p.Reverse != "none" {
		t.Errorf("without the hub's side: %s", p.Reverse)
	}
	n.Azure.VNets = n.Azure.VNets[1:]
	if p := peeringOf(t, n, "vnetpeering/vnet-spoke/hub"); p.Reverse != "missing" || p.Remote != "vnet/hub" {
		t.Errorf("without the hub: %+v", p)
	}
}

func TestForwardersAreTheNextHopsOnTheOtherSide(t *testing.T) {
	routes := func(p graph.VNetPeering) []string {
		var out []string
		for _, f := range p.Forwarders {
			out = append(out, f.Address+" "+f.Appliance+" "+f.Table)
		}
		return out
	}
	withoutSpokes := firewalled("172.16.0.0/16")
	withoutSpokes.Azure.VNets[1].Subnets[0].RouteTable = ""
	ofOthers := firewalled("172.99.0.0/16")
	ofOthers.Azure.VNets[1].Subnets[0].RouteTable = ""
	for _, tt := range []struct {
		name    string
		network *network
		want    []string
	}{
		{"those of the spoke's routes, each once", firewalled("172.16.0.0/16"), []string{"10.64.1.4 firewall/azfw routetable/rt-spoke"}},
		{"those of the GatewaySubnet's routes to the spoke", withoutSpokes, []string{"10.64.1.4 firewall/azfw routetable/rt-gateway"}},
		{"none of the GatewaySubnet's routes to others", ofOthers, nil},
		{"none that is stale", nvaPair(plain, plain), nil},
		{"those of which nothing is known", nvaPair(nothing, vip), []string{nothing + "  routetable/rt-spoke", vip + " appliance/lb-nva/inside routetable/rt-gateway"}},
	} {
		if diff := cmp.Diff(tt.want, routes(peeringOf(t, tt.network, ofSpoke))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if got := routes(peeringOf(t, firewalled("172.16.0.0/16"), ofHub)); got != nil {
		t.Errorf("the hub has forwarders in the spoke: %v", got)
	}
	n := firewalled()
	n.Azure.RouteTables = nil
	if got := peeringOf(t, n, ofSpoke).Unknown; got != "the route table rt of subnet/vnet-spoke/workload was not read" {
		t.Errorf("without the table: %q", got)
	}
}

func TestFastPathIsToldWithWhatItGoesPast(t *testing.T) {
	n := firewalled("172.16.0.0/16")
	n.Azure.Connections[2].FastPath = true
	want := graph.FastPath{
		ID: "connection/er", Enabled: true, Gateway: "gateway/ergw", Circuit: "circuit/er", CircuitKind: "provider",
		Table: "routetable/rt-gateway", TableStatus: "ok", Routes: []string{"172.16.0.0/16 (172.16.0.0/16)"},
	}
	got := facts(n).FastPaths
	got[0].Evidence = nil
	if diff := cmp.Diff([]graph.FastPath{want}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	n.Azure.Circuits[0].Port = "/port"
	n.Azure.VNets[0].Subnets[0].RouteTable = ""
	if f := facts(n).FastPaths[0]; f.CircuitKind != "direct" || f.TableStatus != "none" {
		t.Errorf("on ExpressRoute Direct, without a table: %+v", f)
	}
	n.Azure.Circuits, n.Azure.Gateways = nil, nil
	if f := facts(n).FastPaths[0]; f.CircuitKind != "missing" || f.TableStatus != "missing" {
		t.Errorf("without circuit and gateway: %+v", f)
	}
}

// redundant is the guideline's network with what Azure says of its tunnels and
// BGP neighbours.
func redundant(change func(*network)) *network {
	n := guideline()
	gw := &n.Azure.Gateways[1]
	gw.ActiveActive = true
	gw.Peers = snapshot.GatewayPeers{Read: whole("peers")}
	for _, a := range []string{"169.254.21.1", "169.254.22.1"} {
		gw.Peers.Peers = append(gw.Peers.Peers, snapshot.GatewayPeer{Neighbor: addr(a), ASN: 65501, State: "Connected"})
	}
	change(n)
	return n
}

func TestWaysToTheGatewayAreCountedByNetwork(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(*network)
		want    []graph.Redundancy
		unknown []string
	}{
		{"two routers that exchange routes", func(*network) {}, []graph.Redundancy{{
			ID: "gateway/vpngw/R1+R2", Connected: []string{tunnel1, tunnel2}, Instances: []string{"instance/vpngw-0", "instance/vpngw-1"},
			Neighbours: []string{"169.254.21.1", "169.254.22.1"},
		}}, []string{""}},
		{"one tunnel down by its own status", func(n *network) {
			n.Azure.Connections[1].Tunnels = []snapshot.TunnelStatus{{Name: "conn2_10.64.0.5", Status: "NotConnected"}}
			n.Azure.Gateways[1].Peers.Peers[1].State = "Connecting"
		}, []graph.Redundancy{{
			ID: "gateway/vpngw/R1+R2", Connected: []string{tunnel1}, Down: []string{tunnel2}, Instances: []string{"instance/vpngw-0"},
			Neighbours: []string{"169.254.21.1"},
		}}, []string{""}},
		{"a status that Azure does not give", func(n *network) { n.Azure.Connections[1].Status = "" }, []graph.Redundancy{{
			ID: "gateway/vpngw/R1+R2", Connected: []string{tunnel1}, Instances: []string{"instance/vpngw-0"}, Neighbours: []string{"169.254.21.1", "169.254.22.1"},
		}}, []string{"Azure does not say whether " + tunnel2 + " is connected"}},
		{"peers that were not read", func(n *network) { n.Azure.Gateways[1].Peers = snapshot.GatewayPeers{} }, []graph.Redundancy{{
			ID: "gateway/vpngw/R1+R2", Connected: []string{tunnel1, tunnel2}, Instances: []string{"instance/vpngw-0", "instance/vpngw-1"},
		}}, []string{"the BGP peers of gateway/vpngw were not read (missing)"}},
		{"a router that was not read", func(n *network) { n.Routers = n.Routers[:1] }, []graph.Redundancy{
			{ID: "gateway/vpngw/R1", Connected: []string{tunnel1}, Instances: []string{"instance/vpngw-0"}, Neighbours: []string{"169.254.21.1"}},
			{ID: "gateway/vpngw/conn2", Connected: []string{"tunnel/unknown/vpngw-1"}, Instances: []string{"instance/vpngw-1"}, Neighbours: []string{"169.254.22.1"}},
		}, []string{
			"the router at the end of conn2 is not in the evidence, and may be of the same network",
			"no router in the evidence is at its end, so that the networks behind it are not known",
		}},
		{"a gateway of one machine", func(n *network) { n.Azure.Gateways[1].ActiveActive = false }, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := facts(redundant(tt.change)).Redundancies
			var unknown []string
			for i := range got {
				unknown = append(unknown, got[i].Unknown)
				got[i].Unknown, got[i].Evidence, got[i].Routers, got[i].Gateway, got[i].BGP = "", nil, nil, "", false
			}
			want := append([]graph.Redundancy{}, tt.want...)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.unknown, unknown); diff != "" {
				t.Errorf("unknown (-want +got):\n%s", diff)
			}
		})
	}
}
