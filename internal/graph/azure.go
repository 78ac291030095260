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

// azSource ranks the sources of a route at equal prefix: user-defined over BGP
// over system (Microsoft: virtual-networks-udr-overview, "how Azure selects a
// route"), and ExpressRoute over VPN where both offer the same prefix
// (site-to-site-vpn-private-peering; vpn-over-expressroute).
type azSource int

const (
	fromUser azSource = iota
	fromExpressRoute
	fromVPN
	fromSystem
)

func (s azSource) String() string {
	return [...]string{"user", "expressroute", "vpn", "system"}[s]
}

func (s azSource) words() string {
	return [...]string{"user-defined route", "ExpressRoute", "VPN", "system route"}[s]
}

// azRoute is one effective route of a subnet, by the rules of Azure.
type azRoute struct {
	prefix netip.Prefix
	source azSource
	// kind is ARM's next hop type: VnetLocal, VNetPeering, Internet, None,
	// VirtualAppliance, VirtualNetworkGateway.
	kind    string
	hop     netip.Addr // of a VirtualAppliance
	to      *appliance // what that leads to
	gw      *gateway   // of a learned route
	rows    []snapshot.LearnedRoute
	static  []*tunnel // tunnels of a local network gateway's prefix
	label   string
	refs    []finding.Ref
	special bool // a VNet or peering route, which more specific BGP routes do not beat
}

// effectiveRoutes fills in what a subnet's machines can match.
func (g *Graph) effectiveRoutes(s *subnet) {
	g.systemRoutes(s)
	propagate := true
	if s.RouteTable != "" {
		t, ok := g.tables[strings.ToLower(s.RouteTable)]
		if !ok {
			s.blind = append(s.blind, "its route table "+s.RouteTable+" was not read")
		} else {
			propagate = !t.DisablePropagation
			g.userRoutes(s, t)
		}
	}
	if propagate {
		s.from = g.gatewaysFor(s.vnet)
		s.prefers = g.preferenceOf(s)
		for _, gw := range s.from {
			if gw.blind != "" {
				s.blind = append(s.blind, gw.blind)
			}
		}
		s.blind = append(s.blind, g.virtualHubs(s.vnet)...)
		if hub, ok := g.unreadHub(s.vnet); ok {
			s.blind = append(s.blind, "the VNet "+hub+", whose gateways it uses, was not read")
		}
	}
	if s.takesDefault() {
		s.routes = slices.DeleteFunc(s.routes, func(r *azRoute) bool { return r.source == fromSystem && !r.special })
	}
	s.table.fill(s.routes)
}

// takesDefault reports whether a table or BGP brings the subnet a default route.
func (s *subnet) takesDefault() bool {
	all := netip.MustParsePrefix("0.0.0.0/0")
	for _, gw := range s.from {
		if _, ok := gw.offers.Get(all); ok {
			return true
		}
	}
	return slices.ContainsFunc(s.routes, func(r *azRoute) bool { return r.prefix == all && r.source == fromUser })
}

// azTable is a set of routes by prefix.
type azTable struct{ bart.Table[*azSlot] }

func (t *azTable) fill(routes []*azRoute) {
	slices.SortStableFunc(routes, func(a, b *azRoute) int {
		return cmp.Or(cmp.Compare(b.prefix.Bits(), a.prefix.Bits()), a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.source, b.source))
	})
	for _, r := range routes {
		slot, ok := t.Get(r.prefix)
		if !ok {
			slot = &azSlot{}
			t.Insert(r.prefix, slot)
		}
		slot.routes = append(slot.routes, r)
	}
}

// azSlot is a table's routes for one prefix, the best source first.
type azSlot struct {
	routes  []*azRoute
	content uint64 // see [Graph.content]; 0 until it is asked for
}

// mseeSlot is an edge router's best row for one prefix.
type mseeSlot struct {
	row     *snapshot.MSEERoute
	content uint64
}

