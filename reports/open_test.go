package reports_test

import (
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// What would answer a question is the evidence that is missing, and not the
// remediation of a violation that nobody has seen.
func TestAnOpenQuestionAsksForTheEvidenceFirst(t *testing.T) {
	lost := finding.Finding{Policy: "EVI-01", Outcome: finding.Open, Severity: finding.High, Resource: "routers/R2/show_ip_bgp.txt", Message: "was not collected"}
	lostToo := lost
	lostToo.Resource, lostToo.Message = "routers/R2/show_ip_route.txt", "was not collected either"
	question := finding.Finding{Policy: "ENC-07", Outcome: finding.Open, Severity: finding.High, Resource: "c1", Message: "what becomes of them is not known"}
	question.OnPrem, question.Azure = onprem("R2", "dc2", "10.20.0.0/16"), workload()
	other := question
	other.Resource, other.OnPrem = "c2", onprem("R2", "dc2", "10.30.0.0/16")
	r := finding.Report{
		Verdict: finding.Open,
		Policies: []finding.Policy{
			{ID: "ENC-07", Family: "encryption", Remediation: "Filter the prefixes."},
			{ID: "EVI-01", Family: "evidence", Remediation: "Collect it again."},
		},
	}
	for _, tt := range []struct {
		name       string
		findings   []finding.Finding
		want, none string
	}{
		{"with evidence that is open", []finding.Finding{question, lost}, "first what is open about the evidence itself: see EVI-01", "Filter the prefixes."},
		{"with none", []finding.Finding{question}, "Filter the prefixes.", "first what is open"},
		{"of the evidence itself", []finding.Finding{lost}, "Collect it again.", "first what is open"},
		{"of the evidence itself, twice", []finding.Finding{lost, lostToo}, "needs     as above", "\x00"},
		{"twice in the same words", []finding.Finding{question, other}, "and 1 more pair like this:", "\x00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r.Findings = tt.findings
			var out strings.Builder
			if err := reports.Text(&out, r, reports.TextOptions{Width: 120}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), tt.want) || strings.Contains(out.String(), tt.none) {
				t.Errorf("no %q, or %q, in:\n%s", tt.want, tt.none, out.String())
			}
		})
	}
}

// A source that does not answer leaves many items behind, and one thing to say.
func TestWhatASourceDidNotAnswerIsSaidOnce(t *testing.T) {
	const refused = "connecting to 192.0.2.1:22: connection refused"
	r := finding.Report{Verdict: finding.Open, Policies: []finding.Policy{{ID: "EVI-01", Family: "evidence"}, {ID: "GWS-01", Family: "gateway_subnet"}}}
	for _, item := range []string{"routers/R1/show_ip_bgp.txt", "routers/R1/show_ip_route.txt", "routers/R1/show_version.txt"} {
		r.Evidence = append(r.Evidence, finding.Item{Path: item, Status: "error", Detail: refused})
		r.Findings = append(r.Findings, finding.Finding{
			Policy: "EVI-01", Outcome: finding.Open, Resource: item, Message: "error: " + refused, Evidence: []finding.Ref{{Item: item}},
		})
	}
	r.Findings = append(r.Findings, finding.Finding{
		Policy: "GWS-01", Outcome: finding.Open, Resource: "router/R1", Message: "its routes are not known", Evidence: []finding.Ref{{Item: "routers/R1/show_ip_route.txt"}},
	})
	for _, format := range []string{"text", "html", "md"} {
		w, err := reports.ForFormat(format)
		if err != nil {
			t.Fatal(err)
		}
		page := strings.Join(strings.Fields(strings.ReplaceAll(write(t, w, r), "&#58;", ":")), " ")
		drawn, _, _ := strings.Cut(page, "Evidence that is not whole") // and then each item has its line
		if n := strings.Count(drawn, refused); format != "html" && n != 1 || n == 0 {
			t.Errorf("%s: %q stands there %d times:\n%s", format, refused, n, page)
		}
		for _, want := range []string{"and 2 more evidence items like this", "collect routers/R1/show_ip_bgp.txt again: it failed", "collect routers/R1/show_ip_route.txt again: it failed"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %q in:\n%s", format, want, page)
			}
		}
	}
	var quiet strings.Builder
	if err := reports.Text(&quiet, r, reports.TextOptions{Width: 120, Quiet: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"EVI-01  routers/R1/show_version.txt: error: connecting", "GWS-01  router/R1: its routes are not known"} {
		if !strings.Contains(quiet.String(), want) {
			t.Errorf("no %q in a line of its own:\n%s", want, quiet.String())
		}
	}
}

// Where there is no room for all questions, those are drawn that answer others.
func TestQuestionsAboutTheEvidenceComeFirst(t *testing.T) {
	r := finding.Report{Verdict: finding.Open, Policies: []finding.Policy{{ID: "ENC-07", Family: "encryption"}, {ID: "EVI-01", Family: "evidence"}}}
	r.Findings = []finding.Finding{
		{Policy: "ENC-07", Outcome: finding.Open, Severity: finding.Critical, Message: "the way is not known"},
		{Policy: "EVI-01", Outcome: finding.Open, Severity: finding.Low, Message: "was not collected"},
	}
	for _, format := range []string{"text", "html", "md"} {
		w, err := reports.ForFormat(format)
		if err != nil {
			t.Fatal(err)
		}
		if page := write(t, w, r); strings.Index(page, "was not collected") > strings.Index(page, "the way is not known") {
			t.Errorf("%s: the question about the evidence comes after the one that it answers", format)
		}
	}
}

// Pairs that are cut off are safe and of no use: the verdict does not pass over them.
func TestTheVerdictNamesPairsThatAreCutOff(t *testing.T) {
	for dropped, want := range map[uint64]string{
		0: "COMPLIANT  Every policy that applies holds for all of 1,200 address pairs.",
		1: "COMPLIANT  But for 1 address pair that is cut off, every policy", 900: "COMPLIANT  But for 900 address pairs that are cut off, every policy",
	} {
		r := finding.Report{Verdict: finding.Pass, Coverage: finding.Coverage{Pairs: 1200, Encrypted: 1200 - dropped, Dropped: dropped}}
		var out strings.Builder
		if err := reports.Text(&out, r, reports.TextOptions{Width: 120}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%d: no %q in:\n%s", dropped, want, out.String())
		}
	}
}

// What cannot be counted is not left out of the count in silence.
func TestPartsOfUnknownSizeAreNamedBesideThePairs(t *testing.T) {
	r := finding.Report{
		Verdict: finding.Open, Families: []finding.Family{{Name: "encryption", Title: "Encryption coverage"}},
		Coverage: finding.Coverage{Pairs: 1200, Encrypted: 1200, Unsized: 2},
	}
	const want = "1,200 address pairs, and 2 open parts of unknown size"
	for name, write := range map[string]func(*strings.Builder) error{
		"terminal": func(out *strings.Builder) error { return reports.Text(out, r, reports.TextOptions{Width: 120}) },
		"HTML":     func(out *strings.Builder) error { return reports.HTML(out, r) },
		"Markdown": func(out *strings.Builder) error { return reports.Markdown(out, r) },
	} {
		var out strings.Builder
		if err := write(&out); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: no %q in:\n%s", name, want, out.String())
		}
		if strings.Contains(out.String(), "ENCRYPTED") && name == "HTML" {
			t.Error("HTML: the matrix says that all is encrypted")
		}
	}
}
