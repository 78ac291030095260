package main

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"text/tabwriter"

	"github.com/routeproof/routeproof/internal/config"
	"github.com/routeproof/routeproof/internal/finding"
	builtin "github.com/routeproof/routeproof/policies"
)

const policiesUsage = `Usage: routeproof policies [flags] [ACTION]

    list                 every policy, one a line (the default)
    show ID              all that a policy says about itself, and its parameters
    test [DIR]           run the Rego tests in DIR, or of the built-in policies, and
                         say which lines no test evaluates; exits 1 when one fails
    new ID               write a policy to begin with, and its test, which passes
    replay DIR --over EVIDENCE...
                         what the policies in DIR would have said of evidence, or of
                         all runs of an output directory, and how that differs from
                         the policies of the same ID today
    schema               the JSON Schema of what policies judge, their input

Policies of your own are Rego. Each is a package with METADATA and three rules,
applicable, violations and undetermined; "policies show" and "policies new" show
how. A policy computes from its input alone: without network, files, environment,
randomness, or any clock but the time of the evidence. Each runs in a process of its
own, for at most two minutes and with 1 GiB of memory: one that breaks is open, and
the others stand.

Flags:

    --config FILE      also the policies of this configuration, with its parameters
    --policy DIR       also the policies in DIR, a directory or an OPA bundle, which
                       may be a .tar.gz; may be repeated
    --dir DIR          new: where to write (default: policies)
    --coverage N       test: exit 1 when less than N per cent of the lines are covered
    --over EVIDENCE    replay: a directory with evidence, a run, or an output directory
                       with runs; may be repeated

Exit codes: 0, 1 where a test fails or --coverage is not reached, 2 the command
failed, as where a policy does not load. What replay finds does not change it.

Example:

    routeproof policies new OWN-01 --dir policies
    routeproof policies test policies --coverage 100
    routeproof policies replay policies --over routeproof-audit
    routeproof audit EVIDENCE --policy policies
`

// policiesFlags are what policies is called with, beside the action.
type policiesFlags struct {
	arg      string
	cfg      config.Config
	dir      string
	coverage float64
	over     listFlag
}

func (p program) policies(ctx context.Context, args []string) error {
	var o policiesFlags
	var w with
	flags := newFlags("policies")
	w.registerPolicies(flags)
	flags.StringVar(&o.dir, "dir", "policies", "")
	flags.Float64Var(&o.coverage, "coverage", 0, "")
	flags.Var(&o.over, "over", "")
	// After replay DIR --over EVIDENCE, a shell may have put more evidence.
	want := slices.Concat([]string{"[ACTION]", "[ID | DIR]"}, slices.Repeat([]string{"[EVIDENCE]"}, len(args)))
	args, err := parseFlags(flags, policiesUsage, args, want...)
	if err != nil {
		return err
	}
	if o.cfg, err = w.load(); err != nil {
		return err
	}
	action := "list"
	if len(args) > 0 {
		action = args[0]
	}
	if len(args) > 1 {
		o.arg = args[1]
	}
	if len(args) > 2 {
		if action != "replay" {
			return usageError("policies %s: unexpected argument %q: want policies %s %s", action, args[2], action, args[1])
		}
		o.over = append(o.over, args[2:]...)
	}
	if o.coverage < 0 || o.coverage > 100 {
		return usageError("policies: --coverage %g: want a percentage, from 0 to 100", o.coverage)
	}
	return p.policiesAction(ctx, action, o)
}

func (p program) policiesAction(ctx context.Context, action string, o policiesFlags) error {
	switch action {
	case "test":
		return p.testPolicies(ctx, o)
	case "replay":
		return p.replayPolicies(ctx, o)
	case "schema":
		if o.arg != "" {
			return usageError("policies schema: unexpected argument %q: want policies schema", o.arg)
		}
		return p.printSchema()
	case "list", "show", "new":
	default:
		return usageError("policies: unknown action %q: want list, show, test, new, replay or schema", action)
	}
	engine, err := p.loadPolicies(ctx, o.cfg)
	if err != nil {
		return err
	}
	switch {
	case action == "list" && o.arg != "":
		return usageError("policies list: unexpected argument %q: want policies list, or policies show %s", o.arg, o.arg)
	case action == "list":
		return p.listPolicies(engine.Policies(), engine.Disabled())
	case action == "show" && o.arg == "":
		return usageError("policies show: missing ID: want one that \"routeproof policies\" lists, like %s", engine.Policies()[0].ID)
	case action == "show":
		return p.showPolicy(engine, o.arg)
	}
	return p.newPolicy(engine, o)
}

// printSchema prints the input's schema. Within a major version fields are added to
// it, and none is taken away or changed.
func (p program) printSchema() error {
	text, err := fs.ReadFile(builtin.FS, "schema/input.json")
	if err != nil {
		return err
	}
	return p.print(string(text))
}

func (p program) listPolicies(ps []finding.Policy, off []finding.Disabled) error {
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, m := range ps {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.ID, m.Severity, m.Family, printable(m.Title))
	}
	for _, d := range off {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", d.Policy, "off", "", "switched off: "+printable(d.Reason))
	}
	return w.Flush()
}
