package snapshot

import "net/netip"

// SNAT is what a firewall does not translate to its own address. Ranges are in
// ARM's words: prefixes, addresses, "IANAPrivateRanges" for the private ones of
// RFC 1918, "255.255.255.255/32" for none. Without ranges, Azure's default is
// that of RFC 1918 and RFC 6598.
type SNAT struct {
	Ranges    []string
	AutoLearn string // Enabled, Disabled
}

// FirewallPolicy is what firewalls share. A policy inherits from Base.
type FirewallPolicy struct {
	Ref
	ID        string
	Name      string
	Tier      string
	State     string
	Base      string
	Firewalls []string
	SNAT      SNAT
}

// LoadBalancer is a load balancer, which may stand before appliances.
type LoadBalancer struct {
	Ref
	ID        string
	Name      string
	SKU       string
	Frontends []Frontend
	Pools     []BackendPool
	Rules     []BalancingRule
}

// Frontend is an address that a load balancer answers to. An internal one has a
// private address and a subnet.
type Frontend struct {
	Ref
	ID       string
	Name     string
	Addr     netip.Addr
	Subnet   string
	PublicIP string
	Zones    []string
}

// BackendPool is what stands behind: IP configurations of network interfaces,
// or addresses.
type BackendPool struct {
	Ref
	ID      string
	Configs []string
	Addrs   []netip.Addr
}

// BalancingRule is what a front end passes on. Protocol "All" with port 0 is
// everything: high-availability ports.
type BalancingRule struct {
	Ref
	Name        string
	Frontend    string
	Pools       []string
	Protocol    string
	Port        int
	BackendPort int
	FloatingIP  bool
	Probe       string
}

// NIC is a network interface. Forwarding is whether it may pass on packets
// which are not for itself.
type NIC struct {
	Ref
	ID         string
	Name       string
	Forwarding bool
	VM         string
	NSG        string
	Configs    []NICConfig
	// Effective is read of one running machine in each subnet, to check computed
	// routes by; of the others it is Missing.
	Effective Effective
}

// NICConfig is one of an interface's IP configurations.
type NICConfig struct {
	Ref
	ID       string
	Primary  bool
	Addr     netip.Addr
	Block    netip.Prefix // more addresses than Addr, which is then its first
	Subnet   string
	PublicIP string
	Pools    []string // of load balancers
}

// Effective are a network interface's effective routes.
type Effective struct {
	Read
	Routes []EffectiveRoute
}

// EffectiveRoute is one row, in ARM's words. Source is Default, User,
// VirtualNetworkGateway or Unknown; State is Active or Invalid. Type has more
// words than user-defined routes have, as VNetPeering. Tags are service tags in
// place of prefixes.
type EffectiveRoute struct {
	Ref
	Name          string
	Source        string
	State         string
	Prefixes      []netip.Prefix
	Tags          []string
	Type          string
	NextHops      []netip.Addr
	NoPropagation bool // disableBgpRoutePropagation
}

// PublicIP is a public address.
type PublicIP struct {
	Ref
	ID         string
	Name       string
	SKU        string // Basic, Standard, StandardV2
	Tier       string
	Zones      []string
	Addr       netip.Addr
	Version    string // IPv4, IPv6
	Allocation string // Static, Dynamic
	Config     string // ID of the IP configuration that has it
}

// NSG is a network security group.
type NSG struct {
	Ref
	ID      string
	Name    string
	Subnets []string
	NICs    []string
	Rules   int // its own, without Azure's defaults
}
