package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// azSource ranks the sources of a route at equal prefix: user-defined over BGP
// over system (Microsoft: virtual-networks-udr-overview, "how Azure selects a
// route"), and ExpressRoute over VPN where both offer the same prefix
// (site-to-site-vpn-private-peering; vpn-over-expressroute).
type azSource int

const (
	fromUser   azSource = iota
	fromServer          // a Route Server's peer; what it competes with is open where it may win
	fromExpressRoute
	fromVPN
	fromSystem
)

func (s azSource) String() string {
	return [...]string{"user", "unknown", "expressroute", "vpn", "system"}[s]
}

func (s azSource) words() string {
	return [...]string{"user-defined route", "Route Server", "ExpressRoute", "VPN", "system route"}[s]
}

// azRoute is one effective route of a subnet, by the rules of Azure.
type azRoute struct {
	prefix netip.Prefix
	source azSource
	// kind is ARM's next hop type: VnetLocal, VNetPeering, Internet, None,
	// VirtualAppliance, VirtualNetworkGateway, VirtualNetworkServiceEndpoint.
	kind    string
	hop     netip.Addr // of a VirtualAppliance
	to      *appliance // what that leads to
	gw      *gateway   // of a learned route
	remote  string     // of a VNetPeering: the VNet's ID
	open    string     // of a VNetPeering or a learned route: why what it does is not known
	rows    []snapshot.LearnedRoute
	static  []*tunnel // tunnels of a local network gateway's prefix
	label   string
	refs    []finding.Ref
	overBGP bool // a user-defined route that more specific BGP routes do not beat
	special bool // a VNet, peering or service endpoint route, which more specific BGP routes do not beat
}

// effectiveRoutes fills in what a subnet's machines can match; sampled are some of
// these.
func (g *Graph) effectiveRoutes(s *subnet, sampled []*snapshot.NIC) {
	g.systemRoutes(s)
	s.serviceRoutes(sampled)
	propagate := true
	if s.RouteTable != "" {
		t, ok := g.tables[strings.ToLower(s.RouteTable)]
		if !ok {
			s.blind = append(s.blind, "its route table "+s.RouteTable+" was not read")
		} else {
			propagate = !t.DisablePropagation
			g.userRoutes(s, t)
		}
	}
	if propagate {
		s.from = g.gatewaysFor(s.vnet)
		s.prefers = g.preferenceOf(s)
		for _, gw := range s.from {
			if gw.blind != "" {
				s.blind = append(s.blind, gw.blind)
			}
		}
		g.serverRoutes(s)
		s.blind = append(s.blind, g.virtualHubs(s.vnet)...)
		if hub, ok := g.unreadHub(s.vnet); ok {
			s.blind = append(s.blind, "the VNet "+hub+", whose gateways it uses, was not read")
		}
	}
	s.table.fill(s.routes)
}

// azTable is a set of routes by prefix.
type azTable struct{ bart.Table[*azSlot] }

func (t *azTable) fill(routes []*azRoute) {
	slices.SortStableFunc(routes, func(a, b *azRoute) int {
		return cmp.Or(cmp.Compare(b.prefix.Bits(), a.prefix.Bits()), a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.source, b.source))
	})
	for _, r := range routes {
		slot, ok := t.Get(r.prefix)
		if !ok {
			slot = &azSlot{}
			t.Insert(r.prefix, slot)
		}
		slot.routes = append(slot.routes, r)
	}
}

// azSlot is a table's routes for one prefix, the best source first.
type azSlot struct {
	routes  []*azRoute
	content uint64 // see [Graph.content]; 0 until it is asked for
}

// mseeSlot is an edge router's best row for one prefix.
type mseeSlot struct {
	row     *snapshot.MSEERoute
	content uint64
}

