package bgptable

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// table is the reading of one output.
type table struct {
	p     Platform
	q     query
	in    *lines.Reader
	size  int // of the output, where that is known
	r     *snapshot.Router
	marks *Marks

	out   *[]snapshot.Path // what is being filled
	ribs  []*snapshot.AdjRIB
	byVRF map[string]*snapshot.AdjRIB
	vrf   string
	other bool // the family is not IP unicast: its rows are passed over
	cols  columns

	prefix   netip.Prefix // the network of the rows below it
	shift    int          // how far right of the header it stands
	seen     [3]uint64    // the lengths seen at its address, as bits
	unsorted bool
	from     int // where the section starts in out
	wait     waiting

	rows, networks int  // since the last line that counted them
	open           bool // a table began that no line has counted yet
	listed         int  // rows of all tables
	families       bool // address families or VRFs were named
	headed         bool // a table's header was seen
	begun          bool // there was any answer
	inLegend       bool
	refused        string // the device's words that it did not answer
	unknownPeer    string // its words that it has no such neighbour
	nothing        string // its words that there is nothing
	kept           string // its words that it keeps no received routes
	lack           string // what is missing, in words

	texts, hops texts
	numbers     numbers
	entry       entry
}

func newTable(p Platform, q query, in *lines.Reader, r *snapshot.Router) *table {
	t := &table{p: p, q: q, in: in, size: in.Left(), byVRF: map[string]*snapshot.AdjRIB{}, r: r, marks: p.Marks, vrf: q.vrf, other: q.other}
	if t.vrf == "" {
		t.vrf = "default"
	}
	t.out = &r.BGP.Paths
	t.from = len(*t.out)
	if q.direction != "" {
		t.into(t.vrf)
	}
	return t
}

// into makes the rows that follow those of a VRF.
func (t *table) into(vrf string) {
	t.section()
	t.vrf = vrf
	if t.q.direction == "" {
		return
	}
	rib := t.byVRF[vrf]
	if rib == nil {
		if len(t.ribs) == 1 && len(t.ribs[0].Paths) == 0 {
			t.ribs = nil // nothing was listed before
			t.byVRF = map[string]*snapshot.AdjRIB{}
		}
		rib = &snapshot.AdjRIB{VRF: vrf}
		t.ribs = append(t.ribs, rib)
		t.byVRF[vrf] = rib
	}
	t.out, t.from = &rib.Paths, len(rib.Paths)
}

// line takes the next line.
func (t *table) line(l []byte) {
	if len(l) == 0 {
		return
	}
	if t.cols.kind == right && !t.other && t.row(l) {
		return
	}
	t.slow(l)
}

// slow takes a line that is no plain row.
func (t *table) slow(l []byte) {
	if bytes.IndexByte(l, '\t') >= 0 {
		l = untab(l)
		if t.cols.kind == right && !t.other && t.row(l) {
			return
		}
	}
	if !t.other && t.otherRow(l) {
		return
	}
	text := strings.TrimSpace(string(l))
	if text == "" || isLog(l) || t.noise(text) {
		return
	}
	// What is no noise ends a row that waits for its next line. The line may
	// be a row then.
	if t.wait.line != 0 {
		t.drop()
		t.line(l)
		return
	}
	t.begun = true
	if c, ok := header(l); ok {
		t.head(c)
		return
	}
	if t.banner(text) || t.footer(text) || t.answer(text) || t.detail(l, text) {
		return
	}
	if t.other {
		return // a row of a family that is not looked at
	}
	t.in.Miss()
	t.prefix = netip.Prefix{} // of the rows below it is not known whose they are
}

// otherRow reads a row of the tables whose numbers are not at the right.
func (t *table) otherRow(l []byte) bool {
	switch t.cols.kind {
	case left:
		return l[0] != quote && t.leftRow(l)
	case advertised:
		return t.advertisedRow(l)
	case failures:
		return t.failureRow(l)
	default:
		return false
	}
}

// head starts a table, or goes on with one whose header is repeated.
func (t *table) head(c columns) {
	t.cols, t.headed, t.open, t.inLegend = c, true, true, false
	t.prefix = netip.Prefix{}
	t.entry = entry{}
}

// hold keeps a row for its next line.
func (t *table) hold(w waiting, l []byte) {
	w.at = t.in.Number()
	w.text = append(t.wait.text[:0], l...)
	t.wait = w
}

// drop gives a row up whose next line did not come.
func (t *table) drop() {
	if t.wait.line == 0 {
		return
	}
	w := t.wait
	t.wait = waiting{text: w.text}
	t.in.MissAt(w.at, w.text)
	t.prefix = netip.Prefix{}
}

// untab puts blanks in place of tabs, as a terminal does.
func untab(l []byte) []byte {
	var out []byte
	for _, c := range l {
		if c != '\t' {
			out = append(out, c)
			continue
		}
		for ok := true; ok; ok = len(out)%8 != 0 {
			out = append(out, ' ')
		}
	}
	return out
}

// noise reports whether a line is no part of the answer: the prompt, the echo of
// the command, time stamps.
func (t *table) noise(text string) bool {
	if strings.Contains(text, ": %") || t.onlyMarks(text) {
		return false
	}
	if _, typed, ok := strings.Cut(text, "# do "); ok {
		text = typed
	}
	p := show.Open(lines.Of([]byte(text)), t.p.Refusals)
	if p.Next() {
		return false
	}
	if p.Refused() {
		t.refuse(text)
	}
	if echo := p.Echo(); echo != "" {
		return t.echo(echo)
	}
	return true
}

// onlyMarks reports whether a line is what is left of a row that was cut behind
// its marks. It looks like a prompt.
func (t *table) onlyMarks(text string) bool {
	if len(text) > 4 {
		return false
	}
	var m mark
	for i := range len(text) {
		m |= t.marks[text[i]]
	}
	return m&(unknown|never) == 0 && m&(valid|best) != 0
}

// echo takes the command as the output repeats it, which is what was typed. A
// further one is another output, unless it looks up a further prefix.
func (t *table) echo(command string) bool {
	q, ok := ask(command)
	switch {
	case !ok:
		return !t.begun
	case !t.begun:
		if q.neighbor.IsValid() || !t.q.neighbor.IsValid() {
			t.adopt(q)
		}
		return true
	}
	return q.prefix && t.q.prefix
}

// adopt makes q what was asked.
func (t *table) adopt(q query) {
	if t.q.direction != "" && q.direction != t.q.direction {
		return
	}
	t.q, t.other = q, q.other
	switch {
	case q.vrf != "":
		t.into(q.vrf)
	case q.direction != "" && len(t.ribs) == 0:
		t.into(t.vrf)
	}
}

func (t *table) refuse(words string) {
	if t.refused == "" {
		t.refused = words
	}
}
