package eos

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// settle says what the state of an interface's controlled port means. Traffic
// is "Protected" when every frame is; without detail it is not printed.
func settle(link *snapshot.MACsecLink, controlled bool, key, traffic string) {
	switch {
	case !controlled:
		link.State = "controlled port down"
	case key == "" || key == "None":
		link.State = "controlled port up, no key in use"
	default:
		link.State = "controlled port up"
		link.Secured = traffic == "" || strings.EqualFold(traffic, "Protected")
	}
	if traffic != "" {
		link.State += ", traffic " + strings.ToLower(traffic)
	}
}

// readMACsec reads `show mac security interface`: interface, SCI, controlled
// port, key in use.
func readMACsec(p *show.Page, r *snapshot.Router) {
	head := false
	for p.Next() {
		f := strings.Fields(p.Text())
		switch {
		case f[0] == "Interface" && len(f) > 2, strings.HasPrefix(f[0], "---"):
			head = true
		case head && len(f) >= 3 && (f[2] == "True" || f[2] == "False"):
			link := snapshot.MACsecLink{Interface: f[0], Line: p.Number(), LastLine: p.Number()}
			settle(&link, f[2] == "True", strings.Join(f[3:], " "), "")
			r.MACsec.Links = append(r.MACsec.Links, link)
		default:
			p.Miss()
		}
	}
	lack := ""
	if !head {
		lack = "the list's heading is missing: the output was cut off"
	}
	p.Close(&r.MACsec.Read, lack)
	if r.MACsec.Status == snapshot.OK && len(r.MACsec.Links) == 0 {
		p.Nothing(&r.MACsec.Read, "a heading with nothing below it")
	}
}

// readParticipants reads `show mac security participants detail`: each key that
// an interface takes part with. The principal one protects the frames.
func readParticipants(p *show.Page, r *snapshot.Router) {
	var t participants
	for p.Next() {
		if !t.line(p.Text(), p.Number()) {
			p.Miss()
		}
	}
	t.end()
	r.MACsec.Links = t.out
	lack := ""
	switch {
	case len(t.out) == 0:
		lack = "no interface was listed: the output was cut off"
	case t.cut:
		lack = "a participant is not whole: the output was cut off"
	}
	p.Close(&r.MACsec.Read, lack)
}

type participants struct {
	out                []snapshot.MACsecLink
	open, whole, cut   bool
	success, principal bool
	peers              uint32
}

func (t *participants) line(l string, number int) bool {
	name, value, found := strings.Cut(l, ": ")
	if !found {
		return false
	}
	if name == "Interface" {
		t.end()
		t.out = append(t.out, snapshot.MACsecLink{Interface: value, State: "no principal key", Line: number, LastLine: number})
		return true
	}
	if len(t.out) == 0 {
		return false
	}
	t.out[len(t.out)-1].LastLine = number
	switch name {
	case "CKN":
		t.end()
		t.open, t.whole, t.success, t.principal, t.peers = true, false, false, false, 0
	case "Success":
		t.success = value == "True"
	case "Principal":
		t.principal = value == "True"
	case "Live peer list":
		if value != "[]" {
			t.peers = uint32(strings.Count(value, ",") + 1) //nolint:gosec // a line is shorter than 64 KiB
		}
	case "Potential peer list":
		t.whole = true
	case "SAK transmit", "Message ID", "Elected self", "Default", "KeyServer SCI", "LLPN exhaustion", "Distributed key identifier":
	default:
		return false
	}
	return t.open
}

// end concludes one key. An interface is secured when its principal key is used
// with a peer.
func (t *participants) end() {
	if !t.open {
		return
	}
	t.open = false
	t.cut = t.cut || !t.whole
	link := &t.out[len(t.out)-1]
	if !t.principal {
		return
	}
	n := t.peers
	link.Peers = &n
	link.State = "principal"
	if t.success {
		link.State = "principal, success"
	}
	link.Secured = t.success && n > 0
}
