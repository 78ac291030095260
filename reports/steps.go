package reports

import (
	"cmp"
	"fmt"

	"github.com/routeproof/routeproof/internal/finding"
)

// A step is one hop as pictures show it: a node with the entry that matched, lines
// beneath it, and the look of the link that leaves it, if any does.
type step struct {
	Node, Prefix string
	Lines        []stepLine
	Rail         string
	Leaves       bool
}

// stepLine is a line beneath a node. Place is the evidence that it names, if any.
type stepLine struct {
	Class, Text string
	Place       finding.Ref
}

// steps says a path hop by hop, and how it ended where that is not at the
// destination.
func steps(p finding.Path, underlay bool) (out []step, end stepLine) {
	for i, h := range p.Hops {
		last := i == len(p.Hops)-1
		out = append(out, stepOf(h, underlay, last && p.Outcome == finding.Loop))
		if !last {
			out[i].Leaves = true
		}
	}
	switch p.Outcome {
	case finding.Delivered:
	case finding.Dropped:
		end = stepLine{Class: "warn", Text: "× dropped: " + p.Detail}
	case finding.Loop:
		end = stepLine{Class: "bad", Text: "↺ loop: " + p.Detail}
	case finding.Unknown:
		end = stepLine{Class: "warn", Text: "? not known: " + p.Detail}
	}
	return out, end
}

// stepOf says why a node forwards so, and over which link. A link on which the
// packet goes round in circles protects nothing.
func stepOf(h finding.Hop, underlay, loops bool) step {
	s := step{Node: h.Node, Prefix: h.Prefix, Leaves: h.Link != ""}
	add := func(class, text string) { s.Lines = append(s.Lines, stepLine{Class: class, Text: text}) }
	if h.Why != "" {
		add("", h.Why)
	}
	for i, c := range h.Lost {
		if i == maxBranch && len(h.Lost) > maxBranch+1 {
			add("d", fmt.Sprintf("and %d more that lost", len(h.Lost)-i))
			break
		}
		add("d", lost(c))
	}
	for _, r := range h.Evidence {
		s.Lines = append(s.Lines, stepLine{Class: "d", Text: seenIn(r), Place: r})
	}
	s.Rail = map[cover]string{inClear: "bad", unsure: "warn", protected: "good"}[coverOf(h, underlay)]
	if loops {
		s.Rail = "bad"
	}
	if h.Link != "" {
		word := mark(h, underlay)
		if h.Grade != "" && s.Rail != "" {
			word += " (" + h.Grade + ")"
		}
		add(cmp.Or(s.Rail, "d"), "→ "+h.Link+"  "+word)
	}
	return s
}

func seenIn(r finding.Ref) string { return "seen in " + r.String() }

// stateClass is the look of what becomes of a path's packets.
func stateClass(p finding.Path, underlay bool) string {
	switch _, st := state(p, underlay); st {
	case boldRed:
		return "bad"
	case boldYellow:
		return "warn"
	default:
		return "good"
	}
}
