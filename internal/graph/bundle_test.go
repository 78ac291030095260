package graph_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// vary gives every spoke one of a few peerings, route tables and learned routes.
func (n *network) vary(t *rapid.T) {
	n.Azure.Firewalls = []snapshot.Firewall{{ID: "/fw", Name: "fw", Addrs: []netip.Addr{addr("10.64.1.4")}, Subnet: "/hub/fw"}}
	hub := &n.Azure.VNets[0]
	hub.Subnets = append(hub.Subnets, snapshot.Subnet{ID: "/hub/fw", Name: "AzureFirewallSubnet", Prefixes: []netip.Prefix{pfx("10.64.1.0/26")}})
	n.Azure.RouteTables = []snapshot.RouteTable{
		{ID: "/rt", Name: "rt", Routes: []snapshot.UserRoute{{Name: "all", Prefix: pfx("0.0.0.0/0"), Type: "VirtualAppliance", NextHop: addr("10.64.1.4")}}},
		{ID: "/rt-none", Name: "rt-none", DisablePropagation: true},
	}
	for i := range n.Azure.VNets[1:] {
		v := &n.Azure.VNets[i+1]
		v.Peerings[0].UseRemoteGateways = rapid.IntRange(0, 3).Draw(t, "gateways") > 0
		v.Peerings[0].Connected = rapid.IntRange(0, 5).Draw(t, "connected") > 0
		v.Subnets[0].RouteTable = rapid.SampledFrom([]string{"", "", "/rt", "/rt-none"}).Draw(t, "table")
		if rapid.IntRange(0, 3).Draw(t, "unlearned") == 0 {
			for r := range n.Routers {
				n.dropPaths(r, func(p snapshot.Path) bool { return p.Prefix == v.Prefixes[0] })
			}
		}
	}
}

// What a class says of its first subnet, a trace says of all others with their
// own names.
func TestAlikeSubnetsGoTheSameWay(t *testing.T) {
	bundled := 0
	rapid.Check(t, func(t *rapid.T) {
		n := guideline()
		n.spokes(8, 17)
		n.vary(t)
		g := graph.Build(n.Snapshot)
		of := make(map[string]string)
		for _, v := range n.Azure.VNets[1:] {
			of["subnet/"+v.Name+"/"+v.Subnets[0].Name] = v.Subnets[0].Prefixes[0].Addr().Next().String()
		}
		for _, c := range g.Model().Classes {
			bundled += len(c.Azure.Alike)
			for _, other := range c.Azure.Alike {
				if !holds(c.Azure, addr(of[other])) {
					t.Fatalf("%s: %v has no address of %s, %s", c.ID, c.Azure.Prefixes, other, of[other])
				}
				forward, back, err := g.Trace(pfx(c.OnPrem.Prefixes[0]).Addr().Next(), addr(of[other]))
				if err != nil {
					t.Fatal(err)
				}
				names := strings.NewReplacer(c.Azure.Subnet, other, vnet(c.Azure.Subnet), vnet(other))
				want := [][]string{renamed(way(c.Forward), names), renamed(way(c.Return), names)}
				if diff := cmp.Diff(want, [][]string{way(forward), way(back)}); diff != "" {
					t.Fatalf("%s, %s (-class +trace):\n%s", c.ID, other, diff)
				}
			}
		}
	})
	if bundled == 0 {
		t.Error("no two subnets were alike")
	}
}

// vnet is the part of a subnet's ID that stands in the names of peerings.
func vnet(subnet string) string { return "/" + strings.Split(subnet, "/")[1] + " " }

func renamed(lines []string, names *strings.Replacer) []string {
	out := slices.Clone(lines)
	for i := range out {
		out[i] = names.Replace(out[i])
	}
	return out
}

func TestANATRuleMattersToWhatItRewritesOnly(t *testing.T) {
	n := guideline()
	n.Azure.Connections[0].IngressNAT, n.Azure.Connections[1].IngressNAT = []string{"/nat"}, []string{"/nat"}
	n.Azure.Gateways[1].NAT.Rules = []snapshot.NATRule{{
		ID: "/nat", Name: "nat", Internal: []snapshot.NATMapping{{Prefix: pfx("10.10.7.0/24")}}, External: []snapshot.NATMapping{{Prefix: pfx("100.64.7.0/24")}},
	}}
	var known, unknown []string
	for _, c := range graph.Build(n.Snapshot).Model().Classes {
		if c.OnPrem.Router != "router/R1" || c.Azure.Subnet != "subnet/vnet-spoke/workload" {
			continue
		}
		side := fmt.Sprint(c.OnPrem.Prefixes, c.OnPrem.Except)
		if c.State(c.Return) == graph.NotKnown {
			unknown = append(unknown, side)
		} else {
			known = append(known, side)
		}
	}
	if diff := cmp.Diff([]string{"[10.10.7.0/24] []"}, unknown); diff != "" {
		t.Errorf("what is not known (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"[10.10.0.0/16] [10.10.7.0/24 10.10.10.1/32]"}, known); diff != "" {
		t.Errorf("what is known (-want +got):\n%s", diff)
	}
}
