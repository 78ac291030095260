package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// transit is a VNet that lets one that it is peered with use its gateways
// (allowGatewayTransit), by their IDs.
type transit struct{ hub, spoke string }

func (g *Graph) placeSubnets() {
	for i := range g.snap.Azure.RouteTables {
		g.tables[g.snap.Azure.RouteTables[i].ID] = &g.snap.Azure.RouteTables[i]
	}
	for i := range g.snap.Azure.VNets {
		v := &g.snap.Azure.VNets[i]
		g.vnets[v.ID] = v
		for _, p := range v.Peerings {
			if p.Connected && p.AllowGatewayTransit {
				g.transits[transit{v.ID, p.Remote}] = true
			}
		}
		for j := range v.Subnets {
			g.subnets = append(g.subnets, &subnet{Subnet: &v.Subnets[j], id: "subnet/" + v.Name + "/" + v.Subnets[j].Name, vnet: v})
		}
	}
	slices.SortFunc(g.subnets, func(a, b *subnet) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.ID, b.ID)) })
	for _, s := range g.subnets {
		g.within[s.vnet] = append(g.within[s.vnet], s)
	}
	g.placeOverlaps()
}

func (g *Graph) subnetByID(id string) *subnet {
	i := slices.IndexFunc(g.subnets, func(s *subnet) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return g.subnets[i]
}

// subnetOf returns the subnet that owns addr, of several in different VNets the
// first by name.
func (g *Graph) subnetOf(addr netip.Addr) *subnet {
	if all := g.subnetsOf(addr); len(all) > 0 {
		return all[0]
	}
	return nil
}

// subnetsOf returns the subnets that own addr: one, but where the address spaces of
// VNets overlap.
func (g *Graph) subnetsOf(addr netip.Addr) []*subnet {
	var out []*subnet
	for _, s := range g.subnets {
		if contains(s.Prefixes, addr) {
			out = append(out, s)
		}
	}
	return out
}

// subnetIn returns the subnet of a VNet that owns addr.
func (g *Graph) subnetIn(v *snapshot.VNet, addr netip.Addr) *subnet {
	for _, s := range g.within[v] {
		if contains(s.Prefixes, addr) {
			return s
		}
	}
	return nil
}

// placeOverlaps marks the subnets of which another VNet has addresses, too.
func (g *Graph) placeOverlaps() {
	type owned struct {
		span
		by *subnet
	}
	var all []owned
	for _, s := range g.subnets {
		for _, p := range s.Prefixes {
			all = append(all, owned{spanOf(p), s})
		}
	}
	slices.SortStableFunc(all, func(a, b owned) int { return a.lo.Compare(b.lo) })
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.hi.Less(b.lo) {
				break
			}
			if a.by.vnet != b.by.vnet {
				a.by.shared, b.by.shared = true, true
			}
		}
	}
}

func (g *Graph) placeGateways() {
	for i := range g.snap.Azure.Gateways {
		gw := &g.snap.Azure.Gateways[i]
		at := &gateway{Gateway: gw, id: "gateway/" + gw.Name, subnet: g.subnetByID(gw.Subnet), circuits: make(map[string]int)}
		for _, c := range g.snap.Azure.Connections {
			if c.Gateway == gw.ID {
				at.circuits[c.Circuit] = max(at.circuits[c.Circuit], c.Weight)
			}
		}
		g.gateways = append(g.gateways, at)
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
		p.vrf, p.iface = p.router.holder(p.customer), p.router.interfaceOf(p.customer)
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
			t.flows = t.taken()
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
