package main

import (
	"errors"
	"fmt"
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
		lines[i] = printable(lines[i])
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
// they are compliant. A violation below failOn does not count, an open question
// always does, and a violation wins over an open question.
func verdict(r finding.Report, failOn finding.Severity) error {
	violations, open := 0, 0
	for _, f := range r.Findings {
		switch {
		case f.Outcome == finding.Fail && f.Severity.Rank() <= failOn.Rank():
			violations++
		case f.Outcome == finding.Open:
			open++
		}
	}
	switch {
	case violations > 0:
		return verdictError{exitViolated, fmt.Sprintf("not compliant: %d violations at or above %s, %d open", violations, failOn, open)}
	case open > 0 || r.Verdict == finding.Open:
		return verdictError{exitOpen, fmt.Sprintf("not proven: %d open, no violation at or above %s", open, failOn)}
	}
	return nil
}
