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
	// Private is whether its tunnels end at the gateway's private addresses
	// (useLocalAzureIpAddress), else at public ones.
	Private bool `json:"private"`
	// Endpoint is the address of the device on the premises, empty where its local
	// network gateway was not read or has a name instead. OverExpressRoute is
	// whether an ExpressRoute gateway in the virtual network of its own gateway
	// learned a route to it from Microsoft's edge: yes, no or unknown, and then Why.
	Endpoint         string `json:"endpoint"`
	Public           bool   `json:"public"`
	OverExpressRoute string `json:"overExpressRoute"`
	Why              string `json:"why,omitempty"`
	// Proposals are the custom ones; without any, Azure offers its defaults.
	Proposals []Proposal `json:"proposals"`
	// Negotiated is what routers say of its tunnels' packets. Unnegotiated says why
	// that is not known of all: because a table was not read, or, without a proposal
	// that Azure would hold to, because no router says it.
	Negotiated   []Negotiated `json:"negotiated"`
	Unnegotiated string       `json:"unnegotiated,omitempty"`
	// State is connectionStatus, empty where ARM does not say, Down the tunnels of it
	// that are not connected, and Unsaid those of which ARM does not say it.
	State  string   `json:"state"`
	Down   []string `json:"down"`
	Unsaid []string `json:"unsaid"`
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
	// Private are its tunnels' private end points, and Lacking the machines whose end
	// points are all public. Unlisted is whether ARM lists none of a machine. Used are
	// the connections that ask for private ones.
	Private   []string      `json:"private"`
	Lacking   []string      `json:"lacking"`
	Unlisted  bool          `json:"unlisted"`
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
		ID: "connection/" + c.Name, Gateway: "gateway/" + lastOf(c.Gateway), Private: c.UsePrivate, State: c.Status,
		BGP: c.EnableBGP, OverExpressRoute: mayBeSo, Peers: string(snapshot.Missing), Evidence: []finding.Ref{ref(c.Ref)},
	}
	for _, p := range c.Policies {
		out.Proposals = append(out.Proposals, Proposal{p.IKEEncryption, p.IKEIntegrity, p.DHGroup, p.IPsecEncryption, p.IPsecIntegrity, p.PFSGroup})
	}
	for _, t := range c.Tunnels {
		switch {
		case t.Status == "" || strings.EqualFold(t.Status, "Unknown"):
			out.Unsaid = append(out.Unsaid, t.Name)
		case !strings.EqualFold(t.Status, "Connected"):
			out.Down = append(out.Down, t.Name)
		}
	}
	l := g.siteOf(c)
	g.toEndpoint(&out, c, l)
	g.toNeighbour(&out, c, l)
	g.selectors(&out, c, l, cs)
	g.negotiated(&out, c)
	return out
}

// toEndpoint finds out where the device on the premises is.
func (g *Graph) toEndpoint(out *IPsecConnection, c *snapshot.Connection, l *snapshot.LocalNetworkGateway) {
	gw := g.gatewayOf(c)
	switch {
	case l == nil:
		out.Why = "localsite/" + lastOf(c.LocalSite) + " was not read"
		return
	case !l.Endpoint.IsValid():
		out.Why = "localsite/" + l.Name + " names its end by " + l.FQDN + ", not by an address"
		return
	}
	out.Endpoint, out.Public = text(l.Endpoint), isPublic(span{l.Endpoint, l.Endpoint})
	out.Evidence = append(out.Evidence, ref(l.Ref))
	if gw == nil {
		out.Why = "gateway/" + lastOf(c.Gateway) + " was not read, nor which ExpressRoute gateway is next to it"
		return
	}
	if row, ok := g.overExpressRoute(gw, l.Endpoint); ok {
		out.OverExpressRoute = isSo
		out.Evidence = append(out.Evidence, ref(row.Ref))
		return
	}
	if out.Why = g.unreadExpressRoute(gw); out.Why == "" {
		out.OverExpressRoute = isNotSo
	}
}

// overExpressRoute is a route to addr that an ExpressRoute gateway in the virtual
// network of gw learned from Microsoft's edge, and is more than a default route.
// What it has of the gateways next to it (IBgp) does not lead over ExpressRoute.
func (g *Graph) overExpressRoute(gw *gateway, addr netip.Addr) (snapshot.LearnedRoute, bool) {
	host := netip.PrefixFrom(addr, addr.BitLen())
	for _, er := range g.gateways {
		if er.Type != snapshot.ExpressRoute || er.Subnet != gw.Subnet {
			continue
		}
		for _, slot := range er.offers.Supernets(host) {
			for _, r := range slot.routes {
				i := slices.IndexFunc(r.rows, func(row snapshot.LearnedRoute) bool { return strings.EqualFold(row.Origin, "EBgp") })
				if i >= 0 && r.prefix.Bits() > 0 {
					return r.rows[i], true
				}
			}
		}
	}
	return snapshot.LearnedRoute{}, false
}

// unreadExpressRoute says why an ExpressRoute gateway in the virtual network of gw
// may have routes that are not known.
func (g *Graph) unreadExpressRoute(gw *gateway) string {
	for _, er := range g.gateways {
		if er.Type == snapshot.ExpressRoute && er.Subnet == gw.Subnet && !er.Learned.Whole() {
			return "the routes that " + er.id + " learned were not read whole"
		}
	}
	for _, u := range g.unreadResources() {
		if u.Type == "virtualnetworkgateways" {
			return "there may be an ExpressRoute gateway that is not known: " + u.ID + ": " + u.Why
		}
	}
	return ""
}

// toNeighbour finds the BGP session with the device.
func (g *Graph) toNeighbour(out *IPsecConnection, c *snapshot.Connection, l *snapshot.LocalNetworkGateway) {
	gw := g.gatewayOf(c)
	if gw == nil {
		return
	}
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
			g.gatewayMachine(&v, gw, i)
		}
		v.Unlisted = v.Unlisted || len(gw.Instances) == 0
		out = append(out, v)
	}
	return out
}

// gatewayMachine adds the addresses of one of a gateway's machines. ARM lists
// private end points of tunnels among the public ones, or with the IP configuration
// (site-to-site-vpn-private-peering).
func (g *Graph) gatewayMachine(v *VPNGateway, gw *gateway, i int) {
	inst := &gw.Instances[i]
	ends := slices.DeleteFunc(append(slices.Clone(inst.Tunnel), inst.Private), func(a netip.Addr) bool { return !a.IsValid() })
	private := 0
	for _, a := range ends {
		if !gw.isPrivate(a) {
			continue
		}
		private++
		if !slices.Contains(v.Private, text(a)) {
			v.Private = append(v.Private, text(a))
		}
	}
	switch {
	case len(ends) == 0:
		v.Unlisted = true
	case private == 0:
		v.Lacking = append(v.Lacking, gw.instance(i))
	}
	if inst.PublicIP != "" {
		v.PublicIPs = append(v.PublicIPs, g.publicIP(inst.PublicIP, v))
	}
}

// isPrivate reports whether an address is one of the gateway's virtual network, or
// of none that is public.
func (gw *gateway) isPrivate(a netip.Addr) bool {
	inSubnet := gw.subnet != nil && slices.ContainsFunc(gw.subnet.Prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
	return inSubnet || !isPublic(span{a, a})
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
