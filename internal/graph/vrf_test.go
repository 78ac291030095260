package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// frontDoor moves the outside of R1's tunnel into a VRF: the private peering,
// the tunnel's source and the way to the GatewaySubnet.
func (n *network) frontDoor() *network {
	r := &n.Routers[0]
	for i := range r.Ports.Interfaces {
		if p := &r.Ports.Interfaces[i]; p.Name == "er0" || p.Name == "lo" {
			p.VRF = "ER"
		}
	}
	for i := range r.RIB.Routes {
		if rt := &r.RIB.Routes[i]; rt.Prefix == pfx("192.168.100.0/30") || rt.Prefix == pfx("10.10.10.1/32") || rt.Prefix == pfx("10.64.0.0/26") {
			rt.VRF = "ER"
		}
	}
	for i := range r.BGP.Paths {
		if p := &r.BGP.Paths[i]; p.NextHop == "192.168.100.2" {
			p.VRF = "ER"
		}
	}
	r.Tunnels = snapshot.Tunnels{Read: whole("tunnels"), Tunnels: []snapshot.Tunnel{
		{Name: "ipsec0", VRF: "default", FrontVRF: "ER", Up: true, Source: addr("10.10.10.1"), Destination: addr("10.64.0.4")},
	}}
	return n
}

func TestAFrontDoorVRFKeepsTheTunnelOutOfItself(t *testing.T) {
	m := graph.Build(guideline().frontDoor().Snapshot).Model()
	c := class(t, m)
	if got, want := way(c.Forward), []string{
		"router/R1 tunnel/R1/vpngw-0 instance/vpngw-0 vnetpeering/vnet-hub/vnet-spoke subnet/vnet-spoke/workload: delivered",
	}; !slices.Equal(got, want) {
		t.Errorf("forward = %v, want %v", got, want)
	}
	for _, tn := range m.Tunnels {
		if tn.ID != tunnel1 {
			continue
		}
		want := []string{"router/R1/ER peering/er-primary msee/er-primary microsoft/er-primary gateway/ergw vnet/vnet-hub subnet/vnet-hub/GatewaySubnet: delivered"}
		if got := way(tn.Underlay.Forward); !slices.Equal(got, want) {
			t.Errorf("underlay = %v, want %v", got, want)
		}
	}
	// R1's paths over ExpressRoute are in the VRF, where the premises are not: with
	// both tunnels down it has only R2, which has no such VRF and sends in clear.
	f := failure(t, c, tunnel1, tunnel2)
	if got := way(f.ForwardPath); f.Forward != graph.FailsOpen || !strings.HasPrefix(got[0], "router/R1 lan/R1-R2 router/R2 peering/er-secondary ") {
		t.Errorf("with both tunnels down: %s, %v", f.Forward, got)
	}
}

func TestWithoutTheFrontDoorVRFsTableTheUnderlayIsUnknown(t *testing.T) {
	n := guideline().frontDoor()
	n.dropRoutes(0, func(r snapshot.Route) bool { return r.VRF == "ER" })
	n.dropPaths(0, func(p snapshot.Path) bool { return p.VRF == "ER" })
	for _, tn := range graph.Build(n.Snapshot).Model().Tunnels {
		if tn.ID == tunnel1 && tn.Underlay.Forward.Outcome != "unknown" {
			t.Errorf("underlay = %v, want unknown: nothing of the VRF was read", way(tn.Underlay.Forward))
		}
	}
}
