package reports_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// leak is a network in which traffic of R1 began to leave in clear.
func leak() finding.Diff {
	now := finding.Finding{
		Policy: "ENC-05", Outcome: finding.Fail, Severity: finding.Critical, Message: "10.10.0.0/16 -> 172.16.1.0/24 goes in clear",
		OnPrem: onprem("R1", "dc1", "10.10.0.0/16"), Azure: workload(), Direction: "forward", Forward: clearForward("R1", "er", 7),
	}
	then := now
	then.Forward = &finding.Path{Outcome: finding.Delivered, Hops: []finding.Hop{
		{Node: "router/R1", Link: "tunnel/R1/vpngw-0", LinkKind: "ipsec", Protection: "ipsec", LeavesPremises: true, Why: "local preference 200 over 100"},
		arrives("vnet-spoke/workload", "172.16.1.0/24"),
	}}
	gone := finding.Finding{Policy: "GWS-01", Outcome: finding.Fail, Severity: finding.High, Resource: "tunnel/R2/vpngw-1", Message: "the tunnel is routed into itself"}
	return finding.Diff{
		Version:  1,
		Before:   finding.Audit{Name: "monday", Verdict: finding.Pass},
		After:    finding.Audit{Name: "tuesday", Verdict: finding.Fail},
		Evidence: true,
		Scope:    []string{"asked for evidence only now: router/R3"},
		Findings: []finding.Change{
			{State: finding.Updated, Why: []string{"the path is another"}, Before: &then, After: &now},
			{State: finding.Absent, Before: &gone, Fixed: true},
		},
		Paths: []finding.PathChange{{
			State: finding.Updated, OnPrem: now.OnPrem, Azure: now.Azure,
			Before: &finding.Ways{Forward: *then.Forward, Return: *encryptedReturn("R1")},
			After:  &finding.Ways{Forward: *now.Forward, Return: *encryptedReturn("R1")},
		}},
		Routes: []finding.RouteChange{
			{Table: "router/R1 BGP", Prefix: "172.16.0.0/16", Before: []string{"via 192.0.2.1", "via 192.0.2.9"}, After: []string{"via 192.0.2.2", "via 192.0.2.9"}},
			{Table: "router/R1 BGP", Prefix: "172.17.0.0/16", After: []string{"via 192.0.2.1"}},
		},
		Unknown: []finding.Incomparable{{What: "router/R2 BGP", Why: "after: denied: % Authorization failed"}},
	}
}

