package policy_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/policies"
)

// many is n classes with paths of their own, one in a hundred in clear, each
// with a dozen failures.
func many(n int) graph.Model {
	m := network()
	sample := m.Classes
	m.Classes = nil
	for i := range n {
		c := sample[1]
		if i%100 == 0 {
			c = sample[0]
		}
		c.ID = fmt.Sprintf("pair/dc%d/spoke/workload%d", i%50, i)
		c.OnPrem.Prefixes = []string{fmt.Sprintf("10.%d.%d.0/24", i>>8&255, i&255)}
		c.Forward.Hops, c.Return.Hops = own(c.Forward, i), own(c.Return, i)
		c.Failures = nil
		for j := range 12 {
			f := graph.Failure{Down: []string{fmt.Sprintf("tunnel/R%d/vpngw-0", j)}, Forward: graph.StillEncrypted, Return: graph.FailsClosed}
			if i%100 == 1 && j == 5 {
				f = sample[0].Failures[0]
			}
			c.Failures = append(c.Failures, f)
		}
		m.Classes = append(m.Classes, c)
	}
	return m
}

// own are the hops of a path with evidence of its own.
func own(p finding.Path, i int) []finding.Hop {
	hops := slices.Clone(p.Hops)
	for j := range hops {
		hops[j].Evidence = []finding.Ref{{Item: fmt.Sprintf("routers/R%d/show_ip_bgp.txt", i%50), Line: i + j}}
	}
	return hops
}

// sizes are numbers of classes. ROUTEPROOF_BENCH_CLASSES names others.
func sizes() []int {
	var out []int
	for text := range strings.FieldsSeq(os.Getenv("ROUTEPROOF_BENCH_CLASSES")) {
		if n, err := strconv.Atoi(text); err == nil {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		out = []int{1_000, 10_000, 100_000}
	}
	return out
}

func BenchmarkEvaluate(b *testing.B) {
	e := load(b, policies.FS)
	for _, n := range sizes() {
		m := many(n)
		b.Run(fmt.Sprintf("classes=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				found, err := e.Evaluate(b.Context(), m, at())
				if err != nil || len(found) < n {
					b.Fatalf("%d findings, error %v", len(found), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/class")
		})
	}
}

func BenchmarkInput(b *testing.B) {
	m := many(10_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Input(m); err != nil {
			b.Fatal(err)
		}
	}
}
