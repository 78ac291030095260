package graph

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// State is how a class's traffic travels in one direction.
type State int

// The states. InClear wins over the others: one clear branch is enough.
const (
	Protected State = iota
	NotDelivered
	NotKnown
	InClear
)

// State grades one direction of the class against what is required of it.
func (c Class) State(p finding.Path) State {
	s := NotDelivered
	for _, b := range p.Branches() {
		s = max(s, c.branch(b))
		if b.Outcome == finding.Delivered && s == NotDelivered {
			s = Protected
		}
	}
	if s == NotDelivered && delivered(p) {
		return Protected
	}
	return s
}

func (c Class) branch(b finding.Path) State {
	s := Protected
	if b.Outcome == finding.Unknown {
		s = NotKnown
	}
	for _, h := range b.Hops {
		switch {
		case !h.LeavesPremises || slices.Contains(c.Required.Protection, h.Protection):
		case h.Protection == "unknown":
			s = max(s, NotKnown)
		default:
			s = max(s, InClear)
		}
	}
	return s
}

// ClearByTurns reports whether a direction is in clear each time the tunnels that
// flap are down.
func (c Class) ClearByTurns() bool {
	return c.Flapping.Forward == FailsOpen || c.Flapping.Return == FailsOpen
}

// verdict says what an outage did to a direction.
func (c Class) verdict(was, is finding.Path) string {
	undecided := slices.ContainsFunc(is.Branches(), func(b finding.Path) bool {
		return slices.ContainsFunc(b.Hops, func(h finding.Hop) bool { return h.Rule == "undecided" })
	})
	switch s := c.State(is); {
	case s == InClear && c.State(was) == InClear:
		return StillClear
	case s == InClear && undecided, s == NotKnown:
		return Undecided
	case s == InClear:
		return FailsOpen
	case s == NotDelivered:
		return FailsClosed
	}
	return StillEncrypted
}

// group is a set of addresses whose outcomes are the same.
type group struct {
	outcomes
	members
}

// members are the addresses of a group, or of several: parts are the places of
// the alike sets that it is made of.
type members struct {
	set     []span
	largest span
	parts   []int
	key     string // of the atoms; empty for several sets
	in      []int  // the demands that all of them are in
}

// alike is the atoms of equal keys, in the order of their first address.
func alike(atoms []atom) []members {
	index := make(map[string]int)
	var out []members
	for _, a := range atoms {
		i, ok := index[a.key]
		if !ok {
			i = len(out)
			index[a.key] = i
			out = append(out, members{parts: []int{i}, key: a.key, in: a.in})
		}
		m := &out[i]
		m.set = append(m.set, a.span)
		if len(m.set) == 1 || wider(a.span, m.largest) {
			m.largest = a.span
		}
	}
	return out
}

// groupBy puts sets of atoms with equal outcomes and demands together. Of each set one
// address is walked to; that of the largest atom represents the group.
func groupBy(sets []members, walk func(netip.Addr) outcomes) []group {
	index := make(map[string]int)
	var out []group
	for _, m := range sets {
		o := walk(m.largest.lo)
		key := o.key
		if len(m.in) > 0 || m.largest.lo.Is6() {
			key = fmt.Sprint(m.in, m.largest.lo.Is6(), key)
		}
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key] = i
			out = append(out, group{outcomes: o, members: members{largest: m.largest, in: m.in}})
		}
		gr := &out[i]
		if wider(m.largest, gr.largest) {
			gr.outcomes, gr.largest = o, m.largest
		}
		gr.set = append(gr.set, m.set...)
		gr.parts = append(gr.parts, m.parts...)
	}
	return out
}

// wider reports whether a has more addresses than b.
func wider(a, b span) bool { return count(a) > count(b) }

// required is the protection that is demanded.
func (g *Graph) required() Required {
	if len(g.snap.Scope.Require) > 0 {
		return Required{Protection: g.snap.Scope.Require}
	}
	return Required{Protection: []string{"ipsec", "macsec"}}
}

