package graph

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// edge is a Microsoft edge router that got a packet from the premises.
func (w *walker) edge(t trail, p *peering, dst netip.Addr) {
	if w.loops(&t, p.msee) {
		return
	}
	w.atEdge(p)
	h := finding.Hop{Node: p.msee, Rule: "forward"}
	row := w.g.edgeRow(p, dst, w.down)
	switch {
	case row != nil && p.isCustomer(row.NextHop) && p.table.Whole():
		w.backOver(t, p, row, dst)
		return
	case row != nil:
		h.Prefix, h.Why, h.Evidence = row.Prefix.String(), "the edge router's best route", []finding.Ref{ref(row.Ref)}
	case p.table.Whole():
		w.end(t.with(finding.Hop{Node: p.msee, Why: "no route matches"}), finding.Dropped, p.msee+" has no route to the destination; its table was read whole")
		return
	default:
		h.Why = "the edge router's table was not read; the gateway whose VNet owns the destination gets it"
	}
	gws := w.g.behind(p, row, dst)
	if len(gws) == 0 {
		w.end(t.with(h), finding.Unknown, "no ExpressRoute gateway connected to "+p.circuit.Name+" is in the evidence")
	}
	for _, gw := range gws {
		h := h
		h.Link, h.LinkKind, h.Protection = "microsoft/"+strings.TrimPrefix(p.id, "peering/"), "microsoft", "none"
		if gw.subnet == nil {
			w.end(t.with(h), finding.Unknown, "the GatewaySubnet of "+gw.id+" was not read")
			continue
		}
		if to := w.g.subnetIn(gw.subnet.vnet, dst); to != nil && w.g.bypasses(gw, p) {
			h.Why += "; FastPath on a provider's circuit: past the gateway and its subnet's route table"
			w.deliver(t.with(h), to, dst)
			continue
		}
		w.subnet(t.with(h), gw.id, gw.subnet, dst)
	}
}

// behind are the gateways that an edge router may send a packet to: the one that
// its row's next hop is an instance of, else those that serve a network with the
// destination, else every one that is connected to the circuit. Those whose
// GatewaySubnet was not read may be any of these.
func (g *Graph) behind(p *peering, row *snapshot.MSEERoute, dst netip.Addr) []*gateway {
	var all, named, serving []*gateway
	for _, gw := range g.gateways {
		if gw.Type != snapshot.ExpressRoute || !gw.connects(p) {
			continue
		}
		all = append(all, gw)
		switch {
		case gw.subnet == nil:
			serving = append(serving, gw)
		case row != nil && contains(gw.subnet.Prefixes, row.NextHop):
			named = append(named, gw)
		case g.serves(gw, dst):
			serving = append(serving, gw)
		}
	}
	switch {
	case len(named) > 0:
		return named
	case len(serving) > 0:
		return serving
	}
	return all
}

// serves reports whether a gateway's VNet, or one that uses its gateways, has a
// subnet with the address.
func (g *Graph) serves(gw *gateway, dst netip.Addr) bool {
	for _, s := range g.subnets {
		if contains(s.Prefixes, dst) && (s.vnet == gw.subnet.vnet || slices.Contains(s.from, gw)) {
			return true
		}
	}
	return false
}

// backOver sends a packet back to the premises, as an edge router does that has no
// route to Azure's address but one from there.
func (w *walker) backOver(t trail, p *peering, row *snapshot.MSEERoute, dst netip.Addr) {
	t = t.with(finding.Hop{
		Node: p.msee, Rule: "forward", Prefix: row.Prefix.String(), Why: "the edge router's best route leads back to the premises", Evidence: []finding.Ref{ref(row.Ref)},
		Link: p.id, LinkKind: "privatePeering", Protection: p.protect, Grade: p.grade, LeavesPremises: true,
	})
	if p.router == nil {
		w.end(t, finding.Unknown, p.nobody)
		return
	}
	w.router(t, p.vrf, dst)
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
