package main

import (
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
)

func (p program) showPolicy(engine *policy.Engine, id string) error {
	ps := engine.Policies()
	for _, m := range ps {
		if strings.EqualFold(m.ID, id) {
			return p.print(describe(m) + settings(engine.Settings(m.ID)))
		}
	}
	for _, d := range engine.Disabled() {
		if strings.EqualFold(d.Policy, id) {
			return p.print(d.Policy + "  switched off: " + printable(d.Reason) + "\n\nThe page of the policy is shown without --config.\n")
		}
	}
	return usageError("policies show: unknown ID %q: want one that \"routeproof policies\" lists, with --config or --policy for your own", id)
}

// settings are the parameters of a policy, which the configuration may set.
func settings(all []policy.Setting) string {
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\nParameters (policies.parameters in the configuration):\n")
	for _, s := range all {
		fmt.Fprintf(&b, "  %s: %s\n", s.Name, printable(s.Value))
		for line := range strings.Lines(fold(s.Description)) {
			b.WriteString("    " + line)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func describe(m finding.Policy) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n%s, package %s\n\n%s\n\nHow to fix it:\n%s\n", m.ID, printable(m.Title), m.Severity, m.Package,
		fold(m.Description), fold(m.Remediation))
	if m.EffectiveOn != "" {
		fmt.Fprintf(&b, "\nIn effect from %s. Failures of earlier evidence are advice.\n", m.EffectiveOn)
	}
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
