package nxos

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readRIB reads the routing tables and the list of interfaces.
func readRIB(command string, in *lines.Reader, r *snapshot.Router) bool {
	words := strings.Fields(command)
	switch {
	case show.Matches(words, "show ip route"), show.Matches(words, "show ipv6 route"), show.Matches(words, "show routing ip"):
		q, ok := ribtable.Ask(words[3:])
		if ok {
			readRoutes(q, in, &r.RIB)
		}
		return ok
	case show.Matches(words, "show ip interface") && !strings.Contains(command, "json") && !strings.Contains(command, "xml"):
		readPorts(words[3:], in, &r.Ports)
		return true
	}
	return false
}

// rib reads `show ip route` and `show ipv6 route`: a line for each prefix, and
// one for each of its next hops, with the protocol that offers it.
type rib struct {
	*ribtable.Table
	in    *lines.Reader
	ports map[string]string // the names of interfaces in full, by how the table writes them
	dest  destination
	comma bool // the line above ended in a comma: its attributes may go on
	last  netip.Prefix
	known map[netip.Prefix]bool // the destinations of this VRF, once they are out of order
}

// destination is a prefix, and how many next hops its line says that it has.
type destination struct {
	prefix       netip.Prefix
	line         int
	text         []byte
	ucast, mcast uint32
	best, marked uint32 // what was listed: *via, **via
	hops         int
}

func readRoutes(q ribtable.Query, in *lines.Reader, out *snapshot.RIB) {
	t := rib{Table: ribtable.New(in, q, out), in: in, ports: map[string]string{}}
	t.Offers()
	for {
		line, ok := t.Next()
		if !ok {
			break
		}
		if !t.line(line) {
			t.Miss()
			t.comma = false
		}
	}
	t.counted()
	t.Finish()
}

func (t *rib) line(line []byte) bool {
	comma := t.comma
	t.comma = false
	switch c := line[0]; {
	case c == '*', c == 'v' && bytes.HasPrefix(line, []byte("via ")):
		if t.hop(line) {
			t.comma = line[len(line)-1] == ','
			return true
		}
	case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F', c == ':':
		if t.prefix(line) {
			return true
		}
	}
	if comma && (bytes.HasPrefix(line, []byte("tag ")) || bytes.HasPrefix(line, []byte("segid: ")) || bytes.HasPrefix(line, []byte("(mpls-vpn)"))) {
		return true
	}
	return t.other(line)
}

func (t *rib) other(line []byte) bool {
	for _, head := range []string{"IP Route Table for VRF ", "IPv6 Routing Table for VRF ", "IP Routing Table for VRF ", "IPv6 Route Table for VRF "} {
		if name, ok := ribtable.After(line, head); ok {
			t.counted()
			t.last, t.known = netip.Prefix{}, nil
			return t.Section(unquote(name))
		}
	}
	for _, legend := range []string{"'*' denotes ", "'**' denotes ", "'[x/y]' denotes ", "'%<string>' "} {
		if bytes.HasPrefix(line, []byte(legend)) {
			return true
		}
	}
	return t.Other(line)
}

// unquote takes the quotes from a name.
func unquote(name []byte) []byte {
	name = bytes.TrimSpace(name)
	if n := len(name); n > 1 && name[0] == '"' && name[n-1] == '"' {
		return name[1 : n-1]
	}
	return name
}

// prefix reads `10.0.0.0/24, ubest/mbest: 2/0, attached`, which old releases
// print as `10.0.0.0/24, 2 ucast next-hops, 0 mcast next-hops, attached`.
func (t *rib) prefix(line []byte) bool {
	word, rest := ribtable.Item(line)
	p, ok := ribtable.Prefix(word)
	if !ok {
		return false
	}
	counts, _ := ribtable.Item(rest)
	var ucast, mcast uint32
	if best, ok := ribtable.After(counts, "ubest/mbest: "); ok {
		pair, _ := ribtable.Word(best)
		u, m, _ := bytes.Cut(pair, []byte("/"))
		var ok1, ok2 bool
		ucast, ok1 = ribtable.Number(u)
		mcast, ok2 = ribtable.Number(m)
		if !ok1 || !ok2 {
			return false
		}
	} else if n, _ := fmt.Sscanf(string(rest), "%d ucast next-hops, %d mcast next-hops", &ucast, &mcast); n != 2 {
		return false
	}
	t.counted()
	t.Close()
	t.once(p)
	text := append(t.dest.text[:0], t.in.Line()...)
	t.dest = destination{prefix: p, line: t.in.Number(), text: text, ucast: ucast, mcast: mcast}
	return true
}

// once notes a destination. It must come once for a VRF, which is seen as long as
// they are in order.
func (t *rib) once(p netip.Prefix) {
	last := t.last
	t.last = p
	if c := p.Addr().Compare(last.Addr()); t.known == nil && (!last.IsValid() || c > 0 || c == 0 && p.Bits() > last.Bits()) {
		return
	}
	if t.known == nil {
		t.known = map[netip.Prefix]bool{last: true}
		t.Each(func(r *snapshot.Route) {
			if r.VRF == t.VRF() {
				t.known[r.Prefix] = true
			}
		})
	}
	if t.known[p] {
		t.Short(fmt.Sprintf("destination %s is listed twice: a part of the output came twice", p))
	}
	t.known[p] = true
}

