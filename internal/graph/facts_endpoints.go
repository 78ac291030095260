package graph

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Endpoint is the far end of an IPsec connection as the gateway's own packets to
// it are routed. Unknown says why that is not known; it is empty where it is.
type Endpoint struct {
	Connection string `json:"connection"`
	Gateway    string `json:"gateway"`
	Address    string `json:"address,omitempty"`
	Public     bool   `json:"public"`
	// Table, Route, Prefix, Type and NextHop are of the user-defined route that the
	// packets follow. They are empty where they follow none.
	Table    string        `json:"table,omitempty"`
	Route    string        `json:"route,omitempty"`
	Prefix   string        `json:"prefix,omitempty"`
	Type     string        `json:"type,omitempty"`
	NextHop  string        `json:"nextHop,omitempty"`
	Unknown  string        `json:"unknown,omitempty"`
	Evidence []finding.Ref `json:"evidence"`
}

// connectionEnds are the far ends of all IPsec connections.
func (g *Graph) connectionEnds() []Endpoint {
	out := []Endpoint{}
	for i := range g.snap.Azure.Connections {
		if c := &g.snap.Azure.Connections[i]; strings.EqualFold(c.Type, "IPsec") {
			out = append(out, g.connectionEnd(c))
		}
	}
	slices.SortFunc(out, func(a, b Endpoint) int { return cmp.Compare(a.Connection, b.Connection) })
	return out
}

func (g *Graph) connectionEnd(c *snapshot.Connection) Endpoint {
	e := Endpoint{Connection: "connection/" + c.Name, Gateway: "gateway/" + lastOf(c.Gateway), Evidence: []finding.Ref{ref(c.Ref)}}
	gw, l := g.gatewayOf(c), g.siteOf(c)
	switch {
	case gw == nil:
		e.Unknown = "its gateway " + lastOf(c.Gateway) + " was not read"
		return e
	case l == nil:
		e.Unknown = "its local network gateway " + lastOf(c.LocalSite) + " was not read"
		return e
	}
	e.Gateway, e.Evidence = gw.id, append(e.Evidence, ref(l.Ref))
	switch {
	case !l.Endpoint.IsValid():
		e.Unknown = "the address of its local network gateway " + l.Name + " is not known"
		if l.FQDN != "" {
			e.Unknown += ": it is given by the name " + l.FQDN
		}
	case gw.subnet == nil:
		e.Address, e.Unknown = l.Endpoint.String(), "the GatewaySubnet of "+gw.id+" was not read"
	default:
		e.Address, e.Public = l.Endpoint.String(), isPublic(span{l.Endpoint, l.Endpoint})
		g.endRoute(&e, gw.subnet, l.Endpoint)
	}
	return e
}

func (g *Graph) gatewayOf(c *snapshot.Connection) *gateway {
	i := slices.IndexFunc(g.gateways, func(gw *gateway) bool { return gw.ID == c.Gateway })
	if i < 0 {
		return nil
	}
	return g.gateways[i]
}

func (g *Graph) siteOf(c *snapshot.Connection) *snapshot.LocalNetworkGateway {
	for i := range g.snap.Azure.LocalSites {
		if g.snap.Azure.LocalSites[i].ID == c.LocalSite {
			return &g.snap.Azure.LocalSites[i]
		}
	}
	return nil
}

// endRoute adds the user-defined route that packets from a GatewaySubnet to addr
// follow, or why it is not known which one they do.
func (g *Graph) endRoute(e *Endpoint, s *subnet, addr netip.Addr) {
	if s.RouteTable == "" {
		return
	}
	t, ok := g.tables[strings.ToLower(s.RouteTable)]
	if !ok {
		e.Unknown = "the route table " + lastOf(s.RouteTable) + " of " + s.id + " was not read"
		return
	}
	e.Table = "routetable/" + t.Name
	if e.Public {
		for _, u := range t.Routes {
			if u.Tag != "" && u.Type != "Internet" {
				e.Unknown = tagNote(u)
			}
		}
	}
	u := g.userRouteTo(t, s, addr)
	if u == nil {
		return
	}
	e.Route, e.Prefix, e.Type, e.NextHop = u.Name, u.Prefix.String(), u.Type, text(u.NextHop)
	e.Evidence = append(e.Evidence, ref(u.Ref))
	if len(s.blind) > 0 && u.Prefix.Bits() < addr.BitLen() && !u.OverBGP {
		e.Unknown = "a longer route than " + u.Name + " may lead there: " + strings.Join(s.blind, "; ")
	}
}

// userRouteTo is the user-defined route that packets from s to addr follow, nil
// when they follow another one.
func (g *Graph) userRouteTo(t *snapshot.RouteTable, s *subnet, addr netip.Addr) *snapshot.UserRoute {
	var longest *snapshot.UserRoute
	for i := range t.Routes {
		u := &t.Routes[i]
		if u.Prefix.IsValid() && u.Prefix.Contains(addr) && (longest == nil || u.Prefix.Bits() > longest.Prefix.Bits()) {
			longest = u
		}
	}
	if longest == nil || longest.OverBGP {
		return longest
	}
	if c := g.decideAt(s, addr, outage{}); c == nil || c.route.source != fromUser {
		return nil
	}
	return longest
}
