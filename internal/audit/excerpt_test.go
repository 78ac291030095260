package audit_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/testdata/scenarios"
)

// pointing finds the same thing in any model: a failure that rests on some places.
type pointing []finding.Ref

func (p pointing) Evaluate(context.Context, graph.Model, time.Time) ([]finding.Finding, error) {
	return []finding.Finding{{Policy: "OWN-01", Outcome: finding.Fail, Severity: finding.Low, Evidence: p}}, nil
}

func (pointing) Policies() []finding.Policy { return nil }

func (pointing) Digest() string { return "" }

func TestAnExcerptSaysWhatItsLineIsAbout(t *testing.T) {
	const routes = `{
  "value": [
    {
      "network": "10.10.0.0/16",
      "asPath": [
        12076
      ]
    },
    {
      "network": "10.20.0.0/16"
    }
  ]
}
`
	long := strings.Repeat("0123456789", 30)
	tests := []struct {
		name, text string
		refs       []finding.Ref
		want       []finding.Excerpt
	}{
		{
			"a line that opens an object stands for the object", routes,
			[]finding.Ref{{Line: 3}, {Line: 9}},
			[]finding.Excerpt{
				{Line: 3, LastLine: 8, Text: `{"network": "10.10.0.0/16", "asPath": [12076]}`},
				{Line: 9, LastLine: 11, Text: `{"network": "10.20.0.0/16"}`},
			},
		},
		{
			"one that says something is quoted as it is", routes,
			[]finding.Ref{{Line: 4}},
			[]finding.Excerpt{{Line: 4, Text: `      "network": "10.10.0.0/16",`}},
		},
		{
			"and so is one of several lines that are asked for", routes,
			[]finding.Ref{{Line: 3, LastLine: 4}, {Line: 3}},
			[]finding.Excerpt{{Line: 3, Text: "    {"}, {Line: 4, Text: `      "network": "10.10.0.0/16",`}},
		},
		{
			"an object without its end is quoted as far as it goes", "{\n  \"a\": 1,",
			[]finding.Ref{{Line: 1}},
			[]finding.Excerpt{{Line: 1, LastLine: 2, Text: `{"a": 1,`}},
		},
		{
			"what is long is cut, and says so", "{\n  \"a\": \"" + long + "\"\n}\n" + long + "\n",
			[]finding.Ref{{Line: 1}, {Line: 4}},
			[]finding.Excerpt{{Line: 1, LastLine: 2, Text: `{"a": "` + long[:233] + "…"}, {Line: 4, Text: long[:240] + "…"}},
		},
		{
			"an object of very many lines is not followed to its end", "{\n" + strings.Repeat("\n", 1000) + "}\n",
			[]finding.Ref{{Line: 1}},
			[]finding.Excerpt{{Line: 1, LastLine: 41, Text: "{"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const name = "azure/sub/vpngw.getLearnedRoutes.json"
			for i := range tt.refs {
				tt.refs[i].Item = name
			}
			for i := range tt.want {
				tt.want[i].Item = name
			}
			d, err := evidence.Open(fstest.MapFS{name: {Data: []byte(tt.text)}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := audit.Run(t.Context(), d, nil, nil, pointing(tt.refs), "routeproof")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Report.Excerpts); diff != "" {
				t.Errorf("excerpts (-want +got):\n%s", diff)
			}
		})
	}
}

// What a report quotes stands in the evidence, but for white space, and tells a
// reader something.
func TestExcerptsOfScenariosStandInTheEvidence(t *testing.T) {
	engine := engine(t)
	for _, name := range scenarios.Names() {
		fsys := scenario(t, name)
		for _, e := range run(t, engine, fsys).Report.Excerpts {
			data, err := fs.ReadFile(fsys, e.Item)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.SplitAfter(string(data), "\n")
			there := squeeze(strings.Join(lines[e.Line-1:max(e.Line, e.LastLine)], ""))
			if said := squeeze(strings.TrimSuffix(e.Text, "…")); !strings.HasPrefix(there, said) || said == "{" {
				t.Errorf("%s: %s:%d-%d is %q, and the report quotes %q", name, e.Item, e.Line, e.LastLine, there, said)
			}
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
