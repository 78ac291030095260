package graph

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// DefaultRoute is where a subnet that ExpressRoute gateways serve sends what no
// longer route covers. Source is expressroute, vpn, user, system or unknown.
type DefaultRoute struct {
	ID       string        `json:"id"`
	Source   string        `json:"source"`
	Prefix   string        `json:"prefix,omitempty"`
	Why      string        `json:"why,omitempty"` // it is not known
	Evidence []finding.Ref `json:"evidence"`
}

// defaultRoutes are those of the subnets of machines: a firewall needs one to the
// Internet of its own, and gateways have none.
func (g *Graph) defaultRoutes() []DefaultRoute {
	out := []DefaultRoute{}
	for _, s := range g.subnets {
		served := len(g.noDefault(s)) > 0 || slices.ContainsFunc(s.from, isExpressRoute)
		if served && !g.isGatewaySubnet(s) && !strings.EqualFold(s.Name, "AzureFirewallSubnet") {
			out = append(out, g.defaultRoute(s))
		}
	}
	for _, u := range g.unreadNetworks() {
		out = append(out, DefaultRoute{ID: u.id, Source: "unknown", Why: "the virtual network was not read", Evidence: []finding.Ref{u.ref}})
	}
	return out
}

func isExpressRoute(gw *gateway) bool { return gw.Type == snapshot.ExpressRoute }

// unreadNetworks are virtual networks that get the routes of ExpressRoute gateways
// and that were not read.
func (g *Graph) unreadNetworks() []unread {
	var out []unread
	add := func(id string, at finding.Ref) {
		if !slices.ContainsFunc(out, func(u unread) bool { return u.id == id }) {
			out = append(out, unread{id, at})
		}
	}
	for _, gw := range g.gateways {
		switch {
		case !isExpressRoute(gw):
		case gw.subnet == nil:
			_, id := unreadSubnet(gw)
			add(id, ref(gw.Ref))
		default:
			for _, p := range gw.subnet.vnet.Peerings {
				if p.Connected && p.AllowGatewayTransit && g.vnets[p.Remote] == nil {
					add("vnet/"+lastOf(p.Remote), ref(p.Ref))
				}
			}
		}
	}
	return out
}

// noDefault says why it is not known that a subnet has no default route of
// ExpressRoute's. What the VPN offers does not change that.
func (g *Graph) noDefault(s *subnet) []string {
	why := slices.Clone(g.absent)
	if s.RouteTable != "" && g.tables[strings.ToLower(s.RouteTable)] == nil {
		why = append(why, "its route table "+lastOf(s.RouteTable)+" was not read")
	}
	if hub, ok := g.unreadHub(s.vnet); ok {
		why = append(why, "the VNet "+lastOf(hub)+", whose gateways it uses, was not read")
	}
	for _, gw := range s.from {
		if isExpressRoute(gw) && gw.blind != "" {
			why = append(why, gw.blind)
		}
	}
	return why
}

// defaultRoute is the worst of a subnet's default routes: of IPv4, also in two
// halves, and of IPv6.
func (g *Graph) defaultRoute(s *subnet) DefaultRoute {
	d := DefaultRoute{ID: s.id, Source: fromSystem.String(), Evidence: []finding.Ref{ref(s.Ref)}}
	for _, at := range []string{"192.0.2.1", "5.0.0.1", "2001:db8::1"} {
		all := g.candidatesAt(s, netip.MustParseAddr(at), outage{})
		i := slices.IndexFunc(all, func(r *azRoute) bool { return r.prefix.Bits() <= 1 })
		if i < 0 || all[i].source == fromSystem || d.Source == fromExpressRoute.String() {
			continue
		}
		d.Source, d.Prefix = all[i].source.String(), all[i].prefix.String()
		d.Evidence = append([]finding.Ref{ref(s.Ref)}, all[i].refs...)
	}
	if why := g.noDefault(s); len(why) > 0 && d.Source != fromUser.String() && d.Source != fromExpressRoute.String() {
		d.Source, d.Why = "unknown", strings.Join(why, "; ")
	}
	return d
}
