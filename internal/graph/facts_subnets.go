package graph

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// How a resource that others name was read.
const (
	wasRead    = "ok"
	wasNotRead = "missing"
	isNone     = "none" // there is none
)

// GatewaySubnet is a subnet that holds virtual network gateways, or is there for
// them. Status is "missing" where the virtual network of a gateway was not read:
// nothing else is then known of it.
type GatewaySubnet struct {
	ID       string        `json:"id"`
	VNet     string        `json:"vnet"`
	Status   string        `json:"status"`
	Prefixes []string      `json:"prefixes"`
	NSG      string        `json:"nsg,omitempty"`
	Table    GatewayTable  `json:"table"`
	Gateways []string      `json:"gateways"`
	Evidence []finding.Ref `json:"evidence"`
}

// GatewayTable is a GatewaySubnet's route table. Status is ok, "none" where the
// subnet has none, and "missing" where it was not read.
type GatewayTable struct {
	ID                 string         `json:"id,omitempty"`
	Status             string         `json:"status"`
	DisablePropagation bool           `json:"disablePropagation"`
	Routes             []GatewayRoute `json:"routes"`
	Evidence           []finding.Ref  `json:"evidence"`
}

// GatewayRoute is a user-defined route of a GatewaySubnet and what it takes hold
// of there.
type GatewayRoute struct {
	Name    string `json:"name"`
	Prefix  string `json:"prefix"`
	Type    string `json:"type"`
	NextHop string `json:"nextHop,omitempty"`
	// Default is whether the route, alone or together with others of the table,
	// covers all public addresses of IPv4 or of IPv6: 0.0.0.0/0 does, and so do
	// 0.0.0.0/1 and 128.0.0.0/1.
	Default bool `json:"default"`
	// Takes are the gateways' own addresses whose packets follow this route
	// instead of Azure's own, and MayTake those of which it is not known. A
	// default route is left out.
	Takes    []string      `json:"takes"`
	MayTake  []string      `json:"mayTake"`
	Evidence []finding.Ref `json:"evidence"`
}

// GatewayVNet is a virtual network with gateways. Summaries are what these
// advertise instead of its address space (summarizedGatewayPrefixes), Holding those
// of them that a GatewaySubnet is in, and Outside are prefixes of the address space
// that no summary covers.
type GatewayVNet struct {
	ID        string        `json:"id"`
	Status    string        `json:"status"`
	Prefixes  []string      `json:"prefixes"`
	Summaries []string      `json:"summaries"`
	Holding   []string      `json:"holding"`
	Outside   []string      `json:"outside"`
	Gateways  []string      `json:"gateways"`
	Evidence  []finding.Ref `json:"evidence"`
}

// gatewaySubnets are the subnets that hold gateways, read or not.
func (g *Graph) gatewaySubnets() []GatewaySubnet {
	out := []GatewaySubnet{}
	for _, s := range g.subnets {
		if g.isGatewaySubnet(s) {
			out = append(out, g.gatewaySubnet(s))
		}
	}
	for _, gw := range g.gateways {
		if gw.subnet != nil {
			continue
		}
		id, vnet := unreadSubnet(gw)
		i := slices.IndexFunc(out, func(s GatewaySubnet) bool { return s.ID == id })
		if i < 0 {
			i = len(out)
			out = append(out, GatewaySubnet{ID: id, VNet: vnet, Status: wasNotRead, Table: GatewayTable{Status: wasNotRead}})
		}
		out[i].Gateways = append(out[i].Gateways, gw.id)
		out[i].Evidence = append(out[i].Evidence, ref(gw.Ref))
	}
	return out
}

// unreadSubnet names the subnet of a gateway by the ARM ID that the gateway gives.
func unreadSubnet(gw *gateway) (id, vnet string) {
	seg := strings.Split(gw.Subnet, "/")
	if len(seg) < 4 {
		return "subnet/unknown/" + gw.Name, "vnet/unknown/" + gw.Name
	}
	name := seg[len(seg)-1]
	if strings.EqualFold(name, "GatewaySubnet") {
		name = "GatewaySubnet" // ARM IDs are kept in lower case
	}
	return "subnet/" + seg[len(seg)-3] + "/" + name, "vnet/" + seg[len(seg)-3]
}

func (g *Graph) gatewaySubnet(s *subnet) GatewaySubnet {
	gs := GatewaySubnet{
		ID: s.id, VNet: "vnet/" + s.vnet.Name, Status: wasRead, Prefixes: texts(s.Prefixes),
		Table: g.gatewayTable(s), Gateways: []string{}, Evidence: []finding.Ref{ref(s.Ref)},
	}
	if s.NSG != "" {
		gs.NSG = "nsg/" + lastOf(s.NSG)
	}
	for _, gw := range g.gateways {
		if gw.subnet == s {
			gs.Gateways = append(gs.Gateways, gw.id)
		}
	}
	return gs
}

