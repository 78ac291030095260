package policy_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/policies"
)

func at() time.Time { return time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC) }

func load(tb testing.TB, fsys ...fs.FS) *policy.Engine {
	tb.Helper()
	e, err := policy.Load(tb.Context(), fsys...)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func evaluate(t *testing.T, e *policy.Engine, m graph.Model) []finding.Finding {
	t.Helper()
	fs, err := e.Evaluate(t.Context(), m, at())
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

// with is a policy directory whose one policy has these rules.
func with(t *testing.T, rules string) fs.FS {
	t.Helper()
	return one(t, complete+rules)
}

// network is two classes and a tunnel: what the guideline ends up with.
func network() graph.Model {
	tunnel := finding.Hop{
		Node: "router/R1", Prefix: "172.16.0.0/16", Rule: "local-preference", Why: "local preference 200 over 100",
		Link: "tunnel/R1/vpngw-0", LinkKind: "ipsec", Protection: "ipsec", Grade: "negotiated", LeavesPremises: true,
		Evidence: []finding.Ref{{Item: "routers/R1/show_ip_bgp.txt", Line: 12}},
	}
	decided := finding.Hop{
		Node: "subnet/spoke/workload", Prefix: "10.10.0.0/16", Rule: "expressroute-over-vpn", Why: "ExpressRoute over VPN at equal length",
		Link: "microsoft/er-primary", LinkKind: "microsoft", Protection: "none",
		Lost:     []finding.Candidate{{Prefix: "10.10.0.0/16", Source: "vpn", Via: "gateway/vpngw", Why: "it lost", Evidence: []finding.Ref{{Item: "vpn.json", Line: 4}}}},
		Evidence: []finding.Ref{{Item: "er.json", Line: 9}},
	}
	edge := finding.Hop{
		Node: "msee/er-primary", Rule: "forward", Why: "the edge router's best route", Link: "peering/er-primary",
		LinkKind: "privatePeering", Protection: "none", LeavesPremises: true, Evidence: []finding.Ref{{Item: "msee.json", Line: 2}},
	}
	spoke := finding.Hop{Node: "subnet/spoke/workload", Rule: "deliver", Why: "the subnet owns the address"}
	home := finding.Hop{Node: "router/R1", Rule: "connected", Why: "directly connected"}
	way := func(hops ...finding.Hop) finding.Path {
		return finding.Path{Outcome: finding.Delivered, Firewalls: []string{}, Hops: hops}
	}
	er := tunnel
	er.Rule, er.Why, er.Link, er.LinkKind, er.Protection, er.Grade = "only", "the only route left", "peering/er-primary", "privatePeering", "none", ""
	class := graph.Class{
		ID: "pair/dc1/spoke/workload", Pairs: 1 << 40,
		OnPrem:   finding.Side{Site: "dc1", Router: "router/R1", Prefixes: []string{"10.10.0.0/16"}},
		Azure:    finding.Side{Subnet: "subnet/spoke/workload", Prefixes: []string{"172.16.1.0/24"}},
		Required: graph.Required{Protection: []string{"ipsec", "macsec"}},
		Forward:  way(tunnel, spoke), Return: way(decided, edge, home),
		Failures: []graph.Failure{{
			Down: []string{"tunnel/R1/vpngw-0"}, Forward: graph.FailsOpen, Return: graph.StillClear,
			ForwardPath: way(er, spoke), ReturnPath: way(decided, edge, home),
		}},
	}
	good := class
	good.ID, good.OnPrem.Prefixes = "pair/dc2/spoke/workload", []string{"10.20.0.0/16"}
	back := tunnel
	back.Node, back.Rule = "instance/vpngw-0", "only"
	good.Return, good.Failures = way(back, home), []graph.Failure{}
	loop := way(tunnel, tunnel)
	loop.Outcome, loop.Detail = finding.Loop, "the tunnel is routed into itself"
	return graph.Model{
		Classes: []graph.Class{class, good},
		Tunnels: []graph.Tunnel{{
			ID: "tunnel/R1/vpngw-0", Router: "router/R1", Local: "10.10.10.1", Remote: "10.64.0.4",
			Underlay: graph.Underlay{Forward: loop, Return: way(edge, home)},
		}},
		Evidence: []graph.Evidence{{Item: "er.json", Status: "ok", Age: 4}, {Item: "vpn.json", Status: "partial", Detail: "cut off", Age: 4}},
	}
}

func TestTheGuidelinesNetworkIsJudged(t *testing.T) {
	m := network()
	type verdict struct {
		Policy, Resource, Message string
		Outcome                   finding.Outcome
	}
	var got []verdict
	for _, f := range evaluate(t, load(t, policies.FS), m) {
		if f.Outcome == finding.Fail || f.Outcome == finding.Open {
			got = append(got, verdict{f.Policy, f.Resource, f.Message, f.Outcome})
		}
	}
	want := []verdict{
		{
			"ENC-01", "pair/dc1/spoke/workload",
			"172.16.1.0/24 -> 10.10.0.0/16 leaves Azure over peering/er-primary without encryption: " +
				"ExpressRoute and VPN offer the same prefix 10.10.0.0/16 and Azure takes ExpressRoute",
			finding.Fail,
		},
		{
			"GWS-01", "tunnel/R1/vpngw-0",
			"router/R1 routes 10.64.0.4, the gateway's end of tunnel/R1/vpngw-0, into that tunnel itself: " +
				"172.16.0.0/16 matches (local preference 200 over 100)",
			finding.Fail,
		},
		{
			"ENC-07", "pair/dc1/spoke/workload",
			"10.10.0.0/16 -> 172.16.1.0/24 goes in clear over peering/er-primary when tunnel/R1/vpngw-0 is down",
			finding.Fail,
		},
		{"EVI-01", "vpn.json", "partial: cut off", finding.Open},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("failures and open findings (-want +got):\n%s", diff)
	}
}

func TestAFindingHasThePathsThatItsPolicyNames(t *testing.T) {
	m := network()
	byPolicy := make(map[string]finding.Finding)
	for _, f := range evaluate(t, load(t, policies.FS), m) {
		if f.Outcome == finding.Fail {
			byPolicy[f.Policy] = f
		}
	}
	c, failure, tunnel := m.Classes[0], m.Classes[0].Failures[0], m.Tunnels[0]
	want := map[string]finding.Finding{
		"ENC-01": {
			Severity: finding.Critical, OnPrem: &c.OnPrem, Azure: &c.Azure, Direction: "return", Forward: &c.Forward, Return: &c.Return,
			Evidence: []finding.Ref{{Item: "er.json", Line: 9}, {Item: "vpn.json", Line: 4}, {Item: "msee.json", Line: 2}},
		},
		"ENC-07": {
			Severity: finding.High, OnPrem: &c.OnPrem, Azure: &c.Azure, Direction: "forward", Down: []string{"tunnel/R1/vpngw-0"},
			Forward: &failure.ForwardPath, Return: &failure.ReturnPath, Evidence: []finding.Ref{{Item: "routers/R1/show_ip_bgp.txt", Line: 12}},
		},
		"GWS-01": {
			Severity: finding.Critical, Direction: "forward", Forward: &tunnel.Underlay.Forward, Return: &tunnel.Underlay.Return,
			Evidence: []finding.Ref{{Item: "routers/R1/show_ip_bgp.txt", Line: 12}},
		},
	}
	for id, w := range want {
		f := byPolicy[id]
		if len(f.Fingerprint) != 64 {
			t.Errorf("%s: fingerprint = %q, want SHA-256 in hex", id, f.Fingerprint)
		}
		f.Policy, f.Outcome, f.Resource, f.Message, f.Fingerprint = "", "", "", "", ""
		if diff := cmp.Diff(w, f); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

func TestNothingInScopeIsNotApplicable(t *testing.T) {
	e := load(t, policies.FS)
	found := evaluate(t, e, graph.Model{})
	if len(found) != len(e.Policies()) {
		t.Fatalf("%d findings of an empty model, want one for each of %d policies", len(found), len(e.Policies()))
	}
	for _, f := range found {
		if f.Outcome != finding.NotApplicable || f.Resource != "" {
			t.Errorf("%s: %s %q, want notApplicable without resource", f.Policy, f.Outcome, f.Resource)
		}
	}
}

func TestFailIsStrongerThanOpenAndOpenThanPass(t *testing.T) {
	e := load(t, with(t, `
applicable := {"a", "b", "c"}

violations contains {"resource": "a", "message": "one"}

violations contains {"resource": "a", "message": "two"}

undetermined contains {"resource": "a", "message": "not read"}

undetermined contains {"resource": "b", "message": "second", "evidence": [{"item": "y", "line": 2}]}

undetermined contains {"resource": "b", "message": "first", "evidence": [{"item": "x", "line": 1, "lastLine": 3}]}
`))
	type verdict struct {
		Resource, Message string
		Outcome           finding.Outcome
		Evidence          []finding.Ref
	}
	var got []verdict
	for _, f := range evaluate(t, e, graph.Model{}) {
		got = append(got, verdict{f.Resource, f.Message, f.Outcome, f.Evidence})
	}
	want := []verdict{
		{"a", "one", finding.Fail, nil},
		{"a", "two", finding.Fail, nil},
		{"b", "first; second", finding.Open, []finding.Ref{{Item: "x", Line: 1, LastLine: 3}, {Item: "y", Line: 2}}},
		{"c", "complies", finding.Pass, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

// A violation may be graver than its policy, and reports list it where it belongs.
func TestAViolationMayHaveASeverityOfItsOwn(t *testing.T) {
	other := strings.NewReplacer("TST-01", "TST-02", "test.sample", "test.other").Replace(complete) +
		"\n" + answer("", `{"resource": "a", "message": "m", "severity": "high"}`, "") + "\n"
	rules := "\n" + answer(`{"a", "b"}`, `{"resource": "a", "message": "m"}, {"resource": "b", "message": "m", "severity": "critical"}`, "") + "\n"
	found := evaluate(t, load(t, with(t, rules), files(t, map[string]string{"test/other/other.rego": other})), network())
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.Policy, f.Resource))
	}
	if diff := cmp.Diff([]string{"critical TST-01 b", "high TST-02 a", "medium TST-01 a"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFingerprintsDependOnTheSubjectAlone(t *testing.T) {
	fingerprint := func(violation string) string {
		e := load(t, with(t, "\napplicable := {\"pair/dc1/spoke/workload\"}\n\nundetermined := {x | some x in []}\n\nviolations contains "+violation+"\n"))
		return evaluate(t, e, network())[0].Fingerprint
	}
	base := fingerprint(`{"resource": "pair/dc1/spoke/workload", "message": "one"}`)
	if got := fingerprint(`{"resource": "pair/dc1/spoke/workload", "message": "two", "evidence": [{"item": "x", "line": 2}]}`); got != base {
		t.Error("the fingerprint depends on message or evidence")
	}
	path := func(more string) string {
		return `{"resource": "pair/dc1/spoke/workload", "message": "one", "path": {"class": "pair/dc1/spoke/workload", ` + more + `}}`
	}
	seen := map[string]string{base: "no path"}
	for _, more := range []string{
		`"direction": "forward"`, `"direction": "return"`, `"direction": "forward", "down": ["tunnel/R1/vpngw-0"]`,
	} {
		got := fingerprint(path(more))
		if other, ok := seen[got]; ok {
			t.Errorf("%s has the fingerprint of %s", more, other)
		}
		seen[got] = more
	}
}

func TestAnswersThatAreNotOfTheFormAreOpen(t *testing.T) {
	for name, tc := range map[string]struct{ rules, want string }{
		"a violation out of scope": {
			`applicable := {"a"}
violations contains {"resource": "b", "message": "m"}
undetermined := {x | some x in []}`, `violations: "b" is not in applicable`,
		},
		"an open resource out of scope": {
			`applicable := {x | some x in []}
violations := {x | some x in []}
undetermined contains {"resource": "b", "message": "m"}`, `undetermined: "b" is not in applicable`,
		},
		"a list":           {answer(`["a"]`, "", ""), "applicable is array: want a set"},
		"an ID of numbers": {answer(`{7}`, "", ""), "applicable: number: want a string"},
		"an empty ID":      {answer(`{""}`, "", ""), "applicable: an empty ID"},
		"an undefined rule": {
			`applicable := {"a"} if input.classes[0].id == "nobody"
violations := {x | some x in []}
undetermined := {x | some x in []}`, "is undefined: want three sets",
		},
		"a violation that is a string":    {answer("", `"a"`, ""), "violations: string: want an object"},
		"no message":                      {answer("", `{"resource": "a"}`, ""), "violations: an entry without resource or message"},
		"no resource":                     {answer("", `{"message": "a"}`, ""), "violations: an entry without resource or message"},
		"a message that is a number":      {answer("", `{"resource": "a", "message": 1}`, ""), "violations: message: number: want a string"},
		"an unknown key":                  {answer("", `{"resource": "a", "message": "m", "evidense": []}`, ""), `violations: unknown key "evidense"`},
		"evidence that is a set":          {answer("", `{"resource": "a", "message": "m", "evidence": {1}}`, ""), "evidence: set: want an array"},
		"evidence without item":           {answer("", `{"resource": "a", "message": "m", "evidence": [{"line": 1}]}`, ""), "a place without item"},
		"a line that is a fraction":       {answer("", `{"resource": "a", "message": "m", "evidence": [{"item": "x", "line": 1.5}]}`, ""), "line: 1.5: want a whole number"},
		"a line that is a string":         {answer("", `{"resource": "a", "message": "m", "evidence": [{"item": "x", "line": "1"}]}`, ""), "line: string: want a number"},
		"a path without subject":          {answer("", violationWith(`{"direction": "return"}`), ""), "path: want a class or a tunnel"},
		"a path of two subjects":          {answer("", violationWith(`{"class": "a", "tunnel": "b", "direction": "return"}`), ""), "path: want a class or a tunnel"},
		"a direction that does not exist": {answer("", violationWith(`{"class": "a", "direction": "up"}`), ""), `direction is "up": want forward or return`},
		"a class that does not exist":     {answer("", violationWith(`{"class": "z", "direction": "return"}`), ""), `violations: a: path: the model has no class "z"`},
		"a tunnel that does not exist":    {answer("", violationWith(`{"tunnel": "z", "direction": "return"}`), ""), `the model has no tunnel "z"`},
		"a failure of a tunnel":           {answer("", violationWith(`{"tunnel": "z", "direction": "return", "down": ["x"]}`), ""), "a tunnel's path has no down"},
		"a failure that does not exist": {
			answer("", violationWith(`{"class": "pair/dc1/spoke/workload", "direction": "return", "down": ["x"]}`), ""),
			`class "pair/dc1/spoke/workload" has no failure of x`,
		},
		"a severity that does not exist": {answer("", `{"resource": "a", "message": "m", "severity": "worst"}`, ""), `severity: "worst": want critical, high, medium or low`},
		"an undetermined severity":       {answer("", "", `{"resource": "a", "message": "m", "severity": "low"}`), "undetermined: a has a severity"},
		"an undetermined path": {
			answer("", "", `{"resource": "a", "message": "m", "path": {"class": "a", "direction": "return"}}`), "undetermined: a has a path",
		},
	} {
		t.Run(name, func(t *testing.T) {
			found := evaluate(t, load(t, with(t, "\n"+tc.rules+"\n")), network())
			if len(found) != 1 || found[0].Outcome != finding.Open || found[0].Resource != "policy/TST-01" {
				t.Fatalf("found %+v, want the policy open", found)
			}
			if got := found[0].Message; !strings.Contains(got, tc.want) || !strings.HasPrefix(got, "the policy (test.sample) could not be evaluated: ") {
				t.Errorf("%q, want it to say %q", got, tc.want)
			}
		})
	}
}

// answer is rules with these values; empty stands for a set that is right.
func answer(applicable, violation, undetermined string) string {
	set := func(element string) string {
		if element == "" {
			return "{x | some x in []}"
		}
		return "{" + element + "}"
	}
	if applicable == "" {
		applicable = `{"a"}`
	}
	return "applicable := " + applicable + "\nviolations := " + set(violation) + "\nundetermined := " + set(undetermined)
}

func violationWith(path string) string {
	return `{"resource": "a", "message": "m", "path": ` + path + `}`
}

func TestAPolicyThatBreaksIsOpenAndTheOthersStand(t *testing.T) {
	e := load(t, policies.FS, with(t, `
applicable contains class.id if some class in input.classes

violations contains {"resource": class.id, "message": "m"} if {
	some class in input.classes
	to_number(class.id) == 1
}

undetermined := {x | some x in []}
`))
	whole := evaluate(t, e, network())
	e.Break("ENC-05")
	broken := evaluate(t, e, network())

	reasons := make(map[string]string)
	stands := func(fs []finding.Finding) (out []finding.Finding) {
		for _, f := range fs {
			if f.Policy != "ENC-05" && f.Policy != "TST-01" {
				out = append(out, f)
			}
		}
		return out
	}
	for _, f := range broken {
		if f.Policy == "ENC-05" || f.Policy == "TST-01" {
			if f.Outcome != finding.Open || f.Resource != "policy/"+f.Policy {
				t.Errorf("%s: %s for %q, want open for the policy", f.Policy, f.Outcome, f.Resource)
			}
			reasons[f.Policy] += f.Message
		}
	}
	for id, want := range map[string]string{
		"ENC-05": "the policy (encryption.forward_in_clear) could not be evaluated: panic: ",
		"TST-01": "the policy (test.sample) could not be evaluated: test/sample/sample.rego:",
	} {
		if !strings.HasPrefix(reasons[id], want) {
			t.Errorf("%s: %q, want %q and the reason", id, reasons[id], want)
		}
	}
	if diff := cmp.Diff(stands(whole), stands(broken)); diff != "" {
		t.Errorf("findings of the other policies (-whole +broken):\n%s", diff)
	}
}

func TestTimeInRegoIsTheTimeOfTheEvidence(t *testing.T) {
	e := load(t, with(t, `
applicable := {"clock"}

violations contains {"resource": "clock", "message": time.format(time.now_ns())}

undetermined := {x | some x in []}
`))
	if got, want := evaluate(t, e, graph.Model{})[0].Message, "2026-09-01T12:00:00Z"; got != want {
		t.Errorf("time in Rego = %s, want %s", got, want)
	}
}

// The time of now would make two reports of the same evidence differ.
func TestTimeInRegoIsNotThatOfNow(t *testing.T) {
	const rules = `
applicable := {"clock"}

violations contains {"resource": "clock", "message": format_int(%s, 10)}

undetermined := {x | some x in []}
`
	lib := files(t, map[string]string{"lib/when/when.rego": "package lib.when\n\nnow := time.now_ns()\n"})
	for name, e := range map[string]*policy.Engine{
		"its own":     load(t, with(t, fmt.Sprintf(rules, "time.now_ns()"))),
		"a library's": load(t, files(t, nil), one(t, complete+fmt.Sprintf(rules, "data.lib.when.now")), lib),
	} {
		found, err := e.Evaluate(t.Context(), graph.Model{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 1 || found[0].Outcome != finding.Open || !strings.Contains(found[0].Message, "the evidence does not say when it was collected") {
			t.Errorf("%s: found %+v, want the policy open", name, found)
		}
	}
}

func TestEvaluateStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := load(t, policies.FS).Evaluate(ctx, network(), at()); !errors.Is(err, context.Canceled) {
		t.Errorf("Evaluate error = %v, want %v", err, context.Canceled)
	}
}

func TestNamesThatAreNotTextAreJudged(t *testing.T) {
	m := network()
	m.Classes[0].ID = "pair/\xff\x00/spoke"
	m.Classes[0].Failures[0].Down = []string{"tunnel/\xff"}
	failed := 0
	for _, f := range evaluate(t, load(t, policies.FS), m) {
		if f.Outcome == finding.Fail && f.OnPrem != nil {
			failed++
		}
	}
	if failed != 2 {
		t.Errorf("%d classes failed, want 2: ENC-01 and ENC-07", failed)
	}
}
