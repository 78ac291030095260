package junos

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// macsecTable reads what MACsec does on each interface. It is secured when it is
// set to encrypt and there is an association in use in each direction.
type macsecTable struct {
	in       *lines.Reader
	o        *outcome
	out      *snapshot.MACsec
	link     *snapshot.MACsecLink
	on       bool
	inbound  bool // below "Inbound secure channels"
	inUse    [2]bool
	channels uint32 // inbound
}

// readMACsec reads `show security macsec connections`.
func readMACsec(command string, in *lines.Reader, r *snapshot.Router) {
	t := &macsecTable{in: in, o: &outcome{partial: partOf(command)}, out: &r.MACsec}
	if f := formOf(command, in, func(string) {}); f != textForm {
		t.o.cut = visit(f, in, t.o, visitor{keep: t.keep, enter: t.enter, take: func(e *element) { t.take(e, f) }})
	} else {
		t.text()
	}
	t.flush()
	t.o.status(&t.out.Read, in, len(t.out.Links))
}

func (t *macsecTable) keep(name string) bool {
	switch name {
	case "macsec-interface-common-information", "outbound-secure-channel", "inbound-secure-channel":
		return true
	}
	return isMessage(name)
}

func (t *macsecTable) enter(name string, _ int) {
	if name == "macsec-connection-information" {
		t.flush()
		t.o.seen = true
	}
}

// take takes the interface and, next to it, its channels. JSON gathers elements
// of one name, so that it does not tell the channels of several interfaces apart.
func (t *macsecTable) take(e *element, f form) {
	switch e.name {
	case "macsec-interface-common-information":
		if f == jsonForm && t.link != nil {
			t.o.partial = "the JSON does not say which secure channels are of which interface: collect the command without display json"
		}
		t.flush()
		t.begin(e.val("interface-name"), e.line)
		t.link.LastLine = e.last
		t.link.Cipher = e.val("cipher-suite")
		t.encryption(e.val("encryption"))
		if !t.offset(e.val("offset")) {
			t.in.MissAt(e.line, []byte("offset "+e.val("offset")))
		}
	case "outbound-secure-channel", "inbound-secure-channel":
		if t.link == nil {
			t.in.MissAt(e.line, []byte(e.name+" of no interface"))
			return
		}
		t.link.LastLine = e.last
		t.channel(e)
	default:
		if isMessage(e.name) {
			t.o.message(e)
		}
	}
}

func (t *macsecTable) channel(e *element) {
	direction := 0
	if e.name == "inbound-secure-channel" {
		direction = 1
		t.channels++
	}
	for _, k := range e.kids {
		if k.val("association-number-status") == "inuse" {
			t.inUse[direction] = true
		}
	}
}

func (t *macsecTable) begin(name string, line int) {
	t.link = &snapshot.MACsecLink{Interface: name, Line: line, LastLine: line}
	t.on, t.inbound, t.inUse, t.channels = false, false, [2]bool{}, 0
}

func (t *macsecTable) encryption(s string) {
	t.on = s == "on"
	t.link.State = "encryption " + s
}

func (t *macsecTable) offset(s string) bool {
	n, ok := optional(s)
	t.link.ConfidentialityOffset = n
	return ok
}

// flush adds the link that is complete.
func (t *macsecTable) flush() {
	l := t.link
	t.link = nil
	if l == nil {
		return
	}
	if l.Interface == "" || l.State == "" {
		t.in.MissAt(l.Line, []byte("a MACsec connection without its interface or whether it encrypts"))
		return
	}
	l.Secured = t.on && t.inUse[0] && t.inUse[1]
	channels := t.channels
	l.Peers = &channels
	t.out.Links = append(t.out.Links, *l)
}

func (t *macsecTable) text() {
	each(t.in, t.line)
}

