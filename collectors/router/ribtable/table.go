// Package ribtable gathers the routes of a routing table that is text, for the
// platforms' readers: it scans words without copying them, keeps routes and next
// hops without an allocation each, and concludes whether a table was read whole.
package ribtable

import (
	"bytes"
	"net/netip"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Table gathers what one command listed. Make one with [New].
type Table struct {
	in    *lines.Reader
	out   *snapshot.RIB
	query Query
	vrf   string

	full [][]snapshot.Route // chunks of routes, so that none is copied while they grow
	rows []snapshot.Route   // the last chunk

	open   bool   // the last route takes next hops
	detail bool   // it is told in detail
	text   []byte // its first line
	part   snapshot.NextHop
	half   bool // part goes on, on the next line

	offers bool // a prefix may have several routes

	names map[string]string
	nums  [256]*uint32
	spare []uint32
	hops  []snapshot.NextHop
	from  int // where the last route's next hops begin in hops

	head     bool   // the start of the table was seen
	legend   bool   // the current lines explain the codes
	codes    bool   // they were explained in this section
	refused  string // the device's words when it did not answer
	nothing  string // and when there is nothing to list
	short    string // why rows must be missing
	twice    int    // the line of a next hop that was listed twice
	sections map[string]bool
	disorder bool // the rows of a section are not in order
	last     netip.Prefix
}

// New gathers the routes that the answer to q lists into out.
func New(in *lines.Reader, q Query, out *snapshot.RIB) *Table {
	vrf := q.VRF
	if vrf == "" {
		vrf = "default"
	}
	return &Table{in: in, out: out, query: q, vrf: vrf, names: map[string]string{}, sections: map[string]bool{}}
}

// Offers tells the table that it has several routes for a prefix, one for each
// protocol that offers it.
func (t *Table) Offers() { t.offers = true }

// Next moves to the next line that is not blank, and returns it without the
// blanks at its start. It is valid until the next call.
func (t *Table) Next() ([]byte, bool) {
	for t.in.Next() {
		if l := Trim(t.in.Line()); len(l) > 0 {
			return l, true
		}
	}
	return nil, false
}

// Indented reports whether the current line starts with a blank.
func (t *Table) Indented() bool {
	l := t.in.Line()
	return len(l) > 0 && (l[0] == ' ' || l[0] == '\t')
}

// Miss counts the current line as not understood. A route above it takes no
// next hops from below it, for it is not known to be whose they are.
func (t *Table) Miss() {
	t.Close()
	t.in.Miss()
}

// Name is s as a string, made once for all that are the same.
func (t *Table) Name(s []byte) string {
	if n, ok := t.names[string(s)]; ok {
		return n
	}
	n := string(s)
	t.names[n] = n
	return n
}

// Num is where n is kept. It must not be changed: others with the same number
// share it.
func (t *Table) Num(n uint32) *uint32 {
	slot := &t.nums[n%256]
	if *slot != nil && **slot == n {
		return *slot
	}
	if len(t.spare) == cap(t.spare) {
		t.spare = make([]uint32, 0, 256)
	}
	t.spare = append(t.spare, n)
	*slot = &t.spare[len(t.spare)-1]
	return *slot
}

// VRF is the one whose table is being read.
func (t *Table) VRF() string { return t.vrf }

// Section starts the table of a VRF. Without a name it is the global one. It
// returns false for what cannot be a name.
func (t *Table) Section(vrf []byte) bool {
	t.Close()
	if len(vrf) > 0 && !nameable(vrf) {
		return false
	}
	t.head, t.legend = true, false
	t.vrf = t.Name(vrf)
	switch t.vrf {
	case "", "Default", "global", "Global":
		t.vrf = "default"
	}
	if t.sections[t.vrf] {
		t.Short("the table of VRF " + t.vrf + " begins twice: a part of the output came twice")
	}
	t.sections[t.vrf] = true
	t.codes = false
	t.last = netip.Prefix{}
	return true
}

// Elsewhere notes that a next hop is in a VRF, unless it is the route's own. It
// returns false for what cannot be a name.
func (t *Table) Elsewhere(h *snapshot.NextHop, vrf []byte) bool {
	if !nameable(vrf) {
		return false
	}
	if name := t.Name(vrf); name != t.vrf {
		h.VRF = name
	}
	return true
}

// nameable reports whether a word can be the name of a VRF.
func nameable(word []byte) bool {
	const longest = 255
	return len(word) > 0 && len(word) <= longest && !bytes.ContainsAny(word, " \t\"")
}

// Short notes why rows of the table must be missing.
func (t *Table) Short(why string) {
	if t.short == "" {
		t.short = why
	}
}

// Whole reports whether the command lists all routes of a table.
func (t *Table) Whole() bool { return t.query.Slice == "" }

// Route starts a route at the current line. It is the last one's end.
func (t *Table) Route(r snapshot.Route) {
	t.Close()
	t.open, t.detail, t.legend = true, false, false
	t.disorder = t.disorder || !t.inOrder(&r)
	t.last = r.Prefix
	r.VRF, r.Line = t.vrf, t.in.Number()
	r.LastLine = r.Line
	t.text = append(t.text[:0], t.in.Line()...)
	if len(t.rows) == cap(t.rows) {
		t.chunk()
	}
	t.rows = append(t.rows, r)
	t.from = len(t.hops)
}

// chunk starts another chunk of routes.
func (t *Table) chunk() {
	const least, most = 64, 8192
	n := min(max(least, 2*cap(t.rows)), most)
	if len(t.rows) > 0 {
		t.full = append(t.full, t.rows)
	}
	t.rows = make([]snapshot.Route, 0, n)
}

// Each calls f with every route so far.
func (t *Table) Each(f func(r *snapshot.Route)) {
	for _, rows := range append(t.full, t.rows) {
		for i := range rows {
			f(&rows[i])
		}
	}
}

// inOrder reports whether a route belongs behind those that were listed before:
// by its prefix, or as another protocol's offer for the same.
func (t *Table) inOrder(r *snapshot.Route) bool {
	if r.Prefix != t.last {
		c := r.Prefix.Addr().Compare(t.last.Addr())
		return !t.last.IsValid() || c > 0 || c == 0 && r.Prefix.Bits() > t.last.Bits()
	}
	const most = 8 // offers for a prefix
	for i := len(t.rows) - 1; i >= 0; i-- {
		was := &t.rows[i]
		if was.Prefix != r.Prefix {
			return true
		}
		if was.Protocol == r.Protocol || !t.offers || len(t.rows)-i > most {
			return false
		}
	}
	return len(t.full) == 0 // else the offers before are in another chunk
}

// Detail reports whether the open route is told in detail.
func (t *Table) Detail() bool { return t.open && t.detail }

// Open is the route that still takes next hops; nil when there is none.
func (t *Table) Open() *snapshot.Route {
	if !t.open {
		return nil
	}
	return &t.rows[len(t.rows)-1]
}

// Hop adds a next hop, which the current line gives, to the open route.
func (t *Table) Hop(h snapshot.NextHop) bool {
	r := t.Open()
	if r == nil {
		return false
	}
	h.Line = t.in.Number()
	// What several recursive next hops resolve to may be the same.
	for i := len(r.NextHops) - 1; i >= 0 && t.twice == 0; i-- {
		was := &r.NextHops[i]
		if was.Addr == h.Addr && was.Interface == h.Interface && was.VRF == h.VRF && was.Line != h.Line && was.Recursive == h.Recursive {
			t.twice = h.Line
		}
		if was.Recursive {
			break
		}
	}
	if len(t.hops) == cap(t.hops) {
		t.hops = append(make([]snapshot.NextHop, 0, max(256, 2*len(r.NextHops)+1)), r.NextHops...)
		t.from = 0
	}
	t.hops = append(t.hops, h)
	r.NextHops = t.hops[t.from:len(t.hops):len(t.hops)]
	r.LastLine = h.Line
	return true
}

// Close ends the open route. One that got no next hop is not understood.
func (t *Table) Close() {
	if !t.open {
		return
	}
	r := t.Open()
	t.open, t.half = false, false
	if len(r.NextHops) == 0 || r.Protocol == "" {
		t.in.MissAt(r.Line, t.text)
		t.rows = t.rows[:len(t.rows)-1]
	}
}
