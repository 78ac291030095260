package graph

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// gatewayAddress is what a GatewaySubnet's gateways have for themselves: the subnet's
// prefixes and public addresses. harmless is the next hop type that leads where
// Azure's own route does. prefix is not valid where the address was not read.
type gatewayAddress struct {
	prefix   netip.Prefix
	what     string
	harmless string
}

func (g *Graph) ownAddresses(s *subnet) []gatewayAddress {
	var out []gatewayAddress
	for _, p := range s.Prefixes {
		out = append(out, gatewayAddress{p.Masked(), p.String() + ", the prefix of " + s.id, "VnetLocal"})
	}
	for _, gw := range g.gateways {
		if gw.subnet != s {
			continue
		}
		for i := range gw.Instances {
			out = append(out, g.publicAddresses(gw, i)...)
		}
	}
	return out
}

// publicAddresses are those of an instance: by the public address's own words and
// the tunnel end points that are outside of the subnet.
func (g *Graph) publicAddresses(gw *gateway, i int) []gatewayAddress {
	inst := &gw.Instances[i]
	var found []netip.Addr
	for _, p := range g.snap.Azure.PublicIPs {
		if inst.PublicIP != "" && strings.EqualFold(p.ID, inst.PublicIP) && p.Addr.IsValid() {
			found = append(found, p.Addr)
		}
	}
	for _, a := range inst.Tunnel {
		if !contains(gw.subnet.Prefixes, a) && !a.IsPrivate() && !slices.Contains(found, a) {
			found = append(found, a)
		}
	}
	if len(found) == 0 && inst.PublicIP != "" {
		return []gatewayAddress{{what: "the public address of " + gw.instance(i) + ", which was not read", harmless: "Internet"}}
	}
	out := make([]gatewayAddress, len(found))
	for j, a := range found {
		out[j] = gatewayAddress{netip.PrefixFrom(a, a.BitLen()), a.String() + ", the public address of " + gw.instance(i), "Internet"}
	}
	return out
}

// hold is whether packets to an address follow a route.
type hold int

const (
	passesBy hold = iota
	mayFollow
	follows
)

// follows says whether packets to the address, or to some of the prefix, follow a
// user-defined route: it leads elsewhere than Azure's own route does, and nothing
// longer that leads there covers all of the address.
func (a gatewayAddress) follows(u snapshot.UserRoute, t *snapshot.RouteTable, v *snapshot.VNet) hold {
	public := a.harmless == "Internet"
	switch {
	case u.Type == a.harmless:
		return passesBy
	case !u.Prefix.IsValid() && !strings.EqualFold(u.Tag, "Internet") && public:
		return mayFollow // a service tag may hold any of Azure's public addresses
	case !u.Prefix.IsValid() || u.Prefix.Bits() == 0:
		return passesBy
	case !a.prefix.IsValid() && isPublic(spanOf(u.Prefix)):
		return mayFollow
	case !a.prefix.IsValid() || !u.Prefix.Overlaps(a.prefix) || a.kept(u.Prefix, t, v):
		return passesBy
	}
	return follows
}

// kept reports whether a route that is longer than p leads all packets to the
// address where Azure's own route does.
func (a gatewayAddress) kept(p netip.Prefix, t *snapshot.RouteTable, v *snapshot.VNet) bool {
	keeps := func(q netip.Prefix) bool {
		return q.IsValid() && q.Bits() > p.Bits() && q.Bits() <= a.prefix.Bits() && q.Overlaps(a.prefix)
	}
	return a.harmless == "VnetLocal" && slices.ContainsFunc(v.Prefixes, keeps) ||
		slices.ContainsFunc(t.Routes, func(o snapshot.UserRoute) bool { return o.Type == a.harmless && keeps(o.Prefix) })
}
