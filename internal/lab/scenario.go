package lab

import (
	"fmt"
	"net/netip"
	"slices"
)

// A Scenario is a network to build: what the routers are configured to do, Azure's route tables, and what has failed.
type Scenario struct {
	Name  string // as in testdata/scenarios, where the scenario is there too
	About string // one sentence
	VPN   bool   // the VPN gateway and the tunnels exist

	R1, R2 Router
	Azure  Azure
	Down   []Failure // made after the network was whole

	// TunnelHold is the hold time in seconds of the BGP sessions inside the tunnels. Azure's own is 180. The lab's default
	// is short, so that failures are noticed soon; the guideline as written needs it long, because there the session
	// outlives its own transport until the hold time ends, and that is the state to be looked at.
	TunnelHold int

	// SteerLate configures PreferTunnel only when the tunnels already carry BGP, as on a network in service. Without an
	// underlay of its own a tunnel that is not up by then never comes up: the other router's routes are in its way.
	SteerLate bool
}

// A Router is how R1 or R2 differs from a router that just accepts everything.
type Router struct {
	// PreferTunnel sets local preference 200 on what the VPN gateway advertises.
	PreferTunnel bool
	// Circuit is what is done with Azure's prefixes when they come over ExpressRoute.
	Circuit CircuitPolicy
	// Statics are static routes: a prefix, and a next hop or interface.
	Statics []Static
	// Advertise is what goes out over ExpressRoute beside the router's own loopback.
	Advertise []netip.Prefix
	// Originate is put into BGP beside the site's prefix and the loopback.
	Originate []netip.Prefix
	// Multipath lets paths of equal length through different systems share the traffic.
	Multipath bool
}

// A CircuitPolicy is an inbound route map on the MSEE's session.
type CircuitPolicy int

// The policies: none; the guideline's local preference 100; nothing is accepted.
const (
	AcceptAll CircuitPolicy = iota
	Prefer100
	DenyAll
)

// A Static is a static route on a router.
type Static struct {
	Prefix netip.Prefix
	Via    string // an address or an interface
}

// String is the route in the words of FRR's configuration.
func (s Static) String() string { return fmt.Sprintf("%s %s", s.Prefix, s.Via) }

// Azure is the part of the virtual network that does not follow from BGP.
type Azure struct {
	VNets       []VNet
	RouteTables []RouteTable
}

// A VNet is an address space, cut into subnets. All VNets of the lab are peered with the hub and use its gateways.
type VNet struct {
	Name    string
	Prefix  netip.Prefix
	Peers   []string
	Subnets []Subnet
}

// A Subnet may have a route table.
type Subnet struct {
	Name       string
	Prefix     netip.Prefix
	RouteTable string // the empty string: none
}

// A RouteTable is user-defined routes.
type RouteTable struct {
	Name               string
	DisablePropagation bool // the gateways' routes do not reach the subnet
	Routes             []UserRoute
}

// A UserRoute sends a prefix to an appliance.
type UserRoute struct {
	Name      string
	Prefix    netip.Prefix
	Appliance netip.Addr
}

// The names of the lab's VNets and subnets.
const (
	HubVNet        = "vnet-hub"
	SpokeVNet      = "vnet-spoke"
	GatewaySubnet  = "GatewaySubnet"
	FirewallSubnet = "AzureFirewallSubnet"
	HubSubnet      = "shared"
	SpokeSubnet    = "workload"
)

func azure() Azure {
	return Azure{VNets: []VNet{
		{Name: HubVNet, Prefix: netip.MustParsePrefix("10.64.0.0/23"), Peers: []string{SpokeVNet}, Subnets: []Subnet{
			{Name: GatewaySubnet, Prefix: netip.MustParsePrefix("10.64.0.0/26")},
			{Name: HubSubnet, Prefix: netip.MustParsePrefix("10.64.1.64/26")},
		}},
		{Name: SpokeVNet, Prefix: netip.MustParsePrefix("172.16.0.0/16"), Peers: []string{HubVNet}, Subnets: []Subnet{
			{Name: SpokeSubnet, Prefix: netip.MustParsePrefix("172.16.1.0/24")},
		}},
	}}
}

