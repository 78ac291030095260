package graph

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// trials are the failures that are tried: every part alone, and, of any two, those
// of which the second one takes away something that packets rest on without the
// first.
type trials struct {
	parts []string // by name
	alone []outage // the last one is of flapping, when there are any
	// flapping are the tunnels that come up and go down by turns, see [Graph.Flapping].
	flapping []string
	by       map[string][]int // which of them take an identity away
	two      map[failed]outage
}

// failed is one or two parts, by their places: the first one is the lower, and the
// second is -1 for none.
type failed [2]int

func one(i int) failed { return failed{i, -1} }

func both(i, j int) failed { return failed{min(i, j), max(i, j)} }

func (g *Graph) trials() *trials {
	t := &trials{parts: g.parts(), two: make(map[failed]outage)}
	for _, id := range t.parts {
		t.alone = append(t.alone, g.fail(id))
	}
	if t.flapping = g.Flapping(); len(t.flapping) > 0 {
		t.alone = append(t.alone, g.fail(t.flapping...))
	}
	t.by = indexOutages(t.alone)
	return t
}

// outage is what is down.
func (t *trials) outage(g *Graph, f failed) outage {
	if f[1] < 0 {
		return t.alone[f[0]]
	}
	o, ok := t.two[f]
	if !ok {
		o = g.fail(t.names(f)...)
		t.two[f] = o
	}
	return o
}

// flaps is the failure of the flapping tunnels: it happens by turns, where all others
// may happen.
func (t *trials) flaps(i int) bool { return i == len(t.parts) }

func (t *trials) names(f failed) []string {
	switch {
	case t.flaps(f[0]):
		return t.flapping
	case f[1] < 0:
		return []string{t.parts[f[0]]}
	}
	return []string{t.parts[f[0]], t.parts[f[1]]}
}

// outcomes are one destination's paths: in steady state and under the failures
// that change it. A failure of two parts is listed when it does something else
// than one of them.
type outcomes struct {
	steady finding.Path
	failed map[failed]finding.Path
	key    string
}

// under is the path under a failure.
func (o outcomes) under(f failed) finding.Path {
	for _, f := range []failed{f, one(f[0]), one(f[1])} { // nothing is kept of one(-1)
		if p, ok := o.failed[f]; ok {
			return p
		}
	}
	return o.steady
}

// outcomes walks in steady state, again under the failures of single parts that
// take away something that the steady path rests on, and then under those of two
// parts of which the second takes away something that the path rests on under the
// first. No other one changes anything.
func (g *Graph) outcomes(t *trials, walk func(outage, deps) finding.Path) outcomes {
	rests := make(deps)
	o := outcomes{steady: walk(outage{}, rests), failed: make(map[failed]finding.Path)}
	var key strings.Builder
	key.WriteString(signature(o.steady))
	g.close(rests, outage{})
	next := make(map[failed]bool)
	for _, i := range rests.affected(t.by) {
		rests := make(deps)
		if o.try(&key, one(i), walk(t.alone[i], rests)) && !t.flaps(i) {
			g.close(rests, t.alone[i])
			for _, j := range rests.affected(t.by) {
				if i != j && !t.flaps(j) {
					next[both(i, j)] = true
				}
			}
		}
	}
	for _, f := range slices.SortedFunc(maps.Keys(next), compareFailed) {
		o.try(&key, f, walk(t.outage(g, f), nil))
	}
	o.key = key.String()
	return o
}

// try keeps the path under a failure if it is another one than is known already.
func (o *outcomes) try(key *strings.Builder, f failed, p finding.Path) bool {
	s := signature(p)
	if s == signature(o.under(f)) {
		return false
	}
	o.failed[f] = p
	fmt.Fprintf(key, "#%d %s", f, s)
	return true
}

func compareFailed(a, b failed) int {
	return cmp.Or(cmp.Compare(min(a[1], 0), min(b[1], 0)), cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}

// fail fills in what becomes of the class: under each part that changes one of its
// paths, and under two of them where that is worse than under either alone.
func (c *Class) fail(forward, back outcomes, t *trials) {
	seen := make(map[failed]bool)
	for _, paths := range []map[failed]finding.Path{forward.failed, back.failed} {
		for f := range paths {
			seen[f] = true
		}
	}
	verdicts := make(map[failed]Failure)
	for _, f := range slices.SortedFunc(maps.Keys(seen), compareFailed) {
		v := Failure{Down: t.names(f), ForwardPath: forward.under(f), ReturnPath: back.under(f)}
		v.Forward, v.Return = c.verdict(forward.steady, v.ForwardPath), c.verdict(back.steady, v.ReturnPath)
		if t.flaps(f[0]) {
			c.Flapping = v
			continue
		}
		verdicts[f] = v
		if f[1] < 0 || v.worse(verdicts[one(f[0])], verdicts[one(f[1])]) {
			c.Failures = append(c.Failures, v)
		}
	}
}

// worse reports whether a direction fares worse than in both of the others.
func (f Failure) worse(a, b Failure) bool {
	return harm(f.Forward) > max(harm(a.Forward), harm(b.Forward)) || harm(f.Return) > max(harm(a.Return), harm(b.Return))
}

// harm orders what a failure does.
func harm(verdict string) int {
	return slices.Index([]string{FailsClosed, Undecided, FailsOpen}, verdict)
}
