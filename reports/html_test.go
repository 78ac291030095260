package reports_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// inert parses a page as a browser does and fails for anything that is not what
// the page's own template and pictures write.
func inert(t rapid.TB, page string) {
	t.Helper()
	elements := map[string]bool{}
	for name := range strings.FieldsSeq(`html head meta title style body main section h1 h2 h3 h4 p span b small code svg rect line path text g
		ul ol li div table thead tbody tr th td article dl dt dd pre mark details summary a br footer`) {
		elements[name] = true
	}
	attributes := map[string]bool{}
	for name := range strings.FieldsSeq(`lang charset name content http-equiv class id viewbox preserveaspectratio role width height x y rx x1 y1 x2 y2
		d style scope open href tabindex aria-label aria-hidden`) {
		attributes[name] = true
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, links := map[string]bool{}, map[string]bool{}
	for n := range root.Descendants() {
		switch n.Type {
		case html.ElementNode:
			if !elements[n.Data] {
				t.Fatalf("element <%s> in the page", n.Data)
			}
			for _, a := range n.Attr {
				name := strings.ToLower(a.Key)
				switch {
				case name == "id" && ids[a.Val]:
					t.Fatalf("two elements are %q", a.Val)
				case name == "id":
					ids[a.Val] = true
				case !attributes[name]:
					t.Fatalf("attribute %s=%q of <%s>", a.Key, a.Val, n.Data)
				case name == "href" && !strings.HasPrefix(a.Val, "#"):
					t.Fatalf("link to %q", a.Val)
				case name == "href":
					links[a.Val[1:]] = true
				case name == "style" && !strings.HasPrefix(a.Val, "min-width:"):
					t.Fatalf("style %q", a.Val)
				}
			}
		case html.CommentNode:
			t.Fatalf("comment %q", n.Data)
		case html.TextNode:
			if n.Parent.Data == "style" && strings.Contains(n.Data, "url(") {
				t.Fatalf("a style sheet loads something")
			}
		default:
		}
	}
	for link := range links {
		if !ids[link] {
			t.Fatalf("a link leads to %q, which is not in the page", link)
		}
	}
	printable(t, page)
}

func TestAHostileNameStaysTextInThePage(t *testing.T) {
	r := sample()
	for _, f := range []*finding.Finding{&r.Findings[0], &r.Findings[1]} {
		f.Forward.Hops[0].Node, f.Forward.Hops[0].Link, f.Resource = "router/"+hostile, "tunnel/"+hostile, "tunnel/"+hostile+"/vpngw-0"
		f.OnPrem = &finding.Side{Site: hostile, Router: "router/" + hostile, Prefixes: []string{hostile}}
		f.Azure = &finding.Side{Subnet: "subnet/" + hostile, Prefixes: []string{hostile}}
	}
	page := write(t, reports.HTML, r)
	inert(t, page)
	for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", `\x1b[31mALL GOOD`, `\u202e`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page: hostile text must be seen", want)
		}
	}
}

// What any text in a report may do to a page.
func TestEveryPageIsInert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := sample()
		fill(t, reflect.ValueOf(&r).Elem(), rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			hostile, `"><img src=x onerror=alert(1)>`, "'--><svg/onload=alert(1)>", "</style><script>", "{{.}}", "javascript:alert(1)", "</title></svg><a href=//x>", "]]>",
		})))
		var b bytes.Buffer
		if err := reports.HTML(&b, r); err != nil {
			t.Fatal(err)
		}
		inert(t, b.String())
	})
}

