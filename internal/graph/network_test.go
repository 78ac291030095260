package graph_test

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// network is the guideline's topology, written as facts: two routers, one
// circuit, an active-active VPN gateway, a hub and a spoke. Tests change it.
type network struct {
	snapshot.Snapshot
}

func pfx(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func whole(item string) snapshot.Read { return snapshot.Read{Item: item, Status: snapshot.OK} }

// guideline has tunnels that both routers prefer by local preference, the
// GatewaySubnet pinned to ExpressRoute, and backup paths over ExpressRoute.
func guideline() *network {
	n := &network{}
	n.Azure.VNets = []snapshot.VNet{
		{
			ID: "/hub", Name: "vnet-hub", Prefixes: []netip.Prefix{pfx("10.64.0.0/23")},
			Subnets:  []snapshot.Subnet{{ID: "/hub/gw", Name: "GatewaySubnet", Prefixes: []netip.Prefix{pfx("10.64.0.0/26")}}},
			Peerings: []snapshot.Peering{{Name: "to-spoke", Remote: "/spoke", Connected: true, AllowGatewayTransit: true}},
		},
		{
			ID: "/spoke", Name: "vnet-spoke", Prefixes: []netip.Prefix{pfx("172.16.0.0/16")},
			Subnets:  []snapshot.Subnet{{ID: "/spoke/workload", Name: "workload", Prefixes: []netip.Prefix{pfx("172.16.1.0/24")}}},
			Peerings: []snapshot.Peering{{Name: "to-hub", Remote: "/hub", Connected: true, UseRemoteGateways: true}},
		},
	}
	n.Azure.Gateways = []snapshot.Gateway{
		{ID: "/er", Name: "ergw", Type: snapshot.ExpressRoute, Subnet: "/hub/gw", Learned: snapshot.Learned{Read: whole("er"), Routes: []snapshot.LearnedRoute{
			learned("10.10.10.1/32", "10.64.0.8", "12076 65501"), learned("10.20.10.1/32", "10.64.0.9", "12076 65501"),
		}}},
		{
			ID: "/vpn", Name: "vpngw", Type: snapshot.VPN, Subnet: "/hub/gw", PrivateIP: true,
			Instances: []snapshot.Instance{
				{Config: "c1", Default: []netip.Addr{addr("10.64.0.4")}, Custom: []netip.Addr{addr("169.254.21.2")}, Tunnel: []netip.Addr{addr("20.1.1.1"), addr("10.64.0.4")}},
				{Config: "c2", Default: []netip.Addr{addr("10.64.0.5")}, Custom: []netip.Addr{addr("169.254.22.2")}, Tunnel: []netip.Addr{addr("20.1.1.2"), addr("10.64.0.5")}},
			},
			Learned: snapshot.Learned{Read: whole("vpn"), Routes: []snapshot.LearnedRoute{
				learned("10.10.0.0/16", "169.254.21.1", "65501"), learned("10.20.0.0/16", "169.254.22.1", "65501"),
			}},
		},
	}
	n.Azure.Circuits = []snapshot.Circuit{{ID: "/circuit", Name: "er", Peering: &snapshot.PrivatePeering{
		Primary: pfx("192.168.100.0/30"), Secondary: pfx("192.168.200.0/30"),
		Tables: [2]snapshot.MSEETable{
			{Read: whole("pri"), Routes: []snapshot.MSEERoute{edge("10.10.10.1/32", "192.168.100.1"), edge("10.64.0.0/23", "10.64.0.12"), edge("172.16.0.0/16", "10.64.0.12")}},
			{Read: whole("sec"), Routes: []snapshot.MSEERoute{edge("10.20.10.1/32", "192.168.200.1"), edge("10.64.0.0/23", "10.64.0.12"), edge("172.16.0.0/16", "10.64.0.12")}},
		},
	}}}
	n.Azure.LocalSites = []snapshot.LocalNetworkGateway{
		{ID: "/l1", Name: "lng1", Endpoint: addr("10.10.10.1"), Peer: addr("169.254.21.1")},
		{ID: "/l2", Name: "lng2", Endpoint: addr("10.20.10.1"), Peer: addr("169.254.22.1")},
	}
	n.Azure.Connections = []snapshot.Connection{
		{ID: "/c1", Name: "conn1", Type: "IPsec", Gateway: "/vpn", LocalSite: "/l1", Status: "Connected", UsePrivate: true, EnableBGP: true},
		{ID: "/c2", Name: "conn2", Type: "IPsec", Gateway: "/vpn", LocalSite: "/l2", Status: "Connected", UsePrivate: true, EnableBGP: true},
		{ID: "/c3", Name: "er", Type: "ExpressRoute", Gateway: "/er", Circuit: "/circuit"},
	}
	n.Routers = []snapshot.Router{
		edgeRouter("R1", "10.10.10.1", "10.10.0.0/16", "192.168.100", "169.254.21", "10.255.0.1", "10.255.0.2", "10.20.0.0/16"),
		edgeRouter("R2", "10.20.10.1", "10.20.0.0/16", "192.168.200", "169.254.22", "10.255.0.2", "10.255.0.1", "10.10.0.0/16"),
	}
	return n
}

func learned(prefix, peer, path string) snapshot.LearnedRoute {
	return snapshot.LearnedRoute{Prefix: pfx(prefix), NextHop: addr(peer), Peer: addr(peer), Origin: "EBgp", ASPath: path}
}

func edge(prefix, hop string) snapshot.MSEERoute {
	return snapshot.MSEERoute{Prefix: pfx(prefix), NextHop: addr(hop), Best: true}
}

// edgeRouter is a router with a LAN, a private-peering link, a tunnel, and an
// internal session to the other router.
func edgeRouter(name, loopback, lan, er, apipa, own, other, otherLAN string) snapshot.Router {
	r := snapshot.Router{Name: name, Platform: "frr"}
	r.BGP = snapshot.BGP{Read: whole(name + "/bgp"), RouterID: addr(loopback), LocalAS: 65501}
	r.RIB.Read, r.Sessions.Read, r.Ports.Read = whole(name+"/rib"), whole(name+"/summary"), whole(name+"/ports")
	r.Ports.Interfaces = []snapshot.Interface{
		port("er0", er+".1/30"), port("ipsec0", apipa+".1/30"), port("core0", own+"/30"), port("lo", loopback+"/32"),
		{Name: "lan0", VRF: "default", Up: true, Addrs: []netip.Prefix{netip.PrefixFrom(pfx(lan).Addr().Next(), pfx(lan).Bits())}},
	}
	for _, p := range []string{er + ".2", apipa + ".2", other} {
		r.Sessions.Peers = append(r.Sessions.Peers, snapshot.Peer{VRF: "default", Addr: addr(p), State: "Established"})
	}
	for i, c := range []string{lan, loopback + "/32", er + ".0/30", apipa + ".0/30", "10.255.0.0/30"} {
		r.RIB.Routes = append(r.RIB.Routes, route(c, snapshot.Connected, 0, "", []string{"lan0", "lo", "er0", "ipsec0", "core0"}[i]))
	}
	r.RIB.Routes = append(r.RIB.Routes, route("10.64.0.0/26", snapshot.Static, 1, er+".2", "er0"), route(otherLAN, snapshot.BGPProto, 200, other, "core0"))
	r.BGP.Paths = []snapshot.Path{path(lan, "0.0.0.0", 0, ""), path(otherLAN, other, 100, "")}
	r.BGP.Paths[0].Best, r.BGP.Paths[1].Best = true, true
	for _, p := range []string{"10.64.0.0/23", "172.16.0.0/16"} {
		r.RIB.Routes = append(r.RIB.Routes, route(p, snapshot.BGPProto, 20, apipa+".2", "ipsec0"))
		best := path(p, apipa+".2", 200, "65515")
		best.Best = true
		r.BGP.Paths = append(r.BGP.Paths, best, path(p, other, 200, "65515"), path(p, er+".2", 100, "12076"))
	}
	for i := range r.BGP.Paths {
		r.BGP.Paths[i].Internal = r.BGP.Paths[i].NextHop == other
	}
	return r
}

func port(name, a string) snapshot.Interface {
	return snapshot.Interface{Name: name, VRF: "default", Up: true, Addrs: []netip.Prefix{pfx(a)}}
}

func route(p, proto string, distance uint32, hop, iface string) snapshot.Route {
	n := snapshot.NextHop{Interface: iface}
	if hop != "" {
		n.Addr = addr(hop)
	}
	return snapshot.Route{VRF: "default", Prefix: pfx(p), Protocol: proto, Distance: new(distance), Selected: true, Installed: true, NextHops: []snapshot.NextHop{n}}
}

func path(p, hop string, pref uint32, as string) snapshot.Path {
	out := snapshot.Path{VRF: "default", Prefix: pfx(p), NextHop: hop, Valid: true, ASPath: as, Origin: "i"}
	if pref > 0 {
		out.LocalPref = new(pref)
	}
	return out
}

// unpin takes the GatewaySubnet's own route away, as the guideline's example does.
func (n *network) unpin() *network {
	for i := range n.Routers {
		n.dropRoutes(i, func(r snapshot.Route) bool { return r.Prefix == pfx("10.64.0.0/26") })
	}
	return n
}

// failClosed makes the routers accept nothing over ExpressRoute.
func (n *network) failClosed() *network {
	for i := range n.Routers {
		n.dropPaths(i, func(p snapshot.Path) bool { return strings.HasPrefix(p.NextHop, "192.168.") })
	}
	return n
}

func (n *network) dropRoutes(i int, drop func(snapshot.Route) bool) {
	var kept []snapshot.Route
	for _, r := range n.Routers[i].RIB.Routes {
		if !drop(r) {
			kept = append(kept, r)
		}
	}
	n.Routers[i].RIB.Routes = kept
}

func (n *network) dropPaths(i int, drop func(snapshot.Path) bool) {
	var kept []snapshot.Path
	for _, p := range n.Routers[i].BGP.Paths {
		if !drop(p) {
			kept = append(kept, p)
		}
	}
	n.Routers[i].BGP.Paths = kept
}