// withFirewall returns a copy that has a firewall in the hub.
func (a Azure) withFirewall() Azure {
	a.VNets = slices.Clone(a.VNets)
	a.VNets[0].Subnets = slices.Concat(a.VNets[0].Subnets, []Subnet{
		{Name: FirewallSubnet, Prefix: netip.MustParsePrefix("10.64.1.0/26")},
	})
	return a
}

// with returns a copy in which the named subnet has the route table.
func (a Azure) with(subnet string, t RouteTable) Azure {
	a.VNets = slices.Clone(a.VNets)
	for i := range a.VNets {
		a.VNets[i].Subnets = slices.Clone(a.VNets[i].Subnets)
		for j := range a.VNets[i].Subnets {
			if a.VNets[i].Subnets[j].Name == subnet {
				a.VNets[i].Subnets[j].RouteTable = t.Name
			}
		}
	}
	a.RouteTables = append(slices.Clone(a.RouteTables), t)
	return a
}

// Scenarios lists what the lab can build: first the stages of the guideline, then what goes wrong with them.
func Scenarios() []Scenario {
	return append(stages(), mishaps()...)
}

// Named finds a scenario.
func Named(name string) (Scenario, error) {
	var names []string
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Scenario{}, fmt.Errorf("lab: unknown scenario %q (want one of %v)", name, names)
}

func stages() []Scenario {
	only := Scenario{
		Name: "expressroute-only", About: "the circuit alone: both directions in clear",
		R1:    Router{Advertise: prefixes("10.10.0.0/16")},
		R2:    Router{Advertise: prefixes("10.20.0.0/16")},
		Azure: azure(),
	}
	unsteered := Scenario{Name: "vpn-unsteered", About: "the tunnels are up, the routers have no route maps", VPN: true, Azure: azure()}

	written := unsteered
	written.Name, written.About = "guideline-as-written", "local preference 200 through the tunnel swallows the tunnel's own underlay"
	written.R1 = Router{PreferTunnel: true, Circuit: Prefer100}
	written.R2 = written.R1
	written.TunnelHold, written.SteerLate = 180, true

	pinned := pinned()

	asymmetric := closed()
	asymmetric.Name, asymmetric.About = "firewall-asymmetric", "the spoke answers through a firewall that what comes in bypasses"
	asymmetric.Azure = asymmetric.Azure.withFirewall().with(SpokeSubnet, spokeToFirewall())

	symmetric := asymmetric
	symmetric.Name, symmetric.About = "firewall-symmetric", "the GatewaySubnet sends the spoke's exact prefix to the firewall"
	symmetric.Azure = symmetric.Azure.with(GatewaySubnet, ingressToFirewall("172.16.0.0/16"))

	leak := closed()
	leak.Name, leak.About = "leak-same-prefix", "10.10.0.0/16 is advertised over ExpressRoute too, and Azure answers there, in clear"
	leak.R1.Advertise = prefixes("10.10.0.0/16")

	return []Scenario{only, unsteered, written, pinned, closed(), asymmetric, symmetric, leak}
}

