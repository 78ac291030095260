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

	FirewallPolicies []FirewallPolicy
	LoadBalancers    []LoadBalancer
	NICs             []NIC
	PublicIPs        []PublicIP
	NSGs             []NSG
	Ports            []ERPort
	WANs             []VirtualWAN
	Hubs             []Hub
	HubVPNGateways   []HubVPNGateway
	HubERGateways    []HubERGateway
	VPNSites         []VPNSite

	// Lists say how the lists of resources above were read, one for each
	// subscription and type of which anything is known.
	Lists []List
	// Disagreements are gateways that one source knows and another does not.
	Disagreements []Disagreement
}

// List is how one subscription's list of a type of resources was read. Status
// is OK when all that the list names are in the evidence, and Empty when Azure
// listed none. Only then is what is not in the snapshot known not to exist.
// The resources of a directory made by hand have no list: its status is Missing.
type List struct {
	Read
	Subscription string
	Type         string // as ARM spells it, in lower case
}

// Disagreement is a gateway that the list of gateways and the subnets which
// hold them do not agree on: one of them is not up to date, or was not shown
// whole, and there may be more of which neither knows.
type Disagreement struct {
	Ref
	ID   string
	Text string
}

// VNet is a virtual network with its subnets and peerings.
type VNet struct {
	Ref
	ID       string
	Name     string
	Prefixes []netip.Prefix
	Subnets  []Subnet
	Peerings []Peering

	Location string
	// Summaries are summarizedGatewayPrefixes: what gateways advertise instead
	// of the address spaces.
	Summaries  []netip.Prefix
	Encryption Encryption
}

// Encryption is a virtual network's encryption between its machines, which is
// no protection of what crosses ExpressRoute.
type Encryption struct {
	Enabled     bool
	Enforcement string // AllowUnencrypted, DropUnencrypted
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

	// Endpoints are the services of its service endpoints, in ARM's words, and
	// Delegations those that the subnet is given over to.
	Endpoints   []string
	Delegations []string
	// Configs are the IDs of the IP configurations in the subnet, and NATGateway
	// is that of its NAT gateway.
	Configs    []string
	NATGateway string

	// PrivateEndpoints counts those in the subnet, and EndpointPolicies is ARM's word for
	// whether network policies apply to them: "" where it was not said.
	PrivateEndpoints int
	EndpointPolicies string
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

	State     string // peeringState: Connected, Initiated, Disconnected
	SyncLevel string // peeringSyncLevel, as FullyInSync
	// NoAccess is whether allowVirtualNetworkAccess is false: the service tag
	// VirtualNetwork is then without the other side, and network security groups
	// let through what they name themselves.
	NoAccess bool
	// CurrentPrefixes are the remote address space as it is now, where it differs
	// from RemotePrefixes until the peering is synchronised.
	CurrentPrefixes []netip.Prefix
	// LocalPrefixes are this side's address space as the peering knows it.
	LocalPrefixes []netip.Prefix
	// Partial is whether only subnets are peered (peerCompleteVnets is false):
	// LocalSubnets and RemoteSubnets, by name. OnlyIPv6 is whether only IPv6 is.
	Partial       bool
	LocalSubnets  []string
	RemoteSubnets []string
	OnlyIPv6      bool
}

// RouteTable is a table of user-defined routes.
type RouteTable struct {
	Ref
	ID                 string
	Name               string
	DisablePropagation bool
	Routes             []UserRoute

	Subnets []string // that say so of themselves as well
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

	OverBGP bool // hasBgpOverride: it beats more specific BGP routes, too
}

// Firewall is an Azure Firewall. Addrs are its private addresses; Subnet is the
// ID of the subnet it sits in.
type Firewall struct {
	Ref
	ID     string
	Name   string
	Addrs  []netip.Addr
	Subnet string

	SKU       string // AZFW_VNet, AZFW_Hub
	Tier      string
	State     string // provisioningState
	Hub       string
	Policy    string
	PublicIPs []string
	// Management is the ID of the subnet of its management address, which lets
	// the firewall's own default route go on the premises: forced tunnelling.
	Management string
	// SNAT is what a firewall without a policy does not translate.
	SNAT SNAT
}
