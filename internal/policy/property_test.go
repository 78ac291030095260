package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/policies"
)

// models are models of every shape that the schema allows, likely or not.
func models() *rapid.Generator[graph.Model] {
	return rapid.Custom(func(t *rapid.T) graph.Model {
		m := graph.Model{
			Classes: []graph.Class{}, Tunnels: []graph.Tunnel{}, Gateways: []graph.Gateway{}, Circuits: []graph.Circuit{},
			Subnets: []graph.Subnet{{ID: "subnet/a", Prefixes: []string{"10.0.0.0/8"}, Gateway: true}},
			Routers: []graph.Router{{ID: "router/R1", Tables: map[string]string{"bgp": "ok", "rib": "missing"}}},
			RouteTables: []graph.RouteTable{{
				ID: "routetable/rt", Routes: []graph.UserRoute{{Name: "u", Prefix: "0.0.0.0/0", Type: "VirtualAppliance"}},
			}},
			Firewalls: []graph.Firewall{{ID: "firewall/azfw", Addresses: []string{"10.64.1.4"}}},
		}
		if rapid.Bool().Draw(t, "gateway facts") {
			gatewayFacts(&m)
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "classes") {
			m.Classes = append(m.Classes, class(t, fmt.Sprintf("c%d", i)))
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "tunnels") {
			m.Tunnels = append(m.Tunnels, graph.Tunnel{
				ID: fmt.Sprintf("t%d", i), Local: "10.10.10.1", Remote: "10.64.0.4",
				Underlay: graph.Underlay{Forward: paths().Draw(t, "underlay"), Return: paths().Draw(t, "underlay")},
			})
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "evidence") {
			m.Evidence = append(m.Evidence, graph.Evidence{
				Item: fmt.Sprintf("e%d", i), Age: -1,
				Status: rapid.SampledFrom([]string{"ok", "empty", "partial", "denied", "missing", "unread"}).Draw(t, "status"),
			})
		}
		return m
	})
}

// gatewayFacts adds one of each fact of GatewaySubnets and limits.
func gatewayFacts(m *graph.Model) {
	at := []finding.Ref{{Item: "item", Line: 1, LastLine: 2}}
	m.GatewaySubnets = []graph.GatewaySubnet{{
		ID: "subnet/hub/GatewaySubnet", VNet: "vnet/hub", Status: "ok", Prefixes: []string{"10.64.0.0/28"}, NSG: "nsg/n", Gateways: []string{"gateway/g"},
		Table: graph.GatewayTable{ID: "routetable/rt", Status: "ok", DisablePropagation: true, Evidence: at, Routes: []graph.GatewayRoute{{
			Name: "u", Prefix: "0.0.0.0/0", Type: "VirtualAppliance", NextHop: "10.64.1.4", Default: true, Takes: []string{"a"}, MayTake: []string{"b"}, Evidence: at,
		}}},
		Evidence: at,
	}}
	m.GatewayVNets = []graph.GatewayVNet{{
		ID: "vnet/hub", Status: "ok", Prefixes: []string{"10.64.0.0/23"}, Summaries: []string{"10.64.0.0/24"}, Holding: []string{"10.64.0.0/24"},
		Outside: []string{"10.64.1.0/24"}, Gateways: []string{"gateway/g"}, Evidence: at,
	}}
	m.AttachedTables = []graph.AttachedTable{{
		ID: "routetable/rt", Status: "ok", Subnets: []string{"subnet/a"}, Coexisting: true, Unknown: "so",
		ToGateway: []graph.UserRoute{{Name: "u", Prefix: "10.0.0.0/8", Type: "VirtualNetworkGateway", Evidence: at}}, Evidence: at,
	}}
	m.Endpoints = []graph.Endpoint{{
		Connection: "connection/c", Gateway: "gateway/g", Address: "10.10.10.1", Public: true, Table: "routetable/rt", Route: "u",
		Prefix: "10.0.0.0/8", Type: "None", NextHop: "10.64.1.4", Unknown: "so", Evidence: at,
	}}
	m.UnknownTunnels = []graph.UnknownTunnels{{ID: "gateway/g", Why: "so", Evidence: at}}
	m.RouteCounts = []graph.RouteCount{{ID: "routetable/rt", Kind: "user-defined routes", Count: 400, Status: "ok", Evidence: at}}
}

