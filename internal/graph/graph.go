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
	tables   map[string]*snapshot.RouteTable
	notes    []string
	sites    []site
	bgpMemo  map[bgpKey]map[*vrf]*bgpChoice
	chosen   map[choiceKey]*choice
	carry    map[carryKey]carrying
	owners   map[netip.Addr]*router // whose address it is, of several the first by name
	peers    map[[2]*router]bool
	under    map[carryKey]deps // what a tunnel's own packets rest on, but for what is below other tunnels
	below    map[*tunnel]deps  // with that
	resting  map[bgpKey]deps   // what the choices for a prefix rest on
	contents map[string]uint64
	demanded []demand
	joint    map[string]*addresses
	absent   []string                    // why there may be gateways that were not read
	ends     []span                      // tunnels' end points on premises
	hops     map[applianceKey]*appliance // what next hops lead to
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
}

func (gw *gateway) instance(i int) string { return fmt.Sprintf("instance/%s-%d", gw.Name, i) }

// subnet is an Azure subnet with what its machines' packets can match.
type subnet struct {
	*snapshot.Subnet
	id      string
	vnet    *snapshot.VNet
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
	// tags are user-defined routes to service tags, whose prefixes (public ones)
	// are not known here.
	tags []string
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
		tables:   make(map[string]*snapshot.RouteTable),
		bgpMemo:  make(map[bgpKey]map[*vrf]*bgpChoice),
		chosen:   make(map[choiceKey]*choice),
		carry:    make(map[carryKey]carrying),
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
	for _, sn := range g.subnets {
		sn.blind = slices.Clone(g.absent)
		g.effectiveRoutes(sn)
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
	g.doubts()
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

func (g *Graph) placeSubnets() {
	for i := range g.snap.Azure.RouteTables {
		g.tables[g.snap.Azure.RouteTables[i].ID] = &g.snap.Azure.RouteTables[i]
	}
	for i := range g.snap.Azure.VNets {
		v := &g.snap.Azure.VNets[i]
		g.vnets[v.ID] = v
		for j := range v.Subnets {
			g.subnets = append(g.subnets, &subnet{Subnet: &v.Subnets[j], id: "subnet/" + v.Name + "/" + v.Subnets[j].Name, vnet: v})
		}
	}
	slices.SortFunc(g.subnets, func(a, b *subnet) int { return cmp.Compare(a.id, b.id) })
}

func (g *Graph) subnetByID(id string) *subnet {
	i := slices.IndexFunc(g.subnets, func(s *subnet) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return g.subnets[i]
}

// subnetOf returns the subnet that owns addr.
func (g *Graph) subnetOf(addr netip.Addr) *subnet {
	for _, s := range g.subnets {
		if contains(s.Prefixes, addr) {
			return s
		}
	}
	return nil
}

func (g *Graph) placeGateways() {
	for i := range g.snap.Azure.Gateways {
		gw := &g.snap.Azure.Gateways[i]
		g.gateways = append(g.gateways, &gateway{Gateway: gw, id: "gateway/" + gw.Name, subnet: g.subnetByID(gw.Subnet)})
	}
	slices.SortFunc(g.gateways, func(a, b *gateway) int { return cmp.Compare(a.id, b.id) })
	for _, gw := range g.gateways {
		if gw.subnet == nil {
			g.note("%s: its GatewaySubnet %s is not in the evidence; paths through it are open", gw.id, gw.Subnet)
		}
	}
}

// absentGateways says which gateways must exist and were not read, or cannot be
// placed. Any subnet may get routes from them.
func (g *Graph) absentGateways() []string {
	var out []string
	for _, gw := range g.gateways {
		if gw.subnet == nil {
			out = append(out, "the VNet of "+gw.id+" was not read")
		}
	}
	for _, d := range g.snap.Azure.Disagreements {
		out = append(out, d.Text)
		g.note("%s", d.Text)
	}
	for _, l := range g.snap.Azure.Lists {
		gateways := strings.HasSuffix(l.Type, "virtualnetworkgateways") || strings.HasSuffix(l.Type, "connections")
		if gateways && l.Status != snapshot.OK && l.Status != snapshot.Empty && l.Status != snapshot.Missing {
			out = append(out, fmt.Sprintf("the list of %s of subscription %s is %s: there may be more", l.Type, l.Subscription, l.Status))
		}
	}
	for _, c := range g.snap.Azure.Connections {
		if c.Gateway == "" || slices.ContainsFunc(g.gateways, func(gw *gateway) bool { return gw.ID == c.Gateway }) {
			continue
		}
		why := "the gateway of connection " + c.Name + " was not read"
		if !slices.Contains(out, why) {
			out = append(out, why)
			g.note("connection %s: its gateway %s is not in the evidence", c.Name, c.Gateway)
		}
	}
	return out
}

func (g *Graph) placePeerings() {
	for i := range g.snap.Azure.Circuits {
		c := &g.snap.Azure.Circuits[i]
		if c.Peering == nil {
			continue
		}
		for link := range 2 {
			if pfx := [2]netip.Prefix{c.Peering.Primary, c.Peering.Secondary}[link]; pfx.IsValid() {
				g.peerings = append(g.peerings, g.placeLink(c, link, pfx))
			}
		}
	}
	slices.SortFunc(g.peerings, func(a, b *peering) int { return cmp.Compare(a.id, b.id) })
}

// placeLink makes one link of a circuit's private peering, 0 the primary.
func (g *Graph) placeLink(c *snapshot.Circuit, link int, pfx netip.Prefix) *peering {
	name := c.Name + "-" + []string{"primary", "secondary"}[link]
	p := &peering{
		id: "peering/" + name, msee: "msee/" + name, circuit: c, table: &c.Peering.Tables[link],
		customer: pfx.Masked().Addr().Next(), protect: "none", grade: "a provider's circuit: MACsec is not available on it",
	}
	p.ms = p.customer.Next()
	if v6 := c.Peering.IPv6; v6 != nil {
		if second := [2]netip.Prefix{v6.Primary, v6.Secondary}[link]; second.IsValid() {
			p.customer6 = second.Masked().Addr().Next()
			p.ms6 = p.customer6.Next()
		}
	}
	p.fill()
	what := p.customer.String() + ", the customer's end of " + p.id
	p.router, p.nobody = g.endOf(p.id, what, func(r *router) bool { return r.owns(p.customer) })
	if p.router == nil && p.nobody == nowhere(what) {
		p.router, p.nobody = g.endOf(p.id, what, func(r *router) bool { return r.connected(pfx) })
	}
	if p.router == nil {
		g.note("%s: %s", p.id, p.nobody)
	} else {
		p.vrf = p.router.holder(p.customer)
	}
	if c.Port != "" {
		p.protect, p.grade = g.portProtection(c.Port, link, p.macsec())
	}
	return p
}

func (g *Graph) placeTunnels() {
	for i := range g.snap.Azure.Connections {
		c := &g.snap.Azure.Connections[i]
		if !strings.EqualFold(c.Type, "IPsec") {
			continue
		}
		gi := slices.IndexFunc(g.gateways, func(gw *gateway) bool { return gw.ID == c.Gateway })
		li := slices.IndexFunc(g.snap.Azure.LocalSites, func(l snapshot.LocalNetworkGateway) bool { return l.ID == c.LocalSite })
		if gi < 0 || li < 0 {
			g.note("connection %s: its gateway or local network gateway is not in the evidence; its tunnels are open", c.Name)
			continue
		}
		g.placeConnection(c, g.gateways[gi], &g.snap.Azure.LocalSites[li])
	}
	slices.SortFunc(g.tunnels, func(a, b *tunnel) int { return cmp.Compare(a.id, b.id) })
}

func (g *Graph) placeConnection(c *snapshot.Connection, gw *gateway, l *snapshot.LocalNetworkGateway) {
	r, nobody := g.endOf("connection/"+c.Name, l.Endpoint.String()+", the other end of connection "+c.Name, func(r *router) bool { return r.owns(l.Endpoint) })
	if r == nil {
		g.note("connection %s: %s", c.Name, nobody)
	}
	found := false
	for i := range gw.Instances {
		inst := &gw.Instances[i]
		for _, peer := range bgpAddrs(c, inst) {
			iface, ok := tunnelInterface(r, peer, l.Peer)
			if !ok {
				continue
			}
			found = true
			t := &tunnel{
				router: r, nobody: nobody, gw: gw, inst: i, conn: c, local: l.Endpoint, remote: endpoint(c, gw, inst), peer: peer, own: l.Peer, iface: iface,
				refs: []finding.Ref{ref(c.Ref), ref(l.Ref), ref(inst.Ref)},
			}
			name := "unknown"
			if r != nil {
				name = r.snap.Name
			}
			t.place()
			t.id = fmt.Sprintf("tunnel/%s/%s-%d", name, gw.Name, i)
			if slices.ContainsFunc(g.tunnels, func(o *tunnel) bool { return o.id == t.id }) {
				t.id += "/" + c.Name
			}
			t.protect, t.grade = g.protection(t)
			g.tunnels = append(g.tunnels, t)
			break
		}
	}
	if !found {
		g.note("connection %s: no tunnel of it was found on a router", c.Name)
	}
}

// place finds the tables that the tunnel's two sides are in: that of its
// interface, and the front-door VRF that the interface names.
func (t *tunnel) place() {
	if t.router == nil {
		return
	}
	t.inner = t.router.vrfOf(t.iface)
	t.front = t.router.holder(t.local)
	for _, s := range t.router.snap.Tunnels.Tunnels {
		if s.Name == t.iface && s.FrontVRF != "" {
			t.front = t.router.in(s.FrontVRF)
		}
	}
}

// bgpAddrs are the addresses that an instance speaks BGP from on a connection:
// the connection's own choice, else the instance's APIPA and default addresses.
func bgpAddrs(c *snapshot.Connection, inst *snapshot.Instance) []netip.Addr {
	var out []netip.Addr
	for _, a := range c.BGPAddrs {
		if strings.EqualFold(a.Config, inst.Config) {
			out = append(out, a.Addr)
		}
	}
	return slices.Concat(out, inst.Custom, inst.Default)
}

// endpoint is the address of an instance's end of the tunnel: the private one
// when the connection uses it, else the public one.
func endpoint(c *snapshot.Connection, gw *gateway, inst *snapshot.Instance) netip.Addr {
	inSubnet := func(a netip.Addr) bool { return gw.subnet != nil && contains(gw.subnet.Prefixes, a) }
	for _, a := range slices.Concat(inst.Tunnel, inst.Default) {
		if inSubnet(a) == c.UsePrivate {
			return a
		}
	}
	return netip.Addr{}
}

// tunnelInterface finds the router's interface towards an instance's BGP
// address. Without a router, the local network gateway's peer address decides:
// it shares its /30 with the instance.
func tunnelInterface(r *router, peer, own netip.Addr) (string, bool) {
	if r == nil || !r.snap.RIB.Whole() && !r.snap.Ports.Whole() {
		p, err := own.Prefix(30)
		return "", err == nil && p.Contains(peer)
	}
	for _, i := range r.snap.Ports.Interfaces {
		for _, a := range i.Addrs {
			if a.Masked().Contains(peer) && a.Addr() != peer && a.Bits() < a.Addr().BitLen() {
				return i.Name, true
			}
		}
	}
	for _, rt := range r.direct {
		direct := rt.Protocol == snapshot.Connected || rt.Protocol == snapshot.Static && rt.Prefix.IsSingleIP()
		if direct && rt.Prefix.Contains(peer) && rt.Prefix.Bits() > 8 && len(rt.NextHops) > 0 && !rt.NextHops[0].Addr.IsValid() {
			return rt.NextHops[0].Interface, true
		}
	}
	return "", false
}

func (g *Graph) placeSites() {
	taken := make(map[string]bool)
	for _, s := range g.snap.Scope.Sites {
		for _, name := range s.Routers {
			i := slices.IndexFunc(g.routers, func(r *router) bool { return r.snap.Name == name })
			if i < 0 {
				g.note("site %s: router %q is not in the evidence", s.Name, name)
				continue
			}
			label := s.Name
			if len(s.Routers) > 1 {
				label += "@" + name
			}
			g.routers[i].site = s.Name
			g.sites = append(g.sites, site{name: label, router: g.routers[i], vrf: g.routers[i].home(s.Prefixes), set: s.Prefixes})
			taken[name] = true
		}
	}
	if len(taken) > 0 {
		return
	}
	for _, r := range g.routers {
		r.site = r.snap.Name
		if !g.deriveSites(r) {
			g.note("%s: no prefix that it originates was read; declare its site in the configuration (sites:)", r.id)
			g.sites = append(g.sites, site{name: r.snap.Name, router: r, vrf: r.in(defaultVRF)})
		}
	}
}

// deriveSites makes a site of each of a router's tables that has prefixes of its
// own, and reports whether there was one. A table that has only the tunnels' end
// points is a front-door VRF.
func (g *Graph) deriveSites(r *router) bool {
	found := false
	for _, v := range r.vrfs {
		set := g.derived(v)
		if len(set) == 0 || v.name != defaultVRF && len(subtract(spans(set), g.ends)) == 0 {
			continue
		}
		name := r.snap.Name
		if v.name != defaultVRF {
			name += "@" + v.name
		}
		found = true
		g.sites = append(g.sites, site{name: name, router: r, vrf: v, set: set})
		g.note("site %s is derived: the prefixes that %s originates (%s)", name, v.node(), joinPrefixes(cover(set)))
	}
	return found
}

// home is the table that a site's prefixes are in: the first one that has any of
// them from elsewhere than BGP.
func (r *router) home(set []netip.Prefix) *vrf {
	for _, v := range r.vrfs {
		for _, p := range set {
			for _, s := range v.table.Subnets(p.Masked()) {
				if slices.ContainsFunc(s.routes, func(rt *snapshot.Route) bool { return rt.Protocol != snapshot.BGPProto }) {
					return v
				}
			}
		}
	}
	return r.in(defaultVRF)
}

// derived are the prefixes behind a router when no site is declared: those that
// it originates and those of its local network gateways; without its BGP table,
// what Azure learned from it and it does not have from BGP itself.
func (g *Graph) derived(v *vrf) []netip.Prefix {
	set := v.originated()
	for _, t := range g.tunnels {
		for _, l := range g.snap.Azure.LocalSites {
			if t.inner == v && l.ID == t.conn.LocalSite {
				set = append(set, l.Prefixes...)
			}
		}
	}
	if !v.snap.BGP.Whole() {
		set = append(set, g.sentToAzure(v)...)
	}
	return set
}

// sentToAzure are the prefixes that Azure's tables have from a router and that
// are not in its own RIB from BGP.
func (g *Graph) sentToAzure(v *vrf) []netip.Prefix {
	var set []netip.Prefix
	add := func(p netip.Prefix) {
		if !v.learned(p) {
			set = append(set, p)
		}
	}
	for _, t := range g.tunnels {
		for _, row := range t.gw.Learned.Routes {
			if t.inner == v && row.Peer == t.own {
				add(row.Prefix)
			}
		}
	}
	for _, p := range g.peerings {
		for _, row := range p.table.Routes {
			if p.vrf == v && row.NextHop == p.customer {
				add(row.Prefix)
			}
		}
	}
	return set
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
