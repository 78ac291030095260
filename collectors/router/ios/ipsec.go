package ios

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// flow is one block of `show crypto ipsec sa`: a pair of identities with its
// security associations.
type flow struct {
	about    snapshot.IPsecSA // what all its associations have in common
	sas      []snapshot.IPsecSA
	section  string // "inbound esp" and so on
	sections map[string]bool
	packets  [2]*uint64 // out, in
	idents   int        // bit 0: local ident seen, bit 1: remote
	line     int
	open     bool
}

// ipsecTable reads the blocks. The same association twice means that a part of
// the output was repeated.
type ipsecTable struct {
	out    []snapshot.IPsecSA
	iface  string
	tag    string
	local  netip.Addr
	flow   flow
	bare   bool // an interface was named, and no block of it has begun
	seen   map[string]bool
	faults int    // blocks of which a part is missing
	fault  string // what of the first
	lines  int    // lines that were understood
}

// readIPsecSA reads `show crypto ipsec sa` of IOS and of ASA, whatever their
// indentation.
func readIPsecSA(p *show.Page, r *snapshot.Router) {
	t := &ipsecTable{}
	none := ""
	for p.Next() {
		switch l := p.Text(); {
		case l == "No SAs found", l == "There are no ipsec sas", l == "There are no IPsec SAs":
			none = l
		case !t.line(l, p.Number()):
			p.Miss()
		}
	}
	t.end()
	r.IPsec.SAs.SAs = t.out
	if none != "" && t.lines == 0 {
		p.Nothing(&r.IPsec.SAs.Read, none)
		return
	}
	p.Close(&r.IPsec.SAs.Read, t.lack())
}

// lack is what is missing of the table.
func (t *ipsecTable) lack() string {
	if t.faults > 0 {
		return fmt.Sprintf("%d block(s) are not whole: %s; the output was cut off", t.faults, t.fault)
	}
	if t.lines == 0 || t.bare {
		return "there is no block of security associations below the last interface: the output was cut off"
	}
	return ""
}

// line reads one line, and reports whether it was understood.
func (t *ipsecTable) line(l string, number int) bool {
	ok := t.head(l, number) || t.flow.open && (t.identity(l) || t.sections(l, number) || t.counters(l) || t.association(l, number) || flowNoise(l))
	if ok {
		t.lines++
		if t.flow.open {
			t.extend(number)
		}
	}
	return ok
}

func (t *ipsecTable) extend(number int) {
	if n := len(t.flow.sas); n > 0 && t.flow.section != "" {
		t.flow.sas[n-1].LastLine = number
	}
}

// head reads what a block starts with. An interface has several blocks; each
// starts with its protected VRF, or on ASA with its map's name.
func (t *ipsecTable) head(l string, number int) bool {
	if name, ok := strings.CutPrefix(l, "interface: "); ok {
		t.end()
		t.iface, t.tag, t.local, t.bare = name, "", netip.Addr{}, true
		return true
	}
	if rest, ok := strings.CutPrefix(l, "Crypto map tag: "); ok {
		t.end()
		tag, rest, _ := strings.Cut(rest, ",")
		t.tag = tag
		t.begin(number)
		_, local, ok := strings.Cut(rest, "local addr")
		if !ok {
			return false
		}
		t.local, ok = show.Addr(strings.Trim(local, ": "))
		t.flow.about.Local = t.local
		return ok
	}
	if name, ok := strings.CutPrefix(l, "protected vrf: "); ok {
		if t.flow.idents != 0 || !t.flow.open {
			t.end()
			t.begin(number)
		}
		t.flow.about.VRF = show.VRF(name)
		return true
	}
	return false
}

func (t *ipsecTable) begin(number int) {
	t.bare = false
	t.flow = flow{open: true, line: number, sections: map[string]bool{}}
	t.flow.about = snapshot.IPsecSA{Local: t.local, VRF: "default"}
	if t.tag == t.iface+"-head-0" || isTunnelName(t.iface) {
		t.flow.about.Interface = t.iface
	} else {
		t.flow.about.Name = t.tag
	}
}

func isTunnelName(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "tu") || strings.HasPrefix(name, "virtual-")
}