func class(t *rapid.T, id string) graph.Class {
	c := graph.Class{
		ID: id, Pairs: rapid.Uint64Range(0, 1<<53-1).Draw(t, "pairs"),
		OnPrem:   finding.Side{Site: "dc1", Prefixes: rapid.SampledFrom([][]string{{"10.10.0.0/16"}, {}}).Draw(t, "prefixes")},
		Azure:    finding.Side{Subnet: "subnet/a", Prefixes: []string{"172.16.1.0/24"}, Except: []string{"172.16.1.128/25"}},
		Required: graph.Required{Protection: rapid.SampledFrom([][]string{{"ipsec", "macsec"}, {"ipsec"}, {"macsec"}}).Draw(t, "required")},
		Forward:  paths().Draw(t, "forward"), Return: paths().Draw(t, "return"),
	}
	effects := rapid.SampledFrom([]string{graph.StillEncrypted, graph.FailsOpen, graph.FailsClosed, graph.StillClear, graph.Undecided})
	for i := range rapid.IntRange(0, 3).Draw(t, "failures") {
		c.Failures = append(c.Failures, graph.Failure{
			Down: []string{"x", fmt.Sprintf("down%d", i)}, Forward: effects.Draw(t, "effect"), Return: effects.Draw(t, "effect"),
			ForwardPath: paths().Draw(t, "failed"), ReturnPath: paths().Draw(t, "failed"),
		})
	}
	return c
}

func paths() *rapid.Generator[finding.Path] {
	return rapid.Custom(func(t *rapid.T) finding.Path {
		p := branch(t)
		for range rapid.IntRange(0, 2).Draw(t, "others") {
			p.Others = append(p.Others, branch(t))
		}
		return p
	})
}

func branch(t *rapid.T) finding.Path {
	p := finding.Path{
		Outcome:   rapid.SampledFrom([]finding.PathOutcome{finding.Delivered, finding.Delivered, finding.Dropped, finding.Loop, finding.Unknown}).Draw(t, "outcome"),
		Detail:    rapid.SampledFrom([]string{"", "as it is"}).Draw(t, "detail"),
		Firewalls: rapid.SampledFrom([][]string{{}, {}, {"firewall/azfw"}, {"firewall/azfw", "firewall/nva"}}).Draw(t, "firewalls"),
		Hops:      []finding.Hop{},
	}
	for range rapid.IntRange(0, 3).Draw(t, "hops") {
		p.Hops = append(p.Hops, hop(t))
	}
	return p
}

