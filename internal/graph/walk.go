package graph

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// maxBranches bounds the equal-cost forks of one path; past it the rest is
// reported as unknown, never left out.
const maxBranches = 64

// walker follows one destination through the network, collecting every
// equal-cost branch.
type walker struct {
	g    *Graph
	down outage
	// inside is set when the packet is a tunnel's own: entering that tunnel is
	// then a loop.
	inside *tunnel
	// to is the subnet whose packets are asked for, where its address is not of one
	// VNet alone; nil is any.
	to *subnet
	// premises is set when the destination that is asked for is on premises.
	premises bool
	// deps collects what a steady path rests on, when it is not nil.
	deps deps

	branches []finding.Path
}

// trail is the way so far.
type trail struct {
	hops []finding.Hop
	fws  []string
	seen []string
	// inferred is why what a router does was not read whole.
	inferred string
}

func (t trail) with(h finding.Hop) trail {
	t.hops = append(slices.Clone(t.hops), h)
	return t
}

// path is what a walk found: its branches, in a stable order.
func (w *walker) path() finding.Path {
	slices.SortStableFunc(w.branches, func(a, b finding.Path) int { return strings.Compare(signature(a), signature(b)) })
	first := w.branches[0]
	if len(w.branches) > 1 {
		first.Others = slices.Clone(w.branches[1:])
	}
	return first
}

func (w *walker) end(t trail, o finding.PathOutcome, detail string) {
	if len(w.branches) > maxBranches {
		return
	}
	if len(w.branches) == maxBranches {
		o, detail = finding.Unknown, fmt.Sprintf("more than %d equal-cost branches; the rest was not followed", maxBranches)
	}
	if t.inferred != "" {
		o, detail = finding.Unknown, t.inferred
	}
	fws := t.fws
	if fws == nil {
		fws = []string{}
	}
	w.branches = append(w.branches, finding.Path{Outcome: o, Detail: detail, Firewalls: fws, Hops: t.hops})
}

func (w *walker) fromRouter(r *vrf, dst netip.Addr) finding.Path {
	if w.down.has(r.id) {
		w.end(trail{hops: []finding.Hop{{Node: r.node(), Why: "down"}}}, finding.Dropped, r.id+" is down")
		return w.path()
	}
	w.router(trail{}, r, dst)
	return w.path()
}

func (w *walker) fromSubnet(s *subnet, dst netip.Addr) finding.Path {
	w.premises = true
	w.subnet(trail{}, s.id, s, dst)
	return w.path()
}

// fromGateway starts at a gateway instance: a packet of its own.
func (w *walker) fromGateway(gw *gateway, node string, dst netip.Addr) finding.Path {
	w.premises = true
	w.subnet(trail{}, node, gw.subnet, dst)
	return w.path()
}

// loops ends the walk when node decides about dst for a second time.
func (w *walker) loops(t *trail, node string) bool {
	if slices.Contains(t.seen, node) {
		w.end(t.with(finding.Hop{Node: node, Rule: "loop", Why: "the packet is here for the second time"}), finding.Loop, "the packet comes back to "+node)
		return true
	}
	t.seen = append(slices.Clone(t.seen), node)
	return false
}

func (w *walker) router(t trail, r *vrf, dst netip.Addr) {
	if w.loops(&t, r.node()) {
		return
	}
	if why, at := w.policyRouted(t, r, dst); why != "" {
		w.end(t.with(finding.Hop{Node: r.node(), Why: "not known", Evidence: []finding.Ref{at}}), finding.Unknown, why)
		return
	}
	c := w.g.lookup(r, dst, w.down)
	w.atRouter(r, dst, c)
	if why := w.blindAfter(r, dst); why != "" {
		w.end(t.with(finding.Hop{Node: r.node(), Why: "not known"}), finding.Unknown, why)
		return
	}
	if c == nil {
		w.noRoute(t, r, dst)
		return
	}
	h := finding.Hop{Node: r.node(), Prefix: c.prefix.String(), Rule: c.rule, Why: c.why, Lost: c.lost, Evidence: c.refs}
	if len(c.legs) == 0 {
		w.end(t.with(h), finding.Unknown, "the way out of "+c.prefix.String()+" was not understood")
		return
	}
	if c.stuck {
		w.end(t.with(h), finding.Unknown, r.id+" selected "+c.prefix.String()+" and has not installed it: what it does with packets is not known; look into its forwarding table")
		return
	}
	switch {
	case c.inferred && r.snap.RIB.Whole():
		t.inferred = "no routing table of IPv6 of " + r.id + " was read: this path is inferred from BGP, and a static route would change it; collect show ipv6 route"
	case c.inferred && r.snap.RIB.Status != snapshot.Missing:
		t.inferred = "the routing table of " + r.id + " was not read whole, and has no route here: this path is inferred from BGP; collect show ip route again"
	case c.inferred:
		t.inferred = "the routing table of " + r.id + " was not read: this path is inferred from BGP, and a static route would change it; collect show ip route"
	case !r.snap.RIB.Whole():
		t.inferred = "the routing table of " + r.id + " was not read whole: a longer route that is missing would change this path; collect show ip route again"
	}
	if c.undecided {
		h.Rule, h.Why = "undecided", "several paths are as good by all that the table shows; which one the router takes is not known"
	}
	for _, l := range c.legs {
		w.leg(t, r, l, h, dst)
	}
}

