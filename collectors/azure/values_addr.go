package azure

import (
	"net/netip"
	"strings"
	"unicode"
)

// prefix is an address prefix, without host bits.
func (v *values) prefix(n *node) netip.Prefix {
	s := strings.TrimSpace(n.scalar())
	if n.absent() || n.kind == kindString && s == "" {
		return netip.Prefix{}
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || n.kind != kindString {
		v.bad(n, "want an address prefix: "+excerpt(n))
		return netip.Prefix{}
	}
	return p.Masked()
}

func (v *values) prefixes(lists ...*node) []netip.Prefix {
	var ps []netip.Prefix
	for _, n := range v.elements(lists...) {
		if p := v.prefix(n); p.IsValid() {
			ps = append(ps, p)
		}
	}
	return ps
}

// addr is an address.
func (v *values) addr(n *node) netip.Addr {
	s := strings.TrimSpace(n.scalar())
	if n.absent() || n.kind == kindString && s == "" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(s)
	if err != nil || n.kind != kindString || a.Zone() != "" {
		v.bad(n, "want an address: "+excerpt(n))
		return netip.Addr{}
	}
	return a
}

// addrOrBlock is an address, or a prefix of which all addresses are meant; the
// address is then its first.
func (v *values) addrOrBlock(n *node) (netip.Addr, netip.Prefix) {
	if strings.Contains(n.scalar(), "/") {
		p := v.prefix(n)
		return p.Addr(), p
	}
	return v.addr(n), netip.Prefix{}
}

// addrList is a text with addresses and commas between them.
func (v *values) addrList(n *node) []netip.Addr {
	var as []netip.Addr
	for s := range strings.SplitSeq(v.text(n), ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		one := *n
		one.text = s
		if a := v.addr(&one); a.IsValid() {
			as = append(as, a)
		}
	}
	return as
}

func (v *values) addrs(list *node) []netip.Addr {
	var as []netip.Addr
	for _, n := range v.elements(list) {
		if a := v.addr(n); a.IsValid() {
			as = append(as, a)
		}
	}
	return as
}

// asPath is an AS path with blanks between the numbers and without origin code.
// Gateways separate by "-", also doubled; edge routers by blanks.
func (v *values) asPath(n *node) string {
	hops := strings.FieldsFunc(v.text(n), func(r rune) bool {
		return r == '-' || r == unicode.ReplacementChar || unicode.IsSpace(r)
	})
	if len(hops) > 0 {
		switch hops[len(hops)-1] {
		case "i", "e", "?", "I", "E":
			hops = hops[:len(hops)-1]
		}
	}
	return strings.Join(hops, " ")
}
