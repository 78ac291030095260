package snapshot

import "net/netip"

// Circuit is an ExpressRoute circuit with its private peering.
type Circuit struct {
	Ref
	ID       string
	Name     string
	Provider string
	Port     string // ExpressRoute Direct port ID; empty on a provider's circuit
	Peering  *PrivatePeering

	Location      string // where the circuit meets Microsoft
	BandwidthMbps int64
	Tier          string // of the SKU: Local, Standard, Premium
	Family        string // of the SKU: MeteredData, UnlimitedData
	State         string // circuitProvisioningState, as Enabled
	ProviderState string // serviceProviderProvisioningState, as Provisioned
	GlobalReach   bool   // globalReachEnabled
	Tags          []Tag
	// Others are peerings that are not the private one.
	Others []OtherPeering
}

// Tag is a tag of a resource: what somebody says of it. Azure does not tell apart
// upper and lower case in its name, which is in lower case here.
type Tag struct {
	Ref
	Name, Value string
}

// OtherPeering is a circuit's peering with Microsoft's public services.
type OtherPeering struct {
	Ref
	Type  string // MicrosoftPeering, AzurePublicPeering
	State string
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

	AzureASN uint32
	VLAN     int
	// MD5 is whether the BGP sessions have a key; nil where ARM does not say.
	MD5  *bool
	IPv6 *IPv6Peering
	// Reach are the peering's Global Reach connections to other circuits.
	Reach     []GlobalReach
	Summaries [2]MSEESummary // primary, secondary
	ARP       [2]MSEEARP     // primary, secondary
}

// IPv6Peering is the IPv6 half of a private peering: two /126.
type IPv6Peering struct {
	Ref
	State     string
	Primary   netip.Prefix
	Secondary netip.Prefix
}

// GlobalReach joins two circuits, and so the networks behind them, past Azure.
type GlobalReach struct {
	Ref
	Name   string
	Remote string // ID of the other circuit's peering
	Prefix netip.Prefix
	IPv6   netip.Prefix
	Status string
}

// MSEESummary are the BGP sessions of one Microsoft edge router.
type MSEESummary struct {
	Read
	Sessions []MSEESession
}

// MSEESession is one row of a circuit's route table summary. Received is set
// only where the session is up, and State only where it is not.
type MSEESession struct {
	Ref
	Neighbor netip.Addr
	ASN      uint32
	UpDown   string // since when, in the router's words
	State    string
	Received *int
}

// MSEEARP is the ARP table of one Microsoft edge router. Without an entry of
// the customer's side nothing crosses the link, as when MACsec keys differ.
type MSEEARP struct {
	Read
	Entries []ARPEntry
}

// ARPEntry is one row. Side is ARM's word for the interface: Microsoft, On-Prem.
type ARPEntry struct {
	Ref
	Side string
	Addr netip.Addr
	MAC  string // empty where there is none
	Age  int    // minutes
}

// ERPort is an ExpressRoute Direct port pair.
type ERPort struct {
	Ref
	ID           string
	Name         string
	Location     string
	Bandwidth    int64  // Gbit/s
	Encapsulated string // Dot1Q, QinQ
	State        string // provisioningState
	Circuits     []string
	// Identity is whether the port may read keys out of a vault, which MACsec
	// needs.
	Identity bool
	Links    ERLinks
}

// ERLinks are a port's links, normally two.
type ERLinks struct {
	Read
	Links []ERLink
}

// ERLink is one physical link.
type ERLink struct {
	Ref
	ID        string
	Name      string
	Admin     string // Enabled, Disabled
	State     string // provisioningState
	Interface string
	Router    string
	MACsec    LinkMACsec
}

// LinkMACsec is what is configured on a link. It is on when both key identifiers
// are there; ARM does not tell whether keys were agreed on.
type LinkMACsec struct {
	CKN    string // cknSecretIdentifier, which is a URL in a vault and no secret
	CAK    string
	Cipher string
	SCI    string // Enabled, Disabled
}

// On reports whether MACsec is configured.
func (m LinkMACsec) On() bool { return m.CKN != "" && m.CAK != "" }

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
