package junos

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/snapshot"
)

func (t *ipsecTable) text() {
	each(t.in, t.line)
	t.flush()
}

func (t *ipsecTable) line(l string) bool {
	f := strings.Fields(l)
	switch {
	case strings.HasPrefix(l, "Total active tunnels:"):
		return t.totals(f)
	case strings.HasPrefix(l, "ID ") && strings.Contains(l, "Algorithm"):
		t.o.seen = true
		return true
	case l[0] == '<' || l[0] == '>':
		return t.brief(f)
	case strings.HasPrefix(l, "ID: "), strings.HasPrefix(l, "Rule: "):
		t.flush()
		t.begin(l)
		return true
	case t.o.known([]byte(l)), strings.HasPrefix(l, "Service set: "):
		return true
	case t.tunnel == nil:
		return false
	case t.events && event(l):
		return true
	}
	t.events = l == "Tunnel events:"
	return t.values(l)
}

// totals reads `Total active tunnels: 1     Total IPsec sas: 1`, which counts what
// stands on two lines, one for each direction.
func (t *ipsecTable) totals(f []string) bool {
	t.o.seen = true
	n, err := strconv.Atoi(f[3])
	t.tunnels = n
	if len(f) == 8 && f[4] == "Total" {
		var err2 error
		t.sas, err2 = strconv.Atoi(f[7])
		return err == nil && err2 == nil
	}
	return err == nil && len(f) == 4
}

// brief reads `<131073 ESP:aes-cbc-256/sha256 7368fc9b 5044/ unlim - root 500 192.0.2.1`.
func (t *ipsecTable) brief(f []string) bool {
	mark := f[0][:1]
	if f[0] == mark {
		f = f[1:]
	} else {
		f[0] = f[0][1:]
	}
	if len(f) < 6 || !t.o.seen {
		return false
	}
	protocol, algorithms, ok := strings.Cut(f[1], ":")
	a, err := netip.ParseAddr(f[len(f)-1])
	if !ok || err != nil {
		return false
	}
	t.sa = &snapshot.IPsecSA{Remote: a, Protocol: strings.ToLower(protocol), State: "installed", Line: t.in.Number(), LastLine: t.in.Number()}
	t.sa.Encryption, t.sa.Integrity, _ = strings.Cut(algorithms, "/")
	if !t.direction(mark) || !t.spi(f[2]) {
		t.sa = nil
		return false
	}
	t.ids[f[0]] = true
	t.flush()
	return true
}

// begin starts a tunnel of the detailed form.
func (t *ipsecTable) begin(l string) {
	t.o.seen, t.events = true, false
	t.tunnel = &snapshot.IPsecSA{}
	for key, value := range pairs(l) {
		switch key {
		case "VPN Name":
			t.tunnel.Name = value
		case "ID", "Tunnel index":
			id, _, _ := strings.Cut(value, " ")
			t.ids[id] = true
		}
	}
}

// values reads a line of the detailed form.
func (t *ipsecTable) values(l string) bool {
	ok := true
	for key, value := range pairs(l) {
		ok = t.value(key, value) && ok
	}
	if t.sa != nil {
		t.sa.LastLine = t.in.Number()
	}
	return ok
}

func (t *ipsecTable) value(key, value string) bool {
	switch key {
	case "Local Gateway", "Local gateway":
		t.tunnel.Local = endpoint(value)
	case "Remote Gateway", "Remote gateway":
		t.tunnel.Remote = endpoint(value)
	case "Local Identity", "Local identity":
		t.takes(&t.tunnel.LocalNet, value)
	case "Remote Identity", "Remote identity":
		t.takes(&t.tunnel.RemoteNet, value)
	case "Bind-interface", "IPSec inside interface", "Interface":
		t.tunnel.Interface = value
	case "Direction":
		t.flush()
		sa := *t.tunnel
		t.sa = &sa
		sa.Line = t.in.Number()
		return t.direction(value)
	default:
		return t.association(key, value)
	}
	return true
}

// association takes what is said of one direction.
func (t *ipsecTable) association(key, value string) bool {
	if t.sa == nil {
		return label(key)
	}
	switch key {
	case "SPI":
		return t.spi(value)
	case "State":
		t.sa.State = value
	case "Protocol":
		t.sa.Protocol = strings.ToLower(value)
	case "Authentication":
		t.sa.Integrity = value
	case "Encryption":
		t.sa.Encryption = value
	default:
		return label(key)
	}
	return true
}

// event reports whether a line tells of something that happened to the tunnel:
// `Sat Feb 14 2026 20:53:59 -0800: IPSec SA negotiation succeeds (1 times)`.
func event(l string) bool {
	const layout = "Mon Jan _2 2006 15:04:05"
	f := strings.Fields(l)
	if len(f) < 6 {
		return false
	}
	_, err := time.Parse(layout, strings.TrimSuffix(strings.Join(f[:5], " "), ":"))
	return err == nil
}
