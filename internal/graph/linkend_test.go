package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Two circuits may use the same addresses.
func TestALinkThatFitsTwoRoutersIsOpenUntilTheConfigurationSays(t *testing.T) {
	n := guideline()
	n.Routers[1].Ports.Interfaces[0].Addrs[0] = pfx("192.168.100.1/30")
	underlay := func() (notes string, forward, back finding.Path) {
		m := graph.Build(n.Snapshot).Model()
		return fmt.Sprint(m.Notes), m.Tunnels[0].Underlay.Forward, m.Tunnels[0].Underlay.Return
	}
	notes, _, back := underlay()
	want := "router/R1 and router/R2 have 192.168.100.1, the customer's end of peering/er-primary; " +
		"say in the configuration which of them it is: links: [{link: peering/er-primary, router: R1}]"
	if !strings.Contains(notes, want) || back.Outcome != finding.Unknown || back.Detail != want {
		t.Errorf("notes %s\nreturn %s (%s), want it open because %s", notes, back.Outcome, back.Detail, want)
	}
	n.Scope.Links = []snapshot.LinkEnd{{Link: "PEERING/er-primary", Router: "R1"}}
	if notes, forward, back := underlay(); strings.Contains(notes, "peering/er-primary") || forward.Outcome != finding.Delivered || back.Outcome != finding.Delivered {
		t.Errorf("notes %s, forward %s (%s), return %s (%s), want them delivered", notes, forward.Outcome, forward.Detail, back.Outcome, back.Detail)
	}
	n.Scope.Links[0].Router = "R9"
	if _, _, back := underlay(); back.Detail != "the configuration says that router R9 is at the end of peering/er-primary, and it is not in the evidence: collect it" {
		t.Errorf("return %s (%s), want that R9 is missing", back.Outcome, back.Detail)
	}
}

// A next hop that two links fit is at the end of neither.
func TestANextHopOfTwoLinksIsNotKnown(t *testing.T) {
	n := guideline()
	second := n.Azure.Circuits[0]
	second.ID, second.Name = "/second", "second"
	n.Azure.Circuits = append(n.Azure.Circuits, second)
	m := graph.Build(n.Snapshot).Model()
	if p := m.Tunnels[0].Underlay.Forward; p.Outcome != finding.Unknown {
		t.Errorf("forward %v, want it unknown, not one of the two links", way(p))
	}
}
