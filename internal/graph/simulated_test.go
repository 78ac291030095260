package graph_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// design is a network as its configuration describes it: two edge routers with a
// tunnel and a link of the circuit each, and a core router that has neither, in a
// full mesh of iBGP with next-hop-self. The graph sees only what the routers and Azure
// have while all is up; what becomes of the design when parts fail is worked out here
// again from its configuration, by BGP's rules and nothing of the graph's.
type design struct {
	routers  int // 2, or 3 with the core router
	fromER   [2]int
	fromVPN  [2]int // local preference; 0 denies all
	toER     [2][3]bool
	toVPN    [2][3]bool // whether an edge router tells of a router's LAN
	longerER [2]int     // by how often its own AS is prepended
	longer   [2]int     // the same towards the VPN gateway
	halves   [2]bool    // whether the VPN is told of a LAN's two halves
	halvesER [2]bool    // whether ExpressRoute is
	summary  [2]bool    // whether ExpressRoute is told of 10.0.0.0/8
}

func drawDesign(t *rapid.T) design {
	d := design{routers: rapid.IntRange(2, 3).Draw(t, "routers")}
	for i := range 2 {
		d.fromER[i] = rapid.SampledFrom([]int{0, 50, 100, 150, 250}).Draw(t, fmt.Sprintf("R%d takes from ExpressRoute", i+1))
		d.fromVPN[i] = rapid.SampledFrom([]int{0, 120, 200, 300}).Draw(t, fmt.Sprintf("R%d takes from the VPN", i+1))
		for j := range d.routers {
			d.toER[i][j] = rapid.IntRange(0, 3).Draw(t, fmt.Sprintf("R%d tells ExpressRoute of LAN %d", i+1, j+1)) == 0
			d.toVPN[i][j] = rapid.IntRange(0, 3).Draw(t, fmt.Sprintf("R%d tells the VPN of LAN %d", i+1, j+1)) > 0
		}
		d.longerER[i] = rapid.IntRange(0, 1).Draw(t, "prepended to ExpressRoute")
		d.summary[i] = rapid.IntRange(0, 3).Draw(t, "summary") == 0
		d.halvesER[i] = rapid.IntRange(0, 3).Draw(t, "halves over ExpressRoute") == 0
		d.halves[i] = rapid.Bool().Draw(t, "halves")
		d.longer[i] = rapid.IntRange(0, 1).Draw(t, "prepended to the VPN")
	}
	return d
}

// offer is a path to Azure's prefix that a router has. from is "er", "vpn", or the
// router that told of it.
type offer struct {
	from string
	pref int
}

// state is what is up.
type state struct {
	design
	down []string
}

func (s state) up(parts ...string) bool {
	return !slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(s.down, p) })
}

func name(i int) string { return fmt.Sprintf("R%d", i+1) }

func link(i int) string { return []string{"er-primary", "er-secondary"}[i] }

// talks reports whether two routers' session is up.
func (s state) talks(i, j int) bool {
	return s.up("router/"+name(i), "router/"+name(j), "session/"+name(min(i, j))+"/"+name(max(i, j)))
}

// peers reports whether an edge router's session with the circuit is up.
func (s state) peers(i int) bool {
	return s.up("router/"+name(i), "circuit/er", "peering/"+link(i), "session/"+name(i)+"/"+link(i))
}

// tunnelled reports whether an edge router's tunnel is up. Its outer packets go over
// the router's own link, and come back only while that session announces its end.
func (s state) tunnelled(i int) bool {
	return s.peers(i) && s.up(fmt.Sprintf("tunnel/%s/vpngw-%d", name(i), i), fmt.Sprintf("instance/vpngw-%d", i), "gateway/vpngw")
}

// speaks reports whether BGP in the tunnel is up.
func (s state) speaks(i int) bool {
	return s.tunnelled(i) && s.up(fmt.Sprintf("session/%s/vpngw-%d", name(i), i))
}

