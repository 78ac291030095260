package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/testdata/scenarios"
)

const demoUsage = `Usage: routeproof demo [flags]

Shows the whole thing against a built-in lab on loopback: Azure Resource Manager
and Entra ID over TLS, and two routers over SSH, with the evidence of a network
that was built as a public guideline says. It is collected through the
real collectors, judged and reported, and needs no network and no privileges.

The exit code is that of an audit: 1 for the guideline as written, whose design is
not compliant.

Flags:

    --scenario NAME    which network (guideline-as-written):
%s
    --lab              not from recordings but from a network that is built for
                       it, of real FRR, strongSwan and SSH in namespaces of its
                       own, and with what packet captures say beside the verdict;
                       needs root and those programs
    --out DIR          where evidence and report.json, .sarif and .html go
                       (routeproof-out); what an earlier demo wrote there is
                       replaced, anything else is left alone
` + outputUsage

// demoMark is the file by which a demo knows that a directory's evidence and
// reports were written by a demo.
const demoMark = ".routeproof-demo"

func demoHelp() string {
	var b strings.Builder
	for _, name := range scenarios.Names() {
		fmt.Fprintf(&b, "                         %-22s%s\n", name, scenarios.About(name))
	}
	return fmt.Sprintf(demoUsage, strings.TrimRight(b.String(), "\n"))
}

func (p program) demo(ctx context.Context, args []string) error {
	var o output
	flags := newFlags("demo")
	scenario := choiceFlag{"guideline-as-written", scenarios.Names()}
	flags.Var(&scenario, "scenario", "")
	out := flags.String("out", "routeproof-out", "")
	inLab := flags.Bool("lab", false, "")
	o.register(flags)
	if _, err := parseFlags(flags, demoHelp(), args); err != nil {
		return err
	}
	if *inLab {
		return p.demoLab(ctx, scenario.value, *out, o)
	}
	if err := o.check(); err != nil {
		return err
	}
	if err := ownedByDemo(*out); err != nil {
		return err
	}
	engine, err := p.loadPolicies(ctx, noConfig())
	if err != nil {
		return err
	}
	l, err := startLab(scenario.value) //nolint:contextcheck // it runs until close
	if err != nil {
		return err
	}
	defer l.close()
	p.progress(o.quiet, fmt.Sprintf("the lab is up: Azure at %s, routers at %s; collecting", l.arm.Endpoint, strings.Join(l.addresses(), " and ")))
	r := runner{engine: engine, now: p.now}
	if r.collectors, err = l.collectors(p.now); err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o750); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	staged, res, err := r.stage(ctx, *out, "demo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staged)
	if err := place(staged, *out); err != nil {
		return err
	}
	v := p.say(res.Report, o)
	if v != nil && exitCode(v) == exitFailed {
		return v
	}
	if o.format.value == "text" && !o.quiet {
		if err := p.print(p.demoHints(*out, scenario.value, len(res.Report.Evidence))); err != nil {
			return err
		}
	}
	return v
}

// demoHints says what was written and what to try next.
func (p program) demoHints(out, scenario string, items int) string {
	kept := filepath.Join(out, "evidence")
	next := "fail-closed"
	if scenario == next {
		next = "leak-same-prefix"
	}
	lines := [][2]string{
		{"audit " + kept, "the same verdict from the stored bytes"},
		{"trace " + kept + " 10.10.5.7 172.16.1.4", "one packet, both ways, hop by hop"},
		{"demo --scenario " + next, scenarios.About(next)},
	}
	width := 0
	for _, l := range lines {
		width = max(width, len(l[0]))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nWrote %s, to look at in a browser, report.json and report.sarif beside it, and %s (%d items).\n\nNext:\n",
		filepath.Join(out, "report.html"), kept, items)
	for _, l := range lines {
		fmt.Fprintf(&b, "  %s %-*s  # %s\n", p.name, width, l[0], l[1])
	}
	return b.String()
}

func written() []string { return []string{"evidence", "report.json", "report.sarif", "report.html"} }

// ownedByDemo makes sure that a demo may replace what is in dir.
func ownedByDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == demoMark }) {
		return nil
	}
	for _, e := range entries {
		if slices.Contains(written(), e.Name()) {
			return usageError("demo: %s was not written by a demo: name another directory with --out, or move it away", filepath.Join(dir, e.Name()))
		}
	}
	return nil
}

// place moves what is in staged to dir. The evidence that it replaces is left in
// staged, for the caller to remove.
func place(staged, dir string) error {
	if err := ownedByDemo(dir); err != nil {
		return err
	}
	mark := []byte("routeproof demo replaces the evidence and the reports beside this file\n")
	if err := os.WriteFile(filepath.Join(dir, demoMark), mark, 0o600); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	// A directory cannot be renamed over another one: the old one steps aside.
	old := filepath.Join(staged, "old-evidence")
	if err := os.Rename(filepath.Join(dir, "evidence"), old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("output: %w", err)
	}
	for _, name := range written() {
		if err := os.Rename(filepath.Join(staged, name), filepath.Join(dir, name)); err != nil {
			if name == "evidence" {
				_ = os.Rename(old, filepath.Join(dir, name))
			}
			return fmt.Errorf("output: %w", err)
		}
	}
	return nil
}
