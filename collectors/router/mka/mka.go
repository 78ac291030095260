// Package mka reads the MKA sessions that NX-OS and IOS-XR list in nearly the
// same form (IEEE 802.1X, clause 9).
package mka

import (
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Sessions reads `show macsec mka session`: interface, own SCI, number of
// peers, status. A session is secured when it says so and has a peer.
func Sessions(p *show.Page, r *snapshot.Router) {
	head, rules, total, none := false, 0, -1, ""
	for p.Next() {
		l := p.Text()
		f := strings.Fields(l)
		switch {
		case strings.HasPrefix(l, "Interface") && strings.Contains(l, "Local-TxSCI"), strings.HasPrefix(l, "PSK/EAP "):
			head = true
		case strings.Trim(l, "-= ") == "":
			rules++
		case strings.HasPrefix(l, "NODE:"), strings.HasPrefix(l, "Secured Sessions"), strings.HasPrefix(l, "Pending Sessions"):
		case strings.HasPrefix(l, "Total Number of Sessions"):
			if n, ok := show.Uint32(f[len(f)-1]); ok {
				total = int(*n)
			}
		case l == "Macsec is shutdown", l == "MACsec is shutdown", strings.HasPrefix(l, "No MKA session"):
			none = l
		case head && len(f) >= 4 && strings.Count(f[1], "/") == 1 && strings.Count(f[1], ".") == 2 && addSession(f, p.Number(), r):
		case isKey(f) && len(r.MACsec.Links) > 0:
			r.MACsec.Links[len(r.MACsec.Links)-1].LastLine = p.Number()
		default:
			p.Miss()
		}
	}
	lack := ""
	switch {
	case none != "" && len(r.MACsec.Links) == 0:
		p.Nothing(&r.MACsec.Read, none)
		return
	case !head:
		lack = "the list's heading is missing: the output was cut off"
	case total >= 0 && total != len(r.MACsec.Links):
		lack = fmt.Sprintf("it has %d session(s) and says it has %d", len(r.MACsec.Links), total)
	}
	p.Close(&r.MACsec.Read, lack)
	if r.MACsec.Status == snapshot.OK && len(r.MACsec.Links) == 0 {
		p.Nothing(&r.MACsec.Read, "a heading with nothing below it")
	}
}

func addSession(f []string, number int, r *snapshot.Router) bool {
	peers, ok := show.Uint32(f[2])
	if !ok {
		return false
	}
	r.MACsec.Links = append(r.MACsec.Links, snapshot.MACsecLink{
		Interface: f[0], Peers: peers, State: f[3], Secured: f[3] == "Secured" && *peers > 0, Line: number, LastLine: number,
	})
	return true
}

// isKey reports whether a line goes on with the kind of key and its name, as
// IOS-XR prints them on a narrow terminal.
func isKey(f []string) bool {
	return len(f) <= 2 && (f[0] == "PRIMARY" || f[0] == "FALLBACK" || f[0] == "EAP" || f[0] == "PRIMARY-PSK" || f[0] == "FALLBACK-PSK")
}

// Details reads `show macsec mka session details`.
func Details(p *show.Page, r *snapshot.Router) {
	var t details
	none := ""
	for p.Next() {
		switch l := p.Text(); {
		case l == "Macsec is shutdown":
			none = l
		case !t.line(l, p.Number()):
			p.Miss()
		}
	}
	t.end()
	r.MACsec.Links = t.out
	switch {
	case none != "" && len(t.out) == 0:
		p.Nothing(&r.MACsec.Read, none)
		return
	case len(t.out) == 0:
		t.lack = "no session was listed: the output was cut off"
	}
	p.Close(&r.MACsec.Read, t.lack)
}

type details struct {
	out         []snapshot.MACsecLink
	link        snapshot.MACsecLink
	open, peers bool
	key         string
	listed      uint32 // peers that are described
	lack        string
}

func (t *details) line(l string, number int) bool {
	if strings.Trim(l, "-= ") == "" || strings.HasPrefix(l, "Detailed Status for MKA") || strings.HasPrefix(l, "MKA Detailed Status") || strings.HasPrefix(l, "NODE:") {
		return true
	}
	name, value, found := strings.Cut(l, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !found {
		f := strings.Fields(l) // a row of IOS-XR's lists of peers
		return t.open && len(f) > 2
	}
	switch name {
	case "Interface Name":
		if t.link.Interface != "" || !t.open {
			t.begin(number)
		}
		t.link.Interface = value
	case "Status":
		t.begin(number)
		t.link.State = value
	default:
		if !t.open {
			return false
		}
		t.link.LastLine = number
		return t.field(name, value)
	}
	t.link.LastLine = number
	return true
}

func (t *details) begin(number int) {
	t.end()
	t.open, t.key, t.listed, t.peers = true, "", 0, false
	t.link = snapshot.MACsecLink{Line: number, LastLine: number}
}

func (t *details) field(name, value string) bool {
	l := &t.link
	switch name {
	case "Session Status":
		l.State = value
	case "SAK Cipher Suite (Operational)":
		l.Cipher = value
	case "SAK Cipher Suite":
		if _, suite, ok := strings.Cut(value, "("); ok {
			l.Cipher = strings.TrimSuffix(suite, ")")
		} else if l.Cipher == "" {
			l.Cipher = value
		}
	case "Confidentiality Offset", "Confidentiality Offset (Operational)":
		n, ok := show.Uint32(strings.TrimPrefix(value, "CONF-OFFSET-"))
		l.ConfidentialityOffset = n
		return ok
	case "Latest SAK Status":
		t.key = value
	case "CA Peer Count", "# of MACsec Capable Live Peers":
		n, ok := show.Uint32(value)
		l.Peers = n
		t.peers = true
		return ok
	case "Peer MI":
		t.listed++
	}
	return true
}

// end concludes a session: secured with a peer and a key in use both ways.
func (t *details) end() {
	if !t.open {
		return
	}
	t.open = false
	l := &t.link
	inUse := strings.EqualFold(strings.ReplaceAll(t.key, " ", ""), "Rx&Tx")
	l.Secured = strings.HasPrefix(strings.ToUpper(l.State), "SECURED") && l.Peers != nil && *l.Peers > 0 && inUse
	if l.Interface == "" || !t.peers || l.State == "" {
		t.lack = fmt.Sprintf("the session on line %d is not whole: the output was cut off", l.Line)
	}
	t.out = append(t.out, *l)
}

// Summary reads `show macsec mka summary` of NX-OS, which does not count peers:
// its sessions are secured by their status alone, and so do not count as secured.
func Summary(p *show.Page, r *snapshot.Router) {
	head, none := false, ""
	for p.Next() {
		l := p.Text()
		f := strings.Fields(l)
		switch {
		case strings.HasPrefix(l, "Interface") && strings.Contains(l, "Status"):
			head = true
		case strings.Trim(l, "-= ") == "":
		case l == "Macsec is shutdown":
			none = l
		case head && len(f) >= 6:
			cipher := f[2]
			if cipher == "No" {
				cipher = ""
			}
			r.MACsec.Links = append(r.MACsec.Links, snapshot.MACsecLink{
				Interface: f[0], State: f[1] + ", peers not printed", Cipher: cipher, Line: p.Number(), LastLine: p.Number(),
			})
		default:
			p.Miss()
		}
	}
	lack := ""
	switch {
	case none != "" && len(r.MACsec.Links) == 0:
		p.Nothing(&r.MACsec.Read, none)
		return
	case !head:
		lack = "the list's heading is missing: the output was cut off"
	}
	p.Close(&r.MACsec.Read, lack)
}
