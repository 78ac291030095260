package graph_test

import (
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// routesByPolicy gives an interface of R1 a policy, and the route maps that there are.
func (n *network) routesByPolicy(port snapshot.InterfaceConfig, maps ...snapshot.RouteMap) *network {
	port.PolicyRoute = "ASIDE"
	n.Routers[0].Config = snapshot.Config{Read: whole("R1/config"), Interfaces: []snapshot.InterfaceConfig{port}, RouteMaps: maps}
	return n
}

// Which packets a policy takes past the routing table is not followed: those that
// may enter where it is set go nobody knows where, and no others.
func TestPacketsThatAPolicyMayTakeAsideAreOpen(t *testing.T) {
	aside := func(set ...string) snapshot.RouteMap {
		return snapshot.RouteMap{Name: "ASIDE", Entries: []snapshot.RouteMapEntry{{Seq: 10, Permit: true, Set: set}}}
	}
	denied := aside("ip next-hop 192.168.100.2")
	denied.Entries[0].Permit = false
	for _, tt := range []struct {
		name          string
		port          snapshot.InterfaceConfig
		maps          []snapshot.RouteMap
		forward, back bool // whether they are open
	}{
		{"on the LAN", snapshot.InterfaceConfig{Name: "lan0"}, nil, true, false},
		{"on the LAN, which is down", snapshot.InterfaceConfig{Name: "lan0", Shutdown: true}, nil, false, false},
		{"on the LAN of another VRF", snapshot.InterfaceConfig{Name: "lan1", VRF: "guest"}, nil, false, false},
		{"in the tunnel", snapshot.InterfaceConfig{Name: "ipsec0"}, nil, false, true},
		{"on the circuit", snapshot.InterfaceConfig{Name: "er0"}, nil, false, false},
		{"a next hop", snapshot.InterfaceConfig{Name: "lan0"}, []snapshot.RouteMap{aside("ip next-hop 192.168.100.2")}, true, false},
		{"a next hop of others", snapshot.InterfaceConfig{Name: "lan0"}, []snapshot.RouteMap{denied}, false, false},
		{"a VRF", snapshot.InterfaceConfig{Name: "lan0"}, []snapshot.RouteMap{aside("vrf CLEAR")}, true, false},
		{"a mark", snapshot.InterfaceConfig{Name: "lan0"}, []snapshot.RouteMap{aside("ip dscp ef", "ip precedence 5")}, false, false},
		{"a policy of another name", snapshot.InterfaceConfig{Name: "lan0"}, []snapshot.RouteMap{{Name: "OTHER"}}, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := guideline().failClosed().routesByPolicy(tt.port, tt.maps...)
			forward, back, err := graph.Build(n.Snapshot).Trace(addr("10.10.5.7"), addr("172.16.1.4"))
			if err != nil {
				t.Fatal(err)
			}
			for name, d := range map[string]struct {
				path finding.Path
				open bool
			}{"forward": {forward, tt.forward}, "return": {back, tt.back}} {
				if got := d.path.Outcome == finding.Unknown; got != d.open {
					t.Errorf("%s: %v (%s), want it open: %v", name, way(d.path), d.path.Detail, d.open)
				}
				if d.open && !strings.Contains(d.path.Detail, "by policy ASIDE") {
					t.Errorf("%s: %s, want the policy named", name, d.path.Detail)
				}
			}
		})
	}
}

// The router's own packets, those of its tunnels among them, do not enter anywhere.
func TestAPolicyOfTheLANLeavesTheTunnelsOwnPacketsAlone(t *testing.T) {
	m := graph.Build(guideline().failClosed().routesByPolicy(snapshot.InterfaceConfig{Name: "lan0"}).Snapshot).Model()
	for _, tn := range m.Tunnels {
		if tn.Underlay.Forward.Outcome != finding.Delivered {
			t.Errorf("%s: %s", tn.ID, tn.Underlay.Forward.Detail)
		}
	}
}
