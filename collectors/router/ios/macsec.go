package ios

import (
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readMACsecSummary reads `show macsec summary`: how many secure channels each
// interface has. It tells neither peers nor whether frames are encrypted, so it
// never makes a link secured.
func readMACsecSummary(p *show.Page, r *snapshot.Router) {
	head, none := false, ""
	for p.Next() {
		l := p.Text()
		f := strings.Fields(l)
		switch {
		case l == "%No Secure Channels", l == "% No Secure Channels":
			none = l
		case strings.HasPrefix(l, "Interface ") && strings.Contains(l, "Transmit SC"):
			head = true
		case head && len(f) == 3 && isCount(f[1]) && isCount(f[2]):
			r.MACsec.Links = append(r.MACsec.Links, snapshot.MACsecLink{
				Interface: f[0], State: f[1] + " transmit SC, " + f[2] + " receive SC", Line: p.Number(), LastLine: p.Number(),
			})
		default:
			p.Miss()
		}
	}
	switch {
	case none != "" && len(r.MACsec.Links) == 0:
		p.Nothing(&r.MACsec.Read, none)
	case !head:
		p.Close(&r.MACsec.Read, "the list's heading is missing: the output was cut off")
	default:
		p.Close(&r.MACsec.Read, "")
	}
}

func isCount(s string) bool {
	_, ok := show.Uint32(s)
	return ok
}

// readMKASessions reads `show mka sessions`, whose sessions take two lines each:
// interface, own SCI, policy; port, peer's SCI, number of peers, status.
func readMKASessions(p *show.Page, r *snapshot.Router) {
	head, total, waiting := false, -1, false
	for p.Next() {
		l := p.Text()
		f := strings.Fields(l)
		switch {
		case strings.HasPrefix(l, "==="), strings.HasPrefix(l, "Secured Sessions"), strings.HasPrefix(l, "Pending Sessions"), strings.HasPrefix(l, "Deleted Sessions"):
		case strings.HasPrefix(l, "Interface ") && strings.Contains(l, "Local-TxSCI"), strings.HasPrefix(l, "Port-ID ") && strings.Contains(l, "MACsec-Peers"):
			head = true
		case strings.HasPrefix(l, "Total MKA Sessions"):
			n, ok := show.Uint32(last(f))
			if !ok {
				p.Miss()
				continue
			}
			total = int(*n)
		case head && !waiting && len(f) >= 5 && isSCI(f[1]):
			r.MACsec.Links = append(r.MACsec.Links, snapshot.MACsecLink{Interface: f[0], Line: p.Number()})
			waiting = true
		case waiting && len(f) >= 4 && isCount(f[0]) && isCount(f[2]):
			waiting = false
			if !mkaStatus(f, &r.MACsec.Links[len(r.MACsec.Links)-1]) {
				p.Miss()
			}
			r.MACsec.Links[len(r.MACsec.Links)-1].LastLine = p.Number()
		default:
			p.Miss()
		}
	}
	lack := ""
	switch {
	case waiting:
		lack = "the last session is not whole: the output was cut off"
	case total >= 0 && total != len(r.MACsec.Links):
		lack = fmt.Sprintf("it has %d session(s) and says it has %d", len(r.MACsec.Links), total)
	case !head && total != 0:
		lack = "the list's heading is missing: the output was cut off"
	case total == 0:
		p.Nothing(&r.MACsec.Read, "Total MKA Sessions 0")
		return
	}
	p.Close(&r.MACsec.Read, lack)
}

// mkaStatus reads the peers and the status of a session, which the key's name
// follows: "8 0066.7788.99aa/0009 1 Secured 01".
func mkaStatus(f []string, link *snapshot.MACsecLink) bool {
	link.Peers, _ = show.Uint32(f[2])
	rest := strings.Join(f[3:], " ")
	for _, status := range []string{"Secured, no peer", "Secured", "Init", "Pending", "Initializing", "Not Secured", "Deleted"} {
		if strings.HasPrefix(rest, status+" ") {
			link.State = status
			link.Secured = status == "Secured" && *link.Peers > 0
			return true
		}
	}
	return false
}

// isSCI reports whether a word is a secure channel identifier: a MAC address
// and a port, as in 0027.907a.4411/0028.
func isSCI(s string) bool { return strings.Count(s, ".") == 2 && strings.Count(s, "/") == 1 }

// readMKADetail reads `show mka sessions detail`.
func readMKADetail(p *show.Page, r *snapshot.Router) {
	t := mkaDetail{seen: map[string]bool{}}
	for p.Next() {
		if !t.line(p.Text(), p.Number()) {
			p.Miss()
		}
	}
	t.end()
	r.MACsec.Links = t.out
	if len(t.out) == 0 && t.lack == "" {
		t.lack = "there is no session: the output was cut off"
	}
	p.Close(&r.MACsec.Read, t.lack)
}

type mkaDetail struct {
	out    []snapshot.MACsecLink
	link   snapshot.MACsecLink
	open   bool
	seen   map[string]bool
	peers  bool // the list of peers has begun
	key    string
	lacks  string // confidentiality is not among the capabilities
	lack   string
	inList bool
}

func (t *mkaDetail) line(l string, number int) bool {
	if t.open {
		t.link.LastLine = number
	}
	switch {
	case strings.HasPrefix(l, "MKA Detailed Status"), strings.HasPrefix(l, "==="), strings.HasPrefix(l, "---"):
		return true
	case strings.HasPrefix(l, "Status: "):
		t.end()
		t.open, t.inList, t.peers = true, false, false
		t.link = snapshot.MACsecLink{State: strings.TrimPrefix(l, "Status: "), Line: number, LastLine: number}
		t.key, t.lacks = "", ""
		return true
	case !t.open:
		return false
	case strings.HasSuffix(l, "Peers List:"):
		t.inList, t.peers = true, true
		return true
	case t.inList:
		return t.listed(l)
	}
	name, value, found := strings.Cut(l, "..")
	if !found {
		name, value, found = strings.Cut(l, ". ")
	}
	return found && t.field(strings.TrimRight(name, "."), strings.TrimLeft(value, ". "))
}

func (t *mkaDetail) field(name, value string) bool {
	switch name {
	case "Interface Name":
		t.link.Interface = value
	case "Confidentiality Offset":
		n, ok := show.Uint32(value)
		t.link.ConfidentialityOffset = n
		return ok
	case "SAK Cipher Suite":
		_, suite, _ := strings.Cut(value, "(")
		t.link.Cipher = strings.TrimSuffix(suite, ")")
	case "Latest SAK Status":
		t.key = value
	case "MACsec Capability":
		if !strings.Contains(value, "Confidentiality") {
			t.lacks = value
		}
	case "# of MACsec Capable Live Peers":
		n, ok := show.Uint32(value)
		t.link.Peers = n
		return ok
	}
	return true
}

// listed reads a line of a list of peers.
func (t *mkaDetail) listed(l string) bool {
	f := strings.Fields(l)
	switch {
	case f[0] == "MI", f[0] == "Priority":
		return true
	case len(f) >= 4 && isSCI(f[2]):
		return true
	}
	if strings.Contains(l, "..") { // some releases print more below the lists
		return true
	}
	return false
}

// end concludes a session: secured with a peer, and a key in use both ways.
func (t *mkaDetail) end() {
	if !t.open {
		return
	}
	t.open = false
	l := &t.link
	l.Secured = strings.HasPrefix(l.State, "SECURED") && l.Peers != nil && *l.Peers > 0 && t.key == "Rx & Tx" && t.lacks == ""
	if t.seen[l.Interface] {
		t.lack = fmt.Sprintf("%s is listed twice", l.Interface)
	}
	t.seen[l.Interface] = true
	if l.Interface == "" || l.Peers == nil || !t.peers {
		t.lack = fmt.Sprintf("the session on line %d is not whole: the output was cut off", l.Line)
	}
	t.out = append(t.out, *l)
}
