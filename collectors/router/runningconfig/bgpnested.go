package runningconfig

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
)

// nested reads BGP where a neighbour is a block with its address families
// inside: NX-OS and IOS-XR.
func (t *reader) nested(i *instance) block {
	return block{last: &i.cfg.LastLine, read: func(l line) block {
		switch w := l.words; {
		case w[0] == "address-family":
			return t.nestedFamily(i, l)
		case w[0] == "neighbor" && len(w) > 1:
			return t.neighbor(i, l)
		case w[0] == "template" && len(w) == 3:
			return t.nestedPeer(i, i.group(w[1], w[2], l.number), true)
		case (w[0] == "neighbor-group" || w[0] == "session-group") && len(w) == 2:
			return t.nestedPeer(i, i.group(w[0], w[1], l.number), true)
		case w[0] == "af-group" && len(w) > 1:
			g := i.group(w[0], w[1], l.number)
			return t.nestedPeer(i, g, len(w) < 4 || isUnicast(w[3:]))
		case w[0] == "vrf" && len(w) == 2:
			return t.nested(t.bgp.instance(w[1], i.cfg.AS, l.number))
		}
		if !t.nestedLine(i, l) {
			t.miss(l)
		}
		return block{}
	}}
}

// nestedLine reads a statement of a process or of a VRF.
func (t *reader) nestedLine(i *instance, l line) bool {
	w := l.words
	if w[0] == "no" && len(w) > 1 {
		i.once(&i.cfg.Options, l.text)
		return isProcessOption(w[1])
	}
	if w[0] == "bgp" {
		return i.bgpLine(w[1:], false)
	}
	if w[0] == "default" && len(w) == 3 && w[1] == "local-preference" {
		n, ok := show.Uint32(w[2])
		i.cfg.DefaultLocalPref = n
		return ok
	}
	return i.family(w)
}

// nestedFamily reads an address family of a process or of a VRF.
func (t *reader) nestedFamily(i *instance, l line) block {
	if !isUnicast(l.words[1:]) {
		return block{}
	}
	v6 := l.words[1] == "ipv6"
	return block{read: func(l line) block {
		if v6 && l.words[0] != "network" {
			return block{}
		}
		if l.words[0] == "default-metric" || !i.family(l.words) {
			t.miss(l)
		}
		return block{}
	}}
}

// neighbor reads "neighbor 10.0.0.1 remote-as 65001 description X" and what is
// below it.
func (t *reader) neighbor(i *instance, l line) block {
	w := l.words
	if strings.Contains(w[1], "/") {
		t.miss(l) // a range of neighbours
		return block{}
	}
	p := i.peer(w[1], l.number)
	p.named = false
	if len(w) > 3 && w[2] == "remote-as" {
		if n, ok := asNumber(w[3]); ok {
			p.cfg.AS = n
		}
	} else if len(w) > 2 && w[2] != "description" && w[2] != "remote-as" {
		t.miss(l)
	}
	return t.nestedPeer(i, p, true)
}

// nestedPeer reads what is said of a neighbour, group or template.
func (t *reader) nestedPeer(i *instance, p *peer, concern bool) block {
	if !concern {
		return block{}
	}
	return block{last: &p.cfg.LastLine, read: func(l line) block {
		if l.words[0] == "address-family" {
			return t.nestedPeer(i, p, isUnicast(l.words[1:]) && (l.words[1] == "ipv4" || !p.cfg.Addr.Is4()))
		}
		if !i.statement(p, l, l.words) {
			t.miss(l)
		}
		return block{}
	}}
}
