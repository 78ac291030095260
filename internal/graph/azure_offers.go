package graph

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// offeredBy makes the routes that a gateway offers to the subnets which get them.
func (g *Graph) offeredBy(gw *gateway) {
	source := fromVPN
	if gw.Type == snapshot.ExpressRoute {
		source = fromExpressRoute
	}
	if !gw.Learned.Whole() {
		why := string(gw.Learned.Status)
		if why == "" {
			why = "missing"
		}
		gw.blind = fmt.Sprintf("the learned routes of %s are not known (%s)", gw.id, why)
	}
	var routes []*azRoute
	byPrefix := make(map[netip.Prefix]*azRoute)
	for _, row := range gw.Learned.Routes {
		if strings.EqualFold(row.Origin, "Network") || !row.Prefix.IsValid() {
			continue // the gateway's own VNets and host routes
		}
		p := row.Prefix.Masked()
		r, ok := byPrefix[p]
		if !ok {
			r = &azRoute{prefix: p, source: source, kind: "VirtualNetworkGateway", gw: gw, label: "learned by " + gw.id}
			byPrefix[p] = r
			routes = append(routes, r)
		}
		r.rows = append(r.rows, row)
		r.refs = append(r.refs, ref(row.Ref))
	}
	if source == fromVPN {
		for _, static := range g.staticRoutes(gw) {
			r, ok := byPrefix[static.prefix]
			if !ok {
				byPrefix[static.prefix] = static
				routes = append(routes, static)
				continue
			}
			r.static, r.refs = append(r.static, static.static...), append(r.refs, static.refs...)
		}
		routes = append(routes, g.unreadStatic(gw, byPrefix)...)
	}
	gw.offers.fill(routes)
}

// staticRoutes are the prefixes of local network gateways, which the VPN
// gateway routes into their connection's tunnels.
func (g *Graph) staticRoutes(gw *gateway) []*azRoute {
	var routes []*azRoute
	for _, l := range g.snap.Azure.LocalSites {
		var ts []*tunnel
		for _, t := range g.tunnels {
			if t.gw == gw && t.conn.LocalSite == l.ID {
				ts = append(ts, t)
			}
		}
		if len(ts) == 0 {
			continue
		}
		for _, p := range l.Prefixes {
			routes = append(routes, &azRoute{
				prefix: p.Masked(), source: fromVPN, kind: "VirtualNetworkGateway", gw: gw, static: ts,
				label: "the address space of local network gateway " + l.Name, refs: []finding.Ref{ref(l.Ref)},
			})
		}
	}
	return routes
}

// unreadStatic are the prefixes that a VPN gateway has by itself (origin Network)
// and that are none of its networks and of no known local network gateway: those
// of one that was not read, or of clients. Which tunnel they go into is not known.
func (g *Graph) unreadStatic(gw *gateway, known map[netip.Prefix]*azRoute) []*azRoute {
	if gw.subnet == nil {
		return nil
	}
	own := slices.Clone(gw.subnet.vnet.Prefixes)
	for _, p := range gw.subnet.vnet.Peerings {
		own = slices.Concat(own, g.peered(&p), p.RemotePrefixes, p.CurrentPrefixes)
		if remote := g.vnets[p.Remote]; remote != nil {
			own = append(own, remote.Prefixes...)
		}
	}
	azure := spans(own)
	var out []*azRoute
	for _, row := range gw.Learned.Routes {
		p := row.Prefix.Masked()
		if !strings.EqualFold(row.Origin, "Network") || !p.IsValid() || p.IsSingleIP() || known[p] != nil || len(subtract([]span{spanOf(p)}, azure)) == 0 {
			continue
		}
		known[p] = &azRoute{
			prefix: p, source: fromVPN, kind: "VirtualNetworkGateway", gw: gw, label: "a static prefix of " + gw.id, refs: []finding.Ref{ref(row.Ref)},
			open: gw.id + " has " + p.String() + " by itself (origin Network), and no local network gateway in the evidence has it; collect all of them, unless it is of point-to-site clients",
		}
		out = append(out, known[p])
	}
	return out
}
