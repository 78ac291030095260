// Command routeproof proves from the routes that routers and Azure report that
// what crosses ExpressRoute is encrypted, stays encrypted when something fails,
// and passes the same firewall in both directions.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // schedules name time zones, and a small image has no database of them
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the first signal asks for a clean end, the second one forces it
	err := newProgram().run(ctx, os.Args[1:])
	stop()
	if text := message(err); text != "" {
		fmt.Fprintln(os.Stderr, "routeproof:", text)
	}
	os.Exit(exitCode(err))
}

const usage = `routeproof proves, for every pair of on-premises and Azure prefixes and in both
directions, whether the packets that cross ExpressRoute are encrypted, whether
they stay encrypted when something fails, whether the tunnel's own underlay stays
on ExpressRoute, and whether both directions pass the same firewall. It judges
what the routers and Azure report, never what they were meant to do.

Usage:

    routeproof demo                          the whole thing against a built-in lab; needs nothing
    routeproof collect --config FILE OUT     fetch evidence from the network
    routeproof collect --config FILE --check
                                             what could be fetched, and what not
    routeproof azure-role --subscription ID  the custom role that fetching needs
    routeproof router-role PLATFORM          the account that fetching from a router needs
    routeproof audit [--config FILE] [EVIDENCE]
                                             judge evidence, or collect and judge
    routeproof ci [--config FILE] [EVIDENCE] audit in a pipeline: annotations, summary, all reports
    routeproof diff BEFORE AFTER             what changed between two audits: findings, paths, routes
    routeproof trace EVIDENCE SRC DST        one packet, both ways, hop by hop
    routeproof parse --platform P --command C FILE
                                             what is understood of a router's output, as JSON
    routeproof policies [list | show ID | test | new | replay | schema]
                                             what is demanded, and policies of your own
    routeproof waive REPORT [RULE]           the lines of a waivers file for its failures
    routeproof serve --config FILE           audit on a schedule
    routeproof trend OUTPUT                  how the runs went: verdicts and coverage
    routeproof evidence redact EVIDENCE OUT  a copy that can be shown to others
    routeproof verify EVIDENCE|OUTPUT        checksums, signature, the chain of runs, and every
                                             verdict derived again from the stored bytes
    routeproof version

"routeproof help COMMAND" says more about each.

Exit codes, of every command:

    0   compliant, or the command did what it was asked
    1   violations at or above --fail-on
    2   the command itself failed: usage, configuration, input or output
    3   no violation, but something in scope could not be judged
`

// run carries out one command line.
func (p program) run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		if _, err := io.WriteString(p.stderr, usage+"\n"); err != nil {
			return err
		}
		return usageError("no command: want %s", commandNames)
	}
	verb, args := args[0], args[1:]
	if verb == "help" || verb == "-h" || verb == "-help" || verb == "--help" {
		if len(args) == 0 || args[0] == "help" {
			return p.print(usage)
		}
		verb, args = args[0], []string{"--help"}
	}
	err := p.dispatch(ctx, verb, args)
	if help, ok := errors.AsType[helpError](err); ok {
		return p.print(help.text)
	}
	return err
}

const commandNames = "demo, collect, azure-role, router-role, audit, ci, diff, trace, parse, policies, waive, serve, trend, verify, evidence, version or help"

func (p program) dispatch(ctx context.Context, verb string, args []string) error {
	switch verb {
	case "demo":
		return p.demo(ctx, args)
	case "collect":
		return p.collect(ctx, args)
	case "azure-role":
		return p.azureRole(args)
	case "router-role":
		return p.routerRole(args)
	case "audit":
		return p.audit(ctx, args)
	case "ci":
		return p.ci(ctx, args)
	case "diff":
		return p.diff(ctx, args)
	case "trace":
		return p.trace(args)
	case "parse":
		return p.parse(args)
	case "policies":
		return p.policies(ctx, args)
	case "serve":
		return p.serve(ctx, args)
	case "verify":
		return p.verify(ctx, args)
	case "waive":
		return p.waive(args)
	case "trend":
		return p.trend(args)
	case "evidence":
		return p.evidence(ctx, args)
	case judgeVerb:
		return p.judgePolicy(ctx)
	case "version", "-version", "--version":
		return p.version(args)
	}
	return usageError("unknown command %q: want %s", verb, commandNames)
}
