package runningconfig

import (
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// ipsec collects IPsec profiles and what they refer to.
type ipsec struct {
	profiles []*profile
	sets     map[string]proposal // transform sets, and EOS's SA policies
}

type profile struct {
	cfg  snapshot.IPsecProfile
	sets []string
}

type proposal struct{ encryption, integrity, pfs string }

func (s *ipsec) result() []snapshot.IPsecProfile {
	var out []snapshot.IPsecProfile
	for _, p := range s.profiles {
		for _, name := range p.sets {
			set := s.sets[name]
			add := func(to *[]string, what string) {
				if what != "" && !slices.Contains(*to, what) {
					*to = append(*to, what)
				}
			}
			add(&p.cfg.Encryption, set.encryption)
			add(&p.cfg.Integrity, set.integrity)
			if p.cfg.PFS == "" {
				p.cfg.PFS = set.pfs
			}
		}
		out = append(out, p.cfg)
	}
	return out
}

func (s *ipsec) set(name string, p proposal) {
	if s.sets == nil {
		s.sets = map[string]proposal{}
	}
	s.sets[name] = p
}

// crypto reads the transform sets and profiles of IOS. Keys, certificates and
// IKE's policies are of no concern.
func (t *reader) crypto(l line) block {
	w := l.words
	if len(w) > 3 && w[1] == "ipsec" && (w[2] == "transform-set" || w[2] == "profile") && t.repeated(strings.Join(w[:4], " ")) {
		t.miss(l)
	}
	switch {
	case l.starts("crypto", "ipsec", "transform-set") && len(w) > 4:
		return t.transformSet(l)
	case l.starts("crypto", "ipsec", "profile") && len(w) == 4:
		p := &profile{cfg: snapshot.IPsecProfile{Name: w[3], Line: l.number, LastLine: l.number}}
		t.ipsec.profiles = append(t.ipsec.profiles, p)
		return block{last: &p.cfg.LastLine, read: func(l line) block {
			switch w := l.words; {
			case l.starts("set", "transform-set"):
				p.sets = append(p.sets, w[2:]...)
			case l.starts("set", "pfs"):
				p.cfg.PFS = "yes"
				if len(w) > 2 {
					p.cfg.PFS = w[2]
				}
			case w[0] == "set" && len(w) > 2 && slices.Contains([]string{"isakmp-profile", "ikev2-profile", "security-association", "security-policy", "identity", "mixed-mode", "reverse-route"}, w[1]):
			case w[0] == "description", w[0] == "responder-only", w[0] == "redundancy", w[0] == "dualstack", w[0] == "reverse-route", w[0] == "no", l.starts("set", "reverse-route"), l.starts("set", "mixed-mode"):
			default:
				t.miss(l)
			}
			return block{}
		}}
	}
	return block{}
}

// transformSet reads "crypto ipsec transform-set NAME esp-aes 256
// esp-sha256-hmac". A set with AH alone, or with esp-null, has no cipher.
func (t *reader) transformSet(l line) block {
	var p proposal
	for _, word := range l.words[4:] {
		switch {
		case strings.Trim(word, "0123456789") == "" && p.encryption != "" && p.integrity == "":
			p.encryption += " " + word
		case strings.HasSuffix(word, "-hmac"):
			p.integrity = word
		case strings.HasPrefix(word, "esp-"):
			p.encryption = word
		case word == "comp-lzs":
		default:
			t.miss(l)
		}
	}
	if p.encryption == "" {
		p.encryption = "none"
	}
	t.ipsec.set(l.words[3], p)
	return block{read: func(l line) block {
		if l.words[0] != "mode" && l.words[0] != "no" && l.words[0] != "esn" {
			t.miss(l)
		}
		return block{}
	}}
}

// ipSecurity reads the SA policies and profiles of EOS.
func (t *reader) ipSecurity() block {
	return block{read: func(l line) block {
		w := l.words
		switch {
		case l.starts("sa", "policy") && len(w) == 3:
			name := w[2]
			t.ipsec.set(name, proposal{})
			return block{read: func(l line) block {
				if !t.saPolicy(name, l) {
					t.miss(l)
				}
				return block{}
			}}
		case w[0] == "profile" && len(w) == 2:
			p := &profile{cfg: snapshot.IPsecProfile{Name: w[1], Line: l.number, LastLine: l.number}}
			t.ipsec.profiles = append(t.ipsec.profiles, p)
			return block{last: &p.cfg.LastLine, read: func(l line) block {
				switch l.words[0] {
				case "sa-policy":
					p.sets = append(p.sets, l.words[len(l.words)-1])
				case "ike-policy", "connection", "shared-key", "dpd", "mode", "flow", "esn", "pki":
				default:
					t.miss(l)
				}
				return block{}
			}}
		}
		return block{}
	}}
}

func (t *reader) saPolicy(name string, l line) bool {
	p, w := t.ipsec.sets[name], l.words
	value := w[len(w)-1]
	switch {
	case l.starts("esp", "encryption"):
		p.encryption = value
	case l.starts("esp", "integrity"):
		p.integrity = value
	case l.starts("pfs", "dh-group"):
		p.pfs = value
	case l.starts("sa", "lifetime"), l.starts("anti-replay"), l.starts("no"):
	default:
		return false
	}
	t.ipsec.set(name, p)
	return true
}
