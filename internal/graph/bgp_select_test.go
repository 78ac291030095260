package graph_test

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// offered is a path named by its next hop, equal to the others but for change.
func offered(hop string, change func(*snapshot.Path)) snapshot.Path {
	p := path("172.16.0.0/16", hop, 0, "65001 64999")
	if change != nil {
		change(&p)
	}
	return p
}

const (
	hopA = "192.0.2.1"
	hopB = "192.0.2.2"
	hopC = "192.0.2.3"
)

func TestEachStepOfSelectionDecides(t *testing.T) {
	num := func(n uint32) *uint32 { return &n }
	med := func(as string, n *uint32) func(*snapshot.Path) {
		return func(p *snapshot.Path) { p.ASPath, p.Metric = as+" 64999", n }
	}
	for _, tt := range []struct {
		name string
		cfg  snapshot.BGPConfig
		a, b func(*snapshot.Path)
		want []string
	}{
		{name: "equal paths are a tie", want: []string{hopA, hopB}},
		{
			name: "weight comes before local preference",
			a:    func(p *snapshot.Path) { p.Weight = num(1) }, b: func(p *snapshot.Path) { p.LocalPref = num(900) }, want: []string{hopA},
		},
		{
			name: "local preference comes before the AS path",
			a:    func(p *snapshot.Path) { p.LocalPref, p.ASPath = num(101), "1 2 3 4" }, want: []string{hopA},
		},
		{name: "no local preference is 100", a: func(p *snapshot.Path) { p.LocalPref = num(99) }, want: []string{hopB}},
		{
			name: "no local preference is the configured default", cfg: snapshot.BGPConfig{DefaultLocalPref: num(50)},
			a: func(p *snapshot.Path) { p.LocalPref = num(99) }, want: []string{hopA},
		},
		{name: "a local path comes before the AS path", a: func(p *snapshot.Path) { p.NextHop = "0.0.0.0" }, b: func(p *snapshot.Path) { p.ASPath = "65001" }, want: []string{"0.0.0.0"}},
		{
			name: "so does one that the router redistributes, with the next hop of where it came from",
			a:    func(p *snapshot.Path) { p.ASPath = "" }, b: func(p *snapshot.Path) { p.ASPath = "65001" }, want: []string{hopA},
		},
		{
			name: "the AS path comes before the origin",
			a:    func(p *snapshot.Path) { p.ASPath, p.Origin = "65001", "?" }, want: []string{hopA},
		},
		{
			name: "an AS path that is not compared", cfg: snapshot.BGPConfig{IgnoreASPath: true},
			a: func(p *snapshot.Path) { p.ASPath = "65001" }, want: []string{hopA, hopB},
		},
		{name: "IGP comes before EGP", b: func(p *snapshot.Path) { p.Origin = "e" }, want: []string{hopA}},
		{
			name: "EGP comes before incomplete, and the origin before MED",
			a:    func(p *snapshot.Path) { p.Origin, p.Metric = "?", num(0) },
			b:    func(p *snapshot.Path) { p.Origin, p.Metric = "e", num(9) }, want: []string{hopB},
		},
		{name: "the lower MED of one neighbouring AS", a: med("65001", num(10)), b: med("65001", num(5)), want: []string{hopB}},
		{name: "MED of two neighbouring ASes is not compared", a: med("65001", num(10)), b: med("65002", num(5)), want: []string{hopA, hopB}},
		{
			name: "MED that is always compared", cfg: snapshot.BGPConfig{AlwaysCompareMED: true},
			a: med("65001", num(10)), b: med("65002", num(5)), want: []string{hopB},
		},
		{name: "no MED is the best", a: med("65001", nil), b: med("65001", num(5)), want: []string{hopA}},
		{
			name: "no MED is the worst when set so", cfg: snapshot.BGPConfig{MEDMissingWorst: true},
			a: med("65001", nil), b: med("65001", num(5)), want: []string{hopB},
		},
		{
			name: "MED comes before eBGP over iBGP",
			a:    func(p *snapshot.Path) { p.Internal, p.Metric = true, num(5) }, b: med("65001", num(10)), want: []string{hopA},
		},
		{name: "eBGP comes before iBGP", a: func(p *snapshot.Path) { p.Internal = true }, want: []string{hopB}},
		{name: "a path that is not valid takes no part", a: func(p *snapshot.Path) { p.Weight, p.Valid = num(9), false }, want: []string{hopB}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := offered(hopA, tt.a), offered(hopB, tt.b)
			if diff := gocmp.Diff(tt.want, hops(graph.Select([]snapshot.Path{a, b}, tt.cfg))); diff != "" {
				t.Errorf("selected (-want +got):\n%s", diff)
			}
			back := hops(graph.Select([]snapshot.Path{b, a}, tt.cfg))
			slices.Sort(back)
			if diff := gocmp.Diff(tt.want, back); diff != "" {
				t.Errorf("selected the other way round (-want +got):\n%s", diff)
			}
		})
	}
}

// Of one neighbouring AS c beats a by MED, and b of another AS ties with both:
// compared as b, c, a the path a may win against b, which won against c.
func TestMEDDoesNotDependOnTheOrderOfRows(t *testing.T) {
	med := func(hop, as string, n uint32) snapshot.Path {
		return offered(hop, func(p *snapshot.Path) { p.ASPath, p.Metric = as, &n })
	}
	paths := []snapshot.Path{med(hopA, "65001", 10), med(hopB, "65002", 0), med(hopC, "65001", 5)}
	for _, tt := range []struct {
		name string
		cfg  snapshot.BGPConfig
		want []string
	}{
		{"compared in an order that is not shown", snapshot.BGPConfig{}, []string{hopA, hopB, hopC}},
		{"compared by neighbouring AS", snapshot.BGPConfig{DeterministicMED: true}, []string{hopB, hopC}},
		{"always compared", snapshot.BGPConfig{AlwaysCompareMED: true, DeterministicMED: true}, []string{hopB}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, order := range permutations(paths) {
				got := hops(graph.Select(order, tt.cfg))
				slices.Sort(got)
				if diff := gocmp.Diff(tt.want, got); diff != "" {
					t.Errorf("rows %v (-want +got):\n%s", hops(order), diff)
				}
			}
		})
	}
}

