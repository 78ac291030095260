package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Way is a way between virtual networks and what is outside of them that an
// ExpressRoute circuit or a virtual hub gives. Kind is what gives it:
//
//	circuit        a circuit that a gateway is connected to
//	gateway        an ExpressRoute gateway in a network that no VPN gateway serves
//	remote VNets   a gateway that takes traffic of networks which others connect to the circuit
//	virtual WAN    a gateway that takes traffic of virtual WANs
//	hub            a virtual hub with an ExpressRoute gateway, which a network is connected to
//	unread         nothing else is known of it
//
// Tunnels is whether the tunnels of the network's VPN gateways lead to the routers
// at its other end: yes, no or unknown, and then Why. Protection is the least that
// its own links have.
type Way struct {
	ID         string        `json:"id"`
	Kind       string        `json:"kind"`
	Serves     []string      `json:"serves"` // virtual networks
	Tunnels    string        `json:"tunnels"`
	Protection string        `json:"protection"`
	Why        string        `json:"why,omitempty"`
	Evidence   []finding.Ref `json:"evidence"`
}

// ways are all ways that are known, or of which it is known that there may be one.
func (g *Graph) ways() []Way {
	out := []Way{}
	add := func(ws ...Way) {
		for _, w := range ws {
			same := func(o Way) bool { return o.ID == w.ID && o.Kind == w.Kind }
			if !slices.ContainsFunc(out, same) {
				out = append(out, w)
			}
		}
	}
	for i := range g.snap.Azure.Connections {
		if c := &g.snap.Azure.Connections[i]; strings.EqualFold(c.Type, "ExpressRoute") {
			add(g.circuitWays(c)...)
		}
	}
	for _, gw := range g.gateways {
		if gw.Type == snapshot.ExpressRoute {
			add(g.gatewayWays(gw)...)
		}
	}
	for i := range g.snap.Azure.Hubs {
		add(g.hubWays(&g.snap.Azure.Hubs[i])...)
	}
	for i := range g.snap.Azure.VNets {
		add(g.unreadHubs(&g.snap.Azure.VNets[i])...)
	}
	add(g.unreadWays()...)
	slices.SortFunc(out, func(a, b Way) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind)) })
	return out
}

// circuitWays is the way over the circuit of a connection, to networks that a VPN
// gateway serves, or may serve.
func (g *Graph) circuitWays(c *snapshot.Connection) []Way {
	w := Way{ID: "circuit/" + lastOf(c.Circuit), Kind: "circuit", Tunnels: mayBeSo, Protection: "unknown", Evidence: []finding.Ref{ref(c.Ref)}}
	if gw := g.gatewayOf(c); gw != nil {
		w.Serves = g.servedBy(gw)
		sure := gw.subnet != nil && len(g.absent) == 0 && g.hiddenConnection() == ""
		if sure && !g.hasVPN(gw.subnet.vnet) {
			return nil
		}
	}
	circuit := g.circuitOf(c)
	if circuit == nil {
		w.Why = "the circuit was not read"
		return []Way{w}
	}
	w.ID = "circuit/" + circuit.Name
	w.Evidence = append(w.Evidence, ref(circuit.Ref))
	w.Tunnels, w.Why = g.carriesTunnels(circuit)
	w.Protection = g.leastOf(circuit)
	return []Way{w}
}

// carriesTunnels reports whether tunnels lead to the routers behind a circuit: one
// of them is at a link's other end, or advertised its end point over a link.
func (g *Graph) carriesTunnels(c *snapshot.Circuit) (answer, why string) {
	for _, p := range g.peerings {
		if p.circuit != c {
			continue
		}
		for _, t := range g.tunnels {
			if p.router != nil && p.router == t.router {
				return isSo, ""
			}
			if row := mseeRow(p, t.local); t.local.IsValid() && row != nil && row.Prefix.Bits() > 0 && p.isCustomer(row.NextHop) {
				return isSo, ""
			}
		}
		if !p.table.Whole() {
			why = "the route table of " + p.msee + " was not read"
		}
	}
	for _, u := range g.unknownTunnels() {
		why = cmp.Or(why, u.ID+": "+u.Why)
	}
	if why != "" {
		return mayBeSo, why
	}
	return isNotSo, ""
}

// leastOf is the least protection of a circuit's links.
func (g *Graph) leastOf(c *snapshot.Circuit) string {
	least := ""
	for _, p := range g.peerings {
		switch {
		case p.circuit != c:
		case p.protect == "none":
			return "none"
		case least == "" || p.protect == "unknown":
			least = p.protect
		}
	}
	return cmp.Or(least, "none")
}

// servedBy are the virtual networks that get a gateway's routes.
func (g *Graph) servedBy(gw *gateway) []string {
	var out []string
	for i := range g.snap.Azure.VNets {
		if v := &g.snap.Azure.VNets[i]; slices.Contains(g.gatewaysFor(v), gw) {
			out = append(out, "vnet/"+v.Name)
		}
	}
	return out
}

