// Package graph turns a snapshot into paths: which links a packet crosses in
// each direction, why, what protects it there, and what becomes of it when
// something fails. It never says whether that is acceptable; policies do.
package graph

import "github.com/routeproof/routeproof/internal/finding"

// Model is what policies judge. Its JSON form is the input document that
// policies/schema/input.json publishes. IDs are stable across runs:
//
//	router/R1  gateway/vpngw  instance/vpngw-0  msee/er-circuit-primary
//	subnet/vnet-spoke/workload  firewall/azfw  appliance/nva1  site/dc1
//	tunnel/R1/vpngw-0  peering/er-circuit-primary  pair/dc1/vnet-spoke/workload
type Model struct {
	Classes     []Class      `json:"classes"`
	Tunnels     []Tunnel     `json:"tunnels"`
	Gateways    []Gateway    `json:"gateways"`
	Circuits    []Circuit    `json:"circuits"`
	Routers     []Router     `json:"routers"`
	Subnets     []Subnet     `json:"subnets"`
	RouteTables []RouteTable `json:"routeTables"`
	Firewalls   []Firewall   `json:"firewalls"`
	Evidence    []Evidence   `json:"evidence"`
	// Facts of the GatewaySubnets, and of numbers that Azure bounds.
	GatewaySubnets []GatewaySubnet  `json:"gatewaySubnets"`
	GatewayVNets   []GatewayVNet    `json:"gatewayVNets"`
	AttachedTables []AttachedTable  `json:"attachedTables"`
	Endpoints      []Endpoint       `json:"endpoints"`
	UnknownTunnels []UnknownTunnels `json:"unknownTunnels"`
	Flaps          []Flap           `json:"flaps"`
	RouteCounts    []RouteCount     `json:"routeCounts"`
	// Ways are those past the tunnels, and what else may lead past them.
	Ways          []Way          `json:"ways"`
	GlobalReaches []GlobalReach  `json:"globalReaches"`
	Exchanges     []Exchange     `json:"exchanges"`
	DefaultRoutes []DefaultRoute `json:"defaultRoutes"`
	// Comparisons and Coherences are how the two ends of tunnels and links agree.
	Comparisons []Comparison `json:"comparisons"`
	Coherences  []Coherence  `json:"coherences"`
	// What looks like protection: traffic of tunnels, and encryption elsewhere.
	TunnelTraffics     []TunnelTraffic     `json:"tunnelTraffics"`
	NetworkEncryptions []NetworkEncryption `json:"networkEncryptions"`
	MACsecEnds         []MACsecEnd         `json:"macsecEnds"`
	WANEncryptions     []WANEncryption     `json:"wanEncryptions"`
	// PeeringSessions are the BGP sessions over private peerings.
	PeeringSessions []PeeringSession `json:"peeringSessions"`
	// Facts of firewalls and appliances, of what leads to them and past them.
	ApplianceRoutes []ApplianceRoute `json:"applianceRoutes"`
	FirewallSubnets []FirewallSubnet `json:"firewallSubnets"`
	FirewallSNATs   []FirewallSNAT   `json:"firewallSNATs"`
	VNetPeerings    []VNetPeering    `json:"vnetPeerings"`
	FastPaths       []FastPath       `json:"fastPaths"`
	Redundancies    []Redundancy     `json:"redundancies"`
	UnreadResources []UnreadResource `json:"unreadResources"`
	// Facts of connections, of the gateways that they end at, and of circuits.
	IPsecConnections []IPsecConnection `json:"ipsecConnections"`
	VPNGateways      []VPNGateway      `json:"vpnGateways"`
	CircuitLinks     []CircuitLink     `json:"circuitLinks"`
	CircuitMACsecs   []CircuitMACsec   `json:"circuitMACsecs"`
	Parameters       Parameters        `json:"parameters"`
	// Notes say what was derived or assumed, for the report.
	Notes []string `json:"-"`
}

// Required is what a class's traffic must have on every link that leaves the
// premises: any one of Protection is enough.
type Required struct {
	Protection []string `json:"protection"`
	// Exempt is why the class needs none, which is then one of Protection, as is
	// that it is not known. It is empty for all others.
	Exempt string `json:"exempt,omitempty"`
}

// Class is all pairs of an on-premises and an Azure address that share both
// paths, their protection and what is required of them. Forward is on-premises
// to Azure.
type Class struct {
	ID       string       `json:"id"`
	Pairs    uint64       `json:"pairs"` // address pairs, saturated at 2^53-1
	OnPrem   finding.Side `json:"onprem"`
	Azure    finding.Side `json:"azure"`
	Required Required     `json:"required"`
	Forward  finding.Path `json:"forward"`
	Return   finding.Path `json:"return"`
	Failures []Failure    `json:"failures"`
	// Flapping is what becomes of the class each time the tunnels that flap are down.
	// The zero value changes nothing.
	Flapping Failure `json:"-"`
}

