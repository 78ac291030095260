package iosxr

import (
	"bytes"
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
	if more, ok := portsCommand(words); ok {
		readPorts(more, in, &r.Ports)
		return true
	}
	switch {
	case show.Matches(words, "show route") && !strings.Contains(words[1], "-"):
		words = words[2:]
	case show.Matches(words, "show ip route"), show.Matches(words, "show ipv4 route"), show.Matches(words, "show ipv6 route"):
		words = words[3:]
	default:
		return false
	}
	q, ok := ribtable.Ask(words)
	if ok {
		readRoutes(q, in, &r.RIB)
	}
	return ok
}

// readRoutes reads `show route` in all its forms.
func readRoutes(q ribtable.Query, in *lines.Reader, out *snapshot.RIB) {
	t := ribtable.New(in, q, out)
	style := &ribtable.Style{Protocol: protocol, Port: ribtable.Numbered, Extra: []string{"tag "}}
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
		if t.Row(style, line, netip.Prefix{}) {
			return true
		}
	case c == '[', c >= '0' && c <= '9':
		if t.Ways(style, line) {
			return true
		}
	}
	if vrf, ok := ribtable.After(line, "VRF: "); ok {
		return t.Section(bytes.TrimSpace(vrf))
	}
	switch string(line) {
	case "IPv4 Unicast:", "IPv6 Unicast:", "-------------":
		t.Close()
		return true
	}
	return t.Other(line) || t.Entry(style, line)
}

// protocol names the protocol of a row's codes, such as "O*E2" or "i L2".
func protocol(codes []byte) (string, bool) {
	code := codes
	if i := bytes.IndexAny(codes, " *("); i > 0 {
		code = codes[:i]
		if !kind(codes[i:]) {
			return "", false
		}
	}
	switch string(code) {
	case "B":
		return snapshot.BGPProto, true
	case "C":
		return snapshot.Connected, true
	case "L":
		return snapshot.Local, true
	case "S", "U":
		return snapshot.Static, true
	case "O":
		return snapshot.OSPF, true
	case "D":
		return snapshot.EIGRP, true
	case "i":
		return snapshot.ISIS, true
	case "R":
		return snapshot.RIP, true
	}
	name, ok := rare()[string(code)]
	return name, ok
}

// rare are the names of protocols that have none of their own on other platforms.
func rare() map[string]string {
	return map[string]string{
		"E": "egp", "o": "odr", "G": "dagr", "l": "lisp", "A": "subscriber", "a": "application", "M": "mobile", "r": "rpl", "t": "te",
	}
}

// kind reports whether what follows a code are the kinds and marks that there
// are: " E2", "*IA", " (>)".
func kind(s []byte) bool {
	for w := range bytes.FieldsSeq(bytes.ReplaceAll(s, []byte("*"), []byte(" "))) {
		switch string(w) {
		case "EX", "IA", "N1", "N2", "E1", "E2", "L1", "L2", "ia", "su", "(>)", "(!)":
		default:
			return false
		}
	}
	return true
}
