package graph

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// IPsecConnection is a connection of type IPsec.
type IPsecConnection struct {
	ID      string `json:"id"` // connection/NAME
	Gateway string `json:"gateway"`
	// Status is "missing" where only its name is known.
	Status string `json:"status"`
	// Private is whether its tunnels end at the gateway's private addresses
	// (useLocalAzureIpAddress), else at public ones.
	Private bool `json:"private"`
	// Endpoint is the address of the device on the premises, empty where its local
	// network gateway was not read or has a name instead. OverExpressRoute is
	// whether an ExpressRoute gateway learned a route to it: yes, no or unknown,
	// and then Why.
	Endpoint         string `json:"endpoint"`
	Public           bool   `json:"public"` // it is no private address (RFC 1918, RFC 6598)
	OverExpressRoute string `json:"overExpressRoute"`
	Why              string `json:"why,omitempty"`
	// Proposals are the custom ones; without any, Azure offers its defaults.
	Proposals []Proposal `json:"proposals"`
	// State is connectionStatus, empty where ARM does not say, and Down the tunnels
	// of it that are not connected.
	State string   `json:"state"`
	Down  []string `json:"down"`
	// BGP is whether it speaks BGP, with Neighbour, whose session the gateway lists
	// as Session: Connected or another state, "" where it lists none.
	BGP       bool   `json:"bgp"`
	Neighbour string `json:"neighbour,omitempty"`
	Session   string `json:"session,omitempty"`
	Received  int64  `json:"received"`
	Peers     string `json:"peers"` // status of the gateway's list of peers
	// Uncovered are flows that are routed into its tunnels, and that its traffic
	// selectors do not take. Unselected says why they are not known.
	Uncovered  []string      `json:"uncovered"`
	Unselected string        `json:"unselected,omitempty"`
	Evidence   []finding.Ref `json:"evidence"`
}

// Proposal is a custom IPsec/IKE policy, in ARM's words.
type Proposal struct {
	IKEEncryption   string `json:"ikeEncryption"`
	IKEIntegrity    string `json:"ikeIntegrity"`
	DHGroup         string `json:"dhGroup"`
	IPsecEncryption string `json:"ipsecEncryption"`
	IPsecIntegrity  string `json:"ipsecIntegrity"`
	PFSGroup        string `json:"pfsGroup"`
}

// VPNGateway is a VPN gateway that connections end at.
type VPNGateway struct {
	ID        string `json:"id"`
	SKU       string `json:"sku"`
	PrivateIP bool   `json:"privateIP"` // enablePrivateIpAddress
	// Private are its tunnels' private end points. Used are the connections that ask
	// for them.
	Private   []string      `json:"private"`
	Used      []string      `json:"used"`
	PublicIPs []PublicIP    `json:"publicIPs"`
	Evidence  []finding.Ref `json:"evidence"`
}

// PublicIP is a public address of a gateway. SKU is empty where it was not read.
type PublicIP struct {
	ID  string `json:"id"`
	SKU string `json:"sku"`
}

// ipsecConnections are those of all connections of that type. cs are the classes,
// whose paths show what is routed into their tunnels.
func (g *Graph) ipsecConnections(cs []Class) []IPsecConnection {
	out := []IPsecConnection{}
	for i := range g.snap.Azure.Connections {
		c := &g.snap.Azure.Connections[i]
		if strings.EqualFold(c.Type, "IPsec") {
			out = append(out, g.ipsecConnection(c, cs))
		}
	}
	return out
}

func (g *Graph) ipsecConnection(c *snapshot.Connection, cs []Class) IPsecConnection {
	out := IPsecConnection{
		ID: "connection/" + c.Name, Gateway: "gateway/" + lastOf(c.Gateway), Status: wasRead, Private: c.UsePrivate, State: c.Status,
		BGP: c.EnableBGP, OverExpressRoute: mayBeSo, Peers: string(snapshot.Missing), Evidence: []finding.Ref{ref(c.Ref)},
	}
	for _, p := range c.Policies {
		out.Proposals = append(out.Proposals, Proposal{p.IKEEncryption, p.IKEIntegrity, p.DHGroup, p.IPsecEncryption, p.IPsecIntegrity, p.PFSGroup})
	}
	for _, t := range c.Tunnels {
		if !strings.EqualFold(t.Status, "Connected") {
			out.Down = append(out.Down, t.Name)
		}
	}
	l := g.localSite(c.LocalSite)
	g.toEndpoint(&out, c, l)
	g.toNeighbour(&out, c, l)
	g.selectors(&out, c, l, cs)
	return out
}

func (g *Graph) localSite(id string) *snapshot.LocalNetworkGateway {
	i := slices.IndexFunc(g.snap.Azure.LocalSites, func(l snapshot.LocalNetworkGateway) bool { return l.ID == id })
	if i < 0 {
		return nil
	}
	return &g.snap.Azure.LocalSites[i]
}

// toEndpoint finds out where the device on the premises is.
func (g *Graph) toEndpoint(out *IPsecConnection, c *snapshot.Connection, l *snapshot.LocalNetworkGateway) {
	switch {
	case l == nil:
		out.Why = "localsite/" + lastOf(c.LocalSite) + " was not read"
		return
	case !l.Endpoint.IsValid():
		out.Why = "localsite/" + l.Name + " names its end by " + l.FQDN + ", not by an address"
		return
	}
	out.Endpoint, out.Public = text(l.Endpoint), !isPrivate(l.Endpoint)
	out.Evidence = append(out.Evidence, ref(l.Ref))
	out.OverExpressRoute = "no"
	host := netip.PrefixFrom(l.Endpoint, l.Endpoint.BitLen())
	for _, gw := range g.gateways {
		if gw.Type != snapshot.ExpressRoute {
			continue
		}
		for _, slot := range gw.offers.Supernets(host) {
			if slot.routes[0].prefix.Bits() > 0 {
				out.OverExpressRoute = "yes"
				out.Evidence = append(out.Evidence, slot.routes[0].refs...)
				return
			}
		}
		if !gw.Learned.Whole() {
			out.OverExpressRoute, out.Why = mayBeSo, "the routes that "+gw.id+" learned were not read whole"
		}
	}
}

