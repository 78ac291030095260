package snapshot

import (
	"net/netip"
	"time"
)

// Router is one customer-edge router as it reported itself. Name is the name
// in the configuration (and of the evidence folder); Host is what the device
// calls itself, which is untrusted text.
type Router struct {
	Name     string
	Platform string
	Host     string
	BGP      BGP
	RIB      RIB
	Sessions Sessions
	Ports    Ports
	AdjRIBs  []AdjRIB
	Tunnels  Tunnels
	IPsec    IPsec
	MACsec   MACsec
	Config   Config
}

// BGP is a router's BGP table with every path, also those that lost.
type BGP struct {
	Read
	RouterID netip.Addr
	LocalAS  uint32
	Paths    []Path
}

// Path is one path of a BGP table, with the marks the router gave it. Attributes
// that the device did not print are nil, never zero. ASPath is the path as
// printed, without the origin code. Prefix always has its length, also where the
// device leaves the natural mask out. Item is empty when the path is of its
// table's own item.
type Path struct {
	Item       string       `json:"item,omitempty"`
	VRF        string       `json:"vrf"`
	Prefix     netip.Prefix `json:"prefix"`
	NextHop    string       `json:"nextHop"`
	Valid      bool         `json:"valid"`
	Best       bool         `json:"best"`
	Multipath  bool         `json:"multipath"`
	Internal   bool         `json:"internal"`
	RIBFailure bool         `json:"ribFailure"`
	Suppressed bool         `json:"suppressed"`
	Damped     bool         `json:"damped"`
	History    bool         `json:"history"`
	Stale      bool         `json:"stale"`
	Metric     *uint32      `json:"metric"`
	LocalPref  *uint32      `json:"localPref"`
	Weight     *uint32      `json:"weight"`
	ASPath     string       `json:"asPath"`
	Origin     string       `json:"origin"`
	Line       int          `json:"line"`
	LastLine   int          `json:"lastLine"`
}

// RIB is a router's routing table.
type RIB struct {
	Read
	Routes []Route
}

// Protocols that a RIB route can come from, in one spelling for all platforms.
const (
	Connected = "connected"
	Local     = "local"
	Kernel    = "kernel"
	Static    = "static"
	BGPProto  = "bgp"
	OSPF      = "ospf"
	EIGRP     = "eigrp"
	ISIS      = "isis"
	RIP       = "rip"
)

// Route is one entry of a routing table. Selected means the router chose it
// among the protocols' offers; Installed means it is in the FIB. Item is empty
// when the route is of its table's own item.
type Route struct {
	Item      string       `json:"item,omitempty"`
	VRF       string       `json:"vrf"`
	Prefix    netip.Prefix `json:"prefix"`
	Protocol  string       `json:"protocol"`
	Distance  *uint32      `json:"distance"`
	Metric    *uint32      `json:"metric"`
	Selected  bool         `json:"selected"`
	Installed bool         `json:"installed"`
	NextHops  []NextHop    `json:"nextHops"`
	Line      int          `json:"line"`
	LastLine  int          `json:"lastLine"`
}

// NextHop is one way out of a route. Addr is invalid for a directly connected
// route; Interface is empty when the device did not resolve it. Blackhole means
// the route discards (Null0, reject, blackhole). VRF is set where the next hop
// is in another VRF than the route.
type NextHop struct {
	Addr      netip.Addr `json:"addr,omitzero"`
	Interface string     `json:"interface,omitempty"`
	VRF       string     `json:"vrf,omitempty"`
	Recursive bool       `json:"recursive,omitempty"`
	Inactive  bool       `json:"inactive,omitempty"`
	Blackhole bool       `json:"blackhole,omitempty"`
	Line      int        `json:"line"`
}

// Sessions is a router's BGP neighbours.
type Sessions struct {
	Read
	Peers  []Peer
	Tables []TableSize
}

