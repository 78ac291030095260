package azure

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9"
)

func (s *subscription) startConnections(t *tasks, inv inventory) {
	connections := s.network.NewVirtualNetworkGatewayConnectionsClient()
	for _, id := range inv.ids[typeConnections] {
		t.start(func(ctx context.Context) error {
			_, err := s.get(ctx, id, func(ctx context.Context) error {
				_, err := connections.Get(ctx, id.group, id.name, nil)
				return err
			})
			return err
		})
	}
	sites := s.network.NewLocalNetworkGatewaysClient()
	for _, id := range inv.ids[typeLocalSites] {
		t.start(func(ctx context.Context) error {
			_, err := s.get(ctx, id, func(ctx context.Context) error {
				_, err := sites.Get(ctx, id.group, id.name, nil)
				return err
			})
			return err
		})
	}
}

// startGateways asks every gateway: itself, its NAT rules, what it learned, its
// peers, what it advertises to each peer, and what it forwards by, one after
// the other.
func (s *subscription) startGateways(t *tasks, inv inventory) {
	client := s.network.NewVirtualNetworkGatewaysClient()
	for _, id := range inv.ids[typeGateways] {
		t.start(func(ctx context.Context) error { return s.gateway(ctx, client, id) })
	}
}

func (s *subscription) gateway(ctx context.Context, client *armnetwork.VirtualNetworkGatewaysClient, id resourceID) error {
	self, err := s.get(ctx, id, func(ctx context.Context) error {
		_, err := client.Get(ctx, id.group, id.name, nil)
		return err
	})
	if err != nil || self.notFound() {
		return err
	}
	if err := s.gatewayRoutes(ctx, client, id, self); err != nil {
		return err
	}
	doc, _ := parseJSON(self.body)
	if !strings.EqualFold(doc.at("properties", "gatewayType").scalar(), "Vpn") {
		return nil
	}
	_, err = s.below(ctx, id, childNATRules, pagesOf(
		s.network.NewVirtualNetworkGatewayNatRulesClient().NewListByVirtualNetworkGatewayPager(id.group, id.name, nil)))
	if err != nil || !s.offers(typeGateways, effectiveVersion) {
		return err
	}
	_, err = s.act(ctx, id, actionGatewayEffective, "", manyRows, operation(s, s.effectiveRoutes(id)))
	return err
}

func (s *subscription) gatewayRoutes(ctx context.Context, client *armnetwork.VirtualNetworkGatewaysClient, id resourceID, self reply) error {
	_, err := s.act(ctx, id, actionLearned, "", manyRows, operation(s,
		func(ctx context.Context) (*runtime.Poller[armnetwork.VirtualNetworkGatewaysClientGetLearnedRoutesResponse], error) {
			return client.BeginGetLearnedRoutes(ctx, id.group, id.name, nil)
		}))
	if err != nil {
		return err
	}
	peers, err := s.act(ctx, id, actionPeers, "", manyRows, operation(s,
		func(ctx context.Context) (*runtime.Poller[armnetwork.VirtualNetworkGatewaysClientGetBgpPeerStatusResponse], error) {
			return client.BeginGetBgpPeerStatus(ctx, id.group, id.name, nil)
		}))
	if err != nil {
		return err
	}
	for _, peer := range externalPeers(self.body, peers.body) {
		_, err := s.act(ctx, id, actionAdvertised, peer, manyRows, operation(s,
			func(ctx context.Context) (*runtime.Poller[armnetwork.VirtualNetworkGatewaysClientGetAdvertisedRoutesResponse], error) {
				return client.BeginGetAdvertisedRoutes(ctx, id.group, id.name, peer, nil)
			}))
		if err != nil {
			return err
		}
	}
	return nil
}

// externalPeers are the neighbours in another AS than the gateway's own; those
// in the same one are its sibling instances.
func externalPeers(gateway, peers []byte) []string {
	self, _ := parseJSON(gateway)
	own := self.at("properties", "bgpSettings", "asn").scalar()
	if own == "" {
		own = "65515"
	}
	doc, _ := parseJSON(peers)
	var addrs []string
	for _, row := range doc.at("value").items() {
		a, err := netip.ParseAddr(row.at("neighbor").scalar())
		if err != nil || a.Zone() != "" || row.at("asn").scalar() == own || len(addrs) == maxPeers {
			continue
		}
		addrs = append(addrs, a.String())
	}
	slices.Sort(addrs)
	return slices.Compact(addrs)
}
