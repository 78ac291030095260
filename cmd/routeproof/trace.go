package main

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/reports"
)

const traceUsage = `Usage: routeproof trace [flags] EVIDENCE SRC DST

Follows one packet from SRC to DST, and its answer back, through the tables in
the evidence: at each hop the entry that matched, the link that was taken and
what protects it there, why that entry won, what lost, and the file and line of
the evidence that says so. One of SRC and DST is on premises, the other in Azure.

Nothing is judged: the exit code is 0 when both paths are known, and 3 when the
evidence does not say where a packet goes.

Flags:

    --config FILE      a configuration whose sites replace those of the evidence
    --no-color         no colour; NO_COLOR does the same, and so does a pipe

Example:

    routeproof trace routeproof-out/evidence 10.10.5.7 172.16.1.4
`

func (p program) trace(args []string) error {
	flags := newFlags("trace")
	file := flags.String("config", "", "")
	noColor := flags.Bool("no-color", false, "")
	args, err := parseFlags(flags, traceUsage, args, "EVIDENCE", "SRC", "DST")
	if err != nil {
		return err
	}
	src, err := address("SRC", args[1])
	if err != nil {
		return err
	}
	dst, err := address("DST", args[2])
	if err != nil {
		return err
	}
	cfg, err := loadConfig(*file)
	if err != nil {
		return err
	}
	d, closer, err := openEvidence(args[0])
	if err != nil {
		return err
	}
	defer closer.Close()
	g := graph.Build(audit.Read(d, readers(), scopeOf(cfg)))
	out, back, err := g.Trace(src, dst)
	if err != nil {
		return usageError("trace: %w", err)
	}
	options := reports.TextOptions{Color: p.color && !*noColor, Width: p.width, Verbose: true}
	if err := reports.Paths(p.stdout, packet(out, back), options); err != nil {
		return err
	}
	for _, path := range append(out.Branches(), back.Branches()...) {
		if path.Outcome == finding.Unknown {
			return verdictError{code: exitOpen, text: "trace: " + path.Detail}
		}
	}
	return nil
}

// packet is a finding that has only paths. Forward is on-premises to Azure,
// whichever way the packet was sent.
func packet(out, back finding.Path) finding.Finding {
	if len(out.Hops) > 0 && !strings.HasPrefix(out.Hops[0].Node, "router/") {
		out, back = back, out
	}
	return finding.Finding{Forward: &out, Return: &back}
}

func address(name, text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return a, usageError("trace: %s %q is not an address: want one like 10.10.5.7", name, text)
	}
	return a.Unmap(), nil
}