// TableSize is how large a summary says that a BGP table is. Unused is how many
// further paths are kept as they were received, and not listed in the table; they
// may be counted in Networks and Paths. VRF is empty where one count is of all.
type TableSize struct {
	VRF      string  `json:"vrf"`
	Family   string  `json:"family,omitempty"`
	Networks *uint32 `json:"networks"`
	Paths    *uint32 `json:"paths"`
	Unused   uint32  `json:"unused,omitempty"`
	Line     int     `json:"line"`
}

// Peer is one BGP neighbour. State is "Established" or the word the device
// printed; Received is nil when the device gave a state instead of a count.
// Interface is set, and Addr invalid, for a neighbour that is known by its
// interface. What only a detailed listing shows is nil or empty elsewhere. VRF
// is empty where the neighbours of all VRFs are listed without their names.
type Peer struct {
	Item          string        `json:"item,omitempty"`
	VRF           string        `json:"vrf"`
	Family        string        `json:"family,omitempty"` // such as "ipv4 unicast"; empty when the listing has only one
	Addr          netip.Addr    `json:"neighbor,omitzero"`
	Interface     string        `json:"interface,omitempty"`
	AS            uint32        `json:"as"`
	State         string        `json:"state"`
	Received      *uint32       `json:"received"`
	Since         time.Duration `json:"since,omitempty"` // in nanoseconds: how long it has been in this state; zero when not printed
	Local         netip.Addr    `json:"local,omitzero"`  // the session's own address
	UpdateSource  string        `json:"updateSource,omitempty"`
	Authenticated *bool         `json:"authenticated,omitempty"`
	MaxPrefix     *uint32       `json:"maxPrefix,omitempty"`
	SoftReconfig  *bool         `json:"softReconfig,omitempty"` // received routes are kept as they came
	PolicyIn      string        `json:"policyIn,omitempty"`
	PolicyOut     string        `json:"policyOut,omitempty"`
	Line          int           `json:"line"`
	LastLine      int           `json:"lastLine,omitempty"`
}

// Directions of an [AdjRIB].
const (
	Received   = "received"   // as it came, before policy
	Accepted   = "accepted"   // after inbound policy
	Advertised = "advertised" // after outbound policy
)

// AdjRIB is what one neighbour sent or was sent (RFC 4271, 1.1).
type AdjRIB struct {
	Read
	VRF       string
	Neighbor  netip.Addr
	Direction string
	Paths     []Path
}

// Ports is a router's interfaces.
type Ports struct {
	Read
	Interfaces []Interface
}

// Interface is one interface with its own addresses. Each of Addrs is the
// interface's address with the prefix length of its subnet, not the subnet.
// Length is 32 (or 128) where the platform's listing does not show it.
type Interface struct {
	Item  string         `json:"item,omitempty"`
	Name  string         `json:"name"`
	VRF   string         `json:"vrf"`
	Up    bool           `json:"up"`
	Addrs []netip.Prefix `json:"addrs"`
	Line  int            `json:"line"`
}

// Tunnels is a router's tunnel interfaces.
type Tunnels struct {
	Read
	Tunnels []Tunnel
}

// Tunnel is one tunnel interface. Source and Destination are its outer
// addresses, which live in FrontVRF; a Source that is given as an interface is
// in SourceInterface. Mode is the platform's word for the encapsulation, such as
// "IPSEC/IP" or "GRE/IP"; Profile is the IPsec profile that protects it, empty
// when it has none.
type Tunnel struct {
	Item            string         `json:"item,omitempty"`
	Name            string         `json:"name"`
	VRF             string         `json:"vrf"`
	FrontVRF        string         `json:"frontVRF"`
	Up              bool           `json:"up"`
	Addrs           []netip.Prefix `json:"addrs,omitempty"`
	Source          netip.Addr     `json:"source,omitzero"`
	SourceInterface string         `json:"sourceInterface,omitempty"`
	Destination     netip.Addr     `json:"destination,omitzero"`
	Mode            string         `json:"mode,omitempty"`
	Profile         string         `json:"profile,omitempty"`
	Line            int            `json:"line"`
	LastLine        int            `json:"lastLine,omitempty"`
}

