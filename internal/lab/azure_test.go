package lab_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/lab"
)

// TestEffectivePrefers holds Azure's preferences one at a time. It needs neither root nor a network.
func TestEffectivePrefers(t *testing.T) {
	er, vpn := netip.MustParseAddr("10.64.0.8"), netip.MustParseAddr("10.64.0.4")
	firewall := netip.MustParseAddr("10.64.1.4")
	learned := func(hop netip.Addr, prefixes ...string) lab.Learned {
		m := lab.Learned{}
		for _, p := range prefixes {
			m[netip.MustParsePrefix(p)] = []netip.Addr{hop}
		}
		return m
	}
	table := func(propagate bool, prefixes ...string) lab.RouteTable {
		rt := lab.RouteTable{Name: "rt", DisablePropagation: !propagate}
		for _, p := range prefixes {
			rt.Routes = append(rt.Routes, lab.UserRoute{Name: p, Prefix: netip.MustParsePrefix(p), Appliance: firewall})
		}
		return rt
	}
	for _, c := range []struct {
		name  string
		table lab.RouteTable
		er    lab.Learned
		vpn   lab.Learned
		want  []string // prefix, type, next hop
	}{
		{"ExpressRoute over VPN on the same prefix", table(true), learned(er, "10.10.0.0/16"), learned(vpn, "10.10.0.0/16"), []string{
			"0.0.0.0/0 Internet", "10.0.0.0/8 None", "10.10.0.0/16 VirtualNetworkGateway 10.64.0.8",
			"10.64.0.0/23 VNetPeering", "100.64.0.0/10 None", "172.16.0.0/12 None", "172.16.0.0/16 VnetLocal", "192.168.0.0/16 None",
		}},
		{"both stay when one is more specific", table(true), learned(er, "10.10.1.0/24"), learned(vpn, "10.10.0.0/16"), []string{
			"0.0.0.0/0 Internet", "10.0.0.0/8 None", "10.10.0.0/16 VirtualNetworkGateway 10.64.0.4", "10.10.1.0/24 VirtualNetworkGateway 10.64.0.8",
			"10.64.0.0/23 VNetPeering", "100.64.0.0/10 None", "172.16.0.0/12 None", "172.16.0.0/16 VnetLocal", "192.168.0.0/16 None",
		}},
		{"user-defined over BGP and system, and a default route takes the routes to nowhere away", table(true, "0.0.0.0/0", "10.10.0.0/16", "10.64.0.0/23"), learned(er, "10.10.0.0/16"), nil, []string{
			"0.0.0.0/0 VirtualAppliance 10.64.1.4", "10.10.0.0/16 VirtualAppliance 10.64.1.4", "10.64.0.0/23 VirtualAppliance 10.64.1.4", "172.16.0.0/16 VnetLocal",
		}},
		{"propagation disabled keeps the gateways' routes out", table(false, "0.0.0.0/0"), learned(er, "10.10.0.0/16"), learned(vpn, "10.20.0.0/16"), []string{
			"0.0.0.0/0 VirtualAppliance 10.64.1.4", "10.64.0.0/23 VNetPeering", "172.16.0.0/16 VnetLocal",
		}},
		{"a default route learned over BGP counts as one", table(true), learned(er, "0.0.0.0/0"), nil, []string{
			"0.0.0.0/0 VirtualNetworkGateway 10.64.0.8", "10.64.0.0/23 VNetPeering", "172.16.0.0/16 VnetLocal",
		}},
		{"what is learned inside a VNet does not hijack it", table(true, "0.0.0.0/0"), learned(er, "172.16.1.0/24", "10.64.0.0/26"), learned(vpn, "172.16.0.0/16"), []string{
			"0.0.0.0/0 VirtualAppliance 10.64.1.4", "10.64.0.0/23 VNetPeering", "172.16.0.0/16 VnetLocal",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := lab.Azure{RouteTables: []lab.RouteTable{c.table}, VNets: []lab.VNet{
				{Name: "hub", Prefix: netip.MustParsePrefix("10.64.0.0/23"), Peers: []string{"spoke"}},
				{Name: "spoke", Prefix: netip.MustParsePrefix("172.16.0.0/16"), Peers: []string{"hub"}, Subnets: []lab.Subnet{
					{Name: "s", Prefix: netip.MustParsePrefix("172.16.1.0/24"), RouteTable: "rt"},
				}},
			}}
			var got []string
			for _, r := range lab.Effective(a, "s", c.er, c.vpn) {
				line := r.Prefix.String() + " " + string(r.Type)
				for _, h := range r.NextHops {
					line += " " + h.String()
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Effective (-want +got):\n%s", diff)
			}
		})
	}
}
