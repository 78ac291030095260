package graph

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Exchange is whether the VPN and the ExpressRoute gateway of a virtual network
// tell each other what they learned, as a Route Server makes them do
// (allowBranchToBranchTraffic).
type Exchange struct {
	ID string `json:"id"` // of the virtual network
	// Enabled is whether a Route Server of the network is told to: yes, no or
	// unknown, and then Why.
	Enabled string `json:"enabled"`
	Server  string `json:"server,omitempty"`
	Why     string `json:"why,omitempty"`
	// Leaked are prefixes that the VPN gateway learned and the ExpressRoute gateway
	// advertises, or has from it.
	Leaked   []AdvertisedPrefix `json:"leaked"`
	Evidence []finding.Ref      `json:"evidence"`
}

// exchanges are those of all virtual networks that have gateways of both types.
func (g *Graph) exchanges() []Exchange {
	out := []Exchange{}
	for i := range g.snap.Azure.VNets {
		v := &g.snap.Azure.VNets[i]
		var vpn, er []*gateway
		for _, gw := range g.gateways {
			switch {
			case gw.subnet == nil || gw.subnet.vnet != v:
			case gw.Type == snapshot.VPN:
				vpn = append(vpn, gw)
			default:
				er = append(er, gw)
			}
		}
		if len(vpn) > 0 && len(er) > 0 {
			out = append(out, g.exchange(v, vpn, er))
		}
	}
	return append(out, g.unreadExchanges()...)
}

// unreadExchanges are the networks of gateways that were not read, or the gateways
// themselves: there may be gateways of both types in one network.
func (g *Graph) unreadExchanges() []Exchange {
	var out []Exchange
	add := func(id, why string, at finding.Ref) {
		if !slices.ContainsFunc(out, func(e Exchange) bool { return e.ID == id }) {
			out = append(out, Exchange{ID: id, Enabled: mayBeSo, Why: why, Evidence: []finding.Ref{at}})
		}
	}
	for _, gw := range g.gateways {
		if gw.subnet == nil {
			_, id := unreadSubnet(gw)
			add(id, "the virtual network was not read", ref(gw.Ref))
		}
	}
	for i := range g.snap.Azure.Connections {
		if c := &g.snap.Azure.Connections[i]; c.Gateway != "" && g.gatewayOf(c) == nil {
			add("gateway/"+lastOf(c.Gateway), "the gateway was not read, nor the network that it is in", ref(c.Ref))
		}
	}
	return out
}

func (g *Graph) exchange(v *snapshot.VNet, vpn, er []*gateway) Exchange {
	e := Exchange{ID: "vnet/" + v.Name, Enabled: isNotSo, Evidence: []finding.Ref{ref(v.Ref)}}
	e.Leaked = leaked(vpn, er)
	for i := range g.snap.Azure.Hubs {
		h := &g.snap.Azure.Hubs[i]
		at := g.isAt(h, v)
		switch {
		case at == isNotSo || !h.BranchToBranch:
			continue
		case at == isSo:
			e.Enabled, e.Why = isSo, ""
		case e.Enabled == isNotSo:
			e.Enabled, e.Why = mayBeSo, "in which network hub/"+h.Name+" is was not read"
		}
		e.Server = "hub/" + h.Name
		e.Evidence = append(e.Evidence, ref(h.Ref))
	}
	if e.Enabled == isNotSo {
		if why := cmp.Or(g.hiddenServer(), untold(vpn, er)); why != "" {
			e.Enabled, e.Why = mayBeSo, why
		}
	}
	return e
}

// isAt reports whether a hub is a Route Server in a virtual network.
func (g *Graph) isAt(h *snapshot.Hub, v *snapshot.VNet) string {
	if h.WAN != "" {
		return isNotSo
	}
	for _, c := range h.Configs.Configs {
		if s := g.subnetByID(c.Subnet); s != nil {
			return yesNo(s.vnet == v)
		}
	}
	return mayBeSo
}

// hiddenServer says why there may be a Route Server that is not known. Where nobody
// listed them, what the gateways tell each other shows it.
func (g *Graph) hiddenServer() string {
	for _, l := range g.snap.Azure.Lists {
		if strings.HasSuffix(l.Type, "virtualhubs") && notRead(l) {
			return "there may be a Route Server: the list of " + l.Type + " of subscription " + l.Subscription + " is " + string(l.Status)
		}
	}
	for _, it := range g.snap.Items {
		seg := strings.Split(it.Path, "/")
		if len(seg) != 5 || !strings.EqualFold(seg[2], "virtualHubs") {
			continue
		}
		of := func(h snapshot.Hub) bool {
			return strings.HasPrefix(strings.ToLower(seg[4]), strings.ToLower(h.Name)+".")
		}
		if !slices.ContainsFunc(g.snap.Azure.Hubs, of) {
			return "there may be a Route Server: the hub of " + it.Path + " was not read"
		}
	}
	return ""
}

// untold says what was not read of that which gateways tell each other: what the
// VPN gateways learned, and what the ExpressRoute ones advertise to edge routers.
func untold(vpn, er []*gateway) string {
	for _, gw := range vpn {
		if gw.blind != "" {
			return gw.blind
		}
	}
	for _, gw := range er {
		if !gw.Peers.Whole() {
			return "the BGP peers of " + gw.id + " were not read"
		}
		for _, p := range gw.Peers.Peers {
			told := func(a snapshot.GatewayAdvertised) bool { return a.Peer == p.Neighbor && a.Whole() }
			if p.ASN == edgeAS && !slices.ContainsFunc(gw.Advertised, told) {
				return "what " + gw.id + " advertises to the edge router " + p.Neighbor.String() + " was not read"
			}
		}
	}
	return ""
}

// edgeAS is the AS of Microsoft's edge routers on a private peering.
const edgeAS = 12076

// leaked are the prefixes that VPN gateways learned from outside and that an
// ExpressRoute gateway advertises to the edge routers, or learned inside Azure.
func leaked(vpn, er []*gateway) []AdvertisedPrefix {
	from := make(map[netip.Prefix]snapshot.LearnedRoute)
	for _, gw := range vpn {
		for _, row := range gw.Learned.Routes {
			if strings.EqualFold(row.Origin, "EBgp") {
				from[row.Prefix.Masked()] = row
			}
		}
	}
	var out []AdvertisedPrefix
	seen := make(map[netip.Prefix]bool)
	add := func(row snapshot.LearnedRoute, what string) {
		p := row.Prefix.Masked()
		if learned, ok := from[p]; ok && !seen[p] {
			seen[p] = true
			out = append(out, AdvertisedPrefix{Prefix: p.String(), ASPath: row.ASPath, Why: what, Evidence: []finding.Ref{ref(row.Ref), ref(learned.Ref)}})
		}
	}
	for _, gw := range er {
		for _, a := range gw.Advertised {
			for _, row := range a.Routes {
				add(row, gw.id+" advertises it to the edge router "+a.Peer.String())
			}
		}
		for _, row := range gw.Learned.Routes {
			if strings.EqualFold(row.Origin, "IBgp") {
				add(row, gw.id+" has it from inside Azure")
			}
		}
	}
	return out
}

// notRead reports whether a list was asked for and not answered as a whole.
func notRead(l snapshot.List) bool {
	return l.Status != snapshot.OK && l.Status != snapshot.Empty && l.Status != snapshot.Missing
}
