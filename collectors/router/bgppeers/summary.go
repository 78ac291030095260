package bgppeers

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// columns are where the words of a summary's row stand, counted from the
// neighbour. counts is set for EOS's list of all families: how many numbers end a
// row.
type columns struct{ as, age, state, received, least, counts int }

// summary reads a list with a line a neighbour. A row wraps behind a long
// neighbour or AS number.
func (l *list) summary() {
	var c columns
	var held []string
	first := 0
	inside := false
	flush := func() {
		if len(held) > 0 {
			l.torn = true
			l.in.MissAt(first, []byte(strings.Join(held, " ")))
			held = nil
		}
	}
	for l.in.Next() {
		text := strings.TrimSpace(string(l.in.Line()))
		f := strings.Fields(text)
		switch {
		case text == "":
			flush()
		case heading(f, &c):
			flush()
			inside, l.head = true, true
		case inside && l.total(text):
			inside = false
		case c.counts > 0 && inside && strings.Trim(text, "- ") == "":
		case l.around(text):
			flush()
			inside = false
		case !inside:
			if !l.preamble(text) {
				l.in.Miss()
			}
		default:
			if len(held) == 0 {
				first = l.in.Number()
			}
			switch ok, more := l.row(append(held, f...), c, first); {
			case more:
				held = append(held, f...)
			case ok:
				held = nil
			default:
				flush()
				l.in.Miss()
			}
		}
	}
	flush()
}

// heading recognises the header and finds the columns. c stays as it is where the
// line is none, or not all of one.
func heading(f []string, c *columns) bool {
	n := slices.Index(f, "Neighbor")
	if n == 0 && strings.HasPrefix(strings.Join(f, " "), "Neighbor AS Session State AFI/SAFI AFI/SAFI State NLRI Rcd") {
		*c = columns{counts: (len(f) - 7) / 2}
		return len(f)%2 == 1
	}
	if n < 0 || n+2 >= len(f) || f[n+1] != "V" && f[n+1] != "Spk" || f[n+2] != "AS" {
		return false
	}
	at := columns{as: 2, age: -1, state: -1, received: -1}
	for i, w := range f[n:] {
		switch w {
		case "Up/Down":
			at.age = i
		case "State/PfxRcd", "St/PfxRcd":
			at.state, at.received = i, i
		case "State":
			at.state = i
		case "PfxRcd":
			at.received = i
		}
	}
	if at.age < 0 || at.state < 0 {
		return false
	}
	at.least = max(at.age, at.state) + 1
	*c = at
	return true
}

// total recognises FRR's count of neighbours.
func (l *list) total(text string) bool {
	rest, ok := strings.CutPrefix(text, "Total number of neighbors ")
	if !ok {
		return false
	}
	if n, err := strconv.Atoi(strings.Fields(rest)[0]); err != nil || n != len(l.out.Sessions.Peers)-max(l.counted, 0) {
		l.counted = -1
	} else if l.counted >= 0 {
		l.counted += n
	}
	return true
}

// row reads the words of one row. more is true when it goes on in the next line.
func (l *list) row(f []string, c columns, first int) (ok, more bool) {
	// Without an address it is an interface, of a neighbour that has none.
	at := max(0, slices.IndexFunc(f, func(w string) bool { _, ok := addr(neighbor(w)); return ok }))
	row := f[at:]
	if c.counts > 0 {
		return l.ofFamily(row, c.counts), false
	}
	if len(row) < 3 {
		return false, len(row) > 0 && at == 0
	}
	as, isAS := asNumber(row[c.as])
	if !isAS || row[1] != "4" && row[1] != "0" {
		return false, false
	}
	if len(row) < c.least {
		return false, true
	}
	p := snapshot.Peer{VRF: l.vrf, Family: l.family, AS: as, Line: first}
	if l.in.Number() != first {
		p.LastLine = l.in.Number()
	}
	name := neighbor(row[0])
	if a, ok := addr(name); ok {
		p.Addr = a
	} else {
		p.Interface = name
	}
	since, ok := Age(row[c.age])
	if !ok {
		return false, false
	}
	p.Since = since
	p.State, p.Received = state(row, c)
	l.out.Sessions.Peers = append(l.out.Sessions.Peers, p)
	return true, false
}

// ofFamily reads "192.0.2.1 65001 Established IPv4 Unicast Negotiated 4 4": a
// neighbour in one of its address families.
func (l *list) ofFamily(row []string, counts int) bool {
	tail := len(row) - counts
	if tail < 5 {
		return false
	}
	a, ok := addr(row[0])
	as, ok2 := asNumber(row[1])
	n, err := strconv.ParseUint(row[tail], 10, 32)
	if !ok || !ok2 || err != nil {
		return false
	}
	p := snapshot.Peer{VRF: l.vrf, Family: strings.ToLower(strings.Join(row[3:tail-1], " ")), Addr: a, AS: as, State: row[2], Line: l.in.Number()}
	if p.State == "Established" {
		p.Received = new(uint32(n))
	}
	l.out.Sessions.Peers = append(l.out.Sessions.Peers, p)
	return true
}

// neighbor takes marks and a router's name off a neighbour: *10.0.0.1 is a
// dynamic one, R2(10.0.0.1) and 10.0.0.1(R2) are named.
func neighbor(w string) string {
	w = strings.TrimLeft(w, "*")
	head, rest, ok := strings.Cut(w, "(")
	if !ok {
		return w
	}
	if inside, _, ok := strings.Cut(rest, ")"); ok {
		if _, isAddr := addr(inside); isAddr {
			return inside
		}
	}
	return head
}

// state reads the state, or the number of prefixes that stands for Established.
func state(row []string, c columns) (string, *uint32) {
	word := row[c.state]
	if n, err := strconv.ParseUint(word, 10, 32); err == nil {
		v := uint32(n)
		return "Established", &v
	}
	if strings.HasPrefix(word, "Estab") {
		if c.received > c.state && len(row) > c.received {
			if n, err := strconv.ParseUint(row[c.received], 10, 32); err == nil {
				v := uint32(n)
				return "Established", &v
			}
		}
		return "Established", nil
	}
	if len(row) > c.state+1 && strings.HasPrefix(row[c.state+1], "(") {
		word += " " + row[c.state+1]
	}
	return word, nil
}

func addr(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil
}
