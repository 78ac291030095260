package azure

import "context"

// found is what the lists named that more is asked of.
type found struct {
	held        []resourceID // gateways that subnets hold
	circuits    []resourceID // with a private peering
	ports       []resourceID
	hubs        []hub
	vpnGateways []resourceID
	erGateways  []resourceID
	samples     samples
	vnets       listing
}

// aList is a list of a subscription, and what is taken from its resources.
type aList struct {
	typ string
	p   pages
	see func(listed)
}

// lists are all lists of a subscription. Each has a part of f of its own.
func (s *subscription) lists(f *found) []aList {
	n := s.network
	into := func(ids *[]resourceID) func(listed) {
		return func(l listed) { *ids = append(*ids, l.id) }
	}
	return []aList{
		{typeVNets, pagesOf(n.NewVirtualNetworksClient().NewListAllPager(nil)), func(l listed) { f.held = append(f.held, gatewaysIn(l.raw)...) }},
		{typeCircuits, pagesOf(n.NewExpressRouteCircuitsClient().NewListAllPager(nil)), func(l listed) {
			if hasPrivatePeering(l.raw) {
				f.circuits = append(f.circuits, l.id)
			}
		}},
		{typePorts, pagesOf(n.NewExpressRoutePortsClient().NewListPager(nil)), into(&f.ports)},
		{typeRouteTables, pagesOf(n.NewRouteTablesClient().NewListAllPager(nil)), nil},
		{typeFirewalls, pagesOf(n.NewAzureFirewallsClient().NewListAllPager(nil)), nil},
		{typeFirewallPolicies, pagesOf(n.NewFirewallPoliciesClient().NewListAllPager(nil)), nil},
		{typeLoadBalancers, pagesOf(n.NewLoadBalancersClient().NewListAllPager(nil)), nil},
		{typeNICs, pagesOf(n.NewInterfacesClient().NewListAllPager(nil)), f.samples.see},
		{typePublicIPs, pagesOf(n.NewPublicIPAddressesClient().NewListAllPager(nil)), nil},
		{typeNSGs, pagesOf(n.NewSecurityGroupsClient().NewListAllPager(nil)), nil},
		{typeWANs, pagesOf(n.NewVirtualWansClient().NewListPager(nil)), nil},
		{typeHubs, pagesOf(n.NewVirtualHubsClient().NewListPager(nil)), func(l listed) { f.hubs = append(f.hubs, hubOf(l)) }},
		{typeVPNGateways, pagesOf(n.NewVPNGatewaysClient().NewListPager(nil)), into(&f.vpnGateways)},
		{typeVPNSites, pagesOf(n.NewVPNSitesClient().NewListPager(nil)), nil},
		{typeERGateways, onePage(func(ctx context.Context) error {
			_, err := n.NewExpressRouteGatewaysClient().ListBySubscription(ctx, nil)
			return err
		}), into(&f.erGateways)},
	}
}
