package reports_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// oscalSchema is NIST's own, of OSCAL 1.2.1.
func oscalSchema(t interface {
	Helper()
	Fatal(args ...any)
},
) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile("schema/oscal_assessment-results_schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// results is what these tests read of assessment results.
type results struct {
	AR struct {
		UUID    string
		Results []struct {
			UUID     string
			Remarks  string
			Reviewed struct {
				Selections []selection `json:"control-selections"`
			} `json:"reviewed-controls"`
			Observations []struct {
				UUID, Title, Description string
				Evidence                 []struct{ Href, Description, Remarks string } `json:"relevant-evidence"`
				Subjects                 []struct {
					UUID string `json:"subject-uuid"`
				}
			}
			Local struct {
				Items []struct{ UUID string } `json:"inventory-items"`
			} `json:"local-definitions"`
			Risks []struct {
				UUID, Title, Status, Deadline string
				Factors                       []struct{ Description string } `json:"mitigating-factors"`
				Observations                  []observationRef               `json:"related-observations"`
			}
			Findings []struct {
				UUID, Title string
				Target      struct {
					ID     string `json:"target-id"`
					Status struct{ State, Reason, Remarks string }
				}
				Observations []observationRef `json:"related-observations"`
				Risks        []struct {
					UUID string `json:"risk-uuid"`
				} `json:"related-risks"`
			}
		}
		Local struct {
			Objectives []struct {
				Control string `json:"control-id"`
				Parts   []struct {
					ID    string
					Links []struct{ Href string }
				}
			} `json:"objectives-and-methods"`
		} `json:"local-definitions"`
		BackMatter struct {
			Resources []struct {
				UUID, Title string
				RLinks      []struct {
					Href   string
					Hashes []struct{ Algorithm, Value string }
				}
			}
		} `json:"back-matter"`
	} `json:"assessment-results"`
}

type observationRef struct {
	UUID string `json:"observation-uuid"`
}

type selection struct {
	Props    []struct{ Value string }
	Controls []struct {
		ID string `json:"control-id"`
	} `json:"include-controls"`
}

func assess(t *testing.T, r finding.Report) results {
	t.Helper()
	var out results
	if err := json.Unmarshal([]byte(write(t, reports.OSCAL, r)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAssessmentResultsFollowNISTsSchema(t *testing.T) {
	schema := oscalSchema(t)
	follows := func(t interface {
		Helper()
		Fatal(args ...any)
		Fatalf(format string, args ...any)
	}, r finding.Report,
	) {
		t.Helper()
		var b strings.Builder
		if err := reports.OSCAL(&b, r); err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
	}
	follows(t, finding.Report{})
	follows(t, sample())
	follows(t, decided())
	follows(t, apart(large(5_000)))
	rapid.Check(t, func(t *rapid.T) {
		r := decided()
		fill(t, reflect.ValueOf(&r).Elem(), rapid.String())
		follows(t, r)
	})
}

func TestNISTsSchemaRefusesWhatItDoesNotKnow(t *testing.T) {
	good := write(t, reports.OSCAL, decided())
	for name, bad := range map[string]string{
		"a UUID that is none": strings.Replace(good, `"uuid": "`, `"uuid": "x`, 1),
		"an unknown field":    strings.Replace(good, `"import-ap"`, `"extra": 1, "import-ap"`, 1),
		"another state":       strings.Replace(good, `"not-satisfied"`, `"failed"`, 1),
		"no observations":     strings.Replace(good, `"collected"`, `"gathered"`, 1),
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if bad == good || oscalSchema(t).Validate(doc) == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

func TestAPolicyIsMetOnlyIfItPassesEverywhere(t *testing.T) {
	r := finding.Report{Verdict: finding.Fail}
	add := func(id string, o finding.Outcome, waived bool) {
		f := finding.Finding{Policy: id, Outcome: o, Severity: finding.High, Resource: fmt.Sprint(len(r.Findings)), Fingerprint: fmt.Sprint(len(r.Findings))}
		if waived {
			f.Waiver = &finding.Waiver{Rule: id, Reason: "because"}
		}
		r.Findings = append(r.Findings, f)
		if !slices.ContainsFunc(r.Policies, func(p finding.Policy) bool { return p.ID == id }) {
			r.Policies = append(r.Policies, finding.Policy{ID: id})
		}
	}
	add("A-01", finding.Pass, false)
	add("A-01", finding.Pass, false)
	add("B-01", finding.Pass, false)
	add("B-01", finding.Fail, false)
	add("C-01", finding.Pass, false)
	add("C-01", finding.Fail, true)
	add("D-01", finding.Pass, false)
	add("D-01", finding.Open, false)
	add("E-01", finding.NotApplicable, false)
	var got []string
	for _, f := range assess(t, r).AR.Results[0].Findings {
		got = append(got, fmt.Sprintf("%s %s %s: %s", f.Target.ID, f.Target.Status.State, f.Target.Status.Reason, f.Target.Status.Remarks))
	}
	want := []string{
		"A-01 satisfied pass: 0 fail, 0 waived or advisory, 0 could not be judged, 2 pass.",
		"B-01 not-satisfied fail: 1 fail, 0 waived or advisory, 0 could not be judged, 1 pass.",
		"C-01 not-satisfied other: 0 fail, 1 waived or advisory, 0 could not be judged, 1 pass.",
		"D-01 not-satisfied other: 0 fail, 0 waived or advisory, 1 could not be judged, 1 pass.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestRisksSayWhatIsWaivedAndWhatWasFixed(t *testing.T) {
	var got []string
	for _, r := range assess(t, decided()).AR.Results[0].Risks {
		why := ""
		if len(r.Factors) > 0 {
			why = r.Factors[0].Description
		}
		id, _, _ := strings.Cut(r.Title, " ")
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", id, r.Status, r.Deadline, why)))
	}
	want := []string{
		"ENC-05 deviation-approved 2026-12-31T00:00:00Z Waived by network team, approved by A. Auditor, until 2026-12-31: the tunnel comes with the new router, CHG-1234",
		"ENC-05 open", "GWS-01 open", "ENC-07 open", "ENC-03 open", "SYM-01 open", "ENC-05 closed", "SYM-01 closed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("risks (-want +got):\n%s", diff)
	}
}

func TestEveryReferenceOfAssessmentResultsLeadsSomewhere(t *testing.T) {
	doc := assess(t, decided()).AR
	res := doc.Results[0]
	known := make(map[string]string)
	learn := func(kind, uuid string) {
		if was := known[uuid]; was != "" {
			t.Errorf("%s is a %s and a %s", uuid, was, kind)
		}
		known[uuid] = kind
	}
	learn("document", doc.UUID)
	learn("result", res.UUID)
	hashes := 0
	for _, r := range doc.BackMatter.Resources {
		learn("resource", r.UUID)
		for _, l := range r.RLinks {
			if len(l.Hashes) == 1 && l.Hashes[0].Algorithm == "SHA-256" && len(l.Hashes[0].Value) == 64 && l.Href != "" {
				hashes++
			}
		}
	}
	if want := len(decided().Evidence); hashes != want {
		t.Errorf("%d resources with their SHA-256, want %d", hashes, want)
	}
	for _, o := range res.Observations {
		learn("observation", o.UUID)
	}
	for _, r := range res.Risks {
		learn("risk", r.UUID)
	}
	for _, i := range res.Local.Items {
		learn("subject", i.UUID)
	}
	objectives := make(map[string]bool)
	for _, o := range doc.Local.Objectives {
		for _, p := range o.Parts {
			objectives[p.ID] = true
		}
	}
	leads := func(kind, uuid string) {
		if known[uuid] != kind {
			t.Errorf("%s is %q, want a %s", uuid, known[uuid], kind)
		}
	}
	linked := 0
	for _, o := range res.Observations {
		for _, e := range o.Evidence {
			if e.Href != "" {
				linked++
				leads("resource", strings.TrimPrefix(e.Href, "#"))
			}
		}
		for _, s := range o.Subjects {
			leads("subject", s.UUID)
		}
	}
	for _, r := range res.Risks {
		for _, o := range r.Observations {
			leads("observation", o.UUID)
		}
	}
	for _, f := range res.Findings {
		learn("finding", f.UUID)
		if !objectives[f.Target.ID] {
			t.Errorf("%s is no objective", f.Target.ID)
		}
		for _, o := range f.Observations {
			leads("observation", o.UUID)
		}
		for _, r := range f.Risks {
			leads("risk", r.UUID)
		}
	}
	if linked < 8 {
		t.Errorf("%d links to evidence, want one for each place in it", linked)
	}
}

func TestControlsAreNamedAsCataloguesDo(t *testing.T) {
	r := finding.Report{Policies: []finding.Policy{
		{ID: "A-01", Controls: []finding.Control{
			{Framework: "NIST SP 800-53 Rev. 5", Control: "SC-8(1)", Strength: "satisfies"},
			{Framework: "PCI DSS 4.0.1", Control: "4.2.1"},
			{Framework: "ISO/IEC 27001:2022", Control: "A.8.20"},
		}},
		{ID: "B-01", Controls: []finding.Control{{Framework: "NIST SP 800-53 Rev. 5", Control: "SC-8"}, {Framework: "NIST SP 800-53 Rev. 5", Control: "SC-8(1)"}}},
		{ID: "MY-01"},
	}}
	var got []string
	doc := assess(t, r)
	for _, s := range doc.AR.Results[0].Reviewed.Selections {
		for _, c := range s.Controls {
			got = append(got, s.Props[0].Value+": "+c.ID)
		}
	}
	want := []string{"ISO/IEC 27001:2022: A.8.20", "NIST SP 800-53 Rev. 5: sc-8", "NIST SP 800-53 Rev. 5: sc-8.1", "PCI DSS 4.0.1: _4.2.1", "none: unmapped"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("controls (-want +got):\n%s", diff)
	}
	ids := 0
	for _, o := range doc.AR.Local.Objectives {
		for _, p := range o.Parts {
			if p.ID != "" {
				ids++
			} else if len(p.Links) != 1 || p.Links[0].Href != "#A-01" && p.Links[0].Href != "#B-01" {
				t.Errorf("a policy under a further control of it leads to %v", p.Links)
			}
		}
	}
	if ids != 3 {
		t.Errorf("%d policies have their ID, want each once", ids)
	}
}

// What is followed over months keeps its name; what is of one run does not.
func TestRisksAndFindingsKeepTheirNamesFromRunToRun(t *testing.T) {
	r := decided()
	was := assess(t, r).AR
	r.TakenAt = r.TakenAt.Add(24 * time.Hour)
	is := assess(t, r).AR
	for i := range was.Results[0].Risks {
		if was.Results[0].Risks[i].UUID != is.Results[0].Risks[i].UUID {
			t.Errorf("the risk %s has another UUID a day later", was.Results[0].Risks[i].Title)
		}
	}
	for i := range was.Results[0].Findings {
		if was.Results[0].Findings[i].UUID != is.Results[0].Findings[i].UUID {
			t.Errorf("the finding %s has another UUID a day later", was.Results[0].Findings[i].Title)
		}
	}
	if was.UUID == is.UUID || was.Results[0].UUID == is.Results[0].UUID || was.Results[0].Observations[0].UUID == is.Results[0].Observations[0].UUID {
		t.Error("two runs have the same UUIDs")
	}
}

func TestAssessmentResultsSayWhatWasSwitchedOff(t *testing.T) {
	got := assess(t, decided()).AR.Results[0].Remarks
	if !strings.Contains(got, "Switched off: BGP-02, because the provider bounds it.") || !strings.Contains(got, "1 line of the evidence is not understood.") {
		t.Errorf("remarks = %s", got)
	}
	if got := assess(t, finding.Report{}).AR.Results[0].Remarks; !strings.Contains(got, "When the evidence was collected is not known") {
		t.Errorf("remarks without a time = %s", got)
	}
}
