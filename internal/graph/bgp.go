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

// Best-path selection, run again only where an outage takes a path away. The
// steps are those that every platform shares up to eBGP over iBGP (Cisco
// document 13753; FRR bgp_path_info_cmp); what comes after them depends on the
// age of sessions, which no table shows, and is undecided.

type bgpKey struct {
	group *[]*router
	vrf   string
	p     netip.Prefix
	down  string
}

// bgpChoice is BGP's offer for a prefix to a router's RIB.
type bgpChoice struct {
	*choice
	distance uint32
	paths    []candidate // the best path and its multipaths
}

// bgpBest is BGP's offer at r for the prefix of s, or nil.
func (g *Graph) bgpBest(r *vrf, s *slot, down outage) *bgpChoice {
	key := bgpKey{r.group, r.name, s.prefix, down.key}
	all, ok := g.bgpMemo[key]
	if !ok {
		all = g.converge(*r.group, r.name, s.prefix, down)
		g.bgpMemo[key] = all
	}
	return all[r]
}

// converge finds the best paths for a prefix of every router of a group. In steady state they
// are as observed. Under an outage, each router drops the paths whose session
// is gone and takes its internal neighbours' new choices, until nothing changes.
// Routers exchange routes within the VRF of one name.
func (g *Graph) converge(group []*router, name string, p netip.Prefix, down outage) map[*vrf]*bgpChoice {
	observed := make(map[*vrf][]candidate, len(group))
	best := make(map[*vrf]*bgpChoice, len(group))
	for _, o := range group {
		r := o.in(name)
		s, ok := r.table.Get(p)
		if !ok {
			continue
		}
		observed[r] = s.paths
		best[r] = g.observedBest(r, s)
	}
	if down.empty() {
		return best
	}
	steady := best
	for range len(group) + 2 {
		next := make(map[*vrf]*bgpChoice, len(best))
		changed := false
		for _, o := range group {
			if down.has(o.id) {
				continue
			}
			r := o.in(name)
			next[r] = g.reselect(r, p, observed, steady, best, down)
			changed = changed || !samePaths(next[r], best[r])
		}
		best = next
		if !changed {
			break
		}
	}
	return best
}

func samePaths(a, b *bgpChoice) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return slices.EqualFunc(a.paths, b.paths, func(x, y candidate) bool { return x.hop == y.hop && x.Path == y.Path })
}

// observedBest is what the router itself says: its RIB's BGP route, explained
// by the BGP table; without a RIB, the paths marked best, which is inference.
func (g *Graph) observedBest(r *vrf, s *slot) *bgpChoice {
	var won []candidate
	for _, c := range s.paths {
		if c.Best || c.Multipath {
			won = append(won, c)
		}
	}
	for _, rt := range s.routes {
		if rt.Protocol != snapshot.BGPProto || !rt.Selected {
			continue
		}
		legs := g.routeLegs(r, rt, outage{})
		if len(legs) == 0 {
			continue
		}
		b := &bgpChoice{choice: &choice{prefix: s.prefix, legs: legs, stuck: !rt.Installed}, distance: distance(rt), paths: won}
		b.refs = append(b.refs, pathRefs(r, won)...)
		b.refs = append(b.refs, finding.Ref{Item: r.snap.RIB.Item, Line: rt.Line, LastLine: lastLine(rt.Line, rt.LastLine)})
		g.explain(r, s, b)
		return b
	}
	if r.lists(s.prefix.Addr()) || len(won) == 0 {
		return nil // BGP's best path is not in the RIB: it does not forward
	}
	b := g.offer(r, s, won, outage{})
	b.why += "; inferred from the BGP table, the RIB was not read"
	b.inferred = true
	return b
}

// offer makes BGP's offer of chosen paths.
func (g *Graph) offer(r *vrf, s *slot, won []candidate, down outage) *bgpChoice {
	b := &bgpChoice{choice: &choice{prefix: s.prefix, refs: pathRefs(r, won)}, paths: won}
	for _, c := range won {
		b.distance = max(b.distance, bgpDistance(r, c))
		for _, l := range g.pathLegs(r, c, down) {
			if !slices.Contains(b.legs, l) {
				b.legs = append(b.legs, l)
			}
		}
	}
	g.explain(r, s, b)
	return b
}

type hopKey struct {
	r    *vrf
	from *vrf
	hop  netip.Addr
	down string
}

