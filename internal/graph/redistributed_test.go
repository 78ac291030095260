package graph_test

import (
	"testing"

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
