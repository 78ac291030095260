package graph_test

import (
	"testing"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// A table that judging can do without is told when only a part of it was read, and
// not when it was not collected.
func TestAPartOfAnyTableIsTold(t *testing.T) {
	const item = "routers/R1/some_output.txt"
	part := snapshot.Read{Item: item, Status: snapshot.Partial, Detail: "the output was cut off"}
	for name, set := range map[string]func(*snapshot.Router){
		"tunnels":            func(r *snapshot.Router) { r.Tunnels.Read = part },
		"IKE associations":   func(r *snapshot.Router) { r.IPsec.IKE.Read = part },
		"IPsec associations": func(r *snapshot.Router) { r.IPsec.SAs.Read = part },
		"MACsec sessions":    func(r *snapshot.Router) { r.MACsec.Read = part },
		"configuration":      func(r *snapshot.Router) { r.Config.Read = part },
		"advertised routes": func(r *snapshot.Router) {
			r.AdjRIBs = append(r.AdjRIBs, snapshot.AdjRIB{Read: part, Neighbor: addr("192.168.100.2"), Direction: snapshot.Advertised})
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Items = append(n.Items, snapshot.Item{Path: item, Status: snapshot.OK})
			if got := evidenceOf(t, n, item); got.Status != "ok" {
				t.Errorf("not collected: %s (%s), want nothing told", got.Status, got.Detail)
			}
			set(&n.Routers[0])
			if got := evidenceOf(t, n, item); got.Status != "partial" || got.Detail != part.Detail {
				t.Errorf("%s (%s), want partial (%s)", got.Status, got.Detail, part.Detail)
			}
		})
	}
}

func evidenceOf(t *testing.T, n *network, item string) graph.Evidence {
	t.Helper()
	for _, e := range graph.Build(n.Snapshot).Model().Evidence {
		if e.Item == item {
			return e
		}
	}
	t.Fatalf("no evidence %s", item)
	return graph.Evidence{}
}
