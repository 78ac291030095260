package graph_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const (
	vip       = "10.64.1.70"
	otherVIP  = "10.64.1.71"
	member1   = "10.64.1.72"
	member2   = "10.64.1.73"
	plain     = "10.64.1.74"
	nothing   = "10.64.1.75"
	noSubnet  = "10.64.1.250"
	elsewhere = "10.99.0.4"
)

// nvaPair is the guideline's network with a firewall, and two machines behind the
// front ends of an internal load balancer in the hub; spoke and gateway say where
// the spoke's default route and the GatewaySubnet's route to the spoke lead.
func nvaPair(spoke, gateway string) *network {
	n := firewalled("172.16.0.0/16")
	hub := &n.Azure.VNets[0]
	hub.Subnets = append(hub.Subnets, snapshot.Subnet{ID: "/hub/nva", Name: "nva", Prefixes: []netip.Prefix{pfx("10.64.1.64/26")}})
	lb := snapshot.LoadBalancer{ID: "/lb", Name: "lb-nva", Frontends: []snapshot.Frontend{
		{ID: "/lb/f1", Name: "inside", Addr: addr(vip), Subnet: "/hub/nva"}, {ID: "/lb/f2", Name: "outside", Addr: addr(otherVIP), Subnet: "/hub/nva"},
	}}
	lb.Pools = []snapshot.BackendPool{{ID: "/lb/p", Configs: []string{"/nic1/c", "/nic2/c"}}}
	for _, f := range lb.Frontends {
		lb.Rules = append(lb.Rules, snapshot.BalancingRule{Name: f.Name, Frontend: f.ID, Pools: []string{"/lb/p"}, Protocol: "All"})
	}
	n.Azure.LoadBalancers = []snapshot.LoadBalancer{lb}
	n.Azure.NICs = []snapshot.NIC{
		nic("nic1", "/vms/nva1", member1, true), nic("nic2", "/vms/nva2", member2, true), nic("nic3", "/vms/web", plain, false),
	}
	n.Azure.RouteTables[0].Routes[0].NextHop = addr(spoke)
	n.Azure.RouteTables[1].Routes[0].NextHop = addr(gateway)
	return n
}

func nic(name, vm, a string, forwards bool) snapshot.NIC {
	return snapshot.NIC{ID: "/" + name, Name: name, VM: vm, Forwarding: forwards, Configs: []snapshot.NICConfig{{ID: "/" + name + "/c", Addr: addr(a), Subnet: "/hub/nva"}}}
}

// listed says that all that can have an address was read.
func (n *network) listed() *network {
	for _, typ := range []string{"azurefirewalls", "loadbalancers", "networkinterfaces"} {
		n.Azure.Lists = append(n.Azure.Lists, snapshot.List{Read: snapshot.Read{Status: snapshot.OK}, Subscription: "s", Type: typ})
	}
	return n
}

func TestTrafficPassesTheApplianceThatHasTheAddress(t *testing.T) {
	for _, tt := range []struct {
		name                    string
		network                 *network
		forward, back           []string
		outcomeThere, outcomeIn string
	}{
		{"one front end both ways", nvaPair(vip, vip), []string{"appliance/lb-nva/inside"}, []string{"appliance/lb-nva/inside"}, "delivered", "delivered"},
		{"two front ends", nvaPair(vip, otherVIP), []string{"appliance/lb-nva/outside"}, []string{"appliance/lb-nva/inside"}, "delivered", "delivered"},
		{"a machine by its own address", nvaPair(vip, member1), []string{"appliance/nva1"}, []string{"appliance/lb-nva/inside"}, "delivered", "delivered"},
		{"a firewall one way", nvaPair("10.64.1.4", vip), []string{"appliance/lb-nva/inside"}, []string{"firewall/azfw"}, "delivered", "delivered"},
		{"a machine that does not forward", nvaPair(plain, vip), []string{"appliance/lb-nva/inside"}, []string{}, "delivered", "dropped"},
		{"an address outside of all peered networks", nvaPair(elsewhere, elsewhere), []string{}, []string{}, "dropped", "dropped"},
		{"an address in no subnet", nvaPair(noSubnet, vip), []string{"appliance/lb-nva/inside"}, []string{}, "delivered", "dropped"},
		{"an address that nothing known has", nvaPair(nothing, nothing), []string{}, []string{}, "unknown", "unknown"},
		{"the same, where all was read", nvaPair(nothing, nothing).listed(), []string{}, []string{}, "dropped", "dropped"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := class(t, graph.Build(tt.network.Snapshot).Model())
			if diff := cmp.Diff(tt.forward, c.Forward.Firewalls); diff != "" {
				t.Errorf("forward: appliances (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.back, c.Return.Firewalls); diff != "" {
				t.Errorf("return: appliances (-want +got):\n%s", diff)
			}
			if string(c.Forward.Outcome) != tt.outcomeThere || string(c.Return.Outcome) != tt.outcomeIn {
				t.Errorf("forward %v (%s), return %v (%s)", way(c.Forward), c.Forward.Detail, way(c.Return), c.Return.Detail)
			}
		})
	}
}

