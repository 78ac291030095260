package graph

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// toPeer is the next hop type of a route that a Route Server's peer announced.
const toPeer = "RouteServerPeer"

// serverRoutes adds what the peers of a Route Server announce: it programs their
// routes into the subnets of its VNet and of those that use that one's gateways
// (route-server/overview). Where such a peer sends packets on is not followed.
func (g *Graph) serverRoutes(s *subnet) {
	for _, h := range g.snap.Azure.Hubs {
		if h.WAN != "" || !slices.ContainsFunc(h.Configs.Configs, func(c snapshot.HubConfig) bool { return g.served(s.vnet, g.subnetByID(c.Subnet)) }) {
			continue
		}
		if !h.BGP.Whole() && h.BGP.Status != snapshot.Empty {
			s.blind = append(s.blind, "the BGP peers of Route Server "+h.Name+" were not read")
		}
		for _, c := range h.BGP.Connections {
			if !c.Learned.Whole() && c.Learned.Status != snapshot.Empty {
				s.blind = append(s.blind, "what Route Server "+h.Name+" learned from "+c.Name+" was not read")
			}
			s.routes = append(s.routes, announced(&h, &c)...)
		}
	}
}

// announced are the routes of one peer, each prefix once: there is a row for each
// instance of the server.
func announced(h *snapshot.Hub, c *snapshot.HubBGPConnection) []*azRoute {
	var out []*azRoute
	seen := make(map[netip.Prefix]bool)
	for _, row := range c.Learned.Routes {
		p := row.Prefix.Masked()
		if !p.IsValid() || seen[p] {
			continue
		}
		seen[p] = true
		out = append(out, &azRoute{
			prefix: p, source: fromServer, kind: toPeer, hop: row.NextHop, label: "learned by Route Server " + h.Name, refs: []finding.Ref{ref(row.Ref)},
			open: fmt.Sprintf("Route Server %s has %s from %s (%s): where that sends packets on is not known", h.Name, p, c.Name, text(row.NextHop)),
		})
	}
	return out
}

// served reports whether a VNet gets the routes of a Route Server in subnet at.
func (g *Graph) served(v *snapshot.VNet, at *subnet) bool {
	if at == nil {
		return false
	}
	return at.vnet == v || slices.ContainsFunc(v.Peerings, func(p snapshot.Peering) bool {
		return p.Connected && p.UseRemoteGateways && strings.EqualFold(p.Remote, at.vnet.ID) && g.transits[transit{at.vnet.ID, v.ID}]
	})
}
