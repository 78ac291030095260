package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
)

const policiesUsage = `Usage: routeproof policies [flags] [list | show ID | test [DIR]]

    list               every policy, one a line (the default)
    show ID            all that a policy says about itself
    test [DIR]         run the Rego tests of the built-in policies, and of those
                       in DIR; exits 1 when one fails

Flags:

    --config FILE      also the policies of this configuration
`

func (p program) policies(ctx context.Context, args []string) error {
	flags := newFlags("policies")
	file := flags.String("config", "", "")
	args, err := parseFlags(flags, policiesUsage, args, "[list | show ID | test [DIR]]", "[ID | DIR]")
	if err != nil {
		return err
	}
	cfg, err := loadConfig(*file)
	if err != nil {
		return err
	}
	action, arg := "list", ""
	if len(args) > 0 {
		action = args[0]
	}
	if len(args) > 1 {
		arg = args[1]
	}
	if action == "test" {
		return p.testPolicies(ctx, append(cfg.PolicyDirs, nonEmpty(arg)...))
	}
	engine, err := loadPolicies(ctx, cfg)
	if err != nil {
		return err
	}
	switch {
	case action == "list" && arg != "":
		return usageError("policies list: unexpected argument %q: want policies list, or policies show %s", arg, arg)
	case action == "list":
		return p.listPolicies(engine.Policies())
	case action == "show" && arg == "":
		return usageError("policies show: missing ID: want %s", oneOf(ids(engine.Policies())))
	case action == "show":
		return p.showPolicy(engine, arg)
	}
	return usageError("policies: unknown action %q: want list, show or test", action)
}

func (p program) listPolicies(ps []finding.Policy) error {
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, m := range ps {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.ID, m.Severity, m.Family, printable(m.Title))
	}
	return w.Flush()
}

func (p program) showPolicy(engine *policy.Engine, id string) error {
	ps := engine.Policies()
	for _, m := range ps {
		if strings.EqualFold(m.ID, id) {
			return p.print(describe(m) + settings(engine.Settings(m.ID)))
		}
	}
	return usageError("policies show: unknown ID %q: want %s", id, oneOf(ids(ps)))
}

// settings are the parameters of a policy, which the configuration may set.
func settings(all []policy.Setting) string {
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\nParameters (policies.parameters in the configuration):\n")
	for _, s := range all {
		fmt.Fprintf(&b, "  %s: %s\n%s\n", s.Name, printable(s.Value), fold(s.Description))
	}
	return b.String()
}

func describe(m finding.Policy) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n%s, package %s\n\n%s\n\nHow to fix it:\n%s\n", m.ID, printable(m.Title), m.Severity, m.Package,
		fold(m.Description), fold(m.Remediation))
	if len(m.Controls) > 0 {
		b.WriteString("\nControls:\n")
		for _, c := range m.Controls {
			fmt.Fprintf(&b, "  %s %s (%s)\n", printable(c.Framework), printable(c.Control), c.Strength)
		}
	}
	if len(m.References) > 0 {
		b.WriteString("\nReferences:\n")
		for _, r := range m.References {
			fmt.Fprintf(&b, "  %s\n", printable(strings.TrimSpace(r.Title+" "+r.URL)))
		}
	}
	return b.String()
}

// fold wraps text at 80 columns. Lines, and how far they are indented, stay:
// some are commands.
func fold(text string) string {
	var out []string
	for line := range strings.Lines(strings.TrimSpace(text)) {
		line = strings.TrimRight(line, "\r\n")
		words := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(words)]
		row := indent
		for word := range strings.FieldsSeq(words) {
			if row != indent && len(row)+1+len(word) > 80 {
				out = append(out, printable(row))
				row = indent
			}
			if row != indent {
				row += " "
			}
			row += word
		}
		out = append(out, printable(row))
	}
	return strings.Join(out, "\n")
}

func ids(ps []finding.Policy) []string {
	out := make([]string, len(ps))
	for i, m := range ps {
		out[i] = m.ID
	}
	return out
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (p program) testPolicies(ctx context.Context, dirs []string) error {
	fsys, err := policyDirs(dirs)
	if err != nil {
		return err
	}
	results, coverage, err := policy.Test(ctx, fsys...)
	if err != nil {
		return err
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
	if failed > 0 {
		return verdictError{code: exitViolated}
	}
	return nil
}
