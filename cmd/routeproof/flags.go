package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// newFlags makes the flags of one command.
func newFlags(verb string) *flag.FlagSet {
	fs := flag.NewFlagSet(verb, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

// parseFlags sets the flags from args and returns the other arguments, of which
// there must be one for each name in want; names in brackets may be left out.
// Flags may come before and after them, and "--" ends the flags. A flag that is given
// and empty is an error: with what an unset variable leaves of it, the command would
// do something else than was asked, and not say so.
func parseFlags(fs *flag.FlagSet, usage string, args []string, want ...string) ([]string, error) {
	var rest, after []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, after = args[:i], args[i+1:]
	}
	for {
		if err := fs.Parse(args); err != nil {
			return nil, flagError(fs, usage, err)
		}
		if fs.NArg() == 0 {
			break
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
	rest = append(rest, after...)
	if name := emptyFlag(fs); name != "" {
		return nil, usageError("%s: --%s is empty: want a value, or the flag left out", fs.Name(), name)
	}
	least := 0
	for _, w := range want {
		if !strings.HasPrefix(w, "[") {
			least++
		}
	}
	switch {
	case len(rest) < least:
		return nil, usageError("%s: missing %s: want %s", fs.Name(), want[len(rest)], synopsis(fs, want))
	case len(rest) > len(want):
		return nil, usageError("%s: unexpected argument %q: want %s", fs.Name(), rest[len(want)], synopsis(fs, want))
	}
	return rest, nil
}

// emptyFlag is the first flag of plain text that was given without any. Flags of our
// own types refuse that themselves.
func emptyFlag(fs *flag.FlagSet) string {
	name := ""
	fs.Visit(func(f *flag.Flag) {
		if text, ok := f.Value.(flag.Getter); ok && name == "" && text.Get() == "" {
			name = f.Name
		}
	})
	return name
}

func synopsis(fs *flag.FlagSet, want []string) string {
	return strings.Join(append([]string{"routeproof", fs.Name(), "[flags]"}, want...), " ")
}

// flagError rewrites the standard library's message so that it names what is
// accepted, in the form in which flags are documented.
func flagError(fs *flag.FlagSet, usage string, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return helpError{usage}
	}
	text := err.Error()
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, "--"+f.Name) })
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		if len(names) == 0 {
			return usageError("%s: unknown flag --%s: %s takes none", fs.Name(), name, fs.Name())
		}
		return usageError("%s: unknown flag --%s: want %s", fs.Name(), name, strings.Join(names, ", "))
	}
	text = strings.Replace(text, ": parse error", ": want a number", 1)
	return usageError("%s: %s", fs.Name(), strings.ReplaceAll(text, "flag -", "flag --"))
}

// listFlag collects the values of a flag that may be given more than once.
type listFlag []string

func (l *listFlag) String() string { return strings.Join(*l, ",") }

// Set adds a value.
func (l *listFlag) Set(v string) error {
	if v == "" {
		return errors.New("it is empty: want a value, or the flag left out")
	}
	*l = append(*l, v)
	return nil
}

// severityFlag is a severity, or none.
type severityFlag finding.Severity

// noSeverity is the severity that no violation reaches.
const noSeverity finding.Severity = "none"

func (s *severityFlag) String() string { return string(*s) }

// Set accepts the four severities, and none.
func (s *severityFlag) Set(v string) error {
	if f := finding.Severity(v); f.Rank() > finding.Low.Rank() && f != noSeverity {
		return errors.New("want critical, high, medium, low or none")
	}
	*s = severityFlag(v)
	return nil
}

// choiceFlag is one of a few words.
type choiceFlag struct {
	value    string
	accepted []string
}

func (c *choiceFlag) String() string { return c.value }

// Set accepts the words.
func (c *choiceFlag) Set(v string) error {
	if !slices.Contains(c.accepted, v) {
		return fmt.Errorf("want %s", oneOf(c.accepted))
	}
	c.value = v
	return nil
}

// oneOf lists what is accepted: a, b or c.
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