func (g *Graph) systemRoutes(s *subnet) {
	add := func(p netip.Prefix, kind, label string, special bool, r snapshot.Ref) {
		s.routes = append(s.routes, &azRoute{prefix: p.Masked(), source: fromSystem, kind: kind, label: label, special: special, refs: []finding.Ref{ref(r)}})
	}
	used := slices.Clone(s.vnet.Prefixes)
	for _, p := range s.vnet.Prefixes {
		add(p, "VnetLocal", "the VNet's address space", true, s.vnet.Ref)
	}
	for _, peer := range s.vnet.Peerings {
		if !peer.Connected {
			continue
		}
		space := peer.RemotePrefixes
		if remote := g.vnets[peer.Remote]; remote != nil {
			space = remote.Prefixes
		}
		used = append(used, space...)
		for _, p := range space {
			add(p, "VNetPeering", "the address space of a peered VNet", true, peer.Ref)
		}
	}
	// Azure takes the routes for private addresses away where a table or BGP
	// brings a default route of its own: a spoke's 0.0.0.0/0 to the firewall
	// catches on-premises destinations (tutorial-hybrid-portal).
	add(netip.MustParsePrefix("0.0.0.0/0"), "Internet", "the system default route", false, s.vnet.Ref)
	for _, text := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"} {
		p := netip.MustParsePrefix(text)
		if !slices.Contains(used, p) {
			add(p, "None", "the system route for private addresses", false, s.vnet.Ref)
		}
	}
}

func (g *Graph) userRoutes(s *subnet, t *snapshot.RouteTable) {
	for _, u := range t.Routes {
		if !u.Prefix.IsValid() {
			s.tags = append(s.tags, tagNote(u))
			continue
		}
		r := &azRoute{
			prefix: u.Prefix.Masked(), source: fromUser, kind: u.Type, hop: u.NextHop,
			label: fmt.Sprintf("route %s of table %s", u.Name, t.Name), refs: []finding.Ref{ref(u.Ref)},
		}
		if u.Type == toAppliance {
			r.to = g.appliance(s.vnet, u.NextHop)
		}
		s.routes = append(s.routes, r)
	}
}

func tagNote(u snapshot.UserRoute) string {
	return fmt.Sprintf("user-defined route %s names the service tag %s, whose prefixes are not known here", u.Name, u.Tag)
}

// gatewaysFor are the gateways whose routes a VNet's subnets get: its own, and
// those of a peered VNet whose gateways it uses (allowGatewayTransit on that
// side, useRemoteGateways on this one).
func (g *Graph) gatewaysFor(v *snapshot.VNet) []*gateway {
	var out []*gateway
	in := func(vnet string) {
		for _, gw := range g.gateways {
			if gw.subnet != nil && gw.subnet.vnet.ID == vnet {
				out = append(out, gw)
			}
		}
	}
	in(v.ID)
	for _, p := range v.Peerings {
		if !p.Connected || !p.UseRemoteGateways {
			continue
		}
		if remote := g.vnets[p.Remote]; remote != nil && !allowsTransit(remote, v.ID) {
			continue
		}
		in(p.Remote)
	}
	return out
}

// virtualHubs says of which hubs of a virtual WAN a VNet gets routes that are not
// followed here: those of the hub's own gateways, other hubs and branches.
func (g *Graph) virtualHubs(v *snapshot.VNet) []string {
	var out []string
	for _, h := range g.snap.Azure.Hubs {
		connected := slices.ContainsFunc(h.VNets.Connections, func(c snapshot.HubVNetConnection) bool { return strings.EqualFold(c.VNet, v.ID) })
		if h.WAN != "" && connected {
			out = append(out, "its VNet is connected to hub/"+h.Name+" of a virtual WAN, whose routes are not followed")
		}
	}
	return out
}

// unreadHub names a VNet whose gateways v uses and which was not read.
func (g *Graph) unreadHub(v *snapshot.VNet) (string, bool) {
	for _, p := range v.Peerings {
		if p.Connected && p.UseRemoteGateways && g.vnets[p.Remote] == nil {
			return p.Remote, true
		}
	}
	return "", false
}

func allowsTransit(hub *snapshot.VNet, spoke string) bool {
	return slices.ContainsFunc(hub.Peerings, func(p snapshot.Peering) bool {
		return p.Remote == spoke && p.Connected && p.AllowGatewayTransit
	})
}

// offeredBy makes the routes that a gateway offers to the subnets which get them.
func (g *Graph) offeredBy(gw *gateway) {
	source := fromVPN
	if gw.Type == snapshot.ExpressRoute {
		source = fromExpressRoute
	}
	if !gw.Learned.Whole() {
		why := string(gw.Learned.Status)
		if why == "" {
			why = "missing"
		}
		gw.blind = fmt.Sprintf("the learned routes of %s are not known (%s)", gw.id, why)
	}
	var routes []*azRoute
	byPrefix := make(map[netip.Prefix]*azRoute)
	for _, row := range gw.Learned.Routes {
		if strings.EqualFold(row.Origin, "Network") || !row.NextHop.IsValid() {
			continue // the gateway's own VNets and host routes
		}
		p := row.Prefix.Masked()
		r, ok := byPrefix[p]
		if !ok {
			r = &azRoute{prefix: p, source: source, kind: "VirtualNetworkGateway", gw: gw, label: "learned by " + gw.id}
			byPrefix[p] = r
			routes = append(routes, r)
		}
		r.rows = append(r.rows, row)
		r.refs = append(r.refs, ref(row.Ref))
	}
	if source == fromVPN {
		routes = append(routes, g.staticRoutes(gw)...)
	}
	gw.offers.fill(routes)
}

