package graph_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// A prefix that a router redistributes into BGP is its site's, as one of a network
// statement is: its row names the next hop of where it came from.
func TestWhatARouterRedistributesIsOnPremises(t *testing.T) {
	n := guideline()
	redistributed := path("10.50.0.0/16", "10.10.0.9", 0, "")
	redistributed.Best, redistributed.Weight = true, new(uint32(32768))
	n.Routers[0].BGP.Paths = append(n.Routers[0].BGP.Paths, redistributed)
	n.Routers[0].RIB.Routes = append(n.Routers[0].RIB.Routes, route("10.50.0.0/16", snapshot.OSPF, 110, "10.10.0.9", "lan0"))
	n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned("10.50.0.0/16", "10.64.0.8", "12076 65501"))
	pri := &n.Azure.Circuits[0].Peering.Tables[0]
	pri.Routes = append(pri.Routes, edge("10.50.0.0/16", "192.168.100.1"))
	for _, c := range graph.Build(n.Snapshot).Model().Classes {
		if c.Azure.Subnet == "subnet/vnet-spoke/workload" && holds(c.OnPrem, addr("10.50.0.9")) {
			if c.Return.Outcome != finding.Delivered || c.State(c.Return) != graph.InClear {
				t.Errorf("%s: return %v, want it in clear over the circuit", c.ID, way(c.Return))
			}
			return
		}
	}
	t.Error("no class has 10.50.0.9 on premises")
}

// What is behind a router is more than it originates: it may have a prefix from a
// neighbour that nobody collects from, and tell Azure of it.
func TestWhatAzureLearnedIsOnPremises(t *testing.T) {
	far := path("10.60.0.0/16", "10.10.0.9", 0, "65100")
	far.Best = true
	viaR2 := path("10.60.0.0/16", "10.255.0.2", 100, "65100")
	viaR2.Best, viaR2.Internal = true, true
	for name, c := range map[string]struct {
		change func(*network)
		sites  []string    // that have 10.60.0.9
		state  graph.State // of the way back
	}{
		"from the core":         {func(n *network) { n.Routers[0].BGP.Paths = append(n.Routers[0].BGP.Paths, far) }, []string{"R1"}, graph.InClear},
		"from where is unknown": {func(*network) {}, []string{"R1"}, graph.InClear},
		"from the other router": {func(n *network) {
			n.Routers[0].BGP.Paths = append(n.Routers[0].BGP.Paths, viaR2)
			n.Routers[1].BGP.Paths = append(n.Routers[1].BGP.Paths, far)
		}, []string{"unknown@ergw"}, graph.NotKnown},
		"the table of the circuit was not read": {func(n *network) {
			n.Azure.Circuits[0].Peering.Tables[0].Read = snapshot.Read{Status: snapshot.Missing}
			n.Azure.Circuits[0].Peering.Tables[0].Routes = nil
		}, []string{"unknown@ergw"}, graph.NotKnown},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned("10.60.0.0/16", "10.64.0.8", "12076 65501 65100"))
			pri := &n.Azure.Circuits[0].Peering.Tables[0]
			pri.Routes = append(pri.Routes, edge("10.60.0.0/16", "192.168.100.1"))
			c.change(n)
			var sites []string
			for _, cl := range graph.Build(n.Snapshot).Model().Classes {
				if !holds(cl.OnPrem, addr("10.60.0.9")) || cl.Azure.Subnet != "subnet/vnet-spoke/workload" && cl.Azure.Subnet != "" {
					continue
				}
				sites = append(sites, cl.OnPrem.Site)
				if got := cl.State(cl.Return); got != c.state {
					t.Errorf("%s: the return is %v (%v, %s), want %v", cl.ID, got, way(cl.Return), cl.Return.Detail, c.state)
				}
			}
			if diff := cmp.Diff(c.sites, sites); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaultRoutesAndAzuresOwnAreNoPremises(t *testing.T) {
	before := graph.Build(guideline().Snapshot).Model()
	for _, prefix := range []string{"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "172.16.1.0/24", "10.64.0.0/24", "192.168.100.0/30", "10.10.10.1/32", "169.254.21.1/32"} {
		n := guideline()
		n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned(prefix, "10.64.0.8", "12076 65501"))
		after := graph.Build(n.Snapshot).Model()
		if len(after.Notes) != len(before.Notes) {
			t.Errorf("%s: notes %q, want those without it", prefix, after.Notes)
		}
		for _, c := range after.Classes {
			if strings.HasPrefix(c.OnPrem.Site, "unknown") {
				t.Errorf("%s became %v", prefix, c.OnPrem)
			}
		}
	}
}

