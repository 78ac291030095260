package graph_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// The oracles below are slow and obvious: one address, a linear scan, and the
// rules in the order in which the documents state them.

// smallPrefix draws a prefix inside 10.10.0.0/28 or one that covers it.
func smallPrefix(t *rapid.T, label string) netip.Prefix {
	bits := rapid.IntRange(26, 32).Draw(t, label+" bits")
	last := rapid.ByteRange(0, 15).Draw(t, label+" host")
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 10, 0, last}), bits).Masked()
}

func distinct(t *rapid.T, label string, most int) []netip.Prefix {
	var out []netip.Prefix
	seen := make(map[netip.Prefix]bool)
	for range rapid.IntRange(0, most).Draw(t, label) {
		if p := smallPrefix(t, label); !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

// azureOracle says where a spoke's packet goes: "fw", "er", "vpn", or "none".
// Microsoft, virtual-networks-udr-overview: longest prefix; at equal length
// user-defined, then BGP, then system. site-to-site-vpn-private-peering: at
// equal length ExpressRoute over VPN.
func azureOracle(dst netip.Addr, user, er, vpn []netip.Prefix) string {
	best, bits := "none", -1
	for _, source := range []struct {
		name string
		ps   []netip.Prefix
	}{{"fw", user}, {"er", er}, {"vpn", vpn}} {
		for _, p := range source.ps {
			if p.Contains(dst) && p.Bits() > bits {
				best, bits = source.name, p.Bits()
			}
		}
	}
	return best
}

func TestAzureForwardsAsTheDocumentsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		user, er, vpn := distinct(t, "user", 4), distinct(t, "er", 4), distinct(t, "vpn", 4)
		n := guideline()
		n.Azure.Firewalls = []snapshot.Firewall{{ID: "/fw", Name: "azfw", Subnet: "/none", Addrs: []netip.Addr{addr("10.64.1.4")}}}
		rt := snapshot.RouteTable{ID: "/rt", Name: "rt"}
		for _, p := range user {
			rt.Routes = append(rt.Routes, snapshot.UserRoute{Name: "u", Prefix: p, Type: "VirtualAppliance", NextHop: addr("10.64.1.4")})
		}
		n.Azure.RouteTables = []snapshot.RouteTable{rt}
		n.Azure.VNets[1].Subnets[0].RouteTable = "/rt"
		n.Azure.Gateways[0].Learned.Routes, n.Azure.Gateways[1].Learned.Routes = nil, nil
		msee := &n.Azure.Circuits[0].Peering.Tables[0]
		for _, p := range er {
			n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned(p.String(), "10.64.0.8", "12076 65501"))
			msee.Routes = append(msee.Routes, edge(p.String(), "192.168.100.1"))
		}
		for _, p := range vpn {
			n.Azure.Gateways[1].Learned.Routes = append(n.Azure.Gateways[1].Learned.Routes, learned(p.String(), "169.254.21.1", "65501"))
		}
		g := graph.Build(n.Snapshot)
		for i := range byte(16) {
			dst := netip.AddrFrom4([4]byte{10, 10, 0, i})
			_, back, err := g.Trace(dst, addr("172.16.1.4"))
			if err != nil {
				t.Fatal(err)
			}
			got := "none"
			switch h := back.Hops[0]; {
			case h.Link == "vnet/firewall":
				got = "fw"
			case h.LinkKind == "microsoft":
				got = "er"
			case h.Link == "vnet/vpngw":
				got = "vpn"
			}
			if want := azureOracle(dst, user, er, vpn); got != want {
				t.Fatalf("%s: %s (%v), want %s", dst, got, way(back), want)
			}
		}
	})
}

// routerOracle scans the RIB: the longest prefix, then the lowest distance.
func routerOracle(dst netip.Addr, rs []snapshot.Route) string {
	best, bits := "none", -1
	for _, r := range rs {
		if r.Selected && r.Prefix.Contains(dst) && r.Prefix.Bits() > bits {
			best, bits = r.NextHops[0].Interface, r.Prefix.Bits()
		}
	}
	return best
}

