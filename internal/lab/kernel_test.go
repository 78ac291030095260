package lab_test

import (
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/lab"
)

// TestNextHopsAreTheKernels asks the kernels of the routers and of Azure's hosts
// for the way to some hundred random destinations, and the graph for the same,
// before and after each failure.
func TestNextHopsAreTheKernels(t *testing.T) {
	needLab(t)
	for scenario, failures := range map[string]map[string]lab.Failure{
		"underlay-pinned": {
			"tunnel/R1/vpngw-0":          lab.TunnelDown(lab.Tunnel1),
			"tunnel/R2/vpngw-1":          lab.TunnelDown(lab.Tunnel2),
			"peering/er-circuit-primary": lab.LinkDown(lab.Primary),
			"session/R1/vpngw-0":         lab.SessionDown(lab.R1, netip.MustParseAddr("169.254.21.2")),
			"session/R2/vpngw-1":         lab.SessionDown(lab.R2, netip.MustParseAddr("169.254.22.2")),
			"session/R1/R2":              lab.SessionDown(lab.R1, netip.MustParseAddr("10.255.0.2")),
		},
		"static-hides-bgp":        {"tunnel/R1/vpngw-0": lab.TunnelDown(lab.Tunnel1)},
		"ecmp-tunnel-and-circuit": nil,
		"leak-more-specific":      nil,
		"firewall-symmetric":      {"tunnel/R1/vpngw-0": lab.TunnelDown(lab.Tunnel1)},
		"leak-same-prefix": {
			"peering/er-circuit-primary": lab.LinkDown(lab.Primary),
			"session/R1/vpngw-0":         lab.SessionDown(lab.R1, netip.MustParseAddr("169.254.21.2")),
		},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			l := start(t, scenario)
			g := judge(t, l)
			dsts := destinations(300)
			sameNextHops(t, l, g, dsts)
			sameInAzure(t, l, g, dsts)
			for _, id := range slices.Sorted(maps.Keys(failures)) {
				if err := l.Fail(t.Context(), failures[id]); err != nil {
					t.Fatal(err)
				}
				sameNextHops(t, l, g, dsts, id)
				sameInAzure(t, l, g, dsts, id)
				if err := l.Repair(t.Context(), failures[id]); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// destinations draws addresses of the sites, the VNets and the tunnels' end
// points, the same ones in every run.
func destinations(n int) []netip.Addr {
	r := rand.New(rand.NewPCG(1, 2))
	spaces := []netip.Prefix{
		netip.MustParsePrefix("10.10.0.0/16"), netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("10.10.1.0/24"),
		netip.MustParsePrefix("10.64.0.0/23"), netip.MustParsePrefix("10.64.0.0/26"), netip.MustParsePrefix("172.16.0.0/16"),
	}
	out := []netip.Addr{netip.MustParseAddr("10.64.0.4"), netip.MustParseAddr("10.64.0.5")}
	for len(out) < n {
		p := spaces[r.IntN(len(spaces))]
		b := p.Addr().As4()
		for i := p.Bits(); i < 32; i++ {
			if r.IntN(2) == 1 {
				b[i/8] |= 1 << (7 - i%8)
			}
		}
		out = append(out, netip.AddrFrom4(b))
	}
	return out
}

func sameNextHops(t *testing.T, l *lab.Lab, g *graph.Graph, dsts []netip.Addr, down ...string) {
	t.Helper()
	for _, n := range []lab.Node{lab.R1, lab.R2} {
		routes, err := l.RoutesGet(t.Context(), n, dsts)
		if err != nil {
			t.Fatal(err)
		}
		for i, dst := range dsts {
			if routes[i].Type == "local" || routes[i].Type == "broadcast" {
				continue // the router's own address: nothing is forwarded
			}
			said, ok := g.NextHops("router/"+string(n), dst, down...)
			if !ok {
				t.Errorf("%s to %s with %v down: the graph does not know; the kernel: %s", n, dst, down, routes[i])
				continue
			}
			if want := links(n, routes[i]); !slices.Equal(said, want) {
				t.Errorf("%s to %s with %v down: the graph says %v, the kernel %v (%s)", n, dst, down, said, want, routes[i])
			}
		}
	}
}

// links are the graph's names for a kernel route's ways out, sorted.
func links(n lab.Node, r lab.Route) []string {
	other := map[lab.Node][2]string{lab.R1: {"tunnel/R1/vpngw-0", "peering/er-circuit-primary"}, lab.R2: {"tunnel/R2/vpngw-1", "peering/er-circuit-secondary"}}[n]
	var out []string
	for _, h := range r.NextHops {
		out = append(out, map[string]string{
			"ipsec0": other[0], "er0": other[1], "core0": "lan/R1-R2", "lan0": "lan/" + string(n), "lo": "lan/" + string(n),
		}[h.Dev])
	}
	slices.Sort(out)
	return out
}

// sameInAzure does it for the machines in Azure's subnets and the firewall, to the premises.
func sameInAzure(t *testing.T, l *lab.Lab, g *graph.Graph, dsts []netip.Addr, down ...string) {
	t.Helper()
	dsts = slices.DeleteFunc(slices.Clone(dsts), func(a netip.Addr) bool {
		return !netip.MustParsePrefix("10.10.0.0/16").Contains(a) && !netip.MustParsePrefix("10.20.0.0/16").Contains(a)
	})
	from := map[lab.Node]netip.Addr{}
	for _, h := range lab.Hosts() {
		if h.Azure {
			from[h.Node] = h.Addrs[0]
		}
	}
	if slices.Contains(l.Scenario.Nodes(), lab.Firewall) {
		from[lab.Firewall] = netip.MustParseAddr("10.64.1.4")
	}
	for n, src := range from {
		routes, err := l.RoutesGet(t.Context(), n, dsts)
		if err != nil {
			t.Fatal(err)
		}
		for i, dst := range dsts {
			path, _, err := g.Trace(src, dst, down...)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, hop := range routes[i].NextHops {
				want = append(want, hop.Via.String())
			}
			slices.Sort(want)
			if said := gateways(path); !slices.Equal(said, want) {
				t.Errorf("%s to %s with %v down: the graph says %v, the kernel %v (%s)", n, dst, down, said, want, routes[i])
			}
		}
	}
}

// gateways are the addresses that a path from an Azure subnet is handed to
// first, sorted; none when the subnet itself drops it.
func gateways(p finding.Path) []string {
	var out []string
	for _, b := range p.Branches() {
		if len(b.Hops) < 2 {
			continue
		}
		at := map[string]string{
			"firewall/azfw": "10.64.1.4", "msee/er-circuit-primary": "10.64.0.8", "msee/er-circuit-secondary": "10.64.0.9",
			"instance/vpngw-0": "10.64.0.4", "instance/vpngw-1": "10.64.0.5",
		}[b.Hops[1].Node]
		if !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}
