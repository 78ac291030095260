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

// What was not collected is named as the file that it can be pasted into.
func TestATableThatIsMissingIsNamedByItsPlatformsCommand(t *testing.T) {
	for platform, item := range map[string]string{
		"cisco_ios":     "show_ip_interface.txt",
		"cisco_nxos":    "show_ip_interface_vrf_all.txt",
		"cisco_xr":      "show_ipv4_vrf_all_interface.txt",
		"arista_eos":    "show_ip_interface.txt",
		"juniper_junos": "show_interfaces_terse_routing-instance_all.txt",
		"frr":           "show_interface_brief.txt",
	} {
		n := guideline()
		n.Routers[0].Platform, n.Routers[0].Ports = platform, snapshot.Router{}.Ports
		got := evidenceOf(t, n, "routers/"+n.Routers[0].Name+"/"+item)
		if got.Status == "ok" {
			t.Errorf("%s: %s is %s, want missing", platform, item, got.Status)
		}
	}
}
