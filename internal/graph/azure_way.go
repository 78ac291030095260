package graph

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// goneAt reports whether an outage withdraws a route from Azure's tables.
func (g *Graph) goneAt(r *azRoute, addr netip.Addr, down outage) bool {
	switch {
	case down.empty() || r.gw == nil:
		return false
	case down.has(r.gw.id):
		return true
	case !r.external():
		return false
	}
	if r.source == fromVPN {
		ts, _ := g.tunnelsOf(r, down)
		return len(ts) == 0
	}
	legs, _ := g.edgeLegs(r, addr, down)
	return len(legs) == 0
}

// tunnelsOf are the tunnels that a VPN route goes into: those whose peer sent
// it with the shortest AS path, and those of the local network gateways that have
// it. Which of the two kinds the gateway prefers is not documented, and so both
// count. unplaced are next hops of rows whose peer is on no known tunnel.
func (g *Graph) tunnelsOf(r *azRoute, down outage) (ts []*tunnel, unplaced []netip.Addr) {
	shortest := -1
	for _, row := range r.rows {
		if !strings.EqualFold(row.Origin, "EBgp") {
			continue // the same route again, from the sibling instance
		}
		i := slices.IndexFunc(g.tunnels, func(t *tunnel) bool {
			return t.gw == r.gw && t.own.IsValid() && (t.own == row.Peer || t.own == row.NextHop) && ownsRow(t, row)
		})
		if i < 0 {
			unplaced = append(unplaced, row.NextHop)
			continue
		}
		t := g.tunnels[i]
		n := asLength(row.ASPath)
		if down.tunnel(g, t) || down.has(t.session()) || g.withdraws(t.inner, row.Prefix, down) || shortest >= 0 && n > shortest || slices.Contains(ts, t) {
			continue
		}
		if n < shortest || shortest < 0 {
			shortest = n
			ts = ts[:0]
		}
		ts = append(ts, t)
	}
	for _, t := range r.static {
		if !down.tunnel(g, t) && !slices.Contains(ts, t) {
			ts = append(ts, t)
		}
	}
	return ts, unplaced
}

// external reports whether a learned route is one of the gateway's own tunnels or
// circuits. What it has from a Route Server or another gateway only (origin IBgp)
// goes elsewhere.
func (r *azRoute) external() bool {
	return len(r.static) > 0 || slices.ContainsFunc(r.rows, func(row snapshot.LearnedRoute) bool { return strings.EqualFold(row.Origin, "EBgp") })
}

// siblings are the instances of an active-active gateway that attract a route's
// traffic though none of its tunnels is theirs: they learned it from the
// instance that has one (origin IBgp), or would once their own tunnel is down,
// and hand packets over to that instance inside the gateway's subnet.
func (g *Graph) siblings(r *azRoute, ts []*tunnel, down outage) []finding.Hop {
	if !r.gw.ActiveActive || len(r.rows) == 0 || len(ts) == 0 {
		return nil
	}
	var out []finding.Hop
	for i, inst := range r.gw.Instances {
		if down.has(r.gw.instance(i)) || slices.ContainsFunc(ts, func(t *tunnel) bool { return t.inst == i }) {
			continue
		}
		h := finding.Hop{Node: r.gw.instance(i), Prefix: r.prefix.String(), Rule: "forward", Why: "learned from the other instance, which has the tunnel"}
		for _, row := range r.rows {
			if slices.Contains(inst.Default, row.Local) || slices.Contains(inst.Custom, row.Local) {
				h.Evidence = append(h.Evidence, ref(row.Ref))
			}
		}
		if len(h.Evidence) > 0 {
			out = append(out, h)
		}
	}
	return out
}

// ownsRow reports whether a learned route's row is of the instance that the
// tunnel ends at; a row that names no known instance fits every tunnel.
func ownsRow(t *tunnel, row snapshot.LearnedRoute) bool {
	for i, inst := range t.gw.Instances {
		if slices.Contains(inst.Default, row.Local) || slices.Contains(inst.Custom, row.Local) {
			return i == t.inst
		}
	}
	return true
}