// staticRoutes are the prefixes of local network gateways, which the VPN
// gateway routes into their connection's tunnels.
func (g *Graph) staticRoutes(gw *gateway) []*azRoute {
	var routes []*azRoute
	for _, l := range g.snap.Azure.LocalSites {
		var ts []*tunnel
		for _, t := range g.tunnels {
			if t.gw == gw && t.conn.LocalSite == l.ID {
				ts = append(ts, t)
			}
		}
		if len(ts) == 0 {
			continue
		}
		for _, p := range l.Prefixes {
			routes = append(routes, &azRoute{
				prefix: p.Masked(), source: fromVPN, kind: "VirtualNetworkGateway", gw: gw, static: ts,
				label: "the address space of local network gateway " + l.Name, refs: []finding.Ref{ref(l.Ref)},
			})
		}
	}
	return routes
}

// azChoice is a subnet's decision for one destination.
type azChoice struct {
	route *azRoute
	rule  string
	why   string
	lost  []finding.Candidate
}

// decide selects among a subnet's effective routes. nil means that nothing
// matches. Routes of gateways that are down, or whose every way is, do not count.
func (g *Graph) decideAt(s *subnet, addr netip.Addr, down outage) *azChoice {
	all := g.candidatesAt(s, addr, down)
	if len(all) == 0 {
		return nil
	}
	beaten := func(r *azRoute) bool {
		return (r.source == fromVPN || r.source == fromExpressRoute) && slices.ContainsFunc(all, func(o *azRoute) bool {
			return o.special && o.prefix.Bits() <= r.prefix.Bits() && o.prefix.Contains(r.prefix.Addr())
		})
	}
	i := slices.IndexFunc(all, func(r *azRoute) bool { return !beaten(r) })
	best := all[i]
	c := &azChoice{route: best, rule: "only", why: best.source.words() + ", the only route that covers it"}
	for j, r := range all {
		if j == i || r.source == fromSystem && !r.special || r.kind == best.kind && r.gw == best.gw && r.hop == best.hop {
			continue
		}
		rule, why := s.prefers.why(best, r, beaten(r))
		if c.rule == "only" || rank(rule) < rank(c.rule) {
			c.rule, c.why = rule, why
		}
		c.lost = append(c.lost, finding.Candidate{Prefix: r.prefix.String(), Source: r.source.String(), Via: r.via(), Why: why, Evidence: r.refs})
	}
	return c
}

// candidatesAt are a subnet's routes that cover addr and that an outage leaves,
// the longest first, and of equal ones the best source first.
func (g *Graph) candidatesAt(s *subnet, addr netip.Addr, down outage) []*azRoute {
	var all []*azRoute
	host := netip.PrefixFrom(addr, addr.BitLen())
	add := func(t *azTable) {
		for _, slot := range t.Supernets(host) {
			for _, r := range slot.routes {
				if !g.goneAt(r, addr, down) {
					all = append(all, r)
				}
			}
		}
	}
	add(&s.table)
	for _, gw := range s.from {
		add(&gw.offers)
	}
	slices.SortStableFunc(all, func(a, b *azRoute) int {
		return cmp.Or(cmp.Compare(b.prefix.Bits(), a.prefix.Bits()), s.prefers.compare(a, b))
	})
	return all
}

// preference is what decides between a VPN gateway's and an ExpressRoute
// gateway's route of equal length: ExpressRoute, unless a Route Server in the
// gateways' VNet says otherwise by its hubRoutingPreference
// (route-server/hub-routing-preference).
type preference string

const (
	preferVPN    preference = "VpnGateway"
	preferASPath preference = "ASPath"
)

// compare orders two routes of equal length, the winner first.
func (p preference) compare(a, b *azRoute) int {
	if !a.learned() || !b.learned() || a.source == b.source {
		return cmp.Compare(a.source, b.source)
	}
	switch p {
	case preferVPN:
		return cmp.Compare(b.source, a.source)
	case preferASPath:
		return cmp.Or(cmp.Compare(a.asLength(), b.asLength()), cmp.Compare(a.source, b.source))
	default:
		return cmp.Compare(a.source, b.source)
	}
}

// learned reports whether a gateway brought the route.
func (r *azRoute) learned() bool { return r.source == fromVPN || r.source == fromExpressRoute }