func TestRoutersForwardByLongestMatch(t *testing.T) {
	exits := map[string]string{"er0": "192.168.100.2", "ipsec0": "169.254.21.2", "core0": "10.255.0.2"}
	rapid.Check(t, func(t *rapid.T) {
		n := guideline()
		n.dropRoutes(0, func(r snapshot.Route) bool { return r.Protocol != snapshot.Connected })
		n.Routers[0].BGP.Paths = n.Routers[0].BGP.Paths[:1]
		seen := make(map[netip.Prefix]bool)
		var rs []snapshot.Route
		for range rapid.IntRange(0, 8).Draw(t, "routes") {
			last := rapid.ByteRange(0, 15).Draw(t, "host")
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 16, 1, last}), rapid.IntRange(24, 32).Draw(t, "bits")).Masked()
			if seen[p] {
				continue
			}
			seen[p] = true
			iface := rapid.SampledFrom([]string{"er0", "ipsec0", "core0"}).Draw(t, "exit")
			rs = append(rs, route(p.String(), snapshot.Static, 1, exits[iface], iface))
		}
		n.Routers[0].RIB.Routes = append(n.Routers[0].RIB.Routes, rs...)
		g := graph.Build(n.Snapshot)
		links := map[string]string{"peering/er-primary": "er0", tunnel1: "ipsec0", "lan/R1-R2": "core0", "": "none"}
		for i := range byte(16) {
			dst := netip.AddrFrom4([4]byte{172, 16, 1, i})
			forward, _, err := g.Trace(addr("10.10.5.7"), dst)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := links[forward.Hops[0].Link], routerOracle(dst, rs); got != want {
				t.Fatalf("%s: %s (%v), want %s", dst, got, way(forward), want)
			}
		}
	})
}

// The order of facts is an accident of collection and changes nothing.
func TestOrderOfFactsDoesNotMatter(t *testing.T) {
	want := graph.Build(guideline().Snapshot).Model()
	rapid.Check(t, func(t *rapid.T) {
		n := guideline()
		for i := range n.Routers {
			n.Routers[i].BGP.Paths = rapid.Permutation(n.Routers[i].BGP.Paths).Draw(t, "paths")
			n.Routers[i].RIB.Routes = rapid.Permutation(n.Routers[i].RIB.Routes).Draw(t, "routes")
		}
		n.Routers = rapid.Permutation(n.Routers).Draw(t, "routers")
		n.Azure.VNets = rapid.Permutation(n.Azure.VNets).Draw(t, "vnets")
		n.Azure.Gateways = rapid.Permutation(n.Azure.Gateways).Draw(t, "gateways")
		n.Azure.Connections = rapid.Permutation(n.Azure.Connections).Draw(t, "connections")
		got := graph.Build(n.Snapshot).Model()
		if len(got.Classes) != len(want.Classes) {
			t.Fatalf("%d classes, want %d", len(got.Classes), len(want.Classes))
		}
		for i, c := range got.Classes {
			w := want.Classes[i]
			if c.ID != w.ID || way(c.Forward)[0] != way(w.Forward)[0] || way(c.Return)[0] != way(w.Return)[0] || len(c.Failures) != len(w.Failures) {
				t.Fatalf("class %s: %v %v, want %s: %v %v", c.ID, way(c.Forward), way(c.Return), w.ID, way(w.Forward), way(w.Return))
			}
			for j, f := range c.Failures {
				if f.Forward != w.Failures[j].Forward || f.Return != w.Failures[j].Return {
					t.Fatalf("class %s with %v down: %s, %s; want %s, %s", c.ID, f.Down, f.Forward, f.Return, w.Failures[j].Forward, w.Failures[j].Return)
				}
			}
		}
	})
}

// A route changes nothing for destinations that it does not cover.
func TestARouteMattersOnlyToWhatItCovers(t *testing.T) {
	before := graph.Build(guideline().Snapshot)
	rapid.Check(t, func(t *rapid.T) {
		last := rapid.ByteRange(0, 255).Draw(t, "host")
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 16, 1, last}), rapid.IntRange(25, 32).Draw(t, "bits")).Masked()
		n := guideline()
		n.Routers[0].RIB.Routes = append(n.Routers[0].RIB.Routes, route(p.String(), snapshot.Static, 1, "192.168.100.2", "er0"))
		after := graph.Build(n.Snapshot)
		dst := netip.AddrFrom4([4]byte{172, 16, 1, rapid.ByteRange(0, 255).Draw(t, "dst")})
		was, _, err := before.Trace(addr("10.10.5.7"), dst)
		if err != nil {
			t.Fatal(err)
		}
		is, _, err := after.Trace(addr("10.10.5.7"), dst)
		if err != nil {
			t.Fatal(err)
		}
		if changed := was.Hops[0].Link != is.Hops[0].Link; changed != p.Contains(dst) {
			t.Fatalf("route %s: %s went %v, then %v", p, dst, way(was), way(is))
		}
	})
}

