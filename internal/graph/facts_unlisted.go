package graph

import (
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// unlisted are resources and lists that evidence lacks of which nobody vouches that it
// is whole: in a directory made by hand there is no list that says what there is. A
// type of which there is nothing was not read, and neither was what another resource
// names, or must have: what ends nowhere ends in something else.
func (g *Graph) unlisted() []UnreadResource {
	var out []UnreadResource
	for _, typ := range []string{
		"azurefirewalls", "connections", "expressroutecircuits", "routetables", "virtualnetworkgateways", "virtualnetworks",
	} {
		if found, subs := g.ofType(typ); !found {
			for _, sub := range subs {
				out = append(out, UnreadResource{sub + "/" + typ, typ, "the list of " + typ + " of subscription " + sub + " was not read", nil})
			}
		}
	}
	for _, n := range g.named() {
		seg := strings.Split(n.id, "/")
		typ := typeOf(seg)
		if kind := unreadKinds()[typ]; kind != "" && !g.has(typ, n.id) && !g.vouched(seg, typ) {
			out = append(out, UnreadResource{kind + "/" + lastOf(n.id), typ, n.by + " leads to it, and it was not read", []finding.Ref{ref(n.ref)}})
		}
	}
	return append(out, g.unconnected()...)
}

// ofType reports whether the evidence has a resource of a type, or a list of them, and
// the subscriptions that it has anything of.
func (g *Graph) ofType(typ string) (found bool, subs []string) {
	for _, l := range g.snap.Azure.Lists {
		found = found || l.Type == typ
	}
	for _, it := range g.snap.Items {
		seg := strings.Split(strings.ToLower(it.Path), "/")
		if len(seg) < 3 || seg[0] != "azure" {
			continue
		}
		found = found || len(seg) == 5 && seg[2] == typ
		if !slices.Contains(subs, seg[1]) {
			subs = append(subs, seg[1])
		}
	}
	return found, subs
}

// vouched reports whether there is a list of a resource's type in its subscription.
func (g *Graph) vouched(id []string, typ string) bool {
	return slices.ContainsFunc(g.snap.Azure.Lists, func(l snapshot.List) bool {
		return l.Type == typ && len(id) > 2 && l.Subscription == id[2]
	})
}

// typeOf is the type in an ARM ID of a resource of the network provider, cut at the
// slashes: /subscriptions/S/resourcegroups/G/providers/microsoft.network/TYPE/NAME.
func typeOf(id []string) string {
	if len(id) != 9 {
		return ""
	}
	return id[7]
}

// mention is a resource's ARM ID, in lower case, and what names it.
type mention struct {
	id, by string
	ref    snapshot.Ref
}

// named are the resources that others name.
func (g *Graph) named() []mention {
	a := &g.snap.Azure
	var out []mention
	vnetOf := func(subnet string) string {
		vnet, _, _ := strings.Cut(subnet, "/subnets/")
		return vnet
	}
	for i := range a.VNets {
		v := &a.VNets[i]
		for _, p := range v.Peerings {
			out = append(out, mention{p.Remote, "a peering of vnet/" + v.Name, p.Ref})
		}
		for _, s := range v.Subnets {
			out = append(out, mention{s.RouteTable, "subnet " + s.Name + " of vnet/" + v.Name, s.Ref})
		}
	}
	for i := range a.Gateways {
		w := &a.Gateways[i]
		out = append(out, mention{vnetOf(w.Subnet), "gateway/" + w.Name, w.Ref})
	}
	for i := range a.Firewalls {
		f := &a.Firewalls[i]
		out = append(out, mention{vnetOf(f.Subnet), "firewall/" + f.Name, f.Ref})
	}
	for i := range a.Connections {
		c := &a.Connections[i]
		out = append(out, mention{c.Gateway, "connection/" + c.Name, c.Ref}, mention{c.LocalSite, "connection/" + c.Name, c.Ref})
	}
	return out
}

// has reports whether a resource was read.
func (g *Graph) has(typ, id string) bool {
	a := &g.snap.Azure
	is := func(other string) bool { return strings.EqualFold(other, id) }
	switch typ {
	case "virtualnetworks":
		return slices.ContainsFunc(a.VNets, func(v snapshot.VNet) bool { return is(v.ID) })
	case "routetables":
		return slices.ContainsFunc(a.RouteTables, func(t snapshot.RouteTable) bool { return is(t.ID) })
	case "virtualnetworkgateways":
		return slices.ContainsFunc(a.Gateways, func(w snapshot.Gateway) bool { return is(w.ID) })
	case "localnetworkgateways":
		return slices.ContainsFunc(a.LocalSites, func(s snapshot.LocalNetworkGateway) bool { return is(s.ID) })
	}
	return true // nothing that is looked at names one
}

// unconnected are the connections that must be there, and are not, where nobody
// vouches that all are: a local network gateway is there for one, and so is a gateway.
func (g *Graph) unconnected() []UnreadResource {
	a := &g.snap.Azure
	var out []UnreadResource
	lacks := func(id, name string, at snapshot.Ref, end func(c snapshot.Connection) string) {
		joined := slices.ContainsFunc(a.Connections, func(c snapshot.Connection) bool { return strings.EqualFold(end(c), id) })
		if !joined && !g.vouched(strings.Split(id, "/"), "connections") {
			out = append(out, UnreadResource{"connection of " + name, "connections", "no connection that was read is of " + name, []finding.Ref{ref(at)}})
		}
	}
	for i := range a.Gateways {
		w := &a.Gateways[i]
		lacks(w.ID, "gateway/"+w.Name, w.Ref, func(c snapshot.Connection) string { return c.Gateway })
	}
	for i := range a.LocalSites {
		s := &a.LocalSites[i]
		lacks(s.ID, "localsite/"+s.Name, s.Ref, func(c snapshot.Connection) string { return c.LocalSite })
	}
	return out
}
