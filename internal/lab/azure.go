package lab

import (
	"net/netip"
	"slices"
)

// A RouteSource is where an effective route comes from. Of two routes to one prefix the one with the lower source wins.
type RouteSource int

// The sources in the order in which Azure prefers them at equal prefix length: user-defined over BGP, ExpressRoute over
// VPN, BGP over system.
const (
	FromUser RouteSource = iota
	FromExpressRoute
	FromVPN
	FromSystem
)

// A HopType is what an effective route does with a packet, in Azure's words.
type HopType string

// The hop types that occur in the lab. Internet and None are dead ends here: the first is an unreachable route in the
// kernel, the second a blackhole.
const (
	VnetLocal             HopType = "VnetLocal"
	VNetPeering           HopType = "VNetPeering"
	VirtualAppliance      HopType = "VirtualAppliance"
	VirtualNetworkGateway HopType = "VirtualNetworkGateway"
	Internet              HopType = "Internet"
	None                  HopType = "None"
)

// An EffectiveRoute is one line of a subnet's effective routes. NextHops has the firewall, the MSEEs (Azure's packets do
// not pass the ExpressRoute gateway on their way out) or the VPN gateway's instances; several share the flows.
type EffectiveRoute struct {
	Prefix   netip.Prefix
	Type     HopType
	Source   RouteSource
	NextHops []netip.Addr
}

// Learned is what the gateways know: for each prefix the next hops that Azure would use.
type Learned map[netip.Prefix][]netip.Addr

// Effective computes a subnet's effective routes: of all candidates the best source for each prefix, in prefix order. The
// longest match among them is for the kernel to find. A prefix that a gateway learned inside the subnet's own or a peered
// VNet's address space is not a candidate: Azure prefers its system routes there even over more specific ones. A subnet that
// does not exist has no routes.
func Effective(a Azure, subnet string, er, vpn Learned) []EffectiveRoute {
	vnet, table := a.find(subnet)
	if vnet.Name == "" {
		return nil
	}
	inside := a.system(vnet)
	candidates := slices.Clone(inside)
	if !table.DisablePropagation {
		candidates = append(candidates, gatewayRoutes(er, FromExpressRoute, inside)...)
		candidates = append(candidates, gatewayRoutes(vpn, FromVPN, inside)...)
	}
	for _, u := range table.Routes {
		candidates = append(candidates, EffectiveRoute{u.Prefix, VirtualAppliance, FromUser, []netip.Addr{u.Appliance}})
	}
	if !slices.ContainsFunc(candidates, func(r EffectiveRoute) bool { return r.Prefix.Bits() == 0 }) {
		candidates = append(candidates, defaults()...)
	}
	slices.SortStableFunc(candidates, func(a, b EffectiveRoute) int {
		if c := a.Prefix.Compare(b.Prefix); c != 0 {
			return c
		}
		return int(a.Source - b.Source)
	})
	return slices.CompactFunc(candidates, func(a, b EffectiveRoute) bool { return a.Prefix == b.Prefix })
}

// defaults are the system routes to nowhere. Azure takes all of them away once anything overrides 0.0.0.0/0, or a spoke's
// default route to a firewall would not catch private addresses.
func defaults() []EffectiveRoute {
	routes := []EffectiveRoute{{Prefix: netip.MustParsePrefix("0.0.0.0/0"), Type: Internet, Source: FromSystem}}
	for _, p := range prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10") {
		routes = append(routes, EffectiveRoute{Prefix: p, Type: None, Source: FromSystem})
	}
	return routes
}

// find returns the subnet's VNet and route table.
func (a Azure) find(subnet string) (VNet, RouteTable) {
	for _, v := range a.VNets {
		for _, s := range v.Subnets {
			if s.Name != subnet {
				continue
			}
			for _, t := range a.RouteTables {
				if t.Name == s.RouteTable {
					return v, t
				}
			}
			return v, RouteTable{}
		}
	}
	return VNet{}, RouteTable{}
}

// system are the routes to the VNet itself and to its peers.
func (a Azure) system(vnet VNet) []EffectiveRoute {
	routes := []EffectiveRoute{{Prefix: vnet.Prefix, Type: VnetLocal, Source: FromSystem}}
	for _, v := range a.VNets {
		if slices.Contains(vnet.Peers, v.Name) {
			routes = append(routes, EffectiveRoute{Prefix: v.Prefix, Type: VNetPeering, Source: FromSystem})
		}
	}
	return routes
}

func gatewayRoutes(learned Learned, from RouteSource, inside []EffectiveRoute) []EffectiveRoute {
	var routes []EffectiveRoute
	for p, hops := range learned {
		covered := slices.ContainsFunc(inside, func(r EffectiveRoute) bool {
			return r.Prefix.Bits() <= p.Bits() && r.Prefix.Contains(p.Addr())
		})
		if !covered {
			routes = append(routes, EffectiveRoute{p, VirtualNetworkGateway, from, hops})
		}
	}
	return routes
}

// subnetOf is the subnet whose routes a node uses; the MSEEs are not in one.
func subnetOf(n Node) string {
	switch n {
	case ERGW, VPNGW0, VPNGW1:
		return GatewaySubnet
	case Firewall:
		return FirewallSubnet
	case HubVM:
		return HubSubnet
	case SpokeVM:
		return SpokeSubnet
	default:
		return ""
	}
}
