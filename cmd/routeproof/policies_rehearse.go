package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/internal/policy"
)

func (p program) testPolicies(ctx context.Context, o policiesFlags) error {
	if o.arg != "" {
		o.cfg.PolicyDirs = append(o.cfg.PolicyDirs, o.arg)
	}
	fsys, err := policyFiles(o.cfg)
	if err != nil {
		return err
	}
	results, coverage, err := policy.Test(ctx, fsys...)
	if err != nil {
		return err
	}
	if len(results) == 0 {
		return usageError("policies test: no tests: want rules named test_ in files named _test.rego")
	}
	var b strings.Builder
	failed := 0
	for _, r := range results {
		if r.Failure == "" {
			continue
		}
		failed++
		fmt.Fprintf(&b, "FAIL  %s.%s (%s): %s\n", r.Package, r.Name, r.At, printable(r.Failure))
		for line := range strings.Lines(r.Output) {
			fmt.Fprintf(&b, "      %s\n", printable(strings.TrimRight(line, "\n")))
		}
	}
	for _, ref := range coverage.Missed {
		fmt.Fprintf(&b, "never evaluated: %s\n", ref)
	}
	fmt.Fprintf(&b, "%d tests, %d failed, %.1f %% of the policies' lines covered\n", len(results), failed, coverage.Percent)
	if err := p.print(b.String()); err != nil {
		return err
	}
	switch {
	case failed > 0:
		return verdictError{code: exitViolated}
	case coverage.Percent < o.coverage:
		return verdictError{exitViolated, fmt.Sprintf("policies test: %.1f %% of the lines are covered, less than --coverage %g", coverage.Percent, o.coverage)}
	}
	return nil
}
