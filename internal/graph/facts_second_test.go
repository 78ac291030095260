package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/snapshot"
)

func TestWaysPastTheTunnelsAreFound(t *testing.T) {
	second := func(n *network) {
		n.Azure.Circuits = append(n.Azure.Circuits, snapshot.Circuit{ID: "/circuit2", Name: "er2", Peering: &snapshot.PrivatePeering{
			Primary: pfx("192.168.110.0/30"), Tables: [2]snapshot.MSEETable{{Read: whole("pri2"), Routes: []snapshot.MSEERoute{edge("10.30.0.0/16", "192.168.110.1")}}},
		}})
		n.Azure.Connections = append(n.Azure.Connections, snapshot.Connection{ID: "/c4", Name: "er2", Type: "ExpressRoute", Gateway: "/er", Circuit: "/circuit2"})
	}
	hub := func(n *network) *snapshot.Hub {
		n.Azure.Hubs = []snapshot.Hub{{ID: "/h", Name: "hub-west", WAN: "/wan", ERGateway: "/her", VNets: snapshot.HubVNetConnections{Read: whole("h")}}}
		return &n.Azure.Hubs[0]
	}
	const first = "circuit/er circuit yes none"
	for name, tc := range map[string]struct {
		change func(n *network)
		want   []string
	}{
		"the circuit of the tunnels": {func(*network) {}, []string{first}},
		"a second circuit":           {second, []string{first, "circuit/er2 circuit no none"}},
		"a second circuit whose table was not read": {func(n *network) {
			second(n)
			n.Azure.Circuits[1].Peering.Tables[0].Status = snapshot.Denied
		}, []string{first, "circuit/er2 circuit unknown none"}},
		"a second circuit that a tunnel's end point is behind": {func(n *network) {
			second(n)
			n.Azure.Circuits[1].Peering.Tables[0].Routes[0].Prefix = pfx("10.10.10.0/24")
		}, []string{first, "circuit/er2 circuit yes none"}},
		"a circuit that was not read": {func(n *network) { n.Azure.Circuits = nil }, []string{"circuit/circuit circuit unknown unknown"}},
		"a gateway of which there is no VPN": {func(n *network) {
			n.Azure.Gateways = n.Azure.Gateways[:1]
			n.Azure.Connections = n.Azure.Connections[2:]
		}, nil},
		"a VPN gateway that was not read":      {func(n *network) { n.Azure.Gateways = n.Azure.Gateways[:1] }, []string{"circuit/er circuit unknown none"}},
		"a gateway that takes foreign traffic": {func(n *network) { n.Azure.Gateways[0].RemoteVNets = true }, []string{first, "gateway/ergw remote VNets no none"}},
		"a gateway that takes a virtual WAN's": {func(n *network) { n.Azure.Gateways[0].VirtualWAN = true }, []string{first, "gateway/ergw virtual WAN no none"}},
		"a list of virtual hubs that was denied": {func(n *network) {
			n.Azure.Lists = []snapshot.List{{Read: snapshot.Read{Item: "hubs", Status: snapshot.Denied}, Type: "virtualhubs"}}
		}, []string{first, "hubs unread unknown unknown"}},
		"a Route Server":                           {func(n *network) { hub(n).WAN = "" }, []string{first}},
		"a virtual hub that no network is on":      {func(n *network) { hub(n) }, []string{first}},
		"a virtual hub of which that is not known": {func(n *network) { hub(n).VNets.Status = snapshot.Denied }, []string{first, "hub/hub-west hub unknown none"}},
		"a virtual hub that the spoke is on":       {func(n *network) { hub(n).VNets.Connections = []snapshot.HubVNetConnection{{VNet: "/spoke"}} }, []string{first, "hub/hub-west hub no none"}},
		"a virtual hub without ExpressRoute": {func(n *network) {
			h := hub(n)
			h.ERGateway, h.VNets.Connections = "", []snapshot.HubVNetConnection{{VNet: "/spoke"}}
		}, []string{first}},
		"a virtual hub that was not read": {func(n *network) {
			n.Azure.VNets[1].Peerings = append(n.Azure.VNets[1].Peerings, snapshot.Peering{Remote: "/HV_west_1", Connected: true})
		}, []string{first, "hub/HV_west_1 unread unknown unknown"}},
		"a connection that was not read": {func(n *network) {
			n.Items = []snapshot.Item{{Path: "azure/s/connections/rg/c9.json", Status: snapshot.Denied}}
		}, []string{first, "connection/c9 unread unknown unknown"}},
		"an ExpressRoute gateway of the spoke's own": {func(n *network) {
			n.Azure.VNets[1].Subnets = append(n.Azure.VNets[1].Subnets, snapshot.Subnet{ID: "/spoke/gw", Name: "GatewaySubnet", Prefixes: prefixes("172.16.255.0/27")})
			n.Azure.VNets[1].Peerings[0].UseRemoteGateways = false
			n.Azure.Gateways = append(n.Azure.Gateways, snapshot.Gateway{ID: "/er2", Name: "ergw2", Type: snapshot.ExpressRoute, Subnet: "/spoke/gw"})
		}, []string{first, "gateway/ergw2 gateway no none"}},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			tc.change(n)
			var got []string
			for _, w := range n.model().Ways {
				got = append(got, w.ID+" "+w.Kind+" "+w.Tunnels+" "+w.Protection)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestGatewaysTellEachOtherByARouteServer(t *testing.T) {
	server := func(n *network, subnet string) {
		n.Azure.Hubs = []snapshot.Hub{{ID: "/rs", Name: "rs", BranchToBranch: true, Configs: snapshot.HubConfigs{Configs: []snapshot.HubConfig{{Subnet: subnet}}}}}
	}
	told := func(n *network, prefix string) {
		n.Azure.Gateways[0].Peers = snapshot.GatewayPeers{Read: whole("peers"), Peers: []snapshot.GatewayPeer{{Neighbor: addr("10.64.0.8"), ASN: 12076}}}
		n.Azure.Gateways[0].Advertised = []snapshot.GatewayAdvertised{{Read: whole("sent"), Peer: addr("10.64.0.8"), Routes: []snapshot.LearnedRoute{{Prefix: pfx(prefix)}}}}
	}
	for name, tc := range map[string]struct {
		change  func(n *network)
		enabled string
		leaked  int
	}{
		"nobody listed Route Servers":     {func(*network) {}, "unknown", 0},
		"nobody did, and nothing is told": {func(n *network) { told(n, "172.16.0.0/16") }, "no", 0},
		"a site's prefix is told":         {func(n *network) { told(n, "10.10.0.0/16") }, "no", 1},
		"a site's prefix may be told":     {func(n *network) { told(n, "172.16.0.0/16"); n.Azure.Gateways[0].Advertised = nil }, "unknown", 0},
		"there is none": {func(n *network) {
			told(n, "172.16.0.0/16")
			n.Azure.Lists = []snapshot.List{{Read: snapshot.Read{Status: snapshot.Empty}, Type: "virtualhubs"}}
		}, "no", 0},
		"the list was denied": {func(n *network) {
			n.Azure.Lists = []snapshot.List{{Read: snapshot.Read{Status: snapshot.Denied}, Type: "virtualhubs"}}
		}, "unknown", 0},
		"one in the hub":                          {func(n *network) { server(n, "/hub/gw") }, "yes", 0},
		"one in another network":                  {func(n *network) { server(n, "/spoke/workload"); told(n, "172.16.0.0/16") }, "no", 0},
		"one of which it is not known where":      {func(n *network) { server(n, "/elsewhere") }, "unknown", 0},
		"a virtual hub that does so is no server": {func(n *network) { server(n, "/hub/gw"); n.Azure.Hubs[0].WAN = "/wan"; told(n, "172.16.0.0/16") }, "no", 0},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			tc.change(n)
			got := n.model().Exchanges
			if len(got) != 1 || got[0].ID != "vnet/vnet-hub" || got[0].Enabled != tc.enabled || len(got[0].Leaked) != tc.leaked {
				t.Errorf("got %+v, want %s and %d leaked", got, tc.enabled, tc.leaked)
			}
		})
	}
}

func TestTheDefaultRouteIsOfWhoeverWins(t *testing.T) {
	over := func(i int, prefix string) func(n *network) {
		return func(n *network) {
			gw := &n.Azure.Gateways[i]
			gw.Learned.Routes = append(gw.Learned.Routes, learned(prefix, []string{"10.64.0.8", "169.254.21.1"}[i], "65501"))
		}
	}
	for name, tc := range map[string]struct {
		change []func(n *network)
		want   string
	}{
		"nobody's":                     {nil, "system"},
		"ExpressRoute's":               {[]func(*network){over(0, "0.0.0.0/0")}, "expressroute 0.0.0.0/0"},
		"half of one":                  {[]func(*network){over(0, "0.0.0.0/1")}, "expressroute 0.0.0.0/1"},
		"of IPv6":                      {[]func(*network){over(0, "::/0")}, "expressroute ::/0"},
		"the VPN's":                    {[]func(*network){over(1, "0.0.0.0/0")}, "vpn 0.0.0.0/0"},
		"both":                         {[]func(*network){over(0, "0.0.0.0/0"), over(1, "0.0.0.0/0")}, "expressroute 0.0.0.0/0"},
		"the VPN's was not read":       {[]func(*network){func(n *network) { n.Azure.Gateways[1].Learned.Status = snapshot.Denied }}, "system"},
		"ExpressRoute's was not read":  {[]func(*network){func(n *network) { n.Azure.Gateways[0].Learned.Status = snapshot.Denied }}, "unknown"},
		"a user-defined one":           {[]func(*network){over(0, "0.0.0.0/0"), spokeTable("0.0.0.0/0")}, "user 0.0.0.0/0"},
		"the route table was not read": {[]func(*network){func(n *network) { n.Azure.VNets[1].Subnets[0].RouteTable = "/gone" }}, "unknown"},
		"another route in the table":   {[]func(*network){over(0, "0.0.0.0/0"), spokeTable("10.10.0.0/16")}, "expressroute 0.0.0.0/0"},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			for _, c := range tc.change {
				c(n)
			}
			for _, d := range n.model().DefaultRoutes {
				got := d.Source
				if d.Prefix != "" {
					got += " " + d.Prefix
				}
				if d.ID != "subnet/vnet-spoke/workload" || got != tc.want {
					t.Errorf("%s: %s (%s), want %s", d.ID, got, d.Why, tc.want)
				}
			}
		})
	}
}

