package snapshot

import "net/netip"

// GatewayType tells the two kinds of virtual network gateway apart.
type GatewayType string

// The gateway types.
const (
	VPN          GatewayType = "Vpn"
	ExpressRoute GatewayType = "ExpressRoute"
)

// Gateway is a virtual network gateway with its tables.
type Gateway struct {
	Ref
	ID           string
	Name         string
	Type         GatewayType
	SKU          string
	ASN          uint32
	ActiveActive bool
	PrivateIP    bool   // enablePrivateIpAddress
	Subnet       string // ID of the GatewaySubnet
	Instances    []Instance
	Learned      Learned
	Peers        GatewayPeers

	Location     string
	State        string // provisioningState
	AdminState   string
	Tier         string       // of the SKU
	BGPAddrs     []netip.Addr // bgpPeeringAddress: that of each instance
	PeerWeight   int          // added to the weight of what it learns
	Wide         bool         // enableHighBandwidthVpnGateway: connections have tunnelProperties
	VPNType      string       // RouteBased, PolicyBased
	Generation   string
	EnableBGP    bool
	DefaultSite  string         // ID of the local network gateway that all else goes to: forced tunnelling
	CustomRoutes []netip.Prefix // advertised to point-to-site clients
	// RemoteVNets and VirtualWAN are allowRemoteVnetTraffic and
	// allowVirtualWanTraffic: what else than its own VNet's peers may use it.
	RemoteVNets bool
	VirtualWAN  bool
	// NoReplayCheck is disableIPSecReplayProtection.
	NoReplayCheck bool
	// NATForBGP is enableBgpRouteTranslationForNat.
	NATForBGP bool
	NAT       NATRules
	// Advertised is what it advertises to each of its peers, in order of peer.
	Advertised []GatewayAdvertised
	Effective  GatewayEffective
}

// NATRules are the rules by which a VPN gateway rewrites addresses.
type NATRules struct {
	Read
	Rules []NATRule
}

// NATRule is one rule. External is what the other side sees in place of
// Internal. Connections name their rules; Config is the instance that a dynamic
// rule belongs to.
type NATRule struct {
	Ref
	ID       string
	Name     string
	Mode     string // EgressSnat, IngressSnat
	Type     string // Static, Dynamic
	Config   string
	Internal []NATMapping
	External []NATMapping
}

// NATMapping is an address space, with the ports that it is limited to.
type NATMapping struct {
	Prefix netip.Prefix
	Ports  string // as "200-300"; empty: all
}

// GatewayAdvertised is what a gateway advertises to one BGP peer.
type GatewayAdvertised struct {
	Read
	Peer   netip.Addr
	Routes []LearnedRoute
}

// GatewayEffective is what a gateway's instances forward by. Azure tells since
// API version 2025-09-01, and not everywhere: the status is then Missing.
type GatewayEffective struct {
	Read
	Routes []GatewayEffectiveRoute
}

// GatewayEffectiveRoute is one row of getEffectiveRoutes. Type is ARM's word:
// Tunnel, VirtualNetwork, Unknown.
type GatewayEffectiveRoute struct {
	Ref
	Local    netip.Addr
	Prefixes []netip.Prefix
	NextHop  netip.Addr
	Type     string
}

// Instance is one of a gateway's machines. Default is its BGP address in the
// GatewaySubnet, Custom its APIPA addresses, Tunnel its tunnel end points,
// public and private mixed as ARM gives them.
type Instance struct {
	Ref
	Config  string
	Default []netip.Addr
	Custom  []netip.Addr
	Tunnel  []netip.Addr

	Private  netip.Addr // of the IP configuration, where ARM gives it
	PublicIP string     // ID of the IP configuration's public address
}

// Learned is a gateway's route table.
type Learned struct {
	Read
	Routes []LearnedRoute
}

// LearnedRoute is one row of getLearnedRoutes. Local is the instance it belongs
// to; NextHop is invalid for a route that the gateway originates. Origin is
// ARM's word (Network, EBgp, IBgp, Igp). ASPath is normalised to blanks.
type LearnedRoute struct {
	Ref
	Local   netip.Addr
	Prefix  netip.Prefix
	NextHop netip.Addr
	Peer    netip.Addr
	Origin  string
	ASPath  string
	Weight  int
}

// GatewayPeers is a gateway's BGP peers.
type GatewayPeers struct {
	Read
	Peers []GatewayPeer
}

// GatewayPeer is one row of getBgpPeerStatus.
type GatewayPeer struct {
	Ref
	Local    netip.Addr
	Neighbor netip.Addr
	ASN      uint32
	State    string
	Received int

	Sent     int64  // messages
	Messages int64  // messages that were received
	Duration string // connectedDuration, as 3.03:14:13.1796961: days, hours, minutes and seconds
}
