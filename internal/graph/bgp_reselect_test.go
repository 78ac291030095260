package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// rivals makes the router R2 and the circuit as good for R1, once its tunnel is
// gone: both are external neighbours, of different ASes.
func (n *network) rivals(cfg snapshot.BGPConfig, change func(hop string, p *snapshot.Path)) *network {
	r := &n.Routers[0]
	cfg.VRF, cfg.AS = "default", 65501
	r.Config = snapshot.Config{Read: whole("R1/config"), BGP: []snapshot.BGPConfig{cfg}}
	for i := range r.BGP.Paths {
		p := &r.BGP.Paths[i]
		if p.Prefix != pfx("172.16.0.0/16") {
			continue
		}
		switch {
		case p.NextHop == "10.255.0.2":
			p.Internal, p.LocalPref, p.ASPath = false, nil, "65502 65515"
		case strings.HasPrefix(p.NextHop, "192.168."):
			p.LocalPref, p.ASPath = nil, "12076 65515"
		}
		if change != nil {
			change(p.NextHop, p)
		}
	}
	return n
}

const circuitHop, otherHop = "192.168.100.2", "10.255.0.2"

func TestAfterTheTunnelTheRoutersSettingsDecide(t *testing.T) {
	num := func(n uint32) *uint32 { return &n }
	med := func(circuit, other *uint32) func(string, *snapshot.Path) {
		return func(hop string, p *snapshot.Path) {
			switch hop {
			case circuitHop:
				p.Metric = circuit
			case otherHop:
				p.Metric = other
			}
		}
	}
	for _, tt := range []struct {
		name   string
		cfg    snapshot.BGPConfig
		change func(string, *snapshot.Path)
		want   string
	}{
		{"a tie is undecided", snapshot.BGPConfig{}, nil, graph.Undecided},
		{"MED of two ASes decides nothing", snapshot.BGPConfig{}, med(num(10), num(5)), graph.Undecided},
		{"MED always compared, the circuit's worse", snapshot.BGPConfig{AlwaysCompareMED: true}, med(num(10), num(5)), graph.StillEncrypted},
		{"MED always compared, the circuit's better", snapshot.BGPConfig{AlwaysCompareMED: true}, med(num(5), num(10)), graph.FailsOpen},
		{"the circuit without MED is the best", snapshot.BGPConfig{AlwaysCompareMED: true}, med(nil, num(5)), graph.FailsOpen},
		{"the circuit without MED is the worst", snapshot.BGPConfig{AlwaysCompareMED: true, MEDMissingWorst: true}, med(nil, num(5)), graph.StillEncrypted},
		{"the origin decides", snapshot.BGPConfig{}, func(hop string, p *snapshot.Path) {
			if hop == circuitHop {
				p.Origin = "?"
			}
		}, graph.StillEncrypted},
		{"the shorter AS path decides", snapshot.BGPConfig{}, func(hop string, p *snapshot.Path) {
			if hop == circuitHop {
				p.ASPath = "12076"
			}
		}, graph.FailsOpen},
		{"the AS path is not compared", snapshot.BGPConfig{IgnoreASPath: true}, func(hop string, p *snapshot.Path) {
			if hop == circuitHop {
				p.ASPath = "12076"
			}
		}, graph.Undecided},
		{"the default of local preference decides", snapshot.BGPConfig{DefaultLocalPref: num(180)}, func(hop string, p *snapshot.Path) {
			if hop == otherHop {
				p.LocalPref = num(150)
			}
		}, graph.FailsOpen},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, turned := range []bool{false, true} {
				n := guideline().rivals(tt.cfg, tt.change)
				if turned {
					slices.Reverse(n.Routers[0].BGP.Paths)
				}
				f := failure(t, class(t, graph.Build(n.Snapshot).Model()), tunnel1)
				if f.Forward != tt.want {
					t.Errorf("rows turned %v: %s %v, want %s", turned, f.Forward, way(f.ForwardPath), tt.want)
				}
			}
		})
	}
}

// uses makes R1's routing table and BGP table send the spoke's packets to hops.
func (n *network) uses(hops ...string) *network {
	r := &n.Routers[0]
	for i := range r.BGP.Paths {
		p := &r.BGP.Paths[i]
		if p.Prefix == pfx("172.16.0.0/16") {
			p.Best, p.Multipath = p.NextHop == hops[0], slices.Contains(hops[1:], p.NextHop)
		}
	}
	iface := map[string]string{circuitHop: "er0", otherHop: "core0", tunnelHop: "ipsec0"}
	for i := range r.RIB.Routes {
		rt := &r.RIB.Routes[i]
		if rt.Prefix != pfx("172.16.0.0/16") {
			continue
		}
		rt.NextHops = nil
		for _, h := range hops {
			rt.NextHops = append(rt.NextHops, snapshot.NextHop{Addr: addr(h), Interface: iface[h]})
		}
	}
	return n
}

