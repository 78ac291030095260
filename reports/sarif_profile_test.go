package reports_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// decisions is what these tests read of a log beside its results' places.
type decisions struct {
	Runs []struct {
		Taxonomies []struct {
			Name, GUID string
			Taxa       []struct{ ID string }
		}
		AutomationDetails struct {
			ID         string
			Properties map[string]string
		}
		Tool struct {
			Driver struct {
				SupportedTaxonomies []struct{ Name, GUID string }
				Rules               []struct {
					ID            string
					Relationships []struct {
						Target struct {
							ID            string
							Index         int
							ToolComponent struct{ Index int }
						}
						Description struct{ Text string }
					}
				}
			}
		}
		Invocations []struct {
			ToolExecutionNotifications []struct {
				Descriptor struct{ ID string }
				Message    struct{ Text string }
			}
		}
		Results []struct {
			RuleID, Kind, Level, BaselineState string
			OccurrenceCount                    int
			Message                            struct{ Text string }
			Locations                          []place
			PartialFingerprints                map[string]string
			Suppressions                       []struct {
				Kind, Status, Justification string
				Location                    *place
			}
			Properties struct {
				Fingerprint string
				Alike       []struct{ Fingerprint string }
			}
		}
	}
}

func profile(t *testing.T, p reports.SARIFProfile, r finding.Report) (decisions, string) {
	t.Helper()
	text := write(t, reports.SARIFWith(reports.SARIFOptions{Profile: p, Pipeline: pipeline}), r)
	var log decisions
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	return log, text
}

func TestServicesGetNoAlertOfWhatIsWaivedOrFixed(t *testing.T) {
	all := []string{
		"ENC-05 fail error new -", "GWS-01 fail error updated -", "ENC-07 fail error unchanged -", "ENC-03 fail note unchanged -",
		"SYM-01 fail note unchanged -", "ENC-01 open none unchanged -", "EVI-01 open none unchanged -", "EVI-01 open none new -",
	}
	kept := append(slices.Clone(all), "ENC-05 fail error unchanged accepted", "ENC-05 fail error absent -", "SYM-01 fail note absent -")
	for p, want := range map[reports.SARIFProfile][]string{reports.Full: kept, reports.GitHub: all, reports.AzureDevOps: all} {
		log, _ := profile(t, p, decided())
		var got []string
		for _, r := range log.Runs[0].Results {
			status := "-"
			if len(r.Suppressions) > 0 {
				status = r.Suppressions[0].Status
			}
			got = append(got, fmt.Sprintf("%s %s %s %s %s", r.RuleID, r.Kind, r.Level, r.BaselineState, status))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p, diff)
		}
	}
}

func TestASuppressionSaysWhoDecidedWhatAndWhere(t *testing.T) {
	log, _ := profile(t, reports.Full, decided())
	for _, r := range log.Runs[0].Results {
		for _, s := range r.Suppressions {
			want := "the tunnel comes with the new router, CHG-1234 (owner network team, approved by A. Auditor, until 2026-12-31)."
			if s.Justification != want || s.Kind != "external" {
				t.Errorf("%s suppression: %s, want external: %s", s.Kind, s.Justification, want)
			}
			if at := s.Location.PhysicalLocation; at.ArtifactLocation.URI != "waivers.yaml" || at.Region.StartLine != 2 {
				t.Errorf("location = %+v, want waivers.yaml:2", at)
			}
		}
	}
}

func TestAnAdvisoryFailureIsANoteThatSaysWhenItCounts(t *testing.T) {
	log, _ := profile(t, reports.GitHub, decided())
	for _, r := range log.Runs[0].Results {
		if r.RuleID == "ENC-03" && (r.Level != "note" || !strings.HasPrefix(r.Message.Text, "advisory until 2027-01-31: ")) {
			t.Errorf("%s: %s", r.Level, r.Message.Text)
		}
	}
}