// IPsec is a router's security associations.
type IPsec struct {
	IKE IKE
	SAs ESP
}

// IKE is the table of IKE security associations.
type IKE struct {
	Read
	SAs []IKESA
}

// IKESA is one IKE security association. State is the platform's word (READY,
// QM_IDLE, ESTABLISHED, UP); Up is what it means. Version is 1 or 2, zero when
// not printed.
type IKESA struct {
	Item       string     `json:"item,omitempty"`
	Local      netip.Addr `json:"local,omitzero"`
	Remote     netip.Addr `json:"remote,omitzero"`
	VRF        string     `json:"vrf,omitempty"`
	Version    int        `json:"version,omitempty"`
	State      string     `json:"state"`
	Up         bool       `json:"up"`
	Encryption string     `json:"encryption,omitempty"`
	Integrity  string     `json:"integrity,omitempty"`
	PRF        string     `json:"prf,omitempty"`
	Group      string     `json:"group,omitempty"` // the Diffie-Hellman group as printed
	Auth       string     `json:"auth,omitempty"`
	Line       int        `json:"line"`
	LastLine   int        `json:"lastLine,omitempty"`
}

// ESP is the table of IPsec security associations.
type ESP struct {
	Read
	SAs []IPsecSA
}

// IPsecSA is one direction of an IPsec security association. Protocol is "esp"
// or "ah"; Transform is what was negotiated, in the platform's words. Null means
// that it does not encrypt: ESP-NULL, or AH alone. SPI zero means configured and
// not up. Packets is nil when the platform printed no counter; some platforms
// count packets as encrypted under ESP-NULL too, so that only the transform
// tells. Interface is the tunnel interface, empty for a policy-based tunnel.
// Narrow is what it takes, in the platform's words, where LocalNet and RemoteNet do
// not say all: a protocol, a port, a range of addresses, further networks.
type IPsecSA struct {
	Item       string       `json:"item,omitempty"`
	Interface  string       `json:"interface,omitempty"`
	Name       string       `json:"name,omitempty"` // the connection's, where the platform names it
	VRF        string       `json:"vrf,omitempty"`
	Local      netip.Addr   `json:"local,omitzero"`
	Remote     netip.Addr   `json:"remote,omitzero"`
	LocalNet   netip.Prefix `json:"localNet,omitzero"`
	RemoteNet  netip.Prefix `json:"remoteNet,omitzero"`
	Narrow     string       `json:"narrow,omitempty"`
	Inbound    bool         `json:"inbound"`
	Protocol   string       `json:"protocol"`
	SPI        uint32       `json:"spi"`
	Transform  string       `json:"transform,omitempty"`
	Encryption string       `json:"encryption,omitempty"`
	Integrity  string       `json:"integrity,omitempty"`
	Null       bool         `json:"null"`
	State      string       `json:"state,omitempty"`
	Up         bool         `json:"up"`
	Packets    *uint64      `json:"packets"`
	Bytes      *uint64      `json:"bytes"`
	Line       int          `json:"line"`
	LastLine   int          `json:"lastLine,omitempty"`
}

// MACsec is the state of IEEE 802.1AE on a router's interfaces.
type MACsec struct {
	Read
	Links []MACsecLink
}

// MACsecLink is MACsec on one interface. Secured is whether every frame that
// leaves is encrypted now, with a peer; Policy is "must-secure" or
// "should-secure" (which falls back to clear), empty when not printed.
// ConfidentialityOffset is how many bytes after the header stay in clear.
type MACsecLink struct {
	Item                  string  `json:"item,omitempty"`
	Interface             string  `json:"interface"`
	Secured               bool    `json:"secured"`
	State                 string  `json:"state"` // the platform's words
	Cipher                string  `json:"cipher,omitempty"`
	Policy                string  `json:"policy,omitempty"`
	ConfidentialityOffset *uint32 `json:"confidentialityOffset,omitempty"`
	Peers                 *uint32 `json:"peers,omitempty"`
	Line                  int     `json:"line"`
	LastLine              int     `json:"lastLine,omitempty"`
}
