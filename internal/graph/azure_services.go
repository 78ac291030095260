package graph

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// toService is the next hop type of a service endpoint's routes. Azure adds them
// to a subnet for the public addresses of the services that the endpoints are
// for, and no others (Microsoft: virtual-networks-udr-overview, "optional default
// routes"): private destinations never match one. BGP does not beat them,
// however specific; a user-defined route that is as long does.
const toService = "VirtualNetworkServiceEndpoint"

// serviceRoutes adds the routes of a subnet's service endpoints. Which prefixes a
// service has is nowhere but in the effective routes of a machine there: without
// them, any public address may be a service's.
func (s *subnet) serviceRoutes(sampled []*snapshot.NIC) {
	seen := make(map[netip.Prefix]bool)
	for _, nic := range sampled {
		for _, r := range nic.Effective.Routes {
			if !strings.EqualFold(r.Type, toService) || !strings.EqualFold(r.State, "Active") {
				continue
			}
			for _, p := range r.Prefixes {
				if p = p.Masked(); !seen[p] {
					seen[p] = true
					s.routes = append(s.routes, &azRoute{
						prefix: p, source: fromSystem, kind: toService, special: true,
						label: "a service endpoint's route", refs: []finding.Ref{ref(r.Ref)},
					})
				}
			}
		}
	}
	if len(s.Endpoints) > 0 && len(seen) == 0 {
		services := slices.Compact(slices.Sorted(slices.Values(s.Endpoints)))
		s.services = "it has service endpoints for " + strings.Join(services, ", ") +
			", whose routes to public addresses win over BGP's and were not read; collect the effective routes of a machine there, while it runs"
	}
}
