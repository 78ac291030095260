package graph_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// cut drops rows at random, as an output that broke off does.
func cut[T any](t *rapid.T, rows []T) []T {
	return slices.DeleteFunc(slices.Clone(rows), func(T) bool { return rapid.Bool().Draw(t, "lost") })
}

// A table that was read in part, whichever rows it lacks, proves nothing that the
// whole one disproves or leaves open.
func TestPartOfATableNeverHelps(t *testing.T) {
	worse := 0
	rapid.Check(t, func(t *rapid.T) {
		n := varied(t)
		n.Azure.Circuits[0].Peering.Tables[0].Routes = append(n.Azure.Circuits[0].Peering.Tables[0].Routes, edge("10.10.0.0/16", "192.168.100.1"))
		for _, p := range distinct(t, "er", 3) {
			n.Azure.Gateways[0].Learned.Routes = append(n.Azure.Gateways[0].Learned.Routes, learned(p.String(), "10.64.0.8", "12076 65501"))
		}
		if rapid.Bool().Draw(t, "more specific") {
			n.routes(static("172.16.1.0/28", rapid.SampledFrom([]string{"192.168.100.2", "169.254.21.2"}).Draw(t, "hop"), ""))
		}
		before := graph.Build(n.Snapshot)
		switch rapid.IntRange(0, 3).Draw(t, "table") {
		case 0:
			rib := &n.Routers[0].RIB
			rib.Routes, rib.Status = cut(t, rib.Routes), snapshot.Partial
		case 1:
			er := &n.Azure.Gateways[0].Learned
			er.Routes, er.Status = cut(t, er.Routes), snapshot.Partial
		case 2:
			vpn := &n.Azure.Gateways[1].Learned
			vpn.Routes, vpn.Status = cut(t, vpn.Routes), snapshot.Partial
		case 3:
			msee := &n.Azure.Circuits[0].Peering.Tables[0]
			msee.Routes, msee.Status = cut(t, msee.Routes), snapshot.Partial
		}
		after := graph.Build(n.Snapshot)
		c := graph.Class{Required: graph.Required{Protection: []string{"ipsec", "macsec"}}}
		for _, src := range []string{"10.10.0.3", "10.10.0.9", "10.10.5.7"} {
			for _, dst := range []string{"172.16.1.4", "172.16.1.99"} {
				forward, back, err := before.Trace(addr(src), addr(dst))
				if err != nil {
					t.Fatal(err)
				}
				forward2, back2, err := after.Trace(addr(src), addr(dst))
				if err != nil {
					continue // the site is gone: it is reported as open
				}
				for _, w := range [][2]graph.State{{c.State(forward), c.State(forward2)}, {c.State(back), c.State(back2)}} {
					if w[0] == graph.InClear || w[0] == graph.NotKnown {
						worse++
						if w[1] == graph.Protected {
							t.Fatalf("%s, %s: %v %v in whole, %v %v in part", src, dst, way(forward), way(back), way(forward2), way(back2))
						}
					}
				}
			}
		}
	})
	if worse == 0 {
		t.Error("no network had anything in clear or open")
	}
}