// asLength is the length of the shortest AS path that the gateway learned.
func (r *azRoute) asLength() int {
	shortest := -1
	for _, row := range r.rows {
		if n := asLength(row.ASPath); shortest < 0 || n < shortest {
			shortest = n
		}
	}
	return max(shortest, 0)
}

// preferenceOf is the one of the Route Server in the VNet that the subnets of v
// get their gateways' routes from.
func (g *Graph) preferenceOf(s *subnet) preference {
	for _, h := range g.snap.Azure.Hubs {
		if h.WAN != "" {
			continue
		}
		for _, c := range h.Configs.Configs {
			at := g.subnetByID(c.Subnet)
			if at == nil {
				continue
			}
			for _, gw := range s.from {
				if gw.subnet != nil && gw.subnet.vnet == at.vnet {
					return preference(h.Preference)
				}
			}
		}
	}
	return ""
}

func rank(rule string) int {
	return slices.Index([]string{"expressroute-over-vpn", "hub-routing-preference", "user-over-bgp", "user-over-system", "bgp-over-system", "system-preferred", "longest", "only"}, rule)
}

// why says why one route won over another one that covers the destination too.
func (p preference) why(best, lost *azRoute, systemPreferred bool) (rule, why string) {
	bgp := func(s azSource) bool { return s == fromVPN || s == fromExpressRoute }
	switch {
	case systemPreferred:
		return "system-preferred", fmt.Sprintf("system routes of VNets and peerings win over the more specific BGP route %s", lost.prefix)
	case best.prefix.Bits() > lost.prefix.Bits():
		return "longest", fmt.Sprintf("longest match /%d (%s) over /%d (%s)", best.prefix.Bits(), best.source.words(), lost.prefix.Bits(), lost.source.words())
	case best.source == fromUser && bgp(lost.source):
		return "user-over-bgp", "user-defined route over BGP at equal length"
	case best.source == fromUser:
		return "user-over-system", "user-defined route over system route at equal length"
	case best.learned() && lost.learned() && (p == preferVPN || p == preferASPath) && best.source != lost.source:
		return "hub-routing-preference", fmt.Sprintf("%s over %s by the Route Server's hubRoutingPreference %s", best.source.words(), lost.source.words(), string(p))
	case best.source == fromExpressRoute && lost.source == fromVPN:
		return "expressroute-over-vpn", "ExpressRoute over VPN at equal length"
	case bgp(best.source) && lost.source == fromSystem:
		return "bgp-over-system", "BGP over system route at equal length"
	}
	return "longest", fmt.Sprintf("%s over %s", best.source.words(), lost.source.words())
}

func (r *azRoute) via() string {
	switch {
	case r.gw != nil:
		return r.gw.id
	case r.hop.IsValid():
		return r.kind + " " + r.hop.String()
	}
	return r.kind
}

// goneAt reports whether an outage withdraws a route from Azure's tables.
func (g *Graph) goneAt(r *azRoute, addr netip.Addr, down outage) bool {
	if down.empty() || r.gw == nil {
		return false
	}
	if down.has(r.gw.id) {
		return true
	}
	if r.source == fromVPN {
		ts, _ := g.tunnelsOf(r, down)
		return len(ts) == 0
	}
	legs, _ := g.edgeLegs(r, addr, down)
	return len(legs) == 0
}

// tunnelsOf are the tunnels that a VPN route goes into: those whose peer sent
// it, the shortest AS path first. unplaced counts rows whose peer is on no
// known tunnel.
func (g *Graph) tunnelsOf(r *azRoute, down outage) (ts []*tunnel, unplaced []netip.Addr) {
	for _, t := range r.static {
		if !down.tunnel(g, t) {
			ts = append(ts, t)
		}
	}
	shortest := -1
	for _, row := range r.rows {
		if !strings.EqualFold(row.Origin, "EBgp") {
			continue // the same route again, from the sibling instance
		}
		i := slices.IndexFunc(g.tunnels, func(t *tunnel) bool {
			return t.gw == r.gw && (t.own == row.Peer || t.own == row.NextHop) && ownsRow(t, row)
		})
		if i < 0 {
			unplaced = append(unplaced, row.NextHop)
			continue
		}
		t := g.tunnels[i]
		n := asLength(row.ASPath)
		if down.tunnel(g, t) || down.has(t.session()) || g.withdraws(t.inner, row.Prefix, down) || shortest >= 0 && n > shortest || slices.Contains(ts, t) {
			continue
		}
		if n < shortest || shortest < 0 {
			shortest = n
			ts = ts[:0]
		}
		ts = append(ts, t)
	}
	return ts, unplaced
}

