// Package reports says what an audit concluded: on a terminal, as a page, as a
// comment on a pull request, and to programs as JSON, SARIF 2.1.0, OSCAL and JUnit XML.
//
// Every writer is a pure function of its report: equal reports make equal bytes,
// in whatever order the findings come. Text in a report may be an attacker's (a
// device can answer anything): none of it reaches the output with control
// characters or text that changes the direction of writing.
package reports

import (
	"fmt"
	"io"
	"slices"

	"github.com/routeproof/routeproof/internal/finding"
)

// A Writer writes a report in one format. It returns the first error of w.
type Writer func(w io.Writer, r finding.Report) error

// ForFormat returns the writer for a format as it is named on the command line.
// The text format is that of a pipe: 80 columns, without colour.
func ForFormat(name string) (Writer, error) {
	switch name {
	case "json":
		return JSON, nil
	case "sarif":
		return SARIF, nil
	case "md":
		return Markdown, nil
	case "html":
		return HTML, nil
	case "junit":
		return JUnit, nil
	case "oscal":
		return OSCAL, nil
	case "text":
		return func(w io.Writer, r finding.Report) error { return Text(w, r, TextOptions{}) }, nil
	}
	return nil, fmt.Errorf("unknown report format %q (want html, json, junit, md, oscal, sarif or text)", name)
}

// sorted returns the report with its findings in the order of [finding.Sort];
// the caller's slice is left as it is.
func sorted(r finding.Report) finding.Report {
	r.Findings = slices.Clone(r.Findings)
	finding.Sort(r.Findings)
	return r
}
