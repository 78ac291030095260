package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

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
	for _, r := range append(c.rests, c.route) {
		w.atSubnet(r, dst)
	}
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
// always may; a service tag's and a service endpoint's only for public addresses,
// and no user-defined route to the address alone.
func (s *subnet) unsure(g *Graph, r *azRoute, dst netip.Addr) []string {
	host := r.source == fromUser && r.prefix.Bits() == dst.BitLen()
	if len(s.unread) > 0 {
		return s.unread
	}
	if !dst.IsPrivate() && !host {
		if len(s.tags) > 0 {
			return s.tags
		}
		if s.services != "" && !r.special {
			return []string{s.services}
		}
	}
	if r.special && (s.RouteTable == "" || g.tables[strings.ToLower(s.RouteTable)] != nil) {
		return nil
	}
	return s.blind
}

func (w *walker) azure(t trail, s *subnet, r *azRoute, h finding.Hop, dst netip.Addr) {
	switch r.kind {
	case "VnetLocal", "VNetPeering":
		w.intoVNet(t, s, r, h, dst)
	case toAppliance:
		w.appliance(t, r, h, dst)
	case toService:
		h.Link, h.LinkKind, h.Protection = "microsoft/services", "microsoft", "none"
		w.end(t.with(h), finding.Dropped, s.id+" takes "+h.Prefix+" for an Azure service, by a service endpoint: packets go to Microsoft's network, and not to the premises")
	case "None":
		w.end(t.with(h), finding.Dropped, s.id+" discards "+h.Prefix+" ("+r.label+")")
	case "Internet":
		w.internet(t, r, h, dst)
	case toPeer:
		w.end(t.with(h), finding.Unknown, r.open)
	case "VirtualNetworkGateway":
		w.towardsPremises(t, r, h, dst)
	default:
		w.end(t.with(h), finding.Unknown, fmt.Sprintf("next hop type %q of %s is not known", r.kind, r.label))
	}
}

// intoVNet hands a packet over to the VNet that a route is for.
func (w *walker) intoVNet(t trail, s *subnet, r *azRoute, h finding.Hop, dst netip.Addr) {
	h.Link, h.LinkKind, h.Protection = "vnet/"+s.vnet.Name, "vnet", "none"
	at := s.vnet
	if r.kind == "VNetPeering" {
		at = w.g.vnets[r.remote]
		h.Link, h.LinkKind = "vnetpeering/"+s.vnet.Name+"/"+w.g.vnetName(r.remote), "peering"
	}
	to := w.g.subnetIn(at, dst)
	switch {
	case r.open != "":
		w.end(t.with(h), finding.Unknown, s.id+": "+r.open)
	case to != nil:
		w.deliver(t.with(h), to, dst)
	case at == nil:
		w.end(t.with(h), finding.Unknown, "the virtual network "+w.g.vnetName(r.remote)+", which "+dst.String()+" is in, was not read")
	case r.source == fromUser && w.g.subnetOf(dst) != nil:
		w.end(t.with(h), finding.Unknown, r.label+" keeps "+dst.String()+" in vnet/"+s.vnet.Name+", and it is in another one: what Azure does then is not documented")
	default:
		w.end(t.with(h), finding.Dropped, dst.String()+" is in no subnet")
	}
}

// deliver ends a path at the subnet that a packet comes to. Another one may have
// the same address, or the premises may, and it is their packets which are asked for.
func (w *walker) deliver(t trail, to *subnet, dst netip.Addr) {
	t = t.with(finding.Hop{Node: to.id, Rule: "deliver", Why: "the subnet owns the address"})
	if w.premises {
		w.end(t, finding.Dropped, dst.String()+" comes to "+to.id+", which has the same address as the premises")
		return
	}
	if w.to != nil && w.to != to {
		w.end(t, finding.Dropped, dst.String()+" comes to "+to.id+": "+w.to.id+" has the same address, and nothing leads there from here")
		return
	}
	w.end(t, finding.Delivered, "")
}

// internet sends a packet to the Internet. A private address goes nowhere there. A
// public one may well arrive on premises, past ExpressRoute and its tunnels: where
// that is only Azure's own default route, it depends on what else lets the machine
// out (a public address, a NAT gateway, a load balancer's rules).
func (w *walker) internet(t trail, r *azRoute, h finding.Hop, dst netip.Addr) {
	private := dst.IsPrivate() || netip.MustParsePrefix("100.64.0.0/10").Contains(dst)
	switch {
	case r.source == fromSystem && private:
		w.end(t.with(finding.Hop{Node: h.Node, Why: "no route but the Internet's matches"}), finding.Dropped, "a private destination has no route but the one to the Internet")
	case r.source == fromSystem:
		h.Why = "no route but the Internet's matches"
		w.end(t.with(h), finding.Unknown, "only Azure's own route to the Internet covers the public address "+dst.String()+
			": what leaves there is not protected, and whether anything does is not in the evidence; announce the prefix to the gateways, or declare the sites (sites:) without it")
	default:
		h.Link, h.LinkKind, h.Protection, h.LeavesPremises = "internet", "internet", "none", true
		outcome, detail := finding.Dropped, "sent to the Internet, where a private address goes nowhere"
		if !private {
			outcome, detail = finding.Unknown, "sent to the Internet, past ExpressRoute; whether it arrives on premises is not in the evidence"
		}
		w.end(t.with(h), outcome, detail)
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
	case r.open != "":
		w.end(t.with(h), finding.Unknown, r.open)
	case !r.external():
		w.end(t.with(h), finding.Unknown, fmt.Sprintf("%s has %s from a Route Server or another gateway only (origin IBgp): where packets go is not known", r.gw.id, r.prefix))
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
		if row := w.g.edgeRow(p, dst, w.down); row != nil {
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
			w.end(t.with(h), finding.Unknown, fmt.Sprintf("%s learned %s from %s, which is at the other end of no known tunnel", r.gw.id, r.prefix, cmp.Or(text(hop), "a peer without an address")))
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
