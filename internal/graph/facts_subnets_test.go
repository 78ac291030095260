package graph_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// gatewayTable gives the GatewaySubnet a route table.
func (n *network) gatewayTable(routes ...snapshot.UserRoute) *network {
	n.Azure.VNets[0].Subnets[0].RouteTable = "/rt"
	n.Azure.RouteTables = []snapshot.RouteTable{{ID: "/rt", Name: "rt-gateway", Routes: routes}}
	return n
}

// userRoute sends a prefix or a service tag to a next hop: "fw" is an appliance.
func userRoute(to, kind string) snapshot.UserRoute {
	u := snapshot.UserRoute{Name: to, Type: kind}
	if kind == "fw" {
		u.Type, u.NextHop = "VirtualAppliance", addr("10.64.1.4")
	}
	if p, err := netip.ParsePrefix(to); err == nil {
		u.Prefix = p
	} else {
		u.Tag = to
	}
	return u
}

func (n *network) model() graph.Model { return graph.Build(n.Snapshot).Model() }

func TestRoutesThatCoverAllPublicAddressesAreADefaultRoute(t *testing.T) {
	for name, tc := range map[string]struct{ routes, want []string }{
		"none":                       {[]string{"172.16.0.0/16", "10.0.0.0/8"}, nil},
		"the one":                    {[]string{"0.0.0.0/0", "172.16.0.0/16"}, []string{"0.0.0.0/0"}},
		"of IPv6":                    {[]string{"::/0"}, []string{"::/0"}},
		"two halves":                 {[]string{"0.0.0.0/1", "172.16.0.0/16", "128.0.0.0/1"}, []string{"0.0.0.0/1", "128.0.0.0/1"}},
		"two halves of IPv6":         {[]string{"::/1", "8000::/1"}, []string{"::/1"}},
		"only one half":              {[]string{"0.0.0.0/1"}, nil},
		"four quarters":              {[]string{"0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"}, []string{"0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"}},
		"without multicast":          {[]string{"0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"}, []string{"0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"}},
		"three quarters":             {[]string{"0.0.0.0/1", "128.0.0.0/2"}, nil},
		"global unicast":             {[]string{"2000::/3"}, []string{"2000::/3"}},
		"a service tag":              {[]string{"AzureCloud"}, nil},
		"the service tag for all":    {[]string{"Internet"}, []string{"Internet"}},
		"the one and both of halves": {[]string{"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"}, []string{"0.0.0.0/0"}},
	} {
		t.Run(name, func(t *testing.T) {
			var routes []snapshot.UserRoute
			for _, r := range tc.routes {
				routes = append(routes, userRoute(r, "fw"))
			}
			var got []string
			for _, r := range guideline().gatewayTable(routes...).model().GatewaySubnets[0].Table.Routes {
				if r.Default {
					got = append(got, r.Name)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("default routes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRoutesTakeTheGatewaysOwnAddressesUnlessALongerOneKeepsThem(t *testing.T) {
	const (
		own     = "10.64.0.0/26, the prefix of subnet/vnet-hub/GatewaySubnet"
		public1 = "20.1.1.1, the public address of instance/vpngw-0"
		public2 = "20.1.1.2, the public address of instance/vpngw-1"
	)
	for name, tc := range map[string]struct {
		routes          []snapshot.UserRoute
		takes, mayTakes []string
	}{
		"a spoke":                               {routes: []snapshot.UserRoute{userRoute("172.16.0.0/16", "fw")}},
		"the whole hub":                         {routes: []snapshot.UserRoute{userRoute("10.64.0.0/23", "fw")}, takes: []string{own}},
		"a part of the subnet":                  {routes: []snapshot.UserRoute{userRoute("10.64.0.0/27", "None")}, takes: []string{own}},
		"a summary that the hub's prefix beats": {routes: []snapshot.UserRoute{userRoute("10.0.0.0/8", "fw")}},
		"the hub but not the subnet": {routes: []snapshot.UserRoute{
			userRoute("10.64.0.0/23", "fw"), userRoute("10.64.0.0/26", "VnetLocal"),
		}},
		"the hub but for a part of the subnet": {
			routes: []snapshot.UserRoute{userRoute("10.64.0.0/23", "fw"), userRoute("10.64.0.0/27", "VnetLocal")}, takes: []string{own},
		},
		"the hub to itself":             {routes: []snapshot.UserRoute{userRoute("10.64.0.0/23", "VnetLocal")}},
		"public addresses":              {routes: []snapshot.UserRoute{userRoute("20.0.0.0/8", "fw")}, takes: []string{public1, public2}},
		"one public address":            {routes: []snapshot.UserRoute{userRoute("20.1.1.2/32", "None")}, takes: []string{public2}},
		"public ones, to the Internet":  {routes: []snapshot.UserRoute{userRoute("20.0.0.0/8", "Internet")}},
		"public ones, but for these":    {routes: []snapshot.UserRoute{userRoute("20.0.0.0/8", "fw"), userRoute("20.1.1.0/24", "Internet")}},
		"a default route is another's":  {routes: []snapshot.UserRoute{userRoute("0.0.0.0/0", "fw"), userRoute("::/0", "fw")}},
		"a service tag":                 {routes: []snapshot.UserRoute{userRoute("AzureCloud", "fw")}, mayTakes: []string{public1, public2}},
		"a service tag to the Internet": {routes: []snapshot.UserRoute{userRoute("AzureCloud", "Internet")}},
	} {
		t.Run(name, func(t *testing.T) {
			var takes, mayTakes []string
			for _, r := range guideline().gatewayTable(tc.routes...).model().GatewaySubnets[0].Table.Routes {
				takes, mayTakes = append(takes, r.Takes...), append(mayTakes, r.MayTake...)
			}
			if diff := cmp.Diff([2][]string{tc.takes, tc.mayTakes}, [2][]string{takes, mayTakes}); diff != "" {
				t.Errorf("taken and perhaps taken (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPublicAddressesThatWereNotReadMayBeTaken(t *testing.T) {
	n := guideline().gatewayTable(userRoute("20.0.0.0/8", "fw"), userRoute("10.0.0.0/8", "fw"))
	for i := range n.Azure.Gateways[1].Instances {
		n.Azure.Gateways[1].Instances[i].PublicIP, n.Azure.Gateways[1].Instances[i].Tunnel = fmt.Sprintf("/pip%d", i), nil
	}
	n.Azure.PublicIPs = []snapshot.PublicIP{{ID: "/pip1", Addr: addr("20.1.1.2")}}
	routes := n.model().GatewaySubnets[0].Table.Routes
	want := [][]string{
		{"20.1.1.2, the public address of instance/vpngw-1"}, {"the public address of instance/vpngw-0, which was not read"}, nil, nil,
	}
	if diff := cmp.Diff(want, [][]string{routes[0].Takes, routes[0].MayTake, routes[1].Takes, routes[1].MayTake}); diff != "" {
		t.Errorf("taken and perhaps taken (-want +got):\n%s", diff)
	}
}

func TestGatewaySubnetsThatWereNotReadAreMissing(t *testing.T) {
	n := guideline()
	n.Azure.VNets = n.Azure.VNets[1:]
	for i := range n.Azure.Gateways {
		n.Azure.Gateways[i].Subnet = "/subscriptions/s/resourcegroups/g/providers/microsoft.network/virtualnetworks/vnet-hub/subnets/gatewaysubnet"
	}
	m := n.model()
	if len(m.GatewaySubnets) != 1 || m.GatewaySubnets[0].Status != "missing" || m.GatewaySubnets[0].ID != "subnet/vnet-hub/GatewaySubnet" ||
		len(m.GatewaySubnets[0].Gateways) != 2 || m.GatewaySubnets[0].Table.Status != "missing" {
		t.Errorf("GatewaySubnets = %+v, want one that is missing, of two gateways", m.GatewaySubnets)
	}
	if len(m.GatewayVNets) != 1 || m.GatewayVNets[0].Status != "missing" || m.GatewayVNets[0].ID != "vnet/vnet-hub" {
		t.Errorf("virtual networks of gateways = %+v, want vnet/vnet-hub, missing", m.GatewayVNets)
	}
}

func TestRoutesOfSingleAddressesAreToldOfSubnetsWithPrivateEndpoints(t *testing.T) {
	for _, tc := range []struct {
		name, route string
		endpoints   int
		want        bool
	}{
		{"a host route", "172.16.1.9/32", 1, true},
		{"of another subnet", "10.64.1.9/32", 1, false},
		{"of the whole network", "172.16.0.0/16", 1, false},
		{"without endpoints", "172.16.1.9/32", 0, false},
	} {
		n := guideline().gatewayTable(userRoute(tc.route, "VirtualAppliance"))
		n.Azure.VNets[1].Subnets[0].PrivateEndpoints, n.Azure.VNets[1].Subnets[0].EndpointPolicies = tc.endpoints, "Disabled"
		m := n.model()
		i := slices.IndexFunc(m.Subnets, func(s graph.Subnet) bool { return s.ID == "subnet/vnet-spoke/workload" })
		if got := m.Subnets[i]; got.HostRoutes != tc.want || got.PrivateEndpoints != tc.endpoints || got.EndpointPolicies != "Disabled" {
			t.Errorf("%s: %+v, want host routes: %t", tc.name, got, tc.want)
		}
	}
}

func TestARouteTableThatWasNotReadIsMissing(t *testing.T) {
	n := guideline().gatewayTable()
	n.Azure.RouteTables = nil
	m := n.model()
	if got := m.GatewaySubnets[0].Table; got.Status != "missing" || got.ID != "routetable/rt" {
		t.Errorf("table = %+v, want routetable/rt, missing", got)
	}
	if got := m.AttachedTables; len(got) != 1 || got[0].Status != "missing" || !got[0].Coexisting {
		t.Errorf("attached tables = %+v, want one, missing, of a subnet with both gateways", got)
	}
	if got := m.Endpoints[0].Unknown; !strings.Contains(got, "route table rt of subnet/vnet-hub/GatewaySubnet was not read") {
		t.Errorf("route to the end point is unknown because %q, want because of the route table", got)
	}
}

func TestSummariesAreHeldAgainstTheAddressSpaceAndTheGatewaySubnet(t *testing.T) {
	n := guideline()
	n.Azure.VNets[0].Summaries = []netip.Prefix{pfx("10.64.0.0/25"), pfx("172.16.0.0/12")}
	got := n.model().GatewayVNets[0]
	got.Evidence = nil
	want := graph.GatewayVNet{
		ID: "vnet/vnet-hub", Status: "ok", Prefixes: []string{"10.64.0.0/23"}, Summaries: []string{"10.64.0.0/25", "172.16.0.0/12"},
		Holding: []string{"10.64.0.0/25"}, Outside: []string{"10.64.0.128/25", "10.64.1.0/24"}, Gateways: []string{"gateway/ergw", "gateway/vpngw"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("virtual network (-want +got):\n%s", diff)
	}
}

func TestRoutesAreCountedByPrefix(t *testing.T) {
	n := guideline().gatewayTable(userRoute("172.16.0.0/16", "fw"))
	n.Azure.Circuits[0].Tier = "Premium"
	n.Azure.Circuits[0].Peering.Tables[1].Status = snapshot.Partial
	n.Azure.Gateways[0].Advertised = []snapshot.GatewayAdvertised{
		{Read: whole("a1"), Peer: addr("10.64.0.8"), Routes: []snapshot.LearnedRoute{learned("10.64.0.0/23", "10.64.0.12", ""), learned("fd00::/64", "10.64.0.12", "")}},
		{Read: snapshot.Read{Item: "a2", Status: snapshot.Denied}, Peer: addr("10.64.0.9")},
	}
	vpn := &n.Azure.Gateways[1].Learned
	vpn.Routes = append(vpn.Routes, vpn.Routes[0]) // from the other instance
	n.Azure.VNets[1].Subnets[0].RouteTable = "/other"
	var got []graph.RouteCount
	for _, c := range n.model().RouteCounts {
		if len(c.Evidence) == 0 {
			t.Errorf("%s has no evidence", c.ID)
		}
		c.Evidence = nil
		got = append(got, c)
	}
	want := []graph.RouteCount{
		{ID: "peering/er-primary", Kind: "premium private peering", Count: 1, Status: "ok"},
		{ID: "peering/er-secondary", Kind: "premium private peering", Count: 1, Status: "partial"},
		{ID: "gateway/ergw", Kind: "advertised", Count: 1, Status: "denied"},
		{ID: "gateway/ergw", Kind: "advertised IPv6", Count: 1, Status: "denied"},
		{ID: "gateway/vpngw", Kind: "VPN gateway", Count: 2, Status: "ok"},
		{ID: "routetable/rt-gateway", Kind: "user-defined routes", Count: 1, Status: "ok"},
		{ID: "routetable/other", Kind: "user-defined routes", Status: "missing"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestWhatConnectionsNameAndNobodyReadIsNotCounted(t *testing.T) {
	n := guideline()
	n.Azure.Circuits, n.Azure.Gateways = nil, nil
	var got []string
	for _, c := range n.model().RouteCounts {
		got = append(got, c.ID+" "+c.Kind+" "+c.Status)
	}
	want := []string{"gateway/vpn VPN gateway missing", "circuit/circuit private peering missing", "gateway/er advertised missing"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestRoutesToAGatewayAreListedWhereBothGatewaysServe(t *testing.T) {
	n := guideline()
	n.Azure.VNets[1].Subnets[0].RouteTable = "/rt"
	n.Azure.RouteTables = []snapshot.RouteTable{{ID: "/rt", Name: "rt-spoke", Routes: []snapshot.UserRoute{
		userRoute("10.10.0.0/16", "VirtualNetworkGateway"), userRoute("0.0.0.0/0", "fw"),
	}}}
	got := n.model().AttachedTables
	for i := range got {
		got[i].Evidence = nil
	}
	want := []graph.AttachedTable{{
		ID: "routetable/rt-spoke", Status: "ok", Subnets: []string{"subnet/vnet-spoke/workload"}, Coexisting: true,
		ToGateway: []graph.UserRoute{{Name: "10.10.0.0/16", Prefix: "10.10.0.0/16", Type: "VirtualNetworkGateway", Evidence: []finding.Ref{{}}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attached tables (-want +got):\n%s", diff)
	}
	n.Azure.Gateways = n.Azure.Gateways[:1]
	if got := n.model().AttachedTables[0]; got.Coexisting || !strings.Contains(got.Unknown, "the gateway of connection conn1 was not read") {
		t.Errorf("table = %+v, want it not known whether both gateways serve its subnet", got)
	}
}