// siblings are the instances of an active-active gateway that attract a route's
// traffic though none of its tunnels is theirs: they learned it from the
// instance that has one (origin IBgp), or would once their own tunnel is down,
// and hand packets over to that instance inside the gateway's subnet.
func (g *Graph) siblings(r *azRoute, ts []*tunnel, down outage) []finding.Hop {
	if !r.gw.ActiveActive || len(r.rows) == 0 || len(ts) == 0 {
		return nil
	}
	var out []finding.Hop
	for i, inst := range r.gw.Instances {
		if down.has(r.gw.instance(i)) || slices.ContainsFunc(ts, func(t *tunnel) bool { return t.inst == i }) {
			continue
		}
		h := finding.Hop{Node: r.gw.instance(i), Prefix: r.prefix.String(), Rule: "forward", Why: "learned from the other instance, which has the tunnel"}
		for _, row := range r.rows {
			if slices.Contains(inst.Default, row.Local) || slices.Contains(inst.Custom, row.Local) {
				h.Evidence = append(h.Evidence, ref(row.Ref))
			}
		}
		if len(h.Evidence) > 0 {
			out = append(out, h)
		}
	}
	return out
}

// ownsRow reports whether a learned route's row is of the instance that the
// tunnel ends at; a row that names no known instance fits every tunnel.
func ownsRow(t *tunnel, row snapshot.LearnedRoute) bool {
	for i, inst := range t.gw.Instances {
		if slices.Contains(inst.Default, row.Local) || slices.Contains(inst.Custom, row.Local) {
			return i == t.inst
		}
	}
	return true
}

// edgeLegs are the private-peering links over which an ExpressRoute route
// leaves. sure is false when an edge router's table was not read, so that the
// link is one of several that are possible.
func (g *Graph) edgeLegs(r *azRoute, addr netip.Addr, down outage) (legs []*peering, sure bool) {
	sure = true
	for _, p := range g.peerings {
		if !g.connects(r.gw, p) || down.peering(p) || down.has(p.session()) {
			continue
		}
		if !p.table.Whole() {
			legs, sure = append(legs, p), false
			continue
		}
		if row := mseeRow(p, addr); row != nil && p.isCustomer(row.NextHop) && !g.withdraws(p.vrf, row.Prefix, down) {
			legs = append(legs, p)
		}
	}
	return g.lightest(r.gw, legs, addr), sure
}

// isCustomer reports whether a is the customer's end of the link.
func (p *peering) isCustomer(a netip.Addr) bool {
	return a == p.customer || p.customer6.IsValid() && a == p.customer6
}

// lightest keeps of several circuits' links those of the connections with the
// highest routing weight, and of these the ones with the shortest AS path; what
// is left shares the traffic (expressroute-optimize-routing). A link whose table
// was not read stays.
func (g *Graph) lightest(gw *gateway, legs []*peering, addr netip.Addr) []*peering {
	rank := func(p *peering) (weight, length int) {
		for _, c := range g.snap.Azure.Connections {
			if c.Gateway == gw.ID && c.Circuit == p.circuit.ID {
				weight = max(weight, c.Weight)
			}
		}
		if row := mseeRow(p, addr); row != nil {
			length = asLength(row.ASPath)
		}
		return weight, length
	}
	var best []*peering
	for _, p := range legs {
		if len(best) == 0 || !p.table.Whole() {
			best = append(best, p)
			continue
		}
		w, n := rank(p)
		bw, bn := rank(best[0])
		switch c := cmp.Or(cmp.Compare(w, bw), cmp.Compare(bn, n)); {
		case c > 0:
			best = []*peering{p}
		case c == 0:
			best = append(best, p)
		}
	}
	return best
}

// connects reports whether a gateway has a connection to a peering's circuit.
func (g *Graph) connects(gw *gateway, p *peering) bool {
	return slices.ContainsFunc(g.snap.Azure.Connections, func(c snapshot.Connection) bool {
		return c.Gateway == gw.ID && c.Circuit == p.circuit.ID
	})
}

// mseeRow is the longest match of an edge router's table.
func mseeRow(p *peering, addr netip.Addr) *snapshot.MSEERoute {
	slot, ok := p.rows.Lookup(addr)
	if !ok {
		return nil
	}
	return slot.row
}

// fill indexes the edge router's rows: of several for a prefix, the best one.
func (p *peering) fill() {
	for i := range p.table.Routes {
		m := &p.table.Routes[i]
		if slot, ok := p.rows.Get(m.Prefix.Masked()); !ok || m.Best && !slot.row.Best {
			p.rows.Insert(m.Prefix.Masked(), &mseeSlot{row: m})
		}
	}
}
