package graph

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// peeringRoutes are the routes that a subnet has for the VNets peered with its own.
func (g *Graph) peeringRoutes(s *subnet) []*azRoute {
	var out []*azRoute
	for _, p := range s.vnet.Peerings {
		if !p.Connected {
			continue
		}
		for _, prefix := range g.peered(&p) {
			if p.OnlyIPv6 && prefix.Addr().Is4() {
				continue
			}
			out = append(out, &azRoute{
				prefix: prefix.Masked(), source: fromSystem, kind: "VNetPeering", remote: p.Remote, open: doubtfulPeering(s, &p),
				label: "the address space of a peered VNet", special: true, refs: []finding.Ref{ref(p.Ref)},
			})
		}
	}
	return out
}

// peered is the space that a peering makes routes for: what the two sides agreed on
// when they were last synchronised, which the remote VNet may have changed since
// (update-virtual-network-peering-address-space), or, where only subnets are peered,
// the prefixes of those.
func (g *Graph) peered(p *snapshot.Peering) []netip.Prefix {
	remote := g.vnets[p.Remote]
	switch {
	case remote == nil:
		return p.RemotePrefixes
	case p.Partial:
		var out []netip.Prefix
		for _, s := range remote.Subnets {
			if slices.ContainsFunc(p.RemoteSubnets, func(name string) bool { return strings.EqualFold(name, s.Name) }) {
				out = append(out, s.Prefixes...)
			}
		}
		return out
	case len(p.RemotePrefixes) > 0:
		return p.RemotePrefixes
	}
	return remote.Prefixes
}

// doubtfulPeering says why it is not known that a peering lets a subnet's packets
// through. Without allowVirtualNetworkAccess the network security groups decide.
// Whether a subnet that is not among the peered ones has the routes is not
// documented.
func doubtfulPeering(s *subnet, p *snapshot.Peering) string {
	switch {
	case p.NoAccess:
		return "the peering " + p.Name + " does not allow access (allowVirtualNetworkAccess is false): network security groups decide what passes"
	case p.Partial && !slices.ContainsFunc(p.LocalSubnets, func(name string) bool { return strings.EqualFold(name, s.Name) }):
		return "the peering " + p.Name + " is of subnets, and this is none of them"
	}
	return ""
}

// vnetName is a VNet's name, of one that was not read by its ID.
func (g *Graph) vnetName(id string) string {
	if v := g.vnets[id]; v != nil {
		return v.Name
	}
	return lastOf(id)
}