func TestControlsAreTaxonomiesOfTheFullProfile(t *testing.T) {
	r := sample()
	r.Policies[0].Controls = []finding.Control{
		{Framework: "NIST SP 800-53", Control: "SC-8(1)", Strength: "satisfies"},
		{Framework: "ISO/IEC 27001", Control: "8.20", Strength: "supports"},
		{Framework: "ISO/IEC 27001", Control: "8.5", Strength: "supports"},
		{Framework: "", Control: "", Strength: ""},
	}
	log, _ := profile(t, reports.Full, r)
	run := log.Runs[0]
	var got []string
	for i, x := range run.Taxonomies {
		if x.GUID != run.Tool.Driver.SupportedTaxonomies[i].GUID || x.Name != run.Tool.Driver.SupportedTaxonomies[i].Name {
			t.Errorf("the driver's taxonomy %d is not that of the run", i)
		}
		for _, taxon := range x.Taxa {
			got = append(got, x.Name+" "+taxon.ID)
		}
	}
	if diff := cmp.Diff([]string{"ISO/IEC 27001 8.20", "ISO/IEC 27001 8.5", "NIST SP 800-53 SC-8(1)", "unnamed unnamed"}, got); diff != "" {
		t.Errorf("taxa (-want +got):\n%s", diff)
	}
	var related []string
	for _, rel := range run.Tool.Driver.Rules[0].Relationships {
		taxonomy := run.Taxonomies[rel.Target.ToolComponent.Index]
		if taxonomy.Taxa[rel.Target.Index].ID != rel.Target.ID {
			t.Errorf("the target %+v is not what its index says", rel.Target)
		}
		related = append(related, taxonomy.Name+" "+rel.Target.ID+": "+rel.Description.Text)
	}
	want := []string{
		"NIST SP 800-53 SC-8(1): The policy satisfies the control.", "ISO/IEC 27001 8.20: The policy supports the control.",
		"ISO/IEC 27001 8.5: The policy supports the control.", "unnamed unnamed: The policy bears on the control.",
	}
	if diff := cmp.Diff(want, related); diff != "" {
		t.Errorf("relationships (-want +got):\n%s", diff)
	}
	if _, text := profile(t, reports.GitHub, r); strings.Contains(text, "taxonom") || strings.Contains(text, "relationships") {
		t.Error("the profile for GitHub has taxonomies")
	}
}

func TestALogForAzureDevOpsNamesItsPipeline(t *testing.T) {
	log, _ := profile(t, reports.AzureDevOps, sample())
	got := log.Runs[0].AutomationDetails
	if want := "azuredevops/pipeline/build/contoso/8f5c9a52-0d54-4b41-9a0c-5a0d1f6f6a01/42/3f2b1c00-7a53-5a5e-8d5c-2f2c0e6b7d11/refs/heads/main/1234"; got.ID != want {
		t.Errorf("id = %s, want %s", got.ID, want)
	}
	want := map[string]string{
		"azuredevops/pipeline/build/buildDefinitionId": "42", "azuredevops/pipeline/build/buildDefinitionName": "network gate",
		"azuredevops/pipeline/build/phaseId": "3f2b1c00-7a53-5a5e-8d5c-2f2c0e6b7d11", "azuredevops/pipeline/build/phaseName": "Job",
	}
	if diff := cmp.Diff(want, got.Properties); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	if log, _ := profile(t, reports.GitHub, sample()); log.Runs[0].AutomationDetails.ID != "routeproof/live/" {
		t.Errorf("a log for GitHub is of %s", log.Runs[0].AutomationDetails.ID)
	}
}

func TestFindingsByTheSamePathAreOneResult(t *testing.T) {
	r := finding.Report{}
	for i := range 10 {
		r.Findings = append(r.Findings, clearFinding("R1", "dc1", fmt.Sprintf("10.%d.0.0/16", i), "er-circuit-primary", fmt.Sprintf("%02dabcdef0123456789", 50-i), 15+i))
	}
	r.Findings = append(r.Findings, clearFinding("R2", "dc2", "10.20.0.0/16", "er-circuit-primary", "zz", 15))
	r.Findings[3].Severity, r.Findings[4].Down = finding.Low, []string{"tunnel/R1/vpngw-1"}
	log, _ := profile(t, reports.Full, r)
	var counts []int
	for _, res := range log.Runs[0].Results {
		counts = append(counts, res.OccurrenceCount)
	}
	if diff := cmp.Diff([]int{9, 0, 0}, counts); diff != "" {
		t.Fatalf("findings by result (-want +got):\n%s", diff)
	}
	first := log.Runs[0].Results[0]
	if got, want := first.PartialFingerprints["primaryLocationLineHash"], "41abcdef01234567:1"; got != want {
		t.Errorf("fingerprint = %s, want the least one, %s", got, want)
	}
	for _, want := range []string{
		"R1 sends 172.16.1.0/24 over peering/er-circuit-primary",
		"Pairs: 10.9.0.0/16 (dc1", "By the same path, 8 more findings: 10.8.0.0/16 (dc1, router/R1) -> 172.16.1.0/24",
		"10.4.0.0/16 (dc1, router/R1) -> 172.16.1.0/24 (subnet/vnet-spoke/workload) with tunnel/R1/vpngw-1 down.",
	} {
		if !strings.Contains(first.Message.Text, want) {
			t.Errorf("no %q in the message %s", want, first.Message.Text)
		}
	}
	if len(first.Locations) != 9 || first.Locations[0].PhysicalLocation.Region.StartLine != 24 {
		t.Errorf("%d locations, the first %+v; want a line for each finding", len(first.Locations), first.Locations[0])
	}
	known := map[string]bool{first.Properties.Fingerprint: true}
	for _, f := range first.Properties.Alike {
		known[f.Fingerprint] = true
	}
	if len(known) != 9 {
		t.Errorf("the properties know %d findings, want all 9", len(known))
	}
}

