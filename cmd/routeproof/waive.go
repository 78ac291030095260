package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

const waiveUsage = `Usage: routeproof waive REPORT [RULE]

Prints the lines of a waivers file for the failures that count in a report.json, or in
that of a run's directory: for all of them, or for those of one rule. Each names the
resource, and with path: the path as it is, so that the waiver dies when the path
changes; take that line out where any path may be. Who owns it, who allowed it, why,
and until when is for you to fill in: until then the file is refused.

Example:

    routeproof waive routeproof-audit/latest ENC-07 >waivers.yaml
    routeproof audit EVIDENCE --waivers waivers.yaml
`

func (p program) waive(args []string) error {
	args, err := parseFlags(newFlags("waive"), waiveUsage, args, "REPORT", "[RULE]")
	if err != nil {
		return err
	}
	r, file, err := readReport(args[0])
	if err != nil {
		return usageError("waive: %w", err)
	}
	rule := ""
	if len(args) > 1 {
		rule = strings.ToUpper(args[1])
	}
	var b strings.Builder
	for _, f := range r.Findings {
		if f.Counts() && (rule == "" || f.Policy == rule) {
			b.WriteString(waiverLines(f))
		}
	}
	if b.Len() == 0 {
		return usageError("waive: %s: no failure of %s counts in it", file, orAny(rule))
	}
	return p.print("waivers:\n" + b.String())
}

func orAny(rule string) string {
	if rule == "" {
		return "any rule"
	}
	return rule
}

// waiverLines is a waiver for a failure, but for what a person has to say.
func waiverLines(f finding.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  # %s\n  - rule: %s\n    resource: %s\n", printable(f.Message), f.Policy, strconv.QuoteToASCII(f.Resource))
	if path := f.PathDigest(); path != "" {
		fmt.Fprintf(&b, "    path: %s\n", path)
	}
	b.WriteString("    owner: \"\"\n    approver: \"\"\n    reason: \"\"\n    expires: \"\"  # like 2027-03-31\n")
	return b.String()
}
