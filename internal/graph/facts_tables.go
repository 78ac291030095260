package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// AttachedTable is a route table that subnets use. Status is ok, or "missing"
// where it was not read. Coexisting is whether a VPN and an ExpressRoute gateway
// both serve one of these subnets, and Unknown why that may be although only one
// of them, or none, is known.
type AttachedTable struct {
	ID         string   `json:"id"`
	Status     string   `json:"status"`
	Subnets    []string `json:"subnets"`
	Coexisting bool     `json:"coexisting"`
	Unknown    string   `json:"unknown,omitempty"`
	// ToGateway are its routes with the next hop type VirtualNetworkGateway.
	ToGateway []UserRoute   `json:"toGateway"`
	Evidence  []finding.Ref `json:"evidence"`
}

// attachedTables are the route tables that subnets use.
func (g *Graph) attachedTables() []AttachedTable {
	out := []AttachedTable{}
	at := make(map[string]int)
	for _, s := range g.subnets {
		if s.RouteTable == "" {
			continue
		}
		key := strings.ToLower(s.RouteTable)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, g.attachedTable(key))
		}
		t := &out[i]
		t.Subnets = append(t.Subnets, s.id)
		t.Evidence = append(t.Evidence, ref(s.Ref))
		both, unknown := g.coexist(s)
		t.Coexisting = t.Coexisting || both
		t.Unknown = cmp.Or(t.Unknown, unknown)
	}
	for i := range out {
		if out[i].Coexisting {
			out[i].Unknown = ""
		}
	}
	return out
}

func (g *Graph) attachedTable(id string) AttachedTable {
	t, ok := g.tables[id]
	if !ok {
		return AttachedTable{ID: "routetable/" + lastOf(id), Status: wasNotRead}
	}
	out := AttachedTable{ID: "routetable/" + t.Name, Status: wasRead, Evidence: []finding.Ref{ref(t.Ref)}}
	for _, u := range routeTable(*t).Routes {
		if u.Type == "VirtualNetworkGateway" {
			out.ToGateway = append(out.ToGateway, u)
		}
	}
	return out
}

// coexist reports whether gateways of both types serve a subnet, or else why
// there may be one that is not known.
func (g *Graph) coexist(s *subnet) (both bool, unknown string) {
	serve := g.gatewaysFor(s.vnet)
	has := func(t snapshot.GatewayType) bool {
		return slices.ContainsFunc(serve, func(gw *gateway) bool { return gw.Type == t })
	}
	if has(snapshot.VPN) && has(snapshot.ExpressRoute) {
		return true, ""
	}
	why := slices.Clone(g.absent)
	if hub, ok := g.unreadHub(s.vnet); ok {
		why = append(why, "the VNet "+hub+", whose gateways it uses, was not read")
	}
	return false, strings.Join(why, "; ")
}
