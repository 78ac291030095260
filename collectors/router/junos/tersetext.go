package junos

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// terseColumns are distances in the rows of `show route terse`, from the end of
// the preference to the right ends of the two metrics.
type terseColumns struct{ metric1, metric2 int }

func columnsOf(header []byte) terseColumns {
	prf := bytes.Index(header, []byte("Prf"))
	m1 := bytes.Index(header, []byte("Metric 1"))
	m2 := bytes.Index(header, []byte("Metric 2"))
	if prf < 0 || m1 < 0 || m2 < 0 {
		return terseColumns{}
	}
	return terseColumns{m1 + len("Metric 1") - prf - len("Prf"), m2 + len("Metric 2") - prf - len("Prf")}
}

// terseLine reads a row, or the further next hops of the one above.
func (t *routeText) terseLine(raw []byte) bool {
	l := string(raw)
	f := strings.Fields(l)
	if tag := f[0]; len(f) > 1 && strings.Trim(tag, "*+-@#") == "" {
		f = f[1:]
		return t.terseRow(l, tag, f)
	}
	if t.e != nil && t.terseHops(f) {
		t.e.last = t.in.Number()
		return true
	}
	return t.terseRow(l, "", f)
}

// terseHops reads `unverified   >10.0.0.1`: the validation state or nothing, and
// next hops.
func (t *routeText) terseHops(f []string) bool {
	switch f[0] {
	case "unverified", "valid", "invalid", "unknown":
		f = f[1:]
	}
	for _, w := range f {
		if len(f) > 1 || !t.e.hopWord(w, t.in.Number()) {
			return false
		}
	}
	return true
}

// terseRow reads the fields of a row behind its mark.
func (t *routeText) terseRow(l, tag string, f []string) bool {
	if len(f) > 1 && len(f[0]) == 1 && strings.Contains("?VINU", f[0]) {
		f = f[1:] // validation
	}
	if strings.ContainsRune(f[0], '/') {
		t.flush()
		t.dest = f[0]
		f = f[1:]
		t.star = tag == "*"
		if len(f) == 0 {
			return true
		}
	}
	if len(f) < 2 || t.dest == "" || len(f[0]) != 1 {
		return false
	}
	protocol, ok := terseProtocol(f[0])
	if _, number := optional(f[1]); !ok || !number {
		return false
	}
	if t.star && tag == "" {
		tag, t.star = "*", false
	}
	t.begin()
	t.e.tag, t.e.protocol, t.e.preference = tag, protocol, f[1]
	end := strings.Index(l, " "+f[0]+" ") + 3
	end += strings.Index(l[end:], f[1]) + len(f[1])
	return t.terseTail(l, end, f[2:])
}

// terseTail reads what follows the preference. Of BGP the manual and the devices
// differ about what the metrics are: they are not taken.
func (t *routeText) terseTail(l string, prf int, f []string) bool {
	at := prf
	for len(f) > 0 && strings.Trim(f[0], "0123456789") == "" {
		end := at + strings.Index(l[at:], f[0]) + len(f[0])
		if end-prf > t.columns.metric2 {
			break
		}
		if end-prf <= t.columns.metric1 && t.e.protocol != "BGP" {
			t.e.metric = f[0]
		}
		at, f = end, f[1:]
	}
	if len(f) > 0 && t.e.hopWord(f[0], t.in.Number()) {
		f = f[1:]
	}
	if t.e.protocol == "BGP" {
		t.e.asPath = strings.Join(f, " ")
		return true
	}
	return len(f) == 0
}

// hopWord reads a next hop of a terse row: an address or an interface.
func (e *entry) hopWord(w string, line int) bool {
	w = strings.TrimPrefix(w, ">")
	h := snapshot.NextHop{Line: line}
	if a, err := netip.ParseAddr(w); err == nil {
		h.Addr = a
	} else {
		switch w {
		case "Reject", "Discard", "Receive", "MultiRecv", "Unusable", "Local":
			e.kind = w
			return true
		}
		if i := strings.IndexByte(w, '.'); i < 2 || w[0] < 'a' || w[0] > 'z' {
			return false
		}
		h.Interface = w
	}
	e.hops = append(e.hops, h)
	return true
}

// terseProtocol is the protocol of a letter. L is said of several, and of those
// only a local address is in a table that forwards packets.
func terseProtocol(letter string) (string, bool) {
	name, ok := map[string]string{
		"A": "Aggregate", "B": "BGP", "D": "Direct", "I": "IS-IS", "K": "Kernel", "L": "Local", "M": "MPLS", "O": "OSPF", "P": "PIM", "R": "RIP", "S": "Static", "T": "Tunnel",
	}[letter]
	return name, ok
}
