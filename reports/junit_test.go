package reports_test

import (
	"encoding/xml"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// The types below are the JUnit schema in use, that of Ant and Jenkins, as far as
// it requires something. Elements are in the order of the schema.
type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitSuites struct {
	XMLName xml.Name   `xml:"testsuites"`
	Attrs   []xml.Attr `xml:",any,attr"`
	Suites  []struct {
		junitCounts
		Name      string `xml:"name,attr"`
		Package   string `xml:"package,attr"`
		ID        int    `xml:"id,attr"`
		Hostname  string `xml:"hostname,attr"`
		Timestamp string `xml:"timestamp,attr"`
		Time      string `xml:"time,attr"`
		Cases     []struct {
			Name    string      `xml:"name,attr"`
			Class   string      `xml:"classname,attr"`
			Failure []junitText `xml:"failure"`
			Error   []junitText `xml:"error"`
			Skipped []junitText `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type junitText struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// junit reads a report back and checks what schemas demand.
func junit(t rapid.TB, r finding.Report) junitSuites {
	t.Helper()
	text := write2(t, reports.JUnit, r)
	printable(t, text)
	var got junitSuites
	d := xml.NewDecoder(strings.NewReader(text))
	if err := d.Decode(&got); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	if len(got.Attrs) > 0 {
		t.Fatalf("attributes of testsuites: %v", got.Attrs)
	}
	for i, s := range got.Suites {
		var n junitCounts
		names := make(map[string]bool)
		for _, c := range s.Cases {
			n.Tests++
			n.Failures += len(c.Failure)
			n.Errors += len(c.Error)
			n.Skipped += len(c.Skipped)
			if len(c.Failure)+len(c.Error)+len(c.Skipped) > 1 {
				t.Fatalf("case %q has several results", c.Name)
			}
			if c.Name == "" || c.Class == "" {
				t.Fatalf("case without a name: %+v", c)
			}
			names[c.Name] = true
		}
		if n != s.junitCounts {
			t.Fatalf("suite %s counts %+v and has %+v", s.Name, s.junitCounts, n)
		}
		if s.ID != i || s.Name == "" || s.Package == "" || s.Hostname == "" || s.Time == "" || len(s.Timestamp) < len("2006-01-02T15:04:05") {
			t.Fatalf("suite lacks an attribute: %+v", s)
		}
	}
	return got
}

func TestEveryFindingIsInItsTestCase(t *testing.T) {
	var got []string
	for _, s := range junit(t, sample()).Suites {
		for _, c := range s.Cases {
			result := "pass"
			switch {
			case len(c.Failure) > 0:
				result = "failure " + c.Failure[0].Type
			case len(c.Error) > 0:
				result = "error " + c.Error[0].Type
			case len(c.Skipped) > 0:
				result = "skipped"
			}
			id, _, _ := strings.Cut(s.Name, " ")
			got = append(got, fmt.Sprintf("%s %.30s: %s", id, c.Name, result))
		}
	}
	want := []string{
		"ENC-01 class/dc2/vnet-spoke/workload: error critical",
		"ENC-01 class/dc1/vnet-spoke/workload: pass",
		"ENC-03 class/branch/vnet-spoke/worklo: failure medium",
		"ENC-05 class/dc1/vnet-spoke/workload: failure critical",
		"ENC-05 class/dc2/vnet-spoke/workload: failure critical",
		"ENC-07 class/dc1/vnet-spoke/workload: failure high",
		"EVI-01 azure/sub/virtualNetworkGatewa: error high",
		"EVI-01 routers/R2/show_ip_bgp.txt: error high",
		"GWS-01 tunnel/R1/vpngw-0: failure critical",
		`SYM-01 subnet/\x1b[2J\x1b[31mALL GOOD: failure low`,
		"SYM-02 nothing in scope: skipped",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cases (-want +got):\n%s", diff)
	}
}

func TestFindingsOfOneResourceShareACase(t *testing.T) {
	r := finding.Report{}
	for i := range 30 {
		r.Findings = append(r.Findings, finding.Finding{
			Policy: "ENC-07", Outcome: finding.Fail, Severity: finding.High, Resource: "pair/a/b", Message: fmt.Sprintf("failure %02d", i), Down: []string{fmt.Sprint("tunnel/", i)},
		})
	}
	r.Findings = append(r.Findings, finding.Finding{Policy: "ENC-07", Outcome: finding.Open, Resource: "pair/a/b", Message: "not known"})
	s := junit(t, r).Suites[0]
	if len(s.Cases) != 1 || s.Failures != 1 || s.Errors != 0 {
		t.Fatalf("suite = %+v", s)
	}
	f := s.Cases[0].Failure[0]
	if !strings.HasSuffix(f.Message, "(and 30 more findings)") || !strings.Contains(f.Text, "and 11 more findings, in report.json") || !strings.Contains(f.Text, "when      tunnel/0 down") {
		t.Errorf("failure = %+v", f)
	}
}

func TestEveryJUnitReportIsWellFormed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := sample()
		fill(t, reflect.ValueOf(&r).Elem(), rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{hostile, "]]>", "<!--", "\"'/>", "\uFFFE\uFFFF"})))
		junit(t, r)
	})
}
