package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// decide names the first step at which a beats b, in the order of selection.
// Where no visible step decides, the router's own choice is all that is known.
func decide(a, b candidate, cfg snapshot.BGPConfig) (rule, why string) {
	for _, s := range steps(a, b, cfg) {
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

// steps are the comparisons of a and b under a router's settings (Cisco document
// 13753, steps 1 to 7).
func steps(a, b candidate, cfg snapshot.BGPConfig) []step {
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
	noMED := int64(0)
	if cfg.MEDMissingWorst {
		noMED = math.MaxUint32
	}
	med := low("med", "MED", value(a.Metric, noMED), value(b.Metric, noMED))
	if !cfg.AlwaysCompareMED && firstAS(a.ASPath) != firstAS(b.ASPath) {
		med.b = med.a // compared only between paths from the same neighbouring AS
	}
	asPath := low("as-path", "AS path length", int64(asLength(a.ASPath)), int64(asLength(b.ASPath)))
	if cfg.IgnoreASPath {
		asPath.b = asPath.a
	}
	origin := low("origin", "origin code", originRank(a.Origin), originRank(b.Origin))
	origin.textA, origin.textB = a.Origin, b.Origin
	noPref := value(cfg.DefaultLocalPref, 100)
	return []step{
		num("weight", "weight", value(a.Weight, 0), value(b.Weight, 0)),
		num("local-preference", "local preference", value(a.LocalPref, noPref), value(b.LocalPref, noPref)),
		flag("local-origin", a.local(), b.local(), "a local path", "a learned one"),
		asPath,
		origin,
		med,
		flag("ebgp-over-ibgp", !a.Internal, !b.Internal, "eBGP", "iBGP"),
	}
}

// Select reruns best-path selection over the paths that a router has for one
// prefix, under its settings: those are returned, in the order given, that may
// win by the steps that every platform has and that the table shows. More than
// one means that what decides (age, router ID, IGP metric, neighbour's address,
// or the order in which the router compares) is not shown.
func Select(paths []snapshot.Path, cfg snapshot.BGPConfig) []snapshot.Path {
	var cands []candidate
	for i := range paths {
		if c := newCandidate(&paths[i]); c.usable() {
			cands = append(cands, c)
		}
	}
	var out []snapshot.Path
	for _, c := range winners(cands, cfg) {
		out = append(out, *c.Path)
	}
	return out
}

// winners are the candidates that may win, in the order given. With
// deterministic-med the paths of each neighbouring AS are compared first, and
// their winners with each other. Without it, a router compares one after the
// other in an order that is not shown, and as MED counts within a neighbouring
// AS only, one path may beat a second, the second a third, and the third the
// first: then each of them may win (Cisco document 16046).
func winners(cands []candidate, cfg snapshot.BGPConfig) []candidate {
	if cfg.DeterministicMED && !cfg.AlwaysCompareMED {
		cands = keep(cands, func(c candidate) bool {
			return !slices.ContainsFunc(cands, func(o candidate) bool {
				return firstAS(o.ASPath) == firstAS(c.ASPath) && beats(o, c, cfg) > 0
			})
		})
	}
	return keep(cands, func(c candidate) bool { return mayWin(c, cands, cfg) })
}

// mayWin reports whether an order exists in which c is left at the end: every
// other one loses or ties against c, or against one that does, and so on.
func mayWin(c candidate, cands []candidate, cfg snapshot.BGPConfig) bool {
	reached := []candidate{c}
	rest := keep(cands, func(o candidate) bool { return o.Path != c.Path })
	for i := 0; i < len(reached); i++ {
		var left []candidate
		for _, o := range rest {
			if beats(reached[i], o, cfg) >= 0 {
				reached = append(reached, o)
			} else {
				left = append(left, o)
			}
		}
		rest = left
	}
	return len(rest) == 0
}

func keep(cands []candidate, ok func(candidate) bool) []candidate {
	var out []candidate
	for _, c := range cands {
		if ok(c) {
			out = append(out, c)
		}
	}
	return out
}

// beats compares two paths by every visible step: 1, -1, or 0 for a tie.
func beats(a, b candidate, cfg snapshot.BGPConfig) int {
	for _, s := range steps(a, b, cfg) {
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
