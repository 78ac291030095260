package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// A Reader adds what one kind of source says in d to s. It never fails: what it
// cannot read it leaves in s.Unread and in the status of the table concerned.
type Reader func(d *evidence.Dir, s *snapshot.Snapshot)

// An Evaluator judges a model. at is the time of the evidence, the only clock
// that a policy can see.
type Evaluator interface {
	Evaluate(ctx context.Context, m graph.Model, at time.Time) ([]finding.Finding, error)
	Policies() []finding.Policy
	Digest() string
}

// Result is an audit's report with the graph and the facts behind it.
type Result struct {
	Report   finding.Report
	Graph    *graph.Graph
	Snapshot snapshot.Snapshot
}

// Run reads the evidence, builds the graph and judges it. scope overrides what
// the manifest declares when it is not nil. tool names the program and version.
func Run(ctx context.Context, d *evidence.Dir, readers []Reader, scope *snapshot.Scope, e Evaluator, tool string) (Result, error) {
	s := Read(d, readers, scope)
	g := graph.Build(s)
	m := g.Model()
	fs, err := e.Evaluate(ctx, m, s.At)
	if err != nil {
		return Result{}, fmt.Errorf("evaluate policies: %w", err)
	}
	finding.Sort(fs)
	r := finding.Report{
		Version: 1, Tool: tool, TakenAt: s.At, Attested: s.Attested,
		PolicyDigest: e.Digest(), Scope: declared(s.Scope), Findings: fs, Policies: e.Policies(),
		Families: families(fs, e.Policies()), Coverage: coverage(m), Notes: m.Notes,
		Evidence: items(s, d), Unread: unread(s), Pairs: pairs(m),
	}
	r.Verdict = verdict(fs)
	judgeExemptions(&r, s.Scope.Exempt)
	r.Excerpts = excerpts(d, fs)
	return Result{Report: r, Graph: g, Snapshot: s}, nil
}

// Read turns evidence into a snapshot. A reader that panics on an item does not end
// the audit: all is read again with that item in the state error, as one that the
// source did not answer.
func Read(d *evidence.Dir, readers []Reader, scope *snapshot.Scope) snapshot.Snapshot {
	var s snapshot.Snapshot
	for {
		fault := evidence.Guard(func() { s = readOnce(d, readers, scope) })
		if fault == nil {
			return s
		}
		rest, ok := d.Without(*fault)
		if !ok {
			panic(fault.Cause) // with nothing left to leave out
		}
		d = rest
	}
}

func readOnce(d *evidence.Dir, readers []Reader, scope *snapshot.Scope) snapshot.Snapshot {
	s := snapshot.Snapshot{At: d.Manifest.Finished, Attested: d.Attested, Scope: d.Manifest.Scope}
	if scope != nil {
		s.Scope = *scope
	}
	for _, it := range d.Manifest.Items {
		si := snapshot.Item{Path: it.Path, Source: it.Source, What: it.What, Status: it.Status, Detail: it.Detail, At: it.At}
		if it.Status == snapshot.Empty && isList(it.Path) {
			si.Status = snapshot.OK
		}
		s.Items = append(s.Items, si)
	}
	for _, read := range readers {
		read(d, &s)
	}
	return s
}

// pairs are the paths of all classes and of the tunnels' own packets.
func pairs(m graph.Model) []finding.Pair {
	out := make([]finding.Pair, 0, len(m.Classes)+len(m.Tunnels))
	for _, c := range m.Classes {
		out = append(out, finding.Pair{OnPrem: c.OnPrem, Azure: c.Azure, Forward: c.Forward, Return: c.Return})
	}
	for _, t := range m.Tunnels {
		out = append(out, finding.Pair{Tunnel: t.ID, Forward: t.Underlay.Forward, Return: t.Underlay.Return})
	}
	return out
}

// verdict is the worst outcome of all findings. An audit in which nothing
// applied proved nothing, and is open.
func verdict(fs []finding.Finding) finding.Outcome {
	v := finding.Open
	for _, f := range fs {
		switch {
		case f.Counts():
			return finding.Fail
		case f.Outcome == finding.Pass && v == finding.Open:
			v = finding.Pass
		}
	}
	if slices.ContainsFunc(fs, func(f finding.Finding) bool { return f.Outcome == finding.Open }) {
		return finding.Open
	}
	return v
}