// classes judges every pair of a site's and a subnet's addresses. A tunnel's
// own end points and the GatewaySubnets are the underlay: they are judged as
// tunnels, not as pairs.
func (g *Graph) classes() []Class {
	g.demanded = g.demands()
	borders := newBorders(slices.Concat(g.allPrefixes(g.space()), g.demandBorders(), g.treatedInTunnels()))
	down := g.trials()
	forward := func(r *vrf, to *subnet) func(netip.Addr) outcomes {
		if !to.shared {
			to = nil
		}
		return func(dst netip.Addr) outcomes {
			return g.outcomes(down, func(o outage, d deps) finding.Path {
				return (&walker{g: g, down: o, deps: d, to: to}).fromRouter(r, dst)
			})
		}
	}
	hidden := g.hiddenEnd()
	back := func(s *subnet) func(netip.Addr) outcomes {
		return func(dst netip.Addr) outcomes {
			if why := g.mayBeEnd(dst, hidden); why != "" {
				return openEnd(why)
			}
			return g.outcomes(down, func(o outage, d deps) finding.Path { return (&walker{g: g, down: o, deps: d}).fromSubnet(s, dst) })
		}
	}
	out := g.unplaced()
	for _, st := range g.sites {
		if len(st.set) > 0 {
			out = append(out, g.classesOf(st, borders, down, forward, back)...)
		}
	}
	nameClasses(out)
	g.idleExemptions(out)
	return out
}

// classesOf judges the pairs of one site.
func (g *Graph) classesOf(
	st site, at borders, down *trials, forward func(*vrf, *subnet) func(netip.Addr) outcomes, back func(*subnet) func(netip.Addr) outcomes,
) []Class {
	var out []Class
	set := subtract(spans(st.set), g.ends)
	atoms := g.demandsOf(g.atomsOf(set, at), onPremOf)
	whole := spans(st.set)
	for _, b := range g.bundles(at, atoms, set) {
		to := groupBy(b.own.sets, forward(st.vrf, b.subnets[0]))
		from := groupBy(b.seen.sets, back(b.subnets[0]))
		for _, f := range to {
			for _, r := range from {
				if f.largest.lo.Is4() != r.largest.lo.Is4() {
					continue // IPv4 and IPv6 do not talk to each other
				}
				c := g.class(st, b, f, r, down)
				c.sides(b.own.describe(f.members, b.own.whole), b.seen.describe(r.members, whole))
				out = append(out, c)
			}
		}
	}
	return out
}

// view is a side's addresses in sets that are treated alike, and the descriptions
// of groups of them.
type view struct {
	sets      []members
	described map[string]description
}

// description is a set of addresses in words.
type description struct {
	prefixes, except []string
	size             uint64
}

func (v *view) describe(m members, whole []span) description {
	key := fmt.Sprint(m.parts)
	d, ok := v.described[key]
	if !ok {
		d = describeSet(m.set, whole)
		v.described[key] = d
	}
	return d
}

func describeSet(set, whole []span) description {
	prefixes, except := describe(set, whole)
	return description{texts(prefixes), texts(except), size(set)}
}

// space is every address that pairs are made of: the sites' and the subnets'.
func (g *Graph) space() []span {
	var all []span
	for _, st := range g.sites {
		all = append(all, spans(st.set)...)
	}
	for _, sn := range g.subnets {
		all = append(all, spans(sn.Prefixes)...)
	}
	return merge(all)
}

