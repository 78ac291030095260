package bgptable

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// waiting is a row of which parts are still to come on the next lines.
type waiting struct {
	marks mark
	line  int    // its first line; zero when there is none
	text  []byte // what is on its last line, to report it
	at    int    // that line
	hop   string // the next hop, of a row that wrapped behind it too
	col   int    // where it stood
	fresh bool   // the row has a network of its own
}

// quote starts a line that was quoted, as in a mail. No row starts with the mark
// of the best path: it stands behind that of a valid one.
const quote = '>'

// row reads a line as a row or as a part of one. When it returns false the line
// is none, and nothing has changed.
func (t *table) row(l []byte) bool {
	n := t.cols.network
	if len(l) <= n+1 || l[0] == quote {
		return false
	}
	at := n
	if l[n] == ' ' {
		at++
	}
	marks := mark(0)
	for _, c := range l[:at] {
		marks |= t.marks[c]
	}
	if marks&never != 0 {
		return false
	}
	if l[at] == ' ' {
		return t.under(l, at, marks)
	}
	if t.wait.line != 0 {
		return false
	}
	p, end, ok := network(l, at, t.p.Natural)
	if !ok {
		return false
	}
	hop := end
	for hop < len(l) && l[hop] == ' ' {
		hop++
	}
	first := t.in.Number()
	if hop == len(l) {
		t.shift = at - n
		t.carry(p)
		t.hold(waiting{marks: marks, line: first, fresh: true}, l)
		return true
	}
	if !t.fields(l, hop, marks, p, first) {
		return false
	}
	t.shift = at - n
	t.carry(p)
	return true
}

// under reads a line without a network: a further path of the network above, or
// the rest of a row that wrapped.
func (t *table) under(l []byte, at int, marks mark) bool {
	hop := at
	for hop+8 < len(l) && binary.LittleEndian.Uint64(l[hop:]) == blanks {
		hop += 8
	}
	for l[hop] == ' ' {
		hop++ // a line does not end in blanks
	}
	if t.wait.hop != "" {
		return marks == 0 && t.numbersOnly(l, hop)
	}
	if !t.prefix.IsValid() {
		return false
	}
	off := hop - t.cols.hop
	if t.wait.line == 0 {
		// Under a network it stands where it would behind one.
		return off == t.shift && t.fields(l, hop, marks, t.prefix, t.in.Number())
	}
	if off < -4 || off > 4 || marks != 0 || !t.fields(l, hop, t.wait.marks, t.prefix, t.wait.line) {
		return false
	}
	if t.wait.hop == "" {
		t.wait.line = 0
	}
	return true
}

// fields reads a row from its next hop on.
func (t *table) fields(l []byte, hop int, marks mark, p netip.Prefix, first int) bool {
	c := &t.cols
	end := bytes.IndexByte(l[hop:], ' ')
	if end < 0 {
		return t.wraps(l, hop, marks, first)
	}
	if len(l) <= hop+c.weight+1 {
		return false
	}
	name, ok := t.hop(l[hop : hop+end])
	return ok && t.attributes(l, hop, hop+end, name, marks, p, first)
}

// wraps reads a row that ends with a next hop too long for its column.
func (t *table) wraps(l []byte, hop int, marks mark, first int) bool {
	if len(l)-hop < 15 || t.wait.hop != "" {
		return false
	}
	name, ok := t.hop(l[hop:])
	if !ok {
		return false
	}
	t.hold(waiting{marks: marks, line: first, hop: name, col: hop, fresh: true}, l)
	return true
}

// numbersOnly reads the last line of a row that wrapped behind its next hop. The
// numbers stand where they would behind a next hop in its usual place, or behind
// the one above.
func (t *table) numbersOnly(l []byte, at int) bool {
	w := t.wait
	for _, hop := range [...]int{w.col, t.cols.hop, t.cols.hop + 1, 20, 22} {
		if hop < at && len(l) > hop+t.cols.weight+1 && t.attributes(l, hop, min(at-1, hop+16), w.hop, w.marks, t.prefix, w.line) {
			t.wait = waiting{}
			return true
		}
	}
	return false
}