// families sums the findings up by family, in the order a reviewer asks.
func families(fs []finding.Finding, ps []finding.Policy) []finding.Family {
	out := []finding.Family{
		{Name: "encryption", Title: "Encryption coverage"},
		{Name: "gateway_subnet", Title: "GatewaySubnet over ExpressRoute"},
		{Name: "symmetry", Title: "Firewall symmetry"},
		{Name: "limits", Title: "Azure's limits"},
		{Name: "assurance", Title: "False assurance"},
		{Name: "bgp", Title: "BGP hygiene"},
		{Name: "evidence", Title: "Evidence"},
	}
	byPolicy := make(map[string]int, len(ps))
	for _, p := range ps {
		i := slices.IndexFunc(out, func(f finding.Family) bool { return f.Name == p.Family })
		if i < 0 {
			title := p.Family
			if title != "" {
				title = strings.ToUpper(title[:1]) + title[1:] // a Rego name: ASCII
			}
			out = append(out, finding.Family{Name: p.Family, Title: title})
			i = len(out) - 1
		}
		byPolicy[p.ID] = i
	}
	for _, f := range fs {
		i, ok := byPolicy[f.Policy]
		if !ok {
			continue
		}
		switch f.Outcome {
		case finding.Pass:
			out[i].Pass++
		case finding.Fail:
			if f.Counts() {
				out[i].Fail++
			}
		case finding.Open:
			out[i].Open++
		case finding.NotApplicable:
		}
	}
	for i := range out {
		out[i].Outcome = familyOutcome(out[i])
	}
	return out
}

func familyOutcome(f finding.Family) finding.Outcome {
	switch {
	case f.Fail > 0:
		return finding.Fail
	case f.Open > 0:
		return finding.Open
	case f.Pass > 0:
		return finding.Pass
	}
	return finding.NotApplicable
}

// coverage counts address pairs by how they travel when nothing has failed. A
// pair is encrypted when both directions are, and in clear when either is, be it
// only by turns.
func coverage(m graph.Model) finding.Coverage {
	var c finding.Coverage
	for _, cl := range m.Classes {
		c.Pairs += cl.Pairs
		f, r := cl.State(cl.Forward), cl.State(cl.Return)
		switch {
		case cl.Required.Exempt != "":
			c.Exempt += cl.Pairs
		case f == graph.InClear || r == graph.InClear:
			c.Clear += cl.Pairs
		case cl.ClearByTurns():
			c.Clear += cl.Pairs
			c.Flapping += cl.Pairs
		case f == graph.NotKnown || r == graph.NotKnown:
			c.Open += cl.Pairs
			if cl.Pairs == 0 {
				c.Unsized++
			}
		case f == graph.NotDelivered || r == graph.NotDelivered:
			c.Dropped += cl.Pairs
		default:
			c.Encrypted += cl.Pairs
		}
	}
	return c
}

// isList reports whether an item is the list of all resources of a type. An
// empty one is a plain answer, where an empty table of routes is not.
func isList(path string) bool {
	return strings.HasPrefix(path, "azure/") && strings.Count(path, "/") == 2
}

func items(s snapshot.Snapshot, d *evidence.Dir) []finding.Item {
	out := make([]finding.Item, 0, len(s.Items))
	for i, it := range s.Items {
		out = append(out, finding.Item{
			Path: it.Path, Source: it.Source, What: it.What, Status: string(it.Status), Detail: it.Detail, At: it.At,
			SHA256: d.Manifest.Items[i].SHA256,
		})
	}
	return out
}

func unread(s snapshot.Snapshot) []finding.Unread {
	out := make([]finding.Unread, 0, len(s.Unread))
	for _, u := range s.Unread {
		out = append(out, finding.Unread{Item: u.Item, Line: u.Line, Text: u.Text})
	}
	slices.SortFunc(out, func(a, b finding.Unread) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	return out
}
