package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// A directory made by hand has no list that says what there is. What other resources
// lead to, and what must be there, shows what it lacks.
func TestWhatADirectoryMadeByHandLacksIsNamed(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(a *snapshot.Azure)
		want   []string
	}{
		"nothing": {func(*snapshot.Azure) {}, nil},
		"a virtual network": {func(a *snapshot.Azure) { a.VNets[1].Peerings[0].Remote = arm("virtualnetworks/vnet-far") }, []string{
			"vnet/vnet-far: a peering of vnet/vnet-spoke leads to it, and it was not read",
		}},
		"a route table": {func(a *snapshot.Azure) { a.VNets[1].Subnets[0].RouteTable = arm("routetables/rt-spoke") }, []string{
			"routetable/rt-spoke: subnet workload of vnet/vnet-spoke leads to it, and it was not read",
		}},
		"a gateway": {func(a *snapshot.Azure) { a.Connections[0].Gateway = arm("virtualnetworkgateways/other") }, []string{
			"gateway/other: connection/conn1 leads to it, and it was not read",
		}},
		"the connections of a site": {func(a *snapshot.Azure) {
			a.LocalSites = append(a.LocalSites, snapshot.LocalNetworkGateway{ID: arm("localnetworkgateways/dc9"), Name: "dc9"})
		}, []string{"connection of localsite/dc9: no connection that was read is of localsite/dc9"}},
		"nothing, for somebody vouches": {func(a *snapshot.Azure) {
			a.VNets[1].Subnets[0].RouteTable = arm("routetables/rt-spoke")
			a.Lists = []snapshot.List{{Subscription: "s", Type: "routetables", Read: snapshot.Read{Status: snapshot.OK}}}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			before := unread(n)
			tc.change(&n.Azure)
			got := slices.DeleteFunc(unread(n), func(s string) bool { return slices.Contains(before, s) })
			if diff := cmp.Diff(strings.Join(tc.want, "\n"), strings.Join(got, "\n")); diff != "" {
				t.Errorf("lacking (-want +got):\n%s", diff)
			}
		})
	}
}

func arm(rest string) string {
	return "/subscriptions/s/resourcegroups/g/providers/microsoft.network/" + rest
}

// unread are the resources that were not read, and why.
func unread(n *network) []string {
	var out []string
	for _, r := range facts(n).UnreadResources {
		out = append(out, r.ID+": "+r.Why)
	}
	return out
}
