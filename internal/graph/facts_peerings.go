package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// VNetPeering is one side of the peering of two virtual networks, and what the
// other side says. Reverse is ok where the other side was read, "missing" where it
// was not, and "none" where the other network was read and has no such peering.
type VNetPeering struct {
	ID             string `json:"id"` // vnetpeering/LOCAL/REMOTE
	Local          string `json:"local"`
	Remote         string `json:"remote"`
	State          string `json:"state"`
	Sync           string `json:"sync,omitempty"`
	AllowForwarded bool   `json:"allowForwarded"`
	AllowTransit   bool   `json:"allowTransit"`
	UseRemote      bool   `json:"useRemote"`
	Reverse        string `json:"reverse"`
	RemoteTransit  bool   `json:"remoteTransit"` // the other side's allowGatewayTransit
	RemoteUses     bool   `json:"remoteUses"`    // the other side's useRemoteGateways
	// LocalGateways and RemoteGateways are those in the two networks.
	LocalGateways  []string `json:"localGateways"`
	RemoteGateways []string `json:"remoteGateways"`
	// Forwarders are the next hops in the remote network that user-defined routes
	// send packets to which this network gets, or gets the answers to. Unknown says
	// why there may be more.
	Forwarders []Forwarder   `json:"forwarders"`
	Unknown    string        `json:"unknown,omitempty"`
	Evidence   []finding.Ref `json:"evidence"`
}

// Forwarder is a next hop and the route to it. Appliance is what has the address.
type Forwarder struct {
	Address   string        `json:"address"`
	Appliance string        `json:"appliance,omitempty"`
	Route     string        `json:"route"`
	Table     string        `json:"table"`
	Evidence  []finding.Ref `json:"evidence"`
}

