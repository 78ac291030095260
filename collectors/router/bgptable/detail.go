package bgptable

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// entry is a prefix in the form that lists its paths' attributes in words, from
// "BGP routing table entry for" on, and the path being read.
type entry struct {
	open      bool
	prefix    netip.Prefix
	vrf       string
	failed    bool // the routing table did not take it
	available int  // paths, as its head counts them; -1 until then
	read      int

	as       string // the AS path of the path being read
	line     int    // where that started
	spare    bool   // it is what was received, before policy, and not in the table
	marks    mark
	hop      string
	last     string // the line above, which may be an AS path
	lastLine int
	indent   int // of the origin of the path above
}

const entryHead = "BGP routing table entry for "

// detail reads a line of the form with attributes.
func (t *table) detail(l []byte, text string) bool {
	e := &t.entry
	if rest, ok := strings.CutPrefix(text, entryHead); ok {
		t.endEntry()
		return t.startEntry(rest)
	}
	if !e.open {
		return false
	}
	switch {
	case strings.HasPrefix(text, "Paths: "):
		return t.paths(text)
	case strings.HasPrefix(text, "Path type: "):
		e.kindOfPath(text)
		return true
	case strings.HasPrefix(text, "AS-Path: "):
		return e.path(strings.TrimPrefix(text, "AS-Path: "), t.in.Number())
	case strings.HasPrefix(text, "Origin "):
		e.indent = indent(l)
		return t.origin(text)
	case e.nextHop(t, text):
		return true
	}
	if e.hop != "" && text[0] == '(' {
		return true // a next hop's address on the link, and which of the two is used
	}
	e.last, e.lastLine = text, t.in.Number()
	if as, _ := cutPath(text); as != "" || isDetail(text) || isList(text) {
		return true
	}
	// What stands behind a path's origin, as far to the right, is of that path.
	return e.read > 0 && e.line == 0 && indent(l) >= e.indent
}

func indent(l []byte) int { return len(l) - len(bytes.TrimLeft(l, " \t")) }

// startEntry reads what follows the words of an entry's head: "10.0.0.0/8,
// version 7", "65000:1:10.0.0.0/8, ...", "[65000:1]2001:db8::/32, ...",
// "10.0.0.0/8, Route Distinguisher: 65000:1".
func (t *table) startEntry(rest string) bool {
	name, more, _ := strings.Cut(rest, ", ")
	rd := ""
	if _, after, ok := strings.Cut(more, "Route Distinguisher: "); ok {
		rd, _, _ = strings.Cut(after, " ")
	}
	p, err := netip.ParsePrefix(name)
	if err != nil {
		i := strings.LastIndexAny(name, ":]")
		if name != "" && name[0] == '[' {
			i = strings.IndexByte(name, ']')
		}
		if i < 0 {
			t.entry = entry{}
			return false
		}
		rd = strings.Trim(name[:i], "[]")
		if p, err = netip.ParsePrefix(name[i+1:]); err != nil {
			t.entry = entry{}
			// A route of EVPN starts with its type in brackets, one of VPLS
			// has a block of labels.
			t.entry.open = strings.HasPrefix(name, "[") || strings.Contains(name, ":VEID-")
			t.other, t.families = t.entry.open, true
			return t.entry.open
		}
	}
	vrf := t.vrf
	if rd != "" && vrf == "default" {
		vrf = "rd " + rd
		if t.q.vrf != "" {
			vrf = t.q.vrf
		}
	}
	t.headed, t.cols = true, columns{}
	t.entry = entry{open: true, prefix: p, vrf: vrf, available: -1}
	return true
}

// paths reads "Paths: (2 available, best #1, table red, RIB-failure(17))".
func (t *table) paths(text string) bool {
	e := &t.entry
	inside := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "Paths: "), "("), ")")
	for i, part := range strings.Split(inside, ", ") {
		if i == 0 {
			number, _, _ := strings.Cut(part, " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				return false
			}
			e.available = n
		}
		if name, ok := strings.CutPrefix(part, "table "); ok {
			switch strings.ToLower(name) {
			case "default", "default-ip-routing-table", "global", "default-bgp-table":
				if !strings.HasPrefix(e.vrf, "rd ") {
					e.vrf = "default"
				}
			default:
				e.vrf = name
			}
		}
		e.failed = e.failed || strings.HasPrefix(part, "RIB-failure")
	}
	return true
}

// kindOfPath reads NX-OS's "Path type: internal, path is valid, is best path".
func (e *entry) kindOfPath(text string) {
	e.marks = 0
	for i, part := range strings.Split(strings.TrimPrefix(text, "Path type: "), ", ") {
		switch {
		case i == 0 && part == "internal":
			e.marks |= internal
		case part == "path is valid":
			e.marks |= valid
		case part == "is best path":
			e.marks |= best
		case strings.Contains(part, "multipath"):
			e.marks |= multipath
		case part == "is stale", strings.Contains(part, "stale"):
			e.marks |= stale
		case strings.Contains(part, "deleted"):
			e.marks |= deleted
		}
	}
}

