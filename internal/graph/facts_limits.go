package graph

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// The kinds of route counts, each with a limit of its own. Azure counts IPv6
// prefixes apart.
const (
	countPeering        = "private peering"         // what a router advertises over one link
	countPeeringPremium = "premium private peering" // the same, of a circuit with the premium add-on
	countPeering6       = "private peering IPv6"
	countVPN            = "VPN gateway" // what a VPN gateway learned
	countAdvertised     = "advertised"  // what an ExpressRoute gateway advertises to an edge router
	countAdvertised6    = "advertised IPv6"
	countUserRoutes     = "user-defined routes" // of one route table
)

// RouteCount is how many routes of a kind a resource has, each prefix counted
// once. Status is that of the table they were counted in, "missing" where nobody
// collected it; unless it is ok, there may be more.
type RouteCount struct {
	ID       string        `json:"id"`
	Kind     string        `json:"kind"`
	Count    int           `json:"count"`
	Status   string        `json:"status"`
	Evidence []finding.Ref `json:"evidence"`
}

// routeCounts are the counts of all tables whose size Azure bounds.
func (g *Graph) routeCounts() []RouteCount {
	out := []RouteCount{}
	for _, p := range g.peerings {
		out = append(out, p.counts()...)
	}
	for _, gw := range g.gateways {
		out = append(out, gw.counts()...)
	}
	return slices.Concat(out, g.unreadCounts(), g.tableCounts())
}

// unreadCounts are those of circuits and gateways that connections name and that
// were not read.
func (g *Graph) unreadCounts() []RouteCount {
	var out []RouteCount
	add := func(id, kind string, c *snapshot.Connection) {
		if !slices.ContainsFunc(out, func(o RouteCount) bool { return o.ID == id }) {
			out = append(out, RouteCount{ID: id, Kind: kind, Status: wasNotRead, Evidence: []finding.Ref{ref(c.Ref)}})
		}
	}
	for i := range g.snap.Azure.Connections {
		c := &g.snap.Azure.Connections[i]
		known := func(o snapshot.Circuit) bool { return o.ID == c.Circuit }
		if c.Circuit != "" && !slices.ContainsFunc(g.snap.Azure.Circuits, known) {
			add("circuit/"+lastOf(c.Circuit), countPeering, c)
		}
		if c.Gateway == "" || g.gatewayOf(c) != nil {
			continue
		}
		kind := countVPN
		if c.Circuit != "" {
			kind = countAdvertised
		}
		add("gateway/"+lastOf(c.Gateway), kind, c)
	}
	return out
}

// counts are what the customer's router advertises over the link.
func (p *peering) counts() []RouteCount {
	var v4, v6 prefixCount
	for _, row := range p.table.Routes {
		switch {
		case !p.isCustomer(row.NextHop):
		case row.Prefix.Addr().Is4():
			v4.add(row.Prefix)
		default:
			v6.add(row.Prefix)
		}
	}
	kind := countPeering
	if strings.EqualFold(p.circuit.Tier, "Premium") {
		kind = countPeeringPremium
	}
	out := []RouteCount{v4.of(p.id, kind, p.table.Read, p.circuit.Ref)}
	if p.customer6.IsValid() || len(v6.seen) > 0 {
		out = append(out, v6.of(p.id, countPeering6, p.table.Read, p.circuit.Ref))
	}
	return out
}

// counts are what a VPN gateway learned, or what an ExpressRoute gateway
// advertises to that of its peers which gets the most.
func (gw *gateway) counts() []RouteCount {
	if gw.Type == snapshot.VPN {
		var n prefixCount
		for _, row := range gw.Learned.Routes {
			if row.NextHop.IsValid() && !strings.EqualFold(row.Origin, "Network") {
				n.add(row.Prefix)
			}
		}
		return []RouteCount{n.of(gw.id, countVPN, gw.Learned.Read, gw.Ref)}
	}
	if len(gw.Advertised) == 0 {
		return []RouteCount{(&prefixCount{}).of(gw.id, countAdvertised, snapshot.Read{}, gw.Ref)}
	}
	v4, v6 := gw.advertised(countAdvertised, 0), gw.advertised(countAdvertised6, 1)
	if v6.Count == 0 && v6.Status == wasRead {
		return []RouteCount{v4}
	}
	return []RouteCount{v4, v6}
}

// advertised is the count of the peer that gets the most prefixes of a family. It
// is whole when all peers' are.
func (gw *gateway) advertised(kind string, of int) RouteCount {
	var most RouteCount
	status := wasRead
	for _, a := range gw.Advertised {
		var n prefixCount
		for _, row := range a.Routes {
			if family(row.Prefix) == of {
				n.add(row.Prefix)
			}
		}
		c := n.of(gw.id, kind, a.Read, gw.Ref)
		if most.ID == "" || c.Count > most.Count {
			most = c
		}
		if status == wasRead {
			status = c.Status
		}
	}
	most.Status = status
	return most
}

func family(p netip.Prefix) int {
	if p.Addr().Is4() {
		return 0
	}
	return 1
}

// tableCounts are the user-defined routes of every table, and of those that
// subnets name and nobody read.
func (g *Graph) tableCounts() []RouteCount {
	var out []RouteCount
	for _, t := range g.snap.Azure.RouteTables {
		out = append(out, RouteCount{ID: "routetable/" + t.Name, Kind: countUserRoutes, Count: len(t.Routes), Status: wasRead, Evidence: []finding.Ref{ref(t.Ref)}})
	}
	for _, s := range g.subnets {
		if s.RouteTable == "" || g.tables[strings.ToLower(s.RouteTable)] != nil {
			continue
		}
		id := "routetable/" + lastOf(s.RouteTable)
		if !slices.ContainsFunc(out, func(c RouteCount) bool { return c.ID == id }) {
			out = append(out, RouteCount{ID: id, Kind: countUserRoutes, Status: wasNotRead, Evidence: []finding.Ref{ref(s.Ref)}})
		}
	}
	return out
}

// prefixCount counts prefixes, each once.
type prefixCount struct{ seen map[netip.Prefix]bool }

func (n *prefixCount) add(p netip.Prefix) {
	if n.seen == nil {
		n.seen = make(map[netip.Prefix]bool)
	}
	n.seen[p.Masked()] = true
}

// of is the count of a table, with the table as evidence, or else the resource
// that the table is of.
func (n *prefixCount) of(id, kind string, read snapshot.Read, resource snapshot.Ref) RouteCount {
	c := RouteCount{ID: id, Kind: kind, Count: len(n.seen), Status: string(read.Status), Evidence: []finding.Ref{{Item: read.Item}}}
	if read.Status == snapshot.Missing {
		c.Status = wasNotRead
	}
	if read.Item == "" {
		c.Evidence = []finding.Ref{ref(resource)}
	}
	return c
}