// identity reads what the block protects, and between whom.
func (t *ipsecTable) identity(l string) bool {
	f := &t.flow
	switch {
	case strings.HasPrefix(l, "local ident") || strings.HasPrefix(l, "local  ident"):
		return f.ident(l, 1, &f.about.LocalNet)
	case strings.HasPrefix(l, "remote ident"), strings.HasPrefix(l, "remote  ident"):
		return f.ident(l, 2, &f.about.RemoteNet)
	case strings.HasPrefix(l, "current_peer"):
		addr, _, _ := strings.Cut(strings.TrimLeft(strings.TrimPrefix(l, "current_peer"), ": "), " ")
		a, ok := show.Addr(strings.TrimSuffix(addr, ","))
		f.about.Remote = a
		return ok
	case strings.HasPrefix(l, "remote crypto endpt.: "): // of IPv6, on a line of its own
		a, ok := show.Addr(strings.TrimPrefix(l, "remote crypto endpt.: "))
		f.about.Remote = a
		return ok
	case strings.HasPrefix(l, "local crypto endpt.: ") && strings.HasSuffix(l, ","):
		a, ok := show.Addr(strings.TrimSuffix(strings.TrimPrefix(l, "local crypto endpt.: "), ","))
		f.about.Local = a
		return ok
	case strings.HasPrefix(l, "local crypto endpt.: "):
		local, remote, ok := strings.Cut(strings.TrimPrefix(l, "local crypto endpt.: "), ", remote crypto endpt.: ")
		a, ok2 := show.Addr(strings.TrimSpace(local))
		b, ok3 := show.Addr(strings.TrimSpace(remote))
		f.about.Local, f.about.Remote = a, b
		return ok && ok2 && ok3
	}
	return false
}

// ident reads "(10.0.0.0/255.0.0.0/0/0)" behind "local ident (addr/mask/prot/port): ".
func (f *flow) ident(l string, bit int, to *netip.Prefix) bool {
	_, value, ok := strings.Cut(l, "): (")
	parts := strings.Split(strings.TrimSuffix(value, ")"), "/")
	if !ok || len(parts) != 4 || f.idents&bit != 0 || !strings.HasSuffix(value, ")") {
		return false
	}
	f.idents |= bit
	p, ok := show.Masked(parts[0], parts[1])
	*to = p
	if parts[2] != "0" || parts[3] != "0" {
		f.about.Narrow = strings.TrimSuffix(value, ")")
	}
	return ok
}

func (t *ipsecTable) counters(l string) bool {
	if !strings.HasPrefix(l, "#") {
		return false
	}
	f := &t.flow
	for i, prefix := range []string{"#pkts encaps: ", "#pkts decaps: "} {
		rest, ok := strings.CutPrefix(l, prefix)
		if !ok {
			continue
		}
		digits, _, more := strings.Cut(rest, ",")
		n, err := strconv.ParseUint(digits, 10, 64)
		if err != nil || f.packets[i] != nil || !more {
			return false
		}
		f.packets[i] = &n
	}
	return true
}

// sections reads "inbound esp sas:" and its five kin.
func (t *ipsecTable) sections(l string, number int) bool {
	words := strings.Fields(l)
	if len(words) != 3 || words[2] != "sas:" || words[0] != "inbound" && words[0] != "outbound" {
		return false
	}
	switch words[1] {
	case "esp", "ah", "pcp":
	default:
		return false
	}
	f := &t.flow
	f.section = words[0] + " " + words[1]
	if f.sections[f.section] {
		return false
	}
	f.sections[f.section] = true
	f.line = min(f.line, number)
	return true
}

// association reads the lines of one security association.
func (t *ipsecTable) association(l string, number int) bool {
	f := &t.flow
	if rest, ok := strings.CutPrefix(l, "spi: "); ok {
		direction, protocol, _ := strings.Cut(f.section, " ")
		hex, _, _ := strings.Cut(strings.ReplaceAll(rest, "(", " ("), " ")
		spi, ok := show.Uint32(hex)
		if !ok || f.section == "" {
			return false
		}
		key := fmt.Sprint(t.iface, f.section, *spi)
		if t.seen == nil {
			t.seen = map[string]bool{}
		}
		known := t.seen[key]
		t.seen[key] = true
		f.sas = append(f.sas, snapshot.IPsecSA{Inbound: direction == "inbound", Protocol: protocol, SPI: *spi, Line: number, LastLine: number})
		return !known
	}
	if len(f.sas) == 0 || f.section == "" {
		return false
	}
	sa := &f.sas[len(f.sas)-1]
	switch {
	case strings.HasPrefix(l, "transform: "):
		if sa.Transform != "" {
			return false
		}
		sa.Transform = strings.TrimRight(strings.TrimPrefix(l, "transform: "), " ,")
		var ok bool
		sa.Encryption, sa.Integrity, ok = transform(sa.Transform, sa.Protocol)
		sa.Up = ok && sa.SPI != 0
		sa.Null = ok && isNull(sa.Encryption)
		return ok
	case strings.HasPrefix(l, "IV size: "):
		// A cipher has an initialisation vector; ESP-NULL has none (RFC 2410, 2.1).
		sa.Null = sa.Null || l == "IV size: 0 bytes" && sa.Protocol == "esp"
		return true
	case strings.HasPrefix(l, "Status: "), strings.HasPrefix(l, "SA State: "):
		if sa.State != "" {
			return false
		}
		_, sa.State, _ = strings.Cut(l, ": ")
		sa.State = strings.TrimSpace(sa.State)
		sa.Up = sa.Up && strings.HasPrefix(strings.ToUpper(sa.State), "ACTIVE")
		return true
	}
	return associationNoise(l)
}

