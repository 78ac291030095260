package graph_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// large is the guideline's network with more of everything: sites' prefixes
// that Azure learns over both tunnels, and spokes that the routers learn.
func large(prefixes, spokes int) *network {
	n := guideline()
	n.spokes(spokes, 17)
	for i := range prefixes {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 10, byte(i >> 6), byte(i << 2)}), 30)
		n.Azure.Gateways[1].Learned.Routes = append(n.Azure.Gateways[1].Learned.Routes, learned(p.String(), "169.254.21.1", "65501"), learned(p.String(), "169.254.22.1", "65501"))
	}
	return n
}

// learn gives a router prefixes of Azure as it has 172.16.0.0/16.
func (n *network) learn(i int, ps []netip.Prefix) {
	r, like := &n.Routers[i], pfx("172.16.0.0/16")
	var paths []snapshot.Path
	for _, q := range r.BGP.Paths {
		if q.Prefix == like {
			paths = append(paths, q)
		}
	}
	var routes []snapshot.Route
	for _, q := range r.RIB.Routes {
		if q.Prefix == like {
			routes = append(routes, q)
		}
	}
	for _, p := range ps {
		for _, q := range paths {
			q.Prefix = p
			r.BGP.Paths = append(r.BGP.Paths, q)
		}
		for _, q := range routes {
			q.Prefix = p
			r.RIB.Routes = append(r.RIB.Routes, q)
		}
	}
}

// spokes adds VNets with a subnet each, which all routers learn.
func (n *network) spokes(count, second int) {
	ps := make([]netip.Prefix, count)
	for i := range ps {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{172, byte(second + i/256), byte(i), 0}), 24)
		id := fmt.Sprintf("/spoke%d", i)
		n.Azure.VNets = append(n.Azure.VNets, snapshot.VNet{
			ID: id, Name: id[1:], Prefixes: []netip.Prefix{p},
			Subnets:  []snapshot.Subnet{{ID: id + "/workload", Name: "workload", Prefixes: []netip.Prefix{p}}},
			Peerings: []snapshot.Peering{{Name: "to-hub", Remote: "/hub", Connected: true, UseRemoteGateways: true}},
		})
		hub := &n.Azure.VNets[0]
		hub.Peerings = append(hub.Peerings, snapshot.Peering{Name: id, Remote: id, Connected: true, AllowGatewayTransit: true})
		ps[i] = p
	}
	for r := range n.Routers {
		n.learn(r, ps)
	}
}

// BenchmarkModel builds the graph and judges every pair in steady state and
// under every failure; each step doubles one dimension.
func BenchmarkModel(b *testing.B) {
	for _, size := range []struct{ prefixes, spokes int }{{500, 25}, {1000, 25}, {2000, 25}, {4000, 25}, {1000, 50}, {1000, 100}} {
		b.Run(fmt.Sprintf("prefixes=%d/spokes=%d", size.prefixes, size.spokes), func(b *testing.B) {
			n := large(size.prefixes, size.spokes)
			b.ReportAllocs()
			for b.Loop() {
				if got := subnets(graph.Build(n.Snapshot).Model()); got != size.spokes+1 {
					b.Fatalf("the classes are of %d subnets, want %d", got, size.spokes+1)
				}
			}
		})
	}
}

// wide is a network of many routers in pairs, each pair with a circuit and a
// tunnel from each router, every router with routes BGP prefixes of two paths,
// and spokes that all of them learn.
func wide(routers, routes, spokes int) *network {
	n := large(0, 0)
	n.Routers, n.Azure.Connections, n.Azure.LocalSites, n.Azure.Circuits = nil, nil, nil, nil
	n.Azure.Gateways[0].Learned.Routes, n.Azure.Gateways[1].Learned.Routes = nil, nil
	for i := range routers {
		n.addSite(i)
	}
	n.spokes(spokes, 32)
	for r := range n.Routers {
		n.fillUp(r, routes)
	}
	return n
}

