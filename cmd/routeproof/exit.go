package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/routeproof/routeproof/internal/finding"
)

// The exit codes. They are part of the program's contract: pipelines branch on
// them.
const (
	exitViolated = 1
	exitFailed   = 2
	exitOpen     = 3
)

// verdictError ends the program after an audit that did its work and whose
// answer is not "compliant".
type verdictError struct {
	code int
	text string // empty when the report that was printed says it already
}

func (e verdictError) Error() string { return e.text }

// helpError asks for a command's usage text.
type helpError struct{ text string }

func (helpError) Error() string { return "help" }

func usageError(format string, args ...any) error { return fmt.Errorf(format, args...) }

// exitCode maps an error to the program's exit code. Whatever is not a verdict
// is a failure.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if v, ok := errors.AsType[verdictError](err); ok {
		return v.code
	}
	return exitFailed
}

// message is what the program says of an error, nothing for none.
func message(err error) string {
	if err == nil {
		return ""
	}
	lines := strings.Split(err.Error(), "\n")
	for i := range lines {
		lines[i] = printable(strings.ReplaceAll(lines[i], "\t", "    ")) // compilers indent
	}
	return strings.Join(lines, "\n")
}

// printable shows control characters instead of sending them to the terminal:
// an error or a detail may hold a device's words.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}

// verdict is the error that a report's findings end the program with: nil when
// they are compliant, or no worse than the baseline. A violation below failOn does
// not count, an open question always does, and a violation wins over an open
// question.
func verdict(r finding.Report, failOn finding.Severity) error {
	violations, open, known := 0, 0, 0
	for _, f := range r.Findings {
		old := f.Baseline == finding.Unchanged
		switch {
		case f.Counts() && counts(f, failOn) && !old:
			violations++
		case f.Outcome == finding.Open && !old:
			open++
		case f.Outcome == finding.Open:
			known++
		}
	}
	switch {
	case violations > 0:
		return verdictError{exitViolated, fmt.Sprintf("not compliant: %d %s, %d open", violations, counted(r, failOn), open)}
	case open > 0 || known == 0 && r.Verdict == finding.Open:
		return verdictError{exitOpen, fmt.Sprintf("not proven: %d open, no %s", open, strings.Replace(counted(r, failOn), "violations", "violation", 1))}
	}
	return nil
}

// counts reports whether a violation is severe enough.
func counts(f finding.Finding, failOn finding.Severity) bool {
	return failOn != noSeverity && f.Severity.Rank() <= failOn.Rank()
}

// counted says which violations the verdict is about.
func counted(r finding.Report, failOn finding.Severity) string {
	text := fmt.Sprintf("violations at or above %s", failOn)
	if slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Baseline != "" }) {
		text = fmt.Sprintf("new or worse violations at or above %s", failOn)
	}
	return text
}
