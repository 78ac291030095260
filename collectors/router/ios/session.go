package ios

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// cryptoSessions reads `show crypto session`: the IKE associations behind each
// interface. Its flows name no SPI and no transform, so they prove nothing of
// encryption and are not security associations.
type cryptoSessions struct {
	out     []snapshot.IKESA
	state   string
	front   string
	begun   bool // a session was named
	waiting bool // the line of an association goes on
	status  bool // the session's status was seen
	esp     ipsecTable
}

func readCryptoSession(p *show.Page, r *snapshot.Router) {
	t := cryptoSessions{}
	head := false
	for p.Next() {
		switch l := p.Text(); {
		case l == "Crypto session current status", strings.HasPrefix(l, "Code: "), isLegend(l):
			head = true
		case !t.line(l, p.Number()):
			p.Miss()
		}
	}
	t.esp.end()
	lack := ""
	switch {
	case !head:
		lack = "the list's heading is missing: the output was cut off"
	case t.waiting, t.begun && !t.status:
		lack = "the last session is not whole: the output was cut off"
	}
	r.IPsec.IKE.SAs = t.out
	closeIKE(p, r, lack, "", false)
	if len(t.esp.out) > 0 {
		r.IPsec.SAs.SAs = t.esp.out
		p.Close(&r.IPsec.SAs.Read, t.esp.lack())
	}
}

func (t *cryptoSessions) line(l string, number int) bool {
	name, value, _ := strings.Cut(l, ":")
	value = strings.TrimSpace(value)
	switch {
	case name == "Interface":
		t.begun, t.status, t.front = true, false, ""
		t.esp.end()
		t.esp.iface, t.esp.tag = value, ""
		return true
	case !t.begun:
		return false
	case name == "Session status":
		t.status, t.state = true, value
		return true
	case name == "Peer":
		f := strings.Fields(value)
		t.front = ""
		for i := range len(f) - 1 {
			if f[i] == "fvrf:" {
				t.front = show.VRF(f[i+1])
			}
		}
		if len(f) == 0 {
			return false
		}
		_, ok := show.Addr(f[0])
		return ok
	case name == "FVRF":
		t.front = show.VRF(value)
		return true
	case strings.HasSuffix(name, " SA") && strings.HasPrefix(name, "IKE"):
		return t.association(name, value, number)
	case t.waiting:
		return t.ends(l, number)
	}
	return sessionNoise(name) || t.flow(l, number)
}

// association reads "IKEv2 SA: local 10.0.0.1/500 remote 10.0.0.2/500 Active".
// An IPv6 one goes on with the next line.
func (t *cryptoSessions) association(name, value string, number int) bool {
	f := strings.Fields(value)
	if len(f) < 2 || f[0] != "local" || t.waiting {
		return false
	}
	local, ok := show.Addr(f[1])
	if !ok {
		return false
	}
	sa := snapshot.IKESA{Local: local, VRF: t.front, Line: number, LastLine: number}
	switch name {
	case "IKEv1 SA":
		sa.Version = 1
	case "IKEv2 SA":
		sa.Version = 2
	}
	t.out = append(t.out, sa)
	t.waiting = true
	if len(f) == 2 {
		return true
	}
	return t.ends(strings.Join(f[2:], " "), number)
}

// ends reads "remote 10.0.0.2/500 Active".
func (t *cryptoSessions) ends(l string, number int) bool {
	f := strings.Fields(l)
	if len(f) != 3 || f[0] != "remote" || f[2] != "Active" && f[2] != "Inactive" {
		return false
	}
	remote, ok := show.Addr(f[1])
	if !ok {
		return false
	}
	sa := &t.out[len(t.out)-1]
	sa.Remote, sa.State, sa.Up, sa.LastLine = remote, f[2], f[2] == "Active", number
	t.waiting = false
	return true
}

// sessionNoise are the names of what says nothing of an association's state.
func sessionNoise(name string) bool {
	switch name {
	case "Username", "Profile", "Group", "Assigned address", "Uptime", "Desc", "Phase1_id", "Session ID", "Capabilities", "IPSEC FLOW",
		"Inbound", "Outbound", "System IP", "#send errors":
		return true
	}
	return strings.HasPrefix(name, "Active SAs")
}

// flow reads the security associations that some releases list below a flow.
// They are those of `show crypto ipsec sa` without identities.
func (t *cryptoSessions) flow(l string, number int) bool {
	if !t.esp.flow.open {
		t.esp.begin(number)
		t.esp.flow.idents = 3
	}
	return t.esp.line(l, number)
}

// readIKEv2Session reads `show crypto ikev2 session`. Its detailed form names
// the ciphers of the child associations; the short one does not, and then they
// are not listed.
func readIKEv2Session(p *show.Page, r *snapshot.Router) {
	t := ikeSessions{ike: newIKETable()}
	for p.Next() {
		if !t.line(p.Text(), p.Number()) {
			p.Miss()
		}
	}
	t.end()
	r.IPsec.IKE.SAs = t.ike.out
	closeIKE(p, r, t.ike.lack(), "", t.ike.ended)
	if t.ciphers {
		r.IPsec.SAs.SAs = t.out
		lack := ""
		if t.cut {
			lack = "a child association is not whole: the output was cut off"
		}
		p.Close(&r.IPsec.SAs.Read, lack)
	}
}

