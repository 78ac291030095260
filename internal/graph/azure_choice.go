package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/routeproof/routeproof/internal/finding"
)

// azChoice is a subnet's decision for one destination.
type azChoice struct {
	route *azRoute
	rule  string
	why   string
	lost  []finding.Candidate
	// rests are default routes that matter though they are not used: see
	// [Graph.candidatesAt].
	rests []*azRoute
}

// decide selects among a subnet's effective routes. nil means that nothing
// matches. Routes of gateways that are down, or whose every way is, do not count.
func (g *Graph) decideAt(s *subnet, addr netip.Addr, down outage) *azChoice {
	all := g.candidatesAt(s, addr, down)
	if len(all) == 0 {
		return nil
	}
	beaten := func(r *azRoute) bool {
		return r.learned() && slices.ContainsFunc(all, func(o *azRoute) bool {
			return o.overBGP || o.special && o.prefix.Bits() <= r.prefix.Bits() && o.prefix.Contains(r.prefix.Addr())
		})
	}
	i := slices.IndexFunc(all, func(r *azRoute) bool { return !beaten(r) })
	best := all[i]
	c := &azChoice{rests: defaultsUnder(best, all), route: best, rule: "only", why: best.source.words() + ", the only route that covers it"}
	for j, r := range all {
		if j == i || r.source == fromSystem && !r.special || r.kind == best.kind && r.gw == best.gw && r.hop == best.hop {
			continue
		}
		rule, why := s.prefers.why(best, r, beaten(r))
		if c.rule == "only" || rank(rule) < rank(c.rule) {
			c.rule, c.why = rule, why
		}
		c.lost = append(c.lost, finding.Candidate{Prefix: r.prefix.String(), Source: r.source.String(), Via: r.via(), Why: why, Evidence: r.refs})
	}
	return c
}

// candidatesAt are a subnet's routes that cover addr and that an outage leaves,
// the longest first, and of equal ones the best source first. Azure takes its own
// routes to the Internet and for private addresses away where a table or BGP
// brings a default route: a spoke's 0.0.0.0/0 to the firewall catches on-premises
// destinations (tutorial-hybrid-portal). They are back when that is withdrawn.
func (g *Graph) candidatesAt(s *subnet, addr netip.Addr, down outage) []*azRoute {
	var all []*azRoute
	host := netip.PrefixFrom(addr, addr.BitLen())
	add := func(t *azTable) {
		for _, slot := range t.Supernets(host) {
			for _, r := range slot.routes {
				if !g.goneAt(r, addr, down) {
					all = append(all, r)
				}
			}
		}
	}
	add(&s.table)
	for _, gw := range s.from {
		add(&gw.offers)
	}
	slices.SortStableFunc(all, func(a, b *azRoute) int {
		return cmp.Or(cmp.Compare(b.prefix.Bits(), a.prefix.Bits()), s.prefers.compare(a, b))
	})
	if slices.ContainsFunc(all, func(r *azRoute) bool { return r.prefix.Bits() == 0 && r.source != fromSystem }) {
		all = slices.DeleteFunc(all, func(r *azRoute) bool { return r.source == fromSystem && !r.special })
	}
	return all
}

// defaultsUnder are the learned default routes among all without which one of
// Azure's own for private addresses might be longer than best.
func defaultsUnder(best *azRoute, all []*azRoute) []*azRoute {
	if bits := best.prefix.Bits(); bits == 0 || bits >= 16 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(r *azRoute) bool { return r.prefix.Bits() > 0 || !r.learned() })
}

// preference is what decides between a VPN gateway's and an ExpressRoute
// gateway's route of equal length: ExpressRoute, unless a Route Server in the
// gateways' VNet says otherwise by its hubRoutingPreference
// (route-server/hub-routing-preference).
type preference string

const (
	preferVPN    preference = "VpnGateway"
	preferASPath preference = "ASPath"
)

