package graph

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// Trace follows a packet between an on-premises and an Azure address, in either
// order, and its answer, while what down names is down. The error says which
// address is covered by nothing.
func (g *Graph) Trace(src, dst netip.Addr, down ...string) (forward, back finding.Path, err error) {
	o := outage{}
	if len(down) > 0 {
		o = g.fail(down...)
	}
	from, to := g.reached(src, dst, o), g.reached(dst, src, o)
	switch {
	case from == nil && to != nil:
		r, err := g.tableFor(src)
		if err != nil {
			return forward, back, err
		}
		return (&walker{g: g, down: o, to: to}).fromRouter(r, dst), (&walker{g: g, down: o}).fromSubnet(to, src), nil
	case from != nil && to == nil:
		r, err := g.tableFor(dst)
		if err != nil {
			return forward, back, err
		}
		return (&walker{g: g, down: o}).fromSubnet(from, dst), (&walker{g: g, down: o, to: from}).fromRouter(r, src), nil
	case from != nil:
		return forward, back, fmt.Errorf("%s and %s are both in Azure (%s, %s): want one address on premises", src, dst, from.id, to.id)
	}
	var known []string
	for _, s := range g.subnets {
		known = append(known, texts(s.Prefixes)...)
	}
	return forward, back, fmt.Errorf("neither %s nor %s is in a subnet of the evidence (%s; %s): want one address in %s",
		src, dst, g.placeOf(src), g.placeOf(dst), few(known))
}

// placeOf says what of the evidence covers an address that is in no subnet.
func (g *Graph) placeOf(a netip.Addr) string {
	for _, t := range g.tunnels {
		if a == t.local || a == t.remote || a == t.own || a == t.peer {
			return fmt.Sprintf("%s is an end of %s", a, t.id)
		}
	}
	for _, p := range g.peerings {
		if a == p.ms || a == p.ms6 {
			return fmt.Sprintf("%s is Microsoft's end of %s", a, p.id)
		}
	}
	for _, v := range g.snap.Azure.VNets {
		for _, p := range v.Prefixes {
			if p.Contains(a) {
				return fmt.Sprintf("%s is in %s of vnet/%s, and in none of its subnets", a, p, v.Name)
			}
		}
	}
	if r, err := g.tableFor(a); err == nil {
		return fmt.Sprintf("%s is on premises, behind %s", a, r.node())
	}
	return g.coveredBy(a)
}

// coveredBy says which prefixes that gateways learned and routers have cover an
// address that is in no site.
func (g *Graph) coveredBy(a netip.Addr) string {
	if r := g.owners[a]; r != nil {
		return fmt.Sprintf("%s is an address of %s itself", a, r.id)
	}
	var found []string
	for _, gw := range g.gateways {
		var best netip.Prefix
		for _, row := range gw.Learned.Routes {
			if row.Prefix.Contains(a) && (!best.IsValid() || row.Prefix.Bits() > best.Bits()) {
				best = row.Prefix
			}
		}
		if best.IsValid() {
			found = append(found, fmt.Sprintf("%s learned %s", gw.id, best))
		}
	}
	for _, r := range g.routers {
		for _, v := range r.vrfs {
			if s, ok := v.table.Lookup(a); ok {
				found = append(found, fmt.Sprintf("%s has %s", v.node(), s.prefix))
			}
		}
	}
	if len(found) == 0 {
		return "nothing covers " + a.String()
	}
	return a.String() + " is covered thus: " + few(found)
}

// reached is the subnet that owns an address. Of several, in VNets with the same
// addresses, it is the one that the other side's packets come to, else the first.
func (g *Graph) reached(addr, other netip.Addr, o outage) *subnet {
	all := g.subnetsOf(addr)
	if len(all) > 1 {
		if r, err := g.tableFor(other); err == nil {
			for _, s := range all {
				if delivered((&walker{g: g, down: o, to: s}).fromRouter(r, addr)) {
					return s
				}
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// Fall says what falls with the parts that down names: tunnels whose underlay
// they carry. The error names a part that is not in the evidence, and those that
// are.
func (g *Graph) Fall(down ...string) ([]string, error) {
	parts := g.parts()
	for _, id := range down {
		if !slices.Contains(parts, id) {
			return nil, fmt.Errorf("nothing in the evidence is %q: want one of %s", id, strings.Join(parts, ", "))
		}
	}
	var fell []string
	for id := range g.fail(down...).ids {
		if !slices.Contains(down, id) {
			fell = append(fell, id)
		}
	}
	slices.Sort(fell)
	return fell, nil
}

// tableFor is the routing table of the site with the longest prefix that covers
// addr.
func (g *Graph) tableFor(addr netip.Addr) (*vrf, error) {
	var best *vrf
	bits := -1
	var known []string
	for _, s := range g.sites {
		for _, p := range s.set {
			known = append(known, p.String())
			if p.Contains(addr) && p.Bits() > bits {
				best, bits = s.vrf, p.Bits()
			}
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%s is in no on-premises site of the evidence (%s): want an address in %s, or declare its site in the configuration (sites:)",
			addr, g.coveredBy(addr), few(known))
	}
	return best, nil
}

// NextHops are the links over which a router sends packets to addr, while what
// down names is down, sorted: several share the traffic, none means that the
// router has no route. "discard" stands for a route that drops. ok is false when
// the router is not in the evidence or the evidence does not decide.
func (g *Graph) NextHops(name string, addr netip.Addr, down ...string) (links []string, ok bool) {
	i := slices.IndexFunc(g.routers, func(r *router) bool { return r.id == name })
	if i < 0 {
		return nil, false
	}
	o := outage{}
	if len(down) > 0 {
		o = g.fail(down...)
	}
	r := g.routers[i].in(defaultVRF)
	c := g.lookup(r, addr, o)
	if c == nil {
		return nil, r.lists(addr)
	}
	for _, l := range c.legs {
		links = append(links, l.via(r))
	}
	slices.Sort(links)
	return links, !c.undecided && !c.inferred
}