// spokeTable gives the spoke's machines a route table.
func spokeTable(to string) func(n *network) {
	return func(n *network) {
		n.Azure.VNets[1].Subnets[0].RouteTable = "/rt-spoke"
		n.Azure.RouteTables = append(n.Azure.RouteTables, snapshot.RouteTable{ID: "/rt-spoke", Name: "rt-spoke", Routes: []snapshot.UserRoute{userRoute(to, "fw")}})
	}
}

func TestATunnelsTrafficIsCountedByWhoeverDoes(t *testing.T) {
	sas := func(in, out uint64) []snapshot.IPsecSA {
		sa := snapshot.IPsecSA{Local: addr("10.10.10.1"), Remote: addr("10.64.0.4"), Up: true, SPI: 1}
		inbound, outbound := sa, sa
		inbound.Inbound, inbound.Packets, outbound.Packets = true, new(in), new(out)
		return []snapshot.IPsecSA{inbound, outbound}
	}
	for name, tc := range map[string]struct {
		change func(n *network)
		want   string
	}{
		"nobody":                       {func(*network) {}, "unknown"},
		"Azure":                        {func(n *network) { n.Azure.Connections[0].TunnelBytes = &snapshot.Bytes{Ingress: 9, Egress: 9} }, "no"},
		"Azure, and one way only":      {func(n *network) { n.Azure.Connections[0].TunnelBytes = &snapshot.Bytes{Ingress: 9} }, "yes"},
		"the router":                   {func(n *network) { n.Routers[0].IPsec.SAs.SAs = sas(3, 4) }, "no"},
		"the router, and one way only": {func(n *network) { n.Routers[0].IPsec.SAs.SAs = sas(3, 0) }, "yes"},
		"Azure, for this tunnel": {func(n *network) {
			c := &n.Azure.Connections[0]
			c.TunnelBytes = &snapshot.Bytes{Ingress: 9, Egress: 9}
			c.Tunnels = []snapshot.TunnelStatus{{Name: "conn1_10.64.0.5", Bytes: snapshot.Bytes{Ingress: 9, Egress: 9}}, {Name: "conn1_10.64.0.4"}}
		}, "yes"},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			tc.change(n)
			if got := n.model().TunnelTraffics[0]; got.ID != "tunnel/R1/vpngw-0" || got.Idle != tc.want {
				t.Errorf("%+v, want idle %s", got, tc.want)
			}
		})
	}
}

