package graph

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// UnreadResource is a resource of Azure, or a list of resources of a type, that
// was not read whole: there may be more than what is known. Type is ARM's, in
// lower case.
type UnreadResource struct {
	ID       string        `json:"id"`
	Type     string        `json:"type"`
	Why      string        `json:"why"`
	Evidence []finding.Ref `json:"evidence"`
}

// ApplianceRoute is a user-defined route to an appliance's address, of a table
// that subnets use. Appliance is what has the address. Stale says why Azure drops
// what the route sends there, and Unknown why it is not known whether it does.
// Faults are what is wrong with the appliance though some packets pass, and Doubts
// why that is not known.
type ApplianceRoute struct {
	Table     string        `json:"table"`
	Route     string        `json:"route"`
	Prefix    string        `json:"prefix"`
	NextHop   string        `json:"nextHop"`
	Appliance string        `json:"appliance,omitempty"`
	Stale     string        `json:"stale,omitempty"`
	Unknown   string        `json:"unknown,omitempty"`
	Faults    []string      `json:"faults"`
	Doubts    []string      `json:"doubts"`
	Evidence  []finding.Ref `json:"evidence"`
}

// FirewallSubnet is an Azure Firewall's subnet, and what the firewall cannot
// reach from there. Status is "missing" where the subnet was not read, and the
// table's is that of its route table.
type FirewallSubnet struct {
	ID       string   `json:"id"` // the firewall's
	Subnet   string   `json:"subnet"`
	Status   string   `json:"status"`
	Gateways []string `json:"gateways"` // whose routes the network has
	Table    string   `json:"table,omitempty"`
	// Unreached are prefixes that the gateways learned and that the subnet's packets
	// do not get to, each with the route that they follow instead.
	Unreached []Unreached `json:"unreached"`
	// Default is the gateway that brings a default route, empty where none does. It
	// takes the firewall's own way to the Internet, unless a table has one
	// (DefaultKept) or the firewall is made for it (Forced).
	Default     string        `json:"default,omitempty"`
	DefaultKept bool          `json:"defaultKept"`
	Forced      bool          `json:"forced"`
	Unknown     string        `json:"unknown,omitempty"` // why routes may be others
	Evidence    []finding.Ref `json:"evidence"`
}

// Unreached is a prefix on the premises to which there is no way from a subnet:
// Why names the route that its packets follow.
type Unreached struct {
	Prefix   string        `json:"prefix"`
	Why      string        `json:"why"`
	Evidence []finding.Ref `json:"evidence"`
}

// unreadKinds are the types of resources that facts about appliances rest on, with
// the kind that IDs have.
func unreadKinds() map[string]string {
	return map[string]string{
		"virtualnetworks": "vnet", "routetables": "routetable", "azurefirewalls": "firewall",
		"connections": "connection", "virtualnetworkgateways": "gateway", "localnetworkgateways": "localsite",
		"expressroutecircuits": "circuit", "publicipaddresses": "publicip", "expressrouteports": "port",
	}
}

// unreadResources are the lists and resources that were not read whole.
func (g *Graph) unreadResources() []UnreadResource {
	out := []UnreadResource{}
	kinds := unreadKinds()
	for _, l := range g.snap.Azure.Lists {
		if kinds[l.Type] != "" && notRead(l) {
			why := "the list of " + l.Type + " of subscription " + l.Subscription + " is " + string(l.Status)
			out = append(out, UnreadResource{cmp.Or(l.Item, l.Subscription+"/"+l.Type), l.Type, why, itemRef(l.Item)})
		}
	}
	for _, it := range g.snap.Items {
		seg := strings.Split(it.Path, "/")
		if len(seg) != 5 || seg[0] != "azure" || it.Status == snapshot.OK {
			continue
		}
		typ := strings.ToLower(seg[2])
		if name, ok := strings.CutSuffix(seg[4], ".json"); ok && kinds[typ] != "" && !strings.Contains(name, ".") {
			out = append(out, UnreadResource{kinds[typ] + "/" + name, typ, "it was not read: " + cmp.Or(it.Detail, string(it.Status)), []finding.Ref{{Item: it.Path}}})
		}
	}
	for _, c := range g.snap.Azure.Connections {
		if c.Read.Status == snapshot.Partial {
			out = append(out, UnreadResource{"connection/" + c.Name, "connections", "it was not read whole: " + cmp.Or(c.Read.Detail, string(c.Read.Status)), []finding.Ref{ref(c.Ref)}})
		}
	}
	for _, u := range g.unreadCircuits() {
		out = append(out, UnreadResource{u.id, "expressroutecircuits", "a connection leads to it, and it was not read", []finding.Ref{u.ref}})
	}
	out = append(out, g.unlisted()...)
	slices.SortStableFunc(out, func(a, b UnreadResource) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b UnreadResource) bool { return a.ID == b.ID })
}

// itemRef is the place of a whole item, none for a list that has none.
func itemRef(item string) []finding.Ref {
	if item == "" {
		return nil
	}
	return []finding.Ref{{Item: item}}
}

