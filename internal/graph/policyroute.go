package graph

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// policyRouted says why it is not the routing table that decides about a packet
// that comes to r: an interface that it may have come in by routes by policy, past
// the table. Empty when none does. Packets from the router itself, and to it, are
// not asked.
// What the policy does with which packets is not followed.
func (w *walker) policyRouted(t trail, r *vrf, dst netip.Addr) (why string, at finding.Ref) {
	if len(t.hops) == 0 && w.inside != nil || r.owns(dst) {
		return "", finding.Ref{}
	}
	for i := range r.snap.Config.Interfaces {
		c := &r.snap.Config.Interfaces[i]
		if c.PolicyRoute == "" || c.Shutdown || r.in(c.VRF) != r || r.changesNothing(c.PolicyRoute) || !w.g.comesIn(t, r, c) {
			continue
		}
		return fmt.Sprintf("%s routes packets that enter by %s by policy %s, past its routing table; which ones, and where to, is not followed", r.id, c.Name, c.PolicyRoute),
			finding.Ref{Item: r.snap.Config.Item, Line: c.Line, LastLine: lastLine(c.Line, c.LastLine)}
	}
	return "", finding.Ref{}
}

// changesNothing reports whether a policy is a route map that was read and sets no
// way to take.
func (r *router) changesNothing(policy string) bool {
	i := slices.IndexFunc(r.snap.Config.RouteMaps, func(m snapshot.RouteMap) bool { return m.Name == policy })
	return i >= 0 && !slices.ContainsFunc(r.snap.Config.RouteMaps[i].Entries, func(e snapshot.RouteMapEntry) bool {
		return e.Permit && slices.ContainsFunc(e.Set, setsWay)
	})
}

// setsWay reports whether a setting of a route map decides where a packet goes.
// What only marks packets, and what is for routes, does not.
func setsWay(set string) bool {
	words := strings.Fields(set)
	switch {
	case len(words) == 0:
		return false
	case words[0] == "ip" || words[0] == "ipv6":
		return len(words) < 2 || words[1] != "precedence" && words[1] != "tos" && words[1] != "df" && words[1] != "dscp"
	}
	return !slices.Contains([]string{"tag", "metric", "metric-type", "local-preference", "weight", "community", "origin", "as-path", "dscp", "qos-group", "traffic-class"}, words[0])
}

// comesIn reports whether a packet that took the way t may enter r by an
// interface: that of the tunnel or the private peering it came through, or one
// that may be, and else any that is neither.
func (g *Graph) comesIn(t trail, r *vrf, c *snapshot.InterfaceConfig) bool {
	last := finding.Hop{}
	if len(t.hops) > 0 {
		last = t.hops[len(t.hops)-1]
	}
	placed := false // the link that it came by has an interface that is known
	for _, tn := range g.tunnels {
		if tn.router == r.router && sameInterface(tn.iface, c.Name) {
			return tn.id == last.Link
		}
		placed = placed || tn.id == last.Link && tn.iface != ""
	}
	for _, p := range g.peerings {
		if p.router != r.router {
			continue
		}
		on := r.customerPort(p)
		if sameInterface(on, c.Name) {
			return p.id == last.Link
		}
		placed = placed || p.id == last.Link && on != ""
	}
	return !placed
}

// customerPort is the interface that has the customer's end of a private peering,
// empty where none is known to.
func (r *router) customerPort(p *peering) string {
	holds := func(addrs []netip.Prefix) bool {
		return slices.ContainsFunc(addrs, func(a netip.Prefix) bool { return p.isCustomer(a.Addr()) })
	}
	for _, i := range r.snap.Ports.Interfaces {
		if holds(i.Addrs) {
			return i.Name
		}
	}
	for _, c := range r.snap.Config.Interfaces {
		if holds(c.Addrs) {
			return c.Name
		}
	}
	return ""
}
