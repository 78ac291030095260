package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const collectUsage = `Usage: routeproof collect --config FILE OUT
       routeproof collect --config FILE --check

Fetches evidence from the routers and subscriptions of the configuration, and
writes it to the directory OUT, which must not exist or be empty. Nothing appears
there until all of it has been collected. Nothing is judged; secrets are removed
before anything is written. With evidence.sealKey in the configuration the evidence is
sealed: see routeproof verify --help.

A source that cannot be reached, or refuses, is not an error: that it did so is
evidence too, and what cannot be judged without it is open. The exit code is then
3, and what is missing is listed.

Flags:

    --config FILE      the configuration
    --check            collect nothing: log in to every router, and ask Azure what
                       the identity may do. What it lacks is listed with what will
                       be open without it, and so is what it should not have, such
                       as reading pre-shared keys. No key is asked for. The exit
                       code is 0 when all is as it should be, and otherwise 3
    --quiet            list nothing
`

func (p program) collect(ctx context.Context, args []string) error {
	flags := newFlags("collect")
	file := flags.String("config", "", "")
	quiet := flags.Bool("quiet", false, "")
	check := flags.Bool("check", false, "")
	args, err := parseFlags(flags, collectUsage, args, "[OUT]")
	if err != nil {
		return err
	}
	if *check != (len(args) == 0) {
		return usageError("collect: want routeproof collect --config FILE OUT, or --check in place of OUT")
	}
	if *file == "" {
		return usageError("collect: missing --config: want the configuration that names routers and subscriptions")
	}
	cfg, err := loadConfig(*file)
	if err != nil {
		return err
	}
	if *check {
		return p.check(ctx, cfg, *quiet)
	}
	engine, err := p.loadPolicies(ctx, cfg)
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
	}
	if !quiet {
		text := fmt.Sprintf("%d items in %s, %d of them missing or not whole", len(d.Manifest.Items), dir, lacking)
		if err := p.print(notOK(d.Manifest.Items) + printable(text) + "\n"); err != nil {
			return err
		}
	}
	if lacking > 0 {
		return verdictError{code: exitOpen}
	}
	return nil
}

// notOK lists what was not answered, or with nothing: the items below what became of
// them, which is often the same for all of a source.
func notOK(items []evidence.Item) string {
	type became struct {
		status snapshot.Status
		detail string
	}
	paths := make(map[became][]string)
	var order []became
	for _, it := range items {
		key := became{it.Status, it.Detail}
		if it.Status == snapshot.OK {
			continue
		}
		if paths[key] == nil {
			order = append(order, key)
		}
		paths[key] = append(paths[key], it.Path)
	}
	var b strings.Builder
	for _, key := range order {
		fmt.Fprintf(&b, "%s\n", printable(strings.TrimSuffix(fmt.Sprintf("%s: %s", key.status, key.detail), ": ")))
		for _, path := range paths[key] {
			fmt.Fprintf(&b, "    %s\n", printable(path))
		}
	}
	return b.String()
}

// answered reports whether a source gave a whole answer. "There is none" is one.
func answered(s snapshot.Status) bool { return s == snapshot.OK || s == snapshot.Empty }
