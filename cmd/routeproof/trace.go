package main

import (
	"net/netip"
	"slices"
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

With --down it is the way they would go if that part failed, and what falls with
it: a tunnel, a BGP session, a gateway or one of its instances, a router, a link
of a private peering, a circuit. Nothing is judged: the exit code is 0 when both
paths are known, and 3 when the evidence does not say where a packet goes.

Flags:

    --down PART        take this part away first; may be given several times
    --format F         what is printed: text (the default), json, or svg, a
                       picture with both directions side by side
    --config FILE      a configuration whose sites replace those of the evidence
    --no-color         no colour; NO_COLOR does the same, and so does a pipe

Example:

    routeproof trace routeproof-out/evidence 10.10.5.7 172.16.1.4
    routeproof trace --down tunnel/R1/vpngw-0 routeproof-out/evidence 10.10.5.7 172.16.1.4
`

func (p program) trace(args []string) error {
	flags := newFlags("trace")
	file := flags.String("config", "", "")
	noColor := flags.Bool("no-color", false, "")
	format := choiceFlag{"text", []string{"text", "json", "svg"}}
	flags.Var(&format, "format", "")
	var down listFlag
	flags.Var(&down, "down", "")
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
	tr, err := traced(graph.Build(audit.Read(d, readers(), scopeOf(cfg))), src, dst, down)
	if err != nil {
		return err
	}
	switch format.value {
	case "json":
		err = reports.TraceJSON(p.stdout, tr)
	case "svg":
		err = reports.TraceSVG(p.stdout, tr)
	default:
		err = reports.TraceText(p.stdout, tr, reports.TextOptions{Color: p.color && !*noColor, Width: p.width, Verbose: true})
	}
	if err != nil {
		return err
	}
	for _, path := range append(tr.Forward.Branches(), tr.Return.Branches()...) {
		if path.Outcome == finding.Unknown {
			return verdictError{code: exitOpen, text: "trace: " + path.Detail}
		}
	}
	return nil
}

// traced follows a packet and its answer, with down taken away.
func traced(g *graph.Graph, src, dst netip.Addr, down []string) (reports.Trace, error) {
	fell, err := g.Fall(down...)
	if err != nil {
		return reports.Trace{}, usageError("trace: --down: %w", err)
	}
	out, back, err := g.Trace(src, dst, down...)
	if err != nil {
		return reports.Trace{}, usageError("trace: %w", err)
	}
	tr := reports.Trace{Src: src.String(), Dst: dst.String(), Down: down, Fell: fell}
	tr.Forward, tr.Return = sides(out, back)
	if len(down) == 0 && restsOn(g.Flapping(), out, back) {
		tr.Flapping = g.Flapping()
	}
	return tr, nil
}

// restsOn reports whether packets enter any of the tunnels.
func restsOn(tunnels []string, paths ...finding.Path) bool {
	return slices.ContainsFunc(paths, func(p finding.Path) bool {
		return slices.ContainsFunc(p.Branches(), func(b finding.Path) bool {
			return slices.ContainsFunc(b.Hops, func(h finding.Hop) bool { return slices.Contains(tunnels, h.Link) })
		})
	})
}

// sides puts the direction from on-premises to Azure first, whichever way the
// packet was sent.
func sides(out, back finding.Path) (forward, ret finding.Path) {
	if len(out.Hops) > 0 && !strings.HasPrefix(out.Hops[0].Node, "router/") {
		return back, out
	}
	return out, back
}

func address(name, text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return a, usageError("trace: %s %q is not an address: want one like 10.10.5.7", name, text)
	}
	return a.Unmap(), nil
}
