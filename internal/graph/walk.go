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
	// deps collects what a steady path rests on, when it is not nil.
	deps deps

	branches []finding.Path
}

// trail is the way so far.
type trail struct {
	hops []finding.Hop
	fws  []string
	seen []string
	// inferred names a router whose RIB was not read.
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
		o = finding.Unknown
		detail = "the routing table of " + t.inferred + " was not read: this path is inferred from BGP, and a static route would change it; collect show ip route"
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
	w.subnet(trail{}, s.id, s, dst)
	return w.path()
}

// fromGateway starts at a gateway instance: a packet of its own.
func (w *walker) fromGateway(gw *gateway, node string, dst netip.Addr) finding.Path {
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
	c := w.g.lookup(r, dst, w.down)
	w.atRouter(r, dst, c)
	if why := w.blindAfter(r, dst); why != "" {
		w.end(t.with(finding.Hop{Node: r.node(), Why: "not known"}), finding.Unknown, why)
		return
	}
	if c == nil {
		w.noRoute(t, r)
		return
	}
	h := finding.Hop{Node: r.node(), Prefix: c.prefix.String(), Rule: c.rule, Why: c.why, Lost: c.lost, Evidence: c.refs}
	if len(c.legs) == 0 {
		w.end(t.with(h), finding.Unknown, "the way out of "+c.prefix.String()+" was not understood")
		return
	}
	if c.inferred {
		t.inferred = r.id
	}
	if c.undecided {
		h.Rule, h.Why = "undecided", "several paths are as good by all that the table shows; which one the router takes is not known"
	}
	for _, l := range c.legs {
		w.leg(t, r, l, h, dst)
	}
}

// blindAfter says why it is not known what a router does when what it uses now
// is down: its other paths are in the BGP table, and that was not read whole.
func (w *walker) blindAfter(r *vrf, dst netip.Addr) string {
	if w.down.empty() || r.snap.BGP.Whole() {
		return ""
	}
	now := w.g.lookup(r, dst, outage{})
	if now == nil || !slices.ContainsFunc(now.legs, func(l leg) bool { return w.down.session(w.g, r, l) }) {
		return ""
	}
	return "the BGP table of " + r.id + " was not read whole, and with it what it would use instead; collect show ip bgp"
}