func TestWhatDeclaredSitesLeaveOutIsSaid(t *testing.T) {
	n := guideline()
	n.Scope.Sites = []snapshot.Site{{Name: "HQ", Prefixes: []netip.Prefix{pfx("10.10.0.0/16")}, Routers: []string{"R1"}}}
	notes := strings.Join(graph.Build(n.Snapshot).Model().Notes, "\n")
	for _, want := range []string{
		"router/R2 is in no declared site: what is behind it is not judged (sites:)", "gateway/vpngw learned 10.20.0.0/16, in no declared site: not judged (sites:)",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("no note %q in\n%s", want, notes)
		}
	}
}

// What a peering says of a VNet that was not read is enough to say how much is open.
func TestAPeeredVNetThatWasNotReadIsCounted(t *testing.T) {
	n := guideline()
	n.Azure.VNets[0].Peerings[0].RemotePrefixes = []netip.Prefix{pfx("172.16.0.0/16")}
	n.Azure.VNets = n.Azure.VNets[:1]
	n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned("172.16.0.0/16", "10.64.0.12", ""))
	for _, c := range graph.Build(n.Snapshot).Model().Classes {
		if c.Azure.Subnet != "subnet/spoke" {
			if strings.HasPrefix(c.OnPrem.Site, "unknown") {
				t.Errorf("on premises: %v", c.OnPrem)
			}
			continue
		}
		if c.Pairs != 1<<32 || c.State(c.Forward) != graph.NotKnown || c.State(c.Return) != graph.NotKnown {
			t.Errorf("%s: %d pairs, %s, %s", c.ID, c.Pairs, c.Forward.Outcome, c.Return.Outcome)
		}
		return
	}
	t.Error("nothing is said of the VNet")
}

// What a gateway learned of other virtual networks on its circuit, and the addresses
// of clients, are not on premises.
func TestWhatIsNeitherOnPremisesNorInTheEvidenceIsNoted(t *testing.T) {
	n := guideline()
	n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned("10.99.0.0/16", "10.64.0.8", "12076 12076"))
	clients := learned("172.20.0.0/24", "10.64.0.4", "")
	clients.Origin = "Network"
	n.Azure.Gateways[1].Learned.Routes = append(n.Azure.Gateways[1].Learned.Routes, clients)
	m := graph.Build(n.Snapshot).Model()
	for _, want := range []string{
		"gateway/ergw learned 10.99.0.0/16 from Azure: virtual networks that are not in the evidence, and not judged",
		"gateway/vpngw has 172.20.0.0/24 by itself, as of point-to-site clients: not judged",
	} {
		if !slices.Contains(m.Notes, want) {
			t.Errorf("no note %q in %q", want, m.Notes)
		}
	}
	for _, c := range m.Classes {
		if strings.HasPrefix(c.OnPrem.Site, "unknown") {
			t.Errorf("on premises: %v", c.OnPrem)
		}
	}
}

// A declared site is in the table that has its networks, and not where a tunnel's end
// is or where Azure's routes are.
func TestADeclaredSiteIsInTheTableOfItsNetworks(t *testing.T) {
	core := route("10.10.0.0/16", snapshot.BGPProto, 20, "10.10.0.9", "lan0")
	for name, lan := range map[string][]snapshot.Route{
		"connected":               {route("10.10.0.0/16", snapshot.Connected, 0, "", "lan0")},
		"from a core":             {core},
		"parts of it":             {route("10.10.1.0/24", snapshot.OSPF, 110, "10.10.0.9", "lan0"), route("10.10.2.0/24", snapshot.OSPF, 110, "10.10.0.9", "lan0")},
		"a part, and Azure's too": {route("10.10.1.0/24", snapshot.OSPF, 110, "10.10.0.9", "lan0"), route("10.10.128.0/17", snapshot.BGPProto, 20, "169.254.21.2", "ipsec0")},
	} {
		n := guideline()
		n.dropRoutes(0, func(rt snapshot.Route) bool { return rt.Prefix == pfx("10.10.0.0/16") })
		n.dropPaths(0, func(p snapshot.Path) bool { return p.Prefix == pfx("10.10.0.0/16") })
		for _, rt := range lan {
			if rt.NextHops[0].Interface == "lan0" {
				rt.VRF = "blue"
			}
			n.Routers[0].RIB.Routes = append(n.Routers[0].RIB.Routes, rt)
		}
		n.Scope.Sites = []snapshot.Site{{Name: "HQ", Prefixes: []netip.Prefix{pfx("10.10.0.0/16")}, Routers: []string{"R1"}}}
		forward, _, err := graph.Build(n.Snapshot).Trace(addr("10.10.5.7"), addr("172.16.1.4"))
		if err != nil || forward.Hops[0].Node != "router/R1/blue" {
			t.Errorf("%s: %v, %v: want it to start in VRF blue", name, way(forward), err)
		}
	}
}
