package graph

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Answers to a question that has two, of which neither may be known.
const (
	isSo    = "yes"
	isNotSo = "no"
	mayBeSo = "unknown"
)

// PeeringSession is the BGP session of a customer's router with a Microsoft edge
// router, over one link of a private peering: how it is configured, and what the
// router advertises on it. ID is the link's, or that of a circuit of which only
// that it exists is known.
type PeeringSession struct {
	ID       string `json:"id"`
	Router   string `json:"router,omitempty"`
	Neighbor string `json:"neighbor"` // the edge router's address
	// Authenticated is whether the session has a key (TCP MD5 or TCP-AO, RFC 2385
	// and RFC 5925), Limited whether the router bounds how many prefixes it takes
	// from the neighbour, and Filtered whether a policy of the router decides what
	// it sends there: yes, no or unknown. Limit is the bound, 0 where there is none.
	Authenticated string `json:"authenticated"`
	Limited       string `json:"limited"`
	Limit         int64  `json:"limit"`
	Filtered      string `json:"filtered"`
	// Unknown says why the router's configuration of the session is not known; it
	// is empty where it is.
	Unknown string `json:"unknown,omitempty"`
	// Sent is ok where it is known what the router advertises, by its own word or by
	// the edge router's table, and else the status of that table: "missing" where
	// nobody collected it.
	Sent string `json:"sent"`
	// Chosen is the status of the router's BGP table, which has what it may send.
	Chosen string `json:"chosen"`
	// Protection is that of the link. Beyond is what the router advertises besides
	// the end points of tunnels although traffic with it must have more protection
	// than the link's, MaybeBeyond what may be an end point that is not known, and
	// Returned what is Azure's own. Passed is what of Azure's the router has and
	// nothing keeps it from advertising.
	Protection  string             `json:"protection"`
	Beyond      []AdvertisedPrefix `json:"beyond"`
	MaybeBeyond []AdvertisedPrefix `json:"maybeBeyond"`
	Returned    []AdvertisedPrefix `json:"returned"`
	Passed      []AdvertisedPrefix `json:"passed"`
	Evidence    []finding.Ref      `json:"evidence"`
}

// AdvertisedPrefix is a prefix that a router advertises, with its AS path. Why
// says what is not known of it, or how it is known to be Azure's.
type AdvertisedPrefix struct {
	Prefix   string        `json:"prefix"`
	ASPath   string        `json:"asPath,omitempty"`
	Why      string        `json:"why,omitempty"`
	Evidence []finding.Ref `json:"evidence"`
}

// peeringSessions are the sessions over all links of private peerings.
func (g *Graph) peeringSessions() []PeeringSession {
	out := []PeeringSession{}
	known := ends{g.endpoints(), g.hiddenEnd()}
	for _, p := range g.peerings {
		out = append(out, g.peeringSession(p, p.ms, known))
		if p.ms6.IsValid() {
			out = append(out, g.peeringSession(p, p.ms6, known))
		}
	}
	for _, c := range g.unreadCircuits() {
		out = append(out, PeeringSession{
			ID: c.id, Authenticated: mayBeSo, Limited: mayBeSo, Filtered: mayBeSo, Unknown: "the circuit was not read",
			Sent: wasNotRead, Chosen: wasNotRead, Protection: "unknown", Evidence: []finding.Ref{c.ref},
		})
	}
	return out
}

// circuitOf is the circuit that a connection leads to, nil when it was not read.
func (g *Graph) circuitOf(c *snapshot.Connection) *snapshot.Circuit {
	for i := range g.snap.Azure.Circuits {
		if g.snap.Azure.Circuits[i].ID == c.Circuit {
			return &g.snap.Azure.Circuits[i]
		}
	}
	return nil
}

// ends are the end points of tunnels on premises, and why there may be more.
type ends struct {
	known  []span
	hidden string
}