// blindAfter says why it is not known what a router does when what it uses now
// is down: its other paths are in the BGP table and, of most platforms, its other
// static routes in the configuration alone, and that was not read whole.
func (w *walker) blindAfter(r *vrf, dst netip.Addr) string {
	blind := w.g.blindStatics(r.router)
	if w.down.empty() || r.snap.BGP.Whole() && blind == "" {
		return ""
	}
	now := w.g.lookup(r, dst, outage{})
	if now == nil || !slices.ContainsFunc(now.legs, func(l leg) bool { return w.down.session(w.g, r, l) }) {
		return ""
	}
	if !r.snap.BGP.Whole() {
		return "the BGP table of " + r.id + " was not read whole, and with it what it would use instead; collect show ip bgp"
	}
	return blind
}

func (w *walker) noRoute(t trail, r *vrf, dst netip.Addr) {
	h := finding.Hop{Node: r.node(), Why: "no route matches"}
	if r.empty && r.name != defaultVRF {
		w.end(t.with(h), finding.Unknown, "nothing of VRF "+r.name+" of "+r.id+" was read; collect its routing table")
		return
	}
	if dst.Is6() && r.snap.RIB.Whole() && !r.six {
		w.end(t.with(h), finding.Unknown, r.id+" may have a route of IPv6: no such routing table of it was read; collect show ipv6 route")
		return
	}
	if r.snap.RIB.Whole() || !w.down.empty() && r.snap.BGP.Whole() {
		w.end(t.with(h), finding.Dropped, r.id+" has no route to the destination")
		return
	}
	if r.snap.RIB.Status == snapshot.Missing && r.snap.BGP.Whole() {
		w.end(t.with(h), finding.Unknown, r.id+": BGP has no path, and the routing table, which may hold a static route, was not read")
		return
	}
	w.end(t.with(h), finding.Unknown, r.id+": neither its routing table nor its BGP table could be read whole")
}

func (w *walker) leg(t trail, r *vrf, l leg, h finding.Hop, dst netip.Addr) {
	switch {
	case l.drop:
		w.end(t.with(h), finding.Dropped, r.id+" discards "+h.Prefix)
	case l.tunnel != nil:
		w.intoTunnel(t, l.tunnel, h, dst, true)
	case l.peering != nil:
		h.Link, h.LinkKind, h.Protection, h.Grade, h.LeavesPremises = l.peering.id, "privatePeering", l.peering.protect, l.peering.grade, true
		w.edge(t.with(h), l.peering, dst)
	case l.router != nil:
		h.Link, h.LinkKind, h.Protection = l.link(r), "lan", "none"
		w.router(t.with(h), l.router, dst)
	case l.local && !w.premises:
		w.end(t.with(h), finding.Unknown, fmt.Sprintf(
			"%s sends %s out of %s, which is on no known link to Azure; collect what is at its other end, or where the premises have the same addresses, change them", r.id, h.Prefix, l.iface))
	case l.local:
		h.Link, h.LinkKind, h.Protection = l.link(r), "lan", "none"
		h.Rule, h.Why, h.Lost = "connected", "directly connected on "+l.iface, nil
		w.end(t.with(h), finding.Delivered, "")
	case w.premises && w.g.onPrem(dst):
		// A next hop inside the premises that is none of the audited routers:
		// the destination is on premises too, so no audited link is crossed.
		h.Link, h.LinkKind, h.Protection = "lan/"+r.snap.Name, "lan", "none"
		w.end(t.with(h), finding.Delivered, "")
	default:
		w.end(t.with(h), finding.Unknown, fmt.Sprintf(
			"next hop %s of %s on %s is on no known link; collect the router that owns it, or the circuit or connection it belongs to", l.via(r), h.Prefix, r.id))
	}
}

