package graph

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// floating adds the static routes that are configured and wait behind a better
// route to their prefix. Most routing tables list only what won, so that the
// configuration alone shows what takes over when the better route goes. A static
// route without a better one that is not in the table either does not work for
// another reason, and does not take over.
func (r *router) floating() {
	for i := range r.snap.Config.Statics {
		c := &r.snap.Config.Statics[i]
		s, ok := r.in(c.VRF).table.Get(c.Prefix.Masked())
		if !ok {
			continue
		}
		rt := &snapshot.Route{
			Item: r.snap.Config.Item, VRF: c.VRF, Prefix: c.Prefix, Protocol: snapshot.Static, Distance: c.Distance,
			NextHops: []snapshot.NextHop{{Addr: c.NextHop, Interface: c.Interface, Blackhole: discards(c.Interface), Line: c.Line}}, Line: c.Line,
		}
		behind := slices.ContainsFunc(s.routes, func(o *snapshot.Route) bool { return o.Selected && distance(o) < distance(rt) })
		listed := slices.ContainsFunc(s.routes, func(o *snapshot.Route) bool {
			return o.Protocol == snapshot.Static && leadsTo(o, c.NextHop, c.Interface)
		})
		if behind && !listed {
			s.routes = append(s.routes, rt)
		}
	}
}

// blindStatics says why static routes may wait behind others that are not known: the
// routing table does not list them, and the part of the configuration that does was not
// read.
func (g *Graph) blindStatics(r *router) string {
	if r.snap.Platform == "frr" { // its table lists routes that lost, too
		return ""
	}
	if r.statics == nil {
		r.statics = new(g.whyBlind(r.snap.Config.Read, r.id))
	}
	return *r.statics
}

func (g *Graph) whyBlind(config snapshot.Read, id string) string {
	const instead = " a static route that waits behind what it uses now would take over; collect its configuration"
	switch config.Status {
	case snapshot.OK, snapshot.Empty:
		return ""
	case snapshot.Partial:
	default:
		return "the configuration of " + id + " was not read, and" + instead
	}
	lines := 0
	for _, u := range g.snap.Unread {
		if u.Item != config.Item {
			continue
		}
		lines++
		if strings.Contains(u.Text, "route ") || strings.Contains(u.Text, "static") {
			return fmt.Sprintf("line %d of the configuration of %s was not understood, and%s", u.Line, id, instead)
		}
	}
	if lines == 0 {
		return "the configuration of " + id + " was not read whole, and" + instead
	}
	return ""
}

// leadsTo reports whether a route has a next hop by its address, or where it has
// none by its interface.
func leadsTo(rt *snapshot.Route, hop netip.Addr, iface string) bool {
	return slices.ContainsFunc(rt.NextHops, func(n snapshot.NextHop) bool {
		return n.Addr == hop && (hop.IsValid() || sameInterface(n.Interface, iface) || n.Blackhole && discards(iface))
	})
}

// discards reports whether the interface of a configured static route is the
// platforms' word for none: Null0, or Junos' and FRR's discard, reject and blackhole.
func discards(iface string) bool {
	switch strings.ToLower(strings.ReplaceAll(iface, " ", "")) {
	case "null0", "null", "discard", "reject", "blackhole":
		return true
	}
	return false
}
