package snapshot

import "net/netip"

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
// device leaves the natural mask out.
type Path struct {
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
// among the protocols' offers; Installed means it is in the FIB.
type Route struct {
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
// the route discards (Null0, reject, blackhole).
type NextHop struct {
	Addr      netip.Addr `json:"addr,omitzero"`
	Interface string     `json:"interface,omitempty"`
	Recursive bool       `json:"recursive,omitempty"`
	Inactive  bool       `json:"inactive,omitempty"`
	Blackhole bool       `json:"blackhole,omitempty"`
	Line      int        `json:"line"`
}

// Sessions is a router's BGP neighbours.
type Sessions struct {
	Read
	Peers []Peer
}

// Peer is one BGP neighbour. State is "Established" or the word the device
// printed; Received is nil when the device gave a state instead of a count.
type Peer struct {
	VRF      string     `json:"vrf"`
	Addr     netip.Addr `json:"neighbor"`
	AS       uint32     `json:"as"`
	State    string     `json:"state"`
	Received *uint32    `json:"received"`
	Line     int        `json:"line"`
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
	Name  string         `json:"name"`
	VRF   string         `json:"vrf"`
	Up    bool           `json:"up"`
	Addrs []netip.Prefix `json:"addrs"`
	Line  int            `json:"line"`
}
