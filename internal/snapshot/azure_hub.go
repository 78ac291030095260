package snapshot

import "net/netip"

// VirtualWAN is a virtual WAN.
type VirtualWAN struct {
	Ref
	ID             string
	Name           string
	Type           string // Basic, Standard
	BranchToBranch bool
	VNetToVNet     bool
	// Unencrypted is disableVpnEncryption: its VPN gateways' tunnels carry clear
	// text.
	Unencrypted bool
}

// Hub is a virtual hub, or a Route Server, which is one without a virtual WAN.
type Hub struct {
	Ref
	ID     string
	Name   string
	WAN    string // empty: a Route Server
	Prefix netip.Prefix
	ASN    uint32
	Addrs  []netip.Addr
	SKU    string
	State  string // provisioningState
	// Routing is routingState, as Provisioned.
	Routing string
	// Preference is hubRoutingPreference, which decides between ExpressRoute and
	// VPN at equal length: ExpressRoute (also where it is empty), VpnGateway,
	// ASPath.
	Preference string
	// BranchToBranch is whether what the VPN gateway learned is advertised over
	// ExpressRoute, and the other way round.
	BranchToBranch bool

	Firewall   string
	VPNGateway string
	ERGateway  string

	Configs HubConfigs
	BGP     HubBGPConnections
	VNets   HubVNetConnections
	Intent  RoutingIntents
	Tables  HubRouteTables
	// Legacy are route tables of hubs from before there were hubRouteTables.
	Legacy []HubRouteTable
	Maps   HubRouteMaps
}

// HubConfigs say where a Route Server is.
type HubConfigs struct {
	Read
	Configs []HubConfig
}

// HubConfig is one IP configuration.
type HubConfig struct {
	Ref
	ID       string
	Subnet   string
	Private  netip.Addr
	PublicIP string
}

// HubBGPConnections are a hub's BGP peers.
type HubBGPConnections struct {
	Read
	Connections []HubBGPConnection
}

// HubBGPConnection is one peer, with the routes that each of the hub's
// instances learned from it and advertises to it.
type HubBGPConnection struct {
	Ref
	ID         string
	Name       string
	ASN        uint32
	Peer       netip.Addr
	Connection string // ID of the VNet's connection that the peer is behind
	State      string // connectionState: Connected, Connecting, NotConnected
	Learned    HubRoutes
	Advertised HubRoutes
}

// HubRoutes are the routes of one BGP peer.
type HubRoutes struct {
	Read
	Routes []HubPeerRoute
}

// HubPeerRoute is one row. Instance is ARM's name of the instance that has it,
// as RouteServiceRole_IN_0.
type HubPeerRoute struct {
	LearnedRoute
	Instance string
}

// HubVNetConnections are the virtual networks that are connected to a hub.
type HubVNetConnections struct {
	Read
	Connections []HubVNetConnection
}

// HubVNetConnection is one of them. Internet is enableInternetSecurity: the
// virtual network gets the hub's default route.
type HubVNetConnection struct {
	Ref
	ID       string
	Name     string
	VNet     string
	Internet bool
	State    string
	Routing  HubRouting
	// Static are routes to appliances in the virtual network, which other hubs
	// learn if Propagate is set. Override is vnetLocalRouteOverrideCriteria:
	// whether they also beat the virtual network's own prefixes (Contains, Equal).
	Static    []HubStaticRoute
	Propagate bool
	Override  string
}

// HubRouting is the routing configuration of a connection to a hub.
type HubRouting struct {
	Table       string   // ID of the associated route table
	Propagated  []string // IDs
	Labels      []string
	InboundMap  string // IDs of route maps
	OutboundMap string
}

// HubStaticRoute is a static route of a virtual network's connection.
type HubStaticRoute struct {
	Ref
	Name     string
	Prefixes []netip.Prefix
	NextHop  netip.Addr
}

// RoutingIntents are a hub's routing intents, of which it has at most one.
type RoutingIntents struct {
	Read
	Intents []RoutingIntent
}

// RoutingIntent sends all traffic of a kind through an appliance of the hub.
type RoutingIntent struct {
	Ref
	ID       string
	Policies []RoutingPolicy
}

// RoutingPolicy names what it is for: "Internet", "PrivateTraffic".
type RoutingPolicy struct {
	Name         string
	Destinations []string
	NextHop      string // ID of the firewall or appliance
}

