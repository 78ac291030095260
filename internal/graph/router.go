package graph

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// defaultVRF is the name of a router's global routing table.
const defaultVRF = "default"

// router is a customer-edge router.
type router struct {
	snap  *snapshot.Router
	id    string
	site  string
	addrs []netip.Addr
	// direct are the connected and local routes of its RIB, and the static ones
	// without a next hop or to a single address.
	direct []*snapshot.Route
	// six is whether its RIB has any route of IPv6: the two families' tables are asked
	// for apart, and a router that has IPv6 has routes of it.
	six bool
	// group are the routers that its internal sessions lead to, itself included:
	// what one of them chooses may change what another does.
	group   *[]*router
	vrfs    []*vrf                // the global table first, then by name
	hops    []netip.Addr          // see [router.internalHops]; nil until it is asked for
	statics *string               // see blindStatics
	bgp     map[netip.Prefix]bool // see [router.inBGP]; nil until it is asked for
}

// vrf is one of a router's routing tables: the global one, or that of a VRF. A
// tunnel with a front-door VRF has its outside in another one than its inside.
type vrf struct {
	*router
	name  string
	table bart.Table[*slot]
	empty bool // nothing of it was read
}

// node names the table in a path: the router, and the VRF unless it is global.
func (v *vrf) node() string {
	if v.name == defaultVRF {
		return v.id
	}
	return v.id + "/" + v.name
}

// in is the router's table of that name; one that nothing was read of is empty.
func (r *router) in(name string) *vrf {
	if name == "" {
		name = defaultVRF
	}
	for _, v := range r.vrfs {
		if v.name == name {
			return v
		}
	}
	v := &vrf{router: r, name: name, empty: true}
	r.vrfs = append(r.vrfs, v)
	slices.SortFunc(r.vrfs, func(a, b *vrf) int {
		switch {
		case a.name == defaultVRF:
			return -1
		case b.name == defaultVRF:
			return 1
		}
		return cmp.Compare(a.name, b.name)
	})
	return v
}

// slot is everything that a router knows of one prefix.
type slot struct {
	prefix netip.Prefix
	routes []*snapshot.Route // of every protocol, as the router lists them
	paths  []candidate       // of BGP, also those that lost

	content uint64 // see [Graph.content]; 0 until it is asked for
}

// candidate is a BGP path with the session it came over.
type candidate struct {
	*snapshot.Path
	hop      netip.Addr // invalid for a path without an address as next hop
	external *netip.Addr
	from     *vrf // the sender of an internal path, when it is known
}

// local reports whether the router originates the path itself: a network of its own,
// or one that it redistributes, which keeps the next hop of where it came from. What
// another AS sent has that one in its path (RFC 4271, 5.1.2).
func (c candidate) local() bool {
	return c.hop.IsValid() && (c.hop.IsUnspecified() || c.ASPath == "" && !c.Internal)
}

func newRouter(s *snapshot.Router) *router {
	r := &router{snap: s, id: "router/" + s.Name}
	add := func(a netip.Addr) {
		if a.IsValid() && !slices.Contains(r.addrs, a) {
			r.addrs = append(r.addrs, a)
		}
	}
	for _, i := range s.Ports.Interfaces {
		for _, a := range i.Addrs {
			add(a.Addr())
		}
	}
	for i := range s.RIB.Routes {
		rt := &s.RIB.Routes[i]
		r.six = r.six || rt.Prefix.Addr().Is6()
		own := rt.Protocol == snapshot.Local || rt.Protocol == snapshot.Connected
		if own || rt.Protocol == snapshot.Static && rt.Prefix.IsSingleIP() {
			r.direct = append(r.direct, rt)
		}
		if own && rt.Prefix.IsSingleIP() {
			add(rt.Prefix.Addr())
		}
	}
	add(s.BGP.RouterID)
	r.in(defaultVRF)
	return r
}

// lists reports whether the RIB of an address's family was read whole: what is not in
// it, the router does not have.
func (r *router) lists(a netip.Addr) bool {
	return r.snap.RIB.Whole() && (a.Is4() || r.six)
}

// vrfOf is the table that an interface belongs to.
func (r *router) vrfOf(iface string) *vrf {
	for _, t := range r.snap.Tunnels.Tunnels {
		if t.Name == iface && t.VRF != "" {
			return r.in(t.VRF)
		}
	}
	for _, i := range r.snap.Ports.Interfaces {
		if i.Name == iface {
			return r.in(i.VRF)
		}
	}
	return r.in(defaultVRF)
}

// holder is the table that holds one of the router's own addresses, or a network
// that it is connected to.
func (r *router) holder(a netip.Addr) *vrf {
	for _, i := range r.snap.Ports.Interfaces {
		if slices.ContainsFunc(i.Addrs, func(p netip.Prefix) bool { return p.Addr() == a }) {
			return r.in(i.VRF)
		}
	}
	for _, rt := range r.direct {
		if rt.Protocol != snapshot.Static && rt.Prefix.Contains(a) && rt.Prefix.Bits() > 8 {
			return r.in(rt.VRF)
		}
	}
	return r.in(defaultVRF)
}