// gatewayWays are the ways that an ExpressRoute gateway gives besides its circuits.
func (g *Graph) gatewayWays(gw *gateway) []Way {
	var out []Way
	add := func(kind string) {
		out = append(out, Way{ID: gw.id, Kind: kind, Serves: g.servedBy(gw), Tunnels: isNotSo, Protection: "none", Evidence: []finding.Ref{ref(gw.Ref)}})
	}
	if gw.RemoteVNets {
		add("remote VNets")
	}
	if gw.VirtualWAN {
		add("virtual WAN")
	}
	if gw.subnet == nil || g.hasVPN(gw.subnet.vnet) {
		return out
	}
	for _, p := range gw.subnet.vnet.Peerings {
		if remote := g.vnets[p.Remote]; p.Connected && remote != nil && g.hasVPN(remote) {
			add("gateway")
			break
		}
	}
	return out
}

// hasVPN reports whether a VPN gateway serves a virtual network.
func (g *Graph) hasVPN(v *snapshot.VNet) bool {
	return slices.ContainsFunc(g.gatewaysFor(v), func(gw *gateway) bool { return gw.Type == snapshot.VPN })
}

// hubWays are the ways that a virtual hub gives to the networks that are connected
// to it. A Route Server gives none.
func (g *Graph) hubWays(h *snapshot.Hub) []Way {
	w := Way{ID: "hub/" + h.Name, Kind: "hub", Tunnels: isNotSo, Protection: "none", Evidence: []finding.Ref{ref(h.Ref)}}
	switch {
	case h.WAN == "" || h.ERGateway == "":
		return nil
	case !h.VNets.Whole() && h.VNets.Status != snapshot.Empty:
		w.Tunnels, w.Why = mayBeSo, "which virtual networks are connected to it was not read"
		return []Way{w}
	}
	for _, c := range h.VNets.Connections {
		if v := g.vnets[c.VNet]; v != nil && g.hasVPN(v) {
			w.Serves = append(w.Serves, "vnet/"+v.Name)
			w.Evidence = append(w.Evidence, ref(c.Ref))
		}
	}
	if len(w.Serves) == 0 {
		return nil
	}
	return []Way{w}
}

// unreadHubs are virtual hubs that a network is peered with and that were not
// read. The network behind a virtual hub is Microsoft's, named HV_ and the hub.
func (g *Graph) unreadHubs(v *snapshot.VNet) []Way {
	var out []Way
	for _, p := range v.Peerings {
		name := lastOf(p.Remote)
		if !strings.HasPrefix(strings.ToLower(name), "hv_") || g.vnets[p.Remote] != nil {
			continue
		}
		read := func(h snapshot.Hub) bool {
			return slices.ContainsFunc(h.VNets.Connections, func(c snapshot.HubVNetConnection) bool { return c.VNet == v.ID })
		}
		if !slices.ContainsFunc(g.snap.Azure.Hubs, read) {
			out = append(out, Way{
				ID: "hub/" + name, Kind: "unread", Serves: []string{"vnet/" + v.Name}, Tunnels: mayBeSo, Protection: "unknown",
				Why: "vnet/" + v.Name + " is connected to a virtual hub that was not read", Evidence: []finding.Ref{ref(p.Ref)},
			})
		}
	}
	return out
}

// unreadWays are connections and gateways that were not read, circuits of which no
// connection was where nobody listed these, and lists that may name more.
func (g *Graph) unreadWays() []Way {
	var out []Way
	add := func(id, why, item string) {
		w := Way{ID: id, Kind: "unread", Tunnels: mayBeSo, Protection: "unknown", Why: why}
		if item != "" {
			w.Evidence = []finding.Ref{{Item: item}}
		}
		out = append(out, w)
	}
	for _, it := range g.snap.Items {
		if name, ok := unreadConnection(it); ok {
			add("connection/"+name, "it was not read, and may lead to another circuit", it.Path)
		}
	}
	for i := range g.snap.Azure.Connections {
		if c := &g.snap.Azure.Connections[i]; c.Circuit != "" && g.gatewayOf(c) == nil {
			add("gateway/"+lastOf(c.Gateway), "it was not read, and may take foreign traffic", c.Item)
		}
	}
	for _, c := range g.snap.Azure.Circuits {
		leads := func(o snapshot.Connection) bool { return o.Circuit == c.ID }
		if !g.listed("connections") && !slices.ContainsFunc(g.snap.Azure.Connections, leads) {
			add("circuit/"+c.Name, "no connection to it was read, and nobody listed them", c.Item)
		}
	}
	for _, l := range g.snap.Azure.Lists {
		for _, kind := range []string{"virtualnetworkgateways", "connections", "virtualhubs"} {
			if strings.HasSuffix(l.Type, kind) && notRead(l) {
				add(cmp.Or(l.Item, l.Subscription+"/"+l.Type), "the list of "+l.Type+" of subscription "+l.Subscription+" is "+string(l.Status)+": there may be more", l.Item)
			}
		}
	}
	return out
}

// listed reports whether all resources of a type are known, as far as lists say.
func (g *Graph) listed(kind string) bool {
	found := false
	for _, l := range g.snap.Azure.Lists {
		if strings.HasSuffix(l.Type, kind) {
			if l.Status != snapshot.OK && l.Status != snapshot.Empty {
				return false
			}
			found = true
		}
	}
	return found
}
