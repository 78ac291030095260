package frr

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readRIB reads the routing tables and the list of interfaces.
func readRIB(command string, in *lines.Reader, r *snapshot.Router) bool {
	words := strings.Fields(strings.NewReplacer(`"`, " ", `'`, " ").Replace(command))
	if len(words) > 2 && words[0] == "vtysh" && words[1] == "-c" {
		words = words[2:]
	}
	switch {
	case show.Matches(words, "show ip route"), show.Matches(words, "show ipv6 route"):
		q, ok := ribtable.Ask(words[3:])
		if ok {
			readRoutes(q, in, &r.RIB)
		}
		return ok
	case show.Matches(words, "show interface brief"), show.Matches(words, "show interface vrf") && words[len(words)-1] == "brief":
		readPorts(words[2:], in, &r.Ports)
		return true
	}
	return false
}

// rib reads `show ip route` and `show ipv6 route`. A route's further next hops
// stand on lines of their own, without code and prefix.
type rib struct {
	*ribtable.Table
	ages bool // routes that no protocol learned have an age too, as in all but old releases
}

func readRoutes(q ribtable.Query, in *lines.Reader, out *snapshot.RIB) {
	t := rib{Table: ribtable.New(in, q, out)}
	t.Offers()
	for {
		line, ok := t.Next()
		if !ok {
			break
		}
		if !t.line(line) {
			t.resolved()
			t.Miss()
		}
	}
	t.resolved()
	t.Finish()
}

func (t *rib) line(line []byte) bool {
	if t.Indented() {
		if t.further(line) {
			return true
		}
	} else if t.row(line) {
		return true
	}
	if vrf, ok := vrfHead(line); ok {
		t.resolved()
		return t.Section(vrf)
	}
	return bytes.HasPrefix(line, []byte("% Can't open configuration file")) || t.Other(line) || t.entry(line)
}

// resolved ends the open route. Below a next hop that was resolved there are
// those that it led to.
func (t *rib) resolved() {
	r := t.Open()
	if r == nil || !r.Selected || len(r.NextHops) == 0 {
		return
	}
	if h := r.NextHops[len(r.NextHops)-1]; h.Recursive && !h.Inactive {
		t.Short("line " + strconv.Itoa(h.Line) + " has a next hop that was resolved, and what it led to is missing")
	}
}

// vrfHead reads "VRF red:", "IPv4 unicast VRF red:".
func vrfHead(line []byte) ([]byte, bool) {
	name, ok := bytes.CutSuffix(line, []byte(":"))
	i := bytes.Index(name, []byte("VRF "))
	if !ok || i != 0 && (i < 0 || !bytes.HasSuffix(name[:i], []byte(" unicast "))) {
		return nil, false
	}
	name, rest := ribtable.Word(name[i+len("VRF "):])
	return name, len(rest) == 0 || bytes.HasPrefix(rest, []byte("table "))
}

// row reads a line such as `B>* 10.0.0.0/8 [20/0] via 10.0.0.1, eth0, weight 1,
// 00:00:05`: the protocol, with its instance; > for selected; * for in the FIB, or
// what came in its way; the prefix; distance and metric; a next hop.
func (t *rib) row(line []byte) bool {
	protocol, known := protocol(line[0])
	line = line[1:]
	if len(line) > 2 && line[0] == '[' {
		if end := bytes.IndexByte(line, ']'); end > 0 {
			line = line[end+1:]
		}
	}
	if !known || len(line) < 4 || line[0] != '>' && line[0] != ' ' {
		return false
	}
	r := snapshot.Route{Protocol: protocol, Selected: line[0] == '>'}
	flags, rest, ok := marks(line[1:])
	if !ok {
		return false
	}
	word, rest := ribtable.Word(rest)
	if r.Prefix, ok = ribtable.Prefix(word); !ok {
		return false
	}
	if len(rest) > 0 && rest[0] == '[' {
		distance, metric, left, ok := ribtable.Metrics(rest)
		if !ok {
			return false
		}
		r.Distance, r.Metric, rest = t.Num(distance), t.Num(metric), ribtable.Trim(left)
	}
	h, ok := t.hop(rest, learned(protocol))
	if !ok {
		return false
	}
	// A queued or rejected route is not in the FIB, whatever else is marked.
	r.Installed = flags.fib && !flags.stuck
	h.Inactive = h.Inactive || r.Selected && !flags.fib && !h.Recursive
	t.resolved()
	t.Route(r)
	return t.Hop(h)
}

// flags are what the marks before a prefix or a next hop say.
type flags struct{ fib, stuck bool }

// marks reads them, up to the blank that ends them.
func marks(s []byte) (f flags, rest []byte, ok bool) {
	for i, c := range s {
		switch c {
		case ' ':
			return f, ribtable.Trim(s[i:]), true
		case '*':
			f.fib = true
		case 'q', 'r', '#':
			f.stuck = true
		case 'b', 't', 'o':
		default:
			return f, s, false
		}
	}
	return f, s, false
}

// further reads a line with one more next hop of the route above.
func (t *rib) further(line []byte) bool {
	r := t.Open()
	if r == nil {
		return false
	}
	f := flags{}
	if i := bytes.IndexByte(line, ' '); i > 0 && i < 4 && !bytes.HasPrefix(line, []byte("via ")) && !bytes.HasPrefix(line, []byte("is ")) {
		var ok bool
		if f, line, ok = marks(line); !ok {
			return false
		}
	}
	h, ok := t.hop(line, learned(r.Protocol))
	if !ok {
		return false
	}
	h.Inactive = h.Inactive || r.Selected && !f.fib && !h.Recursive
	r.Installed = (r.Installed || f.fib) && !f.stuck
	return t.Hop(h)
}

// entry reads a line of `show ip route P`: all offers for one destination, of
// which one is the best, each with its next hops.
func (t *rib) entry(line []byte) bool {
	style := &ribtable.Style{Port: ribtable.Port}
	if bytes.HasPrefix(line, []byte("Routing entry for ")) {
		return t.Entry(style, line)
	}
	r := t.Open()
	if r == nil || !t.Detail() {
		return false
	}
	for _, known := range []string{"Flags: ", "Status: ", "Nexthop Group ID: ", "Installed Nexthop Group ID: ", "Received Nexthop Group ID: ", "Type: ", "Age: "} {
		if bytes.HasPrefix(line, []byte(known)) {
			return true
		}
	}
	if bytes.HasPrefix(line, []byte("Known via ")) {
		ok := t.Entry(style, line)
		r.Selected, r.Installed = bytes.Contains(line, []byte(", best")), false
		return ok
	}
	if bytes.HasPrefix(line, []byte("Last update ")) || bytes.HasPrefix(line, []byte("Tag ")) {
		return true
	}
	if r.Protocol == "" {
		return false
	}
	f, rest := flags{}, line
	if c := line[0]; c == '*' || c == 'q' || c == 'r' {
		var ok bool
		if f, rest, ok = marks(line); !ok {
			return false
		}
	}
	first, items := ribtable.Item(rest)
	h, ok := t.way(first, items)
	if !ok {
		return false
	}
	h.Inactive = h.Inactive || r.Selected && !f.fib && !h.Recursive
	r.Installed = r.Installed || f.fib
	return t.Hop(h)
}