// offers are all routers' paths to Azure, each one's best one first: by local
// preference, external before internal. All AS paths have one AS. tie says that only
// what is not in the design decides between the first two of some router.
func (s state) offers() (all [][]offer, tie bool) {
	all = make([][]offer, s.routers)
	for range 2 * s.routers {
		next := make([][]offer, s.routers)
		tie = false
		for i := range next {
			if i < 2 && s.peers(i) && s.fromER[i] > 0 {
				next[i] = append(next[i], offer{"er", s.fromER[i]})
			}
			if i < 2 && s.speaks(i) && s.fromVPN[i] > 0 {
				next[i] = append(next[i], offer{"vpn", s.fromVPN[i]})
			}
			for j, theirs := range all {
				if j != i && s.talks(i, j) && len(theirs) > 0 && !theirs[0].internal() {
					next[i] = append(next[i], offer{name(j), theirs[0].pref})
				}
			}
			slices.SortStableFunc(next[i], func(a, b offer) int {
				if a.pref != b.pref {
					return b.pref - a.pref
				}
				return map[bool]int{false: 0, true: 1}[a.internal()] - map[bool]int{false: 0, true: 1}[b.internal()]
			})
			tie = tie || len(next[i]) > 1 && next[i][0].pref == next[i][1].pref && next[i][0].internal() == next[i][1].internal()
		}
		all = next
	}
	return all, tie
}

func (o offer) internal() bool { return strings.HasPrefix(o.from, "R") }

// forward is what becomes of a packet from a router's LAN.
func (s state) forward(all [][]offer, i int) graph.State {
	switch {
	case len(all[i]) == 0 || !s.up("router/"+name(i)):
		return graph.NotDelivered
	case all[i][0].from == "er":
		return graph.InClear
	case all[i][0].from == "vpn":
		return graph.Protected
	}
	return s.forward(all, int(all[i][0].from[1]-'1'))
}

// told are the edge routers that tell Azure of a LAN with the shortest AS path.
func (s state) told(lan int, over func(int) bool, tells [2][3]bool, longer [2]int) []int {
	var out []int
	for i := range 2 {
		if !tells[i][lan] || !over(i) || i != lan && !s.talks(i, lan) {
			continue
		}
		if len(out) > 0 && longer[i] < longer[out[0]] {
			out = nil
		}
		if len(out) == 0 || longer[i] == longer[out[0]] {
			out = append(out, i)
		}
	}
	return out
}

// back is what becomes of a packet to a LAN: halves are longer, and at equal length
// ExpressRoute wins.
func (s state) back(lan int) graph.State {
	halves := func(i int) bool { return s.speaks(i) && s.halves[i] }
	halvesER := func(i int) bool { return s.peers(i) && s.halvesER[i] }
	switch {
	case len(s.told(lan, halvesER, s.toER, s.longerER)) > 0:
		return graph.InClear
	case len(s.told(lan, halves, s.toVPN, s.longer)) > 0:
		return graph.Protected
	case len(s.told(lan, s.peers, s.toER, s.longerER)) > 0:
		return graph.InClear
	case len(s.told(lan, s.speaks, s.toVPN, s.longer)) > 0:
		return graph.Protected
	case s.summary[0] && s.peers(0), s.summary[1] && s.peers(1):
		return graph.InClear // whatever becomes of it there
	}
	return graph.NotDelivered
}

func lan(i int) string { return fmt.Sprintf("10.%d0.0.0/16", i+1) }

func halves(i int) []string {
	return []string{fmt.Sprintf("10.%d0.0.0/17", i+1), fmt.Sprintf("10.%d0.128.0/17", i+1)}
}

// hop is the address that router i has router j at.
func hop(i, j int) string {
	last := 1
	if j > i {
		last = 2
	}
	return fmt.Sprintf("10.255.%d.%d", min(i, j)+max(i, j)-1, last)
}

// saidOf is what Azure is told of a LAN.
func saidOf(i int, at, inHalves bool) []string {
	switch {
	case !at:
		return nil
	case inHalves:
		return halves(i)
	}
	return []string{lan(i)}
}

// moveEnds gives the tunnels' ends on the routers addresses that no LAN has.
func (n *network) moveEnds() {
	for i, old := range []string{"10.10.10.1", "10.20.10.1"} {
		end := fmt.Sprintf("198.18.0.%d", i+1)
		r := &n.Routers[i]
		for j, p := range r.Ports.Interfaces {
			if p.Name == "lo" {
				r.Ports.Interfaces[j] = port("lo", end+"/32")
			}
		}
		n.dropRoutes(i, func(rt snapshot.Route) bool { return rt.Prefix == pfx(old+"/32") })
		r.RIB.Routes = append(r.RIB.Routes, route(end+"/32", snapshot.Connected, 0, "", "lo"))
		r.BGP.RouterID = addr(end)
		n.Azure.LocalSites[i].Endpoint = addr(end)
		n.Azure.Gateways[0].Learned.Routes[i].Prefix = pfx(end + "/32")
		n.Azure.Circuits[0].Peering.Tables[i].Routes[0].Prefix = pfx(end + "/32")
	}
}

