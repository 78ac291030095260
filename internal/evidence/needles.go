package evidence

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// needles are texts in lower case of which one must be in whatever any of res
// matches. They are read off the expressions, so that text without a needle needs
// no matching. ok is false when an expression can match without one.
func needles(res []*regexp.Regexp) (all [][]byte, ok bool) {
	for _, re := range res {
		tree, err := syntax.Parse(re.String(), syntax.Perl)
		if err != nil {
			return nil, false
		}
		must := required(tree.Simplify())
		if len(must) == 0 {
			return nil, false
		}
		for _, m := range must {
			all = append(all, []byte(m))
		}
	}
	// What holds a longer needle holds a shorter one in it.
	all = slices.DeleteFunc(slices.Clone(all), func(n []byte) bool {
		return slices.ContainsFunc(all, func(o []byte) bool { return len(o) < len(n) && bytes.Contains(n, o) })
	})
	slices.SortFunc(all, bytes.Compare)
	return slices.CompactFunc(all, bytes.Equal), true
}

// required lists texts of which one is in every match of an expression; it is
// empty where none is known.
func required(e *syntax.Regexp) []string {
	switch e.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(e.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return required(e.Sub[0])
	case syntax.OpRepeat:
		if e.Min > 0 {
			return required(e.Sub[0])
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range e.Sub {
			one := required(sub)
			if len(one) == 0 {
				return nil
			}
			all = append(all, one...)
		}
		return all
	case syntax.OpConcat:
		var best []string
		for _, sub := range e.Sub {
			if one := required(sub); len(one) > 0 && (best == nil || shortest(one) > shortest(best)) {
				best = one
			}
		}
		return best
	default:
	}
	return nil
}

func shortest(texts []string) int {
	return len(slices.MinFunc(texts, func(a, b string) int { return len(a) - len(b) }))
}

// sieve tells quickly that there is no secret in a text.
type sieve struct {
	needles [][]byte
	ok      bool
	folded  []byte
}

func newSieve() *sieve {
	s := &sieve{}
	s.needles, s.ok = needles(append(secretText(), presharedKey()))
	return s
}

// clear reports whether no expression can match in text. Letters beyond ASCII may
// fold into those of a needle, and are left to the expressions.
func (s *sieve) clear(text []byte) bool {
	if !s.ok {
		return false
	}
	s.folded = append(s.folded[:0], text...)
	for i, b := range s.folded {
		if b-'A' < 26 {
			s.folded[i] = b | 0x20
		} else if b >= 0x80 {
			return false
		}
	}
	return !slices.ContainsFunc(s.needles, func(n []byte) bool { return bytes.Contains(s.folded, n) })
}
