package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Model is the graph in the form that policies see.
func (g *Graph) Model() Model {
	m := Model{
		Classes: g.classes(), Tunnels: []Tunnel{}, Gateways: []Gateway{}, Circuits: []Circuit{}, Routers: []Router{},
		Subnets: []Subnet{}, RouteTables: []RouteTable{}, Firewalls: []Firewall{}, Evidence: g.evidence(), Notes: g.notes,
		GatewaySubnets: g.gatewaySubnets(), GatewayVNets: g.gatewayVNets(), AttachedTables: g.attachedTables(), Endpoints: g.connectionEnds(),
		UnknownTunnels: g.unknownTunnels(), RouteCounts: g.routeCounts(),
		Comparisons: g.comparisons(), Coherences: g.coherences(),
		ApplianceRoutes: g.applianceRoutes(), FirewallSubnets: g.firewallSubnets(), FirewallSNATs: g.firewallSNATs(),
		VNetPeerings: g.vnetPeerings(), FastPaths: g.fastPaths(), Redundancies: g.redundancies(), UnreadResources: g.unreadResources(),
		TunnelTraffics: g.tunnelTraffics(), NetworkEncryptions: g.networkEncryptions(), MACsecEnds: g.macsecEnds(), WANEncryptions: g.wanEncryptions(),
		PeeringSessions: g.peeringSessions(), Ways: g.ways(), GlobalReaches: g.globalReaches(), Exchanges: g.exchanges(), DefaultRoutes: g.defaultRoutes(),
	}
	m.Flaps = g.flaps(m.Classes)
	m.IPsecConnections, m.VPNGateways = g.ipsecConnections(m.Classes), g.vpnGateways()
	m.CircuitLinks, m.CircuitMACsecs = g.circuitLinks(m.Classes), g.circuitMACsecs(m.Classes)
	for _, t := range g.tunnels {
		mt := Tunnel{
			ID: t.id, Gateway: t.gw.id, Instance: t.gw.instance(t.inst), Connection: t.conn.Name, Local: text(t.local), Remote: text(t.remote),
			Status: t.conn.Status, Protection: t.protect, Grade: t.grade, Underlay: g.underlay(t, outage{}), Evidence: t.refs,
		}
		if t.router != nil {
			mt.Router = t.router.id
		}
		m.Tunnels = append(m.Tunnels, mt)
	}
	for _, gw := range g.gateways {
		mg := Gateway{ID: gw.id, Type: string(gw.Type), PrivateIP: gw.PrivateIP, Learned: string(gw.Learned.Status), Evidence: []finding.Ref{ref(gw.Ref)}}
		if gw.subnet != nil {
			mg.Subnet = gw.subnet.id
		}
		m.Gateways = append(m.Gateways, mg)
	}
	for _, c := range g.snap.Azure.Circuits {
		mc := Circuit{ID: "circuit/" + c.Name, Direct: c.Port != "", Links: []string{}, Evidence: []finding.Ref{ref(c.Ref)}}
		for _, p := range g.peerings {
			if p.circuit.ID == c.ID {
				mc.Links = append(mc.Links, p.id)
			}
		}
		m.Circuits = append(m.Circuits, mc)
	}
	for _, r := range g.routers {
		m.Routers = append(m.Routers, Router{ID: r.id, Site: r.site, Tables: map[string]string{
			"bgp": string(r.snap.BGP.Status), "rib": string(r.snap.RIB.Status),
			"sessions": string(r.snap.Sessions.Status), "interfaces": string(r.snap.Ports.Status),
		}})
	}
	for _, s := range g.subnets {
		ms := Subnet{
			ID: s.id, Prefixes: texts(s.Prefixes), Gateway: g.isGatewaySubnet(s),
			PrivateEndpoints: s.PrivateEndpoints, EndpointPolicies: s.EndpointPolicies, HostRoutes: g.hostRoutes(s), Evidence: []finding.Ref{ref(s.Ref)},
		}
		if t, ok := g.tables[strings.ToLower(s.RouteTable)]; ok {
			ms.RouteTable = "routetable/" + t.Name
		}
		m.Subnets = append(m.Subnets, ms)
	}
	for _, t := range g.snap.Azure.RouteTables {
		m.RouteTables = append(m.RouteTables, routeTable(t))
	}
	for _, f := range g.snap.Azure.Firewalls {
		mf := Firewall{ID: g.firewallID(&f), Addresses: []string{}, Evidence: []finding.Ref{ref(f.Ref)}}
		for _, a := range f.Addrs {
			mf.Addresses = append(mf.Addresses, a.String())
		}
		m.Firewalls = append(m.Firewalls, mf)
	}
	m.Firewalls = append(m.Firewalls, g.appliances()...)
	return m
}

func routeTable(t snapshot.RouteTable) RouteTable {
	mt := RouteTable{ID: "routetable/" + t.Name, DisablePropagation: t.DisablePropagation, Routes: []UserRoute{}}
	for _, u := range t.Routes {
		prefix := u.Tag
		if u.Prefix.IsValid() {
			prefix = u.Prefix.String()
		}
		mt.Routes = append(mt.Routes, UserRoute{Name: u.Name, Prefix: prefix, Type: u.Type, NextHop: text(u.NextHop), Evidence: []finding.Ref{ref(u.Ref)}})
	}
	return mt
}

