package main

import (
	"context"
	"fmt"

	"github.com/routeproof/routeproof/internal/snapshot"
)

const collectUsage = `Usage: routeproof collect --config FILE OUT

Fetches evidence from the routers and subscriptions of the configuration, and
writes it to the directory OUT, which must not exist or be empty. Nothing appears
there until all of it has been collected. Nothing is judged; secrets are removed
before anything is written.

A source that cannot be reached, or refuses, is not an error: that it did so is
evidence too, and what cannot be judged without it is open. The exit code is then
3, and what is missing is listed.

Flags:

    --config FILE      the configuration
    --quiet            list nothing
`

func (p program) collect(ctx context.Context, args []string) error {
	flags := newFlags("collect")
	file := flags.String("config", "", "")
	quiet := flags.Bool("quiet", false, "")
	args, err := parseFlags(flags, collectUsage, args, "OUT")
	if err != nil {
		return err
	}
	if *file == "" {
		return usageError("collect: missing --config: want the configuration that names routers and subscriptions")
	}
	cfg, err := loadConfig(*file)
	if err != nil {
		return err
	}
	engine, err := loadPolicies(ctx, cfg.PolicyDirs)
	if err != nil {
		return err
	}
	r, err := p.runner(cfg, engine)
	if err != nil {
		return err
	}
	p.progress(*quiet, "collecting")
	if err := r.collect(ctx, args[0]); err != nil {
		return err
	}
	return p.collected(args[0], *quiet)
}

// collected sums up what was fetched.
func (p program) collected(dir string, quiet bool) error {
	d, closer, err := openEvidence(dir)
	if err != nil {
		return err
	}
	defer closer.Close()
	lacking := 0
	for _, it := range d.Manifest.Items {
		if !answered(it.Status) {
			lacking++
		}
		if !quiet && it.Status != snapshot.OK {
			if err := p.print(printable(fmt.Sprintf("%-9s %s: %s", it.Status, it.Path, it.Detail)) + "\n"); err != nil {
				return err
			}
		}
	}
	if !quiet {
		text := fmt.Sprintf("%d items in %s, %d of them missing or not whole\n", len(d.Manifest.Items), dir, lacking)
		if err := p.print(text); err != nil {
			return err
		}
	}
	if lacking > 0 {
		return verdictError{code: exitOpen}
	}
	return nil
}

// answered reports whether a source gave a whole answer. "There is none" is one.
func answered(s snapshot.Status) bool { return s == snapshot.OK || s == snapshot.Empty }
