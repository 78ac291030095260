package graph_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func facts(n *network) graph.Model { return graph.Build(n.Snapshot).Model() }

func TestRoutesToAppliancesSayWhatIsThere(t *testing.T) {
	for _, tt := range []struct {
		name    string
		network *network
		want    graph.ApplianceRoute
	}{
		{"a front end", nvaPair(vip, vip), graph.ApplianceRoute{Appliance: "appliance/lb-nva/inside"}},
		{"a stale address", nvaPair(noSubnet, vip), graph.ApplianceRoute{Stale: "it is in no subnet of vnet/vnet-hub"}},
		{"an unknown address", nvaPair(nothing, vip), graph.ApplianceRoute{Unknown: "nothing in the evidence has it, and whether all azurefirewalls were read is not known"}},
		{"a front end that passes some packets only", func() *network {
			n := nvaPair(vip, vip)
			n.Azure.LoadBalancers[0].Rules[0].Protocol, n.Azure.LoadBalancers[0].Rules[0].Port = "Tcp", 443
			n.Azure.NICs[1].Forwarding = false
			return n
		}(), graph.ApplianceRoute{Appliance: "appliance/lb-nva/inside", Faults: []string{
			"network interface nic2 in the pool does not forward (enableIPForwarding is false)",
			"front end inside of load balancer lb-nva has no rule for all protocols and ports (high-availability ports), so that only some packets pass",
		}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := facts(tt.network).ApplianceRoutes[0]
			want := tt.want
			want.Table, want.Route, want.Prefix, want.NextHop = "routetable/rt-spoke", "0.0.0.0/0", "0.0.0.0/0", got.NextHop
			got.Evidence = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	n := nvaPair(noSubnet, vip)
	n.Azure.VNets[1].Subnets[0].RouteTable = ""
	if got := facts(n).ApplianceRoutes; len(got) != 1 || got[0].Table != "routetable/rt-gateway" {
		t.Errorf("a table that no subnet uses is told of: %+v", got)
	}
}

// firewallTable gives the firewall's subnet a route table.
func (n *network) firewallTable(noPropagation bool, routes ...snapshot.UserRoute) *network {
	n.Azure.VNets[0].Subnets[1].RouteTable = "/rtfw"
	n.Azure.RouteTables = append(n.Azure.RouteTables, snapshot.RouteTable{ID: "/rtfw", Name: "rt-firewall", DisablePropagation: noPropagation, Routes: routes})
	return n
}

// defaulted makes the ExpressRoute gateway learn a default route.
func (n *network) defaulted() *network {
	er := &n.Azure.Gateways[0].Learned
	er.Routes = append(er.Routes, learned("0.0.0.0/0", "10.64.0.8", "12076 65501"))
	return n
}

func TestAFirewallsSubnetMustGetToThePremisesAndTheInternet(t *testing.T) {
	internet := snapshot.UserRoute{Name: "internet", Prefix: pfx("0.0.0.0/0"), Type: "Internet"}
	for _, tt := range []struct {
		name      string
		network   *network
		unreached string
		def       string
		kept      bool
		forced    bool
		unknown   string
	}{
		{name: "no table", network: firewalled()},
		{name: "no propagation", network: firewalled().firewallTable(true), unreached: "10.10.0.0/16 10.10.10.1/32 10.20.0.0/16 10.20.10.1/32"},
		{name: "a route to nowhere", network: firewalled().firewallTable(false, snapshot.UserRoute{Name: "x", Prefix: pfx("10.10.0.0/16"), Type: "None"}), unreached: "10.10.0.0/16"},
		{name: "a default route from the premises", network: firewalled().defaulted(), def: "gateway/ergw"},
		{name: "the same, and one to the Internet", network: firewalled().defaulted().firewallTable(false, internet), def: "gateway/ergw", kept: true},
		{name: "the same, on a firewall that is made for it", network: func() *network {
			n := firewalled().defaulted()
			n.Azure.Firewalls[0].Management = "/hub/mgmt"
			return n
		}(), def: "gateway/ergw", forced: true},
		{name: "a subnet that was not read", network: func() *network {
			n := firewalled()
			n.Azure.Firewalls[0].Subnet = "/elsewhere"
			return n
		}(), unknown: "the subnet of the firewall was not read"},
		{name: "a table that was not read", network: func() *network {
			n := firewalled().defaulted()
			n.Azure.VNets[0].Subnets[1].RouteTable = "/rtfw"
			return n
		}(), unknown: "its route table /rtfw was not read"},
		{name: "learned routes that were not read", network: func() *network {
			n := firewalled()
			n.Azure.Gateways[0].Learned = snapshot.Learned{}
			return n
		}(), unknown: "the learned routes of gateway/ergw are not known (missing)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := facts(tt.network).FirewallSubnets[0]
			var lost []string
			for _, u := range got.Unreached {
				lost = append(lost, u.Prefix)
			}
			if s := strings.Join(lost, " "); s != tt.unreached || got.Default != tt.def || got.DefaultKept != tt.kept || got.Forced != tt.forced || got.Unknown != tt.unknown {
				t.Errorf("%+v", got)
			}
		})
	}
	hub := firewalled()
	hub.Azure.Firewalls[0].Hub = "/vhub"
	if m := facts(hub); len(m.FirewallSubnets)+len(m.FirewallSNATs) > 0 {
		t.Errorf("a virtual hub's firewall is judged by a subnet: %+v", m.FirewallSubnets)
	}
}

func TestAFirewallsRangesComeFromTheNearestPolicyThatHasSome(t *testing.T) {
	policies := func(own, base snapshot.SNAT) *network {
		n := firewalled()
		n.Azure.Firewalls[0].Policy = "/p/own"
		n.Azure.FirewallPolicies = []snapshot.FirewallPolicy{
			{ID: "/p/own", Name: "own", Base: "/p/base", SNAT: own}, {ID: "/p/base", Name: "base", Base: "/p/own", SNAT: base},
		}
		return n
	}
	ten := snapshot.SNAT{Ranges: []string{"10.10.0.0/16"}}
	unread := policies(ten, ten)
	unread.Azure.FirewallPolicies = nil
	classic := firewalled()
	classic.Azure.Firewalls[0].SNAT = snapshot.SNAT{Ranges: []string{"10.20.0.7", "255.255.255.255/32"}}
	public := firewalled()
	public.Azure.Gateways[1].Learned.Routes = append(public.Azure.Gateways[1].Learned.Routes, learned("203.0.113.0/24", "169.254.21.1", "65501"), learned("100.64.3.0/24", "169.254.21.1", "65501"))
	for _, tt := range []struct {
		name       string
		network    *network
		policy     string
		translated string
		unknown    string
		learns     bool
	}{
		{name: "Azure's default", network: firewalled()},
		{name: "Azure's default, and public addresses", network: public, translated: "203.0.113.0/24"},
		{name: "no setting in the whole chain, which is a circle", network: policies(snapshot.SNAT{}, snapshot.SNAT{})},
		{name: "the policy's own", network: policies(ten, snapshot.SNAT{Ranges: []string{"IANAPrivateRanges"}}), policy: "firewallpolicy/own", translated: "10.20.0.0/16"},
		{name: "its parent's", network: policies(snapshot.SNAT{}, ten), policy: "firewallpolicy/base", translated: "10.20.0.0/16"},
		{name: "learned ones, too", network: policies(snapshot.SNAT{Ranges: ten.Ranges, AutoLearn: "Enabled"}, ten), policy: "firewallpolicy/own", translated: "10.20.0.0/16", learns: true},
		{name: "a policy that was not read", network: unread, unknown: "firewallpolicy/own, which says what the firewall does not translate, was not read"},
		{name: "the firewall's own", network: classic, translated: "10.10.0.0/16 10.20.0.0/16"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := facts(tt.network).FirewallSNATs[0]
			var translated []netip.Prefix
			for _, p := range got.Translated {
				translated = append(translated, pfx(p))
			}
			for want := range strings.FieldsSeq(tt.translated) {
				found := false
				for _, p := range translated {
					found = found || pfx(want).Contains(p.Addr())
				}
				if !found {
					t.Errorf("translated %v, want some of %s", got.Translated, want)
				}
			}
			if (tt.translated == "") != (len(translated) == 0) || got.Policy != tt.policy || got.Unknown != tt.unknown || got.Learns != tt.learns {
				t.Errorf("%+v", got)
			}
		})
	}
	odd := classic
	odd.Azure.Firewalls[0].SNAT.Ranges = []string{"all of it"}
	if got := facts(odd).FirewallSNATs[0].Unknown; got != "the range all of it was not understood" {
		t.Errorf("a range in other words: %q", got)
	}
}

func TestUnreadResourcesAreNamed(t *testing.T) {
	n := guideline()
	n.Azure.Lists = []snapshot.List{
		{Subscription: "s", Type: "virtualnetworks", Read: snapshot.Read{Item: "azure/s/virtualNetworks.json", Status: snapshot.Denied}},
		{Subscription: "s", Type: "azurefirewalls", Read: snapshot.Read{Status: snapshot.Empty}},
		{Subscription: "s", Type: "networksecuritygroups", Read: snapshot.Read{Status: snapshot.Denied}},
	}
	n.Items = []snapshot.Item{
		{Path: "azure/s/connections/g/c1.json", Status: snapshot.Error, Detail: "HTTP 500"},
		{Path: "azure/s/connections/g/c2.json", Status: snapshot.OK},
		{Path: "azure/s/virtualNetworkGateways/g/vpngw.getLearnedRoutes.json", Status: snapshot.Denied},
	}
	var got []string
	for _, r := range facts(n).UnreadResources {
		got = append(got, r.ID+": "+r.Why)
	}
	want := []string{
		"azure/s/virtualNetworks.json: the list of virtualnetworks of subscription s is denied",
		"connection/c1: it was not read: HTTP 500",
		"s/expressroutecircuits: the list of expressroutecircuits of subscription s was not read",
		"s/routetables: the list of routetables of subscription s was not read",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