func TestWhatIsBehindAFrontEndDecides(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(*network)
		outcome string
		detail  string
	}{
		{"no rule", func(n *network) { n.Azure.LoadBalancers[0].Rules = nil }, "dropped", "no rule of it passes anything on"},
		{"an empty pool", func(n *network) { n.Azure.LoadBalancers[0].Pools[0].Configs = nil }, "dropped", "nothing is in its pool"},
		{"no member that forwards", func(n *network) { n.Azure.NICs[0].Forwarding, n.Azure.NICs[1].Forwarding = false, false }, "dropped", "nothing behind it forwards"},
		{"one member that forwards", func(n *network) { n.Azure.NICs[0].Forwarding = false }, "delivered", ""},
		{"members that were not read", func(n *network) { n.Azure.NICs = nil }, "unknown", "which stands behind appliance/lb-nva/inside, was not read"},
		{"members that were not read, in a known subnet", func(n *network) {
			n.Azure.NICs = nil
			n.Azure.VNets[0].Subnets[2].Configs = []string{"/NIC1/c", "/nic2/c"}
		}, "delivered", ""},
		{"members in a pool by address", func(n *network) {
			p := &n.Azure.LoadBalancers[0].Pools[0]
			p.Configs, p.Addrs = nil, []netip.Addr{addr(member1), addr(member2)}
		}, "delivered", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := nvaPair(vip, vip)
			tt.change(n)
			c := class(t, graph.Build(n.Snapshot).Model())
			if string(c.Return.Outcome) != tt.outcome || !strings.Contains(c.Return.Detail, tt.detail) {
				t.Errorf("return %v (%s), want %s: %s", way(c.Return), c.Return.Detail, tt.outcome, tt.detail)
			}
		})
	}
}

// A machine with several interfaces may send from any of them.
func TestAMachineOfSeveralSubnetsIsFollowedWhereTheyAgree(t *testing.T) {
	n := nvaPair(member1, member1)
	hub := &n.Azure.VNets[0]
	hub.Subnets = append(hub.Subnets, snapshot.Subnet{ID: "/hub/out", Name: "out", Prefixes: []netip.Prefix{pfx("10.64.1.128/26")}})
	out := nic("nic1out", "/vms/nva1", "10.64.1.132", true)
	out.Configs[0].Subnet = "/hub/out"
	n.Azure.NICs = append(n.Azure.NICs, out)
	if c := class(t, graph.Build(n.Snapshot).Model()); c.Return.Outcome != "delivered" {
		t.Errorf("agreeing: return %v (%s)", way(c.Return), c.Return.Detail)
	}
	// Both interfaces are one machine, which sees both directions.
	n.Azure.RouteTables[1].Routes[0].NextHop = addr("10.64.1.132")
	c := class(t, graph.Build(n.Snapshot).Model())
	if diff := cmp.Diff(c.Return.Firewalls, c.Forward.Firewalls); diff != "" {
		t.Errorf("by its two interfaces (-return +forward):\n%s", diff)
	}
	n.Azure.RouteTables = append(n.Azure.RouteTables, snapshot.RouteTable{ID: "/rtout", Name: "rt-out", DisablePropagation: true})
	n.Azure.VNets[0].Subnets[len(n.Azure.VNets[0].Subnets)-1].RouteTable = "/rtout"
	c = class(t, graph.Build(n.Snapshot).Model())
	if c.Return.Outcome != "unknown" || !strings.Contains(c.Return.Detail, "from which of its subnets appliance/nva1 sends is not known") {
		t.Errorf("disagreeing: return %v (%s)", way(c.Return), c.Return.Detail)
	}
}

