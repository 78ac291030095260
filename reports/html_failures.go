package reports

import (
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

const failureRows = 60 // failures that a page shows

// htmlFailures is what becomes of packets when something is down.
type htmlFailures struct {
	Rows []htmlFailure
	Left string
}

// htmlFailure is one failure: a cell a direction.
type htmlFailure struct {
	Down  string
	Cells [2][]htmlState
}

// failures counts the findings that are about failures, by what is down and what
// becomes of the packets.
func (v view) failures() *htmlFailures {
	counts := make(map[string]*[2]map[htmlState]int)
	var names []string
	for _, f := range v.r.Findings {
		if len(f.Down) == 0 || f.Outcome != finding.Fail && f.Outcome != finding.Open {
			continue
		}
		name := strings.Join(f.Down, " and ")
		if counts[name] == nil {
			counts[name] = &[2]map[htmlState]int{{}, {}}
			names = append(names, name)
		}
		for _, d := range directions(f) {
			s := stateOf(d)
			at := 0
			if d.id == "return" {
				at = 1
			}
			s.Arrow = ""
			counts[name][at][s]++
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	out := &htmlFailures{}
	for i, name := range names {
		if i == failureRows {
			out.Left = leftOut(len(names)-i, "failure")
			break
		}
		row := htmlFailure{Down: say(name)}
		for at := range row.Cells {
			row.Cells[at] = tallied(counts[name][at])
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// tallied writes counted states, the worst first.
func tallied(counts map[htmlState]int) []htmlState {
	var out []htmlState
	for s, n := range counts {
		out = append(out, htmlState{Word: s.Word + ": " + count(n, "finding"), Class: s.Class})
	}
	slices.SortFunc(out, func(a, b htmlState) int {
		if worse(a, b) == a {
			return -1
		}
		return 1
	})
	return out
}