// compare orders two routes of equal length, the winner first.
func (p preference) compare(a, b *azRoute) int {
	if !a.learned() || !b.learned() || a.source == b.source || a.source == fromServer || b.source == fromServer {
		return cmp.Compare(a.source, b.source)
	}
	switch p {
	case preferVPN:
		return cmp.Compare(b.source, a.source)
	case preferASPath:
		return cmp.Or(cmp.Compare(a.asLength(), b.asLength()), cmp.Compare(a.source, b.source))
	default:
		return cmp.Compare(a.source, b.source)
	}
}

// learned reports whether BGP brought the route: of a gateway, or of a Route
// Server's peer.
func (r *azRoute) learned() bool {
	return r.source == fromVPN || r.source == fromExpressRoute || r.source == fromServer
}

// asLength is the length of the shortest AS path that the gateway learned.
func (r *azRoute) asLength() int {
	shortest := -1
	for _, row := range r.rows {
		if n := asLength(row.ASPath); shortest < 0 || n < shortest {
			shortest = n
		}
	}
	return max(shortest, 0)
}

// preferenceOf is the one of the Route Server in the VNet that the subnets of v
// get their gateways' routes from.
func (g *Graph) preferenceOf(s *subnet) preference {
	for _, h := range g.snap.Azure.Hubs {
		if h.WAN != "" {
			continue
		}
		for _, c := range h.Configs.Configs {
			at := g.subnetByID(c.Subnet)
			if at == nil {
				continue
			}
			for _, gw := range s.from {
				if gw.subnet != nil && gw.subnet.vnet == at.vnet {
					return preference(h.Preference)
				}
			}
		}
	}
	return ""
}

func rank(rule string) int {
	return slices.Index([]string{"expressroute-over-vpn", "hub-routing-preference", "user-over-bgp", "user-over-system", "bgp-over-system", "system-preferred", "longest", "only"}, rule)
}

// why says why one route won over another one that covers the destination too.
func (p preference) why(best, lost *azRoute, systemPreferred bool) (rule, why string) {
	bgp := func(s azSource) bool { return s == fromVPN || s == fromExpressRoute }
	switch {
	case systemPreferred && best.overBGP:
		return "user-over-bgp", fmt.Sprintf("user-defined route over the BGP route %s, whatever its length (hasBgpOverride)", lost.prefix)
	case systemPreferred && best.kind == toService:
		return "system-preferred", fmt.Sprintf("a service endpoint's system route wins over the BGP route %s, whatever its length", lost.prefix)
	case systemPreferred:
		return "system-preferred", fmt.Sprintf("system routes of VNets and peerings win over the more specific BGP route %s", lost.prefix)
	case best.prefix.Bits() > lost.prefix.Bits():
		return "longest", fmt.Sprintf("longest match /%d (%s) over /%d (%s)", best.prefix.Bits(), best.source.words(), lost.prefix.Bits(), lost.source.words())
	case best.source == fromUser && bgp(lost.source):
		return "user-over-bgp", "user-defined route over BGP at equal length"
	case best.source == fromUser:
		return "user-over-system", "user-defined route over system route at equal length"
	case best.learned() && lost.learned() && (p == preferVPN || p == preferASPath) && best.source != lost.source:
		return "hub-routing-preference", fmt.Sprintf("%s over %s by the Route Server's hubRoutingPreference %s", best.source.words(), lost.source.words(), string(p))
	case best.source == fromExpressRoute && lost.source == fromVPN:
		return "expressroute-over-vpn", "ExpressRoute over VPN at equal length"
	case bgp(best.source) && lost.source == fromSystem:
		return "bgp-over-system", "BGP over system route at equal length"
	}
	return "longest", fmt.Sprintf("%s over %s", best.source.words(), lost.source.words())
}

func (r *azRoute) via() string {
	switch {
	case r.gw != nil:
		return r.gw.id
	case r.hop.IsValid():
		return r.kind + " " + r.hop.String()
	}
	return r.kind
}
