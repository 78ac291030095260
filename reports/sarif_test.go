package reports_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// place, result and log are what these tests read of a SARIF log.
type place struct {
	ID               *int `json:"id"`
	PhysicalLocation struct {
		ArtifactLocation struct {
			URI   string `json:"uri"`
			Index *int   `json:"index"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
			EndLine   int `json:"endLine"`
			Snippet   struct {
				Text string `json:"text"`
			} `json:"snippet"`
		} `json:"region"`
	} `json:"physicalLocation"`
	LogicalLocations []struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	} `json:"logicalLocations"`
	Message struct {
		Text string `json:"text"`
	} `json:"message"`
}

type result struct {
	RuleID    string `json:"ruleId"`
	RuleIndex int    `json:"ruleIndex"`
	Kind      string `json:"kind"`
	Level     string `json:"level"`
	Message   struct {
		Text string `json:"text"`
	} `json:"message"`
	Locations        []place `json:"locations"`
	RelatedLocations []place `json:"relatedLocations"`
	CodeFlows        []struct {
		ThreadFlows []struct {
			ID        string `json:"id"`
			Locations []struct {
				Location   place  `json:"location"`
				Importance string `json:"importance"`
			} `json:"locations"`
		} `json:"threadFlows"`
	} `json:"codeFlows"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
}

type run struct {
	Tool struct {
		Driver struct {
			SemanticVersion string `json:"semanticVersion"`
			Rules           []struct {
				ID               string                `json:"id"`
				Name             string                `json:"name"`
				ShortDescription struct{ Text string } `json:"shortDescription"`
				FullDescription  struct{ Text string } `json:"fullDescription"`
				Help             struct{ Text, Markdown string }
				HelpURI          string `json:"helpUri"`
				Properties       struct {
					Tags             []string `json:"tags"`
					SecuritySeverity string   `json:"security-severity"`
				} `json:"properties"`
			} `json:"rules"`
		} `json:"driver"`
	} `json:"tool"`
	AutomationDetails struct{ ID string } `json:"automationDetails"`
	Invocations       []struct {
		ExecutionSuccessful        bool `json:"executionSuccessful"`
		ToolExecutionNotifications []struct {
			Descriptor struct{ ID string } `json:"descriptor"`
			Message    struct{ Text string }
			Locations  []place
		} `json:"toolExecutionNotifications"`
	} `json:"invocations"`
	Artifacts []struct {
		Location struct{ URI string }
		Hashes   map[string]string
	}
	Results    []result
	Properties struct{ Outcomes map[string]int }
}

func sarif(t interface {
	Helper()
	Fatal(args ...any)
}, r finding.Report, p reports.SARIFProfile,
) (run, string) {
	t.Helper()
	var b strings.Builder
	if err := reports.SARIFWith(reports.SARIFOptions{Profile: p, Pipeline: pipeline})(&b, r); err != nil {
		t.Fatal(err)
	}
	var log struct{ Runs []run }
	if err := json.Unmarshal([]byte(b.String()), &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0], b.String()
}

// find returns the result of the finding with the fingerprint.
func find(t *testing.T, r run, fingerprint string) result {
	t.Helper()
	for _, res := range r.Results {
		if res.PartialFingerprints["routeproof/v1"] == fingerprint {
			return res
		}
	}
	t.Fatalf("no result has the fingerprint %s", fingerprint)
	return result{}
}

func TestEachFailureAndQuestionIsAResult(t *testing.T) {
	log, _ := sarif(t, sample(), reports.Full)
	var got []string
	for _, res := range log.Results {
		got = append(got, fmt.Sprintf("%s %s %s %s", res.RuleID, res.Kind, res.Level, log.Tool.Driver.Rules[res.RuleIndex].ID))
	}
	want := []string{
		"ENC-05 fail error ENC-05", "ENC-05 fail error ENC-05", "GWS-01 fail error GWS-01", "ENC-07 fail error ENC-07",
		"ENC-03 fail warning ENC-03", "SYM-01 fail note SYM-01", "ENC-01 open none ENC-01", "EVI-01 open none EVI-01", "EVI-01 open none EVI-01",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"pass": 1, "fail": 6, "open": 3, "notApplicable": 1}, log.Properties.Outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestAResultPointsAtTheDecisiveLine(t *testing.T) {
	log, _ := sarif(t, sample(), reports.Full)
	res := find(t, log, "a8c0deadbeef00112233")
	if diff := cmp.Diff(map[string]string{"primaryLocationLineHash": "a8c0deadbeef0011:1", "routeproof/v1": "a8c0deadbeef00112233"}, res.PartialFingerprints); diff != "" {
		t.Errorf("fingerprints (-want +got):\n%s", diff)
	}
	at := res.Locations[0].PhysicalLocation
	got := fmt.Sprintf("%s %d-%d %q", at.ArtifactLocation.URI, at.Region.StartLine, at.Region.EndLine, at.Region.Snippet.Text)
	want := `routers/R1/show_ip_bgp.txt 15-16 "*                   192.168.100.2                 100      0 12076 i\n*> 172.16.0.0/16    192.168.100.2            0    200      0 12076 i"`
	if got != want {
		t.Errorf("location = %s, want %s", got, want)
	}
	if name := res.Locations[0].LogicalLocations[0].FullyQualifiedName; name != "class/dc1/vnet-spoke/workload" {
		t.Errorf("logical location = %s", name)
	}
	if a := log.Artifacts[*at.ArtifactLocation.Index]; a.Location.URI != at.ArtifactLocation.URI || a.Hashes["sha-256"] != strings.Repeat("1a", 32) {
		t.Errorf("artifact = %+v, want that of the location", a)
	}
	if !strings.HasPrefix(res.Message.Text, "With tunnel/R1/vpngw-0 down: fails open") || !strings.Contains(res.Message.Text, "except 10.10.10.1/32") {
		t.Errorf("message = %s", res.Message.Text)
	}
}

func TestAResultPointsAtTheWholeObjectThatItsLineOpens(t *testing.T) {
	r := sample()
	r.Findings = r.Findings[:1]
	r.Findings[0].Evidence = []finding.Ref{ref(erRoutes, 21)}
	r.Excerpts = []finding.Excerpt{{Item: erRoutes, Line: 21, LastLine: 29, Text: `{"network": "10.10.0.0/16"}`}}
	log, _ := sarif(t, r, reports.Full)
	region := log.Results[0].Locations[0].PhysicalLocation.Region
	if region.StartLine != 21 || region.EndLine != 29 || region.Snippet.Text != `{"network": "10.10.0.0/16"}` {
		t.Errorf("region = %+v, want lines 21 to 29 with their text", region)
	}
}

func TestThePathsAreFlows(t *testing.T) {
	log, _ := sarif(t, sample(), reports.Full)
	res := find(t, log, "a8c0deadbeef00112233")
	if len(res.CodeFlows) != 1 {
		t.Fatalf("%d code flows, want 1", len(res.CodeFlows))
	}
	var got []string
	for _, thread := range res.CodeFlows[0].ThreadFlows {
		for _, l := range thread.Locations {
			got = append(got, fmt.Sprintf("%s %s:%d %s %s", thread.ID, l.Location.PhysicalLocation.ArtifactLocation.URI,
				l.Location.PhysicalLocation.Region.StartLine, l.Importance, l.Location.Message.Text))
		}
	}
	want := []string{
		"forward routers/R1/show_ip_bgp.txt:15 essential router/R1 matches 172.16.0.0/16, sends to peering/er-circuit-primary (IN CLEAR): multipath: equal to the path over peering/er-circuit-secondary.",
		"forward routers/R1/show_ip_bgp.txt:15 important msee/er-circuit-primary matches 172.16.0.0/16, sends to backbone/er-circuit-primary (Microsoft): the only route, from the ExpressRoute gateway.",
		"forward routers/R1/show_ip_bgp.txt:15 important subnet/vnet-spoke/workload matches 172.16.1.0/24: the destination's own subnet.",
		"forward-2 routers/R1/show_ip_bgp.txt:16 essential router/R1 matches 172.16.0.0/16, sends to peering/er-circuit-secondary (IN CLEAR): multipath: equal to the path over peering/er-circuit-primary.",
		"forward-2 routers/R1/show_ip_bgp.txt:15 important msee/er-circuit-secondary matches 172.16.0.0/16, sends to backbone/er-circuit-secondary (Microsoft): the only route, from the ExpressRoute gateway.",
		"forward-2 routers/R1/show_ip_bgp.txt:15 important subnet/vnet-spoke/workload matches 172.16.1.0/24: the destination's own subnet.",
		"return routers/R1/show_ip_bgp.txt:15 important instance/vpngw-0: the tunnel was the only way, and ExpressRoute carries 10.10.10.1/32 only.",
		"return routers/R1/show_ip_bgp.txt:15 essential dropped: no route for 10.10.0.0/16 is left.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("flow (-want +got):\n%s", diff)
	}
}

func TestAPathOfAnyLengthFitsAFlow(t *testing.T) {
	for _, c := range []struct {
		hops    int
		outcome finding.PathOutcome
		want    int
		last    string
	}{
		{0, finding.Unknown, 1, "unknown."},
		{0, finding.Delivered, 1, "delivered."},
		{99, finding.Loop, 100, "loop."},
		{100, finding.Delivered, 100, "n: w."},
		{100, finding.Loop, 100, "loop."},
		{250, finding.Delivered, 100, "151 more hops; the path ends as delivered."},
	} {
		p := &finding.Path{Outcome: c.outcome}
		for range c.hops {
			p.Hops = append(p.Hops, finding.Hop{Node: "n", Why: "w"})
		}
		log, _ := sarif(t, finding.Report{Findings: []finding.Finding{{Outcome: finding.Fail, Forward: p}}}, reports.Full)
		flow := log.Results[0].CodeFlows[0].ThreadFlows[0].Locations
		if last := flow[len(flow)-1].Location.Message.Text; len(flow) != c.want || last != c.last {
			t.Errorf("%d hops, %s: %d locations, the last %q; want %d and %q", c.hops, c.outcome, len(flow), last, c.want, c.last)
		}
	}
}

func TestTheCollectionIsTheInvocation(t *testing.T) {
	log, _ := sarif(t, sample(), reports.Full)
	inv := log.Invocations[0]
	var got []string
	for _, n := range inv.ToolExecutionNotifications {
		at := n.Locations[0].PhysicalLocation
		got = append(got, fmt.Sprintf("%s %s:%d", n.Descriptor.ID, at.ArtifactLocation.URI, at.Region.StartLine))
	}
	want := []string{
		"EVIDENCE-NOT-WHOLE routers/R2/show_ip_bgp.txt:1",
		"EVIDENCE-NOT-WHOLE azure/sub/virtualNetworkGateways/rg-hub/ergw.getLearnedRoutes.json:1",
		"EVIDENCE-LINE-UNREAD routers/R2/show_ip_bgp.txt:19",
		"DERIVED-OR-ASSUMED manifest.json:1",
		"DERIVED-OR-ASSUMED manifest.json:1",
	}
	if diff := cmp.Diff(want, got); diff != "" || inv.ExecutionSuccessful {
		t.Errorf("successful = %t, want false; notifications (-want +got):\n%s", inv.ExecutionSuccessful, diff)
	}

	whole := sample()
	whole.Evidence, whole.Unread, whole.Notes = whole.Evidence[:2], nil, nil
	log, _ = sarif(t, whole, reports.Full)
	if inv := log.Invocations[0]; !inv.ExecutionSuccessful || len(inv.ToolExecutionNotifications) > 0 {
		t.Errorf("invocation with whole evidence = %+v", inv)
	}
}

func TestUnreadLinesAreBounded(t *testing.T) {
	r := sample()
	r.Evidence, r.Notes, r.Unread = nil, nil, make([]finding.Unread, 100_000)
	log, _ := sarif(t, r, reports.Full)
	got := log.Invocations[0].ToolExecutionNotifications
	if len(got) != 501 || got[500].Message.Text != "99500 more lines were not understood." {
		t.Errorf("%d notifications, the last %q", len(got), got[len(got)-1].Message.Text)
	}
}

func TestARuleSaysWhatItsPolicySays(t *testing.T) {
	log, _ := sarif(t, sample(), reports.Full)
	rule := log.Tool.Driver.Rules[3]
	got := []string{
		rule.ID, rule.Name, rule.ShortDescription.Text, rule.HelpURI, rule.Properties.SecuritySeverity,
		strings.Join(rule.Properties.Tags, " "), log.Tool.Driver.SemanticVersion, log.AutomationDetails.ID,
	}
	want := []string{
		"ENC-07", "EncryptionRouterFailsClosed", "When a tunnel fails, routers do not fall back to ExpressRoute.",
		"https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering", "8.0",
		"security network encryption NIST SP 800-53 SC-8(1)", "0.3.0", "routeproof/live/",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rule (-want +got):\n%s", diff)
	}
	if !strings.Contains(rule.Help.Markdown, "[VPN over private peering](<https://learn.microsoft.com/") || !strings.Contains(rule.Help.Text, "How to fix: Give the neighbours") {
		t.Errorf("help = %+v", rule.Help)
	}
}

func TestAnEmptyReportHasListsAndNoNull(t *testing.T) {
	_, text := sarif(t, finding.Report{}, reports.Full)
	if strings.Contains(text, "null") || !strings.Contains(text, `"results": []`) || !strings.Contains(text, `"rules": []`) {
		t.Errorf("log of an empty report:\n%s", text)
	}
}

// What any text in a report may do to a log: services refuse a whole file for
// one bad location.
func TestEveryLogIsOneThatServicesAccept(t *testing.T) {
	pascal := regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	rapid.Check(t, func(t *rapid.T) {
		r := decided()
		fill(t, reflect.ValueOf(&r).Elem(), rapid.String())
		log, text := sarif(t, r, rapid.SampledFrom([]reports.SARIFProfile{reports.Full, reports.GitHub, reports.AzureDevOps}).Draw(t, "profile"))
		printable(t, text)
		if strings.Contains(text, ": null") {
			t.Fatalf("null in the log:\n%s", text)
		}
		for _, rule := range log.Tool.Driver.Rules {
			if rule.ID == "" || !pascal.MatchString(rule.Name) || rule.ShortDescription.Text == "" || rule.FullDescription.Text == "" || rule.Help.Text == "" {
				t.Fatalf("rule = %+v", rule)
			}
			if len([]rune(rule.FullDescription.Text)) > 1024 || len(rule.Properties.Tags) > 10 {
				t.Fatalf("rule is beyond the limits: %+v", rule)
			}
		}
		for _, res := range log.Results {
			accepted(t, res)
		}
	})
}

func accepted(t *rapid.T, res result) {
	if res.RuleID == "" || res.Message.Text == "" || strings.Contains(res.Message.Text, "](") || len(res.Locations) == 0 || len(res.Locations) > 100 {
		t.Fatalf("result = %+v", res)
	}
	if (res.Kind == "fail") == (res.Level == "none") {
		t.Fatalf("kind %s has level %s", res.Kind, res.Level)
	}
	places := append(append([]place{}, res.Locations...), res.RelatedLocations...)
	for _, flow := range res.CodeFlows {
		for _, thread := range flow.ThreadFlows {
			if n := len(thread.Locations); n == 0 || n > 100 {
				t.Fatalf("%d locations in a thread flow", n)
			}
			for _, l := range thread.Locations {
				places = append(places, l.Location)
			}
		}
	}
	for _, p := range places {
		uri := p.PhysicalLocation.ArtifactLocation.URI
		u, err := url.Parse(uri)
		if err != nil || uri == "" || u.Scheme != "" || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || strings.HasPrefix(u.Path, "/") ||
			strings.Contains("/"+u.Path+"/", "/../") || p.PhysicalLocation.Region.StartLine < 1 {
			t.Fatalf("location %+v: %v", p, err)
		}
	}
}
