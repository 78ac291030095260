package graph

import (
	"net/netip"
	"slices"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// reselect is r's choice under an outage. A router whose candidates are those
// of the steady state keeps its observed choice.
func (g *Graph) reselect(r *vrf, p netip.Prefix, observed map[*vrf][]candidate, steady, now map[*vrf]*bgpChoice, down outage) *bgpChoice {
	s, ok := r.table.Get(p)
	if !ok {
		s = &slot{prefix: p}
	}
	cands, changed := g.survivors(r, observed[r], steady, now, down)
	if !changed {
		return steady[r]
	}
	best := winners(cands, r.bgpConfig())
	if len(best) == 0 {
		return nil
	}
	best, tie := settle(best, observed[r], steady[r], r.bgpConfig())
	b := g.offer(r, &slot{prefix: p, paths: cands}, best, down)
	b.undecided = tie
	b.inferred = !r.lists(p.Addr())
	if s.routes == nil && len(b.legs) == 0 {
		return nil
	}
	return b
}

// settle narrows the paths that may win to what the router is seen to use. tie
// says that the evidence does not hold which of those returned it takes: one
// that it did not have before is new to it, and with multipath it may add any.
func settle(best, had []candidate, steady *bgpChoice, cfg snapshot.BGPConfig) (left []candidate, tie bool) {
	if len(best) < 2 || steady == nil {
		return best, len(best) > 1
	}
	used := keep(best, func(c candidate) bool { return hasPath(steady.paths, c) })
	switch {
	case len(used) == len(best):
		return best, false
	case len(used) == 0, len(steady.paths) > 1, value(cfg.MaxPaths, 1) > 1, value(cfg.MaxPathsInternal, 1) > 1:
		return best, true
	case slices.ContainsFunc(best, func(c candidate) bool { return !hasPath(had, c) || beats(c, used[0], cfg) > 0 }):
		return best, true
	}
	return used, false // the router had all of them, and chose this one
}

func hasPath(cands []candidate, c candidate) bool {
	return slices.ContainsFunc(cands, func(o candidate) bool { return o.Path == c.Path })
}

// survivors are the paths that r still has. changed says whether they differ
// from those observed.
func (g *Graph) survivors(r *vrf, had []candidate, steady, now map[*vrf]*bgpChoice, down outage) (cands []candidate, changed bool) {
	for _, c := range had {
		switch {
		case !c.usable():
			continue
		case c.local():
			cands = append(cands, c)
		case c.external != nil:
			if g.sessionDown(r, *c.external, down) || len(g.pathLegs(r, c, down)) == 0 {
				changed = true
				continue
			}
			cands = append(cands, c)
		case len(g.pathLegs(r, c, down)) == 0:
			changed = true // the next hop is out of reach
		case c.from == nil:
			cands = append(cands, c)
		case down.has(leg{router: c.from}.session(r)):
			changed = true
		case samePaths(now[c.from], steady[c.from]) && !down.has(c.from.id):
			cands = append(cands, c)
		default:
			changed = true
		}
	}
	for _, other := range *r.group {
		o := other.in(r.name)
		if o == r || down.has(o.id) || down.has(leg{router: o}.session(r)) || samePaths(now[o], steady[o]) || !g.internalPeers(r.router, o.router) {
			continue
		}
		sent, ok := advertised(now[o])
		if !ok {
			continue
		}
		// A neighbour that never sent this prefix though it had an external best
		// path filters it, and goes on doing so.
		if _, did := advertised(steady[o]); did && !slices.ContainsFunc(had, func(c candidate) bool { return c.from == o }) {
			continue
		}
		path := *sent.Path
		path.Internal, path.Best, path.Multipath, path.Line, path.Weight = true, false, false, 0, nil
		if c := (candidate{Path: &path, hop: sent.hop, from: o}); len(g.pathLegs(r, c, down)) > 0 {
			cands = append(cands, c)
			changed = true
		}
	}
	return cands, changed
}

// advertised is the path that a router sends to internal neighbours: its best
// one, unless it came from such a neighbour itself (RFC 4271 9.2).
func advertised(b *bgpChoice) (candidate, bool) {
	if b == nil || len(b.paths) == 0 || b.paths[0].Internal {
		return candidate{}, false
	}
	return b.paths[0], true
}

// internalPeers reports whether a has an internal session with b: by its list of
// neighbours, or because it has a path from it.
func (g *Graph) internalPeers(a, b *router) bool {
	key := [2]*router{a, b}
	peers, ok := g.peers[key]
	if !ok {
		peers = slices.ContainsFunc(a.snap.Sessions.Peers, func(p snapshot.Peer) bool { return b.owns(p.Addr) }) ||
			slices.ContainsFunc(a.internalHops(), b.owns)
		g.peers[key] = peers
	}
	return peers
}

// internalHops are the next hops of a router's internal paths, each once.
func (r *router) internalHops() []netip.Addr {
	if r.hops == nil {
		r.hops = []netip.Addr{}
		seen := make(map[string]bool)
		for i := range r.snap.BGP.Paths {
			p := &r.snap.BGP.Paths[i]
			if !p.Internal || seen[p.NextHop] {
				continue
			}
			seen[p.NextHop] = true
			if hop, err := netip.ParseAddr(p.NextHop); err == nil {
				r.hops = append(r.hops, hop)
			}
		}
	}
	return r.hops
}

// withdraws reports whether r, which advertised p in steady state, no longer has
// a path to advertise (RFC 4271 9.2). Of a prefix that its BGP table does not
// hold it is not known what becomes, and it stays.
func (g *Graph) withdraws(r *vrf, p netip.Prefix, down outage) bool {
	if r == nil || down.empty() {
		return false
	}
	s, ok := r.table.Get(p.Masked())
	if !ok || !slices.ContainsFunc(s.paths, func(c candidate) bool { return c.Best }) {
		return false
	}
	b := g.bgpBest(r, s, down)
	if b != nil || g.bgpBest(r, s, outage{}) == nil {
		return false
	}
	return !slices.ContainsFunc(s.paths, func(c candidate) bool { return c.local() && c.usable() })
}

// sessionDown reports whether the outage ends r's session with an external peer.
func (g *Graph) sessionDown(r *vrf, peer netip.Addr, down outage) bool {
	if down.has(r.id) {
		return true
	}
	return down.session(g, r, g.legTo(r, peer, ""))
}
