package ios

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// secy is one interface as `show macsec interface` and `show macsec status
// interface` describe it, in lines of a name, a colon and a value.
type secy struct {
	link    snapshot.MACsecLink
	section string
	off     bool
	sending bool
	hearing bool
	clear   bool // protects integrity only
	head    bool
}

// readMACsecInterface reads the state of the interface that the command, or its
// echo in the output, names.
func readMACsecInterface(named string) func(*show.Page, *snapshot.Router) {
	return func(p *show.Page, r *snapshot.Router) {
		t := secy{}
		for p.Next() {
			if !t.line(p.Text()) {
				p.Miss()
			}
			if t.link.Line == 0 {
				t.link.Line = p.Number()
			}
			t.link.LastLine = p.Number()
		}
		if isInterface(named) {
			t.link.Interface = named
		}
		if f := strings.Fields(p.Echo()); len(f) > 0 && isInterface(last(f)) {
			t.link.Interface = last(f)
		}
		lack := ""
		switch {
		case !t.head:
			lack = "the start of the interface's state is missing: the output was cut off"
		case !t.off && t.section != "receive":
			lack = "the end of the interface's state is missing: the output was cut off"
		case t.link.Interface == "":
			lack = "neither the command nor the output names the interface"
		}
		t.conclude()
		if p.Begun() {
			r.MACsec.Links = []snapshot.MACsecLink{t.link}
		}
		p.Close(&r.MACsec.Read, lack)
	}
}

func isInterface(s string) bool {
	return s != "" && strings.ContainsAny(s, "0123456789") && !strings.ContainsAny(s, "{}") && strings.Trim(s[:1], "0123456789") != ""
}

func (t *secy) conclude() {
	l := &t.link
	switch {
	case t.off:
		l.State = "MACsec is disabled"
	case t.clear:
		l.State = "integrity only"
	case t.sending && t.hearing:
		l.State = "transmitting and receiving"
		l.Secured = l.Cipher != "" && t.head
	case t.sending:
		l.State = "transmitting, no peer"
	default:
		l.State = "not transmitting"
	}
}

func (t *secy) line(l string) bool {
	switch {
	case strings.HasPrefix(l, "MACsec is "):
		t.head = true
		t.off = !strings.HasSuffix(l, "enabled")
		return true
	case l == "Capabilities", l == "Capabilities:":
		t.head = true
		return true
	case strings.HasPrefix(l, "Transmit S"):
		t.section = "transmit"
		return true
	case strings.HasPrefix(l, "Receive S"):
		t.section = "receive"
		return true
	case strings.HasPrefix(l, "GCM-AES-"):
		return true
	}
	name, value, found := strings.Cut(l, ":")
	if !found {
		f := strings.Fields(l) // a counter: "Valid pkts 0"
		return len(f) > 2 && isCount(last(f)) || strings.HasSuffix(l, "Statistics") || strings.HasSuffix(l, "Details")
	}
	return t.field(strings.TrimSpace(name), strings.TrimSpace(value))
}

func (t *secy) field(name, value string) bool {
	l := &t.link
	switch name {
	case "Cipher":
		l.Cipher = value
	case "Confidentiality Offset":
		n, ok := show.Uint32(value)
		l.ConfidentialityOffset = n
		return ok
	case "Access control", "Access Control":
		l.Policy = strings.ReplaceAll(value, " ", "-")
		return l.Policy == "must-secure" || l.Policy == "should-secure"
	case "Confidentiality":
		t.clear = value != "yes"
	case "Transmitting":
		t.sending = value == "TRUE"
	case "Receiving":
		t.hearing = t.hearing || value == "TRUE"
	case "SC state":
		inUse := strings.HasPrefix(value, "inUse")
		if t.section == "transmit" {
			t.sending = inUse
		} else {
			t.hearing = t.hearing || inUse
		}
	}
	return true
}
