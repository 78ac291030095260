package graph

import (
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
		b := &bgpChoice{choice: &choice{prefix: s.prefix, legs: legs}, distance: distance(rt), paths: won}
		b.refs = append(b.refs, pathRefs(r, won)...)
		b.refs = append(b.refs, finding.Ref{Item: r.snap.RIB.Item, Line: rt.Line, LastLine: lastLine(rt.Line, rt.LastLine)})
		g.explain(r, s, b)
		return b
	}
	if r.snap.RIB.Whole() || len(won) == 0 {
		return nil // BGP's best path is not in the RIB: it does not forward
	}
	b := g.offer(r, s, won)
	b.why += "; inferred from the BGP table, the RIB was not read"
	b.inferred = true
	return b
}

// offer makes BGP's offer of chosen paths.
func (g *Graph) offer(r *vrf, s *slot, won []candidate) *bgpChoice {
	b := &bgpChoice{choice: &choice{prefix: s.prefix, refs: pathRefs(r, won)}, distance: 20, paths: won}
	for _, c := range won {
		if c.Internal || c.local() {
			b.distance = 200
		}
		l := g.legTo(r, c.hop, "")
		if c.Internal && c.from != nil {
			l = leg{router: c.from, hop: c.hop}
		}
		if !slices.Contains(b.legs, l) {
			b.legs = append(b.legs, l)
		}
	}
	if strings.HasPrefix(r.snap.Platform, "arista") {
		b.distance = 200 // EOS: eBGP and iBGP alike
	}
	g.explain(r, s, b)
	return b
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
		l := g.legTo(r, c.hop, "")
		if c.Internal && c.from != nil {
			l.router = c.from
		}
		if slices.ContainsFunc(b.legs, func(w leg) bool { return w.via(r) == l.via(r) }) {
			continue
		}
		rule, why := decide(b.paths[0], c)
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

// decide names the first step at which a beats b, in the order of selection.
// Where no visible step decides, the router's own choice is all that is known.
func decide(a, b candidate) (rule, why string) {
	for _, s := range steps(a, b) {
		if s.a == s.b {
			continue
		}
		return s.rule, strings.TrimSpace(fmt.Sprintf("%s %s over %s", s.words, s.textA, s.textB))
	}
	if !b.Valid {
		return "observed-best", "the other path is not valid"
	}
	return "observed-best", "the router's choice; the paths tie on every attribute shown"
}

// step is one comparison; the larger of a and b wins.
type step struct {
	rule, words  string
	a, b         int64
	textA, textB string
}

func steps(a, b candidate) []step {
	num := func(rule, words string, x, y int64) step {
		return step{rule, words, x, y, fmt.Sprint(x), fmt.Sprint(y)}
	}
	low := func(rule, words string, x, y int64) step {
		return step{rule, words, -x, -y, fmt.Sprint(x), fmt.Sprint(y)}
	}
	flag := func(rule string, x, y bool, yes, no string) step {
		s := step{rule: rule, textA: yes, textB: no}
		if x {
			s.a = 1
		}
		if y {
			s.b = 1
		}
		if y && !x {
			s.textA, s.textB = no, yes
		}
		return s
	}
	med := low("med", "MED", value(a.Metric, 0), value(b.Metric, 0))
	if firstAS(a.ASPath) != firstAS(b.ASPath) {
		med.b = med.a // compared only between paths from the same neighbouring AS
	}
	out := []step{
		num("weight", "weight", value(a.Weight, 0), value(b.Weight, 0)),
		num("local-preference", "local preference", value(a.LocalPref, 100), value(b.LocalPref, 100)),
		flag("local-origin", a.local(), b.local(), "a local path", "a learned one"),
		low("as-path", "AS path length", int64(asLength(a.ASPath)), int64(asLength(b.ASPath))),
		low("origin", "origin code", originRank(a.Origin), originRank(b.Origin)),
		med,
		flag("ebgp-over-ibgp", !a.Internal, !b.Internal, "eBGP", "iBGP"),
	}
	out[4].textA, out[4].textB = a.Origin, b.Origin
	return out
}

// Select reruns best-path selection over the paths that a router has for one
// prefix: those are returned that no other one beats by a step that every
// platform has and that the table shows. More than one means that what decides
// (age, router ID, IGP metric, neighbour's address) is not shown.
func Select(paths []snapshot.Path) []snapshot.Path {
	var cands []candidate
	for i := range paths {
		if c := newCandidate(&paths[i]); c.usable() {
			cands = append(cands, c)
		}
	}
	var out []snapshot.Path
	for _, c := range unbeaten(cands) {
		out = append(out, *c.Path)
	}
	return out
}

// unbeaten are the candidates that no other one beats.
func unbeaten(cands []candidate) []candidate {
	var best []candidate
	for _, c := range cands {
		if len(best) == 0 {
			best = []candidate{c}
			continue
		}
		switch beats(c, best[0]) {
		case 1:
			best = []candidate{c}
		case 0:
			best = append(best, c)
		}
	}
	return best
}

// beats compares two paths by every visible step: 1, -1, or 0 for a tie.
func beats(a, b candidate) int {
	for _, s := range steps(a, b) {
		switch {
		case s.a > s.b:
			return 1
		case s.a < s.b:
			return -1
		}
	}
	return 0
}

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
	best := unbeaten(cands)
	if len(best) == 0 {
		return nil
	}
	tie := len(best) > 1
	if tie && steady[r] != nil {
		// Of several, the router keeps the one it had.
		if i := slices.IndexFunc(best, func(c candidate) bool {
			return slices.ContainsFunc(steady[r].paths, func(w candidate) bool { return w.Path == c.Path })
		}); i >= 0 {
			best, tie = best[i:i+1], false
		}
	}
	b := g.offer(r, &slot{prefix: p, paths: cands}, best)
	b.undecided = tie
	b.inferred = !r.snap.RIB.Whole()
	if s.routes == nil && len(b.legs) == 0 {
		return nil
	}
	return b
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
			if g.sessionDown(r, *c.external, down) {
				changed = true
				continue
			}
			cands = append(cands, c)
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
		cands = append(cands, candidate{Path: &path, hop: sent.hop, from: o})
		changed = true
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

func value(v *uint32, absent int64) int64 {
	if v == nil {
		return absent
	}
	return int64(*v)
}

func firstAS(path string) string {
	first, _, _ := strings.Cut(path, " ")
	return first
}

// asLength counts an AS path: a set is one, a confederation nothing (RFC 5065).
func asLength(path string) int {
	n, in := 0, byte(0)
	for _, f := range strings.FieldsFunc(path, func(r rune) bool { return r == ' ' || r == ',' }) {
		switch {
		case f[0] == '{':
			n++
			in = '{'
		case f[0] == '(' || f[0] == '[':
			in = f[0]
		case in == 0:
			n++
		}
		if strings.ContainsAny(f[len(f)-1:], "})]") {
			in = 0
		}
	}
	return n
}

func originRank(o string) int64 { return int64(strings.Index("ie?", o)) }
