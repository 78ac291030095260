package azure

// The resource types that are collected, as ARM spells them: they are the names
// of the evidence folders.
const (
	typeGateways         = "virtualNetworkGateways"
	typeConnections      = "connections"
	typeLocalSites       = "localNetworkGateways"
	typeCircuits         = "expressRouteCircuits"
	typePorts            = "expressRoutePorts"
	typeVNets            = "virtualNetworks"
	typeRouteTables      = "routeTables"
	typeFirewalls        = "azureFirewalls"
	typeFirewallPolicies = "firewallPolicies"
	typeLoadBalancers    = "loadBalancers"
	typeNICs             = "networkInterfaces"
	typePublicIPs        = "publicIPAddresses"
	typeNSGs             = "networkSecurityGroups"
	typeWANs             = "virtualWans"
	typeHubs             = "virtualHubs"
	typeVPNGateways      = "vpnGateways"
	typeVPNSites         = "vpnSites"
	typeERGateways       = "expressRouteGateways"

	// What is asked of a subscription and is no list of resources.
	typeProviders = "providers"
	typeInventory = "resourceGraph"
)

func collectedTypes() []string {
	return []string{
		typeGateways, typeConnections, typeLocalSites, typeCircuits, typePorts, typeVNets, typeRouteTables, typeFirewalls,
		typeFirewallPolicies, typeLoadBalancers, typeNICs, typePublicIPs, typeNSGs, typeWANs, typeHubs, typeVPNGateways,
		typeVPNSites, typeERGateways,
	}
}

// The operations whose answers are kept, as they are named in evidence.
const (
	actionLearned          = "getLearnedRoutes"
	actionPeers            = "getBgpPeerStatus"
	actionAdvertised       = "getAdvertisedRoutes"
	actionGatewayEffective = "getEffectiveRoutes"
	actionRouteTables      = "routeTables"
	actionSummaries        = "routeTablesSummary"
	actionARP              = "arpTables"
	actionNICEffective     = "effectiveRouteTable"
	actionHubLearned       = "learnedRoutes"
	actionHubAdvertised    = "advertisedRoutes"
	actionHubEffective     = "effectiveRoutes"
)

// The lists below a resource, by the type of their elements. They are kept like
// the answer to an operation; the second page has the argument 2, and so on.
const (
	childNATRules       = "natRules"
	childLinks          = "links"
	childHubConfigs     = "ipConfigurations"
	childHubBGP         = "bgpConnections"
	childHubVNets       = "hubVirtualNetworkConnections"
	childIntent         = "routingIntent"
	childHubTables      = "hubRouteTables"
	childRouteMaps      = "routeMaps"
	childVPNConnections = "vpnConnections"
	childERConnections  = "expressRouteConnections"
)

// devices are the two edge routers of a private peering.
func devices() [2]string { return [2]string{"primary", "secondary"} }
