package ios

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
	case show.Matches(words, "show ip route"), show.Matches(words, "show ipv6 route"):
		q, ok := ribtable.Ask(words[3:])
		if ok {
			readRoutes(q, in, &r.RIB)
		}
		return ok
	case show.Matches(words, "show ip interface"):
		readPorts(words[3:], in, &r.Ports)
		return true
	}
	return false
}

// rib reads `show ip route` and `show ipv6 route`.
type rib struct {
	*ribtable.Table
	style ribtable.Style
	mask  netip.Prefix // the network whose length a row without one has
	major subnetted    // the network whose subnets are being listed
}

// subnetted is a network that is listed with how many subnets it has.
type subnetted struct {
	network netip.Prefix
	want    uint32
	seen    uint32
}

func readRoutes(q ribtable.Query, in *lines.Reader, out *snapshot.RIB) {
	t := rib{Table: ribtable.New(in, q, out), style: ribtable.Style{Protocol: protocol, Port: isPort}}
	for {
		line, ok := t.Next()
		if !ok {
			break
		}
		if !t.line(line) {
			t.mask = netip.Prefix{} // the line may have been the next network
			t.Miss()
		}
	}
	t.counted()
	t.Finish()
}

func (t *rib) line(line []byte) bool {
	switch c := line[0]; {
	case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		if t.Indented() && t.Open() != nil && t.Ways(&t.style, line) {
			return true
		}
		if t.Row(&t.style, line, t.mask) {
			t.count()
			return true
		}
	case c == '[', c == ',':
		return t.Ways(&t.style, line)
	case c >= '0' && c <= '9':
		if t.subnets(line) {
			return true
		}
		if t.Ways(&t.style, line) {
			return true
		}
	}
	return t.other(line)
}

func (t *rib) other(line []byte) bool {
	if name, ok := ribtable.After(line, "Routing Table: "); ok {
		t.counted()
		return t.Section(bytes.TrimSpace(name))
	}
	if rest, ok := ribtable.After(line, "IPv6 Routing Table - "); ok {
		t.counted()
		return t.six(rest)
	}
	if t.Other(line) {
		if bytes.HasPrefix(line, []byte("Codes:")) {
			t.mask = netip.Prefix{}
		}
		return true
	}
	return t.Entry(&t.style, line) || t.host(line)
}

// isPort reports whether a word is an interface: all but that of SD-WAN have a
// number.
func isPort(word []byte) bool {
	return ribtable.Numbered(word) || string(word) == "Sdwan-system-intf"
}

// subnets reads "10.0.0.0/8 is variably subnetted, 5 subnets, 2 masks" and
// "1.0.0.0/32 is subnetted, 1 subnets". Under the latter rows have no length of
// their own.
func (t *rib) subnets(line []byte) bool {
	head, counts, found := bytes.Cut(line, []byte(" subnetted, "))
	if !found {
		return false
	}
	t.Close()
	t.counted()
	t.mask = netip.Prefix{}
	word, verb := ribtable.Word(head)
	p, ok := ribtable.Prefix(word)
	count, _ := ribtable.Word(counts)
	want, ok2 := ribtable.Number(count)
	if !ok || !ok2 || !p.Addr().Is4() {
		return false
	}
	switch string(verb) {
	case "is":
		t.mask = p
	case "is variably":
	default:
		return false
	}
	if n := ribtable.Natural(p.Addr()); n >= 0 {
		t.major = subnetted{network: netip.PrefixFrom(p.Addr(), n).Masked(), want: want}
	}
	return true
}

// count counts the row that was read among the subnets of the network above it.
// A row of another network inherits no length.
func (t *rib) count() {
	p := t.Open().Prefix
	if t.major.network.IsValid() && p.Bits() >= t.major.network.Bits() && t.major.network.Contains(p.Addr()) {
		t.major.seen++
	}
}

// counted ends the subnets of a network.
func (t *rib) counted() {
	if m := t.major; m.seen != m.want && t.Whole() {
		t.Short(fmt.Sprintf("%s has %d subnets, and %d of them are listed: rows are missing, or came twice", m.network, m.want, m.seen))
	}
	t.major = subnetted{}
}

// six reads "default - 6 entries", which stands at the start of an IPv6 table.
func (t *rib) six(rest []byte) bool {
	name, count, ok := strings.Cut(string(rest), " - ")
	if !ok {
		name, count = "default", name
	}
	var entries uint32
	if n, _ := fmt.Sscanf(count, "%d entries", &entries); n != 1 {
		return false
	}
	if !t.Section([]byte(name)) {
		return false
	}
	t.major = subnetted{network: netip.PrefixFrom(netip.IPv6Unspecified(), 0), want: entries}
	return true
}

// host reads what a router prints that does not route.
func (t *rib) host(line []byte) bool {
	switch {
	case bytes.HasPrefix(line, []byte("Default gateway is ")):
		t.Nothing(string(line))
	case bytes.HasPrefix(line, []byte("Host ")) && bytes.Contains(line, []byte("Gateway")), bytes.HasPrefix(line, []byte("ICMP redirect cache is empty")):
	default:
		return bytes.HasPrefix(line, []byte("Last updated ")) && t.Open() != nil
	}
	return true
}

// protocol names the protocol of a row's codes, such as "O*E2" or "S   %".
func protocol(codes []byte) (string, bool) {
	code, marks := codes, 0
	for i, c := range codes {
		if c == ' ' || c == '*' || c == '\t' {
			code, marks = codes[:i], i
			break
		}
	}
	if marks > 0 && !kind(codes[marks:]) {
		return "", false
	}
	switch string(code) {
	case "B":
		return snapshot.BGPProto, true
	case "C":
		return snapshot.Connected, true
	case "L", "LC":
		return snapshot.Local, true
	case "S", "U", "P":
		return snapshot.Static, true
	case "O", "OI", "OE1", "OE2", "ON1", "ON2":
		return snapshot.OSPF, true
	case "D", "EX":
		return snapshot.EIGRP, true
	case "i", "I1", "I2", "IA", "IS":
		return snapshot.ISIS, true
	case "R":
		return snapshot.RIP, true
	}
	return rare(string(code))
}

// rare names the protocols that have no name of their own on other platforms.
func rare(code string) (string, bool) {
	switch code {
	case "M", "MR", "HA", "NM":
		return "mobile", true
	case "E":
		return "egp", true
	case "o":
		return "odr", true
	case "H", "HG", "Hg", "HE", "G", "g":
		return "nhrp", true
	case "l", "la", "lr", "ld", "lA", "le", "lp", "ls":
		return "lisp", true
	case "a":
		return "application", true
	case "m":
		return "omp", true
	case "n", "Ni", "No", "Nd":
		return "nat", true
	case "ND", "NDp", "NDr", "DCE":
		return "nd", true
	case "RL":
		return "rpl", true
	}
	return "", false
}

// kind reports whether what follows a code are the kinds and marks that there
// are: "E2", "* IA", "+", "%".
func kind(s []byte) bool {
	for len(s) > 0 {
		if s[0] == '*' || s[0] == ' ' || s[0] == '\t' || s[0] == '+' || s[0] == '%' || s[0] == '&' || s[0] == 'p' {
			s = s[1:]
			continue
		}
		if len(s) < 2 {
			return false
		}
		switch string(s[:2]) {
		case "Ni", "No", "Nd", "IA", "N1", "N2", "E1", "E2", "EX", "L1", "L2", "ia", "su":
			s = s[2:]
		default:
			return false
		}
	}
	return true
}
