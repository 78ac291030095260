package graph

import (
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// decide names the first step at which a beats b, in the order of selection.
// Where no visible step decides, the router's own choice is all that is known.
func decide(a, b candidate) (rule, why string) {
	for _, s := range steps(a, b) {
		if s.a == s.b {
			continue
		}
		return s.rule, strings.TrimSpace(fmt.Sprintf("%s %s over %s", s.words, s.textA, s.textB))
	}
	if !b.Valid {
		return "observed-best", "the other path is not valid"
	}
	return "observed-best", "the router's choice; the paths tie on every attribute shown"
}

// step is one comparison; the larger of a and b wins.
type step struct {
	rule, words  string
	a, b         int64
	textA, textB string
}

func steps(a, b candidate) []step {
	num := func(rule, words string, x, y int64) step {
		return step{rule, words, x, y, fmt.Sprint(x), fmt.Sprint(y)}
	}
	low := func(rule, words string, x, y int64) step {
		return step{rule, words, -x, -y, fmt.Sprint(x), fmt.Sprint(y)}
	}
	flag := func(rule string, x, y bool, yes, no string) step {
		s := step{rule: rule, textA: yes, textB: no}
		if x {
			s.a = 1
		}
		if y {
			s.b = 1
		}
		if y && !x {
			s.textA, s.textB = no, yes
		}
		return s
	}
	med := low("med", "MED", value(a.Metric, 0), value(b.Metric, 0))
	if firstAS(a.ASPath) != firstAS(b.ASPath) {
		med.b = med.a // compared only between paths from the same neighbouring AS
	}
	out := []step{
		num("weight", "weight", value(a.Weight, 0), value(b.Weight, 0)),
		num("local-preference", "local preference", value(a.LocalPref, 100), value(b.LocalPref, 100)),
		flag("local-origin", a.local(), b.local(), "a local path", "a learned one"),
		low("as-path", "AS path length", int64(asLength(a.ASPath)), int64(asLength(b.ASPath))),
		low("origin", "origin code", originRank(a.Origin), originRank(b.Origin)),
		med,
		flag("ebgp-over-ibgp", !a.Internal, !b.Internal, "eBGP", "iBGP"),
	}
	out[4].textA, out[4].textB = a.Origin, b.Origin
	return out
}

// Select reruns best-path selection over the paths that a router has for one
// prefix: those are returned that no other one beats by a step that every
// platform has and that the table shows. More than one means that what decides
// (age, router ID, IGP metric, neighbour's address) is not shown.
func Select(paths []snapshot.Path) []snapshot.Path {
	var cands []candidate
	for i := range paths {
		if c := newCandidate(&paths[i]); c.usable() {
			cands = append(cands, c)
		}
	}
	var out []snapshot.Path
	for _, c := range unbeaten(cands) {
		out = append(out, *c.Path)
	}
	return out
}

// unbeaten are the candidates that no other one beats.
func unbeaten(cands []candidate) []candidate {
	var best []candidate
	for _, c := range cands {
		if len(best) == 0 {
			best = []candidate{c}
			continue
		}
		switch beats(c, best[0]) {
		case 1:
			best = []candidate{c}
		case 0:
			best = append(best, c)
		}
	}
	return best
}

// beats compares two paths by every visible step: 1, -1, or 0 for a tie.
func beats(a, b candidate) int {
	for _, s := range steps(a, b) {
		switch {
		case s.a > s.b:
			return 1
		case s.a < s.b:
			return -1
		}
	}
	return 0
}

func value(v *uint32, absent int64) int64 {
	if v == nil {
		return absent
	}
	return int64(*v)
}

func firstAS(path string) string {
	first, _, _ := strings.Cut(path, " ")
	return first
}

// asLength counts an AS path: a set is one, a confederation nothing (RFC 5065).
func asLength(path string) int {
	n, in := 0, byte(0)
	for _, f := range strings.FieldsFunc(path, func(r rune) bool { return r == ' ' || r == ',' }) {
		switch {
		case f[0] == '{':
			n++
			in = '{'
		case f[0] == '(' || f[0] == '[':
			in = f[0]
		case in == 0:
			n++
		}
		if strings.ContainsAny(f[len(f)-1:], "})]") {
			in = 0
		}
	}
	return n
}

func originRank(o string) int64 { return int64(strings.Index("ie?", o)) }