// Every address is in exactly one class of its site and subnet, and the class's
// paths are the address's own.
func TestClassesSayOfEachAddressWhatATraceSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := guideline()
		msee := &n.Azure.Circuits[0].Peering.Tables[0]
		for _, p := range distinct(t, "er", 4) {
			n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned(p.String(), "10.64.0.8", "12076 65501"))
			msee.Routes = append(msee.Routes, edge(p.String(), "192.168.100.1"))
		}
		for _, p := range distinct(t, "vpn", 4) {
			peer := rapid.SampledFrom([]string{"169.254.21.1", "169.254.22.1"}).Draw(t, "peer")
			n.Azure.Gateways[1].Learned.Routes = append(n.Azure.Gateways[1].Learned.Routes, learned(p.String(), peer, "65501"))
		}
		for _, p := range distinct(t, "static", 2) {
			n.Routers[1].RIB.Routes = append(n.Routers[1].RIB.Routes, route(p.String(), snapshot.Static, 1, "10.255.0.1", "core0"))
		}
		g := graph.Build(n.Snapshot)
		m := g.Model()
		for i := range byte(16) {
			dst := netip.AddrFrom4([4]byte{10, 10, 0, i})
			forward, back, err := g.Trace(dst, addr("172.16.1.4"))
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, c := range m.Classes {
				if c.OnPrem.Router != "router/R1" || c.Azure.Subnet != "subnet/vnet-spoke/workload" || !holds(c.OnPrem, dst) {
					continue
				}
				found++
				if diff := cmp.Diff([][]string{way(forward), way(back)}, [][]string{way(c.Forward), way(c.Return)}); diff != "" {
					t.Fatalf("%s in %s (-trace +class):\n%s", dst, c.ID, diff)
				}
			}
			if found != 1 {
				t.Fatalf("%s is in %d classes, want 1", dst, found)
			}
		}
	})
}

// cross sends the own packets of each tunnel through the other router.
func (n *network) cross() {
	n.unpin()
	for i, other := range []string{"10.255.0.2", "10.255.0.1"} {
		n.Routers[i].RIB.Routes = append(n.Routers[i].RIB.Routes, route([]string{"10.64.0.4/32", "10.64.0.5/32"}[i], snapshot.Static, 1, other, "core0"))
	}
}

// preferCircuit makes a router send over ExpressRoute, and the other one too.
func (n *network) preferCircuit(i int) {
	er := []string{"192.168.100.2", "192.168.200.2"}[i]
	r := &n.Routers[i]
	for j := range r.BGP.Paths {
		if p := &r.BGP.Paths[j]; p.Prefix == pfx("172.16.0.0/16") || p.Prefix == pfx("10.64.0.0/23") {
			p.Best = p.NextHop == er
			if p.Best {
				p.LocalPref = new(uint32(300))
			}
		}
	}
	for j := range r.RIB.Routes {
		if rt := &r.RIB.Routes[j]; rt.Protocol == snapshot.BGPProto && (rt.Prefix == pfx("172.16.0.0/16") || rt.Prefix == pfx("10.64.0.0/23")) {
			rt.NextHops = []snapshot.NextHop{{Addr: addr(er), Interface: "er0"}}
		}
	}
}

// breakable are the parts of the guideline's network.
func breakable() []string {
	return []string{
		tunnel1, tunnel2, "instance/vpngw-0", "instance/vpngw-1", "gateway/vpngw", "router/R1", "router/R2", "circuit/er",
		"peering/er-primary", "peering/er-secondary", "session/R1/R2", "session/R1/vpngw-0", "session/R2/vpngw-1",
		"session/R1/er-primary", "session/R2/er-secondary",
	}
}

