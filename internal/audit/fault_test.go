package audit_test

import (
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// trap makes whoever reads a file panic, as a fault of a reader does.
type trap struct {
	fs.FS
	name string
}

func (f *trap) Open(name string) (fs.File, error) {
	if name == f.name {
		panic("index out of range")
	}
	return f.FS.Open(name)
}

// known is evidence of routers that are known to run FRR.
func known(t *testing.T, fsys fs.FS) *evidence.Dir {
	t.Helper()
	d, err := evidence.Open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Manifest.Items {
		d.Manifest.Items[i].Identity = map[string]string{"platform": "frr"}
	}
	return d
}

func judged(t *testing.T, e *policy.Engine, d *evidence.Dir, readers ...audit.Reader) finding.Report {
	t.Helper()
	res, err := audit.Run(t.Context(), d, readers, nil, e, "test")
	if err != nil {
		t.Fatal(err)
	}
	return res.Report
}

// A reader that panics on an item costs that item and nothing else: the verdicts
// are those where the source refused to give it.
func TestAReaderThatPanicsLosesItsItemOnly(t *testing.T) {
	e, files := engine(t), copied(t, scenario(t, "fail-closed"))
	for i, it := range known(t, files).Manifest.Items {
		t.Run(it.Path, func(t *testing.T) {
			trapped := &trap{FS: files}
			d := known(t, trapped)
			trapped.name = it.Path
			got := judged(t, e, d, router.Read, azure.Read)

			less := maps.Clone(files)
			less[it.Path] = &fstest.MapFile{}
			refused := known(t, less)
			refused.Manifest.Items[i].Status = snapshot.Error
			want := judged(t, e, refused, router.Read, azure.Read)

			if diff := cmp.Diff(conclude(want), conclude(got)); diff != "" {
				t.Errorf("(-refused +panic): %s", diff)
			}
			if said := got.Evidence[i]; said.Status != "error" || !strings.Contains(said.Detail, "failed on this item (index out of range)") {
				t.Errorf("the item is %s: %s", said.Status, said.Detail)
			}
		})
	}
}

// A reader that panics nobody knows where costs all of the evidence, not the
// audit.
func TestAReaderThatPanicsSomewhereOpensEverything(t *testing.T) {
	d := known(t, scenario(t, "fail-closed"))
	got := judged(t, engine(t), d, router.Read, azure.Read, func(d *evidence.Dir, _ *snapshot.Snapshot) {
		if _, err := d.Bytes(d.Manifest.Items[0].Path); err == nil {
			panic("nil map")
		}
	})
	if got.Verdict != finding.Open {
		t.Errorf("the verdict is %s", got.Verdict)
	}
	for _, it := range got.Evidence {
		if it.Status != "error" || !strings.Contains(it.Detail, "(nil map)") {
			t.Errorf("%s is %s: %s", it.Path, it.Status, it.Detail)
		}
	}
	for _, f := range got.Findings {
		if f.Outcome == finding.Pass || f.Outcome == finding.Fail {
			t.Errorf("%s of %s is %s", f.Policy, f.Resource, f.Outcome)
		}
	}
}