type ikeSessions struct {
	ike     *ikeTable
	out     []snapshot.IPsecSA
	parent  int // how many IKE associations there were before the session
	child   bool
	in      snapshot.IPsecSA // what the pair being read has in common
	spi     [4]uint32        // ESP in and out, AH in and out
	ciphers bool             // a child's ciphers were printed
	cut     bool
}

func (t *ikeSessions) line(l string, number int) bool {
	switch {
	case strings.HasPrefix(l, "Session-id:"):
		t.end()
		t.parent = len(t.ike.out)
		return true
	case l == "Child sa:":
		t.end()
		t.child = true
		t.in = snapshot.IPsecSA{Line: number}
		t.spi = [4]uint32{}
		return len(t.ike.out) > t.parent
	case !t.child, strings.HasPrefix(l, "IPv"), strings.HasPrefix(l, "Tunnel-id"):
		t.end()
		return t.ike.line(l, number)
	}
	t.in.LastLine = number
	name, value, _ := strings.Cut(l, ": ")
	switch {
	case name == "ESP spi in/out":
		return pair(value, t.spi[:2])
	case name == "AH spi in/out":
		return pair(value, t.spi[2:])
	case name == "Encr":
		return t.suite(l)
	case name == "CPI in/out", name == "ah_hmac", strings.HasPrefix(l, "local selector"):
		return true
	case strings.Contains(l, "->"):
		return t.selectors(l)
	}
	return false
}

func pair(value string, to []uint32) bool {
	in, out, _ := strings.Cut(strings.TrimSpace(value), "/")
	a, ok := show.Uint32(in)
	b, ok2 := show.Uint32(out)
	if !ok || !ok2 {
		return false
	}
	to[0], to[1] = *a, *b
	return true
}

// suite reads "Encr: AES-CBC, keysize: 256, esp_hmac: SHA256".
func (t *ikeSessions) suite(l string) bool {
	t.ciphers = true
	t.in.Transform = l
	for field := range strings.SplitSeq(l, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), ":")
		value = strings.TrimSpace(value)
		switch name {
		case "Encr":
			t.in.Encryption = value
		case "keysize":
			if value != "0" {
				t.in.Encryption += "-" + value
			}
		case "esp_hmac":
			t.in.Integrity = value
		default:
			return false
		}
	}
	return true
}

// selectors reads "10.0.0.0/0 - 10.0.0.255/65535 -> 10.1.0.0/0 - 10.1.0.255/65535";
// of several only the first is kept.
func (t *ikeSessions) selectors(l string) bool {
	local, remote, _ := strings.Cut(l, "->")
	for i, s := range []string{local, remote} {
		first, last, ok := strings.Cut(strings.TrimSpace(s), " - ")
		if !ok || !strings.Contains(first, "/") || !strings.Contains(last, "/") {
			return false
		}
		to := []*netip.Prefix{&t.in.LocalNet, &t.in.RemoteNet}[i]
		if !to.IsValid() {
			*to = span(first, last)
		}
	}
	return true
}

// span is the prefix that goes from one address to another, if one does.
func span(first, last string) netip.Prefix {
	a, ok := show.Addr(first)
	b, ok2 := show.Addr(last)
	if !ok || !ok2 || a.BitLen() != b.BitLen() {
		return netip.Prefix{}
	}
	for bits := a.BitLen(); bits >= 0; bits-- {
		p := netip.PrefixFrom(a, bits)
		if p.Contains(b) {
			if p.Masked().Addr() == a && (bits == a.BitLen() || !netip.PrefixFrom(a, bits+1).Contains(b)) && isLast(p, b) {
				return p
			}
			return netip.Prefix{}
		}
	}
	return netip.Prefix{}
}

// isLast reports whether a is the highest address of p.
func isLast(p netip.Prefix, a netip.Addr) bool { return !p.Contains(a.Next()) || !a.Next().IsValid() }

// end concludes a child: an ESP association each way, and AH's where it is used.
func (t *ikeSessions) end() {
	if !t.child {
		return
	}
	t.child = false
	ike := &snapshot.IKESA{} // the child's parent, unless its row was not understood
	if len(t.ike.out) > t.parent {
		ike = t.ike.sa()
	}
	t.cut = t.cut || t.spi == [4]uint32{}
	for i, spi := range t.spi {
		sa := t.in
		sa.Inbound, sa.SPI, sa.VRF = i%2 == 0, spi, "default"
		sa.Protocol = []string{"esp", "ah"}[i/2]
		if spi == 0 && (sa.Protocol == "ah" || t.spi[i+2] != 0) {
			continue
		}
		if sa.Protocol == "ah" {
			sa.Null = t.spi[i-2] == 0
		} else {
			sa.Null = t.in.Transform != "" && (strings.EqualFold(sa.Encryption, "none") || strings.Contains(strings.ToUpper(sa.Encryption), "NULL"))
		}
		sa.Local, sa.Remote = ike.Local, ike.Remote
		sa.Up = spi != 0 && sa.Transform != ""
		sa.State = ike.State
		t.out = append(t.out, sa)
	}
}
