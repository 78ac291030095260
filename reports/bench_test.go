package reports_test

import (
	"io"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// counter counts what is written, and keeps none of it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

var _ io.Writer = (*counter)(nil)

func BenchmarkSARIFOf20000Findings(b *testing.B)    { writing(b, reports.SARIF) }
func BenchmarkJSONOf20000Findings(b *testing.B)     { writing(b, reports.JSON) }
func BenchmarkMarkdownOf20000Findings(b *testing.B) { writing(b, reports.Markdown) }
func BenchmarkJUnitOf20000Findings(b *testing.B)    { writing(b, reports.JUnit) }
func BenchmarkOSCALOf20000Findings(b *testing.B)    { writing(b, reports.OSCAL) }

func BenchmarkTextOf20000Findings(b *testing.B) {
	writing(b, func(w io.Writer, r finding.Report) error { return reports.Text(w, r, reports.TextOptions{}) })
}

func writing(b *testing.B, w reports.Writer) {
	b.Helper()
	r := large(20_000)
	b.ReportAllocs()
	for b.Loop() {
		var n counter
		if err := w(&n, r); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(n), "bytes")
	}
}
