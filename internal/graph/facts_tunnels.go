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

// UnknownTunnels is a resource that has, or may have, IPsec tunnels which could
// not be made out: a connection, a gateway, or the item of a list.
type UnknownTunnels struct {
	ID       string        `json:"id"`
	Why      string        `json:"why"`
	Evidence []finding.Ref `json:"evidence"`
}

// unknownTunnels are what may have tunnels that [Graph.placeTunnels] did not find.
func (g *Graph) unknownTunnels() []UnknownTunnels {
	out := append([]UnknownTunnels{}, g.unknownConnections()...)
	out = append(out, g.unreadLists()...)
	out = append(out, g.unexplained()...)
	slices.SortStableFunc(out, func(a, b UnknownTunnels) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b UnknownTunnels) bool { return a.ID == b.ID })
}

// unknownConnections are IPsec connections without a known tunnel, and connections
// that were not read.
func (g *Graph) unknownConnections() []UnknownTunnels {
	var out []UnknownTunnels
	for i := range g.snap.Azure.Connections {
		c := &g.snap.Azure.Connections[i]
		if why := g.noTunnel(c); why != "" && strings.EqualFold(c.Type, "IPsec") {
			out = append(out, UnknownTunnels{"connection/" + c.Name, why, []finding.Ref{ref(c.Ref)}})
		}
	}
	for _, it := range g.snap.Items {
		if name, ok := unreadConnection(it); ok {
			why := "the connection was not read: " + cmp.Or(it.Detail, string(it.Status))
			out = append(out, UnknownTunnels{"connection/" + name, why, []finding.Ref{{Item: it.Path}}})
		}
	}
	return out
}

// unreadLists are the lists of gateways and connections that were not read whole.
func (g *Graph) unreadLists() []UnknownTunnels {
	var out []UnknownTunnels
	for _, l := range g.snap.Azure.Lists {
		if l.Status == snapshot.OK || l.Status == snapshot.Empty || l.Status == snapshot.Missing {
			continue
		}
		if strings.HasSuffix(l.Type, "virtualnetworkgateways") || strings.HasSuffix(l.Type, "connections") {
			why := fmt.Sprintf("there may be tunnels that are not known: the list of %s of subscription %s is %s", l.Type, l.Subscription, l.Status)
			out = append(out, UnknownTunnels{cmp.Or(l.Item, l.Subscription+"/"+l.Type), why, []finding.Ref{{Item: l.Item}}})
		}
	}
	return out
}

// unexplained are gateways with peers of which nothing is known, and gateways that
// were not read and that no connection names.
func (g *Graph) unexplained() []UnknownTunnels {
	var out []UnknownTunnels
	for _, gw := range g.gateways {
		if row, ok := g.strangeRow(gw); ok {
			why := fmt.Sprintf("it learned %s from %s, which is at the other end of no known tunnel", row.Prefix, row.Peer)
			out = append(out, UnknownTunnels{gw.id, why, []finding.Ref{ref(row.Ref)}})
		}
	}
	for _, d := range g.snap.Azure.Disagreements {
		named := func(c snapshot.Connection) bool { return c.Gateway == d.ID }
		read := func(gw *gateway) bool { return gw.ID == d.ID }
		if !slices.ContainsFunc(g.snap.Azure.Connections, named) && !slices.ContainsFunc(g.gateways, read) {
			out = append(out, UnknownTunnels{"gateway/" + lastOf(d.ID), d.Text, []finding.Ref{ref(d.Ref)}})
		}
	}
	return out
}

// noTunnel says why no tunnel of an IPsec connection is known, "" when one is.
func (g *Graph) noTunnel(c *snapshot.Connection) string {
	switch {
	case slices.ContainsFunc(g.tunnels, func(t *tunnel) bool { return t.conn == c }):
		return ""
	case g.gatewayOf(c) == nil:
		return "its gateway " + lastOf(c.Gateway) + " was not read"
	case g.siteOf(c) == nil:
		return "its local network gateway " + lastOf(c.LocalSite) + " was not read"
	}
	return "no tunnel of it was found on a router, nor on " + g.gatewayOf(c).id
}