func TestDiffText(t *testing.T) {
	var out bytes.Buffer
	if err := reports.DiffText(&out, leak(), reports.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `  before    monday (pass)
  after     tuesday (fail)

2 findings, 1 path, 2 routes differ; 1 part could not be compared.

Audited otherwise
  ! asked for evidence only now: router/R3

Findings
  WORSE ENC-05 critical: 10.10.0.0/16 -> 172.16.1.0/24 goes in clear
      the path is another
      On-premises -> Azure: ENCRYPTED -> IN CLEAR
    - router/R1 over tunnel/R1/vpngw-0 (IPsec): local preference 200 over 100
    - subnet/vnet-spoke/workload: the destination's own subnet
    + router/R1 over peering/er (IN CLEAR): local preference 200 over 100
    + msee/er over backbone/er (Microsoft): the only route, from the
        ExpressRoute gateway
    + subnet/vnet-spoke/workload: the destination's own subnet
  FIXED GWS-01 high: tunnel/R2/vpngw-1: the tunnel is routed into itself

Paths
  CHANGED 10.10.0.0/16 (dc1, router/R1) <-> 172.16.1.0/24
    (subnet/vnet-spoke/workload)
      On-premises -> Azure: ENCRYPTED -> IN CLEAR
    - router/R1 over tunnel/R1/vpngw-0 (IPsec): local preference 200 over 100
    - subnet/vnet-spoke/workload: the destination's own subnet
    + router/R1 over peering/er (IN CLEAR): local preference 200 over 100
    + msee/er over backbone/er (Microsoft): the only route, from the
        ExpressRoute gateway
    + subnet/vnet-spoke/workload: the destination's own subnet

Routes
  router/R1 BGP: 1 appeared, 0 vanished, 1 changed
    - 172.16.0.0/16 via 192.0.2.1
    + 172.16.0.0/16 via 192.0.2.2
    + 172.17.0.0/16 via 192.0.2.1

Not compared
  ? router/R2 BGP: after: denied: % Authorization failed
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Errorf("text (-want +got):\n%s", d)
	}
}

func TestDiffTextOfHostileWordsFitsItsColumns(t *testing.T) {
	for _, width := range []int{60, 80, 200} {
		var out bytes.Buffer
		if err := reports.DiffText(&out, poisoned(), reports.TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		printable(t, out.String())
		for line := range strings.Lines(out.String()) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d columns, want at most %d: %q", n, width, line)
			}
		}
	}
}

func TestDiffMarkdownIsInertAndFits(t *testing.T) {
	many := poisoned()
	for i := range 3000 {
		many.Routes = append(many.Routes, finding.RouteChange{Table: fmt.Sprint("router/R", i), Prefix: "10.0.0.0/8", After: []string{strings.Repeat("x", 500)}})
	}
	for name, d := range map[string]finding.Diff{"a leak": leak(), "hostile words": poisoned(), "too much": many} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := reports.DiffMarkdown(&out, d); err != nil {
				t.Fatal(err)
			}
			harmless(t, strings.ReplaceAll(out.String(), "```diff\n", "```text\n"))
			if left := strings.Contains(out.String(), "left out"); left != (name == "too much") {
				t.Errorf("says that something is left out: %v", left)
			}
		})
	}
}

func TestDiffJSONKeepsEveryWord(t *testing.T) {
	want := poisoned()
	var out bytes.Buffer
	if err := reports.DiffJSON(&out, want); err != nil {
		t.Fatal(err)
	}
	printable(t, out.String())
	var got finding.Diff
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string([]rune(want.Routes[0].Prefix)), got.Routes[0].Prefix); d != "" {
		t.Errorf("prefix (-want +got):\n%s", d)
	}
	out.Reset()
	if err := reports.DiffJSON(&out, finding.Diff{}); err != nil || strings.Contains(out.String(), "null") {
		t.Errorf("error %v; an empty comparison is %s", err, out.String())
	}
}

func TestDiffJSONFollowsItsSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	report, err := os.Open("schema/report.json")
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	parts, err := jsonschema.UnmarshalJSON(report)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("https://github.com/routeproof/routeproof/reports/schema/report.json", parts); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema/diff.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(d finding.Diff, spoil ...string) error {
		var out bytes.Buffer
		if err := reports.DiffJSON(&out, d); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.NewReplacer(spoil...).Replace(out.String())))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	tunnel := leak()
	tunnel.Paths[0].State, tunnel.Paths[0].Tunnel, tunnel.Paths[0].Before = finding.New, "tunnel/R1/x", nil
	tunnel.Paths[0].OnPrem, tunnel.Paths[0].Azure = nil, nil
	for name, d := range map[string]finding.Diff{"leak": leak(), "hostile": poisoned(), "tunnel": tunnel, "nothing": {Version: 1}} {
		if err := valid(d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if valid(leak(), `"state": "updated"`, `"state": "better"`) == nil {
		t.Error("the schema has nothing against a state that is none")
	}
}

func TestDiffWritersReportAFullDisk(t *testing.T) {
	text := func(w io.Writer, d finding.Diff) error { return reports.DiffText(w, d, reports.TextOptions{}) }
	for name, write := range map[string]reports.DiffWriter{"text": text, "json": reports.DiffJSON, "md": reports.DiffMarkdown} {
		if write(full{}, leak()) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// poisoned is leak with hostile words wherever a device has a say.
func poisoned() finding.Diff {
	d := leak()
	d.Before.Name = hostile
	d.Scope = []string{hostile}
	f := *d.Findings[0].After
	f.Message = hostile
	d.Findings[0].After, d.Findings[0].Why = &f, []string{hostile}
	p := d.Paths[0].After.Forward
	p.Hops = append([]finding.Hop{}, p.Hops...)
	p.Hops[0].Node, p.Hops[0].Link, p.Hops[0].Why = hostile, hostile, "```\n"+hostile
	p.Detail = hostile
	d.Paths[0].After.Forward = p
	d.Routes = []finding.RouteChange{{Table: hostile, Prefix: hostile, After: []string{hostile, "``````\n# x"}}}
	d.Unknown = []finding.Incomparable{{What: hostile, Why: hostile}}
	return d
}
