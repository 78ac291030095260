package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// heads are the names along one side of the matrix.
type heads struct{ sides map[string]*headSide }

type headSide struct {
	about    string
	worst    int // rank of the worst finding
	prefixes []string
	more     int
	has      map[string]bool
}

func newHeads() heads { return heads{make(map[string]*headSide)} }

// add notes a side under a name, which it returns.
func (h heads) add(name string, s finding.Side) string {
	name = cmp.Or(name, "?")
	side := h.sides[name]
	if side == nil {
		side = &headSide{about: s.Router, has: make(map[string]bool)}
		h.sides[name] = side
	}
	for _, p := range s.Prefixes {
		switch {
		case side.has[p]:
		case len(side.prefixes) < 3:
			side.prefixes = append(side.prefixes, p)
			side.has[p] = true
		case len(side.has) < 1000:
			side.more++
			side.has[p] = true
		}
	}
	return name
}

// rank notes how bad a finding of a side is.
func (h heads) rank(name string, f finding.Finding) {
	rank := 0
	switch f.Outcome {
	case finding.Fail:
		rank = 10 - f.Severity.Rank()
	case finding.Open:
		rank = 1
	case finding.Pass, finding.NotApplicable:
	}
	h.sides[name].worst = max(h.sides[name].worst, rank)
}

// names are the n names with the worst findings, by name.
func (h heads) names(n int) []string {
	out := make([]string, 0, len(h.sides))
	for name := range h.sides {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(cmp.Compare(h.sides[b].worst, h.sides[a].worst), strings.Compare(a, b))
	})
	out = out[:min(n, len(out))]
	slices.Sort(out)
	return out
}

// first is the first prefix of a side, and how many more there are.
func (h heads) first(name string) string {
	s := h.sides[name]
	if s == nil || len(s.prefixes) == 0 {
		return ""
	}
	if n := len(s.has) - 1; n > 0 {
		return fmt.Sprintf("%s +%d", s.prefixes[0], n)
	}
	return s.prefixes[0]
}

func (h heads) head(name string) htmlHead {
	s := h.sides[name]
	text := strings.Join(s.prefixes, ", ")
	if s.more > 0 {
		text += fmt.Sprintf(" and %d more", s.more)
	}
	if s.about != "" && s.about != "router/"+name {
		text += " · " + s.about
	}
	return htmlHead{Name: say(strings.TrimPrefix(name, "subnet/")), Detail: say(text)}
}
