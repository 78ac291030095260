package graph

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// doubt is a prefix for which Azure's own effective routes of a machine differ
// from what was computed for its subnet. Paths to it are not known: one of the
// two is wrong, and an average of them is no answer.
type doubt struct {
	prefix netip.Prefix
	why    string
	refs   []finding.Ref
}

// sampled are, by subnet, the machines' interfaces whose effective routes were
// read whole.
func (g *Graph) sampled() map[*subnet][]*snapshot.NIC {
	out := make(map[*subnet][]*snapshot.NIC)
	for i := range g.snap.Azure.NICs {
		nic := &g.snap.Azure.NICs[i]
		if !nic.Effective.Whole() {
			continue
		}
		for _, c := range nic.Configs {
			if s := g.subnetByID(c.Subnet); s != nil && (c.Primary || len(nic.Configs) == 1) {
				out[s] = append(out[s], nic)
			}
		}
	}
	return out
}

// doubts holds the effective routes of sampled machines against those that were
// computed for their subnets.
func (g *Graph) doubts(sampled map[*subnet][]*snapshot.NIC) {
	for s, nics := range sampled {
		for _, nic := range nics {
			g.compare(s, nic)
		}
	}
}

func (g *Graph) compare(s *subnet, nic *snapshot.NIC) {
	var active []snapshot.EffectiveRoute
	for _, r := range nic.Effective.Routes {
		if strings.EqualFold(r.State, "Active") && len(r.Prefixes) > 0 {
			active = append(active, r)
		}
	}
	for _, r := range active {
		for _, p := range r.Prefixes {
			addr, ok := ownAddress(p, active)
			if !ok {
				continue
			}
			if why := g.differs(s, r, addr); why != "" {
				s.doubts = append(s.doubts, doubt{p, "the effective routes of " + nic.Name + " say " + r.Type + " for " + p.String() + ", " + why, []finding.Ref{ref(r.Ref)}})
			}
		}
	}
}

// ownAddress is an address of p that no longer prefix among routes covers.
func ownAddress(p netip.Prefix, routes []snapshot.EffectiveRoute) (netip.Addr, bool) {
	own := []span{spanOf(p)}
	for _, r := range routes {
		for _, q := range r.Prefixes {
			if q.Bits() > p.Bits() && p.Contains(q.Addr()) {
				own = subtract(own, []span{spanOf(q)})
			}
		}
	}
	if len(own) == 0 {
		return netip.Addr{}, false
	}
	return own[0].lo, true
}

// differs says how the computed route to addr differs from Azure's; empty when
// it does not. Public addresses are left out: what leads to Azure's own services is
// not computed.
func (g *Graph) differs(s *subnet, r snapshot.EffectiveRoute, addr netip.Addr) string {
	c := g.decideAt(s, addr, outage{})
	if !addr.IsPrivate() {
		return ""
	}
	if c == nil {
		return "and no route was computed"
	}
	kind := strings.Replace(r.Type, "VNetGlobalPeering", "VNetPeering", 1)
	if c.route.kind == toPeer && strings.EqualFold(kind, "VirtualNetworkGateway") {
		kind = toPeer // Azure has one word for both
	}
	if !strings.EqualFold(kind, c.route.kind) {
		return "where " + c.route.kind + " was computed (" + c.route.label + ")"
	}
	if c.route.hop.IsValid() && len(r.NextHops) > 0 && !slices.Contains(r.NextHops, c.route.hop) {
		return fmt.Sprintf("by way of %s, where %s was computed", r.NextHops[0], c.route.hop)
	}
	if c.route.gw == nil || c.route.gw.Type != snapshot.VPN {
		return ""
	}
	for _, hop := range r.NextHops {
		if !slices.ContainsFunc(c.route.gw.Instances, func(i snapshot.Instance) bool {
			return slices.Contains(i.Default, hop) || slices.Contains(i.Tunnel, hop)
		}) {
			return fmt.Sprintf("by way of %s, which is no instance of %s, where it was computed to go", hop, c.route.gw.id)
		}
	}
	return ""
}

// doubtful is the doubt about a destination, of several the longest.
func (s *subnet) doubtful(dst netip.Addr) *doubt {
	var best *doubt
	for i := range s.doubts {
		if d := &s.doubts[i]; d.prefix.Contains(dst) && (best == nil || d.prefix.Bits() > best.prefix.Bits()) {
			best = d
		}
	}
	return best
}
