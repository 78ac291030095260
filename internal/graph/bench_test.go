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
	for i := range spokes {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{172, byte(17 + i/256), byte(i), 0}), 24)
		id := fmt.Sprintf("/spoke%d", i)
		n.Azure.VNets = append(n.Azure.VNets, snapshot.VNet{
			ID: id, Name: id[1:], Prefixes: []netip.Prefix{p},
			Subnets:  []snapshot.Subnet{{ID: id + "/workload", Name: "workload", Prefixes: []netip.Prefix{p}}},
			Peerings: []snapshot.Peering{{Name: "to-hub", Remote: "/hub", Connected: true, UseRemoteGateways: true}},
		})
		hub := &n.Azure.VNets[0]
		hub.Peerings = append(hub.Peerings, snapshot.Peering{Name: id, Remote: id, Connected: true, AllowGatewayTransit: true})
		for r := range n.Routers {
			n.learn(r, p)
		}
	}
	for i := range prefixes {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 10, byte(i >> 6), byte(i << 2)}), 30)
		n.Azure.Gateways[1].Learned.Routes = append(n.Azure.Gateways[1].Learned.Routes, learned(p.String(), "169.254.21.1", "65501"), learned(p.String(), "169.254.22.1", "65501"))
	}
	return n
}

// learn gives a router a prefix of Azure as it has 172.16.0.0/16.
func (n *network) learn(i int, p netip.Prefix) {
	r := &n.Routers[i]
	for _, q := range r.BGP.Paths {
		if q.Prefix == pfx("172.16.0.0/16") {
			q.Prefix = p
			r.BGP.Paths = append(r.BGP.Paths, q)
		}
	}
	for _, q := range r.RIB.Routes {
		if q.Prefix == pfx("172.16.0.0/16") {
			q.Prefix = p
			r.RIB.Routes = append(r.RIB.Routes, q)
		}
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
				if m := graph.Build(n.Snapshot).Model(); len(m.Classes) < 2*(size.spokes+1) {
					b.Fatalf("%d classes, want at least %d", len(m.Classes), 2*(size.spokes+1))
				}
			}
		})
	}
}
