package graph

import (
	"net/netip"
	"slices"

	"github.com/routeproof/routeproof/internal/snapshot"
)

func (g *Graph) placeSites() {
	taken := make(map[string]bool)
	for _, s := range g.snap.Scope.Sites {
		for _, name := range s.Routers {
			i := slices.IndexFunc(g.routers, func(r *router) bool { return r.snap.Name == name })
			if i < 0 {
				g.note("site %s: router %q is not in the evidence", s.Name, name)
				continue
			}
			label := s.Name
			if len(s.Routers) > 1 {
				label += "@" + name
			}
			g.routers[i].site = s.Name
			g.sites = append(g.sites, site{name: label, router: g.routers[i], vrf: g.routers[i].home(s.Prefixes), set: s.Prefixes})
			taken[name] = true
		}
	}
	if len(taken) > 0 {
		return
	}
	for _, r := range g.routers {
		r.site = r.snap.Name
		if !g.deriveSites(r) {
			g.note("%s: no prefix that it originates was read; declare its site in the configuration (sites:)", r.id)
			g.sites = append(g.sites, site{name: r.snap.Name, router: r, vrf: r.in(defaultVRF)})
		}
	}
}

// deriveSites makes a site of each of a router's tables that has prefixes of its
// own, and reports whether there was one. A table that has only the tunnels' end
// points is a front-door VRF.
func (g *Graph) deriveSites(r *router) bool {
	found := false
	for _, v := range r.vrfs {
		set := g.derived(v)
		if len(set) == 0 || v.name != defaultVRF && len(subtract(spans(set), g.ends)) == 0 {
			continue
		}
		name := r.snap.Name
		if v.name != defaultVRF {
			name += "@" + v.name
		}
		found = true
		g.sites = append(g.sites, site{name: name, router: r, vrf: v, set: set})
		g.note("site %s is derived: the prefixes that %s originates (%s)", name, v.node(), joinPrefixes(cover(set)))
	}
	return found
}

// home is the table that a site's prefixes are in: the first one that has any of
// them from elsewhere than BGP.
func (r *router) home(set []netip.Prefix) *vrf {
	for _, v := range r.vrfs {
		for _, p := range set {
			for _, s := range v.table.Subnets(p.Masked()) {
				if slices.ContainsFunc(s.routes, func(rt *snapshot.Route) bool { return rt.Protocol != snapshot.BGPProto }) {
					return v
				}
			}
		}
	}
	return r.in(defaultVRF)
}

// derived are the prefixes behind a router when no site is declared: those that
// it originates and those of its local network gateways; without its BGP table,
// what Azure learned from it and it does not have from BGP itself.
func (g *Graph) derived(v *vrf) []netip.Prefix {
	set := v.originated()
	for _, t := range g.tunnels {
		for _, l := range g.snap.Azure.LocalSites {
			if t.inner == v && l.ID == t.conn.LocalSite {
				set = append(set, l.Prefixes...)
			}
		}
	}
	if !v.snap.BGP.Whole() {
		set = append(set, g.sentToAzure(v)...)
	}
	return set
}

// sentToAzure are the prefixes that Azure's tables have from a router and that
// are not in its own RIB from BGP.
func (g *Graph) sentToAzure(v *vrf) []netip.Prefix {
	var set []netip.Prefix
	add := func(p netip.Prefix) {
		if !v.learned(p) {
			set = append(set, p)
		}
	}
	for _, t := range g.tunnels {
		for _, row := range t.gw.Learned.Routes {
			if t.inner == v && row.Peer == t.own {
				add(row.Prefix)
			}
		}
	}
	for _, p := range g.peerings {
		for _, row := range p.table.Routes {
			if p.vrf == v && row.NextHop == p.customer {
				add(row.Prefix)
			}
		}
	}
	return set
}
