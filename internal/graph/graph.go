package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Graph is the network as the evidence describes it. It is immutable after
// [Build] but for its memory of results, and so not safe for concurrent use.
type Graph struct {
	snap     snapshot.Snapshot
	routers  []*router
	tunnels  []*tunnel
	peerings []*peering
	gateways []*gateway
	subnets  []*subnet
	vnets    map[string]*snapshot.VNet
	within   map[*snapshot.VNet][]*subnet
	transits map[transit]bool // whose gateways a VNet may use
	tables   map[string]*snapshot.RouteTable
	notes    []string
	sites    []site
	bgpMemo  map[bgpKey]map[*vrf]*bgpChoice
	hopMemo  map[hopKey][]leg
	chosen   map[choiceKey]*choice
	carry    map[carryKey]carrying
	// resolving are the entries whose next hops are being looked up.
	resolving map[choiceKey]bool
	owners    map[netip.Addr]*router // whose address it is, of several the first by name
	peers     map[[2]*router]bool
	under     map[carryKey]deps // what a tunnel's own packets rest on, but for what is below other tunnels
	below     map[*tunnel]deps  // with that
	resting   map[bgpKey]deps   // what the choices for a prefix rest on
	contents  map[string]uint64
	demanded  []demand
	joint     map[string]*addresses
	absent    []string                    // why there may be gateways that were not read
	ends      []span                      // tunnels' end points on premises
	hops      map[applianceKey]*appliance // what next hops lead to
}

// tunnel is an IPsec tunnel between a router and one gateway instance. router
// is nil when no router in the evidence owns the tunnel's end point, or several.
type tunnel struct {
	id      string
	router  *router
	nobody  string // why it is nil
	inner   *vrf   // where the router's end of it is an interface
	front   *vrf   // where its outer packets are routed
	gw      *gateway
	inst    int
	conn    *snapshot.Connection
	local   netip.Addr // the router's end point
	remote  netip.Addr // the instance's end point
	peer    netip.Addr // the instance's BGP address, which routers use as next hop
	own     netip.Addr // the router's BGP address
	iface   string     // the router's interface, "" when not found
	refs    []finding.Ref
	protect string
	grade   string
	flows   []flow // what the router's associations are for; nil is everything
}

// peering is one link of a circuit's private peering. On a /30 the customer has
// the first host address and Microsoft the second.
type peering struct {
	id       string
	msee     string
	circuit  *snapshot.Circuit
	table    *snapshot.MSEETable
	rows     bart.Table[*mseeSlot] // table.Routes by prefix
	customer netip.Addr
	ms       netip.Addr
	// customer6 and ms6 are the same of the IPv6 peering, invalid without one.
	customer6, ms6 netip.Addr
	router         *router // nil when no router in the evidence has the customer's address, or several
	nobody         string  // why it is nil
	vrf            *vrf    // of the router, in which the peering is
	iface          string  // of the router, "" when not found
	protect        string
	grade          string
}

// gateway is a virtual network gateway with its subnet.
type gateway struct {
	*snapshot.Gateway
	id     string
	subnet *subnet // nil when the GatewaySubnet was not read
	offers azTable // what the subnets that get its routes are offered
	blind  string  // why that may not be all
	// circuits are those that it has connections to, with the highest routing weight
	// of these.
	circuits map[string]int
}

func (gw *gateway) instance(i int) string { return fmt.Sprintf("instance/%s-%d", gw.Name, i) }

// subnet is an Azure subnet with what its machines' packets can match.
type subnet struct {
	*snapshot.Subnet
	id      string
	vnet    *snapshot.VNet
	shared  bool       // another VNet has some of its addresses, too
	routes  []*azRoute // system and user-defined ones
	table   azTable    // routes by prefix
	from    []*gateway // whose routes it gets
	prefers preference // between them
	doubts  []doubt    // where Azure's own word differs
	sets    []members  // its own addresses, as packets to them are treated alike
	shape   string     // see [Graph.shape]
	// blind says why the routes may not be all: a gateway's learned routes or
	// the route table were not read.
	blind []string
	// unread are user-defined routes whose destination was not understood: any packet
	// may be for them.
	unread []string
	// tags are user-defined routes to service tags, whose prefixes (public ones)
	// are not known here.
	tags []string
	// services is why any public address may be a service endpoint's; empty when none
	// may, or those that are were read.
	services string
}