func text(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// evidence is every item with its status, those that judging needs but nobody
// collected, and those with lines that were not understood.
func (g *Graph) evidence() []Evidence {
	unread := make(map[string][]snapshot.Unread)
	for _, u := range g.snap.Unread {
		unread[u.Item] = append(unread[u.Item], u)
	}
	out := make([]Evidence, 0, len(g.snap.Items))
	for _, it := range g.snap.Items {
		out = append(out, g.evidenceItem(it, unread[it.Path]))
	}
	for _, n := range g.needs() {
		out = n.add(out)
	}
	slices.SortFunc(out, func(a, b Evidence) int { return cmp.Compare(a.Item, b.Item) })
	return out
}

func (g *Graph) evidenceItem(it snapshot.Item, unread []snapshot.Unread) Evidence {
	e := Evidence{Item: it.Path, Status: string(it.Status), Detail: it.Detail, Age: -1}
	if len(unread) > 0 && it.Status == snapshot.OK {
		e.Status, e.Detail = "unread", notUnderstood(unread)
	}
	if !g.snap.At.IsZero() && !it.At.IsZero() {
		e.Age = max(0, int64(g.snap.At.Sub(it.At).Seconds()))
	}
	return e
}

// notUnderstood says which lines of an item were not understood, or why all of it was
// not.
func notUnderstood(unread []snapshot.Unread) string {
	const shown = 5
	var lines []string
	for _, u := range unread {
		if u.Line == 0 {
			return u.Text
		}
		lines = append(lines, strconv.Itoa(u.Line))
	}
	switch n := len(lines); {
	case n == 1:
		return "line " + lines[0] + " was not understood"
	case n > shown:
		return fmt.Sprintf("lines %s and %d more were not understood", strings.Join(lines[:shown], ", "), n-shown)
	}
	return "lines " + strings.Join(lines, ", ") + " were not understood"
}

// need is a table without which pairs cannot be judged.
type need struct {
	read snapshot.Read
	item string // to name it by when it was never collected
	what string
}

// more are the tables that judging can do without, and that say less than they seem
// to where they were read in part.
func (r *router) more() []need {
	out := []need{
		{r.snap.Tunnels.Read, r.snap.Tunnels.Item, "the list of tunnels of " + r.id},
		{r.snap.IPsec.IKE.Read, r.snap.IPsec.IKE.Item, "the IKE associations of " + r.id},
		{r.snap.IPsec.SAs.Read, r.snap.IPsec.SAs.Item, "the IPsec associations of " + r.id},
		{r.snap.MACsec.Read, r.snap.MACsec.Item, "the MACsec sessions of " + r.id},
		{r.snap.Config.Read, r.snap.Config.Item, "the configuration of " + r.id},
	}
	for _, a := range r.snap.AdjRIBs {
		if a.Status == snapshot.Empty {
			continue // the router says that there are none
		}
		out = append(out, need{a.Read, a.Item, "the routes " + a.Direction + " by " + r.id + " (" + a.Neighbor.String() + ")"})
	}
	return out
}

// outputs are the files that a platform's BGP table, routing table, BGP neighbours and
// interfaces can be pasted into where they were not collected.
func outputs(platform string) [4]string {
	switch platform {
	case "cisco_nxos":
		return [4]string{"show_ip_bgp_vrf_all.txt", "show_ip_route_vrf_all.txt", "show_ip_bgp_summary_vrf_all.txt", "show_ip_interface_vrf_all.txt"}
	case "cisco_xr":
		return [4]string{"show_bgp_ipv4_unicast.txt", "show_route.txt", "show_bgp_summary.txt", "show_ipv4_vrf_all_interface.txt"}
	case "arista_eos":
		return [4]string{"show_ip_bgp_vrf_all.txt", "show_ip_route_vrf_all.txt", "show_ip_bgp_summary_vrf_all.txt", "show_ip_interface.txt"}
	case "juniper_junos":
		return [4]string{
			"show_route_protocol_bgp_all_detail.txt", "show_route_active-path.txt",
			"show_bgp_neighbor.txt", "show_interfaces_terse_routing-instance_all.txt",
		}
	case "frr":
		return [4]string{"show_ip_bgp.txt", "show_ip_route.txt", "show_ip_bgp_summary.txt", "show_interface_brief.txt"}
	}
	return [4]string{"show_ip_bgp.txt", "show_ip_route.txt", "show_ip_bgp_summary.txt", "show_ip_interface.txt"}
}

// needs are the tables of the routers, gateways and edge routers that exist.
func (g *Graph) needs() []need {
	var out []need
	for _, r := range g.routers {
		base, said := "routers/"+r.snap.Name+"/", outputs(r.snap.Platform)
		out = append(out,
			need{r.snap.BGP.Read, base + said[0], "the BGP table of " + r.id},
			need{r.snap.RIB.Read, base + said[1], "the routing table of " + r.id},
			need{r.snap.Sessions.Read, base + said[2], "the list of BGP neighbours of " + r.id},
			need{r.snap.Ports.Read, base + said[3], "the list of interfaces of " + r.id})
		for _, n := range r.more() {
			if n.read.Status != snapshot.Missing {
				out = append(out, n)
			}
		}
	}
	for _, gw := range g.gateways {
		out = append(out, need{gw.Learned.Read, gw.id + " getLearnedRoutes", "the table of learned routes of " + gw.id})
	}
	for _, p := range g.peerings {
		out = append(out, need{p.table.Read, p.msee + " routeTables", "the route table of " + p.msee})
	}
	return out
}

// add puts a table that is missing, or less than its item says, into the list.
func (n need) add(es []Evidence) []Evidence {
	if n.read.Whole() {
		return es
	}
	if n.read.Status == snapshot.Missing {
		return append(es, Evidence{Item: n.item, Status: "missing", Detail: n.what + " was not collected", Age: -1})
	}
	i := slices.IndexFunc(es, func(e Evidence) bool { return e.Item == n.read.Item })
	if i >= 0 && (es[i].Status == string(snapshot.OK) || es[i].Status == "unread") {
		es[i].Status, es[i].Detail = string(n.read.Status), cmp.Or(n.read.Detail, es[i].Detail)
	}
	return es
}
