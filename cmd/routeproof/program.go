package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"
)

// program is what a command may use of the process it runs in.
type program struct {
	// name is how a user calls the program, for the hints that it prints.
	name           string
	stdin          io.Reader
	stdout, stderr io.Writer
	lookup         func(string) (string, bool)
	now            func() time.Time
	// color and width are those of stdout; live is whether stderr is a terminal,
	// where progress is shown.
	color, live bool
	width       int
	// self is the program's own file, which was started as called. exit ends the
	// process there and then.
	self, called string
	exit         func()
}

// newProgram describes the process. Colour is for terminals only, and not when
// NO_COLOR is set (https://no-color.org) or the terminal is dumb.
func newProgram() program {
	p := program{
		name: "routeproof", stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		lookup: os.LookupEnv, now: time.Now, width: 100,
		live: term.IsTerminal(int(os.Stderr.Fd())), called: os.Args[0], exit: func() { os.Exit(exitFailed) },
	}
	var err error
	if p.self, err = os.Executable(); err != nil {
		p.self = os.Args[0]
	}
	if strings.Contains(filepath.ToSlash(os.Args[0]), "/go-build") {
		p.name = "go run ./cmd/routeproof"
	}
	if out := int(os.Stdout.Fd()); term.IsTerminal(out) {
		p.color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		if w, _, err := term.GetSize(out); err == nil && w > 0 {
			p.width = w
		}
	}
	return p
}

// print writes text to stdout.
func (p program) print(text string) error {
	_, err := io.WriteString(p.stdout, text)
	return err
}

// progress says on a terminal what is being done.
func (p program) progress(quiet bool, text string) {
	if p.live && !quiet {
		_, _ = io.WriteString(p.stderr, "routeproof: "+text+"\n")
	}
}
