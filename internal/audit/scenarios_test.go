package audit_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/internal/snapshot"
	"github.com/routeproof/routeproof/policies"
	"github.com/routeproof/routeproof/reports"
	"github.com/routeproof/routeproof/testdata/scenarios"
)

var update = flag.Bool("update", false, "rewrite testdata/scenarios/*/want.json; read the difference before committing it")

// conclusion is want.json: every policy's outcome, and for what is not a pass
// the resource and the paths that prove it.
type conclusion struct {
	Verdict  finding.Outcome     `json:"verdict"`
	Policies map[string]judgment `json:"policies"`
}

type judgment struct {
	Outcome  finding.Outcome `json:"outcome"`
	Findings []item          `json:"findings,omitempty"`
}

type item struct {
	Outcome  finding.Outcome `json:"outcome"`
	Resource string          `json:"resource"`
	Down     []string        `json:"down,omitempty"`
	Forward  []string        `json:"forward,omitempty"`
	Return   []string        `json:"return,omitempty"`
}

func TestScenariosConcludeWhatTheyMust(t *testing.T) {
	engine := engine(t)
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			got := conclude(run(t, engine, scenario(t, name)).Report)
			file := filepath.Join("..", "..", "testdata", "scenarios", name, "want.json")
			if *update {
				var raw bytes.Buffer
				enc := json.NewEncoder(&raw)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				if err := enc.Encode(got); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, raw.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want conclusion
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("conclusions (-want +got):\n%s", diff)
			}
		})
	}
}

// Removing evidence may turn a failure into open, never into a pass or into what
// is not judged.
func TestLessEvidenceNeverHelps(t *testing.T) {
	engine := engine(t)
	for _, name := range scenarios.Names() {
		fsys := scenario(t, name)
		whole := conclude(run(t, engine, fsys).Report)
		d, err := evidence.Open(fsys)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range d.Manifest.Items {
			t.Run(name+"/"+it.Path, func(t *testing.T) {
				less := conclude(run(t, engine, without{fsys, it.Path}).Report)
				for id, was := range whole.Policies {
					is := less.Policies[id]
					known := was.Outcome == finding.Fail || was.Outcome == finding.Open
					if known && (is.Outcome == finding.Pass || is.Outcome == finding.NotApplicable) {
						t.Errorf("%s: %s became %s", id, was.Outcome, is.Outcome)
					}
				}
				if whole.Verdict != finding.Pass && less.Verdict == finding.Pass {
					t.Errorf("verdict: %s became %s", whole.Verdict, less.Verdict)
				}
			})
		}
	}
}

// without is a file system that lacks one file.
type without struct {
	fs.FS
	name string
}

func (w without) Open(name string) (fs.File, error) {
	if name == w.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.FS.Open(name)
}

func (w without) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.TrimPrefix(name+"/"+e.Name(), "./") == w.name }), err
}

func engine(t *testing.T) *policy.Engine {
	t.Helper()
	e, err := policy.Load(t.Context(), policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func scenario(t *testing.T, name string) fs.FS {
	t.Helper()
	fsys, err := fs.Sub(scenarios.FS(), name)
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func run(t *testing.T, e *policy.Engine, fsys fs.FS) audit.Result {
	t.Helper()
	return declared(t, e, fsys, nil)
}

// declared runs an audit of a network of which the operator declares something.
func declared(t *testing.T, e *policy.Engine, fsys fs.FS, scope *snapshot.Scope) audit.Result {
	t.Helper()
	d, err := evidence.Open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	res, err := audit.Run(t.Context(), d, []audit.Reader{router.Read, azure.Read}, scope, e, "test")
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func conclude(r finding.Report) conclusion {
	c := conclusion{Verdict: r.Verdict, Policies: make(map[string]judgment)}
	worse := []finding.Outcome{finding.NotApplicable, finding.Pass, finding.Open, finding.Fail}
	for _, f := range r.Findings {
		j := c.Policies[f.Policy]
		if j.Outcome == "" || slices.Index(worse, f.Outcome) > slices.Index(worse, j.Outcome) {
			j.Outcome = f.Outcome
		}
		if f.Outcome == finding.Fail || f.Outcome == finding.Open {
			j.Findings = append(j.Findings, item{f.Outcome, f.Resource, f.Down, way(f.Forward), way(f.Return)})
		}
		c.Policies[f.Policy] = j
	}
	return c
}

// way writes a path as one line a branch, node and link in turn.
func way(p *finding.Path) []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, b := range p.Branches() {
		var s strings.Builder
		for _, h := range b.Hops {
			s.WriteString(h.Node)
			if h.Link != "" {
				fmt.Fprintf(&s, " --%s (%s)--> ", h.Link, h.Protection)
			}
		}
		fmt.Fprintf(&s, ": %s", b.Outcome)
		out = append(out, s.String())
	}
	return out
}

// Every scenario's JSON report is of the published shape, and all its reports
// are the same bytes each time.
func TestReportsOfScenarios(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../reports/schema/report.json")
	if err != nil {
		t.Fatal(err)
	}
	engine := engine(t)
	for _, name := range scenarios.Names() {
		for _, format := range []string{"json", "sarif", "text"} {
			write, err := reports.ForFormat(format)
			if err != nil {
				t.Fatal(err)
			}
			var first, second bytes.Buffer
			for _, w := range []*bytes.Buffer{&first, &second} {
				if err := write(w, run(t, engine, scenario(t, name)).Report); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(first.Bytes(), second.Bytes()) {
				t.Errorf("%s: two %s reports differ", name, format)
			}
			if format != "json" {
				continue
			}
			doc, err := jsonschema.UnmarshalJSON(&first)
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