// associationNoise are lines of an association that say nothing of encryption.
func associationNoise(l string) bool {
	for _, start := range []string{
		"in use settings", "conn id: ", "slot: ", "sa timing: ", "HA last key lifetime sent", "replay detection support: ", "ekey has been disabled",
		"Kilobyte Volume Rekey has been disabled", "Anti replay bitmap:", "0x", "replay window size", "sa direction: ",
	} {
		if strings.HasPrefix(l, start) {
			return true
		}
	}
	return false
}

// flowNoise are lines of a block that say nothing of its associations.
func flowNoise(l string) bool {
	for _, start := range []string{
		"PERMIT, ", "DENY, ", "path mtu ", "plaintext mtu ", "current outbound spi: ", "current inbound spi", "PFS (Y/N): ", "access-list ",
		"dynamic allocated peer ip", "PMTU time remaining", "ICMP error validation", "Group: ", "##pkts ", "send dummy packets ", "fvrf/address: ",
	} {
		if strings.HasPrefix(l, start) {
			return true
		}
	}
	return false
}

// end concludes a block. A direction without an association is listed as not up.
func (t *ipsecTable) end() {
	f := &t.flow
	if !f.open {
		return
	}
	f.open = false
	t.whole()
	t.once(fmt.Sprint(t.iface, f.about, f.packets == [2]*uint64{}), "is there twice")
	encrypts := map[bool]bool{}
	for _, sa := range f.sas {
		if sa.Protocol == "esp" && !sa.Null && sa.Transform != "" {
			encrypts[sa.Inbound] = true
		}
	}
	for _, inbound := range []bool{true, false} {
		found := false
		for _, sa := range f.sas {
			if sa.Inbound != inbound || sa.Protocol == "pcp" {
				continue
			}
			found = true
			if sa.Protocol == "ah" { // integrity alone, unless ESP is inside it
				sa.Null = !encrypts[inbound]
			}
			t.add(sa, inbound)
		}
		if !found {
			t.add(snapshot.IPsecSA{Protocol: "esp", Line: f.line, LastLine: f.line}, inbound)
		}
	}
}

// once notes a block that is there twice.
func (t *ipsecTable) once(key, what string) {
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	if t.seen[key] {
		t.faults++
		t.fault = "the block on line " + strconv.Itoa(t.flow.line) + " " + what
	}
	t.seen[key] = true
}

func (t *ipsecTable) add(sa snapshot.IPsecSA, inbound bool) {
	about := t.flow.about
	sa.Interface, sa.Name, sa.VRF = about.Interface, about.Name, about.VRF
	sa.Local, sa.Remote, sa.LocalNet, sa.RemoteNet, sa.Narrow = about.Local, about.Remote, about.LocalNet, about.RemoteNet, about.Narrow
	sa.Inbound = inbound
	sa.Packets = t.flow.packets[0]
	if inbound {
		sa.Packets = t.flow.packets[1]
	}
	t.out = append(t.out, sa)
}

// whole notes what a block lacks. IOS ends a block with "outbound pcp sas:"; ASA
// lists ESP only.
func (t *ipsecTable) whole() {
	f := &t.flow
	missing := ""
	ios := f.sections["inbound pcp"] || f.sections["inbound ah"]
	switch {
	case f.idents != 3:
		missing = "an identity"
	case !f.sections["inbound esp"]:
		missing = "the list of inbound associations"
	case !f.sections["outbound esp"]:
		missing = "the list of outbound associations"
	case ios && !f.sections["outbound pcp"]:
		missing = "its last list"
	}
	for _, sa := range f.sas {
		if sa.Transform == "" && sa.Protocol != "pcp" {
			missing = "the transform of an association"
		}
	}
	if missing != "" {
		t.faults++
		if t.fault == "" {
			t.fault = "line " + strconv.Itoa(f.line) + " lacks " + missing
		}
	}
}