// What is taken for granted of an appliance is said, and its addresses are known.
func TestAppliancesAreListedWithWhatIsAssumedOfThem(t *testing.T) {
	n := nvaPair(vip, member1)
	n.Azure.RouteTables[1].Routes = append(n.Azure.RouteTables[1].Routes, snapshot.UserRoute{Name: "x", Prefix: pfx("172.16.2.0/24"), Type: "VirtualAppliance", NextHop: addr(vip)})
	m := graph.Build(n.Snapshot).Model()
	var got []string
	for _, f := range m.Firewalls {
		got = append(got, f.ID+" "+strings.Join(f.Addresses, " "))
	}
	if diff := cmp.Diff([]string{"firewall/azfw 10.64.1.4", "appliance/lb-nva/inside " + vip, "appliance/nva1 " + member1}, got); diff != "" {
		t.Errorf("firewalls (-want +got):\n%s", diff)
	}
	if notes := strings.Join(m.Notes, "\n"); strings.Count(notes, "its own routing table is not read") != 2 {
		t.Errorf("notes:\n%s", notes)
	}
}

func TestFirewallsOfOneNameAreTwo(t *testing.T) {
	n := nvaPair("10.64.1.4", "10.64.1.5")
	one, other := &n.Azure.Firewalls[0], n.Azure.Firewalls[0]
	one.ID, other.ID = "/subscriptions/s/resourcegroups/west/azurefirewalls/azfw", "/subscriptions/s/resourcegroups/east/azurefirewalls/azfw"
	other.Addrs = []netip.Addr{addr("10.64.1.5")}
	n.Azure.Firewalls = append(n.Azure.Firewalls, other)
	c := class(t, graph.Build(n.Snapshot).Model())
	want := [][]string{{"firewall/east/azfw"}, {"firewall/west/azfw"}}
	if diff := cmp.Diff(want, [][]string{c.Forward.Firewalls, c.Return.Firewalls}); diff != "" {
		t.Errorf("forward and return (-want +got):\n%s", diff)
	}
}

// applianceOracle says what becomes of packets to an address, by the lists alone:
// Azure's firewalls, front ends of load balancers with a pool, and forwarding
// interfaces take them; where all lists are whole, nothing else does.
func applianceOracle(a string, peered, lists bool) (node, outcome string) {
	there := map[string]string{"10.64.1.4": "firewall/azfw", vip: "appliance/lb-nva/inside", otherVIP: "appliance/lb-nva/outside", member1: "appliance/nva1", member2: "appliance/nva2"}
	switch id, ok := there[a]; {
	case !peered, a == elsewhere, a == noSubnet, a == plain:
		return "", "dropped"
	case ok:
		return id, "delivered"
	case lists:
		return "", "dropped"
	}
	return "", "unknown"
}

func TestNextHopsLeadWhereTheListsSay(t *testing.T) {
	all := []string{"10.64.1.4", vip, otherVIP, member1, member2, plain, nothing, noSubnet, elsewhere}
	rapid.Check(t, func(t *rapid.T) {
		spoke, gateway := rapid.SampledFrom(all).Draw(t, "spoke"), rapid.SampledFrom(all).Draw(t, "gateway")
		n := nvaPair(spoke, gateway)
		lists := rapid.Bool().Draw(t, "lists")
		if lists {
			n.listed()
		}
		n.Azure.NICs = rapid.Permutation(n.Azure.NICs).Draw(t, "interfaces")
		peered := rapid.Bool().Draw(t, "peered")
		n.Azure.VNets[1].Peerings[0].Connected = peered
		_, back, err := graph.Build(n.Snapshot).Trace(addr("10.10.5.7"), addr("172.16.1.4"))
		if err != nil {
			t.Fatal(err)
		}
		id, outcome := applianceOracle(spoke, peered, lists)
		if got := strings.Join(back.Firewalls, " "); got != id || string(back.Outcome) != outcome {
			t.Fatalf("return by %s through %q: %v (%s), want %s through %q", spoke, got, way(back), back.Detail, outcome, id)
		}
	})
}
