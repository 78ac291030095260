package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/routeproof/routeproof/internal/compare"
	"github.com/routeproof/routeproof/internal/config"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/internal/snapshot"
	"github.com/routeproof/routeproof/reports"
)

const diffUsage = `Usage: routeproof diff [flags] BEFORE AFTER

Says what differs between two audits of a network. BEFORE and AFTER are each a
directory of evidence, the directory of a run, whose evidence is then judged
again, or a report.json. Compared are

    findings    failures and open questions that are new, worse, or gone. They
                are matched by what they are about and by their path, not by
                their words: a set of prefixes that was split is the same set,
                and of one that grew, the address pairs that are new are named
    paths       of each pair of prefixes and of each tunnel's own packets, hop by
                hop from where they part, with the reasons
    routes      that appeared, vanished or changed, in the routers' BGP and
                routing tables, what gateways learned, user-defined routes, and
                effective routes

Paths and routes are compared where both sides are evidence. A table that one
side did not read whole is not compared, and named.

Flags:

    --config FILE      a configuration, whose sites and require replace those of
                       the evidence, and whose policies are added, on both sides
    --format F         what is printed: text (the default), json, or md, for a
                       pull request or the summary of a job
    --quiet            how much differs, and nothing more; json and md have it all
    --verbose          fold nothing
    --no-color         no colour; NO_COLOR does the same, and so does a pipe

Exit codes: 0 nothing differs, 1 something does, 2 the comparison failed, 3
nothing differs in what could be compared, which was not everything.

Example:

    routeproof diff routeproof-audit/runs/2026-11-22T053000Z routeproof-audit/latest
`

func (p program) diff(ctx context.Context, args []string) error {
	flags := newFlags("diff")
	file := flags.String("config", "", "")
	format := choiceFlag{"text", []string{"text", "json", "md"}}
	flags.Var(&format, "format", "")
	var o output
	flags.BoolVar(&o.quiet, "quiet", false, "")
	flags.BoolVar(&o.verbose, "verbose", false, "")
	flags.BoolVar(&o.noColor, "no-color", false, "")
	args, err := parseFlags(flags, diffUsage, args, "BEFORE", "AFTER")
	if err != nil {
		return err
	}
	cfg, err := loadConfig(*file)
	if err != nil {
		return err
	}
	engine, err := p.loadPolicies(ctx, cfg)
	if err != nil {
		return err
	}
	before, err := loadSide(ctx, args[0], cfg, engine)
	if err != nil {
		return err
	}
	after, err := loadSide(ctx, args[1], cfg, engine)
	if err != nil {
		return err
	}
	d, err := differences(before, after)
	if err != nil {
		return err
	}
	write := func() error { return reports.DiffText(p.stdout, d, p.text(o)) }
	switch format.value {
	case "json":
		write = func() error { return reports.DiffJSON(p.stdout, d) }
	case "md":
		write = func() error { return reports.DiffMarkdown(p.stdout, d) }
	}
	if err := write(); err != nil {
		return err
	}
	switch {
	case !d.Empty():
		return verdictError{code: exitViolated}
	case len(d.Unknown) > 0:
		return verdictError{code: exitOpen}
	}
	return nil
}

// side is what is known of one side of a comparison; facts is nil for a report.
type side struct {
	name   string
	report finding.Report
	facts  *snapshot.Snapshot
}

func loadSide(ctx context.Context, name string, cfg config.Config, engine *policy.Engine) (side, error) {
	dir, isEvidence := evidenceIn(name)
	if !isEvidence {
		r, file, err := readReport(name)
		if err != nil {
			return side{}, usageError("diff: %w", err)
		}
		return side{name: file, report: r}, nil
	}
	res, err := replay(ctx, dir, scopeOf(cfg), engine)
	if err != nil {
		return side{}, err
	}
	return side{name: name, report: res.Report, facts: &res.Snapshot}, nil
}

// evidenceIn finds the evidence that name means: itself, or that of the run. It
// is not evidence when it is a file, or a directory with only a report.
func evidenceIn(name string) (dir string, ok bool) {
	isDir := func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.IsDir()
	}
	if kept := filepath.Join(name, "evidence"); isDir(kept) {
		return kept, true
	}
	if _, err := os.Stat(filepath.Join(name, "report.json")); err == nil {
		return "", false
	}
	return name, isDir(name)
}

func differences(before, after side) (finding.Diff, error) {
	d := finding.Diff{
		Version: 1, Before: auditOf(before), After: auditOf(after),
		Scope: compare.Scope(before.report, after.report),
	}
	var err error
	if d.Findings, err = compare.Findings(before.report, after.report); err != nil {
		return d, err
	}
	if before.facts == nil || after.facts == nil {
		return d, nil
	}
	d.Evidence = true
	if d.Paths, err = compare.Paths(before.report.Pairs, after.report.Pairs); err != nil {
		return d, err
	}
	d.Routes, d.Unknown = compare.Routes(*before.facts, *after.facts)
	return d, nil
}

func auditOf(s side) finding.Audit {
	return finding.Audit{Name: s.name, TakenAt: s.report.TakenAt, Verdict: s.report.Verdict, PolicyDigest: s.report.PolicyDigest}
}