func (w *walker) noRoute(t trail, r *vrf) {
	h := finding.Hop{Node: r.node(), Why: "no route matches"}
	if r.empty && r.name != defaultVRF {
		w.end(t.with(h), finding.Unknown, "nothing of VRF "+r.name+" of "+r.id+" was read; collect its routing table")
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
	case l.local:
		h.Link, h.LinkKind, h.Protection = l.link(r), "lan", "none"
		h.Rule, h.Why, h.Lost = "connected", "directly connected on "+l.iface, nil
		w.end(t.with(h), finding.Delivered, "")
	case w.g.onPrem(dst):
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

// edge is a Microsoft edge router that got a packet from the premises.
func (w *walker) edge(t trail, p *peering, dst netip.Addr) {
	if w.loops(&t, p.msee) {
		return
	}
	w.atEdge(p)
	h := finding.Hop{Node: p.msee, Rule: "forward"}
	switch row := mseeRow(p, dst); {
	case row != nil:
		h.Prefix, h.Why, h.Evidence = row.Prefix.String(), "the edge router's best route", []finding.Ref{ref(row.Ref)}
	case p.table.Whole() && w.g.subnetOf(dst) == nil:
		w.end(t.with(finding.Hop{Node: p.msee, Why: "no route matches"}), finding.Dropped, p.msee+" has no route to the destination")
		return
	case p.table.Whole():
		w.end(t.with(finding.Hop{Node: p.msee, Why: "no route matches"}), finding.Dropped, p.msee+" has no route to the destination; its table was read whole")
		return
	default:
		h.Why = "the edge router's table was not read; the gateway whose VNet owns the destination gets it"
	}
	for _, gw := range w.g.gateways {
		if gw.Type != snapshot.ExpressRoute || !w.g.connects(gw, p) || gw.subnet == nil {
			continue
		}
		h.Link, h.LinkKind, h.Protection = "microsoft/"+strings.TrimPrefix(p.id, "peering/"), "microsoft", "none"
		if to := w.g.subnetOf(dst); to != nil && to.vnet == gw.subnet.vnet && w.g.bypasses(gw, p) {
			h.Why += "; FastPath on a provider's circuit: past the gateway and its subnet's route table"
			w.end(t.with(h).with(finding.Hop{Node: to.id, Rule: "deliver", Why: "the subnet owns the address"}), finding.Delivered, "")
			return
		}
		w.subnet(t.with(h), gw.id, gw.subnet, dst)
		return
	}
	w.end(t.with(h), finding.Unknown, "no ExpressRoute gateway connected to "+p.circuit.Name+" is in the evidence")
}

// bypasses reports whether packets from a link go past the gateway: FastPath
// (expressRouteGatewayBypass) on a provider's circuit, where user-defined routes
// of the GatewaySubnet are not honoured for the hub's own VNet. On ExpressRoute
// Direct they are (about-fastpath, support for user-defined routes).
func (g *Graph) bypasses(gw *gateway, p *peering) bool {
	return p.circuit.Port == "" && slices.ContainsFunc(g.snap.Azure.Connections, func(c snapshot.Connection) bool {
		return c.Gateway == gw.ID && c.Circuit == p.circuit.ID && c.FastPath
	})
}

// subnet decides by the effective routes of an Azure subnet: node is the
// machine that decides, a workload, a gateway instance or a firewall.
func (w *walker) subnet(t trail, node string, s *subnet, dst netip.Addr) {
	if w.loops(&t, node) {
		return
	}
	c := w.g.decideAt(s, dst, w.down)
	if c == nil {
		w.end(t.with(finding.Hop{Node: node, Why: "no route matches"}), finding.Dropped, node+" has no route to the destination")
		return
	}
	w.atSubnet(c.route, dst)
	h := finding.Hop{Node: node, Prefix: c.route.prefix.String(), Rule: c.rule, Why: c.why, Lost: c.lost, Evidence: c.route.refs}
	if d := s.doubtful(dst); d != nil {
		h.Evidence = append(slices.Clone(h.Evidence), d.refs...)
		w.end(t.with(h), finding.Unknown, s.id+": "+d.why)
		return
	}
	if why := s.unsure(w.g, c.route, dst); len(why) > 0 {
		w.end(t.with(h), finding.Unknown, s.id+": "+strings.Join(why, "; "))
		return
	}
	w.azure(t, s, c.route, h, dst)
}

// unsure says why a route that was not read may beat r: a learned route may be
// longer, though not inside a VNet's or a peering's space; a user-defined one
// always may; a service tag's only for public addresses.
func (s *subnet) unsure(g *Graph, r *azRoute, dst netip.Addr) []string {
	if !dst.IsPrivate() && len(s.tags) > 0 {
		return s.tags
	}
	if r.special && (s.RouteTable == "" || g.tables[strings.ToLower(s.RouteTable)] != nil) {
		return nil
	}
	return s.blind
}

func (w *walker) azure(t trail, s *subnet, r *azRoute, h finding.Hop, dst netip.Addr) {
	switch r.kind {
	case "VnetLocal", "VNetPeering":
		h.Link, h.LinkKind, h.Protection = "vnet/"+s.vnet.Name, "vnet", "none"
		to := w.g.subnetOf(dst)
		if r.kind == "VNetPeering" && to != nil {
			h.Link, h.LinkKind = "vnetpeering/"+s.vnet.Name+"/"+to.vnet.Name, "peering"
		}
		if to == nil {
			w.end(t.with(h), finding.Dropped, dst.String()+" is in no subnet")
			return
		}
		w.end(t.with(h).with(finding.Hop{Node: to.id, Rule: "deliver", Why: "the subnet owns the address"}), finding.Delivered, "")
	case toAppliance:
		w.appliance(t, r, h, dst)
	case "None":
		w.end(t.with(h), finding.Dropped, s.id+" discards "+h.Prefix+" ("+r.label+")")
	case "Internet":
		h.Link, h.LinkKind, h.Protection, h.LeavesPremises = "internet", "internet", "none", true
		if r.source == fromSystem {
			w.end(t.with(finding.Hop{Node: h.Node, Why: "no route but the Internet's matches"}), finding.Dropped, "a private destination has no route but the one to the Internet")
			return
		}
		w.end(t.with(h), finding.Dropped, "sent to the Internet, where a private address goes nowhere")
	case "VirtualNetworkGateway":
		w.towardsPremises(t, r, h, dst)
	default:
		w.end(t.with(h), finding.Unknown, fmt.Sprintf("next hop type %q of %s is not known", r.kind, r.label))
	}
}

// appliance sends a packet to a route's appliance, which sends it on by the routes
// of the subnets that it is in.
func (w *walker) appliance(t trail, r *azRoute, h finding.Hop, dst netip.Addr) {
	to := r.to
	switch {
	case to.stale != "":
		w.end(t.with(h), finding.Dropped, fmt.Sprintf("%s sends to %s, where nothing takes packets: %s", r.label, r.hop, to.stale))
		return
	case to.id == "":
		w.end(t.with(h), finding.Unknown, fmt.Sprintf("what %s sends to at %s is not known: %s", r.label, text(r.hop), to.unknown))
		return
	}
	kind, _, _ := strings.Cut(to.id, "/")
	h.Link, h.LinkKind, h.Protection = "vnet/"+kind, "vnet", "none"
	if slices.Contains(t.fws, to.id) {
		w.end(t.with(h), finding.Loop, "the packet comes back to "+to.id)
		return
	}
	next := t.with(h)
	next.fws = append(slices.Clone(t.fws), to.id)
	if to.unknown != "" {
		w.end(next, finding.Unknown, to.unknown)
		return
	}
	at, why := w.sendsFrom(to, dst)
	if why != "" {
		w.end(next, finding.Unknown, why)
		return
	}
	w.subnet(next, to.id, at, dst)
}

// sendsFrom is the subnet by whose routes an appliance's packets to dst go on. Of
// several it is any where they agree, or one whose routes are not known; otherwise
// why says that the choice is not.
func (w *walker) sendsFrom(a *appliance, dst netip.Addr) (at *subnet, why string) {
	var first *azChoice
	for _, s := range a.subnets {
		c := w.g.decideAt(s, dst, w.down)
		if c == nil || s.doubtful(dst) != nil || len(s.unsure(w.g, c.route, dst)) > 0 {
			return s, ""
		}
		if at == nil {
			at, first = s, c
			continue
		}
		if o, p := first.route, c.route; o.prefix != p.prefix || o.kind != p.kind || o.gw != p.gw || o.hop != p.hop {
			return nil, fmt.Sprintf("from which of its subnets %s sends is not known: %s would send it to %s, %s to %s", a.id, at.id, o.via(), s.id, p.via())
		}
	}
	return at, ""
}

// towardsPremises hands a packet to a gateway's route: over the private
// peering, which bypasses the ExpressRoute gateway, or into the VPN's tunnels.
func (w *walker) towardsPremises(t trail, r *azRoute, h finding.Hop, dst netip.Addr) {
	switch {
	case r.gw == nil:
		w.end(t.with(h), finding.Unknown, r.label+" has the next hop type VirtualNetworkGateway, which Azure does not support beside an ExpressRoute gateway")
	case r.source == fromExpressRoute:
		w.overPeering(t, r, h, dst)
	default:
		w.overVPN(t, r, h, dst)
	}
}

func (w *walker) overPeering(t trail, r *azRoute, h finding.Hop, dst netip.Addr) {
	legs, sure := w.g.edgeLegs(r, dst, w.down)
	if len(legs) == 0 {
		w.end(t.with(h), finding.Unknown, r.gw.id+" learned "+r.prefix.String()+", but no edge router's table has it: the evidence contradicts itself")
		return
	}
	for _, p := range legs {
		edge := finding.Hop{
			Node: p.msee, Rule: "forward", Why: "the edge router's best route",
			Link: p.id, LinkKind: "privatePeering", Protection: p.protect, Grade: p.grade, LeavesPremises: true,
		}
		if row := mseeRow(p, dst); row != nil {
			edge.Prefix, edge.Evidence = row.Prefix.String(), []finding.Ref{ref(row.Ref)}
		}
		if !sure && !p.table.Whole() {
			edge.Why = "one of the circuit's links; its edge router's table was not read"
		}
		in := h
		in.Link, in.LinkKind, in.Protection = "microsoft/"+strings.TrimPrefix(p.id, "peering/"), "microsoft", "none"
		next := t.with(in).with(edge)
		if p.router == nil {
			w.end(next, finding.Unknown, p.nobody)
			continue
		}
		w.router(next, p.vrf, dst)
	}
}

func (w *walker) overVPN(t trail, r *azRoute, h finding.Hop, dst netip.Addr) {
	ts, unplaced := w.g.tunnelsOf(r, w.down)
	for _, hop := range unplaced {
		if w.down.empty() || len(ts) == 0 {
			w.end(t.with(h), finding.Unknown, fmt.Sprintf("%s learned %s from %s, which is at the other end of no known tunnel", r.gw.id, r.prefix, hop))
		}
	}
	if len(ts) == 0 && len(unplaced) == 0 {
		w.end(t.with(h), finding.Dropped, r.gw.id+" has no tunnel left for "+r.prefix.String())
		return
	}
	if strings.HasPrefix(h.Node, "instance/") {
		for _, tn := range ts {
			w.intoTunnel(t, tn, h, dst, false)
		}
		return
	}
	h.Link, h.LinkKind, h.Protection = "vnet/"+r.gw.Name, "vnet", "none"
	for _, tn := range ts {
		w.intoTunnel(t.with(h), tn, finding.Hop{
			Node: tn.gw.instance(tn.inst), Prefix: r.prefix.String(), Rule: "forward", Why: "learned over this tunnel", Evidence: rowRefs(r, tn),
		}, dst, false)
	}
	for _, sibling := range w.g.siblings(r, ts, w.down) {
		sibling.Link, sibling.LinkKind, sibling.Protection = h.Link, h.LinkKind, h.Protection
		for _, tn := range ts {
			w.intoTunnel(t.with(h).with(sibling), tn, finding.Hop{
				Node: tn.gw.instance(tn.inst), Prefix: r.prefix.String(), Rule: "forward", Why: "learned over this tunnel", Evidence: rowRefs(r, tn),
			}, dst, false)
		}
	}
}

// rowRefs are the rows of a route that came over a tunnel, or all of them.
func rowRefs(r *azRoute, tn *tunnel) []finding.Ref {
	var out []finding.Ref
	for _, row := range r.rows {
		if row.Peer == tn.own && ownsRow(tn, row) {
			out = append(out, ref(row.Ref))
		}
	}
	if len(out) == 0 {
		return r.refs
	}
	return out
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