// unreadConnection is the name in an item azure/SUBSCRIPTION/connections/GROUP/NAME.json
// that was not read whole.
func unreadConnection(it snapshot.Item) (string, bool) {
	seg := strings.Split(it.Path, "/")
	if len(seg) != 5 || seg[0] != "azure" || !strings.EqualFold(seg[2], "connections") || it.Status == snapshot.OK {
		return "", false
	}
	name, ok := strings.CutSuffix(seg[4], ".json")
	return name, ok && !strings.Contains(name, ".")
}

// strangeRow is a route that a VPN gateway learned from a peer which no tunnel
// leads to, and none of its connections explains: one whose tunnels are not known,
// or that is not an IPsec one, may have the peer at its end.
func (g *Graph) strangeRow(gw *gateway) (snapshot.LearnedRoute, bool) {
	if gw.Type != snapshot.VPN {
		return snapshot.LearnedRoute{}, false
	}
	for i := range g.snap.Azure.Connections {
		c := &g.snap.Azure.Connections[i]
		of := c.Gateway == gw.ID || c.Gateway2 == gw.ID
		if of && (!strings.EqualFold(c.Type, "IPsec") || g.noTunnel(c) != "") {
			return snapshot.LearnedRoute{}, false
		}
	}
	known := make(map[netip.Addr]bool)
	for _, t := range g.tunnels {
		known[t.own] = known[t.own] || t.gw == gw
	}
	for _, row := range gw.Learned.Routes {
		if strings.EqualFold(row.Origin, "EBgp") && row.NextHop.IsValid() && !known[row.Peer] && !known[row.NextHop] {
			return row, true
		}
	}
	return snapshot.LearnedRoute{}, false
}

// endpoints are the addresses of routers that tunnels end at, also of those whose
// connection or gateway was not read.
func (g *Graph) endpoints() []span {
	var out []span
	add := func(a netip.Addr) {
		if a.IsValid() {
			out = append(out, span{a, a})
		}
	}
	for _, t := range g.tunnels {
		add(t.local)
	}
	for i := range g.snap.Azure.Connections {
		c := &g.snap.Azure.Connections[i]
		if l := g.siteOf(c); l != nil && strings.EqualFold(c.Type, "IPsec") {
			add(l.Endpoint)
		}
	}
	if g.hiddenConnection() != "" {
		for _, l := range g.snap.Azure.LocalSites {
			add(l.Endpoint)
		}
	}
	return merge(out)
}

// hiddenConnection says why there are, or may be, connections of which nothing is
// known.
func (g *Graph) hiddenConnection() string {
	for _, u := range g.unknownTunnels() {
		known := func(c snapshot.Connection) bool { return "connection/"+c.Name == u.ID }
		if !slices.ContainsFunc(g.snap.Azure.Connections, known) {
			return u.ID + ": " + u.Why
		}
	}
	return ""
}

// hiddenEnd says why there may be tunnels' end points that are not known.
func (g *Graph) hiddenEnd() string {
	for i := range g.snap.Azure.Connections {
		c := &g.snap.Azure.Connections[i]
		if l := g.siteOf(c); strings.EqualFold(c.Type, "IPsec") && (l == nil || !l.Endpoint.IsValid()) {
			return "the address of the far end of connection/" + c.Name + " was not read"
		}
	}
	return g.hiddenConnection()
}

// mayBeEnd says why addr, an address on premises, may be a tunnel's end point: an
// ExpressRoute gateway learned a route for just this address, as it does for end
// points, and not all of these are known. A route to an end point is no leak.
func (g *Graph) mayBeEnd(addr netip.Addr, hidden string) string {
	if hidden == "" {
		return ""
	}
	host := netip.PrefixFrom(addr, addr.BitLen())
	for _, gw := range g.gateways {
		if _, ok := gw.offers.Get(host); ok && gw.Type == snapshot.ExpressRoute {
			return addr.String() + " may be the end point of a tunnel: " + hidden
		}
	}
	return ""
}

// openEnd are the outcomes of an address that may be an end point.
func openEnd(why string) outcomes {
	return outcomes{
		steady: finding.Path{Outcome: finding.Unknown, Detail: why, Firewalls: []string{}, Hops: []finding.Hop{}},
		key:    "unknown end",
	}
}