// path reads an AS path with the remarks behind it.
func (e *entry) path(text string, line int) bool {
	as, remarks := cutPath(text)
	if as == "" {
		return false
	}
	if as == "Local" || as == "NONE" {
		as = ""
	}
	e.as, e.line, e.spare = as, line, strings.Contains(remarks, "received-only")
	for _, remark := range []struct {
		words string
		means mark
	}{{"(stale", stale}, {"(long-lived stale", stale}, {"(history entry", history}, {"(suppressed due to damp", damped}, {"(removed", deleted}} {
		if strings.Contains(remarks, remark.words) {
			e.marks |= remark.means
		}
	}
	return true
}

// cutPath takes an AS path off a line; "Local" and "NONE" are empty ones. It is
// empty when the line does not start with an AS path.
func cutPath(text string) (as, remarks string) {
	as, remarks, _ = strings.Cut(text, ", ")
	if i := strings.Index(as, " ("); i > 0 && i+2 < len(as) && as[i+2] >= 'a' {
		as, remarks = as[:i], as[i:]+remarks
	}
	as = strings.TrimSpace(strings.TrimSuffix(as, ","))
	if as != "Local" && as != "NONE" && (as == "" || !isASPath([]byte(as))) {
		return "", ""
	}
	return as, remarks
}

// nextHop reads "10.0.0.1 (metric 2) (via vrf red) from 10.0.0.2 (10.0.0.3)". The
// line above it is the AS path, where it has no name of its own.
func (e *entry) nextHop(t *table, text string) bool {
	before, after, ok := strings.Cut(text, " from ")
	if !ok || after == "" {
		return false
	}
	hop, rest, _ := strings.Cut(before, " ")
	if rest != "" && !strings.HasPrefix(strings.TrimSpace(rest), "(") || !t.isHop([]byte(hop)) && !isAddr(hop) {
		return false
	}
	if e.line == 0 && !e.path(e.last, e.lastLine) {
		return false
	}
	e.hop = hop
	return true
}

// origin reads "Origin IGP, metric 0, localpref 100, weight 5, valid, external,
// best", which is the last line of a path that matters.
func (t *table) origin(text string) bool {
	e := &t.entry
	if e.hop == "" || e.line == 0 {
		return false
	}
	q := snapshot.Path{VRF: e.vrf, Prefix: e.prefix, NextHop: e.hop, ASPath: e.as, RIBFailure: e.failed, Line: e.line, LastLine: t.in.Number()}
	m := e.marks
	for part := range strings.SplitSeq(text, ",") {
		if !t.attribute(strings.TrimSpace(part), &q, &m) {
			return false
		}
	}
	if q.Origin == "" {
		return false
	}
	q.Valid, q.Best, q.Multipath, q.Internal = m&(valid|deleted) == valid, m&best != 0, m&multipath != 0, m&internal != 0
	q.Suppressed, q.Damped, q.History, q.Stale = m&suppressed != 0, m&damped != 0, m&history != 0, m&stale != 0
	e.read++
	if !e.spare && e.prefix.IsValid() {
		*t.out = append(*t.out, q)
		t.rows++
		t.listed++
	}
	e.as, e.line, e.hop, e.last, e.marks, e.spare = "", 0, "", "", 0, false
	return true
}

// attribute reads one part of an origin's line. Words that are none of a path's
// fields are passed over; a number that is none is not.
func (t *table) attribute(part string, q *snapshot.Path, m *mark) bool {
	word, value, _ := strings.Cut(part, " ")
	switch word {
	case "Origin":
		switch strings.ToLower(value) {
		case "igp":
			q.Origin = "i"
		case "egp":
			q.Origin = "e"
		case "incomplete":
			q.Origin = "?"
		}
	case "metric", "MED", "med":
		return value == "not set" || t.value(value, &q.Metric)
	case "localpref":
		return t.value(value, &q.LocalPref)
	case "weight":
		return t.value(value, &q.Weight)
	case "valid":
		*m |= valid
	case "best":
		*m |= best
	case "internal", "confed-internal":
		*m |= internal
	case "multipath", "ECMP":
		*m |= multipath
	case "stale", "long-lived-stale":
		*m |= stale
	case "history":
		*m |= history
	case "dampened", "damped":
		*m |= damped
	case "suppressed":
		if strings.Contains(value, "damp") {
			*m |= damped
		} else {
			*m |= suppressed
		}
	case "received-only":
		t.entry.spare = true
	}
	return true
}

func (t *table) value(s string, to **uint32) bool {
	n, err := strconv.ParseUint(s, 10, 32)
	if err == nil {
		*to = t.numbers.keep(uint32(n))
	}
	return err == nil
}

// endEntry concludes an entry, and holds its count of paths against those read.
func (t *table) endEntry() {
	e := &t.entry
	if e.open && !t.other && t.lack == "" {
		switch {
		case e.available < 0 || e.hop != "":
			t.lack = "the entry of " + e.prefix.String() + " is not whole: the output was cut off"
		case e.available != e.read:
			t.lack = "the router counts " + strconv.Itoa(e.available) + " paths of " + e.prefix.String() + "; " + strconv.Itoa(e.read) + " were read"
		}
	}
	if e.open {
		t.other = t.q.other
	}
	t.entry = entry{}
}
