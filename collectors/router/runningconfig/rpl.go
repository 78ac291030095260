package runningconfig

import (
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// startRoutePolicy reads a policy of IOS-XR whose statements make a route map:
// statements without a condition, or one chain of conditions with nothing behind
// it. Any other policy is not understood, line by line: statements behind a
// chain apply to what passed it too, which a route map cannot say.
func (t *reader) startRoutePolicy(l line) block {
	if len(l.words) != 2 || strings.Contains(l.words[1], "(") {
		t.miss(l)
		return block{read: func(l line) block { t.miss(l); return block{} }}
	}
	p := &routePolicy{entry: &snapshot.RouteMapEntry{Seq: 10, Line: l.number, LastLine: l.number}}
	t.policy.entry(l.words[1], p.entry)
	name := l.words[1]
	add := func(e *snapshot.RouteMapEntry) { t.policy.entry(name, e) }
	var read func(line) block
	read = func(l line) block {
		if !p.line(l, add) {
			t.miss(l)
		}
		return block{read: read}
	}
	return block{read: read}
}

type routePolicy struct {
	entry   *snapshot.RouteMapEntry
	chained bool // inside or behind a chain of conditions
	over    bool // the chain has ended
	stmts   int
}

// line reads one statement.
func (p *routePolicy) line(l line, add func(*snapshot.RouteMapEntry)) bool {
	w := l.words
	next := func(match string) {
		e := &snapshot.RouteMapEntry{Seq: p.entry.Seq + 10, Line: l.number, LastLine: l.number}
		if match != "" {
			e.Match = []string{match}
		}
		p.entry = e
		add(e)
	}
	if p.over {
		return false
	}
	p.entry.LastLine = l.number
	switch w[0] {
	case "#":
	case "pass", "done":
		p.entry.Permit = true
	case "drop":
		p.entry.Permit = false
	case "set", "prepend", "delete", "suppress-route", "unsuppress-route":
		p.entry.Permit = true // a policy that sets passes (IOS-XR routing policy language)
		p.entry.Set = append(p.entry.Set, strings.TrimPrefix(l.text, "set "))
	case "if":
		condition, ok := condition(l, "if ")
		if !ok || p.chained || p.stmts > 0 {
			return false
		}
		p.chained = true
		p.entry.Match = []string{condition}
	case "elseif":
		condition, ok := condition(l, "elseif ")
		if !ok || !p.chained {
			return false
		}
		next(condition)
	case "else":
		if !p.chained {
			return false
		}
		next("")
	case "endif":
		p.over = p.chained
		return p.chained
	default:
		return false
	}
	p.stmts++
	return true
}

func condition(l line, start string) (string, bool) {
	text, ok := strings.CutSuffix(strings.TrimPrefix(l.text, start), " then")
	return text, ok
}