// applianceRoutes are the routes to appliances of all tables that subnets use. Of
// one that several virtual networks follow, what is worst is told.
func (g *Graph) applianceRoutes() []ApplianceRoute {
	out := []ApplianceRoute{}
	for i := range g.snap.Azure.RouteTables {
		t := &g.snap.Azure.RouteTables[i]
		vnets := g.usersOf(t)
		if len(vnets) == 0 {
			continue
		}
		for _, u := range t.Routes {
			if u.Type != toAppliance {
				continue
			}
			r := ApplianceRoute{
				Table: "routetable/" + t.Name, Route: u.Name, Prefix: u.Tag, NextHop: text(u.NextHop), Evidence: []finding.Ref{ref(u.Ref)},
			}
			if u.Prefix.IsValid() {
				r.Prefix = u.Prefix.String()
			}
			for _, v := range vnets {
				r.merge(g.appliance(v, u.NextHop))
			}
			out = append(out, r)
		}
	}
	return out
}

// usersOf are the virtual networks with subnets that use a table.
func (g *Graph) usersOf(t *snapshot.RouteTable) []*snapshot.VNet {
	var out []*snapshot.VNet
	for _, s := range g.subnets {
		if strings.EqualFold(s.RouteTable, t.ID) && !slices.Contains(out, s.vnet) {
			out = append(out, s.vnet)
		}
	}
	return out
}

func (r *ApplianceRoute) merge(a *appliance) {
	r.Appliance = cmp.Or(r.Appliance, a.id)
	r.Stale = cmp.Or(r.Stale, a.stale)
	if a.id == "" {
		r.Unknown = cmp.Or(r.Unknown, a.unknown) // else only where it sends from is not known
	}
	for _, f := range a.faults {
		if !slices.Contains(r.Faults, f) {
			r.Faults = append(r.Faults, f)
		}
	}
	for _, d := range a.doubts {
		if !slices.Contains(r.Doubts, d) {
			r.Doubts = append(r.Doubts, d)
		}
	}
	for _, at := range a.refs {
		if !slices.Contains(r.Evidence, at) {
			r.Evidence = append(r.Evidence, at)
		}
	}
}

// firewallSubnets are those of all Azure Firewalls in virtual networks.
func (g *Graph) firewallSubnets() []FirewallSubnet {
	out := []FirewallSubnet{}
	for i := range g.snap.Azure.Firewalls {
		f := &g.snap.Azure.Firewalls[i]
		if f.Hub != "" || strings.EqualFold(f.SKU, "AZFW_Hub") {
			continue
		}
		out = append(out, g.firewallSubnet(f))
	}
	return out
}

func (g *Graph) firewallSubnet(f *snapshot.Firewall) FirewallSubnet {
	fs := FirewallSubnet{ID: g.firewallID(f), Subnet: "subnet/" + lastOf(f.Subnet), Status: wasNotRead, Forced: f.Management != "", Evidence: []finding.Ref{ref(f.Ref)}}
	s := g.subnetByID(f.Subnet)
	if s == nil {
		fs.Unknown = "the subnet of the firewall was not read"
		return fs
	}
	fs.Subnet, fs.Status = s.id, wasRead
	fs.Evidence = append(fs.Evidence, ref(s.Ref))
	why := slices.Clone(s.blind)
	known := s.RouteTable == ""
	if !known {
		fs.Table = "routetable/" + lastOf(s.RouteTable)
		if t := g.tables[strings.ToLower(s.RouteTable)]; t != nil {
			known = true
			fs.Table = "routetable/" + t.Name
			fs.Evidence = append(fs.Evidence, ref(t.Ref))
		}
	}
	all := netip.MustParsePrefix("0.0.0.0/0")
	for _, gw := range g.gatewaysFor(s.vnet) {
		fs.Gateways = append(fs.Gateways, gw.id)
		if _, ok := gw.offers.Get(all); ok && known && slices.Contains(s.from, gw) {
			fs.Default = gw.id
		}
		if gw.blind != "" && !slices.Contains(why, gw.blind) {
			why = append(why, gw.blind)
		}
		fs.reach(g, s, gw)
	}
	slices.SortFunc(fs.Unreached, func(a, b Unreached) int { return cmp.Compare(a.Prefix, b.Prefix) })
	fs.DefaultKept = slices.ContainsFunc(s.routes, func(r *azRoute) bool { return r.source == fromUser && r.prefix == all && r.kind == "Internet" })
	fs.Unknown = strings.Join(why, "; ")
	return fs
}

// reach adds the prefixes of a gateway's routes that packets from the subnet do
// not get to. A default route is none of the premises' prefixes.
func (fs *FirewallSubnet) reach(g *Graph, s *subnet, gw *gateway) {
	for p := range gw.offers.AllSorted() {
		if p.Bits() == 0 || slices.ContainsFunc(fs.Unreached, func(u Unreached) bool { return u.Prefix == p.String() }) {
			continue
		}
		c := g.decideAt(s, p.Addr(), outage{})
		switch {
		case c == nil:
			fs.Unreached = append(fs.Unreached, Unreached{Prefix: p.String(), Why: "no route matches"})
		case c.route.kind == "None" || c.route.kind == "Internet":
			why := c.route.prefix.String() + " to " + c.route.kind + ", " + c.route.label
			fs.Unreached = append(fs.Unreached, Unreached{p.String(), why, c.route.refs})
		}
	}
}
