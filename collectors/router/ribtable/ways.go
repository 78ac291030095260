package ribtable

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// Style is in what the platforms differ that list a route as "code prefix
// [distance/metric] via next hop".
type Style struct {
	// Protocol names the protocol of the codes that stand before a prefix.
	Protocol func(codes []byte) (string, bool)
	// Port reports whether a word can be an interface.
	Port func(word []byte) bool
	// Extra are the starts of what may follow a next hop.
	Extra []string
}

// Row reads a line that starts a route of a coded table; what stands before its
// prefix are codes. A prefix without a length inherits parent's length when it
// is an address of the same class in the same network. A line that is no row is
// left as it was.
func (t *Table) Row(s *Style, line []byte, parent netip.Prefix) bool {
	codes, word, rest := split(line)
	if len(codes) == 0 || len(codes) > 12 {
		return false
	}
	protocol, ok := s.Protocol(codes)
	if !ok {
		return false
	}
	word, note := bytes.CutSuffix(word, []byte(","))
	r := snapshot.Route{Protocol: protocol, Selected: true, Installed: true}
	if r.Prefix, ok = Prefix(word); !ok {
		if r.Prefix, ok = inherit(word, parent); !ok {
			return false
		}
	}
	t.Route(r)
	if note && bytes.HasPrefix(rest, []byte("SRv6 Endpoint ")) {
		rest = nil
	}
	if len(rest) == 0 || t.Ways(s, rest) {
		return true
	}
	t.drop()
	return false
}

// inherit gives an address the length of the network that it is listed under.
func inherit(word []byte, parent netip.Prefix) (netip.Prefix, bool) {
	a, ok := Addr(word)
	if !ok || !a.Is4() || !parent.IsValid() {
		return netip.Prefix{}, false
	}
	p := netip.PrefixFrom(a, parent.Bits())
	natural := Natural(a)
	return p, natural >= 0 && p.Masked() == p && netip.PrefixFrom(a, natural).Contains(parent.Addr())
}

// drop takes the route that was just started back.
func (t *Table) drop() {
	t.open, t.half = false, false
	t.rows = t.rows[:len(t.rows)-1]
}

// split cuts a line into the codes, the prefix behind them, and the rest. A
// prefix is the first word with a dot, a colon or a slash in it.
func split(line []byte) (codes, prefix, rest []byte) {
	rest = line
	for at := 0; len(rest) > 0; {
		var w []byte
		w, rest = Word(rest)
		if c := w[0]; c >= '0' && c <= '9' || bytes.IndexByte(w, ':') >= 0 {
			return bytes.TrimSpace(line[:at]), w, rest
		}
		if at = len(line) - len(rest); at > 16 {
			break
		}
	}
	return nil, nil, nil
}

// Ways reads what follows a prefix, or stands alone on a line below it: distance
// and metric, and a next hop. It returns false for anything else.
func (t *Table) Ways(s *Style, line []byte) bool {
	if t.half {
		return t.list(s, t.part, line)
	}
	r := t.Open()
	if r == nil {
		return false
	}
	line, override := After(line, "[NHO]")
	if len(line) > 0 && line[0] == '[' {
		distance, metric, rest, ok := Metrics(line)
		if !ok {
			return false
		}
		if r.Distance == nil {
			r.Distance, r.Metric = t.Num(distance), t.Num(metric)
		}
		if line = Trim(rest); len(line) == 0 || tagged(line) {
			return true
		}
	}
	if from, ok := After(line, "(source VRF "); ok { // leaked from there
		_, rest, _ := bytes.Cut(from, []byte(")"))
		line = Trim(rest)
	}
	if override {
		// The next hop that NHRP gave takes the place of the others.
		for i := range r.NextHops {
			r.NextHops[i].Inactive = true
		}
	}
	h, rest, ok := t.way(s, line)
	return ok && t.list(s, h, rest)
}

// tagged reports whether a tag is all that is left of a line.
func tagged(line []byte) bool {
	tag, ok := After(line, ", tag ")
	_, number := Number(tag)
	return ok && number
}

// Metrics reads "[distance/metric]".
func Metrics(line []byte) (distance, metric uint32, rest []byte, ok bool) {
	distance, rest, ok = number(line[1:])
	if !ok || len(rest) == 0 || rest[0] != '/' {
		return 0, 0, line, false
	}
	metric, rest, ok = number(rest[1:])
	if !ok || len(rest) == 0 || rest[0] != ']' {
		return 0, 0, line, false
	}
	return distance, metric, rest[1:], true
}

// way reads where a next hop leads to, up to the comma.
func (t *Table) way(s *Style, line []byte) (h snapshot.NextHop, rest []byte, ok bool) {
	if rest, ok = After(line, "via "); ok {
		return t.via(s, rest)
	}
	for _, start := range []string{"is directly connected", "directly connected", "is a summary", "is possibly down"} {
		if rest, ok = After(line, start); ok {
			return h, rest, len(rest) == 0 || rest[0] == ',' || rest[0] == ' '
		}
	}
	return h, line, len(line) > 0 && line[0] == ','
}

