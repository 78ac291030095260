package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func TestTunnelsThatAreRoutedIntoThemselvesFlap(t *testing.T) {
	all := []string{"peering/er-primary", "peering/er-secondary"}
	for name, tc := range map[string]struct {
		change func(*network)
		want   []graph.Flap
	}{
		"none":                    {func(*network) {}, []graph.Flap{}},
		"both, in clear by turns": {func(n *network) { n.unpin() }, []graph.Flap{{Tunnels: []string{tunnel1, tunnel2}, Links: all}}},
		"one, and the other router's protects": {
			func(n *network) {
				n.dropRoutes(0, func(r snapshot.Route) bool { return r.Prefix == pfx("10.64.0.0/26") })
			},
			[]graph.Flap{{Tunnels: []string{tunnel1}, Links: []string{}}},
		},
		"both, and nothing else leads to Azure": {
			func(n *network) { n.unpin().failClosed() }, []graph.Flap{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			tc.change(n)
			m := n.model()
			var pairs uint64
			for _, c := range m.Classes {
				if c.ClearByTurns() {
					pairs += c.Pairs
				}
			}
			if len(tc.want) > 0 {
				tc.want[0].Pairs = pairs
			}
			if diff := cmp.Diff(tc.want, m.Flaps); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