// addSite adds router i, with its site, its link, its tunnel and what Azure
// learns from it.
func (n *network) addSite(i int) {
	b, own := byte(i), i%2
	name, id := fmt.Sprintf("R%d", i+1), fmt.Sprint(i)
	net := func(i int) string { return fmt.Sprintf("%d.%d", 10+i/150, 100+i%150) }
	lan, loop, other := net(i)+".0.0/16", net(i)+".10.1", net(i^1)+".0.0/16"
	er := fmt.Sprintf("192.168.%d", b)
	apipa := fmt.Sprintf("169.254.%d", b)
	core := []string{fmt.Sprintf("10.255.%d.1", i/2), fmt.Sprintf("10.255.%d.2", i/2)}
	n.Routers = append(n.Routers, edgeRouter(name, loop, lan, er, apipa, core[own], core[1-own], other))
	n.Azure.Gateways[1].Instances[own].Custom = append(n.Azure.Gateways[1].Instances[own].Custom, addr(apipa+".2"))
	n.Azure.LocalSites = append(n.Azure.LocalSites, snapshot.LocalNetworkGateway{ID: "/l" + id, Name: "lng" + id, Endpoint: addr(loop), Peer: addr(apipa + ".1")})
	n.Azure.Connections = append(n.Azure.Connections, snapshot.Connection{
		ID: "/c" + id, Name: "conn" + id, Type: "IPsec", Gateway: "/vpn", LocalSite: "/l" + id, Status: "Connected", UsePrivate: true, EnableBGP: true,
	})
	n.Azure.Gateways[1].Learned.Routes = append(n.Azure.Gateways[1].Learned.Routes, learned(lan, apipa+".1", "65501"))
	n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned(loop+"/32", "10.64.0.8", "12076 65501"))
	table := snapshot.MSEETable{Read: whole("msee" + id), Routes: []snapshot.MSEERoute{
		edge(loop+"/32", er+".1"), edge("10.64.0.0/23", "10.64.0.12"), edge("172.16.0.0/12", "10.64.0.12"),
	}}
	if own == 0 {
		n.Azure.Circuits = append(n.Azure.Circuits, snapshot.Circuit{ID: "/circuit" + id, Name: "er" + id, Peering: &snapshot.PrivatePeering{Primary: pfx(er + ".0/30")}})
		n.Azure.Connections = append(n.Azure.Connections, snapshot.Connection{ID: "/x" + id, Name: "er" + id, Type: "ExpressRoute", Gateway: "/er", Circuit: "/circuit" + id})
	}
	c := &n.Azure.Circuits[len(n.Azure.Circuits)-1]
	c.Peering.Tables[own] = table
	if own == 1 {
		c.Peering.Secondary = pfx(er + ".0/30")
	}
}

// fillUp gives a router prefixes of the rest of the world, two paths each, until
// it has as many as asked.
func (n *network) fillUp(i, routes int) {
	r := &n.Routers[i]
	hop, other := r.BGP.Paths[1].NextHop, r.Ports.Interfaces[0].Addrs[0].Addr().Next().String()
	for j := range routes - len(r.RIB.Routes) {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(20 + j>>16), byte(j >> 8), byte(j), 0}), 24).String()
		best := path(p, other, 100, "12076 65000")
		best.Best = true
		second := path(p, hop, 100, "65000 65001")
		second.Internal = true
		r.BGP.Paths = append(r.BGP.Paths, best, second)
		r.RIB.Routes = append(r.RIB.Routes, route(p, snapshot.BGPProto, 20, other, "er0"))
	}
}

// BenchmarkWide is the graph of large networks; the last two of each row double
// one dimension.
func BenchmarkWide(b *testing.B) {
	for _, size := range []struct{ routers, routes, spokes int }{
		{10, 10_000, 100}, {10, 20_000, 100}, {10, 10_000, 200}, {20, 10_000, 100}, {10, 100_000, 1000}, {2, 1_000_000, 10}, {200, 5_000, 5_000},
	} {
		b.Run(fmt.Sprintf("routers=%d/routes=%d/spokes=%d", size.routers, size.routes, size.spokes), func(b *testing.B) {
			n := wide(size.routers, size.routes, size.spokes)
			b.ReportAllocs()
			for b.Loop() {
				m := graph.Build(n.Snapshot).Model()
				if got := subnets(m); got != size.spokes+1 {
					b.Fatalf("the classes are of %d subnets, want %d", got, size.spokes+1)
				}
				failures := 0
				for _, c := range m.Classes {
					failures += len(c.Failures)
				}
				b.ReportMetric(float64(failures), "failures")
				b.ReportMetric(float64(len(m.Classes)), "classes")
			}
		})
	}
}

// subnets counts those that the classes are of.
func subnets(m graph.Model) int {
	seen := make(map[string]bool)
	for _, c := range m.Classes {
		seen[c.Azure.Subnet] = true
		for _, id := range c.Azure.Alike {
			seen[id] = true
		}
	}
	return len(seen)
}