// unplaced are pairs that exist though one side of them was not read: a router
// without a known prefix, a link whose router is not in the evidence, a peered
// VNet that is not. Everything about them is open.
func (g *Graph) unplaced() []Class {
	var out []Class
	add := func(st site, subnet string, azure []netip.Prefix, why string) {
		unknown := finding.Path{Outcome: finding.Unknown, Detail: why, Firewalls: []string{}, Hops: []finding.Hop{}}
		c := Class{
			ID:       "pair/" + st.name + strings.TrimPrefix(subnet, "subnet"),
			OnPrem:   finding.Side{Site: st.name, Prefixes: texts(cover(st.set))},
			Azure:    finding.Side{Subnet: subnet, Prefixes: texts(cover(azure))},
			Pairs:    product(size(spans(st.set)), size(spans(azure))),
			Required: g.required(), Forward: unknown, Return: unknown, Failures: []Failure{},
		}
		if st.router != nil {
			c.OnPrem.Router = st.router.id
		}
		out = append(out, c)
	}
	for _, p := range g.peerings {
		if p.router == nil {
			add(site{name: "unknown@" + strings.TrimPrefix(p.id, "peering/")}, "", nil, p.nobody)
		}
	}
	if len(g.sites) == 0 {
		add(site{name: "unknown"}, "", nil, "no router is in the evidence")
	}
	if len(g.snap.Scope.Sites) == 0 && len(g.sites) > 0 {
		for _, l := range g.learnedElsewhere() {
			azure := slices.DeleteFunc(coverSpans(g.azureSpace()), func(p netip.Prefix) bool { return p.Addr().Is4() != l.set[0].Addr().Is4() })
			add(site{name: "unknown@" + strings.TrimPrefix(l.gateway, "gateway/"), set: l.set}, "", azure,
				l.gateway+" learned "+few(texts(l.set))+", which no router of the evidence has behind it; collect the router that has, or declare its site (sites:)")
		}
	}
	for _, st := range g.sites {
		if len(st.set) == 0 {
			add(st, "", nil, "no prefix behind "+st.router.id+" is known; declare its site in the configuration (sites:)")
			continue
		}
		if len(g.subnets) == 0 {
			add(st, "", nil, "no virtual network is in the evidence")
		}
		for _, remote := range g.unreadVNets() {
			add(st, "subnet/"+lastOf(remote.id), remote.prefixes, "the peered VNet "+remote.id+" was not read")
		}
	}
	return out
}

// unreadVNets are the VNets that others are peered with and that were not read.
func (g *Graph) unreadVNets() []unreadVNet {
	var out []unreadVNet
	for _, v := range g.snap.Azure.VNets {
		for _, p := range v.Peerings {
			known := slices.ContainsFunc(out, func(u unreadVNet) bool { return u.id == p.Remote })
			if g.vnets[p.Remote] == nil && p.Connected && !known {
				out = append(out, unreadVNet{p.Remote, p.RemotePrefixes})
			}
		}
	}
	return out
}

// unreadVNet is a VNet of which is known what a peering with it says.
type unreadVNet struct {
	id       string
	prefixes []netip.Prefix
}

// class is the class of a group of a bundle's addresses and one of the site's,
// whose sides have no prefixes yet.
func (g *Graph) class(st site, of *bundle, f, b group, down *trials) Class {
	sn := of.subnets[0]
	c := Class{
		ID:       "pair/" + st.name + strings.TrimPrefix(sn.id, "subnet"),
		OnPrem:   finding.Side{Site: st.name, Router: st.router.id},
		Azure:    finding.Side{Subnet: sn.id, Alike: of.own.alike},
		Required: g.requiredOf(b.in, f.in),
		Forward:  f.steady,
		Return:   b.steady,
		Failures: []Failure{},
	}
	if c.Required.Exempt != "" {
		return c // what becomes of it is all the same
	}
	c.fail(f.outcomes, b.outcomes, down)
	return c
}

// sides gives a class its addresses.
func (c *Class) sides(azure, onprem description) {
	c.Pairs = product(onprem.size, azure.size)
	c.OnPrem.Prefixes, c.OnPrem.Except = onprem.prefixes, onprem.except
	c.Azure.Prefixes, c.Azure.Except = azure.prefixes, azure.except
}

func spans(ps []netip.Prefix) []span {
	out := make([]span, 0, len(ps))
	for _, p := range ps {
		out = append(out, spanOf(p))
	}
	return merge(out)
}

func (g *Graph) isGatewaySubnet(s *subnet) bool {
	return strings.EqualFold(s.Name, "GatewaySubnet") ||
		slices.ContainsFunc(g.gateways, func(gw *gateway) bool { return gw.subnet == s })
}