// lastOf is the name in an ARM ID.
func lastOf(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

func (g *Graph) gatewayTable(s *subnet) GatewayTable {
	if s.RouteTable == "" {
		return GatewayTable{Status: isNone}
	}
	t, ok := g.tables[strings.ToLower(s.RouteTable)]
	if !ok {
		return GatewayTable{ID: "routetable/" + lastOf(s.RouteTable), Status: wasNotRead, Evidence: []finding.Ref{ref(s.Ref)}}
	}
	out := GatewayTable{ID: "routetable/" + t.Name, Status: wasRead, DisablePropagation: t.DisablePropagation, Evidence: []finding.Ref{ref(t.Ref)}}
	whole := defaults(t)
	own := g.ownAddresses(s)
	for i, u := range routeTable(*t).Routes {
		r := GatewayRoute{Name: u.Name, Prefix: u.Prefix, Type: u.Type, NextHop: u.NextHop, Default: whole[i], Evidence: u.Evidence}
		for _, a := range own {
			switch a.follows(t.Routes[i], t, s.vnet) {
			case follows:
				r.Takes = append(r.Takes, a.what)
			case mayFollow:
				r.MayTake = append(r.MayTake, a.what)
			case passesBy:
			}
		}
		out.Routes = append(out.Routes, r)
	}
	return out
}

// defaults says of each route of a table whether it is one that makes up a
// default route: it is not inside another one's prefix, and together these cover
// every public unicast address of their family. The service tag Internet stands
// for just these addresses (virtual-network/service-tags-overview).
func defaults(t *snapshot.RouteTable) []bool {
	out := make([]bool, len(t.Routes))
	for _, public := range [][]span{publicIPv4(), publicIPv6()} {
		var all []span
		for _, u := range t.Routes {
			if u.Prefix.IsValid() {
				all = append(all, spanOf(u.Prefix))
			}
		}
		if len(subtract(public, all)) > 0 {
			continue
		}
		for i, u := range t.Routes {
			out[i] = out[i] || u.Prefix.IsValid() && overlaps(public, spanOf(u.Prefix)) && !insideAnother(u, t)
		}
	}
	for i, u := range t.Routes {
		out[i] = out[i] || strings.EqualFold(u.Tag, "Internet")
	}
	return out
}

// publicIPv4 are the unicast addresses of IPv4 but for those of private networks,
// the loopback and link-local ones.
func publicIPv4() []span {
	var not []netip.Prefix
	for _, p := range []string{"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"} {
		not = append(not, netip.MustParsePrefix(p))
	}
	return subtract(spans([]netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}), spans(not))
}

// publicIPv6 are the global unicast addresses (RFC 4291, section 2.4).
func publicIPv6() []span { return spans([]netip.Prefix{netip.MustParsePrefix("2000::/3")}) }

// isPublic reports whether s has public addresses.
func isPublic(s span) bool { return overlaps(publicIPv4(), s) || overlaps(publicIPv6(), s) }

func insideAnother(u snapshot.UserRoute, t *snapshot.RouteTable) bool {
	return slices.ContainsFunc(t.Routes, func(o snapshot.UserRoute) bool {
		return o.Prefix.IsValid() && o.Prefix.Bits() < u.Prefix.Bits() && o.Prefix.Contains(u.Prefix.Addr())
	})
}

// gatewayVNets are the virtual networks that have gateways, read or not.
func (g *Graph) gatewayVNets() []GatewayVNet {
	out := []GatewayVNet{}
	at := make(map[string]int)
	for _, s := range g.gatewaySubnets() {
		i, ok := at[s.VNet]
		if !ok {
			i = len(out)
			at[s.VNet] = i
			out = append(out, GatewayVNet{ID: s.VNet, Status: s.Status, Evidence: s.Evidence})
		}
		out[i].Gateways = append(out[i].Gateways, s.Gateways...)
	}
	for _, v := range g.snap.Azure.VNets {
		i, ok := at["vnet/"+v.Name]
		if !ok || out[i].Status != wasRead {
			continue
		}
		out[i].Prefixes, out[i].Summaries, out[i].Evidence = texts(v.Prefixes), texts(v.Summaries), []finding.Ref{ref(v.Ref)}
		if len(v.Summaries) > 0 {
			out[i].Holding = texts(g.holding(&v))
			out[i].Outside = texts(coverSpans(subtract(spans(v.Prefixes), spans(v.Summaries))))
		}
	}
	slices.SortFunc(out, func(a, b GatewayVNet) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// holding are the summaries of a virtual network that one of its GatewaySubnets is in.
func (g *Graph) holding(v *snapshot.VNet) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range v.Summaries {
		if slices.ContainsFunc(g.subnets, func(s *subnet) bool {
			return s.vnet.ID == v.ID && g.isGatewaySubnet(s) && slices.ContainsFunc(s.Prefixes, p.Overlaps)
		}) {
			out = append(out, p)
		}
	}
	return out
}

// hostRoutes reports whether the table of a GatewaySubnet has a route of a single
// address in a subnet, as private endpoints are routed by where their own routes do
// not give way.
func (g *Graph) hostRoutes(s *subnet) bool {
	if s.PrivateEndpoints == 0 {
		return false
	}
	for _, gs := range g.subnets {
		t, ok := g.tables[strings.ToLower(gs.RouteTable)]
		if !ok || !g.isGatewaySubnet(gs) {
			continue
		}
		for _, r := range t.Routes {
			if r.Prefix.IsValid() && r.Prefix.IsSingleIP() && slices.ContainsFunc(s.Prefixes, func(p netip.Prefix) bool { return p.Contains(r.Prefix.Addr()) }) {
				return true
			}
		}
	}
	return false
}
