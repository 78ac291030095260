package azure

import (
	"slices"
	"strings"
)

// apiVersion is the version of Microsoft.Network that the SDK speaks, for every
// call of it.
const apiVersion = "2025-05-01"

// The versions of the calls that the SDK does not make.
const (
	graphVersion     = "2024-04-01"
	providersVersion = "2021-04-01"
	// effectiveVersion is the first version that has getEffectiveRoutes.
	effectiveVersion = "2025-09-01"
)

// An Action is a permission of Azure that collecting needs.
type Action struct {
	// Name is the action as a role definition spells it.
	Name string
	// Why is what is read with it, in a few words.
	Why string
	// Optional is whether the collector does without it where it is lacking: it
	// corroborates, or some tenants of Azure have it under another name. An
	// answer that is denied is reported either way.
	Optional bool
}

// Actions are all actions that [Collector.Collect] may need, each once, in
// order of name. None of them writes, and none reads a secret.
func Actions() []Action {
	var all []Action
	for _, c := range calls() {
		all = append(all, Action{c.action, c.why, c.optional})
		if c.also != "" {
			all = append(all, Action{c.also, c.why, true})
		}
	}
	slices.SortStableFunc(all, func(a, b Action) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return slices.CompactFunc(all, func(a, b Action) bool { return strings.EqualFold(a.Name, b.Name) })
}

// A kindOfCall is one row of the table of calls.
type kindOfCall struct {
	// typ is the type of the resource that is asked, and op what it is asked
	// for: nothing for itself and its lists, a child type, or an operation.
	typ, op string
	version string
	// action is the permission that the call needs, and also another one under
	// which Azure may know it: the documents name the routes and ARP tables of
	// circuits as reads, the HTTP method is that of an action.
	action, also string
	why          string
	optional     bool
}

const network = "Microsoft.Network/"

// calls is the table of every kind of call that is made. The code that makes a
// call takes its permission from here, so that a call without a row cannot be
// made.
func calls() []kindOfCall {
	return slices.Concat(gatewayCalls(), circuitCalls(), topologyCalls(), hubCalls(), otherCalls())
}

func row(typ, op, action, why string) kindOfCall {
	return kindOfCall{typ: typ, op: op, version: apiVersion, action: network + action, why: why}
}

func (c kindOfCall) orElse(action string) kindOfCall { c.also = network + action; return c }
func (c kindOfCall) ifAllowed() kindOfCall           { c.optional = true; return c }

func gatewayCalls() []kindOfCall {
	effective := row(typeGateways, actionGatewayEffective, "virtualNetworkGateways/getEffectiveRoutes/action", "what each gateway instance forwards into a tunnel").ifAllowed()
	effective.version = effectiveVersion
	return []kindOfCall{
		row(typeGateways, "", "virtualNetworkGateways/read", "VPN and ExpressRoute gateways"),
		row(typeGateways, actionLearned, "virtualNetworkGateways/getLearnedRoutes/action", "the routes that gateways learned"),
		row(typeGateways, actionPeers, "virtualNetworkGateways/getBgpPeerStatus/action", "the BGP sessions of gateways"),
		row(typeGateways, actionAdvertised, "virtualNetworkGateways/getAdvertisedRoutes/action", "the routes that gateways advertise to each peer"),
		row(typeGateways, childNATRules, "virtualNetworkGateways/natRules/read", "NAT rules of VPN gateways"),
		effective,
		row(typeConnections, "", "connections/read", "connections, with their status and IPsec policies"),
		row(typeLocalSites, "", "localNetworkGateways/read", "the VPN devices on the premises, as Azure describes them"),
	}
}

func circuitCalls() []kindOfCall {
	const peering = "expressRouteCircuits/peerings/"
	return []kindOfCall{
		row(typeCircuits, "", "expressRouteCircuits/read", "ExpressRoute circuits with their peerings"),
		row(typeCircuits, actionRouteTables, peering+"routeTables/action", "the route tables of the Microsoft edge routers").orElse(peering + "routeTables/read"),
		row(typeCircuits, actionSummaries, peering+"routeTablesSummary/action", "the BGP sessions of the Microsoft edge routers").orElse(peering + "routeTablesSummary/read"),
		row(typeCircuits, actionARP, peering+"arpTables/action", "the ARP tables of the Microsoft edge routers").orElse(peering + "arpTables/read"),
		row(typePorts, "", "expressRoutePorts/read", "ExpressRoute Direct ports with their circuits"),
		row(typePorts, childLinks, "expressRoutePorts/links/read", "MACsec on the links of ExpressRoute Direct ports"),
	}
}

func topologyCalls() []kindOfCall {
	return []kindOfCall{
		row(typeVNets, "", "virtualNetworks/read", "virtual networks with their subnets and peerings"),
		row(typeRouteTables, "", "routeTables/read", "user-defined routes"),
		row(typeFirewalls, "", "azureFirewalls/read", "firewalls, which user-defined routes name as next hops"),
		row(typeFirewallPolicies, "", "firewallPolicies/read", "the prefixes that firewalls do not translate"),
		row(typeLoadBalancers, "", "loadBalancers/read", "front ends of appliances, which user-defined routes name as next hops"),
		row(typeNICs, "", "networkInterfaces/read", "network interfaces that forward: appliances"),
		row(typeNICs, actionNICEffective, "networkInterfaces/effectiveRouteTable/action", "the effective routes of one running machine a subnet, to check computed ones by").ifAllowed(),
		row(typePublicIPs, "", "publicIPAddresses/read", "the public addresses of gateways"),
		row(typeNSGs, "", "networkSecurityGroups/read", "network security groups, which a GatewaySubnet must not have"),
	}
}

func hubCalls() []kindOfCall {
	return []kindOfCall{
		row(typeWANs, "", "virtualWans/read", "virtual WANs"),
		row(typeHubs, "", "virtualHubs/read", "Route Servers and virtual hubs, with their routing preference"),
		row(typeHubs, childHubConfigs, "virtualHubs/ipConfigurations/read", "the virtual networks of Route Servers"),
		row(typeHubs, childHubBGP, "virtualHubs/bgpConnections/read", "the BGP peers of Route Servers and hubs"),
		row(typeHubs, childHubVNets, "virtualHubs/hubVirtualNetworkConnections/read", "the virtual networks that are connected to hubs"),
		row(typeHubs, childIntent, "virtualHubs/routingIntent/read", "whether hubs send traffic through a firewall"),
		row(typeHubs, childHubTables, "virtualHubs/hubRouteTables/read", "the route tables of hubs"),
		row(typeHubs, childRouteMaps, "virtualHubs/routeMaps/read", "the route maps of hubs"),
		row(typeHubs, actionHubLearned, "virtualHubs/bgpConnections/learnedRoutes/action", "the routes that Route Servers and hubs learned"),
		row(typeHubs, actionHubAdvertised, "virtualHubs/bgpConnections/advertisedRoutes/action", "the routes that Route Servers and hubs advertise"),
		row(typeHubs, actionHubEffective, "virtualHubs/effectiveRoutes/action", "the effective routes of hubs"),
		row(typeVPNGateways, "", "vpnGateways/read", "VPN gateways of hubs"),
		row(typeVPNGateways, childVPNConnections, "vpnGateways/vpnConnections/read", "connections of hubs' VPN gateways").orElse("vpnConnections/read"),
		row(typeVPNGateways, childNATRules, "vpnGateways/natRules/read", "NAT rules of hubs' VPN gateways"),
		row(typeVPNSites, "", "vpnSites/read", "the VPN devices on the premises, as hubs know them"),
		row(typeERGateways, "", "expressRouteGateways/read", "ExpressRoute gateways of hubs"),
		row(typeERGateways, childERConnections, "expressRouteGateways/expressRouteConnections/read", "circuits that are connected to hubs"),
	}
}

func otherCalls() []kindOfCall {
	return []kindOfCall{
		{
			typ: typeProviders, version: providersVersion, action: "Microsoft.Resources/subscriptions/providers/read",
			why: "which operations Azure offers here", optional: true,
		},
		{
			typ: typeInventory, version: graphVersion, action: "Microsoft.ResourceGraph/resources/read",
			why: "gateways and connections, which Azure lists only by resource group",
		},
		{
			typ: "locations/operationResults", version: apiVersion, action: network + "locations/operationResults/read",
			why: "the results of long-running operations",
		},
		{
			typ: "locations/operations", version: apiVersion, action: network + "locations/operations/read",
			why: "the progress of long-running operations", optional: true,
		},
	}
}

// permission is the action that a call needs.
func permission(typ, op string) string {
	for _, c := range calls() {
		if c.typ == typ && c.op == op {
			return c.action
		}
	}
	panic("azure: no row in the table of calls for " + typ + " " + op)
}
