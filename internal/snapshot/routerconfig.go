package snapshot

import "net/netip"

// Config is what a router's configuration says, as far as the selection of
// paths, protection and BGP hygiene need it. It holds no secret: that a key is
// set is a bool. Lines inside the blocks below that no reader understands are
// unread; blocks of no concern are skipped.
type Config struct {
	Read
	BGP         []BGPConfig
	Statics     []StaticRoute
	RouteMaps   []RouteMap
	PrefixLists []PrefixList
	Interfaces  []InterfaceConfig
	IPsec       []IPsecProfile
}

// BGPConfig is BGP in one VRF. Numbers that are not configured are nil.
type BGPConfig struct {
	VRF              string
	AS               uint32
	RouterID         netip.Addr
	Neighbors        []NeighborConfig
	Networks         []netip.Prefix
	Redistribute     []string // as written: "connected", "static route-map X"
	MaxPaths         *uint32
	MaxPathsInternal *uint32
	Distance         *[3]uint32 // external, internal, local
	DefaultLocalPref *uint32
	AlwaysCompareMED bool
	DeterministicMED bool
	MEDMissingWorst  bool
	IgnoreASPath     bool
	CompareRouterID  bool
	MultipathRelax   bool
	Options          []string // further settings, as written: "cluster-id 10.0.0.1", "aggregate-address 10.0.0.0/8 summary-only"
	Line, LastLine   int
}

// NeighborConfig is one neighbour with what it inherits from its groups.
// Authenticated is whether a key (TCP MD5, TCP-AO) is set.
type NeighborConfig struct {
	Addr                    netip.Addr
	Interface               string // of an unnumbered neighbour
	Group                   string
	AS                      uint32 // zero when it is not a number ("external")
	UpdateSource            string
	Authenticated           bool
	MaxPrefix               *uint32
	SoftReconfig            bool
	Shutdown                bool
	Weight                  *uint32
	RouteMapIn, RouteMapOut string
	PrefixIn, PrefixOut     string   // prefix lists
	Options                 []string // further settings, as written: "next-hop-self", "allowas-in 2"
	Line, LastLine          int
}

// StaticRoute is one configured static route.
type StaticRoute struct {
	VRF       string
	Prefix    netip.Prefix
	NextHop   netip.Addr
	Interface string
	Distance  *uint32
	Line      int
}

// RouteMap is a route map, or the platform's policy of the same kind, entry by
// entry in order. An entry's matches and settings are kept as written.
type RouteMap struct {
	Name    string
	Entries []RouteMapEntry
}

// RouteMapEntry is one entry; Permit is false for deny. Continue is how evaluation
// goes on behind an entry that matched, as written ("continue 30", "on-match
// next"), empty when it ends there.
type RouteMapEntry struct {
	Seq            uint32
	Name           string // of a term, where entries have names
	Permit         bool
	Match, Set     []string
	Continue       string
	Line, LastLine int
}

// PrefixList is a prefix list.
type PrefixList struct {
	Name    string
	Entries []PrefixListEntry
}

// PrefixListEntry matches the prefixes inside Prefix with a length from Ge to
// Le; both equal the prefix's own length for an exact match.
type PrefixListEntry struct {
	Seq    uint32
	Permit bool
	Prefix netip.Prefix
	Ge, Le int
	Line   int
}

// InterfaceConfig is what is configured on an interface. The tunnel's fields
// are as in [Tunnel]. PolicyRoute is the policy that routes what enters here
// past the routing table, empty when none does. MACsec says that it is
// configured, with MACsecPolicy as in [MACsecLink].
type InterfaceConfig struct {
	Name              string
	VRF               string
	Addrs             []netip.Prefix
	Shutdown          bool
	TunnelSource      string // an address or an interface
	TunnelDestination netip.Addr
	TunnelVRF         string
	TunnelMode        string
	TunnelProfile     string
	PolicyRoute       string
	MACsec            bool
	MACsecPolicy      string
	Line, LastLine    int
}

// IPsecProfile is what may be negotiated under a profile's name. Encryption and
// Integrity are the platform's words, in its order of preference.
type IPsecProfile struct {
	Name           string
	Encryption     []string
	Integrity      []string
	PFS            string
	Line, LastLine int
}