// edgeLegs are the private-peering links over which an ExpressRoute route
// leaves. sure is false when an edge router's table was not read, so that the
// link is one of several that are possible.
func (g *Graph) edgeLegs(r *azRoute, addr netip.Addr, down outage) (legs []*peering, sure bool) {
	sure = true
	announced := slices.ContainsFunc(g.peerings, func(p *peering) bool { return r.gw.connects(p) && p.announces(r.prefix) })
	for _, p := range g.peerings {
		if !r.gw.connects(p) || down.peering(p) || down.has(p.session()) {
			continue
		}
		if !p.table.Whole() {
			legs, sure = append(legs, p), false
			continue
		}
		if announced && !p.announces(r.prefix) {
			continue
		}
		row := g.edgeRow(p, addr, down)
		if row == nil || !p.isCustomer(row.NextHop) || announced && row.Prefix.Masked() != r.prefix && g.withdraws(p.vrf, r.prefix, down) {
			continue
		}
		legs = append(legs, p)
	}
	return g.lightest(r.gw, legs, addr, down), sure
}

// announces reports whether the edge router has the prefix itself from the
// customer: a gateway sends what it matches to the edge routers that sent it that
// prefix, and not to those that have a shorter one.
func (p *peering) announces(prefix netip.Prefix) bool {
	slot, ok := p.rows.Get(prefix.Masked())
	return ok && p.isCustomer(slot.row.NextHop)
}

// isCustomer reports whether a is the customer's end of the link.
func (p *peering) isCustomer(a netip.Addr) bool {
	return a == p.customer || p.customer6.IsValid() && a == p.customer6
}

// lightest keeps of several circuits' links those of the connections with the
// highest routing weight, and of these the ones with the shortest AS path; what
// is left shares the traffic (expressroute-optimize-routing). A link whose table
// was not read stays, and takes nothing from those that were.
func (g *Graph) lightest(gw *gateway, legs []*peering, addr netip.Addr, down outage) []*peering {
	rank := func(p *peering) (weight, length int) {
		if row := g.edgeRow(p, addr, down); row != nil {
			length = asLength(row.ASPath)
		}
		return gw.circuits[p.circuit.ID], length
	}
	var best, unread []*peering
	for _, p := range legs {
		if !p.table.Whole() {
			unread = append(unread, p)
			continue
		}
		if len(best) == 0 {
			best = append(best, p)
			continue
		}
		w, n := rank(p)
		bw, bn := rank(best[0])
		switch c := cmp.Or(cmp.Compare(w, bw), cmp.Compare(bn, n)); {
		case c > 0:
			best = []*peering{p}
		case c == 0:
			best = append(best, p)
		}
	}
	return append(best, unread...)
}

// connects reports whether a gateway has a connection to a peering's circuit.
func (gw *gateway) connects(p *peering) bool {
	_, ok := gw.circuits[p.circuit.ID]
	return ok
}

// mseeRow is the longest match of an edge router's table.
func mseeRow(p *peering, addr netip.Addr) *snapshot.MSEERoute {
	slot, ok := p.rows.Lookup(addr)
	if !ok {
		return nil
	}
	return slot.row
}

// edgeRow is the longest match of an edge router's table that an outage leaves: what
// the customer's router withdraws is gone, and a shorter one takes over.
func (g *Graph) edgeRow(p *peering, addr netip.Addr, down outage) *snapshot.MSEERoute {
	if down.empty() {
		return mseeRow(p, addr)
	}
	for _, slot := range p.rows.Supernets(netip.PrefixFrom(addr, addr.BitLen())) {
		if !p.isCustomer(slot.row.NextHop) || !down.has(p.session()) && !g.withdraws(p.vrf, slot.row.Prefix, down) {
			return slot.row
		}
	}
	return nil
}

// fill indexes the edge router's rows: of several for a prefix, the best one.
func (p *peering) fill() {
	for i := range p.table.Routes {
		m := &p.table.Routes[i]
		if slot, ok := p.rows.Get(m.Prefix.Masked()); !ok || m.Best && !slot.row.Best {
			p.rows.Insert(m.Prefix.Masked(), &mseeSlot{row: m})
		}
	}
}
