package junos

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readIPsec reads `show security ipsec security-associations`, brief or in
// detail. Only the detailed one names the tunnel interface.
func readIPsec(command string, in *lines.Reader, r *snapshot.Router) {
	t := &ipsecTable{in: in, o: &outcome{partial: partOf(command)}, out: &r.IPsec.SAs, tunnels: -1, sas: -1, ids: map[string]bool{}}
	if f := formOf(command, in, func(string) {}); f != textForm {
		t.o.cut = visit(f, in, t.o, visitor{keep: t.keep, enter: t.enter, take: t.take})
	} else {
		t.text()
	}
	switch {
	case t.o.cut != nil:
	case t.sas >= 0 && (t.sas != t.inbound() || 2*t.sas != len(t.out.SAs)):
		t.o.cut = fmt.Errorf("the device counts %d pairs of security associations, %d inbound ones and %d outbound ones were read", t.sas, t.inbound(), len(t.out.SAs)-t.inbound())
	case t.tunnels > len(t.ids):
		t.o.cut = fmt.Errorf("the device counts %d tunnels, %d were read", t.tunnels, len(t.ids))
	}
	t.o.status(&t.out.Read, in, len(t.out.SAs))
}

// inbound is how many associations are of what comes in.
func (t *ipsecTable) inbound() int {
	n := 0
	for i := range t.out.SAs {
		if t.out.SAs[i].Inbound {
			n++
		}
	}
	return n
}

type ipsecTable struct {
	in      *lines.Reader
	o       *outcome
	out     *snapshot.ESP
	tunnels int             // as the device counts, -1 when it does not
	sas     int             // pairs of them, in the same way
	ids     map[string]bool // of the tunnels seen

	tunnel *snapshot.IPsecSA // what the associations of the current tunnel share
	sa     *snapshot.IPsecSA
	events bool // below "Tunnel events:"
}

func (t *ipsecTable) keep(name string) bool {
	return name == "ipsec-security-associations-block" || name == "ipsec-security-associations" || isMessage(name)
}

func (t *ipsecTable) enter(name string, _ int) {
	t.o.seen = t.o.seen || name == "ipsec-security-associations-information"
}

func (t *ipsecTable) take(e *element) {
	switch {
	case isMessage(e.name):
		t.o.message(e)
	case e.name == "total-active-tunnels":
		if n, err := strconv.Atoi(e.text); err == nil {
			t.tunnels = n
		}
	case e.name == "ipsec-security-associations-block":
		for _, sa := range e.all("ipsec-security-associations") {
			t.element(e, sa)
		}
	case e.name == "ipsec-security-associations":
		t.element(e, e)
	}
}

// element takes one association of the tunnel that block describes.
func (t *ipsecTable) element(block, e *element) {
	get := func(name string) string { return strings.TrimSpace(cmp.Or(e.val(name), block.deep(name))) }
	t.tunnel = &snapshot.IPsecSA{Interface: get("sa-bind-interface"), Name: get("sa-vpn-name")}
	t.tunnel.Local, _ = netip.ParseAddr(get("sa-local-gateway"))
	t.tunnel.Remote, _ = netip.ParseAddr(get("sa-remote-gateway"))
	t.takes(&t.tunnel.LocalNet, get("sa-local-identity"))
	t.takes(&t.tunnel.RemoteNet, get("sa-remote-identity"))
	t.ids[get("sa-tunnel-index")] = true
	sa := *t.tunnel
	sa.Line, sa.LastLine = e.line, e.last
	t.sa = &sa
	sa.State = cmp.Or(get("sa-state"), get("sa-block-state"))
	ok := t.direction(e.val("sa-direction")) && t.spi(e.val("sa-spi"))
	sa.Protocol = strings.ToLower(strings.TrimSuffix(get("sa-protocol"), ":"))
	if e.has("sa-encryption-algorithm") {
		sa.Encryption, sa.Integrity = e.val("sa-encryption-algorithm"), e.val("sa-authentication-algorithm")
	} else {
		sa.Encryption, sa.Integrity = strings.TrimSuffix(e.val("sa-esp-encryption-algorithm"), "/"), e.val("sa-hmac-algorithm")
		ok = ok && (e.has("sa-esp-encryption-algorithm") || sa.Protocol == "ah")
	}
	if !ok {
		t.in.MissAt(e.line, []byte("an IPsec security association without direction, SPI or algorithms"))
		t.sa = nil
		return
	}
	t.flush()
}

func (t *ipsecTable) direction(s string) bool {
	switch strings.ToLower(s) {
	case "inbound", "<":
		t.sa.Inbound = true
		return true
	case "outbound", ">":
		return true
	}
	return false
}

func (t *ipsecTable) spi(s string) bool {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "0x"), 16, 32)
	t.sa.SPI = uint32(n)
	return err == nil
}

// flush adds the association that is complete. ESP without a cipher and AH do
// not encrypt (RFC 2410, RFC 4302).
func (t *ipsecTable) flush() {
	sa := t.sa
	t.sa = nil
	if sa == nil {
		return
	}
	if sa.Protocol != "esp" && sa.Protocol != "ah" || !sa.Remote.IsValid() {
		t.in.MissAt(sa.Line, []byte("an IPsec security association without its protocol or its peer's address"))
		return
	}
	null, known := cipher(sa.Encryption)
	if !known {
		t.in.MissAt(sa.Line, []byte("an IPsec security association with the unknown cipher "+sa.Encryption))
		return
	}
	sa.Null = sa.Protocol == "ah" || null
	sa.Transform = strings.Trim(sa.Protocol+" "+sa.Encryption+"/"+sa.Integrity, "/ ")
	sa.Up = sa.SPI != 0 && (strings.EqualFold(sa.State, "installed") || strings.EqualFold(sa.State, "up"))
	t.out.SAs = append(t.out.SAs, *sa)
}

// cipher reports whether the name of a cipher means that there is none, and
// whether it is known at all: a name that was cut off must not pass for one.
func cipher(name string) (null, known bool) {
	name = strings.ToLower(name)
	for _, known := range []string{"aes", "3des", "des", "chacha20"} {
		if strings.HasPrefix(name, known) {
			return false, true
		}
	}
	null = name == "" || name == "none" || strings.Contains(name, "null")
	return null, null
}

// takes reads one of the tunnel's two identities.
func (t *ipsecTable) takes(to *netip.Prefix, s string) {
	*to = identity(s)
	_, limits, _ := strings.Cut(s, "(")
	protocol, _, limited := strings.Cut(limits, ",")
	if s != "" && !to.IsValid() || limited && protocol != "any:0" {
		t.tunnel.Narrow = s
	}
}

// identity is the prefix of `ipv4_subnet(any:0,[0..7]=10.0.0.0/8)` or of
// `ipv4(0.0.0.0-255.255.255.255)`; not valid when it is not a single one.
func identity(s string) netip.Prefix {
	_, s, ok := strings.Cut(strings.TrimSuffix(s, ")"), "(")
	if !ok {
		return netip.Prefix{}
	}
	if i := strings.LastIndexByte(s, '='); i >= 0 {
		s = s[i+1:]
	}
	switch s {
	case "0.0.0.0-255.255.255.255":
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	case "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff":
		return netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return p
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen())
	}
	return netip.Prefix{}
}
