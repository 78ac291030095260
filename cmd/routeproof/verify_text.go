package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
)

// mostProblems is how many problems of a check are printed.
const mostProblems = 20

// verifiedText prints a line a check, and below it what does not hold. A run of
// several about which there is nothing to say is one line.
func verifiedText(w io.Writer, out []verification, quiet bool) error {
	var b strings.Builder
	for _, v := range out {
		said := slices.ContainsFunc(v.Checks, func(c evidence.Check) bool { return c.State == evidence.Broken || c.State == evidence.Unchecked })
		name := v.Evidence
		if v.Run != "" && v.Run != "chain" {
			name = v.Run
		}
		switch {
		case quiet && !said:
			continue
		case v.Run != "" && v.Run != "chain" && !said:
			fmt.Fprintf(&b, "%s\n  %-9s  %s\n", printable(name), "holds", printable(summary(v.Checks)))
			continue
		}
		fmt.Fprintln(&b, printable(name))
		for _, c := range v.Checks {
			if !quiet || c.State == evidence.Broken || c.State == evidence.Unchecked {
				sayCheck(&b, c)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summary says of checks none of which is broken what they are.
func summary(checks []evidence.Check) string {
	var held, none []string
	for _, c := range checks {
		if c.State == evidence.Holds {
			held = append(held, c.Name)
		} else {
			none = append(none, "no "+c.Name)
		}
	}
	return strings.Join(append(held, none...), ", ")
}

func sayCheck(b *strings.Builder, c evidence.Check) {
	word := map[evidence.State]string{
		evidence.Holds: "holds", evidence.Broken: "BROKEN", evidence.Unchecked: "UNCHECKED", evidence.None: "-",
	}[c.State]
	fmt.Fprintf(b, "  %-9s  %-8s  %s\n", word, c.Name, printable(c.Detail))
	if c.State == evidence.Unchecked && len(c.Problems) > 0 {
		fmt.Fprintf(b, "      %d differences: --format json lists them\n", len(c.Problems))
		return
	}
	for i, text := range c.Problems {
		if i == mostProblems {
			fmt.Fprintf(b, "      and %d more: --format json lists them\n", len(c.Problems)-i)
			break
		}
		fmt.Fprintf(b, "      %s\n", printable(text))
	}
}
