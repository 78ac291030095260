package runningconfig

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// flat reads BGP where every statement of a neighbour repeats its name: IOS,
// EOS, FRR. Address families are blocks; IOS and FRR end them with a statement
// and older releases do not indent what is in them.
func (t *reader) flat(i *instance) block {
	var family *block
	return block{last: &i.cfg.LastLine, read: func(l line) block {
		switch w := l.words; {
		case w[0] == "exit-address-family", w[0] == "exit-peer-policy", w[0] == "exit-peer-session":
			family = nil
			return block{}
		case w[0] == "address-family":
			b := t.flatFamily(i, l)
			family = &b
			if t.dialect == EOS {
				family = nil
			}
			return b
		case w[0] == "template" && len(w) == 3:
			g := i.group(w[1], w[2], l.number)
			b := block{last: &g.cfg.LastLine, read: func(l line) block {
				if !i.statement(g, l, l.words) {
					t.miss(l)
				}
				return block{}
			}}
			family = &b
			return b
		case w[0] == "vrf" && len(w) == 2 && t.dialect == EOS:
			return t.flat(t.bgp.instance(w[1], i.cfg.AS, l.number))
		case t.dialect == EOS && (w[0] == "vlan" || w[0] == "vlan-aware-bundle" || w[0] == "monitoring"):
			return block{} // EVPN
		case family != nil && family.read != nil:
			return family.read(l)
		case family != nil:
			return block{}
		}
		if !t.flatLine(i, l, true) {
			t.miss(l)
		}
		return block{}
	}}
}

// flatFamily reads an address family. What neighbours are told for others than
// unicast is of no concern.
func (t *reader) flatFamily(i *instance, l line) block {
	w := l.words[1:]
	if !isUnicast(w) {
		return block{}
	}
	for n, word := range w {
		if word == "vrf" && n+1 < len(w) {
			i = t.bgp.instance(w[n+1], i.cfg.AS, l.number)
		}
	}
	v6 := w[0] == "ipv6"
	return block{last: &i.cfg.LastLine, read: func(l line) block {
		if l.words[0] == "exit-address-family" {
			return block{}
		}
		if !t.flatLine(i, l, !v6) {
			t.miss(l)
		}
		return block{}
	}}
}

// flatLine reads a statement of a process or of an address family. Statements of
// the IPv6 family about a neighbour that is known by an IPv4 address, or about a
// group, are of no concern to IPv4.
func (t *reader) flatLine(i *instance, l line, v4 bool) bool {
	w := l.words
	negated := w[0] == "no"
	if negated {
		w = w[1:]
	}
	if len(w) == 0 {
		return false
	}
	if w[0] == "neighbor" {
		return i.flatNeighbor(l, w, v4, negated)
	}
	if !v4 && w[0] != "network" {
		return true
	}
	switch w[0] {
	case "bgp":
		return i.bgpLine(w[1:], negated)
	case "router-id", "network", "redistribute", "maximum-paths", "distance", "bestpath":
		return !negated && i.family(w)
	}
	if negated {
		var known instance // tells whether the setting is one that has no field
		known.cfg, known.said = &snapshot.BGPConfig{}, map[string]bool{}
		if !known.family(w) || len(known.cfg.Options) == 0 {
			return false
		}
		i.once(&i.cfg.Options, "no "+strings.Join(w, " "))
		return true
	}
	return i.family(w)
}

// flatNeighbor reads "neighbor 10.0.0.1 remote-as 65001".
func (i *instance) flatNeighbor(l line, w []string, v4, negated bool) bool {
	if len(w) < 3 {
		return false
	}
	name, said := w[1], w[2:]
	if a, err := netip.ParseAddr(name); !v4 && (err != nil || a.Is4()) {
		return true
	}
	if _, err := netip.ParsePrefix(name); err == nil {
		return false // a range of neighbours
	}
	if name == "interface" && len(w) > 4 && !negated {
		return i.onInterface(l, w[2], w[3:])
	}
	if negated {
		said = append([]string{"no"}, said...)
	}
	return i.statement(i.peer(name, l.number), l, said)
}

// onInterface reads what EOS says of the neighbour on an interface:
// "peer-group SPINES remote-as 65001".
func (i *instance) onInterface(l line, name string, said []string) bool {
	p := i.peer(name, l.number)
	p.named = false
	for ; len(said) > 1; said = said[2:] {
		if said[0] != "peer-group" && said[0] != "remote-as" || !i.statement(p, l, said[:2]) {
			return false
		}
	}
	return len(said) == 0
}

// bgpLine reads what is behind "bgp".
func (i *instance) bgpLine(w []string, negated bool) bool {
	if len(w) == 0 {
		return false
	}
	c := i.cfg
	if negated {
		i.once(&c.Options, "no bgp "+strings.Join(w, " "))
		return isProcessOption(w[0])
	}
	switch text := strings.Join(w, " "); {
	case w[0] == "router-id":
		return i.routerID(w[1:])
	case w[0] == "bestpath":
		return i.bestPath(w[1:])
	case text == "always-compare-med":
		c.AlwaysCompareMED = true
	case text == "deterministic-med":
		c.DeterministicMED = true
	case w[0] == "default" && len(w) == 3 && w[1] == "local-preference":
		n, ok := show.Uint32(w[2])
		c.DefaultLocalPref = n
		return ok
	default:
		i.once(&c.Options, "bgp "+text)
		return isProcessOption(w[0])
	}
	return true
}

// isProcessOption reports whether a setting behind "bgp" is known and has no field.
func isProcessOption(word string) bool {
	switch word {
	case "log-neighbor-changes", "default", "cluster-id", "confederation", "dampening", "additional-paths", "graceful-restart", "listen",
		"suppress-inactive", "asnotation", "maxas-limit", "enforce-first-as", "update-delay", "redistribute-internal", "scan-time",
		"nexthop", "fast-external-fallover", "client-to-client", "rpki", "advertise-best-external", "recursion", "slow-peer",
		"transport", "upgrade-cli", "soft-reconfig-backup", "regexp", "consistency-checker", "dmzlink-bw", "inject-map", "ebgp-requires-policy",
		"network", "network-import-check", "reject-as-sets", "suppress-fib-pending", "suppress-duplicates", "fast-convergence", "show-hostname",
		"disable-ebgp-connected-route-check", "minimum-holdtime", "coalesce-time", "allow-martian-nexthop", "bestpath", "aggregate-timer",
		"rr-group", "sourced-paths", "import", "route-reflector", "missing-policy", "labeled-unicast", "convergence", "next-hop", "long-lived-graceful-restart",
		"route-map", "tcp-keepalive", "snmp", "use-underlay-nexthop-weight", "shutdown", "deterministic-med", "always-compare-med", "router-id",
		"advertise-inactive", "nopeerup-delay", "refresh", "update-group", "sso", "mpls-local-label", "bmp", "input-queue-limit", "output-queue-limit",
		"session-dscp", "hard-administrative-reset", "ipv6-auto-ra", "trace", "control-plane-filter", "peer-mac-resolution-timeout":
		return true
	}
	return false
}
