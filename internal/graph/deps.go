package graph

import (
	"net/netip"
	"slices"
)

// deps are the parts of the network that a path rests on, in steady state or under
// an outage, by identity: a further outage that takes none of them away, with all
// that falls with it, leaves the path as it is. An outage only ever takes routes away, so a path changes only
// when a winner on it does: the links it crosses, the sessions that brought the
// routes it matched, and, for a tunnel, what its own packets rest on.
type deps map[string]bool

func (d deps) add(ids ...string) {
	for _, id := range ids {
		if id != "" {
			d[id] = true
		}
	}
}

func (d deps) addAll(more deps) {
	for id := range more {
		d[id] = true
	}
}

// into adds a tunnel and its ends. What its own packets rest on is added when
// all is known: see [Graph.close].
func (t *tunnel) into(d deps) {
	d.add(t.id, t.session(), t.gw.id, t.gw.instance(t.inst))
	if t.router != nil {
		d.add(t.router.id)
	}
}

// close adds what the own packets of the tunnels in d rest on, and of the
// tunnels that those go through, while down is.
func (g *Graph) close(d deps, down outage) {
	done := make(map[*tunnel]bool)
	for again := true; again; {
		again = false
		for _, t := range g.tunnels {
			if d[t.id] && !done[t] {
				done[t], again = true, true
				d.addAll(g.underlayDeps(t, down))
			}
		}
	}
}

// restsOn is all that a tunnel's own packets rest on, tunnels included.
func (g *Graph) restsOn(t *tunnel) deps {
	d, ok := g.below[t]
	if !ok {
		d = make(deps)
		d.addAll(g.underlayDeps(t, outage{}))
		g.close(d, outage{})
		g.below[t] = d
	}
	return d
}

// underlayDeps is what a tunnel's own packets rest on in both directions.
func (g *Graph) underlayDeps(t *tunnel, down outage) deps {
	key := carryKey{t: t, down: down.key}
	if d, ok := g.under[key]; ok {
		return d
	}
	d := make(deps)
	if t.router != nil && t.gw.subnet != nil {
		(&walker{g: g, inside: t, deps: d, down: down}).fromRouter(t.front, t.remote)
		(&walker{g: g, inside: t, deps: d, down: down}).fromGateway(t.gw, t.gw.instance(t.inst), t.local)
	}
	g.under[key] = d
	return d
}

// into adds a link of a private peering.
func (p *peering) into(d deps) {
	d.add(p.id, p.msee, "circuit/"+p.circuit.Name, p.session())
	if p.router != nil {
		d.add(p.router.id)
	}
}

// ofLeg adds a way out of a router and the session over it.
func (g *Graph) ofLeg(d deps, r *vrf, l leg) {
	switch {
	case l.tunnel != nil:
		l.tunnel.into(d)
	case l.peering != nil:
		l.peering.into(d)
	case l.router != nil:
		d.add(l.router.id, l.session(r))
	}
}

// ofPrefix adds what the choices for a prefix rest on of a router and of those
// that it exchanges routes with: one that chooses anew may make the others choose
// anew.
func (g *Graph) ofPrefix(d deps, of *vrf, p netip.Prefix, down outage) {
	key := bgpKey{of.group, of.name, p, down.key}
	known, ok := g.resting[key]
	if !ok {
		known = make(deps)
		g.resting[key] = known
		for r, b := range g.converge(*of.group, of.name, p, down) {
			known.add(r.id)
			for _, c := range restingOn(r, p, b) {
				switch {
				case c.from != nil:
					known.add(c.from.id, leg{router: c.from}.session(r))
					for _, l := range g.pathLegs(r, c, down) {
						g.ofLeg(known, r, l)
					}
				case c.external != nil:
					g.ofLeg(known, r, g.legTo(r, *c.external, ""))
				}
			}
		}
	}
	d.addAll(known)
}

// restingOn are the paths that a router's choice for a prefix rests on: the best
// ones, or, where the table marks none of them, every one.
func restingOn(r *vrf, p netip.Prefix, b *bgpChoice) []candidate {
	if b != nil && len(b.paths) > 0 {
		return b.paths
	}
	if s, ok := r.table.Get(p); ok {
		return s.paths
	}
	return nil
}

// atRouter records what a router's decision about addr rests on: the entry that
// it used, and longer ones that it does not use now.
func (w *walker) atRouter(r *vrf, addr netip.Addr, c *choice) {
	if w.deps == nil {
		return
	}
	w.deps.add(r.id)
	for _, s := range slotsFor(r, addr) {
		if c != nil && s.prefix.Bits() < c.prefix.Bits() {
			break
		}
		if len(s.paths) > 0 {
			w.g.ofPrefix(w.deps, r, s.prefix, w.down)
		}
		w.atNextHops(r, s, make(map[*slot]bool))
	}
	if c != nil {
		for _, l := range c.legs {
			w.g.ofLeg(w.deps, r, l)
		}
	}
}

// atSubnet records what a subnet's decision rests on.
func (w *walker) atSubnet(r *azRoute, dst netip.Addr) {
	if w.deps == nil || r.gw == nil {
		return
	}
	w.deps.add(r.gw.id)
	if r.source == fromExpressRoute {
		for _, p := range w.g.peerings {
			if row := w.g.edgeRow(p, dst, w.down); row != nil && p.vrf != nil && r.gw.connects(p) {
				p.into(w.deps)
				w.g.ofPrefix(w.deps, p.vrf, row.Prefix.Masked(), w.down)
			}
		}
		return
	}
	for i := range r.gw.Instances {
		w.deps.add(r.gw.instance(i))
	}
	ts, _ := w.g.tunnelsOf(r, w.down)
	for _, t := range ts {
		t.into(w.deps)
	}
	for _, row := range r.rows {
		for _, t := range w.g.tunnels {
			if t.gw == r.gw && t.inner != nil && (t.own == row.Peer || t.own == row.NextHop) {
				w.g.ofPrefix(w.deps, t.inner, row.Prefix.Masked(), w.down)
			}
		}
	}
}

// atEdge records an edge router that a packet passes, and the gateways behind it.
func (w *walker) atEdge(p *peering) {
	if w.deps == nil {
		return
	}
	p.into(w.deps)
	for _, gw := range w.g.gateways {
		if gw.connects(p) {
			w.deps.add(gw.id)
		}
	}
}

// affected lists the outages, by their places, that take anything of d away.
func (d deps) affected(by map[string][]int) []int {
	var out []int
	for id := range d {
		out = append(out, by[id]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// indexOutages lists, for each identity, the places of the outages that take it
// away.
func indexOutages(outages []outage) map[string][]int {
	by := make(map[string][]int)
	for i, o := range outages {
		for id := range o.ids {
			by[id] = append(by[id], i)
		}
	}
	return by
}
