package snapshot

import "net/netip"

// Azure is what Azure Resource Manager said of the network. IDs are ARM
// resource IDs in lower case: ARM compares them without regard to case.
type Azure struct {
	VNets       []VNet
	Gateways    []Gateway
	Connections []Connection
	LocalSites  []LocalNetworkGateway
	Circuits    []Circuit
	RouteTables []RouteTable
	Firewalls   []Firewall
}

// VNet is a virtual network with its subnets and peerings.
type VNet struct {
	Ref
	ID       string
	Name     string
	Prefixes []netip.Prefix
	Subnets  []Subnet
	Peerings []Peering
}

// Subnet is a subnet of a virtual network. RouteTable is the ID of its table,
// empty when it has none.
type Subnet struct {
	Ref
	ID         string
	Name       string
	Prefixes   []netip.Prefix
	RouteTable string
	NSG        string
}

// Peering is one side of a VNet peering. Connected is whether peeringState is
// "Connected"; RemotePrefixes are the remote address space as this side knows it.
type Peering struct {
	Ref
	Name                string
	Remote              string
	Connected           bool
	AllowGatewayTransit bool
	UseRemoteGateways   bool
	AllowForwarded      bool
	RemotePrefixes      []netip.Prefix
}

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
}

// Connection joins a gateway to a circuit or to a local network gateway.
type Connection struct {
	Ref
	Read        Read
	ID          string
	Name        string
	Type        string // "IPsec", "ExpressRoute", "Vnet2Vnet", "VPNClient"
	Gateway     string
	LocalSite   string
	Circuit     string
	Status      string // "" when ARM gave null
	EnableBGP   bool
	UsePrivate  bool // useLocalAzureIpAddress
	FastPath    bool // expressRouteGatewayBypass
	Weight      int  // routingWeight
	BGPAddrs    []ConnectionAddr
	Policies    []IPsecPolicy
	TunnelBytes *Bytes
	Tunnels     []TunnelStatus
}

// ConnectionAddr is the APIPA address that an instance uses on one connection.
type ConnectionAddr struct {
	Config string
	Addr   netip.Addr
}

// IPsecPolicy is a custom IPsec/IKE proposal, in ARM's words.
type IPsecPolicy struct {
	IKEEncryption   string
	IKEIntegrity    string
	DHGroup         string
	IPsecEncryption string
	IPsecIntegrity  string
	PFSGroup        string
}

// Bytes are a connection's traffic counters.
type Bytes struct{ Ingress, Egress int64 }

// TunnelStatus is one row of tunnelConnectionStatus.
type TunnelStatus struct {
	Name   string
	Status string
	Bytes  Bytes
}

// LocalNetworkGateway is Azure's description of an on-premises VPN device.
type LocalNetworkGateway struct {
	Ref
	ID       string
	Name     string
	Endpoint netip.Addr
	Prefixes []netip.Prefix
	ASN      uint32
	Peer     netip.Addr
}

// Circuit is an ExpressRoute circuit with its private peering.
type Circuit struct {
	Ref
	ID       string
	Name     string
	Provider string
	Port     string // ExpressRoute Direct port ID; empty on a provider's circuit
	Peering  *PrivatePeering
}

// PrivatePeering is AzurePrivatePeering: two links, each a /30 (or /126) of
// which the customer has the first host address and Microsoft the second.
type PrivatePeering struct {
	Ref
	State     string
	PeerASN   uint32
	Primary   netip.Prefix
	Secondary netip.Prefix
	Tables    [2]MSEETable // primary, secondary
}

// MSEETable is the route table of one Microsoft edge router.
type MSEETable struct {
	Read
	Routes []MSEERoute
}

// MSEERoute is one row of a circuit's route table. Best is the trailing "*".
type MSEERoute struct {
	Ref
	Prefix    netip.Prefix
	NextHop   netip.Addr
	Best      bool
	LocalPref *uint32
	Weight    int
	ASPath    string
}

// RouteTable is a table of user-defined routes.
type RouteTable struct {
	Ref
	ID                 string
	Name               string
	DisablePropagation bool
	Routes             []UserRoute
}

// UserRoute is a user-defined route. Prefix is invalid when the destination is
// a service tag, which Tag then holds.
type UserRoute struct {
	Ref
	Name    string
	Prefix  netip.Prefix
	Tag     string
	Type    string // VirtualAppliance, VirtualNetworkGateway, VnetLocal, Internet, None
	NextHop netip.Addr
}

// Firewall is an Azure Firewall. Addrs are its private addresses; Subnet is the
// ID of the subnet it sits in.
type Firewall struct {
	Ref
	ID     string
	Name   string
	Addrs  []netip.Addr
	Subnet string
}