// large is a report of n violations whose paths all differ in shape.
func large(n int) finding.Report {
	r := sample()
	r.Findings = nil
	for i := range n {
		f := clearFinding(fmt.Sprintf("R%d", i%400), fmt.Sprintf("site%d", i%400), fmt.Sprintf("10.%d.%d.0/24", i/256%256, i%256), fmt.Sprintf("er-%d", i%400), fmt.Sprintf("f%06d", i), 15)
		f.Azure = &finding.Side{Subnet: fmt.Sprintf("subnet/vnet-%d/workload", i%90), Prefixes: []string{fmt.Sprintf("172.%d.0.0/24", i%90)}}
		f.Forward.Hops[1].Rule = fmt.Sprintf("rule%d", i)
		r.Findings = append(r.Findings, f)
	}
	return r
}

func TestALargePageIsBoundedAndSaysWhatItLeftOut(t *testing.T) {
	page := write(t, reports.HTML, large(20_000))
	inert(t, page)
	if len(page) > 2<<20 {
		t.Errorf("%d bytes for 20,000 findings: a browser copes with 2 MiB", len(page))
	}
	for _, want := range []string{
		"19,770 more findings left out here: see report.json",
		"340 more sites and 74 more subnets are left out here, those without violations first: see report.json.",
		"more nodes left out of the picture",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	drawn := strings.Count(page, "<article")
	if drawn != 30 {
		t.Errorf("%d findings are drawn, want 30", drawn)
	}
}

func TestALargeMatrixKeepsWhatViolates(t *testing.T) {
	r := large(5000)
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.OnPrem.Site != "site99" {
			f.Outcome, f.Forward, f.Return = finding.Pass, nil, nil
		}
	}
	page := write(t, reports.HTML, r)
	if !strings.Contains(page, `<th scope="row">site99<`) || !strings.Contains(page, ">R99</text>") {
		t.Error("the site with violations is left out, and sites without are shown")
	}
}

func TestACompliantPageHasNoViolations(t *testing.T) {
	r := sample()
	r.Verdict = finding.Pass
	r.Coverage = finding.Coverage{Pairs: 10, Encrypted: 10}
	r.Findings = []finding.Finding{
		{Policy: "ENC-01", Outcome: finding.Pass, Severity: finding.Critical, Resource: "pair/dc1/x", OnPrem: onprem("R1", "dc1", "10.10.0.0/16"), Azure: workload()},
		{Policy: "GWS-01", Outcome: finding.Pass, Severity: finding.Critical, Resource: "tunnel/R1/vpngw-0"},
	}
	page := write(t, reports.HTML, r)
	inert(t, page)
	for _, want := range []string{`<h1 class="good">COMPLIANT</h1>`, "→ ENCRYPTED", "← ENCRYPTED", "<title>tunnel/R1/vpngw-0</title><path class=\"l-tube l-none\""} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if strings.Contains(page, "<article") || strings.Contains(page, "IN CLEAR") {
		t.Error("a compliant page has a finding, or packets in clear")
	}
}

func TestAPageShowsTheWaysOfPairsThatNoFindingIsAbout(t *testing.T) {
	loop := loopFinding()
	r := finding.Report{
		Verdict: finding.Pass, Coverage: finding.Coverage{Pairs: 10, Encrypted: 5, Dropped: 5},
		Pairs: []finding.Pair{
			{OnPrem: *onprem("R1", "dc1", "10.10.0.0/16"), Azure: *workload(), Forward: *clearForward("R1", "er", 4), Return: *encryptedReturn("R1")},
			{Tunnel: "tunnel/R1/vpngw-0", Forward: *loop.Forward, Return: *loop.Return},
		},
	}
	page := write(t, reports.HTML, r)
	inert(t, page)
	for _, want := range []string{"→ IN CLEAR", "← ENCRYPTED", "0 of 0 checks passed", "<title>peering/er</title><path class=\"l-bad\"", ">LOOP</text>"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
}

func TestAPageOfNothingIsAPage(t *testing.T) { inert(t, write(t, reports.HTML, finding.Report{})) }

func BenchmarkHTMLOf20000Findings(b *testing.B) {
	r := large(20_000)
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		if err := reports.HTML(&out, r); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len()), "bytes")
	}
}
