package azure

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9"

	"github.com/routeproof/routeproof/internal/evidence"
)

// privatePeering is the only name that a circuit's private peering can have.
const privatePeering = "AzurePrivatePeering"

// get asks for one resource and stores it.
func (s *subscription) get(ctx context.Context, id resourceID, do func(context.Context) error) (reply, error) {
	r, err := s.run(ctx, call{
		kind: oneResource, action: "Microsoft.Network/" + id.typ + "/read", limit: s.c.opts.CallTimeout, do: do,
	})
	if err != nil {
		return reply{}, err
	}
	_, err = s.store(evidence.AzurePath(s.id, id.typ, id.group, id.name, "", ""), r, r.body)
	return r, err
}

// act runs an action on a resource and stores its result.
func (s *subscription) act(ctx context.Context, id resourceID, action, argument, permission string, do func(context.Context) error) (reply, error) {
	r, err := s.run(ctx, call{
		kind: manyRows, action: "Microsoft.Network/" + id.typ + "/" + permission, limit: s.c.opts.CallTimeout, do: do,
	})
	if err != nil {
		return reply{}, err
	}
	if p := readPage(r.body, "value"); p.next != "" && r.answered.status < 300 {
		r.status, r.detail = "partial", "the answer goes on at another page, which the operation does not give"
	}
	_, err = s.store(evidence.AzurePath(s.id, id.typ, id.group, id.name, action, argument), r, r.body)
	return r, err
}

// operation makes a call of a long-running operation: begin has its own time,
// and the polling has the call timeout, since a 5xx is polled for ever.
func operation[T any](s *subscription, begin func(context.Context) (*runtime.Poller[T], error)) func(context.Context) error {
	return func(ctx context.Context) error {
		p, err := begin(ctx)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, s.c.opts.CallTimeout)
		defer cancel()
		_, err = p.PollUntilDone(ctx, &runtime.PollUntilDoneOptions{Frequency: s.c.opts.PollEvery})
		return err
	}
}

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

// startGateways asks every gateway: itself, what it learned, its peers, and what
// it advertises to each peer, one after the other.
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
	_, err = s.act(ctx, id, actionLearned, "", "getLearnedRoutes/action", operation(s,
		func(ctx context.Context) (*runtime.Poller[armnetwork.VirtualNetworkGatewaysClientGetLearnedRoutesResponse], error) {
			return client.BeginGetLearnedRoutes(ctx, id.group, id.name, nil)
		}))
	if err != nil {
		return err
	}
	peers, err := s.act(ctx, id, actionPeers, "", "getBgpPeerStatus/action", operation(s,
		func(ctx context.Context) (*runtime.Poller[armnetwork.VirtualNetworkGatewaysClientGetBgpPeerStatusResponse], error) {
			return client.BeginGetBgpPeerStatus(ctx, id.group, id.name, nil)
		}))
	if err != nil {
		return err
	}
	for _, peer := range externalPeers(self.body, peers.body) {
		_, err := s.act(ctx, id, actionAdvertised, peer, "getAdvertisedRoutes/action", operation(s,
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

// startCircuits asks both edge routers of every private peering for their table.
func (s *subscription) startCircuits(t *tasks, circuits listing) {
	client := s.network.NewExpressRouteCircuitsClient()
	for _, c := range circuits.resources {
		if !hasPrivatePeering(c.raw) {
			continue
		}
		id := c.id
		id.typ = typeCircuits
		t.start(func(ctx context.Context) error {
			for _, device := range devices() {
				_, err := s.act(ctx, id, actionRouteTables, device, "peerings/routeTables/action", operation(s,
					func(ctx context.Context) (*runtime.Poller[armnetwork.ExpressRouteCircuitsClientListRoutesTableResponse], error) {
						return client.BeginListRoutesTable(ctx, id.group, id.name, privatePeering, device, nil)
					}))
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func hasPrivatePeering(circuit []byte) bool {
	doc, _ := parseJSON(circuit)
	return slices.ContainsFunc(doc.at("properties", "peerings").items(), func(p *node) bool {
		return strings.EqualFold(p.at("name").scalar(), privatePeering) || strings.EqualFold(p.at("properties", "peeringType").scalar(), privatePeering)
	})
}
