package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// choice is what a table says of a destination.
type choice struct {
	prefix netip.Prefix
	rule   string
	why    string
	legs   []leg
	lost   []finding.Candidate
	refs   []finding.Ref
	// inferred means that the RIB was not read, and BGP's best path stands for it.
	inferred bool
	// undecided means that the evidence does not hold what decides between legs.
	undecided bool
	// stuck means that the router selected the route and has not installed it.
	stuck bool
}

// leg is one way out of a router.
type leg struct {
	tunnel  *tunnel
	peering *peering
	router  *vrf // a neighbour inside the premises
	local   bool // a directly connected network
	drop    bool
	hop     netip.Addr // as the table gives it
	iface   string
}

func (l leg) known() bool {
	return l.tunnel != nil || l.peering != nil || l.router != nil || l.local || l.drop
}

func (l leg) link(r *vrf) string {
	switch {
	case l.tunnel != nil:
		return l.tunnel.id
	case l.peering != nil:
		return l.peering.id
	case l.router != nil:
		a, b := r.snap.Name, l.router.snap.Name
		return "lan/" + min(a, b) + "-" + max(a, b)
	case l.local:
		return "lan/" + r.snap.Name
	}
	return ""
}

func (l leg) via(r *vrf) string {
	switch {
	case l.drop:
		return "discard"
	case l.known():
		return l.link(r)
	case l.hop.IsValid():
		return l.hop.String()
	}
	return l.iface
}

// legTo maps a next hop to a link, by addresses and interfaces, never by names.
// The same addresses may be on links of different VRFs, and a route may send a
// tunnel's addresses out of another interface.
func (g *Graph) legTo(r *vrf, hop netip.Addr, iface string) leg {
	l := leg{hop: hop, iface: iface}
	for _, t := range g.tunnels {
		elsewhere := iface != "" && t.iface != "" && !sameInterface(iface, t.iface)
		if t.router == r.router && !elsewhere && (t.peer == hop && t.inner == r || iface != "" && t.iface != "") {
			l.tunnel = t
			return l
		}
	}
	if fits := g.linksTo(r, hop, iface); len(fits) > 0 {
		if len(fits) == 1 {
			l.peering = fits[0]
		}
		return l
	}
	if !hop.IsValid() {
		l.local = iface != ""
		return l
	}
	l.router = g.neighbour(r, hop)
	return l
}

// linksTo are the private-peering links at whose Microsoft end a next hop is, or
// which the interface is of: the router's own, or else those that may be.
func (g *Graph) linksTo(r *vrf, hop netip.Addr, iface string) []*peering {
	var own, others []*peering
	for _, p := range g.peerings {
		switch {
		case iface != "" && p.router == r.router && sameInterface(iface, p.iface):
			own = append(own, p)
		case !hop.IsValid() || p.ms != hop && p.ms6 != hop:
		case p.router == r.router && p.vrf == r:
			own = append(own, p)
		case p.router != r.router:
			others = append(others, p)
		}
	}
	if len(own) > 0 {
		return own
	}
	return others
}

// neighbour is the router that owns a next hop: by its addresses, or, where
// its interfaces were not read, as the only other one on the same network.
func (g *Graph) neighbour(r *vrf, hop netip.Addr) *vrf {
	if o, ok := g.owners[hop]; ok && o != r.router {
		return o.holder(hop)
	}
	var found *router
	for _, rt := range r.direct {
		if rt.Protocol != snapshot.Connected || rt.VRF != r.name || !rt.Prefix.Contains(hop) {
			continue
		}
		for _, o := range g.routers {
			if o == r.router || !o.connected(rt.Prefix) || o == found {
				continue
			}
			if found != nil {
				return nil
			}
			found = o
		}
	}
	if found == nil {
		return nil
	}
	return found.holder(hop)
}

// dead reports whether a leg cannot be used while down is down.
func (l leg) dead(g *Graph, down outage) bool {
	switch {
	case l.tunnel != nil:
		return down.tunnel(g, l.tunnel)
	case l.peering != nil:
		return down.peering(l.peering)
	case l.router != nil:
		return down.has(l.router.id)
	}
	return false
}

// choiceKey identifies a memory of what a slot says under an outage.
type choiceKey struct {
	r    *vrf
	p    netip.Prefix
	down string
}

