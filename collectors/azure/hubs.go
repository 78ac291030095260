package azure

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9"
)

// hub is a virtual hub, or a Route Server, which has no virtual WAN.
type hub struct {
	id  resourceID
	wan bool
}

func hubOf(l listed) hub {
	doc, _ := parseJSON(l.raw)
	return hub{l.id, doc.at("properties", "virtualWan", "id").scalar() != ""}
}

// noneRouteTable is a hub's route table that never has a route.
const noneRouteTable = "noneRouteTable"

// startHubs asks every hub for what is below it, one call after the other, and
// hubs' gateways for their connections.
func (s *subscription) startHubs(t *tasks, f *found) {
	for _, h := range f.hubs {
		t.start(func(ctx context.Context) error { return s.hub(ctx, h) })
	}
	for _, id := range f.vpnGateways {
		t.start(func(ctx context.Context) error {
			_, err := s.below(ctx, id, childVPNConnections, pagesOf(s.network.NewVPNConnectionsClient().NewListByVPNGatewayPager(id.group, id.name, nil)))
			if err != nil {
				return err
			}
			_, err = s.below(ctx, id, childNATRules, pagesOf(s.network.NewNatRulesClient().NewListByVPNGatewayPager(id.group, id.name, nil)))
			return err
		})
	}
	for _, id := range f.erGateways {
		t.start(func(ctx context.Context) error {
			_, err := s.below(ctx, id, childERConnections, onePage(func(ctx context.Context) error {
				_, err := s.network.NewExpressRouteConnectionsClient().List(ctx, id.group, id.name, nil)
				return err
			}))
			return err
		})
	}
}

func (s *subscription) hub(ctx context.Context, h hub) error {
	group, name := h.id.group, h.id.name
	children := []struct {
		name string
		p    pages
	}{{childHubConfigs, pagesOf(s.network.NewVirtualHubIPConfigurationClient().NewListPager(group, name, nil))}}
	if h.wan {
		children = []struct {
			name string
			p    pages
		}{
			{childHubVNets, pagesOf(s.network.NewHubVirtualNetworkConnectionsClient().NewListPager(group, name, nil))},
			{childIntent, pagesOf(s.network.NewRoutingIntentClient().NewListPager(group, name, nil))},
			{childRouteMaps, pagesOf(s.network.NewRouteMapsClient().NewListPager(group, name, nil))},
		}
	}
	for _, c := range children {
		if _, err := s.below(ctx, h.id, c.name, c.p); err != nil {
			return err
		}
	}
	if h.wan {
		if err := s.hubTables(ctx, h.id); err != nil {
			return err
		}
	}
	return s.hubPeers(ctx, h.id)
}

// hubTables asks for a hub's route tables, and what each results in.
func (s *subscription) hubTables(ctx context.Context, id resourceID) error {
	rows, err := s.below(ctx, id, childHubTables, pagesOf(s.network.NewHubRouteTablesClient().NewListPager(id.group, id.name, nil)))
	if err != nil {
		return err
	}
	client := s.network.NewVirtualHubsClient()
	for _, raw := range rows {
		table, name := idOf(raw), childName(raw)
		if name == "" || strings.EqualFold(name, noneRouteTable) {
			continue
		}
		// Without the table's ID and type Azure answers null.
		o := &armnetwork.VirtualHubsClientBeginGetEffectiveVirtualHubRoutesOptions{
			EffectiveRoutesParameters: &armnetwork.EffectiveRoutesParameters{ResourceID: &table, VirtualWanResourceType: new("RouteTable")},
		}
		_, err := s.act(ctx, id, actionHubEffective, name, manyRows, operation(s,
			func(ctx context.Context) (*runtime.Poller[armnetwork.VirtualHubsClientGetEffectiveVirtualHubRoutesResponse], error) {
				return client.BeginGetEffectiveVirtualHubRoutes(ctx, id.group, id.name, o)
			}))
		if err != nil {
			return err
		}
	}
	return nil
}

// hubPeers asks for a hub's BGP peers, and the routes of each.
func (s *subscription) hubPeers(ctx context.Context, id resourceID) error {
	client := s.network.NewVirtualHubBgpConnectionsClient()
	rows, err := s.below(ctx, id, childHubBGP, pagesOf(client.NewListPager(id.group, id.name, nil)))
	if err != nil {
		return err
	}
	for _, raw := range rows {
		name := childName(raw)
		if name == "" {
			continue
		}
		_, err := s.act(ctx, id, actionHubLearned, name, instanceRows, operation(s,
			func(ctx context.Context) (*runtime.Poller[armnetwork.VirtualHubBgpConnectionsClientListLearnedRoutesResponse], error) {
				return client.BeginListLearnedRoutes(ctx, id.group, id.name, name, nil)
			}))
		if err != nil {
			return err
		}
		_, err = s.act(ctx, id, actionHubAdvertised, name, instanceRows, operation(s,
			func(ctx context.Context) (*runtime.Poller[armnetwork.VirtualHubBgpConnectionsClientListAdvertisedRoutesResponse], error) {
				return client.BeginListAdvertisedRoutes(ctx, id.group, id.name, name, nil)
			}))
		if err != nil {
			return err
		}
	}
	return nil
}

// childName is the last segment of the ID of a resource below another one.
func childName(raw json.RawMessage) string {
	id := idOf(raw)
	return id[strings.LastIndexByte(id, '/')+1:]
}
