package runningconfig

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// static reads "ip route [vrf V] PREFIX [INTERFACE] [NEXT HOP] [DISTANCE] ...".
func (t *reader) static(l line, vrf string) {
	w := l.words[2:]
	if w[0] == "vrf" && len(w) > 2 {
		vrf, w = w[1], w[2:]
	}
	if w[0] == "static" || w[0] == "profile" || w[0] == "track" {
		return // how static routes in general are treated, not one of them
	}
	if !t.route(w, vrf, l) {
		t.miss(l)
	}
}

// route reads a static route from its prefix on.
func (t *reader) route(w []string, vrf string, l line) bool {
	s := snapshot.StaticRoute{VRF: vrf, Line: l.number}
	prefix, err := netip.ParsePrefix(w[0])
	n := 1
	if err != nil && len(w) > 1 {
		var ok bool
		if prefix, ok = show.Masked(w[0], w[1]); !ok {
			return false
		}
		n = 2
	}
	s.Prefix = prefix.Masked()
	w = w[n:]
	for len(w) > 0 {
		n := target(w, &s)
		if n == 0 && t.dialect == FRR && w[0] == "vrf" && len(w) > 1 && vrf == "default" {
			s.VRF, n = w[1], 2
		}
		if n == 0 {
			return false
		}
		w = w[min(n, len(w)):]
	}
	if !prefix.IsValid() || !s.NextHop.IsValid() && s.Interface == "" {
		return false
	}
	t.statics = append(t.statics, s)
	distance := uint32(0) // one that takes over when the other is gone has its own
	if s.Distance != nil {
		distance = *s.Distance
	}
	return !t.repeated(fmt.Sprint("route ", s.VRF, s.Prefix, s.NextHop, s.Interface, " ", distance))
}

// target reads the words of a static route behind its prefix, and returns how
// many it understood.
func target(w []string, s *snapshot.StaticRoute) int {
	switch w[0] {
	case "name", "tag", "track", "description", "metric", "label":
		return 2
	case "permanent", "onlink", "bfd":
		return 1
	case "vrf", "global", "nexthop-vrf", "table", "segments", "color", "multicast":
		return 0 // the next hop is looked up elsewhere: there is no place to say so
	case "dhcp":
		s.Interface = w[0]
		return 1
	}
	if a, err := netip.ParseAddr(strings.Split(w[0], "/")[0]); err == nil {
		if s.NextHop.IsValid() || strings.HasSuffix(w[0], "/0") {
			return 0
		}
		s.NextHop = a
		return 1
	}
	if n, ok := show.Uint32(w[0]); ok {
		if s.Distance != nil || !s.NextHop.IsValid() && s.Interface == "" {
			return 0
		}
		s.Distance = n
		return 1
	}
	if s.Interface != "" {
		return 0
	}
	s.Interface = w[0]
	if len(w) > 1 && isNumbered(w[0]) && strings.Trim(w[1], "0123456789/.") == "" && strings.Contains(w[1], "/") {
		s.Interface += w[1]
		return 2
	}
	return 1
}

// isNumbered reports whether a word is an interface's kind without its number.
func isNumbered(w string) bool { return !strings.ContainsAny(w, "0123456789") }

// routerStatic reads the static routes of IOS-XR.
func (t *reader) routerStatic(vrf string) block {
	return block{read: func(l line) block {
		switch {
		case l.words[0] == "vrf" && len(l.words) == 2:
			return t.routerStatic(l.words[1])
		case l.words[0] != "address-family":
			t.miss(l)
			return block{}
		case !isUnicast(l.words[1:]):
			return block{}
		}
		return block{read: func(l line) block {
			if !t.route(l.words, vrf, l) {
				t.miss(l)
			}
			return block{}
		}}
	}}
}