// lookup is the longest match of a router's table for addr while down is down,
// or nil when nothing matches.
func (g *Graph) lookup(r *vrf, addr netip.Addr, down outage) *choice {
	var best *choice
	for _, s := range slotsFor(r, addr) {
		c := g.slotChoice(r, s, down)
		if c == nil {
			continue
		}
		if best == nil {
			copied := *c
			copied.lost = slices.Clone(c.lost)
			best = &copied
			continue
		}
		if sameLegs(best.legs, c.legs, r) {
			continue
		}
		if best.rule == "only" || best.rule == "connected" {
			best.rule = "longest"
			best.why = fmt.Sprintf("longest match /%d over /%d", best.prefix.Bits(), c.prefix.Bits()) + because(best.why)
		}
		best.lost = append(best.lost, finding.Candidate{
			Prefix: c.prefix.String(), Source: lostSource(c), Via: viaAll(c.legs, r),
			Why: fmt.Sprintf("/%d is shorter than /%d", c.prefix.Bits(), best.prefix.Bits()), Evidence: c.refs,
		})
	}
	return best
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

// slotsFor are the slots that cover addr, the longest first.
func slotsFor(r *vrf, addr netip.Addr) []*slot {
	var out []*slot
	for _, s := range r.table.Supernets(netip.PrefixFrom(addr, addr.BitLen())) {
		out = append(out, s)
	}
	return out
}

func sameLegs(a, b []leg, r *vrf) bool { return viaAll(a, r) == viaAll(b, r) }

func viaAll(ls []leg, r *vrf) string {
	out := make([]string, len(ls))
	for i, l := range ls {
		out[i] = l.via(r)
	}
	return strings.Join(out, ", ")
}

// lostSource is the kind of link that a choice uses, "" where it leaves the
// premises by none.
func lostSource(c *choice) string {
	for _, l := range c.legs {
		switch {
		case l.tunnel != nil:
			return "vpn"
		case l.peering != nil:
			return "expressroute"
		}
	}
	return ""
}

// slotChoice is what a router does with a prefix: its lowest administrative
// distance among the routes whose way out is alive, with BGP's route as
// observed, or chosen again when something that it depends on is down.
func (g *Graph) slotChoice(r *vrf, s *slot, down outage) *choice {
	key := choiceKey{r, s.prefix, down.key}
	if c, ok := g.chosen[key]; ok {
		return c
	}
	c := g.choose(r, s, down)
	g.chosen[key] = c
	return c
}

func (g *Graph) choose(r *vrf, s *slot, down outage) *choice {
	b := g.bgpBest(r, s, down)
	var best *choice
	bestDistance := uint32(256)
	for _, rt := range s.routes {
		if rt.Protocol == snapshot.BGPProto || !rt.Selected && down.empty() {
			continue
		}
		legs := g.routeLegs(r, rt, down)
		d := distance(rt)
		if len(legs) == 0 || d > bestDistance {
			continue
		}
		if best != nil && d == bestDistance {
			best.join(legs)
			continue
		}
		best, bestDistance = &choice{
			prefix: s.prefix, rule: "only", why: rt.Protocol + " route", legs: legs, stuck: down.empty() && !rt.Installed,
			refs: []finding.Ref{{Item: cmp.Or(rt.Item, r.snap.RIB.Item), Line: rt.Line, LastLine: lastLine(rt.Line, rt.LastLine)}},
		}, d
		if rt.Protocol == snapshot.Connected || rt.Protocol == snapshot.Local {
			best.rule, best.why = "connected", "directly connected"
		}
	}
	if b == nil {
		return best
	}
	if best == nil || b.distance < bestDistance {
		return b.choice
	}
	if !sameLegs(best.legs, b.legs, r) {
		best.rule = "distance"
		best.why = fmt.Sprintf("administrative distance %d over BGP's %d", bestDistance, b.distance)
		best.lost = append(best.lost, finding.Candidate{
			Prefix: s.prefix.String(), Source: lostSource(b.choice), Via: viaAll(b.legs, r),
			Why: fmt.Sprintf("administrative distance %d", b.distance), Evidence: b.refs,
		})
	}
	return best
}

// join adds the ways of another entry for the same prefix that is as good.
func (c *choice) join(legs []leg) {
	for _, l := range legs {
		if !slices.Contains(c.legs, l) {
			c.legs = append(c.legs, l)
			c.rule, c.why = "ecmp", fmt.Sprintf("equal cost over %d paths", len(c.legs))
		}
	}
}

// routeLegs are the living ways out of a route, resolved as the router did.
func (g *Graph) routeLegs(r *vrf, rt *snapshot.Route, down outage) []leg {
	var legs []leg
	resolved := slices.ContainsFunc(rt.NextHops, func(n snapshot.NextHop) bool { return n.Recursive })
	for _, n := range rt.NextHops {
		if n.Inactive && down.empty() || n.Recursive && len(rt.NextHops) > 1 && resolved {
			continue
		}
		ways := []leg{{drop: true}}
		if !n.Blackhole {
			at := r
			if n.VRF != "" {
				at = r.in(n.VRF) // the route leaks into another table
			}
			ways = g.legsTo(at, n.Addr, n.Interface, down)
		}
		for _, l := range ways {
			if !l.dead(g, down) && !slices.Contains(legs, l) {
				legs = append(legs, l)
			}
		}
	}
	return legs
}

// distance is a route's administrative distance: the printed one, else the
// platforms' common default.
func distance(rt *snapshot.Route) uint32 {
	if rt.Distance != nil {
		return min(*rt.Distance, 255)
	}
	switch rt.Protocol {
	case snapshot.Connected, snapshot.Local, snapshot.Kernel:
		return 0
	case snapshot.Static:
		return 1
	case snapshot.OSPF:
		return 110
	}
	return 200
}

func lastLine(first, last int) int {
	if last > first {
		return last
	}
	return 0
}