// varied is the guideline's network in one of many ways to build it.
func varied(t *rapid.T) *network {
	n := guideline()
	if rapid.Bool().Draw(t, "unpinned") {
		n.unpin()
	}
	if rapid.Bool().Draw(t, "closed") {
		n.failClosed()
	}
	if rapid.Bool().Draw(t, "crossed") {
		n.cross()
	}
	if rapid.Bool().Draw(t, "clear") {
		n.preferCircuit(rapid.IntRange(0, 1).Draw(t, "router"))
	}
	if rapid.Bool().Draw(t, "vrf") {
		n.frontDoor()
	}
	for _, p := range distinct(t, "static", 2) {
		n.Routers[1].RIB.Routes = append(n.Routers[1].RIB.Routes, route(p.String(), snapshot.Static, 1, "10.255.0.1", "core0"))
	}
	for i := range n.Routers {
		n.dropPaths(i, func(p snapshot.Path) bool { return !p.Best && rapid.IntRange(0, 3).Draw(t, "drop") == 0 })
	}
	return n
}

// Of two parts that fail together, a class says what a trace says, and says it
// whenever that is worse than what either does alone.
func TestTwoFailuresAreListedWhenTheyAreWorseThanOne(t *testing.T) {
	parts, listed := breakable(), 0
	rapid.Check(t, func(t *rapid.T) {
		g := graph.Build(varied(t).Snapshot)
		pair := rapid.Permutation(parts).Draw(t, "parts")[:2]
		slices.Sort(pair)
		for _, c := range g.Model().Classes {
			src, dst := pfx(c.OnPrem.Prefixes[0]).Addr(), pfx(c.Azure.Prefixes[0]).Addr()
			if !holds(c.OnPrem, src) || !holds(c.Azure, dst) {
				continue
			}
			inClear := func(down ...string) [2]bool {
				forward, back, err := g.Trace(src, dst, down...)
				if err != nil {
					t.Fatal(err)
				}
				return [2]bool{c.State(forward) == graph.InClear, c.State(back) == graph.InClear}
			}
			both, before := inClear(pair...), [][2]bool{inClear(pair[0]), inClear(pair[1]), inClear()}
			i := slices.IndexFunc(c.Failures, func(f graph.Failure) bool { return slices.Equal(f.Down, pair) })
			for way, word := range []string{"forward", "back"} {
				worse := both[way] && !slices.ContainsFunc(before, func(b [2]bool) bool { return b[way] })
				if worse && i < 0 {
					t.Fatalf("%s: %s with %v down is in clear, and in no failure", c.ID, word, pair)
				}
			}
			if i < 0 {
				continue
			}
			listed++
			forward, back, _ := g.Trace(src, dst, pair...)
			f := c.Failures[i]
			if diff := cmp.Diff([][]string{way(f.ForwardPath), way(f.ReturnPath)}, [][]string{way(forward), way(back)}); diff != "" {
				t.Fatalf("%s with %v down (-class +trace):\n%s", c.ID, pair, diff)
			}
		}
	})
	if listed == 0 {
		t.Error("no failure of two parts was listed")
	}
}

// Only the failures that a path rests on are tried again: of every other one, a
// trace says that it changes nothing.
func TestWhatAFailureDoesNotTouchStaysAsItIs(t *testing.T) {
	parts := breakable()
	rapid.Check(t, func(t *rapid.T) {
		g := graph.Build(varied(t).Snapshot)
		for _, c := range g.Model().Classes {
			src, dst := netip.MustParsePrefix(c.OnPrem.Prefixes[0]).Addr(), netip.MustParsePrefix(c.Azure.Prefixes[0]).Addr()
			if !holds(c.OnPrem, src) || !holds(c.Azure, dst) {
				continue
			}
			for _, part := range parts {
				forward, back, err := g.Trace(src, dst, part)
				if err != nil {
					t.Fatal(err)
				}
				want := [][]string{way(c.Forward), way(c.Return)}
				for _, f := range c.Failures {
					if slices.Equal(f.Down, []string{part}) {
						want = [][]string{way(f.ForwardPath), way(f.ReturnPath)}
					}
				}
				if diff := cmp.Diff(want, [][]string{way(forward), way(back)}); diff != "" {
					t.Fatalf("%s with %s down (-class +trace):\n%s", c.ID, part, diff)
				}
			}
		}
	})
}

func holds(s finding.Side, a netip.Addr) bool {
	in := func(ps []string) bool {
		return slices.ContainsFunc(ps, func(p string) bool { return netip.MustParsePrefix(p).Contains(a) })
	}
	return in(s.Prefixes) && !in(s.Except)
}