// interfaceOf is the interface that has one of the router's own addresses, or a
// network with it, "" when it was not read.
func (r *router) interfaceOf(a netip.Addr) string {
	for _, i := range r.snap.Ports.Interfaces {
		if slices.ContainsFunc(i.Addrs, func(p netip.Prefix) bool { return p.Addr() == a }) {
			return i.Name
		}
	}
	for _, rt := range r.direct {
		if rt.Protocol == snapshot.Connected && rt.Prefix.Contains(a) && rt.Prefix.Bits() > 8 && len(rt.NextHops) > 0 {
			return rt.NextHops[0].Interface
		}
	}
	return ""
}

func (r *router) owns(a netip.Addr) bool { return slices.Contains(r.addrs, a) }

// connected reports whether the router's RIB has p as a connected network.
func (r *router) connected(p netip.Prefix) bool {
	return slices.ContainsFunc(r.direct, func(rt *snapshot.Route) bool {
		return rt.Protocol == snapshot.Connected && rt.Prefix == p.Masked()
	})
}

// passedOn reports whether a router has p by BGP from Azure or from another router
// of the evidence: what it tells of p is not its own.
func (g *Graph) passedOn(v *vrf, p netip.Prefix) bool {
	s, ok := v.table.Get(p.Masked())
	if !ok {
		return false
	}
	other := func(hop netip.Addr) bool {
		if o := g.owners[hop]; o != nil {
			return o != v.router
		}
		return g.atAzure(hop)
	}
	for _, rt := range s.routes {
		if rt.Protocol == snapshot.BGPProto && rt.Selected && slices.ContainsFunc(rt.NextHops, func(h snapshot.NextHop) bool { return other(h.Addr) }) {
			return true
		}
	}
	return slices.ContainsFunc(s.paths, func(c candidate) bool { return c.Best && other(c.hop) })
}

// originated are the prefixes that the router itself puts into BGP.
func (v *vrf) originated() []netip.Prefix {
	var out []netip.Prefix
	for _, p := range v.snap.BGP.Paths {
		if c := newCandidate(&p); c.usable() && c.local() && p.VRF == v.name && p.Prefix.Bits() > 0 {
			out = append(out, p.Prefix)
		}
	}
	return out
}

// fill makes the tables out of the RIB and of BGP's candidates.
func (r *router) fill() {
	at := func(name string, p netip.Prefix) *slot {
		v := r.in(name)
		v.empty = false
		if s, ok := v.table.Get(p); ok {
			return s
		}
		s := &slot{prefix: p}
		v.table.Insert(p, s)
		return s
	}
	for i := range r.snap.RIB.Routes {
		rt := &r.snap.RIB.Routes[i]
		s := at(rt.VRF, rt.Prefix.Masked())
		s.routes = append(s.routes, rt)
	}
	for i := range r.snap.BGP.Paths {
		p := &r.snap.BGP.Paths[i]
		s := at(p.VRF, p.Prefix.Masked())
		s.paths = append(s.paths, newCandidate(p))
	}
	r.floating()
}

// usable reports whether the path takes part in selection. One that the RIB did
// not take (r) or that an aggregate suppresses (s) does: those marks stand in the
// place of the one for validity.
func (c candidate) usable() bool {
	return (c.Valid || c.RIBFailure || c.Suppressed) && !c.History && !c.Damped
}

// newCandidate makes a candidate whose session is not known yet. A dash for a
// next hop is a path of the router's own (EOS).
func newCandidate(p *snapshot.Path) candidate {
	c := candidate{Path: p}
	if hop, err := netip.ParseAddr(p.NextHop); err == nil {
		c.hop = hop
	} else if p.NextHop == "-" || p.NextHop == "" {
		c.hop = netip.IPv4Unspecified()
	}
	return c
}

// source finds out which sessions the router's paths came over, once all
// routers' tables are filled.
func (r *router) source(g *Graph) {
	for _, v := range r.vrfs {
		for _, s := range v.table.All() {
			for i := range s.paths {
				g.source(v, &s.paths[i])
			}
		}
	}
}

// source finds out which session a path came over: an external path from the
// peer that is its next hop, an internal one from the router that owns the next
// hop or has an external path with that next hop.
func (g *Graph) source(r *vrf, c *candidate) {
	switch {
	case !c.hop.IsValid() || c.local():
	case !c.Internal:
		c.external = &c.hop
	default:
		if o, ok := g.owners[c.hop]; ok && o != r.router {
			c.from = o.in(r.name)
			return
		}
		for _, o := range g.routers {
			if o == r.router {
				continue
			}
			s, ok := o.in(r.name).table.Get(c.Prefix.Masked())
			if ok && slices.ContainsFunc(s.paths, func(q candidate) bool { return !q.Internal && q.hop == c.hop }) {
				c.from = o.in(r.name)
				return
			}
		}
	}
}