// counted ends a destination: it must have had the next hops that its line
// counts.
func (t *rib) counted() {
	d := &t.dest
	switch {
	case d.line == 0:
	case d.hops == 0:
		t.in.MissAt(d.line, d.text)
	case d.best != d.ucast && d.best+d.marked != d.ucast:
		t.Short(fmt.Sprintf("line %d counts %d best next hops, and %d are listed: lines are missing, or came twice", d.line, d.ucast, d.best))
	}
	d.line = 0
}

// hop reads `*via 10.0.0.1%red, Eth1/1, [20/0], 1w2d, bgp-65001, external, tag 65515`.
func (t *rib) hop(line []byte) bool {
	d := &t.dest
	stars := 0
	for len(line) > 0 && line[0] == '*' {
		line = line[1:]
		stars++
	}
	line, ok := ribtable.After(line, "via ")
	if !ok || d.line == 0 || stars > 2 {
		return false
	}
	where, rest := ribtable.Item(line)
	var h snapshot.NextHop
	if at := bytes.IndexByte(where, '%'); at > 0 {
		if !t.Elsewhere(&h, bytes.TrimSuffix(where[at+1:], []byte(":IPv4"))) {
			return false
		}
		where = where[:at]
	}
	if h.Addr, ok = ribtable.Addr(where); !ok && !t.port(&h, where) {
		return false
	}
	item, rest := ribtable.Item(rest)
	if len(item) > 0 && item[0] != '[' {
		if h.Interface != "" || !t.port(&h, item) {
			return false
		}
		item, rest = ribtable.Item(rest)
	}
	if len(item) == 0 {
		return false
	}
	distance, metric, left, ok := ribtable.Metrics(item)
	age, rest := ribtable.Item(rest)
	name, _ := ribtable.Item(rest)
	protocol, known := protocol(name)
	if !ok || len(left) > 0 || !ribtable.Age(age) || !known {
		return false
	}
	d.hops++
	switch stars {
	case 1:
		d.best++
	case 2:
		d.marked++
	}
	return t.add(h, snapshot.Route{
		Prefix: d.prefix, Protocol: protocol, Distance: t.Num(distance), Metric: t.Num(metric), Selected: stars > 0, Installed: stars > 0,
	})
}

// add gives the destination a next hop. Offers of other protocols, and those that
// are not the best, are routes of their own.
func (t *rib) add(h snapshot.NextHop, r snapshot.Route) bool {
	if (r.Protocol == snapshot.Connected || r.Protocol == snapshot.Local) && h.Interface != "" {
		h.Addr, h.VRF = netip.Addr{}, "" // the router's own address stands in the place of a next hop
	}
	h.Blackhole = h.Interface == "Null0"
	first := t.dest.hops == 1
	if was := t.Open(); first || was == nil || was.Protocol != r.Protocol || was.Selected != r.Selected || *was.Distance != *r.Distance {
		t.Route(r)
	}
	if first {
		t.Open().Line = t.dest.line
	}
	return t.Hop(h)
}

// port takes the name of an interface, which the table shortens, in full.
func (t *rib) port(h *snapshot.NextHop, word []byte) bool {
	if !ribtable.Numbered(word) {
		return false
	}
	name, ok := t.ports[string(word)]
	if !ok {
		name = fullPort(string(word))
		t.ports[string(word)] = name
	}
	h.Interface = name
	return true
}

// fullPort is an interface's name in full, in the one spelling of all commands.
func fullPort(short string) string {
	for _, p := range [][2]string{{"Eth", "Ethernet"}, {"Lo", "Loopback"}, {"loopback", "Loopback"}, {"Po", "port-channel"}, {"Tu", "Tunnel"}} {
		if rest, ok := strings.CutPrefix(short, p[0]); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return p[1] + rest
		}
	}
	return short
}

// protocol names the protocol of "ospf-UNDERLAY", "bgp-65001", "direct".
func protocol(name []byte) (string, bool) {
	if i := bytes.IndexByte(name, '-'); i > 0 {
		name = name[:i]
	}
	switch string(name) {
	case "bgp":
		return snapshot.BGPProto, true
	case "direct":
		return snapshot.Connected, true
	case "local":
		return snapshot.Local, true
	case "static":
		return snapshot.Static, true
	case "ospf", "ospfv3":
		return snapshot.OSPF, true
	case "eigrp":
		return snapshot.EIGRP, true
	case "isis":
		return snapshot.ISIS, true
	case "rip":
		return snapshot.RIP, true
	case "hsrp", "vrrp", "vrrpv3", "glbp", "am", "hmm", "broadcast", "icmpv6", "nat", "lisp", "discard", "urib", "u6rib", "vxlan", "l3vm", "pim", "adjmgr", "otv", "segment", "sr", "dhcp", "mpls", "te":
		return string(name), true
	}
	return "", false
}
