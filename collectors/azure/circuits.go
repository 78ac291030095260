package azure

import (
	"context"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9"
)

// privatePeering is the only name that a circuit's private peering can have.
const privatePeering = "AzurePrivatePeering"

// startCircuits asks both edge routers of every private peering for their
// routes, their sessions and their neighbours on the link, and every ExpressRoute
// Direct port for its links.
func (s *subscription) startCircuits(t *tasks, f *found) {
	client := s.network.NewExpressRouteCircuitsClient()
	for _, id := range f.circuits {
		t.start(func(ctx context.Context) error {
			for _, device := range devices() {
				if err := s.edge(ctx, client, id, device); err != nil {
					return err
				}
			}
			return nil
		})
	}
	links := s.network.NewExpressRouteLinksClient()
	for _, id := range f.ports {
		t.start(func(ctx context.Context) error {
			_, err := s.below(ctx, id, childLinks, pagesOf(links.NewListPager(id.group, id.name, nil)))
			return err
		})
	}
}

func (s *subscription) edge(ctx context.Context, client *armnetwork.ExpressRouteCircuitsClient, id resourceID, device string) error {
	_, err := s.act(ctx, id, actionRouteTables, device, manyRows, operation(s,
		func(ctx context.Context) (*runtime.Poller[armnetwork.ExpressRouteCircuitsClientListRoutesTableResponse], error) {
			return client.BeginListRoutesTable(ctx, id.group, id.name, privatePeering, device, nil)
		}))
	if err != nil {
		return err
	}
	_, err = s.act(ctx, id, actionSummaries, device, manyRows, operation(s,
		func(ctx context.Context) (*runtime.Poller[armnetwork.ExpressRouteCircuitsClientListRoutesTableSummaryResponse], error) {
			return client.BeginListRoutesTableSummary(ctx, id.group, id.name, privatePeering, device, nil)
		}))
	if err != nil {
		return err
	}
	_, err = s.act(ctx, id, actionARP, device, manyRows, operation(s,
		func(ctx context.Context) (*runtime.Poller[armnetwork.ExpressRouteCircuitsClientListArpTableResponse], error) {
			return client.BeginListArpTable(ctx, id.group, id.name, privatePeering, device, nil)
		}))
	return err
}

func hasPrivatePeering(circuit []byte) bool {
	doc, _ := parseJSON(circuit)
	return slices.ContainsFunc(doc.at("properties", "peerings").items(), func(p *node) bool {
		return strings.EqualFold(p.at("name").scalar(), privatePeering) || strings.EqualFold(p.at("properties", "peeringType").scalar(), privatePeering)
	})
}
