package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/history"
	"github.com/routeproof/routeproof/internal/policy"
)

// replayPolicies says what the policies in a directory would have said of evidence.
func (p program) replayPolicies(ctx context.Context, o policiesFlags) error {
	if o.arg == "" || len(o.over) == 0 {
		return usageError("policies replay: missing %s: want routeproof policies replay DIR --over EVIDENCE...", oneOf([]string{"DIR", "--over EVIDENCE"}))
	}
	proposed, err := policy.Open(o.arg, nil)
	if err != nil {
		return usageError("policies replay: %s: %w", o.arg, cause(err))
	}
	current, err := policyFiles(o.cfg)
	if err != nil {
		return err
	}
	then, now, err := policy.Propose(ctx, proposed, current...)
	if err != nil {
		return err
	}
	if len(then.Policies()) == 0 {
		return usageError("policies replay: %s: no policy in it: want a directory with Rego policies", o.arg)
	}
	if then, err = p.configure(then, o.cfg); err != nil {
		return err
	}
	if now, err = p.configure(now, o.cfg); err != nil {
		return err
	}
	over, err := evidenceOver(o.over)
	if err != nil {
		return err
	}
	for _, name := range over {
		before, err := replay(ctx, evidenceDir(name), scopeOf(o.cfg), now)
		if err != nil {
			return fmt.Errorf("policies replay: %w", err)
		}
		after, err := replay(ctx, evidenceDir(name), scopeOf(o.cfg), then)
		if err != nil {
			return fmt.Errorf("policies replay: %w", err)
		}
		if err := p.print(compared(name, before.Report, after.Report)); err != nil {
			return err
		}
	}
	return nil
}

// evidenceOver are the directories with evidence that names mean: of an output
// directory all runs, the oldest first.
func evidenceOver(names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		output, ok := outputDir(name)
		if !ok {
			out = append(out, name)
			continue
		}
		runs, err := history.Names(output)
		if err != nil {
			return nil, fmt.Errorf("policies replay: %w", err)
		}
		if len(runs) == 0 {
			return nil, usageError("policies replay: %s: no runs in it: want evidence, or an output directory with runs", name)
		}
		for _, run := range runs {
			out = append(out, filepath.Join(output, "runs", run))
		}
	}
	return out, nil
}

// compared says what policies say now of evidence, and what proposed ones would.
func compared(name string, before, after finding.Report) string {
	var b strings.Builder
	taken := "at a time that is not known"
	if !after.TakenAt.IsZero() {
		taken = "of " + after.TakenAt.UTC().Format("2006-01-02 15:04 UTC")
	}
	fmt.Fprintf(&b, "%s, %s\n", printable(name), taken)
	was, is := tally(before), tally(after)
	ids := slices.Sorted(maps.Keys(is))
	for id := range was {
		if is[id] == nil {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		switch {
		case is[id] == nil:
			fmt.Fprintf(&b, "  %s  is replaced; today: %s\n", id, was[id])
		case was[id] == nil:
			fmt.Fprintf(&b, "  %s  %s (new)\n", id, is[id])
		case was[id].String() == is[id].String():
			fmt.Fprintf(&b, "  %s  %s, as today\n", id, is[id])
		default:
			fmt.Fprintf(&b, "  %s  %s; today: %s\n", id, is[id], was[id])
		}
	}
	for _, line := range changes(before, after) {
		b.WriteString("    " + printable(line) + "\n")
	}
	return b.String()
}

// outcomes are how many findings of each outcome there are.
type outcomes map[finding.Outcome]int

func (c outcomes) String() string {
	var parts []string
	for _, o := range []struct {
		outcome finding.Outcome
		word    string
	}{{finding.Fail, "failed"}, {finding.Open, "open"}, {finding.Pass, "passed"}} {
		if n := c[o.outcome]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o.word))
		}
	}
	if len(parts) == 0 {
		return "not applicable"
	}
	return strings.Join(parts, ", ")
}

// tally counts the findings of each policy.
func tally(r finding.Report) map[string]outcomes {
	out := make(map[string]outcomes)
	for _, p := range r.Policies {
		out[p.ID] = make(outcomes)
	}
	for _, f := range r.Findings {
		out[f.Policy][f.Outcome]++
	}
	return out
}

// changes are the findings that are not what they are today, by what they are
// about; passes and what does not apply are left out.
func changes(before, after finding.Report) []string {
	type key struct{ fingerprint, message string }
	of := func(r finding.Report) map[key]finding.Finding {
		out := make(map[key]finding.Finding)
		for _, f := range r.Findings {
			if f.Outcome == finding.Fail || f.Outcome == finding.Open {
				out[key{f.Fingerprint, f.Message}] = f
			}
		}
		return out
	}
	was, is := of(before), of(after)
	var lines []string
	add := func(sign string, r finding.Report, other map[key]finding.Finding) {
		for _, f := range r.Findings {
			if f.Outcome != finding.Fail && f.Outcome != finding.Open {
				continue
			}
			if o, ok := other[key{f.Fingerprint, f.Message}]; !ok || o.Outcome != f.Outcome {
				lines = append(lines, fmt.Sprintf("%s %s %-4s %s: %s", sign, f.Policy, f.Outcome, f.Resource, f.Message))
			}
		}
	}
	add("+", after, was)
	add("-", before, is)
	return lines
}
