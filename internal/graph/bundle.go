package graph

import (
	"fmt"
	"slices"
	"strings"
)

// bundle is subnets that packets come to and leave in the same way: the same
// routes lead to them, they have the same gateways and route table, and their own
// routes treat a site alike. Thousands of spokes of a hub are one bundle. Its
// paths are those of its first subnet; those of the others differ only in names.
type bundle struct {
	subnets []*subnet
	seen    *view // the site, as they see it
	own     *addresses
}

// addresses are those of a bundle, and alike its subnets but the first.
type addresses struct {
	view
	whole []span
	alike []string
}

// bundles puts the subnets together, for a site of which the atoms are given.
func (g *Graph) bundles(at borders, atoms []atom, site []span) []*bundle {
	index := make(map[string]*bundle)
	seen := make(map[string]*view)
	var out []*bundle
	for _, sn := range g.subnets {
		if g.isGatewaySubnet(sn) {
			continue
		}
		as, refine := g.seenFrom(sn, atoms, site)
		key := g.shape(sn, at) + as
		b, ok := index[key]
		if !ok {
			if seen[as] == nil {
				seen[as] = &view{sets: alike(refine()), described: make(map[string]description)}
			}
			b = &bundle{seen: seen[as]}
			index[key] = b
			out = append(out, b)
		}
		b.subnets = append(b.subnets, sn)
	}
	for _, b := range out {
		b.own = g.together(b.subnets)
	}
	return out
}

// shape is equal for subnets that have the same to do with packets to and from
// their addresses, but for what their own routes say of a site.
func (g *Graph) shape(sn *subnet, at borders) string {
	if sn.sets != nil {
		return sn.shape
	}
	sn.sets = alike(g.demandsOf(g.atomsOf(spans(sn.Prefixes), at), azureOf))
	keys := make([]string, len(sn.sets))
	for i, m := range sn.sets {
		keys[i] = m.key
	}
	slices.Sort(keys)
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q %q %q", keys, strings.ToLower(sn.RouteTable), sn.prefers, slices.Concat(sn.tags, sn.unread), sn.services)
	if sn.shared {
		b.WriteString(" " + sn.ID)
	}
	for _, gw := range g.gateways {
		if gw.subnet != nil && gw.subnet.vnet == sn.vnet {
			b.WriteString(" in " + gw.id)
		}
	}
	sn.shape = b.String()
	return sn.shape
}

// together are the addresses of subnets of one shape. They are the same for every
// site that sees the subnets as one bundle.
func (g *Graph) together(subnets []*subnet) *addresses {
	var key strings.Builder
	for _, sn := range subnets {
		key.WriteString(sn.id + " ")
	}
	if a, ok := g.joint[key.String()]; ok {
		return a
	}
	a := &addresses{view: view{described: make(map[string]description)}}
	place := make(map[string]int)
	for n, sn := range subnets {
		a.whole = append(a.whole, spans(sn.Prefixes)...)
		if n > 0 {
			a.alike = append(a.alike, sn.id)
		}
		for _, m := range sn.sets {
			if n == 0 {
				place[m.key] = len(a.sets)
				m.set = slices.Clone(m.set)
				a.sets = append(a.sets, m)
				continue
			}
			// The address that is walked to stays one of the first subnet.
			to := &a.sets[place[m.key]]
			to.set = append(to.set, m.set...)
		}
	}
	a.whole = merge(a.whole)
	g.joint[key.String()] = a
	return a
}
