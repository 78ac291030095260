package reports_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

var update = flag.Bool("update", false, "write the golden files anew")

// pipeline is a run in Azure Pipelines.
var pipeline = reports.Pipeline{
	Organization: "contoso", Project: "8f5c9a52-0d54-4b41-9a0c-5a0d1f6f6a01", Definition: "42", DefinitionName: "network gate",
	Phase: "3f2b1c00-7a53-5a5e-8d5c-2f2c0e6b7d11", PhaseName: "Job", Branch: "refs/heads/main", Build: "1234",
}

// writers are all formats and looks, by golden file.
func writers() map[string]reports.Writer {
	text := func(o reports.TextOptions) reports.Writer {
		return func(w io.Writer, r finding.Report) error { return reports.Text(w, r, o) }
	}
	return map[string]reports.Writer{
		"report.json":      reports.JSON,
		"report.sarif":     reports.SARIF,
		"github.sarif":     reports.SARIFWith(reports.SARIFOptions{Profile: reports.GitHub}),
		"azdo.sarif":       reports.SARIFWith(reports.SARIFOptions{Profile: reports.AzureDevOps, Pipeline: pipeline}),
		"report.oscal":     reports.OSCAL,
		"report.html":      reports.HTML,
		"report.md":        reports.Markdown,
		"report.junit.xml": reports.JUnit,
		"text-80":          text(reports.TextOptions{}),
		"text-200":         text(reports.TextOptions{Width: 200}),
		"text-120-color":   text(reports.TextOptions{Width: 120, Color: true}),
		"text-100-verbose": text(reports.TextOptions{Width: 100, Verbose: true}),
		"text-80-quiet":    text(reports.TextOptions{Quiet: true}),
	}
}

func write(t *testing.T, w reports.Writer, r finding.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := w(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportsAreAsRecorded(t *testing.T) {
	for name, w := range writers() {
		t.Run(name, func(t *testing.T) {
			golden(t, name, write(t, w, sample()))
			golden(t, "decided-"+name, write(t, w, decided()))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestTheOrderOfFindingsDoesNotMatter(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	for name, w := range writers() {
		want := write(t, w, sample())
		for range 20 {
			r := sample()
			rng.Shuffle(len(r.Findings), func(i, j int) { r.Findings[i], r.Findings[j] = r.Findings[j], r.Findings[i] })
			before := r.Findings[0].Fingerprint
			if got := write(t, w, r); got != want {
				t.Fatalf("%s depends on the order of findings:\n%s", name, cmp.Diff(want, got))
			}
			if r.Findings[0].Fingerprint != before {
				t.Fatalf("%s changed the order of the caller's findings", name)
			}
		}
	}
}

// failing fails after n bytes.
type failing struct{ n int }

var errFull = errors.New("no space left on device")

func (f *failing) Write(p []byte) (int, error) {
	if len(p) > f.n {
		n := f.n
		f.n = 0
		return n, errFull
	}
	f.n -= len(p)
	return len(p), nil
}

func TestWriteErrorsAreReturned(t *testing.T) {
	for name, w := range writers() {
		size := len(write(t, w, sample()))
		for _, n := range []int{0, 1, size / 2, size - 1} {
			if err := w(&failing{n}, sample()); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d of %d bytes: error = %v, want %v", name, n, size, err, errFull)
			}
		}
		if err := w(&failing{size}, sample()); err != nil {
			t.Errorf("%s with room for all bytes: %v", name, err)
		}
	}
}

func TestFormatsAreFoundByName(t *testing.T) {
	for name, start := range map[string]string{"json": "{\n  \"version\": 1", "sarif": "{\n  \"$schema\":", "text": "routeproof 0.3.0", "md": "## ❌ NOT", "junit": "<?xml version", "html": "<!doctype html>", "oscal": "{\n  \"assessment-results\": {"} {
		w, err := reports.ForFormat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := write(t, w, sample()); !strings.HasPrefix(got, start) {
			t.Errorf("ForFormat(%q) writes %.40q, want it to start with %q", name, got, start)
		}
	}
}

func TestAnUnknownFormatIsNamedWithTheAcceptedOnes(t *testing.T) {
	_, err := reports.ForFormat("pdf")
	if want := `unknown report format "pdf" (want html, json, junit, md, oscal, sarif or text)`; err == nil || err.Error() != want {
		t.Errorf("ForFormat(pdf) = %v, want %s", err, want)
	}
}