const tunnelHop = "169.254.21.2"

// The tunnel's path goes away; what is left are equals of which R1 used some.
func TestAChoiceAmongEqualsIsKept(t *testing.T) {
	two := uint32(2)
	pref := func(n uint32) func(string, *snapshot.Path) {
		return func(hop string, p *snapshot.Path) {
			if hop == tunnelHop {
				p.LocalPref = &n
			}
		}
	}
	for _, tt := range []struct {
		name      string
		cfg       snapshot.BGPConfig
		pref      uint32 // of the tunnel's path; the others have 100
		uses      []string
		branches  int
		undecided bool
	}{
		{"it used one", snapshot.BGPConfig{}, 10, []string{otherHop}, 1, false},
		{"it used one and may use several external ones", snapshot.BGPConfig{MaxPaths: &two}, 10, []string{otherHop}, 2, true},
		{"it used one and may use several internal ones", snapshot.BGPConfig{MaxPathsInternal: &two}, 10, []string{otherHop}, 2, true},
		{"it used all that are left", snapshot.BGPConfig{}, 10, []string{otherHop, circuitHop}, 2, false},
		{"one of two that it used is gone, and another may take its place", snapshot.BGPConfig{}, 100, []string{tunnelHop, circuitHop}, 2, true},
		{"it used none of them", snapshot.BGPConfig{}, 200, []string{tunnelHop}, 2, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := guideline().rivals(tt.cfg, pref(tt.pref)).uses(tt.uses...)
			p := withoutTunnel(t, n)
			if got := p.Branches(); len(got) != tt.branches || (got[0].Hops[0].Rule == "undecided") != tt.undecided {
				t.Errorf("%s: %v, want %d branches, undecided %v", got[0].Hops[0].Rule, way(p), tt.branches, tt.undecided)
			}
		})
	}
}

// One path of R2's AS beats the one that R1 uses by MED: R1 chose in an order
// that is not shown, and may choose otherwise with one path fewer.
func TestAChoiceThatHangsOnTheOrderIsNotKept(t *testing.T) {
	n := guideline().rivals(snapshot.BGPConfig{}, func(hop string, p *snapshot.Path) {
		switch hop {
		case tunnelHop:
			p.LocalPref = new(uint32(10))
		case otherHop:
			p.Metric = new(uint32(10))
		}
	}).uses(otherHop)
	better := path("172.16.0.0/16", circuitHop, 0, "65502 65515")
	better.Metric = new(uint32(5))
	n.Routers[0].BGP.Paths = append(n.Routers[0].BGP.Paths, better)
	if p := withoutTunnel(t, n); p.Branches()[0].Hops[0].Rule != "undecided" {
		t.Errorf("%v, want undecided", way(p))
	}
}

// BGP's paths stood behind a static route, so that none of them was chosen.
func TestEqualsBehindAStaticRouteAreUndecided(t *testing.T) {
	n := guideline().rivals(snapshot.BGPConfig{}, nil)
	for i := range n.Routers[0].RIB.Routes {
		if rt := &n.Routers[0].RIB.Routes[i]; rt.Prefix == pfx("172.16.0.0/16") {
			*rt = route("172.16.0.0/16", snapshot.Static, 1, tunnelHop, "ipsec0")
		}
	}
	if p := withoutTunnel(t, n); p.Branches()[0].Hops[0].Rule != "undecided" {
		t.Errorf("%v, want undecided", way(p))
	}
}

func withoutTunnel(t *testing.T, n *network) finding.Path {
	t.Helper()
	p, _, err := graph.Build(n.Snapshot).Trace(addr("10.10.5.7"), addr("172.16.1.4"), tunnel1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Without the tunnel a static route waits at 250: it stays behind internal BGP
// at its default distance, and comes before it at a configured one.
func TestTheConfiguredDistanceOfBGPDecides(t *testing.T) {
	static := snapshot.StaticRoute{Prefix: pfx("172.16.0.0/16"), NextHop: addr(circuitHop), Distance: new(uint32(250))}
	for _, tt := range []struct {
		name string
		set  *[3]uint32
		want string
	}{
		{"by default", nil, graph.StillEncrypted},
		{"set", &[3]uint32{20, 251, 251}, graph.FailsOpen},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := guideline().failClosed().floats(static)
			n.Routers[0].Config.BGP = []snapshot.BGPConfig{{VRF: "default", AS: 65501, Distance: tt.set}}
			f := failure(t, class(t, graph.Build(n.Snapshot).Model()), tunnel1)
			if f.Forward != tt.want {
				t.Errorf("%s %v, want %s", f.Forward, way(f.ForwardPath), tt.want)
			}
		})
	}
}

