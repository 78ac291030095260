package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// toAppliance is ARM's next hop type of a route to an appliance's address.
const toAppliance = "VirtualAppliance"

// appliance is what a user-defined route's next hop address leads to, as seen
// from one virtual network: a firewall, a load balancer's front end with the
// machines behind it, or a machine that forwards. All that is behind one front end
// is one appliance: it keeps both directions of a flow on one machine only when
// both go to that front end.
type appliance struct {
	// id is firewall/NAME or appliance/NAME, empty where nothing known has the
	// address.
	id string
	// subnets are those that it sends packets on from, by the routes of which
	// they go further; its own routes inside are not known to Azure.
	subnets []*subnet
	// stale says why Azure drops what is sent to the address, and unknown why it is
	// not known what becomes of it. At most one of them is set.
	stale   string
	unknown string
	// faults are what is wrong with it though packets may pass, and doubts why that
	// is not known.
	faults []string
	doubts []string
	refs   []finding.Ref
}

// applianceKey names what is remembered of appliances: an address may belong to
// different things in networks that know nothing of each other.
type applianceKey struct {
	vnet string
	addr netip.Addr
}

// appliance is what has an address, for packets from a VNet.
func (g *Graph) appliance(v *snapshot.VNet, a netip.Addr) *appliance {
	key := applianceKey{v.ID, a}
	if known, ok := g.hops[key]; ok {
		return known
	}
	out := g.findAppliance(v, a)
	g.hops[key] = out
	return out
}

