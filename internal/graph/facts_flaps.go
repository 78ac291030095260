package graph

import (
	"slices"

	"github.com/routeproof/routeproof/internal/finding"
)

// Flap is tunnels whose own packets are routed into a tunnel once it is up. It goes
// down, the routes into it go with it, its packets reach the other end again, and it
// comes up: traffic takes the way through the tunnel and the way without it by turns
// (Cisco's %TUN-5-RECURDOWN).
type Flap struct {
	Tunnels []string `json:"tunnels"`
	// Pairs are the address pairs of which a direction is in clear each time the
	// tunnels are down, saturated as those of classes are, and Links are over which.
	Pairs uint64   `json:"pairs"`
	Links []string `json:"links"`
}

// Flapping are the tunnels that do not stand in steady state because of a tunnel
// that their packets are routed into, and that stand again when all of them are
// down. Those that do not would be down already.
func (g *Graph) Flapping() []string {
	var tunnels []*tunnel
	var names []string
	for _, t := range g.tunnels {
		if t.router != nil && g.swallows(t) {
			tunnels, names = append(tunnels, t), append(names, t.id)
		}
	}
	if len(names) == 0 {
		return nil
	}
	down := g.fail(names...)
	var out []string
	for _, t := range tunnels {
		if g.stands(t, false, down, nil) && g.stands(t, true, down, nil) {
			out = append(out, t.id)
		}
	}
	return out
}

// swallows reports whether packets of a tunnel enter one, and do not arrive.
func (g *Graph) swallows(t *tunnel) bool {
	u := g.underlay(t, outage{})
	for i, p := range []finding.Path{u.Forward, u.Return} {
		enters := slices.ContainsFunc(p.Branches(), func(b finding.Path) bool {
			return slices.ContainsFunc(b.Hops, func(h finding.Hop) bool { return h.LinkKind == "ipsec" })
		})
		if enters && !g.stands(t, i == 1, outage{}, nil) {
			return true
		}
	}
	return false
}

// flaps are the tunnels that flap, if any do, and what that exposes.
func (g *Graph) flaps(cs []Class) []Flap {
	tunnels := g.Flapping()
	if len(tunnels) == 0 {
		return []Flap{}
	}
	f := Flap{Tunnels: tunnels, Links: []string{}}
	for _, c := range cs {
		if !c.ClearByTurns() {
			continue
		}
		f.Pairs = min(f.Pairs+c.Pairs, maxPairs)
		if c.Flapping.Forward == FailsOpen {
			f.Links = append(f.Links, c.clearLinks(c.Flapping.ForwardPath)...)
		}
		if c.Flapping.Return == FailsOpen {
			f.Links = append(f.Links, c.clearLinks(c.Flapping.ReturnPath)...)
		}
	}
	slices.Sort(f.Links)
	f.Links = slices.Compact(f.Links)
	return []Flap{f}
}

// clearLinks are the links over which a path leaves the premises in clear.
func (c Class) clearLinks(p finding.Path) []string {
	var out []string
	for _, b := range p.Branches() {
		for _, h := range b.Hops {
			if h.LeavesPremises && h.Protection != "unknown" && !slices.Contains(c.Required.Protection, h.Protection) {
				out = append(out, h.Link)
			}
		}
	}
	return out
}