func TestTheRoutersEndOfMACsecIsItsStateOrItsConfiguration(t *testing.T) {
	direct := func() *network {
		n := guideline()
		n.Azure.Circuits[0].Port = "/port"
		key := snapshot.LinkMACsec{CKN: "ckn", CAK: "cak"}
		n.Azure.Ports = []snapshot.ERPort{{ID: "/port", Name: "port", Links: snapshot.ERLinks{Read: whole("port"), Links: []snapshot.ERLink{{Name: "link1", MACsec: key}, {Name: "link2", MACsec: key}}}}}
		return n
	}
	for name, tc := range map[string]struct {
		change func(n *network)
		want   string
	}{
		"nothing was read": {func(*network) {}, "missing "},
		"the state": {func(n *network) {
			n.Routers[0].MACsec.Links = []snapshot.MACsecLink{{Interface: "er0", Secured: true, Policy: "should-secure"}}
		}, "ok should-secure"},
		"the configuration": {func(n *network) {
			n.Routers[0].Config = snapshot.Config{Read: whole("config"), Interfaces: []snapshot.InterfaceConfig{{Name: "er0", MACsec: true, MACsecPolicy: "must-secure"}}}
		}, "ok must-secure"},
		"the configuration of another port": {func(n *network) {
			n.Routers[0].Config = snapshot.Config{Read: whole("config"), Interfaces: []snapshot.InterfaceConfig{{Name: "er1", MACsec: true, MACsecPolicy: "must-secure"}}}
		}, "missing "},
	} {
		t.Run(name, func(t *testing.T) {
			n := direct()
			tc.change(n)
			if e := n.model().MACsecEnds[0]; e.ID != "peering/er-primary" || e.Status+" "+e.Policy != tc.want {
				t.Errorf("%+v, want %s", e, tc.want)
			}
		})
	}
	if got := guideline().model().MACsecEnds; len(got) != 0 {
		t.Errorf("a provider's circuit has ends of MACsec: %+v", got)
	}
}

func TestAVirtualWANIsOneWithVPNGateways(t *testing.T) {
	n := guideline()
	n.Azure.WANs = []snapshot.VirtualWAN{{ID: "/wan", Name: "wan", Unencrypted: true}}
	n.Azure.Hubs = []snapshot.Hub{{ID: "/h1", Name: "h1", WAN: "/wan", VPNGateway: "/v1"}, {ID: "/h2", Name: "h2", WAN: "/wan"}, {ID: "/h3", Name: "h3", WAN: "/gone", VPNGateway: "/v3"}}
	got := n.model().WANEncryptions
	if len(got) != 2 || got[0].ID != "wan/wan" || got[0].Encrypted || len(got[0].Gateways) != 1 || got[1].ID != "wan/gone" || got[1].Status != "missing" {
		t.Errorf("got %+v", got)
	}
}