// vnetPeerings are both sides of all peerings of the virtual networks.
func (g *Graph) vnetPeerings() []VNetPeering {
	out := []VNetPeering{}
	within := make(map[*snapshot.VNet][]*subnet)
	for _, s := range g.subnets {
		within[s.vnet] = append(within[s.vnet], s)
	}
	for i := range g.snap.Azure.VNets {
		v := &g.snap.Azure.VNets[i]
		for j := range v.Peerings {
			out = append(out, g.vnetPeering(v, &v.Peerings[j], within))
		}
	}
	slices.SortFunc(out, func(a, b VNetPeering) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (g *Graph) vnetPeering(v *snapshot.VNet, p *snapshot.Peering, within map[*snapshot.VNet][]*subnet) VNetPeering {
	remote := g.vnets[p.Remote]
	name := lastOf(p.Remote)
	if remote != nil {
		name = remote.Name
	}
	out := VNetPeering{
		ID: "vnetpeering/" + v.Name + "/" + name, Local: "vnet/" + v.Name, Remote: "vnet/" + name, State: p.State, Sync: p.SyncLevel,
		AllowForwarded: p.AllowForwarded, AllowTransit: p.AllowGatewayTransit, UseRemote: p.UseRemoteGateways, Reverse: wasNotRead,
		LocalGateways: g.gatewaysIn(v), Evidence: []finding.Ref{ref(p.Ref)},
	}
	if remote != nil {
		out.Reverse, out.RemoteGateways = isNone, g.gatewaysIn(remote)
		for _, back := range remote.Peerings {
			if back.Remote == v.ID {
				out.Reverse, out.RemoteTransit, out.RemoteUses = wasRead, back.AllowGatewayTransit, back.UseRemoteGateways
				out.Evidence = append(out.Evidence, ref(back.Ref))
			}
		}
	}
	for _, s := range within[v] {
		out.forwarders(g, s, v, p, false)
	}
	for _, s := range within[remote] {
		if g.isGatewaySubnet(s) {
			out.forwarders(g, s, v, p, true)
		}
	}
	return out
}

// forwarders adds the next hops in the remote network that a subnet's routes name:
// all of the local network's own, and those for it of the remote GatewaySubnet.
func (out *VNetPeering) forwarders(g *Graph, s *subnet, v *snapshot.VNet, p *snapshot.Peering, inward bool) {
	if s.RouteTable == "" {
		return
	}
	t := g.tables[strings.ToLower(s.RouteTable)]
	if t == nil {
		out.Unknown = cmp.Or(out.Unknown, "the route table "+lastOf(s.RouteTable)+" of "+s.id+" was not read")
		return
	}
	space := p.RemotePrefixes
	if remote := g.vnets[p.Remote]; remote != nil {
		space = remote.Prefixes
	}
	for _, u := range t.Routes {
		if u.Type != toAppliance || !u.NextHop.IsValid() || !contains(space, u.NextHop) || inward && !forNetwork(u, v) {
			continue
		}
		a := g.appliance(s.vnet, u.NextHop)
		known := func(f Forwarder) bool { return f.Address == u.NextHop.String() }
		if a.stale == "" && !slices.ContainsFunc(out.Forwarders, known) {
			out.Forwarders = append(out.Forwarders, Forwarder{u.NextHop.String(), a.id, u.Name, "routetable/" + t.Name, []finding.Ref{ref(u.Ref)}})
		}
	}
}

// forNetwork reports whether a route leads packets to a virtual network.
func forNetwork(u snapshot.UserRoute, v *snapshot.VNet) bool {
	return u.Prefix.IsValid() && slices.ContainsFunc(v.Prefixes, u.Prefix.Overlaps)
}

func (g *Graph) gatewaysIn(v *snapshot.VNet) []string {
	var out []string
	for _, gw := range g.gateways {
		if gw.subnet != nil && gw.subnet.vnet == v {
			out = append(out, gw.id)
		}
	}
	return out
}

// FastPath is the connection of a circuit to a gateway, and whether its packets go
// past the gateway (expressRouteGatewayBypass). CircuitKind is "direct", "provider",
// or "missing" where it was not read. Routes are the user-defined routes of the
// gateway's subnet, which packets that go past it do not follow; TableStatus is
// "none" where it has no table.
type FastPath struct {
	ID          string        `json:"id"` // connection/NAME
	Enabled     bool          `json:"enabled"`
	Gateway     string        `json:"gateway"`
	Circuit     string        `json:"circuit"`
	CircuitKind string        `json:"circuitKind"`
	Table       string        `json:"table,omitempty"`
	TableStatus string        `json:"tableStatus"`
	Routes      []string      `json:"routes"`
	Evidence    []finding.Ref `json:"evidence"`
}

// fastPaths are all connections of circuits.
func (g *Graph) fastPaths() []FastPath {
	out := []FastPath{}
	for i := range g.snap.Azure.Connections {
		if c := &g.snap.Azure.Connections[i]; strings.EqualFold(c.Type, "ExpressRoute") {
			out = append(out, g.fastPath(c))
		}
	}
	slices.SortFunc(out, func(a, b FastPath) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (g *Graph) fastPath(c *snapshot.Connection) FastPath {
	f := FastPath{
		ID: "connection/" + c.Name, Enabled: c.FastPath, Gateway: "gateway/" + lastOf(c.Gateway), Circuit: "circuit/" + lastOf(c.Circuit),
		CircuitKind: wasNotRead, TableStatus: wasNotRead, Evidence: []finding.Ref{ref(c.Ref)},
	}
	if circuit := g.circuitOf(c); circuit != nil {
		f.CircuitKind, f.Circuit = "provider", "circuit/"+circuit.Name
		if circuit.Port != "" {
			f.CircuitKind = "direct"
		}
		f.Evidence = append(f.Evidence, ref(circuit.Ref))
	}
	gw := g.gatewayOf(c)
	if gw == nil {
		return f
	}
	f.Gateway = gw.id
	if gw.subnet == nil {
		return f
	}
	t := g.gatewayTable(gw.subnet)
	f.TableStatus, f.Table = t.Status, t.ID
	f.Evidence = append(f.Evidence, t.Evidence...)
	for _, r := range t.Routes {
		f.Routes = append(f.Routes, r.Name+" ("+r.Prefix+")")
	}
	return f
}