// attributes reads a row from the end of its next hop on, which starts at hop.
func (t *table) attributes(l []byte, hop, end int, name string, marks mark, p netip.Prefix, first int) bool {
	c := &t.cols
	metric, m := number(l, end, hop+c.metric)
	pref, f := number(l, hop+c.metric, hop+c.pref)
	weight, w := number(l, hop+c.pref, hop+c.weight)
	at := hop + c.weight
	if m == broken || f == broken || w != present || l[at] != ' ' {
		return false
	}
	as, origin, ok := t.path(l[at+1:])
	if !ok {
		return false
	}
	q := t.add(p, name, marks, first)
	if m == present {
		q.Metric = t.numbers.keep(metric)
	}
	if f == present {
		q.LocalPref = t.numbers.keep(pref)
	}
	q.Weight = t.numbers.keep(weight)
	q.ASPath, q.Origin = as, origin
	return true
}

// path reads an AS path with the origin behind it: i (IGP), e (EGP) or ?.
func (t *table) path(b []byte) (as, origin string, ok bool) {
	n := len(b)
	if n == 0 {
		return "", "", false
	}
	switch b[n-1] {
	case 'i':
		origin = "i"
	case 'e':
		origin = "e"
	case '?':
		origin = "?"
	default:
		return "", "", false
	}
	b = b[:n-1]
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	if len(b) == 0 {
		return "", origin, true
	}
	if b[len(b)-1] != ' ' {
		return "", "", false
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	as, at, have := t.texts.find(b)
	if !have {
		if !isASPath(b) {
			return "", "", false
		}
		as = t.texts.keep(at, b)
	}
	return as, origin, true
}

// hop reads a next hop.
func (t *table) hop(b []byte) (string, bool) {
	name, at, have := t.hops.find(b)
	if have {
		return name, true
	}
	plain := b
	if t.p.Names {
		if i := bytes.IndexAny(b, "(@<"); i > 0 {
			plain = b[:i]
		}
	}
	if !t.isHop(plain) {
		return "", false
	}
	if len(plain) < len(b) {
		return string(plain), true
	}
	return t.hops.keep(at, b), true
}

// isHop reports whether b can be a next hop: an address, or an interface where
// the platform prints those.
func (t *table) isHop(b []byte) bool {
	if _, end, ok := address4(b, 0); ok && end == len(b) {
		return true
	}
	if bytes.IndexByte(b, ':') >= 0 {
		if a, err := netip.ParseAddr(string(b)); err == nil {
			return a.Is6()
		}
	}
	if !t.p.Names || len(b) == 0 || b[0]|0x20 < 'a' || b[0]|0x20 > 'z' {
		return false
	}
	for _, c := range b {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// add adds a path to the table being filled.
func (t *table) add(p netip.Prefix, hop string, m mark, first int) *snapshot.Path {
	paths := *t.out
	if len(paths) == cap(paths) {
		paths = t.grown(paths)
	}
	paths = paths[:len(paths)+1]
	*t.out = paths
	t.rows++
	t.listed++
	// Field by field: a literal would be built beside and copied.
	q := &paths[len(paths)-1]
	q.Item, q.VRF, q.Prefix, q.NextHop = "", t.vrf, p, hop
	q.Valid, q.Best, q.Multipath, q.Internal = m&(valid|deleted) == valid, m&best != 0, m&multipath != 0, m&internal != 0
	q.RIBFailure, q.Suppressed, q.Damped, q.History, q.Stale = m&ribFailure != 0, m&suppressed != 0, m&damped != 0, m&history != 0, m&stale != 0
	q.Metric, q.LocalPref, q.Weight, q.ASPath, q.Origin = nil, nil, nil, "", ""
	q.Line, q.LastLine = first, t.in.Number()
	if m&unknown != 0 {
		t.in.Miss() // the path is kept with the marks that are known; what it is otherwise is not
	}
	return q
}

// sample is of how many rows the length says what the others will be like. With
// fewer, the room for a large table falls short and all of it is copied again.
const sample = 512

// grown makes room for more paths: where the output's size is known, for as many
// as it holds when they go on as they began, else for as many again.
func (t *table) grown(paths []snapshot.Path) []snapshot.Path {
	n := max(2*cap(paths), 64)
	if left := t.in.Left(); left > 0 && t.listed >= sample {
		perRow := max((t.size-left)/t.listed, 32)
		n = max(n/2+n/8, len(paths)+left/perRow*17/16+64)
	}
	more := make([]snapshot.Path, len(paths), n)
	copy(more, paths)
	return more
}
