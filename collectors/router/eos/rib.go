package eos

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readRIB reads the routing tables and the list of interfaces, as text.
func readRIB(command string, in *lines.Reader, r *snapshot.Router) bool {
	words := strings.Fields(command)
	if show.Matches(words, "show ip interface") && !strings.Contains(command, "json") {
		readPorts(words[3:], in, &r.Ports)
		return true
	}
	if !show.Matches(words, "show ip route") && !show.Matches(words, "show ipv6 route") {
		return false
	}
	q, ok := ribtable.Ask(words[3:])
	if ok {
		readRoutes(q, in, &r.RIB)
	}
	return ok
}

// readRoutes reads `show ip route` and `show ipv6 route`. Further next hops of a
// route stand on lines of their own.
func readRoutes(q ribtable.Query, in *lines.Reader, out *snapshot.RIB) {
	t := ribtable.New(in, q, out)
	style := &ribtable.Style{Protocol: protocol, Port: ribtable.Numbered, Extra: []string{
		"Static Interface GRE tunnel index ", "dst ", "src ", "VNI ", "VTEP ", "label ", "labels ", "MPLS label", "SR tunnel", "IS-IS SR tunnel", "tunnel index",
		"LDP tunnel", "BGP LU tunnel", "RSVP LER tunnel", "TI-LFA tunnel", "Segment Routing", "weight ", "via ", "Nexthop-group", "tos ", "ttl ", "key ", "GUE ", "source ",
	}}
	for {
		line, ok := t.Next()
		if !ok {
			break
		}
		if !readLine(t, style, line) {
			t.Miss()
		}
	}
	t.Finish()
}

func readLine(t *ribtable.Table, style *ribtable.Style, line []byte) bool {
	switch c := line[0]; {
	case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		if t.Open() != nil && (bytes.HasPrefix(line, []byte("via ")) || bytes.HasPrefix(line, []byte("is directly ")) || bytes.HasPrefix(line, []byte("directly connected, "))) {
			return t.Ways(style, line)
		}
		if t.Row(style, line, netip.Prefix{}) {
			if r := t.Open(); bytes.ContainsAny(line[:bytes.IndexByte(line, '/')], "%#") {
				r.Installed = false // in the words of the legend: not programmed
			}
			return true
		}
		if bytes.HasPrefix(line, []byte("WARNING: Some of the routes are not programmed in")) || bytes.HasSuffix(line, []byte(", and they are marked with '%'.")) {
			return true
		}
	case c == '[':
		return t.Ways(style, line)
	case c == '!':
		return remark(t, line)
	}
	for _, head := range []string{"VRF name: ", "VRF: ", "IPv6 Routing Table - "} {
		if vrf, ok := ribtable.After(line, head); ok {
			return section(t, vrf)
		}
	}
	return t.Other(line) || blank(line)
}

// section reads the name of the VRF whose table begins: "red", or in front of the
// number of entries "red - 12 entries".
func section(t *ribtable.Table, text []byte) bool {
	name, rest := ribtable.Word(text)
	rest = ribtable.Trim(bytes.TrimPrefix(rest, []byte("-")))
	if bytes.HasPrefix(rest, []byte("entries")) {
		name, rest = nil, text // "IPv6 Routing Table - 12 entries"
	}
	return (len(rest) == 0 || bytes.HasSuffix(rest, []byte(" entries"))) && t.Section(name)
}

// remark reads what the router says of a table: "! IP routing not enabled".
func remark(t *ribtable.Table, line []byte) bool {
	if bytes.Contains(line, []byte("routing not enabled")) || bytes.Contains(line, []byte("routing is not enabled")) {
		t.Close()
		return true
	}
	return false
}

// blank reports whether a line is a ruler.
func blank(line []byte) bool { return len(bytes.Trim(line, "-=")) == 0 }

// protocol names the protocol of a row's codes, such as "B I" or "O E2". A last
// L says that the route was leaked from another VRF.
func protocol(codes []byte) (string, bool) {
	codes = bytes.TrimRight(codes, "%# ")
	code, kinds := ribtable.Word(codes)
	for rest := kinds; len(rest) > 0; {
		var w []byte
		w, rest = ribtable.Word(rest)
		switch string(w) {
		case "I", "E", "L", "IA", "E1", "E2", "N1", "N2", "L1", "L2", "B", "O", "R", "S", "C", "*":
		default:
			return "", false
		}
	}
	switch string(code) {
	case "B":
		return snapshot.BGPProto, true
	case "C":
		return snapshot.Connected, true
	case "S", "NG", "DH":
		return snapshot.Static, true
	case "O", "O3", "IA", "E1", "E2", "N1", "N2":
		return snapshot.OSPF, true
	case "I":
		return snapshot.ISIS, true
	case "R":
		return snapshot.RIP, true
	case "K":
		return snapshot.Kernel, true
	case "A":
		if bytes.HasPrefix(kinds, []byte("O")) {
			return snapshot.OSPF, true
		}
		return snapshot.BGPProto, true
	}
	return rare(string(code))
}

// rare names the protocols that have no name of their own on other platforms.
func rare(code string) (string, bool) {
	switch code {
	case "V":
		return "vxlan", true
	case "M":
		return "martian", true
	case "DP":
		return "dynamic-policy", true
	case "L":
		return "leaked", true
	case "G":
		return "gribi", true
	case "RC":
		return "route-cache", true
	}
	return "", false
}
