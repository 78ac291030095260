package graph

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

func (g *Graph) placeSites() {
	g.noteOthers()
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
			g.sites = append(g.sites, site{name: label, router: g.routers[i], vrf: g.home(g.routers[i], s.Prefixes), set: s.Prefixes})
			taken[name] = true
		}
	}
	if len(taken) > 0 {
		g.noteUndeclared(taken)
		return
	}
	own := g.derived()
	for _, r := range g.routers {
		r.site = r.snap.Name
		if !g.deriveSites(r, own) {
			g.note("%s: no prefix that it originates was read; declare its site in the configuration (sites:)", r.id)
			g.sites = append(g.sites, site{name: r.snap.Name, router: r, vrf: r.in(defaultVRF)})
		}
	}
}

// deriveSites makes a site of each of a router's tables that has prefixes of its
// own, and reports whether there was one. A table that has only the tunnels' end
// points is a front-door VRF.
func (g *Graph) deriveSites(r *router, own map[*vrf][]netip.Prefix) bool {
	found := false
	for _, v := range r.vrfs {
		set := own[v]
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

// home is the table of a router that a site's prefixes are in: the one that has the
// most of their addresses from neither Azure nor another router of the evidence. The
// end of a tunnel may be in another one.
func (g *Graph) home(r *router, set []netip.Prefix) *vrf {
	best, most := r.in(defaultVRF), uint64(0)
	for _, v := range r.vrfs {
		var own []span
		for _, p := range set {
			for _, s := range v.table.Subnets(p.Masked()) {
				if !isEnd(g.ends, s.prefix) && !g.passedOn(v, s.prefix) {
					own = append(own, spanOf(s.prefix))
				}
			}
		}
		if n := size(merge(own)); n > most {
			best, most = v, n
		}
	}
	return best
}

// noteUndeclared names what the declared sites leave out: routers, and prefixes that
// Azure learned.
func (g *Graph) noteUndeclared(taken map[string]bool) {
	for _, r := range g.routers {
		if !taken[r.snap.Name] {
			g.note("%s is in no declared site: what is behind it is not judged (sites:)", r.id)
		}
	}
	for _, l := range g.learnedElsewhere() {
		g.note("%s learned %s, in no declared site: not judged (sites:)", l.gateway, few(texts(l.set)))
	}
}

// derived are the prefixes behind each of the routers' tables when no site is
// declared: those that it originates, those of its local network gateways, and what
// Azure learned from it beyond what anybody originates.
func (g *Graph) derived() map[*vrf][]netip.Prefix {
	out := make(map[*vrf][]netip.Prefix)
	known := g.notPremises()
	for _, r := range g.routers {
		for _, v := range r.vrfs {
			out[v] = v.originated()
			for _, t := range g.tunnels {
				for _, l := range g.snap.Azure.LocalSites {
					if t.inner == v && l.ID == t.conn.LocalSite {
						out[v] = append(out[v], l.Prefixes...)
					}
				}
			}
			known = append(known, spans(out[v])...)
		}
	}
	known = merge(known)
	for v := range out {
		out[v] = append(out[v], coverSpans(subtract(g.networksOf(g.sentToAzure(v)), known))...)
	}
	return out
}

// sentToAzure are the prefixes that Azure's tables have from a router and that it
// has from neither Azure nor another router of the evidence.
func (g *Graph) sentToAzure(v *vrf) []netip.Prefix {
	var set []netip.Prefix
	add := func(p netip.Prefix) {
		if !g.passedOn(v, p) {
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

// notPremises are the networks of Azure, also those that were not read, and of the
// links to it.
func (g *Graph) notPremises() []span {
	var out []span
	for _, v := range g.snap.Azure.VNets {
		out = append(out, spans(v.Prefixes)...)
	}
	for _, v := range g.unreadVNets() {
		out = append(out, spans(v.prefixes)...)
	}
	for _, p := range g.peerings {
		for _, a := range []netip.Addr{p.ms, p.ms6} {
			if net, err := a.Prefix(a.BitLen() - 2); err == nil && a.IsValid() {
				out = append(out, spanOf(net)) // the /30, and the /126 of IPv6
			}
		}
	}
	return out
}

// widest is the length from which on a prefix that Azure learned is a network, and no
// default route or a part of one.
const widest = 8

// networksOf are those of the prefixes that can be networks on premises: no default
// route or a part of one, and no single address of a router's or a tunnel's own.
func (g *Graph) networksOf(prefixes []netip.Prefix) []span {
	own := func(p netip.Prefix) bool {
		a := p.Addr()
		return p.IsSingleIP() && (g.owners[a] != nil || slices.ContainsFunc(g.tunnels, func(t *tunnel) bool { return t.own == a || t.peer == a }))
	}
	var out []netip.Prefix
	for _, p := range prefixes {
		if p.IsValid() && p.Bits() >= widest && !p.Addr().IsLinkLocalUnicast() && !isEnd(g.ends, p) && !own(p) {
			out = append(out, p)
		}
	}
	return spans(out)
}

// unsited is what a gateway learned and is no site's.
type unsited struct {
	gateway string
	set     []netip.Prefix
}

// learnedElsewhere is what each gateway learned, of each family, and no site has.
func (g *Graph) learnedElsewhere() []unsited {
	known := merge(slices.Concat(g.premises(), g.notPremises()))
	var out []unsited
	for _, gw := range g.gateways {
		var set []netip.Prefix
		for _, row := range gw.Learned.Routes {
			if !g.fromAzure(row.ASPath) && !strings.EqualFold(row.Origin, "Network") {
				set = append(set, row.Prefix)
			}
		}
		left := subtract(g.networksOf(set), known)
		known = merge(append(known, left...))
		six := slices.IndexFunc(left, func(s span) bool { return s.lo.Is6() }) // in order of addresses
		if six < 0 {
			six = len(left)
		}
		for _, family := range [][]span{left[:six], left[six:]} {
			if len(family) > 0 {
				out = append(out, unsited{gw.id, coverSpans(family)})
			}
		}
	}
	return out
}

// fromAzure reports whether all ASes of a path are Azure's: the edge routers' 12076,
// and what gateways have, 65515 to 65520 or their own. Behind it is a virtual network.
func (g *Graph) fromAzure(path string) bool {
	found := false
	for as := range strings.FieldsSeq(path) {
		n, err := strconv.ParseUint(as, 10, 32)
		own := func(gw *gateway) bool { return gw.ASN != 0 && uint64(gw.ASN) == n }
		if found = true; err != nil || n != 12076 && (n < 65515 || n > 65520) && !slices.ContainsFunc(g.gateways, own) {
			return false
		}
	}
	return found
}

// noteOthers names what is neither on premises nor in a virtual network of the
// evidence, and is not judged: what gateways learned from Azure, and what they have by
// themselves (origin Network), as the addresses of point-to-site clients.
func (g *Graph) noteOthers() {
	known := merge(g.notPremises())
	for _, l := range g.snap.Azure.LocalSites {
		known = append(known, spans(l.Prefixes)...)
	}
	for _, gw := range g.gateways {
		var own, others []netip.Prefix
		for _, row := range gw.Learned.Routes {
			switch {
			case strings.EqualFold(row.Origin, "Network"):
				own = append(own, row.Prefix)
			case g.fromAzure(row.ASPath):
				others = append(others, row.Prefix)
			}
		}
		for _, set := range []struct {
			prefixes []netip.Prefix
			text     string
		}{
			{own, "%s has %s by itself, as of point-to-site clients: not judged"},
			{others, "%s learned %s from Azure: virtual networks that are not in the evidence, and not judged"},
		} {
			if left := subtract(g.networksOf(set.prefixes), known); len(left) > 0 {
				g.note(set.text, gw.id, few(texts(coverSpans(left))))
				known = append(known, left...)
			}
		}
	}
}

// atAzure reports whether a next hop is at Azure's end of a link.
func (g *Graph) atAzure(hop netip.Addr) bool {
	return slices.ContainsFunc(g.peerings, func(p *peering) bool { return p.ms == hop || p.ms6 == hop }) ||
		slices.ContainsFunc(g.tunnels, func(t *tunnel) bool { return t.peer == hop })
}