// pathLegs are the ways out of a router of a path: those of its next hop, by the
// router's table. That of an external path need not lead to the neighbour that sent
// it, and that of an internal one is its sender's own address, or is left as it came to
// the sender (RFC 4271, 5.1.3). None is left where what led there is gone.
func (g *Graph) pathLegs(r *vrf, c candidate, down outage) []leg {
	key := hopKey{r: r, hop: c.hop, down: down.key}
	if c.Internal {
		key.from = c.from
	}
	legs, ok := g.hopMemo[key]
	if !ok || c.Line == 0 {
		legs = g.resolvePath(r, c, down)
		if len(g.resolving) == 0 && c.Line > 0 { // else a part of the table was out of bounds
			g.hopMemo[key] = legs
		}
	}
	return legs
}

func (g *Graph) resolvePath(r *vrf, c candidate, down outage) []leg {
	fromNeighbour := c.Internal && c.from != nil
	switch {
	case fromNeighbour && (g.owners[c.hop] == c.from.router || c.Line == 0 && !slices.Contains(r.internalHops(), c.hop) || !r.snap.RIB.Whole()):
		return []leg{{router: c.from, hop: c.hop}}
	case !c.hop.IsValid(), !r.snap.RIB.Whole():
		return []leg{g.legTo(r, c.hop, "")}
	}
	// The router says that it reaches the next hop, be it by a default route.
	if legs, ok := g.resolve(r, c.hop, down, true); ok {
		return legs
	}
	if _, ok := g.resolve(r, c.hop, outage{}, true); ok {
		return nil
	}
	if fromNeighbour {
		return []leg{{hop: c.hop}}
	}
	return []leg{g.legTo(r, c.hop, "")}
}

// bgpDistance is the administrative distance of a path: the configured one, else
// the platforms' default.
func bgpDistance(r *vrf, c candidate) uint32 {
	d := [3]uint32{20, 200, 200} // external, internal, local
	if strings.HasPrefix(r.snap.Platform, "arista") {
		d[0] = 200 // EOS: eBGP and iBGP alike
	}
	if set := r.bgpConfig().Distance; set != nil {
		d = *set
	}
	switch {
	case c.local():
		return d[2]
	case c.Internal:
		return d[1]
	}
	return d[0]
}

// bgpConfig is what the configuration sets for BGP in the table; the zero value
// are the platforms' defaults.
func (v *vrf) bgpConfig() snapshot.BGPConfig {
	for _, c := range v.snap.Config.BGP {
		if cmp.Or(c.VRF, defaultVRF) == v.name {
			return c
		}
	}
	return snapshot.BGPConfig{}
}

func pathRefs(r *vrf, cs []candidate) []finding.Ref {
	var out []finding.Ref
	for _, c := range cs {
		if c.Line > 0 {
			out = append(out, finding.Ref{Item: r.snap.BGP.Item, Line: c.Line, LastLine: lastLine(c.Line, c.LastLine)})
		}
	}
	return out
}

// explain says why the best paths beat the others, and keeps the others.
func (g *Graph) explain(r *vrf, s *slot, b *bgpChoice) {
	b.rule, b.why = "only", "BGP's only path"
	if len(b.legs) > 1 {
		b.rule, b.why = "ecmp", fmt.Sprintf("equal cost over %d paths", len(b.legs))
	}
	if len(b.paths) == 0 {
		return
	}
	told := len(b.legs) > 1
	for _, c := range s.paths {
		if slices.ContainsFunc(b.paths, func(w candidate) bool { return w.Path == c.Path }) || c.History {
			continue
		}
		legs := g.pathLegs(r, c, outage{})
		if len(legs) == 0 {
			continue
		}
		l := legs[0]
		if slices.ContainsFunc(b.legs, func(w leg) bool { return w.via(r) == l.via(r) }) {
			continue
		}
		rule, why := decide(b.paths[0], c, r.bgpConfig())
		if b.rule == "only" || crosses(l) && !told {
			// The reason to tell is the one that decides which way the premises
			// are left; between two ways inside, any will do.
			b.rule, b.why, told = rule, why, crosses(l)
		}
		b.lost = append(b.lost, finding.Candidate{
			Prefix: s.prefix.String(), Source: lostSource(&choice{legs: []leg{l}}), Via: l.via(r), Why: why, Evidence: pathRefs(r, []candidate{c}),
		})
	}
}

// crosses reports whether a way out leaves the premises.
func crosses(l leg) bool { return l.tunnel != nil || l.peering != nil }
