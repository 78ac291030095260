package graph

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// outage is what is down, with everything that falls with it. The zero value
// is the steady state.
type outage struct {
	ids map[string]bool
	key string
}

func newOutage(ids map[string]bool) outage {
	return outage{ids, strings.Join(slices.Sorted(maps.Keys(ids)), " ")}
}

func (o outage) empty() bool        { return len(o.ids) == 0 }
func (o outage) has(id string) bool { return o.ids[id] }

func (o outage) tunnel(_ *Graph, t *tunnel) bool {
	return o.has(t.id) || o.has(t.gw.id) || o.has(t.gw.instance(t.inst)) || t.router != nil && o.has(t.router.id)
}

func (o outage) peering(p *peering) bool {
	return o.has(p.id) || o.has(p.msee) || o.has("circuit/"+p.circuit.Name) || p.router != nil && o.has(p.router.id)
}

// session reports whether the BGP session over a leg is down, be it alone or
// with what it runs over.
func (o outage) session(g *Graph, r *vrf, l leg) bool {
	return l.dead(g, o) || o.has(l.session(r))
}

// session is the identity of the BGP session that r has over a leg: with a
// gateway instance, an edge router, or another router; empty when there is none.
func (l leg) session(r *vrf) string {
	switch {
	case l.tunnel != nil:
		return l.tunnel.session()
	case l.peering != nil:
		return l.peering.session()
	case l.router != nil:
		a, b := r.snap.Name, l.router.snap.Name
		return "session/" + min(a, b) + "/" + max(a, b)
	}
	return ""
}

// session is the identity of the BGP session in a tunnel, empty without BGP.
func (t *tunnel) session() string {
	if t.router == nil || !t.conn.EnableBGP {
		return ""
	}
	return "session/" + strings.TrimPrefix(t.id, "tunnel/")
}

// session is the identity of the BGP session on a private peering.
func (p *peering) session() string {
	if p.router == nil {
		return ""
	}
	return "session/" + p.router.snap.Name + "/" + strings.TrimPrefix(p.id, "peering/")
}

// fail closes an outage over its consequences: a tunnel falls when its underlay,
// which stood before, no longer reaches the other end in either direction.
func (g *Graph) fail(down ...string) outage {
	ids := make(map[string]bool, len(down))
	for _, id := range down {
		ids[id] = true
	}
	for {
		o := newOutage(ids)
		fell := ""
		for _, t := range g.tunnels {
			if o.tunnel(g, t) || !o.touches(g.restsOn(t)) || !g.underlayBreaks(t, o) {
				continue
			}
			fell = t.id
			break
		}
		if fell == "" {
			return o
		}
		ids[fell] = true
	}
}

// touches reports whether an outage takes any of d away.
func (o outage) touches(d deps) bool {
	for id := range o.ids {
		if d[id] {
			return true
		}
	}
	return false
}

func (g *Graph) underlayBreaks(t *tunnel, o outage) bool {
	if t.router == nil {
		return false
	}
	for _, back := range []bool{false, true} {
		if g.stands(t, back, outage{}, nil) && !g.stands(t, back, o, nil) {
			return true
		}
	}
	return false
}

// stands reports whether a direction of a tunnel's underlay arrives, on links
// of its own or in tunnels that themselves stand without this one: two tunnels
// that carry each other carry nothing. above are the tunnels that rest on t.
func (g *Graph) stands(t *tunnel, back bool, o outage, above []*tunnel) bool {
	u := g.underlay(t, o)
	p := u.Forward
	if back {
		p = u.Return
	}
	above = append(slices.Clone(above), t)
	return slices.ContainsFunc(p.Branches(), func(b finding.Path) bool {
		return b.Outcome == finding.Delivered && !slices.ContainsFunc(b.Hops, func(h finding.Hop) bool {
			if h.LinkKind != "ipsec" {
				return false
			}
			i := slices.IndexFunc(g.tunnels, func(o *tunnel) bool { return o.id == h.Link })
			under := g.tunnels[i]
			return slices.Contains(above, under) || o.tunnel(g, under) || !g.stands(under, false, o, above) || !g.stands(under, true, o, above)
		})
	})
}

// delivered reports whether any branch of a path arrives.
func delivered(p finding.Path) bool {
	return slices.ContainsFunc(p.Branches(), func(b finding.Path) bool { return b.Outcome == finding.Delivered })
}

// underlay is the way of a tunnel's own packets in both directions.
func (g *Graph) underlay(t *tunnel, o outage) Underlay {
	if t.router == nil || !t.local.IsValid() || !t.remote.IsValid() {
		unknown := finding.Path{Outcome: finding.Unknown, Detail: "an end point of the tunnel is not in the evidence", Firewalls: []string{}, Hops: []finding.Hop{}}
		return Underlay{unknown, unknown}
	}
	w := walker{g: g, down: o, inside: t}
	forward := w.fromRouter(t.front, t.remote)
	w = walker{g: g, down: o, inside: t}
	var back finding.Path
	if t.gw.subnet == nil {
		back = finding.Path{Outcome: finding.Unknown, Detail: "the GatewaySubnet of " + t.gw.id + " was not read", Firewalls: []string{}, Hops: []finding.Hop{}}
	} else {
		back = w.fromGateway(t.gw, t.gw.instance(t.inst), t.local)
	}
	return Underlay{forward, back}
}

// parts are what can fail, by name: every tunnel, BGP session, gateway instance,
// VPN gateway, private-peering link, circuit and router.
func (g *Graph) parts() []string {
	all := make(deps)
	for _, t := range g.tunnels {
		all.add(t.id, t.gw.instance(t.inst), t.gw.id, t.session())
	}
	for _, p := range g.peerings {
		all.add(p.id, "circuit/"+p.circuit.Name, p.session())
	}
	for i, r := range g.routers {
		all.add(r.id)
		for _, o := range g.routers[:i] {
			if g.internalPeers(r, o) || g.internalPeers(o, r) {
				all.add(leg{router: o.in(defaultVRF)}.session(r.in(defaultVRF)))
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// allPrefixes lists the prefixes that any table distinguishes, to cut space
// with.
func (g *Graph) allPrefixes(space []span) []netip.Prefix {
	var out []netip.Prefix
	add := func(p netip.Prefix) {
		if overlaps(space, spanOf(p)) {
			out = append(out, p)
		}
	}
	for _, r := range g.routers {
		for _, v := range r.vrfs {
			for p := range v.table.All() {
				add(p)
			}
		}
	}
	for _, s := range g.subnets {
		for _, p := range s.distinguished() {
			add(p)
		}
	}
	for _, gw := range g.gateways {
		for p := range gw.offers.All() {
			add(p)
		}
	}
	for _, p := range g.peerings {
		for _, m := range p.table.Routes {
			add(m.Prefix)
		}
	}
	return out
}

// distinguished lists the prefixes that the subnet itself, its own routes and
// doubts about them tell apart.
func (s *subnet) distinguished() []netip.Prefix {
	out := slices.Clone(s.Prefixes)
	for _, r := range s.routes {
		out = append(out, r.prefix)
	}
	for _, d := range s.doubts {
		out = append(out, d.prefix)
	}
	return out
}
