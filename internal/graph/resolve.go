package graph

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// legsTo are the ways to a next hop. Where the device did not say by which
// interface, its own table does: the network that the next hop is in, if the router
// is connected to it, else the route to it, and so on until a link is found. A
// default route resolves no next hop, as on FRR and, for static routes, IOS.
func (g *Graph) legsTo(r *vrf, hop netip.Addr, iface string, down outage) []leg {
	if iface != "" || !hop.IsValid() || !r.snap.RIB.Whole() {
		return []leg{g.legTo(r, hop, iface)}
	}
	if legs, ok := g.resolve(r, hop, down, false); ok {
		return legs
	}
	if _, ok := g.resolve(r, hop, outage{}, false); ok && !down.empty() {
		return nil // what led there is gone
	}
	return []leg{g.legTo(r, hop, "")}
}

// resolve looks a next hop up in the router's table. ok is false where nothing covers
// it, or nothing but a default route that does not count, or where its way leads back
// to itself.
func (g *Graph) resolve(r *vrf, hop netip.Addr, down outage, byDefault bool) (legs []leg, ok bool) {
	for _, s := range slotsFor(r, hop) {
		if s.prefix.Bits() == 0 && !byDefault {
			return nil, false
		}
		if iface, ok := connectedTo(s); ok {
			return []leg{g.legTo(r, hop, iface)}, true
		}
		key := choiceKey{r, s.prefix, down.key}
		if g.resolving[key] {
			return nil, false
		}
		g.resolving[key] = true
		c := g.slotChoice(r, s, down)
		delete(g.resolving, key)
		if c != nil {
			return c.legs, len(c.legs) > 0
		}
	}
	return nil, false
}

// atNextHops records the BGP routes that an entry's next hops are resolved by.
func (w *walker) atNextHops(r *vrf, s *slot, seen map[*slot]bool) {
	if seen[s] {
		return
	}
	seen[s] = true
	for _, rt := range s.routes {
		for _, n := range rt.NextHops {
			if n.Interface != "" || !n.Addr.IsValid() {
				continue
			}
			at := r
			if n.VRF != "" {
				at = r.in(n.VRF)
			}
			w.atNextHop(at, n.Addr, seen)
		}
	}
}

func (w *walker) atNextHop(r *vrf, hop netip.Addr, seen map[*slot]bool) {
	for _, via := range slotsFor(r, hop) {
		if _, ok := connectedTo(via); ok || via.prefix.Bits() == 0 {
			return
		}
		if len(via.paths) > 0 {
			w.g.ofPrefix(w.deps, r, via.prefix, w.down)
		}
		w.atNextHops(r, via, seen)
	}
}

// connectedTo is the interface that a connected network is on.
func connectedTo(s *slot) (iface string, ok bool) {
	for _, rt := range s.routes {
		if rt.Protocol == snapshot.Connected && rt.Selected && len(rt.NextHops) > 0 {
			return rt.NextHops[0].Interface, true
		}
	}
	return "", false
}

// sameInterface reports whether two names are of one interface: tables shorten
// them (Tu100, Tunnel100).
func sameInterface(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	i, j := strings.IndexAny(a, "0123456789"), strings.IndexAny(b, "0123456789")
	if i < 1 || j < 1 || a[i:] != b[j:] {
		return a == b
	}
	return strings.HasPrefix(a[:i], b[:j]) || strings.HasPrefix(b[:j], a[:i])
}
