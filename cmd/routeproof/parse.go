package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/routeproof/routeproof/collectors/router/parse"
)

const parseUsage = `Usage: routeproof parse --platform P --command C FILE

Prints as JSON what is understood of one output of a router, and each line that is
not. FILE is the output as the router printed it; - is standard input. Attributes
that the router did not print are null.

The exit code is 3 when a line was not understood.

Flags:

    --platform P       %s
    --command C        the command as it was typed: "show ip bgp"

Example:

    routeproof parse --platform frr --command "show ip bgp" show_ip_bgp.txt
`

// maxInput bounds what parse reads, in bytes.
const maxInput = 1 << 30

func (p program) parse(args []string) error {
	flags := newFlags("parse")
	platform := flags.String("platform", "", "")
	command := flags.String("command", "", "")
	usage := fmt.Sprintf(parseUsage, oneOf(parse.Platforms()))
	args, err := parseFlags(flags, usage, args, "FILE")
	if err != nil {
		return err
	}
	if *platform == "" {
		return usageError("parse: missing --platform: want %s", oneOf(parse.Platforms()))
	}
	if *command == "" {
		return usageError("parse: missing --command: want the command as it was typed, like \"show ip bgp\"")
	}
	text, err := p.input(args[0])
	if err != nil {
		return err
	}
	out, err := parse.Parse(*platform, *command, text)
	if err != nil {
		return usageError("parse: %w", err)
	}
	enc := json.NewEncoder(p.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	if n := len(out.Unread); n > 0 {
		were := "lines were"
		if n == 1 {
			were = "line was"
		}
		return verdictError{exitOpen, fmt.Sprintf("parse: %d %s not understood: see unread", n, were)}
	}
	return nil
}

// input reads a file; - is stdin.
func (p program) input(name string) ([]byte, error) {
	r := p.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	text, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxInput {
		return nil, fmt.Errorf("%s: larger than %d bytes", name, maxInput)
	}
	return text, nil
}