func isPrivate(a netip.Addr) bool {
	return a.IsPrivate() || netip.MustParsePrefix("100.64.0.0/10").Contains(a)
}

// toNeighbour finds the BGP session with the device.
func (g *Graph) toNeighbour(out *IPsecConnection, c *snapshot.Connection, l *snapshot.LocalNetworkGateway) {
	i := slices.IndexFunc(g.gateways, func(gw *gateway) bool { return gw.ID == c.Gateway })
	if i < 0 {
		return
	}
	gw := g.gateways[i]
	out.Peers = string(gw.Peers.Status)
	if l == nil || !l.Peer.IsValid() {
		return
	}
	out.Neighbour = text(l.Peer)
	for _, p := range gw.Peers.Peers {
		if p.Neighbor != l.Peer || out.Session == "Connected" {
			continue // an active-active gateway lists it for each machine
		}
		out.Session, out.Received = p.State, int64(p.Received)
		out.Evidence = append(out.Evidence, ref(p.Ref))
	}
}

// selectors finds the flows that the connection's traffic selectors do not take.
// Policy-based ones without any of their own are made of the address spaces of the
// local network gateway and of the virtual network
// (vpn-gateway-connect-multiple-policybased-rm-ps).
func (g *Graph) selectors(out *IPsecConnection, c *snapshot.Connection, l *snapshot.LocalNetworkGateway, cs []Class) {
	sel := c.Selectors
	if len(sel) == 0 {
		if !c.PolicyBased {
			return
		}
		if l == nil {
			out.Unselected = "its traffic selectors are made of the address space of localsite/" + lastOf(c.LocalSite) + ", which was not read"
			return
		}
		sel = []snapshot.TrafficSelector{{Remote: l.Prefixes, Local: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}}
	}
	within := func(p string, ps []netip.Prefix) bool {
		q := netip.MustParsePrefix(p)
		return slices.ContainsFunc(ps, func(s netip.Prefix) bool { return s.Bits() <= q.Bits() && s.Contains(q.Addr()) })
	}
	for _, cl := range cs {
		if !g.uses(cl, c) {
			continue
		}
		for _, onprem := range cl.OnPrem.Prefixes {
			for _, azure := range cl.Azure.Prefixes {
				flow := onprem + " - " + azure
				taken := slices.ContainsFunc(sel, func(s snapshot.TrafficSelector) bool { return within(azure, s.Local) && within(onprem, s.Remote) })
				if !taken && !slices.Contains(out.Uncovered, flow) {
					out.Uncovered = append(out.Uncovered, flow)
				}
			}
		}
	}
}

// uses reports whether a path of the class enters a tunnel of the connection.
func (g *Graph) uses(cl Class, c *snapshot.Connection) bool {
	enters := func(h finding.Hop) bool {
		return h.LinkKind == "ipsec" && slices.ContainsFunc(g.tunnels, func(t *tunnel) bool { return t.id == h.Link && t.conn == c })
	}
	for _, p := range []finding.Path{cl.Forward, cl.Return} {
		for _, b := range p.Branches() {
			if slices.ContainsFunc(b.Hops, enters) {
				return true
			}
		}
	}
	return false
}

// vpnGateways are the VPN gateways.
func (g *Graph) vpnGateways() []VPNGateway {
	out := []VPNGateway{}
	for _, gw := range g.gateways {
		if gw.Type != snapshot.VPN {
			continue
		}
		v := VPNGateway{ID: gw.id, SKU: gw.SKU, PrivateIP: gw.PrivateIP, Evidence: []finding.Ref{ref(gw.Ref)}}
		for _, c := range g.snap.Azure.Connections {
			if c.Gateway == gw.ID && c.UsePrivate && strings.EqualFold(c.Type, "IPsec") {
				v.Used = append(v.Used, "connection/"+c.Name)
			}
		}
		for i := range gw.Instances {
			g.gatewayMachine(&v, &gw.Instances[i])
		}
		out = append(out, v)
	}
	return out
}

// gatewayMachine adds the addresses of one of a gateway's machines.
func (g *Graph) gatewayMachine(v *VPNGateway, inst *snapshot.Instance) {
	for _, a := range slices.Concat(inst.Tunnel, inst.Default, []netip.Addr{inst.Private}) {
		if a.IsValid() && isPrivate(a) && !slices.Contains(v.Private, text(a)) {
			v.Private = append(v.Private, text(a))
		}
	}
	if inst.PublicIP != "" {
		v.PublicIPs = append(v.PublicIPs, g.publicIP(inst.PublicIP, v))
	}
}

func (g *Graph) publicIP(id string, v *VPNGateway) PublicIP {
	out := PublicIP{ID: "publicip/" + lastOf(id)}
	for _, p := range g.snap.Azure.PublicIPs {
		if strings.EqualFold(p.ID, id) {
			out.SKU = p.SKU
			v.Evidence = append(v.Evidence, ref(p.Ref))
		}
	}
	return out
}