// A router is imitated that compares its paths one after the other, in every
// order and with every outcome of the steps that are not shown: what it may end
// with is what selection returns.
func TestSelectionIsWhatARouterMayEndWith(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := snapshot.BGPConfig{
			AlwaysCompareMED: rapid.Bool().Draw(t, "always"), DeterministicMED: rapid.Bool().Draw(t, "deterministic"),
			MEDMissingWorst: rapid.Bool().Draw(t, "worst"), IgnoreASPath: rapid.Bool().Draw(t, "ignore"),
		}
		some := func(label string, of ...uint32) *uint32 {
			if i := rapid.IntRange(-1, len(of)-1).Draw(t, label); i >= 0 {
				return &of[i]
			}
			return nil
		}
		cfg.DefaultLocalPref = some("default", 50)
		var paths []snapshot.Path
		for i := range rapid.IntRange(1, 4).Draw(t, "paths") {
			p := offered([]string{hopA, hopB, hopC, "192.0.2.4"}[i], nil)
			p.ASPath = rapid.SampledFrom([]string{"1 9", "2 9", "1 9", "2 8", "1 9 9"}).Draw(t, "AS path")
			p.Origin = rapid.SampledFrom([]string{"i", "i", "i", "e", "?"}).Draw(t, "origin")
			p.Metric, p.LocalPref = some("MED", 0, 5, 10), some("preference", 100, 100, 50)
			p.Internal = rapid.Bool().Draw(t, "internal")
			paths = append(paths, p)
		}
		got := hops(graph.Select(paths, cfg))
		slices.Sort(got)
		if diff := gocmp.Diff(ends(paths, cfg), got); diff != "" {
			t.Fatalf("selected (-want +got):\n%s", diff)
		}
	})
}

// ends are the next hops that a router may end with, sorted.
func ends(paths []snapshot.Path, cfg snapshot.BGPConfig) []string {
	first := func(p snapshot.Path) string { return strings.Fields(p.ASPath)[0] }
	finals := [][]snapshot.Path{paths}
	if cfg.DeterministicMED {
		// One winner of each neighbouring AS, in every combination.
		finals = [][]snapshot.Path{nil}
		byAS := make(map[string][]snapshot.Path)
		for _, p := range paths {
			byAS[first(p)] = append(byAS[first(p)], p)
		}
		for _, of := range byAS {
			var next [][]snapshot.Path
			for _, f := range finals {
				for _, w := range lasts(of, cfg) {
					next = append(next, append(slices.Clone(f), w))
				}
			}
			finals = next
		}
	}
	var out []string
	for _, f := range finals {
		out = append(out, hops(lasts(f, cfg))...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lasts are the paths that may be left when paths are compared one by one.
func lasts(paths []snapshot.Path, cfg snapshot.BGPConfig) []snapshot.Path {
	var out []snapshot.Path
	for _, order := range permutations(paths) {
		holds := order[:1]
		for _, p := range order[1:] {
			var next []snapshot.Path
			for _, h := range holds {
				c := preferred(h, p, cfg)
				if c <= 0 {
					next = append(next, h)
				}
				if c >= 0 {
					next = append(next, p)
				}
			}
			holds = next
		}
		for _, h := range holds {
			if !slices.Contains(hops(out), h.NextHop) {
				out = append(out, h)
			}
		}
	}
	return out
}

// preferred is negative when a router prefers a, positive when it prefers b, by
// Cisco's document 13753.
func preferred(a, b snapshot.Path, cfg snapshot.BGPConfig) int {
	or := func(v *uint32, absent uint32) uint32 {
		if v != nil {
			return *v
		}
		return absent
	}
	pref := or(cfg.DefaultLocalPref, 100)
	if c := cmp.Compare(or(b.LocalPref, pref), or(a.LocalPref, pref)); c != 0 {
		return c
	}
	as, bs := strings.Fields(a.ASPath), strings.Fields(b.ASPath)
	if len(as) != len(bs) && !cfg.IgnoreASPath {
		return len(as) - len(bs)
	}
	rank := map[string]int{"i": 1, "e": 2, "?": 3}
	if c := rank[a.Origin] - rank[b.Origin]; c != 0 {
		return c
	}
	if cfg.AlwaysCompareMED || as[0] == bs[0] {
		absent := uint32(0)
		if cfg.MEDMissingWorst {
			absent = math.MaxUint32
		}
		if c := cmp.Compare(or(a.Metric, absent), or(b.Metric, absent)); c != 0 {
			return c
		}
	}
	switch {
	case !a.Internal && b.Internal:
		return -1
	case a.Internal && !b.Internal:
		return 1
	}
	return 0
}

func permutations(paths []snapshot.Path) [][]snapshot.Path {
	if len(paths) < 2 {
		return [][]snapshot.Path{paths}
	}
	var out [][]snapshot.Path
	for i := range paths {
		rest := slices.Delete(slices.Clone(paths), i, i+1)
		for _, r := range permutations(rest) {
			out = append(out, append([]snapshot.Path{paths[i]}, r...))
		}
	}
	return out
}