func (g *Graph) peeringSession(p *peering, neighbor netip.Addr, tunnels ends) PeeringSession {
	s := PeeringSession{
		ID: p.id, Neighbor: neighbor.String(), Authenticated: mayBeSo, Limited: mayBeSo, Filtered: mayBeSo, Protection: p.protect,
		Sent: string(p.table.Status), Chosen: wasNotRead, Evidence: []finding.Ref{ref(p.circuit.Ref)},
	}
	if p.table.Status == snapshot.Missing {
		s.Sent = wasNotRead
	}
	if p.router == nil {
		s.Unknown = "no router in the evidence has the customer's address " + p.customer.String()
	} else {
		s.Router, s.Chosen = p.router.id, cmp.Or(string(p.router.snap.BGP.Status), wasNotRead)
		if p.router.adjRIB(neighbor, snapshot.Advertised) != nil {
			s.Sent = wasRead
		}
		s.configured(p, neighbor)
	}
	if md5 := p.circuit.Peering.MD5; s.Authenticated == mayBeSo && md5 != nil && *md5 {
		s.Authenticated = isSo
	}
	sent := p.sent(neighbor)
	for _, a := range sent {
		g.sort(&s, a, tunnels)
	}
	if s.Filtered == isNotSo && len(sent) > 0 {
		s.Passed = g.passed(p, neighbor)
	}
	return s
}

// configured adds what the router says of the session: its configuration, and
// where that was not read, its detailed list of neighbours.
func (s *PeeringSession) configured(p *peering, neighbor netip.Addr) {
	r := p.router.snap
	for i := range r.Sessions.Peers {
		if peer := &r.Sessions.Peers[i]; peer.Addr == neighbor {
			s.detailed(peer, r.Sessions.Item)
		}
	}
	n := p.neighborConfig(neighbor)
	switch {
	case n == nil && s.Authenticated != mayBeSo && s.Limited != mayBeSo:
		return
	case !r.Config.Whole(): // what it lacks may be of this neighbour
		s.Unknown = "the configuration of " + p.router.id + " was not read"
		return
	case n == nil:
		s.Unknown = "the configuration of " + p.router.id + " has no BGP neighbour " + neighbor.String()
		return
	}
	s.Evidence = append(s.Evidence, finding.Ref{Item: r.Config.Item, Line: n.Line, LastLine: n.LastLine})
	s.Authenticated, s.Limited, s.Limit = yesNo(n.Authenticated), yesNo(n.MaxPrefix != nil), 0
	if n.MaxPrefix != nil {
		s.Limit = int64(*n.MaxPrefix)
	}
	s.Filtered = yesNo(filters(n))
}

func (s *PeeringSession) detailed(peer *snapshot.Peer, item string) {
	if peer.Authenticated != nil {
		s.Authenticated = yesNo(*peer.Authenticated)
	}
	if peer.MaxPrefix != nil {
		s.Limited, s.Limit = isSo, int64(*peer.MaxPrefix)
	}
	if peer.PolicyOut != "" {
		s.Filtered = isSo
	}
	if peer.Authenticated != nil || peer.MaxPrefix != nil || peer.PolicyOut != "" {
		s.Evidence = append(s.Evidence, finding.Ref{Item: cmp.Or(peer.Item, item), Line: peer.Line, LastLine: peer.LastLine})
	}
}

// neighborConfig is the configuration of the edge router as a neighbour, in the
// table that the link is in, or else in any.
func (p *peering) neighborConfig(neighbor netip.Addr) *snapshot.NeighborConfig {
	var found *snapshot.NeighborConfig
	for i := range p.router.snap.Config.BGP {
		c := &p.router.snap.Config.BGP[i]
		for j := range c.Neighbors {
			if n := &c.Neighbors[j]; n.Addr == neighbor && (found == nil || p.vrf != nil && cmp.Or(c.VRF, defaultVRF) == p.vrf.name) {
				found = n
			}
		}
	}
	return found
}

func yesNo(b bool) string {
	if b {
		return isSo
	}
	return isNotSo
}

// filters reports whether anything decides what is sent to a neighbour. Filters
// that are neither a route map nor a prefix list are kept as they were written,
// as "distribute-list 10 out".
func filters(n *snapshot.NeighborConfig) bool {
	return n.RouteMapOut != "" || n.PrefixOut != "" || n.Shutdown ||
		slices.ContainsFunc(n.Options, func(o string) bool { return strings.HasSuffix(strings.TrimSpace(o), " out") })
}