// observed is what is seen of the design while all is up.
func (d design) observed() *network {
	n := guideline()
	n.moveEnds()
	s := state{design: d}
	if d.routers == 3 {
		core := edgeRouter("R3", "10.30.10.1", "10.30.0.0/16", "192.168.30", "169.254.30", "10.255.1.2", "10.255.0.2", "10.10.0.0/16")
		core.Sessions.Peers = nil
		n.Routers = append(n.Routers, core)
	}
	all, _ := s.offers()
	for i := range n.Routers {
		r := &n.Routers[i]
		n.dropRoutes(i, func(rt snapshot.Route) bool {
			return rt.Protocol == snapshot.BGPProto || i == 2 && (rt.Protocol == snapshot.Static || rt.NextHops[0].Interface == "er0" || rt.NextHops[0].Interface == "ipsec0" || rt.NextHops[0].Interface == "core0")
		})
		n.dropPaths(i, func(p snapshot.Path) bool { return p.NextHop != "0.0.0.0" })
		if i == 2 {
			r.Ports.Interfaces = slices.DeleteFunc(r.Ports.Interfaces, func(p snapshot.Interface) bool { return p.Name != "lo" && p.Name != "lan0" })
		} else {
			r.Sessions.Peers = slices.DeleteFunc(r.Sessions.Peers, func(p snapshot.Peer) bool { return strings.HasPrefix(p.Addr.String(), "10.255.") })
			r.Ports.Interfaces = slices.DeleteFunc(r.Ports.Interfaces, func(p snapshot.Interface) bool { return p.Name == "core0" })
			n.dropRoutes(i, func(rt snapshot.Route) bool { return rt.NextHops[0].Interface == "core0" })
		}
		for _, p := range halves(i) {
			own := path(p, "0.0.0.0", 0, "")
			own.Best = true
			r.BGP.Paths = append(r.BGP.Paths, own)
			r.RIB.Routes = append(r.RIB.Routes, route(p, snapshot.OSPF, 110, "", "lan0"))
		}
		for j := range n.Routers {
			if j == i {
				continue
			}
			core := "core" + name(j)
			own := netip.PrefixFrom(addr(hop(j, i)), 30)
			r.Ports.Interfaces = append(r.Ports.Interfaces, port(core, own.String()))
			r.RIB.Routes = append(r.RIB.Routes, route(own.Masked().String(), snapshot.Connected, 0, "", core))
			r.Sessions.Peers = append(r.Sessions.Peers, snapshot.Peer{VRF: "default", Addr: addr(hop(i, j)), State: "Established"})
			for _, p := range append(halves(j), lan(j)) {
				theirs := path(p, hop(i, j), 100, "")
				theirs.Internal, theirs.Best = true, true
				r.BGP.Paths = append(r.BGP.Paths, theirs)
				r.RIB.Routes = append(r.RIB.Routes, route(p, snapshot.BGPProto, 200, hop(i, j), core))
			}
		}
		for k, o := range all[i] {
			p, rt := path("172.16.0.0/16", "", uint32(o.pref), "12076"), route("172.16.0.0/16", snapshot.BGPProto, 20, "", "")
			switch o.from {
			case "er":
				p.NextHop, rt.NextHops[0].Interface = []string{"192.168.100.2", "192.168.200.2"}[i], "er0"
			case "vpn":
				p.NextHop, rt.NextHops[0].Interface, p.ASPath = []string{"169.254.21.2", "169.254.22.2"}[i], "ipsec0", "65515"
			default:
				j := int(o.from[1] - '1')
				p.NextHop, rt.NextHops[0].Interface, p.Internal = hop(i, j), "core"+name(j), true
				if all[j][0].from == "vpn" {
					p.ASPath = "65515"
				}
				rt.Distance = new(uint32(200))
			}
			if p.Best = k == 0; p.Best {
				rt.NextHops[0].Addr = addr(p.NextHop)
				r.RIB.Routes = append(r.RIB.Routes, rt)
			}
			r.BGP.Paths = append(r.BGP.Paths, p)
		}
	}
	er, vpn := &n.Azure.Gateways[0].Learned, &n.Azure.Gateways[1].Learned
	vpn.Routes = nil
	for i := range 2 {
		if d.summary[i] {
			own, null := path("10.0.0.0/8", "0.0.0.0", 0, ""), route("10.0.0.0/8", snapshot.Static, 1, "", "Null0")
			own.Best, null.NextHops[0].Blackhole = true, true
			n.Routers[i].BGP.Paths, n.Routers[i].RIB.Routes = append(n.Routers[i].BGP.Paths, own), append(n.Routers[i].RIB.Routes, null)
			table := &n.Azure.Circuits[0].Peering.Tables[i]
			table.Routes = append(table.Routes, edge("10.0.0.0/8", []string{"192.168.100.1", "192.168.200.1"}[i]))
			er.Routes = append(er.Routes, learned("10.0.0.0/8", []string{"10.64.0.8", "10.64.0.9"}[i], "12076 65501"))
		}
		for j := range n.Routers {
			for _, p := range saidOf(j, d.toER[i][j], d.halvesER[i]) {
				table := &n.Azure.Circuits[0].Peering.Tables[i]
				row := edge(p, []string{"192.168.100.1", "192.168.200.1"}[i])
				row.ASPath = "65501" + strings.Repeat(" 65501", d.longerER[i])
				table.Routes = append(table.Routes, row)
				er.Routes = append(er.Routes, learned(p, []string{"10.64.0.8", "10.64.0.9"}[i], "12076 "+row.ASPath))
			}
			for _, p := range saidOf(j, d.toVPN[i][j], d.halves[i]) {
				vpn.Routes = append(vpn.Routes, learned(p, []string{"169.254.21.1", "169.254.22.1"}[i], "65501"+strings.Repeat(" 65501", d.longer[i])))
			}
		}
	}
	return n
}

