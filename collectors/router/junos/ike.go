package junos

import (
	"cmp"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readIKE reads `show security ike security-associations`, brief or in detail.
func readIKE(command string, in *lines.Reader, r *snapshot.Router) {
	t := &ikeTable{in: in, o: &outcome{partial: partOf(command)}, out: &r.IPsec.IKE}
	if f := formOf(command, in, func(string) {}); f != textForm {
		t.o.cut = visit(f, in, t.o, visitor{keep: t.keep, enter: t.enter, take: t.take})
	} else {
		t.text()
	}
	t.o.status(&t.out.Read, in, len(t.out.SAs))
}

type ikeTable struct {
	in  *lines.Reader
	o   *outcome
	out *snapshot.IKE
	sa  *snapshot.IKESA
}

func (t *ikeTable) keep(name string) bool {
	return name == "ike-security-associations-block" || name == "ike-security-associations" || isMessage(name)
}

func (t *ikeTable) enter(name string, _ int) {
	t.o.seen = t.o.seen || name == "ike-security-associations-information"
}

func (t *ikeTable) take(e *element) {
	if isMessage(e.name) {
		t.o.message(e)
		return
	}
	if !t.keep(e.name) {
		return
	}
	parts := e.all("ike-security-associations")
	if len(parts) == 0 {
		parts = []*element{e}
	}
	for _, p := range parts {
		get := func(names ...string) string {
			for _, name := range names {
				if s := cmp.Or(p.deep(name), e.val(name)); s != "" {
					return s
				}
			}
			return ""
		}
		t.sa = &snapshot.IKESA{
			State: get("ike-sa-state"), Version: ikeVersion(get("ike-sa-exchange-type")), Auth: get("ike-sa-authentication-method"),
			Encryption: get("ike-sa-encryption-algorithm"), Integrity: get("ike-sa-authentication-algorithm"), PRF: get("ike-sa-prf-algorithm"),
			Group: get("ike-sa-dhgroup", "ike-sa-dh-group"), Line: p.line, LastLine: p.last,
		}
		t.sa.Remote, _ = netip.ParseAddr(get("ike-sa-remote-address"))
		t.sa.Local, _ = netip.ParseAddr(get("ike-sa-local-address"))
		t.flush()
	}
}

// flush adds the association that is complete.
func (t *ikeTable) flush() {
	sa := t.sa
	t.sa = nil
	if sa == nil {
		return
	}
	if !sa.Remote.IsValid() || sa.State == "" {
		t.in.MissAt(sa.Line, []byte("an IKE security association without its state or its peer's address"))
		return
	}
	sa.Up = strings.EqualFold(sa.State, "UP") || strings.EqualFold(sa.State, "matured")
	t.out.SAs = append(t.out.SAs, *sa)
}

// ikeVersion tells the version from the exchange.
func ikeVersion(exchange string) int {
	switch strings.ToLower(exchange) {
	case "ikev2":
		return 2
	case "main", "aggressive", "quick", "ikev1":
		return 1
	}
	return 0
}

func (t *ikeTable) text() {
	each(t.in, t.line)
	t.flush()
}

func (t *ikeTable) line(l string) bool {
	f := strings.Fields(l)
	switch {
	case strings.HasPrefix(l, "Index ") && strings.Contains(l, "Remote Address"):
		t.o.seen = true
		return true
	case strings.HasPrefix(l, "IKE peer "):
		t.flush()
		t.o.seen = true
		peer, _, _ := strings.Cut(f[2], ",")
		a, err := netip.ParseAddr(peer)
		t.sa = &snapshot.IKESA{Remote: a, Line: t.in.Number(), LastLine: t.in.Number()}
		return err == nil
	case t.o.known([]byte(l)):
		return true
	case t.sa != nil:
		t.sa.LastLine = t.in.Number()
		return t.values(l)
	case t.o.seen && len(f) == 6 && strings.Trim(f[0], "0123456789") == "":
		a, err := netip.ParseAddr(f[5])
		t.sa = &snapshot.IKESA{Remote: a, State: f[1], Version: ikeVersion(f[4]), Line: t.in.Number(), LastLine: t.in.Number()}
		t.flush()
		return err == nil
	}
	return false
}

// values reads a line of the detailed form, of one or more `key: value`.
func (t *ikeTable) values(l string) bool {
	for key, value := range pairs(l) {
		switch key {
		case "State":
			t.sa.State = value
		case "Exchange type":
			t.sa.Version = ikeVersion(value)
		case "Authentication method":
			t.sa.Auth = value
		case "Local":
			t.sa.Local = endpoint(value)
		case "Authentication":
			t.sa.Integrity = value
		case "Encryption":
			t.sa.Encryption = value
		case "Pseudo random function":
			t.sa.PRF = value
		case "Diffie-Hellman group":
			t.sa.Group = value
		default:
			if !label(key) {
				return false
			}
		}
	}
	return true
}

// endpoint is the address of `192.0.2.1:500`.
func endpoint(s string) netip.Addr {
	if p, err := netip.ParseAddrPort(s); err == nil {
		return p.Addr()
	}
	if i := strings.LastIndexByte(s, ':'); i > 0 {
		if a, err := netip.ParseAddr(s[:i]); err == nil {
			return a
		}
	}
	a, _ := netip.ParseAddr(s)
	return a
}
