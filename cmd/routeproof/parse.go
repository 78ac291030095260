package main

import (
	"fmt"
	"io"
	"os"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/reports"
)

const parseUsage = `Usage: routeproof parse --platform P --command C FILE

Prints as JSON what is understood of one output of a router, and each line that is
not. FILE is the output as the router printed it; - is standard input. Attributes
that the router did not print are null.

The exit code is 3 when a line was not understood or the output was cut off.

Flags:

    --platform P       %s
    --command C        the command as it was typed: "show ip bgp"

Example:

    routeproof parse --platform frr --command "show ip bgp" show_ip_bgp.txt
`

func (p program) parse(args []string) error {
	flags := newFlags("parse")
	platform := flags.String("platform", "", "")
	command := flags.String("command", "", "")
	usage := fmt.Sprintf(parseUsage, oneOf(router.Platforms()))
	args, err := parseFlags(flags, usage, args, "FILE")
	if err != nil {
		return err
	}
	if *platform == "" {
		return usageError("parse: missing --platform: want %s", oneOf(router.Platforms()))
	}
	if *command == "" {
		return usageError("parse: missing --command: want the command as it was typed, like \"show ip bgp\"")
	}
	in, err := p.input(args[0])
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := router.Parse(*platform, *command, in)
	if err != nil {
		return usageError("parse: %w", err)
	}
	if err := reports.WriteJSON(p.stdout, out); err != nil {
		return err
	}
	if n := len(out.Unread); n > 0 {
		were := "lines were"
		if n == 1 {
			were = "line was"
		}
		return verdictError{exitOpen, fmt.Sprintf("parse: %d %s not understood: see unread", n, were)}
	}
	if !out.Complete {
		return verdictError{exitOpen, printable(fmt.Sprintf("parse: not whole (%s): %s", out.Status, out.Detail))}
	}
	return nil
}

// input opens a file; - is stdin.
func (p program) input(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.stdin), nil
	}
	return os.Open(name)
}