// An alert must not be closed and another opened because a pair came or went.
func TestAResultKeepsItsFingerprintWhenFindingsJoinIt(t *testing.T) {
	r := finding.Report{Findings: []finding.Finding{clearFinding("R1", "dc1", "10.10.0.0/16", "er", "aa", 15)}}
	before, _ := profile(t, reports.GitHub, r)
	r.Findings = append([]finding.Finding{clearFinding("R1", "a-site", "10.9.0.0/16", "er", "bb", 3)}, r.Findings...)
	after, _ := profile(t, reports.GitHub, r)
	if diff := cmp.Diff(before.Runs[0].Results[0].PartialFingerprints, after.Runs[0].Results[0].PartialFingerprints); diff != "" {
		t.Errorf("fingerprints (-alone +joined):\n%s", diff)
	}
}

// apart makes every finding take a path of its own.
func apart(r finding.Report) finding.Report {
	for i := range r.Findings {
		r.Findings[i].Forward.Hops[2].Node = fmt.Sprintf("subnet/%d", i)
	}
	return r
}

func TestALogHasTheWorst5000ResultsAndCountsTheRest(t *testing.T) {
	r := apart(large(5100))
	r.Findings[5099].Severity, r.Findings[0].Severity = finding.Critical, finding.Low
	log, text := profile(t, reports.GitHub, r)
	run := log.Runs[0]
	if len(run.Results) != 5000 || run.Results[0].Level != "error" {
		t.Fatalf("%d results, the first of level %s", len(run.Results), run.Results[0].Level)
	}
	for _, res := range run.Results {
		if res.Level != "error" {
			t.Error("a less severe result is there, and a more severe one is not")
		}
	}
	notice := run.Invocations[0].ToolExecutionNotifications[0]
	if want := "100 results that stand for 100 findings are left out, because services show no more: see report.json."; notice.Descriptor.ID != "RESULTS-LEFT-OUT" || notice.Message.Text != want {
		t.Errorf("notification %s: %s, want %s", notice.Descriptor.ID, notice.Message.Text, want)
	}
	if !strings.Contains(text, `"RESULTS-LEFT-OUT"`) {
		t.Error("the notification has no descriptor")
	}
}

func TestALogForGitHubFitsAnUpload(t *testing.T) {
	r := apart(large(3000))
	noise := rand.NewChaCha8([32]byte{}) // which no compression makes shorter
	for i := range r.Findings {
		for _, hops := range [][]finding.Hop{r.Findings[i].Forward.Hops, r.Findings[i].Return.Hops} {
			data := make([]byte, 2900)
			_, _ = noise.Read(data)
			hops[0].Why = base64.StdEncoding.EncodeToString(data)
		}
	}
	text := write(t, reports.SARIFWith(reports.SARIFOptions{Profile: reports.GitHub}), r)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	n := strings.Count(text, `"ruleId"`)
	if b.Len() > 10_000_000 {
		t.Errorf("%d bytes of gzip, GitHub takes 10,000,000", b.Len())
	}
	if n < 1000 || n >= 3000 {
		t.Errorf("%d results, want as many as there is room for", n)
	}
	if want := fmt.Sprintf("%d results that stand for %d findings are left out", 3000-n, 3000-n); !strings.Contains(strings.ReplaceAll(text, ",", ""), want) {
		t.Errorf("the log does not say that %s", want)
	}
}
