package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/routeproof/routeproof/internal/compare"
	"github.com/routeproof/routeproof/internal/finding"
)

// readReport reads a report.json, or that of a run's directory. It returns the
// name of the file.
func readReport(name string) (finding.Report, string, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, "report.json")
	}
	f, err := os.Open(name)
	if err != nil {
		return finding.Report{}, name, fmt.Errorf("%s: %w: want the report.json of an earlier run, or the run's directory", name, cause(err))
	}
	defer f.Close()
	r, err := compare.Read(f)
	if err != nil {
		return finding.Report{}, name, fmt.Errorf("%s: %w", name, err)
	}
	return r, name, nil
}

// against compares a report with the baseline, when there is one.
func (o output) against(r finding.Report) (finding.Report, error) {
	if o.base == nil {
		return r, nil
	}
	out, err := compare.Baseline(r, *o.base)
	if inc, ok := errors.AsType[compare.Incomparable](err); ok {
		return r, fmt.Errorf("--baseline %s is of another audit, and says nothing about this one:\n  %s\n"+
			"want one of the same network, declarations and policies: judge the evidence of then again with what there is now\n"+
			"(routeproof audit EVIDENCE --config FILE --report baseline.json), or take this run's report.json from now on",
			o.baseline, strings.Join(inc.Differences, "\n  "))
	}
	if err != nil {
		return r, fmt.Errorf("--baseline %s: %w", o.baseline, err)
	}
	return out, nil
}

// standing sums up in a line what became of the failures of the baseline.
func (o output) standing(r finding.Report) string {
	n := make(map[finding.Baseline]int)
	for _, f := range r.Findings {
		if f.Counts() {
			n[f.Baseline]++
		}
	}
	return fmt.Sprintf("Violations since %s: %d new, %d worse, %d unchanged, %d fixed.\n",
		printable(o.baseline), n[finding.New], n[finding.Updated], n[finding.Unchanged], len(r.Fixed))
}