// HubRouteTables are a hub's route tables.
type HubRouteTables struct {
	Read
	Tables []HubRouteTable
}

// HubRouteTable is one route table, with the effective routes that Azure says
// it results in.
type HubRouteTable struct {
	Ref
	ID          string
	Name        string
	Labels      []string
	Routes      []HubRoute
	Associated  []string // IDs of connections
	Propagating []string
	Effective   HubEffective
}

// HubRoute is a static route. Destinations are prefixes where DestinationType
// is CIDR; a next hop is a resource's ID, or an address.
type HubRoute struct {
	Ref
	Name            string
	Destinations    []string
	DestinationType string
	NextHops        []string
	NextHopType     string
}

// HubEffective are a hub's effective routes.
type HubEffective struct {
	Read
	Routes []HubEffectiveRoute
}

// HubEffectiveRoute is one row, in ARM's words. NextHops are IDs or addresses;
// Origin is the ID of what brought the route.
type HubEffectiveRoute struct {
	Ref
	Prefixes []netip.Prefix
	NextHops []string
	Type     string
	ASPath   string
	Origin   string
}

// HubRouteMaps are a hub's route maps.
type HubRouteMaps struct {
	Read
	Maps []HubRouteMap
}

// HubRouteMap changes or drops routes of the connections it is put on. What its
// rules do is not read: Rules is how many there are.
type HubRouteMap struct {
	Ref
	ID       string
	Name     string
	Inbound  []string // IDs of connections
	Outbound []string
	Rules    int
}

// HubVPNGateway is the VPN gateway of a virtual hub.
type HubVPNGateway struct {
	Ref
	ID          string
	Name        string
	Hub         string
	ASN         uint32
	BGPAddrs    []netip.Addr
	PeerWeight  int // added to the weight of what it learns
	State       string
	NATForBGP   bool
	Instances   []Instance
	NAT         NATRules
	Connections HubVPNConnections
}

// HubVPNConnections are a VPN gateway's connections to sites.
type HubVPNConnections struct {
	Read
	Connections []HubVPNConnection
}

// HubVPNConnection joins a VPN gateway to a site, over one or more links.
type HubVPNConnection struct {
	Ref
	ID       string
	Name     string
	Site     string
	Status   string
	Internet bool
	Routing  HubRouting
	Links    []HubVPNLink
	// Selectors, where there are any, are the only traffic that is taken.
	Selectors []TrafficSelector
}

// HubVPNLink is one link of a connection: one tunnel for each instance.
type HubVPNLink struct {
	Ref
	ID          string
	Name        string
	SiteLink    string
	Status      string
	EnableBGP   bool
	UsePrivate  bool // useLocalAzureIpAddress
	PolicyBased bool
	Protocol    string
	Mode        string
	Weight      int
	DPDSeconds  int
	Policies    []IPsecPolicy
	BGPAddrs    []ConnectionAddr
	EgressNAT   []string
	IngressNAT  []string
	TunnelBytes *Bytes
}

// HubERGateway is the ExpressRoute gateway of a virtual hub.
type HubERGateway struct {
	Ref
	ID          string
	Name        string
	Hub         string
	State       string
	RemoteVNets bool // allowNonVirtualWanTraffic
	Connections HubERConnections
}

// HubERConnections are an ExpressRoute gateway's connections to circuits.
type HubERConnections struct {
	Read
	Connections []HubERConnection
}

// HubERConnection joins an ExpressRoute gateway to a circuit.
type HubERConnection struct {
	Ref
	ID           string
	Name         string
	Peering      string // ID of the circuit's private peering
	Weight       int
	FastPath     bool // expressRouteGatewayBypass
	LinkFastPath bool // enablePrivateLinkFastPath
	Internet     bool
	State        string
	Routing      HubRouting
}

// VPNSite is a virtual WAN's description of a site on the premises.
type VPNSite struct {
	Ref
	ID       string
	Name     string
	WAN      string
	Prefixes []netip.Prefix
	Endpoint netip.Addr
	ASN      uint32
	Peer     netip.Addr
	Links    []VPNSiteLink
}

// VPNSiteLink is one device or line of a site.
type VPNSiteLink struct {
	Ref
	ID       string
	Name     string
	Endpoint netip.Addr
	FQDN     string
	ASN      uint32
	Peer     netip.Addr
	Provider string
}