// What the graph says of a failure, from what is seen while all is up, is what the
// design does then.
func TestFailuresAreWhatTheDesignDoes(t *testing.T) {
	compared, changed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := drawDesign(t)
		parts := breakable()
		if d.routers == 3 {
			parts = append(parts, "router/R3", "session/R1/R3", "session/R2/R3")
		}
		g := graph.Build(d.observed().Snapshot)
		classes := g.Model().Classes
		down := rapid.Permutation(parts).Draw(t, "down")[:rapid.IntRange(0, 2).Draw(t, "how many")]
		s := state{d, down}
		all, tie := s.offers()
		if _, before := (state{design: d}).offers(); tie || before {
			return // routers take what only their addresses decide
		}
		for i := range d.routers {
			want := [2]graph.State{s.forward(all, i), s.back(i)}
			at := slices.IndexFunc(classes, func(c graph.Class) bool {
				return c.OnPrem.Router == "router/"+name(i) && c.Azure.Subnet == "subnet/vnet-spoke/workload" && holds(c.OnPrem, addr(fmt.Sprintf("10.%d0.5.7", i+1)))
			})
			if at < 0 {
				t.Fatalf("no class of %s's LAN in %v", name(i), classes)
			}
			c := classes[at]
			forward, back, err := g.Trace(addr(fmt.Sprintf("10.%d0.5.7", i+1)), addr("172.16.1.4"), down...)
			if err != nil {
				t.Fatal(err)
			}
			if len(down) == 1 {
				listed := [2]graph.State{c.State(c.Forward), c.State(c.Return)}
				if i := slices.IndexFunc(c.Failures, func(f graph.Failure) bool { return slices.Equal(f.Down, down) }); i >= 0 {
					listed = [2]graph.State{c.State(c.Failures[i].ForwardPath), c.State(c.Failures[i].ReturnPath)}
				}
				if listed != want {
					t.Fatalf("LAN %d: the class has %v with %v down, want %v", i+1, listed, down, want)
				}
			}
			compared++
			if want != [2]graph.State{c.State(c.Forward), c.State(c.Return)} {
				changed++
			}
			if got := [2]graph.State{c.State(forward), c.State(back)}; got != want {
				t.Fatalf("LAN %d with %v down: %v, want %v\nforward %v %s\nreturn %v %s", i+1, down, got, want, way(forward), forward.Detail, way(back), back.Detail)
			}
		}
	})
	if changed == 0 {
		t.Errorf("of %d pairs none changed", compared)
	}
}