// sent is what the router advertises over the link, each prefix once: as the edge
// router's table has it, and as the router itself lists it.
func (p *peering) sent(neighbor netip.Addr) []AdvertisedPrefix {
	var out []AdvertisedPrefix
	seen := make(map[netip.Prefix]bool)
	add := func(prefix netip.Prefix, path string, at finding.Ref) {
		if prefix.Addr().Is4() == neighbor.Is4() && !seen[prefix.Masked()] {
			seen[prefix.Masked()] = true
			out = append(out, AdvertisedPrefix{Prefix: prefix.Masked().String(), ASPath: path, Evidence: []finding.Ref{at}})
		}
	}
	for _, row := range p.table.Routes {
		if p.isCustomer(row.NextHop) {
			add(row.Prefix, row.ASPath, ref(row.Ref))
		}
	}
	if p.router == nil {
		return out
	}
	for _, rib := range p.router.snap.AdjRIBs {
		if rib.Neighbor != neighbor || rib.Direction != snapshot.Advertised {
			continue
		}
		for _, path := range rib.Paths {
			add(path.Prefix, path.ASPath, finding.Ref{Item: cmp.Or(path.Item, rib.Item), Line: path.Line, LastLine: path.LastLine})
		}
	}
	return out
}

// sort puts what is advertised where it belongs.
func (g *Graph) sort(s *PeeringSession, a AdvertisedPrefix, tunnels ends) {
	prefix := netip.MustParsePrefix(a.Prefix)
	a.Why = g.azures(prefix, a.ASPath)
	switch {
	case a.Why != "":
		s.Returned = append(s.Returned, a)
	case len(subtract([]span{spanOf(prefix)}, tunnels.known)) == 0 || g.mayCross(prefix, s.Protection):
	case prefix.IsSingleIP() && tunnels.hidden != "":
		a.Why = tunnels.hidden
		s.MaybeBeyond = append(s.MaybeBeyond, a)
	default:
		s.Beyond = append(s.Beyond, a)
	}
}

// azures says how a prefix is known to be Azure's own, "" when it is not: it is
// in the address space of a virtual network, or an AS of Azure's originated or
// passed it on (12076 is that of edge routers, 65515 that of most gateways).
func (g *Graph) azures(p netip.Prefix, path string) string {
	for as := range strings.FieldsSeq(path) {
		own := func(gw *gateway) bool { return gw.ASN != 0 && as == strconv.FormatUint(uint64(gw.ASN), 10) }
		if as == "12076" || as == "65515" || slices.ContainsFunc(g.gateways, own) {
			return "its AS path (" + path + ") has Azure's " + as
		}
	}
	for i := range g.snap.Azure.VNets {
		v := &g.snap.Azure.VNets[i]
		for _, own := range slices.Concat(v.Prefixes, v.Summaries) {
			if own.Bits() <= p.Bits() && own.Contains(p.Addr()) {
				return "it is in the address space of vnet/" + v.Name
			}
		}
	}
	return ""
}

// mayCross reports whether all traffic with on-premises addresses may cross a
// link that has just this protection.
func (g *Graph) mayCross(p netip.Prefix, protection string) bool {
	may := slices.Contains(g.required().Protection, protection)
	for _, d := range g.demanded {
		if d.OnPrem.IsValid() && !d.OnPrem.Overlaps(p) {
			continue
		}
		if !slices.Contains(d.required.Protection, protection) {
			return false
		}
		all := !d.OnPrem.IsValid() || d.OnPrem.Bits() <= p.Bits()
		may = may || all && !d.Azure.IsValid()
	}
	return may
}

// passed is what the router chose of Azure's prefixes, from others than the
// neighbour: without a policy, it advertises them.
func (g *Graph) passed(p *peering, neighbor netip.Addr) []AdvertisedPrefix {
	var out []AdvertisedPrefix
	bgp, itself := p.router.snap.BGP, neighbor.String()
	for _, path := range bgp.Paths {
		if !path.Best || path.NextHop == itself || path.Prefix.Addr().Is4() != neighbor.Is4() || p.vrf != nil && cmp.Or(path.VRF, defaultVRF) != p.vrf.name {
			continue
		}
		if why := g.azures(path.Prefix, path.ASPath); why != "" {
			out = append(out, AdvertisedPrefix{
				Prefix: path.Prefix.String(), ASPath: path.ASPath, Why: why,
				Evidence: []finding.Ref{{Item: cmp.Or(path.Item, bgp.Item), Line: path.Line, LastLine: path.LastLine}},
			})
		}
	}
	return out
}