// intoTunnel sends a packet into a tunnel. out is true from the router's end.
func (w *walker) intoTunnel(t trail, tn *tunnel, h finding.Hop, dst netip.Addr, out bool) {
	h.Link, h.LinkKind, h.Protection, h.Grade, h.LeavesPremises = tn.id, "ipsec", tn.protect, tn.grade, true
	if tn == w.inside {
		w.end(t.with(h).with(finding.Hop{
			Node: h.Node, Prefix: h.Prefix, Rule: "loop", Link: tn.id, LinkKind: "ipsec",
			Why: "the tunnel's own outer packet to " + dst.String() + " matches the route into the tunnel again",
		}), finding.Loop, tn.id+" is routed into itself")
		return
	}
	if w.deps != nil {
		tn.into(w.deps)
	}
	if rule, ok := tn.translates(dst); ok && w.inside == nil {
		w.end(t.with(h), finding.Unknown, fmt.Sprintf("NAT rule %s of %s rewrites %s in %s; what is behind it is not followed", rule.Name, tn.gw.id, dst, tn.id))
		return
	}
	if why := tn.leavesOut(dst, out); why != "" && w.inside == nil {
		w.end(t.with(h), finding.Unknown, why)
		return
	}
	if o, why := w.carried(tn, out); o != finding.Delivered {
		w.end(t.with(h), o, why)
		return
	}
	switch {
	case !out && tn.router == nil:
		w.end(t.with(h), finding.Unknown, tn.nobody)
	case !out:
		w.router(t.with(h), tn.inner, dst)
	case tn.gw.subnet == nil:
		w.end(t.with(h), finding.Unknown, "the GatewaySubnet of "+tn.gw.id+" was not read")
	default:
		w.subnet(t.with(h), tn.gw.instance(tn.inst), tn.gw.subnet, dst)
	}
}

// translates finds the NAT rule of the tunnel's connection that rewrites addr.
func (tn *tunnel) translates(addr netip.Addr) (snapshot.NATRule, bool) {
	used := slices.Concat(tn.conn.EgressNAT, tn.conn.IngressNAT)
	for _, rule := range tn.gw.NAT.Rules {
		if !slices.ContainsFunc(used, func(id string) bool { return strings.EqualFold(id, rule.ID) }) {
			continue
		}
		for _, m := range slices.Concat(rule.Internal, rule.External) {
			if m.Prefix.Contains(addr) {
				return rule, true
			}
		}
	}
	return snapshot.NATRule{}, false
}

// carried says what becomes of a tunnel's outer packets, and with them of what
// is inside. The tunnel's own packets are not asked again.
func (w *walker) carried(tn *tunnel, out bool) (finding.PathOutcome, string) {
	if w.inside != nil || tn.router == nil {
		return finding.Delivered, ""
	}
	key := carryKey{tn, out, w.down.key}
	if c, ok := w.g.carry[key]; ok {
		return c.outcome, c.why
	}
	c := carrying{outcome: finding.Delivered}
	if !w.g.stands(tn, !out, w.down, nil) {
		u := w.g.underlay(tn, w.down)
		p := u.Forward
		if !out {
			p = u.Return
		}
		c = carrying{p.Outcome, "the tunnel's own packets do not arrive: " + p.Detail}
		if delivered(p) {
			c = carrying{finding.Loop, "the tunnel's own packets go into tunnels that rest on it"}
		}
	}
	w.g.carry[key] = c
	return c.outcome, c.why
}

// carryKey and carrying remember, for each tunnel, end and outage, what becomes
// of outer packets.
type carryKey struct {
	t    *tunnel
	out  bool
	down string
}

type carrying struct {
	outcome finding.PathOutcome
	why     string
}

// onPrem reports whether addr is on premises: in a site, or in no VNet and
// originated by a router.
func (g *Graph) onPrem(addr netip.Addr) bool {
	for _, s := range g.sites {
		if contains(s.set, addr) {
			return true
		}
	}
	return false
}

// signature is equal for paths that are the same in everything that a verdict
// can depend on.
func signature(p finding.Path) string {
	var b strings.Builder
	for _, br := range p.Branches() {
		b.WriteString(string(br.Outcome))
		for _, h := range br.Hops {
			fmt.Fprintf(&b, "|%s>%s %s %s", h.Node, h.Link, h.Protection, h.Rule)
			for _, l := range h.Lost {
				b.WriteString(" !" + l.Source)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