// via reads an address, with the VRF it is in where that is another, or an
// interface.
func (t *Table) via(s *Style, line []byte) (h snapshot.NextHop, rest []byte, ok bool) {
	if vtep, is := After(line, "VTEP "); is {
		line = vtep
	}
	i := 0
	for i < len(line) && line[i] != ',' && line[i] != ' ' {
		i++
	}
	word, rest := line[:i], line[i:]
	if at := bytes.IndexByte(word, '%'); at > 0 {
		if !t.Elsewhere(&h, word[at+1:]) {
			return h, rest, false
		}
		word = word[:at]
	}
	if h.Addr, ok = Addr(word); ok {
		return h, rest, true
	}
	if s.Port(word) {
		h.Interface = t.Name(word)
		return h, rest, len(rest) > 0 // in what manner it is connected
	}
	return h, rest, false
}

// list reads what follows a next hop: the VRF in parentheses, its age, its
// interface, and marks. At a comma at its end it goes on, on the next line.
func (t *Table) list(s *Style, h snapshot.NextHop, line []byte) bool {
	line = Trim(line)
	if len(line) > 0 && line[0] == '(' {
		var ok bool
		if line, ok = t.elsewhere(&h, line); !ok {
			return false
		}
	}
	line = Trim(bytes.TrimPrefix(line, []byte(",")))
	seen := items{}
	for len(line) > 0 {
		var item []byte
		item, line = Item(line)
		if !t.item(s, &h, item, &seen) {
			return false
		}
	}
	return t.end(h, seen)
}

// items are what was listed with a next hop.
type items struct{ receive, aged bool }

func (t *Table) item(s *Style, h *snapshot.NextHop, item []byte, seen *items) bool {
	item, backup := bytes.CutSuffix(item, []byte(" (!)"))
	h.Inactive = h.Inactive || backup
	item = bytes.TrimSuffix(item, []byte(" (>)"))
	if name, ok := bytes.CutSuffix(item, []byte(")")); ok {
		port, vrf, ok := bytes.Cut(name, []byte(" (egress VRF "))
		if !ok || !t.Elsewhere(h, vrf) {
			return false
		}
		item = port
	}
	switch {
	case Age(item):
		seen.aged = true
	case string(item) == "receive":
		seen.receive = true
	case string(item) == "directly connected", string(item) == "indirectly connected":
		seen.aged = true // where routes are listed so, they have no age
	case h.Interface == "" && s.Port(item):
		h.Interface = t.Name(item)
	case h.Interface == "" && bytes.HasPrefix(item, []byte("routing via ")):
		var ok bool
		h.Addr, ok = Addr(item[len("routing via "):])
		return ok
	default:
		return s.extra(t, h, item)
	}
	return true
}

// extra reports whether an item is one that may follow a next hop on the
// platform.
func (s *Style) extra(t *Table, h *snapshot.NextHop, item []byte) bool {
	for _, e := range s.Extra {
		if !bytes.HasPrefix(item, []byte(e)) {
			continue
		}
		if _, port, ok := bytes.Cut(item, []byte("local-interface ")); ok && s.Port(port) {
			h.Interface = t.Name(port)
		}
		return true
	}
	return false
}

// elsewhere reads the VRF that a next hop is in: "(red)" or "(nexthop in vrf red)".
func (t *Table) elsewhere(h *snapshot.NextHop, line []byte) ([]byte, bool) {
	end := bytes.IndexByte(line, ')')
	if end < 0 {
		return line, false
	}
	name, rest := bytes.TrimPrefix(line[1:end], []byte("nexthop in vrf ")), Trim(line[end+1:])
	if string(name) == "!" {
		h.Inactive = true
		return rest, true
	}
	return rest, t.Elsewhere(h, name)
}

// end adds a next hop, or keeps it for the next line when it goes on there.
func (t *Table) end(h snapshot.NextHop, seen items) bool {
	if l := t.in.Line(); l[len(l)-1] == ',' {
		again := t.half
		t.part, t.half = h, true
		return !again
	}
	t.half = false
	h.Blackhole = strings.EqualFold(h.Interface, "Null0") && !seen.receive
	if h.Interface == "" && (!h.Addr.IsValid() || !alone(t.Open(), seen.aged)) {
		return false // there is more of it: the row was cut off
	}
	return t.Hop(h)
}

// alone reports whether an address is all that is listed of a next hop of the
// route, with or without an age. What an interior protocol learned has an
// interface, what BGP learned has an age, but for IPv6 routes of IOS.
func alone(r *snapshot.Route, aged bool) bool {
	switch r.Protocol {
	case snapshot.OSPF, snapshot.EIGRP, snapshot.ISIS, snapshot.RIP:
		return false
	case snapshot.BGPProto:
		return aged || !r.Prefix.Addr().Is4()
	}
	return true
}