// What a failure does to one direction of a class.
const (
	StillEncrypted = "still encrypted"
	FailsOpen      = "fails open"   // was protected, is now in clear
	FailsClosed    = "fails closed" // is now dropped
	StillClear     = "still clear"  // was in clear before, and is
	Undecided      = "undecided"    // the evidence does not say
)

// Failure is what becomes of a class when Down is taken away. Only failures that
// change at least one of the two paths are listed; the paths themselves are kept
// for reports and are not part of the policies' input.
type Failure struct {
	Down        []string     `json:"down"`
	Forward     string       `json:"forward"`
	Return      string       `json:"return"`
	ForwardPath finding.Path `json:"-"`
	ReturnPath  finding.Path `json:"-"`
}

// Tunnel is an IPsec tunnel between a router and one gateway instance.
type Tunnel struct {
	ID         string        `json:"id"`
	Router     string        `json:"router"`
	Gateway    string        `json:"gateway"`
	Instance   string        `json:"instance"`
	Connection string        `json:"connection"`
	Local      string        `json:"local"`  // the router's end point
	Remote     string        `json:"remote"` // the gateway instance's end point
	Status     string        `json:"status"` // the connection's, in ARM's word; "" when unknown
	Protection string        `json:"protection"`
	Grade      string        `json:"grade"`
	Underlay   Underlay      `json:"underlay"`
	Evidence   []finding.Ref `json:"evidence"`
}

// Underlay is the way of a tunnel's own packets: Forward from the router to the
// gateway instance, Return back. A path that enters a tunnel has a hop whose
// linkKind is "ipsec"; one that enters itself ends as a loop.
type Underlay struct {
	Forward finding.Path `json:"forward"`
	Return  finding.Path `json:"return"`
}

// Gateway is a virtual network gateway.
type Gateway struct {
	ID        string        `json:"id"`
	Type      string        `json:"type"` // Vpn or ExpressRoute
	Subnet    string        `json:"subnet"`
	PrivateIP bool          `json:"privateIP"`
	Learned   string        `json:"learned"` // status of its learned routes
	Evidence  []finding.Ref `json:"evidence"`
}

// Circuit is an ExpressRoute circuit.
type Circuit struct {
	ID       string        `json:"id"`
	Direct   bool          `json:"direct"`
	Links    []string      `json:"links"`
	Evidence []finding.Ref `json:"evidence"`
}

// Router is a customer-edge router. Tables gives the status of each of its
// tables: bgp, rib, sessions, interfaces.
type Router struct {
	ID     string            `json:"id"`
	Site   string            `json:"site"`
	Tables map[string]string `json:"tables"`
}

// Subnet is an Azure subnet.
type Subnet struct {
	ID         string   `json:"id"`
	Prefixes   []string `json:"prefixes"`
	Gateway    bool     `json:"gateway"`
	RouteTable string   `json:"routeTable,omitempty"`
	// PrivateEndpoints counts those in the subnet, and EndpointPolicies is ARM's word for
	// the network policies that apply to them. HostRoutes says that the table of a
	// GatewaySubnet has a route of a single address in the subnet.
	PrivateEndpoints int           `json:"privateEndpoints"`
	EndpointPolicies string        `json:"endpointPolicies,omitempty"`
	HostRoutes       bool          `json:"hostRoutes"`
	Evidence         []finding.Ref `json:"evidence"`
}

// RouteTable is a table of user-defined routes.
type RouteTable struct {
	ID                 string      `json:"id"`
	DisablePropagation bool        `json:"disablePropagation"`
	Routes             []UserRoute `json:"routes"`
}

// UserRoute is a user-defined route. Prefix may be a service tag.
type UserRoute struct {
	Name     string        `json:"name"`
	Prefix   string        `json:"prefix"`
	Type     string        `json:"type"`
	NextHop  string        `json:"nextHop,omitempty"`
	Evidence []finding.Ref `json:"evidence"`
}

// Firewall is a firewall or appliance that packets can be sent through.
type Firewall struct {
	ID        string        `json:"id"`
	Addresses []string      `json:"addresses"`
	Evidence  []finding.Ref `json:"evidence"`
}

// Evidence is how the collection and reading of one item went. Status is an
// item's status, or "missing" for an item that judging needs and nobody
// collected, or "unread" for one with lines that were not understood. Age is in
// seconds before the end of the collection; -1 when it is not known.
type Evidence struct {
	Item   string `json:"item"`
	Status string `json:"status"`
	Detail string `json:"detail,omitempty"`
	Age    int64  `json:"age"`
}

// Parameters are the operator's settings that policies read.
type Parameters struct{}