func (g *Graph) systemRoutes(s *subnet) {
	add := func(p netip.Prefix, kind, label string, special bool, r snapshot.Ref) {
		s.routes = append(s.routes, &azRoute{prefix: p.Masked(), source: fromSystem, kind: kind, label: label, special: special, refs: []finding.Ref{ref(r)}})
	}
	used := slices.Clone(s.vnet.Prefixes)
	for _, p := range s.vnet.Prefixes {
		add(p, "VnetLocal", "the VNet's address space", true, s.vnet.Ref)
	}
	for _, r := range g.peeringRoutes(s) {
		used = append(used, r.prefix)
		s.routes = append(s.routes, r)
	}
	add(netip.MustParsePrefix("0.0.0.0/0"), "Internet", "the system default route", false, s.vnet.Ref)
	if slices.ContainsFunc(s.vnet.Prefixes, func(p netip.Prefix) bool { return p.Addr().Is6() }) {
		add(netip.MustParsePrefix("::/0"), "Internet", "the system default route", false, s.vnet.Ref)
	}
	for _, text := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"} {
		p := netip.MustParsePrefix(text)
		if !slices.Contains(used, p) {
			add(p, "None", "the system route for private addresses", false, s.vnet.Ref)
		}
	}
}

func (g *Graph) userRoutes(s *subnet, t *snapshot.RouteTable) {
	for _, u := range t.Routes {
		if !u.Prefix.IsValid() && u.Tag == "" {
			s.unread = append(s.unread, "the destination of user-defined route "+u.Name+" of table "+t.Name+" was not understood")
			continue
		}
		if !u.Prefix.IsValid() {
			s.tags = append(s.tags, tagNote(u))
			continue
		}
		r := &azRoute{
			prefix: u.Prefix.Masked(), source: fromUser, kind: u.Type, hop: u.NextHop,
			label: fmt.Sprintf("route %s of table %s", u.Name, t.Name), refs: []finding.Ref{ref(u.Ref)}, overBGP: u.OverBGP,
		}
		if u.Type == toAppliance {
			r.to = g.appliance(s.vnet, u.NextHop)
		}
		s.routes = append(s.routes, r)
	}
}

func tagNote(u snapshot.UserRoute) string {
	return fmt.Sprintf("user-defined route %s names the service tag %s, whose prefixes are not known here", u.Name, u.Tag)
}

// gatewaysFor are the gateways whose routes a VNet's subnets get: its own, and
// those of a peered VNet whose gateways it uses (allowGatewayTransit on that
// side, useRemoteGateways on this one).
func (g *Graph) gatewaysFor(v *snapshot.VNet) []*gateway {
	var out []*gateway
	in := func(vnet string) {
		for _, gw := range g.gateways {
			if gw.subnet != nil && gw.subnet.vnet.ID == vnet {
				out = append(out, gw)
			}
		}
	}
	in(v.ID)
	for _, p := range v.Peerings {
		if !p.Connected || !p.UseRemoteGateways {
			continue
		}
		if remote := g.vnets[p.Remote]; remote != nil && !g.transits[transit{p.Remote, v.ID}] {
			continue
		}
		in(p.Remote)
	}
	return out
}

// virtualHubs says of which hubs of a virtual WAN a VNet gets routes that are not
// followed here: those of the hub's own gateways, other hubs and branches.
func (g *Graph) virtualHubs(v *snapshot.VNet) []string {
	var out []string
	for _, h := range g.snap.Azure.Hubs {
		connected := slices.ContainsFunc(h.VNets.Connections, func(c snapshot.HubVNetConnection) bool { return strings.EqualFold(c.VNet, v.ID) })
		if h.WAN != "" && connected {
			out = append(out, "its VNet is connected to hub/"+h.Name+" of a virtual WAN, whose routes are not followed")
		}
	}
	return out
}

// unreadHub names a VNet whose gateways v uses and which was not read.
func (g *Graph) unreadHub(v *snapshot.VNet) (string, bool) {
	for _, p := range v.Peerings {
		if p.Connected && p.UseRemoteGateways && g.vnets[p.Remote] == nil {
			return p.Remote, true
		}
	}
	return "", false
}