// site is an on-premises network behind one router.
type site struct {
	name   string
	router *router
	vrf    *vrf // of the router, in which the site is
	set    []netip.Prefix
}

// Build makes the graph. What cannot be placed is noted, and paths that need it
// end as unknown.
func Build(s snapshot.Snapshot) *Graph {
	g := &Graph{
		snap:     s,
		vnets:    make(map[string]*snapshot.VNet),
		within:   make(map[*snapshot.VNet][]*subnet),
		transits: make(map[transit]bool),
		tables:   make(map[string]*snapshot.RouteTable),
		bgpMemo:  make(map[bgpKey]map[*vrf]*bgpChoice),
		hopMemo:  make(map[hopKey][]leg),
		chosen:   make(map[choiceKey]*choice),
		carry:    make(map[carryKey]carrying), resolving: make(map[choiceKey]bool),
		owners:   make(map[netip.Addr]*router),
		peers:    make(map[[2]*router]bool),
		under:    make(map[carryKey]deps),
		below:    make(map[*tunnel]deps),
		resting:  make(map[bgpKey]deps),
		contents: make(map[string]uint64), joint: make(map[string]*addresses),
		hops: make(map[applianceKey]*appliance),
	}
	for i := range s.Routers {
		g.routers = append(g.routers, newRouter(&s.Routers[i]))
	}
	slices.SortFunc(g.routers, func(a, b *router) int { return cmp.Compare(a.id, b.id) })
	for _, r := range g.routers {
		for _, a := range r.addrs {
			if _, taken := g.owners[a]; !taken {
				g.owners[a] = r
			}
		}
	}
	g.placeSubnets()
	g.placeGateways()
	g.placePeerings()
	g.placeTunnels()
	g.ends = g.endpoints()
	for _, gw := range g.gateways {
		g.offeredBy(gw)
	}
	g.absent = g.absentGateways()
	sampled := g.sampled()
	for _, sn := range g.subnets {
		sn.blind = slices.Clone(g.absent)
		g.effectiveRoutes(sn, sampled[sn])
	}
	for _, a := range g.appliances() {
		g.note("%s is taken to send packets on by the routes of its subnets: its own routing table is not read", a.ID)
	}
	g.groupRouters()
	for _, r := range g.routers {
		r.fill()
	}
	for _, r := range g.routers {
		for _, v := range r.vrfs {
			for _, o := range g.routers {
				o.in(v.name) // what routers tell each other, they do within a VRF
			}
		}
	}
	for _, r := range g.routers {
		r.source(g)
	}
	g.placeSites()
	g.doubts(sampled)
	return g
}

// groupRouters puts routers together that internal sessions connect.
func (g *Graph) groupRouters() {
	for _, r := range g.routers {
		r.group = &[]*router{r}
	}
	for i, r := range g.routers {
		for _, o := range g.routers[:i] {
			if r.group == o.group || !g.internalPeers(r, o) && !g.internalPeers(o, r) {
				continue
			}
			joined := append(slices.Clone(*o.group), *r.group...)
			slices.SortFunc(joined, func(a, b *router) int { return cmp.Compare(a.id, b.id) })
			for _, m := range joined {
				m.group = &joined
			}
		}
	}
}

func (g *Graph) note(format string, args ...any) {
	g.notes = append(g.notes, fmt.Sprintf(format, args...))
}

func ref(r snapshot.Ref) finding.Ref {
	return finding.Ref{Item: r.Item, Line: r.Line, LastLine: r.LastLine}
}

func contains(ps []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(ps, func(p netip.Prefix) bool { return p.Contains(a) })
}

func joinPrefixes(ps []netip.Prefix) string { return strings.Join(texts(ps), ", ") }

func texts(ps []netip.Prefix) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.String()
	}
	return out
}
