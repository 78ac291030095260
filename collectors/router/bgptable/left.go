package bgptable

import (
	"bytes"
)

// maxFields is how many fields are looked at in a row of which every one is
// filled.
const maxFields = 7

// split cuts a line at its blanks, from at on. The last field is the rest.
func split(l []byte, at, most int) (from, to [maxFields]int, n int) {
	for n < most {
		for at < len(l) && l[at] == ' ' {
			at++
		}
		if at == len(l) {
			break
		}
		from[n] = at
		end := bytes.IndexByte(l[at:], ' ')
		if end < 0 || n == most-1 {
			end = len(l) - at
		}
		at += end
		to[n] = at
		n++
	}
	return from, to, n
}

// leftRow reads a row of EOS. Every field is filled, "-" where a path does not
// have it, and begins where the header says, give or take the three columns by
// which releases are off; behind a longer next hop all are shifted alike. A next
// hop of "-" is the router itself.
func (t *table) leftRow(l []byte) bool {
	c := &t.cols
	if len(l) <= c.network+2 {
		return false
	}
	at := c.network
	for at < c.network+2 && l[at] == ' ' {
		at++
	}
	if l[at] == ' ' {
		return false
	}
	marks := mark(0)
	for _, b := range l[:at] {
		marks |= t.marks[b]
	}
	if marks&never != 0 {
		return false
	}
	most := 6
	if c.aigp >= 0 {
		most = 7
	}
	from, to, n := split(l, at, most)
	if n < most {
		return false
	}
	p, _, ok := network(l, at, false)
	if !ok {
		return false
	}
	name := "-"
	if hop := l[from[1]:to[1]]; len(hop) != 1 || hop[0] != '-' {
		if name, ok = t.hop(hop); !ok {
			return false
		}
	}
	metric, pref, weight, path := from[2], from[most-3], from[most-2], from[most-1]
	if !near(metric-from[1], c.metric, to[1]-from[1]) || !near(pref-metric, c.pref-c.metric, 0) || !near(weight-pref, c.weight-c.pref, 0) {
		return false
	}
	var values [3]*uint32
	for i, f := range [...]int{2, most - 3, most - 2} {
		if values[i], ok = t.dashed(l[from[f]:to[f]]); !ok {
			return false
		}
	}
	rest, ok := t.pathAttributes(l[path:])
	if !ok {
		return false
	}
	as, origin, ok := t.path(rest)
	if !ok {
		return false
	}
	t.carry(p)
	q := t.add(p, name, marks, t.in.Number())
	q.Metric, q.LocalPref, q.Weight, q.ASPath, q.Origin = values[0], values[1], values[2], as, origin
	return true
}

// near reports whether a field begins where the header has it. One behind a
// field that is too long follows it.
func near(at, header, before int) bool {
	return at >= header-3 && at <= header+3 || before+1 == at
}

// dashed reads a number, or "-" for none.
func (t *table) dashed(b []byte) (*uint32, bool) {
	if len(b) == 1 && b[0] == '-' {
		return nil, true
	}
	if len(b) > 10 {
		return nil, false
	}
	var v uint64
	for _, c := range b {
		if c-'0' > 9 {
			return nil, false
		}
		v = v*10 + uint64(c-'0')
	}
	if v > 1<<32-1 {
		return nil, false
	}
	return t.numbers.keep(uint32(v)), true
}

// pathAttributes cuts off what EOS prints behind a path: "Or-ID: 10.0.0.1
// C-LST: 10.0.0.2".
func (t *table) pathAttributes(b []byte) ([]byte, bool) {
	for _, name := range []string{" Or-ID:", " C-LST:", " LL Nexthop:"} {
		if i := bytes.Index(b, []byte(name)); i >= 0 {
			b = bytes.TrimRight(b[:i], " ")
		}
	}
	return b, len(b) > 0
}

// advertisedRow reads a row of what IOS-XR sent to a neighbour: the network, the
// next hop, the neighbour it came from, and the path with the origin glued to it.
func (t *table) advertisedRow(l []byte) bool {
	first := t.in.Number()
	p, at := t.prefix, 0
	if l[0] != ' ' {
		if t.wait.line != 0 {
			return false
		}
		var ok bool
		if p, at, ok = network(l, 0, false); !ok {
			return false
		}
		if at == len(l) {
			t.carry(p)
			t.hold(waiting{line: first, fresh: true}, l)
			return true
		}
	} else if !p.IsValid() {
		return false
	}
	from, to, n := split(l, at, 3)
	if n != 3 {
		return false
	}
	name, ok := t.hop(l[from[0]:to[0]])
	if !ok || !t.isSource(l[from[1]:to[1]]) {
		return false
	}
	path := l[from[2]:]
	as, origin := path[:len(path)-1], string(path[len(path)-1:])
	if origin != "i" && origin != "e" && origin != "?" || !isASPath(as) {
		return false
	}
	if t.wait.line != 0 {
		first = t.wait.line
		t.wait = waiting{text: t.wait.text}
	}
	t.carry(p)
	q := t.add(p, name, 0, first)
	q.ASPath, q.Origin = string(bytes.TrimRight(as, " ")), origin
	return true
}

// isSource reports whether b says where a route came from: a neighbour, or the
// router itself.
func (t *table) isSource(b []byte) bool {
	return string(b) == "Local" || t.isHop(b)
}

// failureRow reads a row of `show ip bgp rib-failure`: a network whose best path
// the routing table did not take, its next hop, and why.
func (t *table) failureRow(l []byte) bool {
	if len(l) == 0 || l[0] == ' ' {
		return false
	}
	p, at, ok := network(l, 0, t.p.Natural)
	if !ok {
		return false
	}
	from, to, n := split(l, at, 2)
	if n != 2 {
		return false
	}
	name, ok := t.hop(l[from[0]:to[0]])
	if !ok {
		return false
	}
	t.carry(p)
	t.add(p, name, best|ribFailure, t.in.Number())
	return true
}