func mishaps() []Scenario {
	tunnelDown := pinned()
	tunnelDown.Name, tunnelDown.About = "tunnel-down", "R1's tunnel is down: R1 goes through R2's"
	tunnelDown.Down = []Failure{TunnelDown(Tunnel1)}

	tunnelsDown := pinned()
	tunnelsDown.Name, tunnelsDown.About = "tunnels-down", "both tunnels are down: on-premises fails open"
	tunnelsDown.Down = []Failure{TunnelDown(Tunnel1), TunnelDown(Tunnel2)}

	tunnelsDownClosed := closed()
	tunnelsDownClosed.Name, tunnelsDownClosed.About = "tunnels-down-fail-closed", "both tunnels are down: nothing passes"
	tunnelsDownClosed.Down = tunnelsDown.Down

	routerDown := closed()
	routerDown.Name, routerDown.About = "router-down", "R1 is down, and with it the site behind it"
	routerDown.Down = []Failure{NodeDown(R1)}

	careless := pinned()
	careless.Name, careless.About = "r2-without-route-map", "R2 has no route maps of its own"
	careless.R2.PreferTunnel, careless.R2.Circuit = false, AcceptAll

	static := closed()
	static.Name, static.About = "static-hides-bgp", "a static route over ExpressRoute hides R1's best BGP path"
	static.R1.Statics = append(slices.Clone(static.R1.Statics), Static{netip.MustParsePrefix("172.16.0.0/16"), sites()[0].mseeER.String()})

	ecmp := pinned()
	ecmp.Name, ecmp.About = "ecmp-tunnel-and-circuit", "both routers share their traffic between the tunnel and the circuit"
	ecmp.R1.PreferTunnel, ecmp.R1.Circuit, ecmp.R1.Multipath = false, AcceptAll, true
	ecmp.R2.PreferTunnel, ecmp.R2.Circuit, ecmp.R2.Multipath = false, AcceptAll, true

	specific := closed()
	specific.Name, specific.About = "leak-more-specific", "10.10.1.0/24 is advertised over ExpressRoute, the /16 around it through the tunnel"
	specific.R1.Statics = append(slices.Clone(specific.R1.Statics), Static{netip.MustParsePrefix("10.10.1.0/24"), "lan0"})
	specific.R1.Originate = prefixes("10.10.1.0/24")
	specific.R1.Advertise = prefixes("10.10.1.0/24")

	wide := closed()
	wide.Name, wide.About = "gateway-route-table-too-wide", "the GatewaySubnet's route to the firewall is wider than the peering's prefix and loses to it"
	wide.Azure = wide.Azure.withFirewall().with(SpokeSubnet, spokeToFirewall()).with(GatewaySubnet, ingressToFirewall("172.16.0.0/12"))

	return []Scenario{tunnelDown, tunnelsDown, tunnelsDownClosed, routerDown, careless, static, ecmp, specific, wide}
}

// pinned steers into the tunnel and keeps the GatewaySubnet on ExpressRoute.
func pinned() Scenario {
	s := Scenario{Name: "underlay-pinned", About: "steered, and the GatewaySubnet has its own route over ExpressRoute", VPN: true, Azure: azure()}
	gateway := netip.MustParsePrefix("10.64.0.0/26")
	s.R1 = Router{PreferTunnel: true, Circuit: Prefer100, Statics: []Static{{gateway, sites()[0].mseeER.String()}}}
	s.R2 = Router{PreferTunnel: true, Circuit: Prefer100, Statics: []Static{{gateway, sites()[1].mseeER.String()}}}
	return s
}

// closed accepts nothing over ExpressRoute's BGP.
func closed() Scenario {
	s := pinned()
	s.Name, s.About = "fail-closed", "the routers accept nothing over ExpressRoute's BGP"
	s.R1.Circuit, s.R2.Circuit = DenyAll, DenyAll
	return s
}

// spokeToFirewall sends everything to the firewall. Without the gateways' routes being kept out, on-premises' more
// specific prefixes would win over the default route.
func spokeToFirewall() RouteTable {
	return RouteTable{Name: "rt-spoke", DisablePropagation: true, Routes: []UserRoute{
		{"default", netip.MustParsePrefix("0.0.0.0/0"), firewallIP()},
	}}
}

func ingressToFirewall(prefix string) RouteTable {
	return RouteTable{Name: "rt-gateway", Routes: []UserRoute{
		{"spoke", netip.MustParsePrefix(prefix), firewallIP()},
	}}
}

func prefixes(ss ...string) []netip.Prefix {
	ps := make([]netip.Prefix, len(ss))
	for i, s := range ss {
		ps[i] = netip.MustParsePrefix(s)
	}
	return ps
}