// appliances are those that user-defined routes lead to, but for firewalls.
func (g *Graph) appliances() []Firewall {
	var out []Firewall
	for key, a := range g.hops {
		if !strings.HasPrefix(a.id, "appliance/") {
			continue
		}
		i := slices.IndexFunc(out, func(f Firewall) bool { return f.ID == a.id })
		if i < 0 {
			i = len(out)
			out = append(out, Firewall{ID: a.id, Evidence: a.refs})
		}
		if addr := key.addr.String(); !slices.Contains(out[i].Addresses, addr) {
			out[i].Addresses = append(out[i].Addresses, addr)
		}
	}
	for i := range out {
		slices.Sort(out[i].Addresses)
	}
	slices.SortFunc(out, func(a, b Firewall) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// findAppliance tries all that has the address, and takes the first that is in
// reach of the VNet.
func (g *Graph) findAppliance(v *snapshot.VNet, a netip.Addr) *appliance {
	if !a.IsValid() {
		return &appliance{unknown: "no address is given to send to"}
	}
	for i := range g.snap.Azure.Firewalls {
		if f := &g.snap.Azure.Firewalls[i]; slices.Contains(f.Addrs, a) && g.reaches(v, f.Subnet) {
			return g.azureFirewall(f)
		}
	}
	for i := range g.snap.Azure.LoadBalancers {
		l := &g.snap.Azure.LoadBalancers[i]
		for j := range l.Frontends {
			if f := &l.Frontends[j]; f.Addr == a && f.Subnet != "" && g.reaches(v, f.Subnet) {
				return g.frontend(l, f)
			}
		}
	}
	for i := range g.snap.Azure.NICs {
		n := &g.snap.Azure.NICs[i]
		for j := range n.Configs {
			if c := &n.Configs[j]; hasAddr(c, a) && g.reaches(v, c.Subnet) {
				return g.machine(n)
			}
		}
	}
	return g.nobody(v, a)
}

// reaches reports whether Azure sends packets of a VNet's machines straight to a
// subnet, as it must to a route's next hop (virtual-networks-udr-overview): one of
// the VNet itself or of a peered one. It may where the subnet was not read.
func (g *Graph) reaches(v *snapshot.VNet, subnet string) bool {
	s := g.subnetByID(subnet)
	if s == nil || s.vnet.ID == v.ID || len(g.virtualHubs(v)) > 0 {
		return true
	}
	return slices.ContainsFunc(v.Peerings, func(p snapshot.Peering) bool { return p.Connected && p.Remote == s.vnet.ID })
}

func (g *Graph) azureFirewall(f *snapshot.Firewall) *appliance {
	out := &appliance{id: g.firewallID(f), refs: []finding.Ref{ref(f.Ref)}}
	if at := g.subnetByID(f.Subnet); at != nil {
		out.subnets = []*subnet{at}
	} else {
		out.unknown = "the subnet of " + out.id + " was not read"
	}
	return out
}

// firewallID is a firewall's name, with its resource group where several have it.
func (g *Graph) firewallID(f *snapshot.Firewall) string {
	var ids []string
	for _, o := range g.snap.Azure.Firewalls {
		ids = append(ids, o.ID)
	}
	return "firewall/" + distinct(f.ID, f.Name, ids)
}

// distinct is a resource's name, and with it as much of the ARM ID as tells it
// apart from the others of its type.
func distinct(id, name string, all []string) string {
	var same []string
	for _, o := range all {
		if o != id && strings.EqualFold(lastOf(o), lastOf(id)) {
			same = append(same, o)
		}
	}
	if len(same) == 0 {
		return name
	}
	sub, group := segment(id, "subscriptions"), segment(id, "resourcegroups")
	if slices.ContainsFunc(same, func(o string) bool { return segment(o, "resourcegroups") == group }) {
		return sub + "/" + group + "/" + name
	}
	return group + "/" + name
}

// segment is what follows a word of an ARM ID.
func segment(id, word string) string {
	seg := strings.Split(strings.ToLower(id), "/")
	if i := slices.Index(seg, word); i >= 0 && i+1 < len(seg) {
		return seg[i+1]
	}
	return ""
}

// machine is a network interface's machine. All interfaces of one machine are one
// appliance.
func (g *Graph) machine(n *snapshot.NIC) *appliance {
	out := &appliance{refs: []finding.Ref{ref(n.Ref)}}
	if !n.Forwarding {
		out.stale = fmt.Sprintf("network interface %s has the address and does not forward (enableIPForwarding is false)", n.Name)
		return out
	}
	out.id = g.machineID(n)
	out.sendsFrom(g, n)
	return out
}

// machineID is the name of an interface's machine, or its own where it has none.
func (g *Graph) machineID(n *snapshot.NIC) string {
	var ids []string
	id, name := n.VM, lastOf(n.VM)
	if id == "" {
		id, name = n.ID, n.Name
	}
	for i := range g.snap.Azure.NICs {
		if o := &g.snap.Azure.NICs[i]; o.Forwarding {
			ids = append(ids, cmp.Or(o.VM, o.ID))
		}
	}
	return "appliance/" + distinct(id, name, ids)
}

// sendsFrom adds the subnets of the interfaces that the machine of n may send
// packets on from.
func (a *appliance) sendsFrom(g *Graph, n *snapshot.NIC) {
	for i := range g.snap.Azure.NICs {
		o := &g.snap.Azure.NICs[i]
		if o.ID != n.ID && (n.VM == "" || !strings.EqualFold(o.VM, n.VM) || !o.Forwarding) {
			continue
		}
		for _, c := range o.Configs {
			a.at(g, c.Subnet, "network interface "+o.Name)
		}
	}
}

// at adds a subnet that packets are sent on from.
func (a *appliance) at(g *Graph, id, of string) {
	s := g.subnetByID(id)
	if s == nil {
		a.unknown = "the subnet of " + of + " was not read"
		return
	}
	if !slices.Contains(a.subnets, s) {
		a.subnets = append(a.subnets, s)
	}
}

// nobody is an address that nothing known has: nothing there is where nothing can
// be, or where all is known.
func (g *Graph) nobody(v *snapshot.VNet, a netip.Addr) *appliance {
	at, ok := g.networkOf(v, a)
	switch {
	case !ok && len(g.virtualHubs(v)) > 0:
		return &appliance{unknown: "it may be in a virtual hub: " + strings.Join(g.virtualHubs(v), "; ")}
	case !ok:
		return &appliance{stale: "it is neither in vnet/" + v.Name + " nor in a virtual network peered with it, and Azure sends to no other next hop", refs: []finding.Ref{ref(v.Ref)}}
	case at == nil:
		return &appliance{unknown: "the virtual network that it is in was not read"}
	}
	i := slices.IndexFunc(g.subnets, func(s *subnet) bool { return s.vnet == at && contains(s.Prefixes, a) })
	if i < 0 {
		return &appliance{stale: "it is in no subnet of vnet/" + at.Name, refs: []finding.Ref{ref(at.Ref)}}
	}
	if why := g.mayHold(g.subnets[i]); why != "" {
		return &appliance{unknown: "nothing in the evidence has it, and " + why}
	}
	return &appliance{stale: "no firewall, load balancer or network interface has it", refs: []finding.Ref{ref(g.subnets[i].Ref)}}
}

// networkOf is the VNet among v and its peers that an address is in. It is nil for
// one that was not read; ok is false where it is in none of them.
func (g *Graph) networkOf(v *snapshot.VNet, a netip.Addr) (at *snapshot.VNet, ok bool) {
	if contains(v.Prefixes, a) {
		return v, true
	}
	for _, p := range v.Peerings {
		remote := g.vnets[p.Remote]
		switch {
		case !p.Connected:
		case remote != nil && contains(remote.Prefixes, a):
			return remote, true
		case remote == nil && (len(p.RemotePrefixes) == 0 || contains(p.RemotePrefixes, a)):
			return nil, true
		}
	}
	return nil, false
}

// mayHold says why a subnet may hold something that is not known, empty where all
// that can have an address there was read.
func (g *Graph) mayHold(s *subnet) string {
	for _, id := range s.Configs {
		if !g.knowsConfig(id) {
			return s.id + " holds " + strings.Join(lastWords(id, 3), "/") + ", which was not read"
		}
	}
	for _, typ := range []string{"azurefirewalls", "loadbalancers", "networkinterfaces"} {
		found := false
		for _, l := range g.snap.Azure.Lists {
			if l.Type != typ {
				continue
			}
			found = true
			if l.Status != snapshot.OK && l.Status != snapshot.Empty {
				return fmt.Sprintf("the list of %s of subscription %s is not known to be whole", typ, l.Subscription)
			}
		}
		if !found {
			return "whether all " + typ + " were read is not known"
		}
	}
	return ""
}

// lastWords are the last n segments of an ARM ID.
func lastWords(id string, n int) []string {
	seg := strings.Split(id, "/")
	return seg[max(0, len(seg)-n):]
}

// knowsConfig reports whether an IP configuration is one of an interface, a front
// end or a firewall in the evidence.
func (g *Graph) knowsConfig(id string) bool {
	if g.interfaceOf(func(c *snapshot.NICConfig) bool { return strings.EqualFold(c.ID, id) }) != nil {
		return true
	}
	for _, l := range g.snap.Azure.LoadBalancers {
		if slices.ContainsFunc(l.Frontends, func(f snapshot.Frontend) bool { return strings.EqualFold(f.ID, id) }) {
			return true
		}
	}
	return slices.ContainsFunc(g.snap.Azure.Firewalls, func(f snapshot.Firewall) bool {
		return strings.HasPrefix(strings.ToLower(id), strings.ToLower(f.ID)+"/")
	})
}