func hop(t *rapid.T) finding.Hop {
	prefixes := rapid.SampledFrom([]string{"", "10.10.0.0/16", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32"})
	h := finding.Hop{
		Node:           rapid.SampledFrom([]string{"router/R1", "subnet/a", "instance/vpngw-0", "gateway/ergw", "msee/er", "firewall/azfw"}).Draw(t, "node"),
		Prefix:         prefixes.Draw(t, "prefix"),
		Rule:           rapid.SampledFrom([]string{"", "only", "longest", "expressroute-over-vpn", "forward", "deliver", "undecided", "user-over-bgp"}).Draw(t, "rule"),
		Why:            "so",
		Link:           rapid.SampledFrom([]string{"", "peering/er", "tunnel/R1/vpngw-0"}).Draw(t, "link"),
		LinkKind:       rapid.SampledFrom([]string{"", "privatePeering", "ipsec", "vnet", "internet"}).Draw(t, "kind"),
		Protection:     rapid.SampledFrom([]string{"", "none", "ipsec", "macsec", "unknown"}).Draw(t, "protection"),
		LeavesPremises: rapid.Bool().Draw(t, "leaves"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "lost") {
		h.Lost = append(h.Lost, finding.Candidate{
			Prefix: prefixes.Draw(t, "prefix"), Source: rapid.SampledFrom([]string{"user", "vpn", "expressroute"}).Draw(t, "source"),
			Evidence: []finding.Ref{{Item: "lost", Line: 3}},
		})
	}
	if rapid.Bool().Draw(t, "evidence") {
		h.Evidence = []finding.Ref{{Item: "item", Line: rapid.IntRange(0, 3).Draw(t, "line"), LastLine: 4}}
	}
	return h
}

// outcomes are the findings by policy and resource.
func outcomes(fs []finding.Finding) map[string][]finding.Outcome {
	out := make(map[string][]finding.Outcome)
	for _, f := range fs {
		key := f.Policy + " " + f.Resource
		out[key] = append(out[key], f.Outcome)
	}
	return out
}

// Whatever the network looks like, nothing is judged twice and nothing is
// forgotten, and no policy breaks.
func TestEveryApplicableResourceIsJudgedOnce(t *testing.T) {
	e := load(t, policies.FS)
	rapid.Check(t, func(t *rapid.T) {
		m := models().Draw(t, "model")
		found, err := e.Evaluate(t.Context(), m, at())
		if err != nil {
			t.Fatal(err)
		}
		judged := outcomes(found)
		for key, os := range judged {
			if len(os) != 1 || strings.Contains(key, " policy/") {
				t.Fatalf("%s: outcomes %v, want one", key, os)
			}
		}
		always := map[string][]string{"EVI-01": {}, "GWS-01": {}, "GWS-02": {}}
		for _, c := range m.Classes {
			for _, id := range []string{"ENC-01", "ENC-02", "ENC-03", "ENC-05"} {
				always[id] = append(always[id], c.ID)
			}
		}
		for _, tn := range m.Tunnels {
			always["GWS-01"], always["GWS-02"] = append(always["GWS-01"], tn.ID), append(always["GWS-02"], tn.ID)
		}
		for _, ev := range m.Evidence {
			always["EVI-01"] = append(always["EVI-01"], ev.Item)
		}
		for id, resources := range always {
			for _, r := range resources {
				if judged[id+" "+r] == nil {
					t.Fatalf("%s says nothing about %s", id, r)
				}
			}
		}
	})
}

// A clear return path has exactly one cause, and the verdict of the policies on
// clear paths is that of the graph wherever every path is known.
func TestAClearReturnPathHasOneCause(t *testing.T) {
	e := load(t, policies.FS)
	rapid.Check(t, func(t *rapid.T) {
		m := models().Draw(t, "model")
		found, err := e.Evaluate(t.Context(), m, at())
		if err != nil {
			t.Fatal(err)
		}
		judged := outcomes(found)
		for _, c := range m.Classes {
			causes := 0
			for _, id := range []string{"ENC-01", "ENC-02", "ENC-03"} {
				if slices.Contains(judged[id+" "+c.ID], finding.Fail) {
					causes++
				}
			}
			want := 0
			if c.State(c.Return) == graph.InClear {
				want = 1
			}
			if decided(c.Return) && causes != want {
				t.Fatalf("%s: %d causes, want %d", c.ID, causes, want)
			}
			if causes > 1 {
				t.Fatalf("%s: %d causes, want at most 1", c.ID, causes)
			}
			if fails := slices.Contains(judged["ENC-05 "+c.ID], finding.Fail); decided(c.Forward) && fails != (c.State(c.Forward) == graph.InClear) {
				t.Fatalf("%s: ENC-05 fails: %v, and the graph says %v", c.ID, fails, c.State(c.Forward))
			}
		}
	})
}

// decided reports whether everything about a path is known.
func decided(p finding.Path) bool {
	return !slices.ContainsFunc(p.Branches(), func(b finding.Path) bool {
		return b.Outcome == finding.Unknown || slices.ContainsFunc(b.Hops, func(h finding.Hop) bool {
			return h.Rule == "undecided" || h.Protection == ""
		})
	})
}

// Monotone ignorance: knowing less about a path never makes a policy pass, or
// say nothing, where it failed or was open.
func TestKnowingLessNeverMakesAPolicyPass(t *testing.T) {
	e := load(t, policies.FS)
	rapid.Check(t, func(t *rapid.T) {
		m := models().Filter(func(m graph.Model) bool { return len(m.Classes)+len(m.Tunnels) > 0 }).Draw(t, "model")
		before, err := e.Evaluate(t.Context(), m, at())
		if err != nil {
			t.Fatal(err)
		}
		after, err := e.Evaluate(t.Context(), forget(t, m), at())
		if err != nil {
			t.Fatal(err)
		}
		less := outcomes(after)
		for key, was := range outcomes(before) {
			is := less[key]
			if (was[0] == finding.Fail || was[0] == finding.Open) && (len(is) == 0 || is[0] == finding.Pass) && !reportedElsewhere(key, less) {
				t.Fatalf("%s: %s became %v", key, was[0], is)
			}
		}
	})
}

// reportedElsewhere reports whether another policy of the same direction fails
// for the class: what a failure does is of no interest when the path is in
// clear already.
func reportedElsewhere(key string, judged map[string][]finding.Outcome) bool {
	id, resource, _ := strings.Cut(key, " ")
	others := map[string][]string{"ENC-04": {"ENC-01", "ENC-02", "ENC-03"}, "ENC-07": {"ENC-05"}}[id]
	return slices.ContainsFunc(others, func(other string) bool {
		return slices.Contains(judged[other+" "+resource], finding.Fail)
	})
}

// forget makes a path of a class or tunnel unknown, or one branch of it from
// some hop on.
func forget(t *rapid.T, m graph.Model) graph.Model {
	m.Classes, m.Tunnels = slices.Clone(m.Classes), slices.Clone(m.Tunnels)
	var all []*finding.Path
	for i := range m.Classes {
		all = append(all, &m.Classes[i].Forward, &m.Classes[i].Return)
	}
	for i := range m.Tunnels {
		all = append(all, &m.Tunnels[i].Underlay.Forward, &m.Tunnels[i].Underlay.Return)
	}
	p := rapid.SampledFrom(all).Draw(t, "path")
	forgotten := func(hops []finding.Hop) finding.Path {
		return finding.Path{Outcome: finding.Unknown, Detail: "forgotten", Firewalls: []string{}, Hops: hops}
	}
	if rapid.Bool().Draw(t, "wholly") {
		*p = forgotten([]finding.Hop{})
		return m
	}
	branches := p.Branches()
	i := rapid.IntRange(0, len(branches)-1).Draw(t, "branch")
	branches[i] = forgotten(branches[i].Hops[:rapid.IntRange(0, len(branches[i].Hops)).Draw(t, "hops known")])
	*p = branches[0]
	p.Others = branches[1:]
	return m
}

// Parts are a technique, and not a meaning: one class a part concludes what all
// classes at once do.
func TestJudgingClassesInPartsChangesNothing(t *testing.T) {
	e := load(t, policies.FS)
	whole := e.Whole()
	rapid.Check(t, func(t *rapid.T) {
		m := models().Draw(t, "model")
		want, err := whole.Evaluate(t.Context(), m, at())
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.EvaluateInParts(t.Context(), m, at(), rapid.IntRange(1, 3).Draw(t, "size"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("findings (-whole +parts):\n%s", diff)
		}
	})
}

func TestTwoEvaluationsAreEqual(t *testing.T) {
	e, again := load(t, policies.FS), load(t, policies.FS)
	rapid.Check(t, func(t *rapid.T) {
		m := models().Draw(t, "model")
		first, err := e.Evaluate(t.Context(), m, at())
		if err != nil {
			t.Fatal(err)
		}
		second, err := again.Evaluate(t.Context(), m, at())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("findings (-first +second):\n%s", diff)
		}
	})
}