func (t *macsecTable) line(l string) bool {
	if name, ok := strings.CutPrefix(l, "Interface name:"); ok {
		t.flush()
		t.o.seen = true
		t.begin(strings.TrimSpace(name), t.in.Number())
		return true
	}
	if t.link == nil || noise([]byte(l)) {
		return t.o.known([]byte(l))
	}
	t.link.LastLine = t.in.Number()
	switch {
	case strings.HasPrefix(l, "Cipher suite:"):
		t.link.Cipher = after(l, "Cipher suite:")
		t.encryption(after(l, "Encryption:"))
		return strings.Contains(l, "Encryption:")
	case strings.HasPrefix(l, "Key server offset:"):
		return t.offset(after(l, "offset:"))
	case l == "Outbound secure channels":
		t.inbound = false
	case l == "Inbound secure channels":
		t.inbound = true
	case strings.HasPrefix(l, "SC Id:"):
		if t.inbound {
			t.channels++
		}
	case strings.HasPrefix(l, "AN:"):
		if after(l, "Status:") == "inuse" {
			direction := 0
			if t.inbound {
				direction = 1
			}
			t.inUse[direction] = true
		}
	default:
		for _, start := range []string{"CA name:", "Include SCI:", "Replay protect:", "Outgoing packet number:", "Secure associations", "Lowest acceptable", "Bounded delay"} {
			if strings.HasPrefix(l, start) {
				return true
			}
		}
		return false
	}
	return true
}

// readMKA reads `show security mka sessions`. An interface is secured when its
// state says so and a peer is live.
func readMKA(command string, in *lines.Reader, r *snapshot.Router) {
	t := &mkaTable{in: in, o: &outcome{partial: partOf(command)}, out: &r.MACsec}
	if f := formOf(command, in, func(string) {}); f != textForm {
		t.o.cut = visit(f, in, t.o, visitor{keep: t.keep, enter: t.enter, take: t.take})
	} else {
		t.text()
	}
	t.o.status(&t.out.Read, in, len(t.out.Links))
}

type mkaTable struct {
	in   *lines.Reader
	o    *outcome
	out  *snapshot.MACsec
	link *snapshot.MACsecLink
	live uint32
	peer bool // below "Peer list"
}

func (t *mkaTable) keep(name string) bool {
	return name == "mka-session-information" || isMessage(name)
}

func (t *mkaTable) enter(name string, _ int) {
	t.o.seen = t.o.seen || name == "mka-session-information" || name == "mka-session-information-list"
}

func (t *mkaTable) take(e *element) {
	switch {
	case isMessage(e.name):
		t.o.message(e)
	case e.name == "mka-session-information":
		t.o.seen = true
		t.link = &snapshot.MACsecLink{Interface: e.deep("interface-name"), State: e.deep("interface-state"), Line: e.line, LastLine: e.last}
		t.live = e.peers()
		t.flush()
	}
}

func (t *mkaTable) flush() {
	l := t.link
	t.link, t.peer = nil, false
	if l == nil {
		return
	}
	if l.Interface == "" || l.State == "" {
		t.in.MissAt(l.Line, []byte("an MKA session without its interface or state"))
		return
	}
	live := t.live
	l.Peers = &live
	l.Secured = strings.HasPrefix(l.State, "Secured") && live > 0
	t.out.Links = append(t.out.Links, *l)
}

func (t *mkaTable) text() {
	each(t.in, t.line)
	t.flush()
}

func (t *mkaTable) line(l string) bool {
	if name, ok := strings.CutPrefix(l, "Interface name:"); ok {
		t.flush()
		t.o.seen = true
		t.link = &snapshot.MACsecLink{Interface: strings.TrimSpace(name), Line: t.in.Number(), LastLine: t.in.Number()}
		t.live = 0
		return true
	}
	if t.link == nil || noise([]byte(l)) {
		return t.o.known([]byte(l))
	}
	t.link.LastLine = t.in.Number()
	switch {
	case strings.HasPrefix(l, "Interface State:"), strings.HasPrefix(l, "Interface state:"):
		_, state, _ := strings.Cut(l, ":")
		t.link.State = strings.TrimSpace(state)
	case strings.HasPrefix(l, "Peer list"):
		t.peer = true
	case t.peer && strings.Contains(l, "Member identifier:") && strings.Contains(l, "(live)"):
		t.live++
	default:
		key, _, ok := strings.Cut(l, ":")
		return ok && (label(key) || t.peer && strings.Contains(key, ". Member identifier"))
	}
	return true
}

// peers counts the live peers of a session.
func (e *element) peers() uint32 {
	n := uint32(0)
	for _, k := range e.kids {
		switch {
		case strings.Contains(k.name, "peer") && strings.Contains(k.deep("member-identifier")+k.deep("peer-status"), "live"):
			n++
		case len(k.kids) > 0:
			n += k.peers()
		}
	}
	return n
}
