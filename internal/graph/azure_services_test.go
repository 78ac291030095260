package graph_test

import (
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// public gives R1 a LAN of public addresses, which the VPN gateway learns.
func (n *network) public() *network {
	r := &n.Routers[0]
	own := path("203.0.113.0/24", "0.0.0.0", 0, "")
	own.Best = true
	r.BGP.Paths = append(r.BGP.Paths, own)
	r.RIB.Routes = append(r.RIB.Routes, route("203.0.113.0/24", snapshot.Connected, 0, "", "lan0"))
	vpn := &n.Azure.Gateways[1].Learned
	vpn.Routes = append(vpn.Routes, learned("203.0.113.0/24", "169.254.21.1", "65501"))
	return n
}

// endpoints gives the spoke's subnet service endpoints.
func (n *network) endpoints(services ...string) *network {
	n.Azure.VNets[1].Subnets[0].Endpoints = services
	return n
}

// answer is the way from the spoke to an on-premises address.
func answer(t interface{ Fatal(...any) }, n *network, onprem string, down ...string) finding.Path {
	_, back, err := graph.Build(n.Snapshot).Trace(addr(onprem), addr("172.16.1.4"), down...)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func TestServiceEndpointsTakePublicAddressesAway(t *testing.T) {
	service := func(p string) snapshot.EffectiveRoute { return effective(p, "VirtualNetworkServiceEndpoint") }
	overridden := service("203.0.113.0/24")
	overridden.State = "Invalid"
	for _, tt := range []struct {
		name    string
		network *network
		to      string
		want    finding.PathOutcome
		detail  string
	}{
		{"no endpoint", guideline().public(), "203.0.113.7", finding.Delivered, ""},
		{"an endpoint whose prefixes are not known", guideline().public().endpoints("Microsoft.Storage"), "203.0.113.7", finding.Unknown, "subnet/vnet-spoke/workload: it has service endpoints for Microsoft.Storage"},
		{"a private address beside it", guideline().public().endpoints("Microsoft.Storage"), "10.10.5.7", finding.Delivered, ""},
		{"a service's prefix, longer than BGP's", guideline().public().endpoints("Microsoft.Sql").sampled(service("203.0.113.0/28")), "203.0.113.7", finding.Dropped, "by a service endpoint"},
		{"a service's prefix, shorter than BGP's", guideline().public().endpoints("Microsoft.Sql").sampled(service("203.0.112.0/20")), "203.0.113.7", finding.Dropped, "by a service endpoint"},
		{"a service's prefix elsewhere", guideline().public().endpoints("Microsoft.Sql").sampled(service("203.0.113.128/28")), "203.0.113.7", finding.Delivered, ""},
		{"a machine without a row of the service", guideline().public().endpoints("Microsoft.Sql").sampled(effective("172.16.0.0/16", "VnetLocal")), "203.0.113.7", finding.Unknown, "Microsoft.Sql"},
		{"a row that a user-defined route overrides", guideline().public().sampled(overridden), "203.0.113.7", finding.Delivered, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := answer(t, tt.network, tt.to)
			if got.Outcome != tt.want || !strings.Contains(got.Detail, tt.detail) {
				t.Fatalf("%v (%s), want %s: %s", way(got), got.Detail, tt.want, tt.detail)
			}
			for _, h := range got.Hops {
				if got.Outcome != finding.Delivered && h.LeavesPremises {
					t.Errorf("%v crosses %s, want it to stay in Microsoft's network", way(got), h.Link)
				}
			}
		})
	}
}

// The firewall's subnet decides for what a spoke sends to it.
func TestAServiceEndpointOfTheFirewallsSubnetCounts(t *testing.T) {
	n := firewalled().public()
	n.Azure.VNets[0].Subnets[1].Endpoints = []string{"Microsoft.Storage"}
	if got := answer(t, n, "203.0.113.7"); got.Outcome != finding.Unknown || !strings.HasPrefix(got.Detail, "subnet/vnet-hub/AzureFirewallSubnet: ") {
		t.Errorf("%v (%s), want unknown by the firewall's subnet", way(got), got.Detail)
	}
}

// Subnets that are alike but for their endpoints are no bundle.
func TestEndpointsTellSubnetsApart(t *testing.T) {
	n := guideline().public().endpoints("Microsoft.Storage")
	spoke := &n.Azure.VNets[1]
	spoke.Subnets = append(spoke.Subnets, snapshot.Subnet{ID: "/spoke/other", Name: "other", Prefixes: []netip.Prefix{pfx("172.16.2.0/24")}})
	want := map[string]finding.PathOutcome{"subnet/vnet-spoke/workload": finding.Unknown, "subnet/vnet-spoke/other": finding.Delivered}
	seen := 0
	for _, c := range graph.Build(n.Snapshot).Model().Classes {
		if !holds(c.OnPrem, addr("203.0.113.7")) {
			continue
		}
		for _, s := range append(c.Azure.Alike, c.Azure.Subnet) {
			if w, ok := want[s]; ok {
				seen++
				if c.Return.Outcome != w {
					t.Errorf("%s of %s: return %v, want %s", s, c.ID, way(c.Return), w)
				}
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d of the subnets are in classes, want 2", seen)
	}
}

// publicPrefixes draws prefixes inside 203.0.113.0/28 or that cover it.
func publicPrefixes(t *rapid.T, label string) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range distinct(t, label, 3) {
		a := p.Addr().As4()
		out = append(out, netip.PrefixFrom(netip.AddrFrom4([4]byte{203, 0, 113, a[3]}), p.Bits()).Masked())
	}
	return out
}

// serviceOracle is azureOracle with a service's prefixes: no BGP route inside one
// counts, and at equal length user-defined routes win over it
// (virtual-networks-udr-overview).
func serviceOracle(dst netip.Addr, user, service, er, vpn []netip.Prefix) string {
	outside := func(ps []netip.Prefix) []netip.Prefix {
		var out []netip.Prefix
		for _, p := range ps {
			inside := false
			for _, s := range service {
				inside = inside || s.Bits() <= p.Bits() && s.Contains(p.Addr())
			}
			if !inside {
				out = append(out, p)
			}
		}
		return out
	}
	best := azureOracle(dst, user, outside(er), outside(vpn))
	bits := -1
	for _, ps := range [][]netip.Prefix{user, outside(er), outside(vpn)} {
		for _, p := range ps {
			if p.Contains(dst) {
				bits = max(bits, p.Bits())
			}
		}
	}
	for _, p := range service {
		if p.Contains(dst) && p.Bits() > bits {
			return "service"
		}
	}
	return best
}

// Without the machine's routes no public address is known to go anywhere, but
// where a user-defined route is as long as can be: less evidence never helps.
func TestServiceEndpointsAreAsTheDocumentsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		user, service := publicPrefixes(t, "user"), publicPrefixes(t, "service")
		er, vpn := publicPrefixes(t, "er"), publicPrefixes(t, "vpn")
		n := guideline().public().endpoints("Microsoft.Storage")
		n.Azure.Firewalls = []snapshot.Firewall{{ID: "/fw", Name: "azfw", Subnet: "/none", Addrs: []netip.Addr{addr("10.64.1.4")}}}
		rt := snapshot.RouteTable{ID: "/rt", Name: "rt"}
		for _, p := range user {
			rt.Routes = append(rt.Routes, snapshot.UserRoute{Name: "u", Prefix: p, Type: "VirtualAppliance", NextHop: addr("10.64.1.4")})
		}
		n.Azure.RouteTables = []snapshot.RouteTable{rt}
		n.Azure.VNets[1].Subnets[0].RouteTable = "/rt"
		n.Azure.Gateways[0].Learned.Routes, n.Azure.Gateways[1].Learned.Routes = nil, nil
		msee := &n.Azure.Circuits[0].Peering.Tables[0]
		for _, p := range er {
			n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned(p.String(), "10.64.0.8", "12076 65501"))
			msee.Routes = append(msee.Routes, edge(p.String(), "192.168.100.1"))
		}
		for _, p := range vpn {
			n.Azure.Gateways[1].Learned.Routes = append(n.Azure.Gateways[1].Learned.Routes, learned(p.String(), "169.254.21.1", "65501"))
		}
		blind := graph.Build(n.Snapshot)
		rows := []snapshot.EffectiveRoute{effective("198.51.100.0/24", "VirtualNetworkServiceEndpoint")}
		for _, p := range service {
			rows = append(rows, effective(p.String(), "VirtualNetworkServiceEndpoint"))
		}
		g := graph.Build(n.sampled(rows...).Snapshot)
		for i := range byte(16) {
			dst := netip.AddrFrom4([4]byte{203, 0, 113, i})
			_, back, err := g.Trace(dst, addr("172.16.1.4"))
			if err != nil {
				t.Fatal(err)
			}
			got := "none"
			switch h := back.Hops[0]; h.Link {
			case "vnet/firewall":
				got = "fw"
			case "microsoft/er-primary":
				got = "er"
			case "vnet/vpngw":
				got = "vpn"
			case "microsoft/services":
				got = "service"
			}
			if want := serviceOracle(dst, user, service, er, vpn); got != want {
				t.Fatalf("%s: %s (%v), want %s", dst, got, way(back), want)
			}
			_, back, err = blind.Trace(dst, addr("172.16.1.4"))
			if err != nil {
				t.Fatal(err)
			}
			if host := azureOracle(dst, user, er, vpn) == "fw" && back.Hops[0].Prefix == dst.String()+"/32"; !host && back.Outcome != finding.Unknown {
				t.Fatalf("%s without the machine's routes: %v, want unknown", dst, way(back))
			}
		}
	})
}