// A neighbour that leaves the next hop as it came to it (no next-hop-self) leaves it to
// the router to find a way there, which need not be the neighbour.
func TestAnInternalPathGoesWhereItsNextHopDoes(t *testing.T) {
	for _, tc := range []struct {
		name string
		via  []snapshot.Route
		want string
	}{
		{"over the neighbour", []snapshot.Route{static("169.254.22.0/30", "10.255.0.2", "core0")}, "router/R1 lan/R1-R2 router/R2 tunnel/R2/vpngw-1 instance/vpngw-1 vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"},
		{"over ExpressRoute", []snapshot.Route{static("169.254.22.0/30", "192.168.100.2", "er0")}, "router/R1 peering/er-primary msee/er-primary microsoft/er-primary gateway/ergw vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"},
		{"over what is down", []snapshot.Route{static("169.254.22.0/30", "169.254.21.2", "ipsec0")}, "router/R1: dropped"},
		{"over a default route", []snapshot.Route{static("0.0.0.0/0", "192.168.100.2", "er0")}, "router/R1 peering/er-primary msee/er-primary microsoft/er-primary gateway/ergw vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"},
		{"nowhere that is known", nil, "router/R1: unknown"},
	} {
		n := guideline().failClosed().routes(tc.via...)
		for i := range n.Routers[0].BGP.Paths {
			if p := &n.Routers[0].BGP.Paths[i]; p.Internal && p.ASPath == "65515" {
				p.NextHop = "169.254.22.2"
			}
		}
		g := graph.Build(n.Snapshot)
		steady, _, err := g.Trace(addr("10.10.0.10"), addr("172.16.1.4"))
		if err != nil {
			t.Fatal(err)
		}
		if got := way(steady); len(got) != 1 || !strings.Contains(got[0], tunnel1) {
			t.Errorf("%s: with nothing down: %v, want through %s", tc.name, got, tunnel1)
		}
		if got := way(withoutTunnel(t, n)); len(got) != 1 || got[0] != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, got, tc.want)
		}
	}
}

// Without addresses of APIPA the gateway's BGP address is that of the tunnel's end. By
// the route that the tunnel's own packets need, what BGP learned goes over ExpressRoute,
// too; by one into the tunnel, these packets go round.
func TestAnExternalPathGoesWhereItsNextHopDoes(t *testing.T) {
	for _, tc := range []struct {
		name string
		via  []snapshot.Route
		want string
	}{
		{"over ExpressRoute", nil, "router/R1 peering/er-primary msee/er-primary microsoft/er-primary gateway/ergw vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered"},
		{"into the tunnel", []snapshot.Route{static("10.64.0.4/32", "", "ipsec0")}, "router/R1 tunnel/R1/vpngw-0: loop"},
	} {
		n := guideline().failClosed().routes(tc.via...)
		n.Azure.Gateways[1].Instances[0].Custom = nil
		for i := range n.Azure.Gateways[1].Learned.Routes {
			if r := &n.Azure.Gateways[1].Learned.Routes[i]; r.Peer == addr("169.254.21.1") {
				r.NextHop, r.Peer = addr("10.10.10.1"), addr("10.10.10.1")
			}
		}
		n.Azure.LocalSites[0].Peer = addr("10.10.10.1")
		r1 := &n.Routers[0]
		r1.Sessions.Peers[1].Addr = addr("10.64.0.4")
		for i := range r1.BGP.Paths {
			switch p := &r1.BGP.Paths[i]; {
			case p.NextHop == "169.254.21.2":
				p.NextHop, p.Best = "10.64.0.4", false
			case p.Internal && p.ASPath == "65515":
				p.LocalPref, p.Best = new(uint32(300)), true
			}
		}
		for i := range r1.RIB.Routes {
			if r := &r1.RIB.Routes[i]; r.Protocol == snapshot.BGPProto && r.Distance != nil && *r.Distance == 20 {
				*r = route(r.Prefix.String(), snapshot.BGPProto, 200, "10.255.0.2", "core0")
			}
		}
		g := graph.Build(n.Snapshot)
		for down, want := range map[string]string{"": "router/R1 lan/R1-R2 router/R2 tunnel/R2/vpngw-1 instance/vpngw-1 vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered", "session/R1/R2": tc.want} {
			var parts []string
			if down != "" {
				parts = append(parts, down)
			}
			p, _, err := g.Trace(addr("10.10.0.10"), addr("172.16.1.4"), parts...)
			if err != nil {
				t.Fatal(err)
			}
			if got := way(p); len(got) != 1 || got[0] != want {
				t.Errorf("%s: with %q down: %v, want %s", tc.name, down, got, want)
			}
		}
	}
}
