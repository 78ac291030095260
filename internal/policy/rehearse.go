package policy

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/routeproof/routeproof/internal/finding"
)

// A TestResult is the outcome of one Rego test. Failure is empty when it passed.
type TestResult struct {
	Package string      `json:"package"`
	Name    string      `json:"name"`
	At      finding.Ref `json:"at"`
	Failure string      `json:"failure,omitempty"`
	// Output is what the test printed.
	Output string `json:"output,omitempty"`
}

// Coverage says how much of the policies and libraries, tests left out, the
// tests evaluated.
type Coverage struct {
	Percent float64 `json:"percent"`
	// Missed are the lines that no test evaluated.
	Missed []finding.Ref `json:"missed,omitempty"`
}

// Test runs the Rego tests (rules named test_) of the given file systems, under
// the restrictions of [Load]. A test that fails is no error, and neither is one
// that is skipped (named todo_test_): it is a result with a Failure. Of several file
// systems the first one, the program's own, is only what the others rest on: neither
// are its tests run nor its lines counted.
func Test(ctx context.Context, fsys ...fs.FS) ([]TestResult, Coverage, error) {
	src, err := read(fsys, true)
	if err != nil {
		return nil, Coverage{}, err
	}
	builtin := make(map[string]bool)
	for _, f := range src.files {
		builtin[f.path] = len(fsys) > 1 && !f.own
	}
	src.files = slices.DeleteFunc(src.files, func(f source) bool { return builtin[f.path] && isTest(f.path) })
	modules, err := src.parse()
	if err != nil {
		return nil, Coverage{}, err
	}
	if _, err := src.compile(maps.Clone(modules)); err != nil {
		return nil, Coverage{}, err // with our explanation, which the runner does not give
	}
	c, err := src.compiler()
	if err != nil {
		return nil, Coverage{}, err
	}
	traced := cover.New()
	found, err := tester.NewRunner().
		SetCompiler(c.WithEnablePrintStatements(true)).
		SetStore(inmem.New()).
		SetModules(modules).
		CapturePrintOutput(true).
		SetCoverageQueryTracer(traced).
		RunTests(ctx, nil)
	if err != nil {
		return nil, Coverage{}, fmt.Errorf("test policies: %w", err)
	}
	var out []TestResult
	for r := range found {
		out = append(out, result(r))
	}
	if err := ctx.Err(); err != nil {
		return nil, Coverage{}, err
	}
	slices.SortFunc(out, func(a, b TestResult) int {
		return cmp.Or(cmp.Compare(a.At.Item, b.At.Item), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.Name, b.Name))
	})
	return out, coverage(traced.Report(modules), func(file string) bool { return isTest(file) || builtin[file] }), nil
}

func result(r *tester.Result) TestResult {
	out := TestResult{Package: strings.TrimPrefix(r.Package, "data."), Name: r.Name, Output: string(r.Output)}
	if r.Location != nil {
		out.At = finding.Ref{Item: r.Location.File, Line: r.Location.Row}
	}
	switch {
	case r.Error != nil:
		out.Failure = r.Error.Error()
	case r.Skip:
		out.Failure = "skipped"
	case r.Fail:
		out.Failure = "the test is not true"
	}
	return out
}

func coverage(r cover.Report, skip func(file string) bool) Coverage {
	var out Coverage
	covered, missed := 0, 0
	for _, file := range slices.Sorted(maps.Keys(r.Files)) {
		if skip(file) {
			continue
		}
		f := r.Files[file]
		covered += f.CoveredLines
		missed += f.NotCoveredLines
		for _, lines := range f.NotCovered {
			ref := finding.Ref{Item: file, Line: lines.Start.Row}
			if lines.End.Row > lines.Start.Row {
				ref.LastLine = lines.End.Row
			}
			out.Missed = append(out.Missed, ref)
		}
	}
	if covered+missed > 0 {
		out.Percent = 100 * float64(covered) / float64(covered+missed)
	}
	return out
}
