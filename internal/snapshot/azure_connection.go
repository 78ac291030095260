package snapshot

import "net/netip"

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

	Gateway2       string // of a Vnet2Vnet connection
	State          string // provisioningState
	Protocol       string // connectionProtocol: IKEv2, IKEv1
	Mode           string // connectionMode: Default, ResponderOnly, InitiatorOnly
	Authentication string // PSK, Certificate; empty where ARM does not say
	DPDSeconds     int
	// PolicyBased is usePolicyBasedTrafficSelectors; Selectors, where there are
	// any, are the only traffic that the tunnels take.
	PolicyBased   bool
	Selectors     []TrafficSelector
	EgressNAT     []string // IDs of NAT rules
	IngressNAT    []string
	LinkFastPath  bool // enablePrivateLinkFastPath
	TunnelAddress []TunnelAddress
}

// TrafficSelector is a pair of address ranges that a tunnel takes.
type TrafficSelector struct {
	Local  []netip.Prefix
	Remote []netip.Prefix
}

// TunnelAddress is one of a connection's tunnelProperties: the remote end of a
// tunnel and its BGP address.
type TunnelAddress struct {
	Remote netip.Addr
	BGP    netip.Addr
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

	LifetimeSeconds   int64
	LifetimeKilobytes int64
}

// Bytes are a connection's traffic counters.
type Bytes struct{ Ingress, Egress int64 }

// TunnelStatus is one row of tunnelConnectionStatus.
type TunnelStatus struct {
	Name   string
	Status string
	Bytes  Bytes

	LastUp string // lastConnectionEstablishedUtcTime, as ARM writes it
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

	FQDN       string // in place of Endpoint
	PeerWeight int    // added to the weight of what is learned from Peer
}
