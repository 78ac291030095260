package bgptable

import (
	"net/netip"
	"strconv"
	"strings"
)

// banner reads the lines that say whose rows follow, and those with the router's
// own numbers.
func (t *table) banner(text string) bool {
	if t.legend(text) {
		return true
	}
	if rest, ok := strings.CutPrefix(text, "Route Distinguisher: "); ok {
		t.distinguisher(rest)
		return true
	}
	for _, start := range []string{"For address family: ", "Address Family: "} {
		if name, ok := strings.CutPrefix(text, start); ok {
			t.family(name)
			t.into(t.plain())
			return true
		}
	}
	if rest, ok := strings.CutPrefix(text, "BGP routing table information for VRF "); ok {
		name, family, _ := strings.Cut(rest, ", address family ")
		t.family(family)
		t.into(vrfName(name))
		return true
	}
	if rest, ok := strings.CutPrefix(text, "Peer "); ok {
		peer, family, ok := strings.Cut(strings.TrimSuffix(rest, ":"), " routes for address family ")
		if a, err := netip.ParseAddr(peer); ok && err == nil {
			t.q.neighbor = a
		}
		if ok {
			t.family(family)
			t.into(t.plain())
		}
		return ok
	}
	if name, ok := strings.CutPrefix(text, "VRF: "); ok {
		t.family("")
		t.into(vrfName(name))
		return true
	}
	if name, ok := strings.CutPrefix(text, "Instance "); ok && strings.HasSuffix(name, ":") {
		t.family("")
		t.into(vrfName(strings.TrimSuffix(name, ":")))
		return true
	}
	return t.numbersOfRouter(text) || isBanner(text)
}

// plain is the VRF of rows under no distinguisher.
func (t *table) plain() string {
	if t.q.vrf != "" {
		return t.q.vrf
	}
	return "default"
}

// vrfName is a VRF's name as it stands in a banner.
func vrfName(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), ",")
	if s == "" || strings.EqualFold(s, "global") {
		return "default"
	}
	return s
}

// family starts the tables of an address family; an empty name leaves it open.
// Only IP routes are looked at, also those of VPNs.
func (t *table) family(name string) {
	t.uncounted()
	t.families = true
	t.cols = columns{}
	t.entry = entry{}
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "", "ipv4 unicast", "ipv6 unicast", "vpnv4 unicast", "vpnv6 unicast":
		t.other = t.q.other
	default:
		t.other = true
	}
}

// uncounted notes that a table ended without the line that counts it.
func (t *table) uncounted() {
	counted := t.p.Counted
	if t.q.direction != "" {
		counted = t.p.AdjCounted
	}
	if t.open && counted && !t.other && t.lack == "" {
		t.lack = "the line that counts the routes at the end of the table is missing: the output was cut off"
	}
	t.open = false
	t.rows, t.networks = 0, 0
}

// distinguisher starts the rows of a route distinguisher: "65101:1 (default for
// vrf red) VRF Router ID 10.1.1.1", "100:100    (VRF VRF1)".
func (t *table) distinguisher(rest string) {
	rd, of, _ := strings.Cut(rest, " ")
	name := ""
	for _, start := range []string{"(default for vrf ", "(VRF "} {
		if _, vrf, ok := strings.Cut(of, start); ok {
			name, _, _ = strings.Cut(vrf, ")")
		}
	}
	_, evpn, _ := strings.Cut(of, "(L2VNI ")
	switch {
	case evpn != "":
		t.other = true
	case name != "":
	case t.q.vrf != "":
		name = t.q.vrf
	default:
		name = "rd " + rd
	}
	if name != "" {
		t.into(strings.TrimSpace(name))
	}
}

// legend reads the lines that explain the marks. They go on with lines that
// start with one character of its own.
func (t *table) legend(text string) bool {
	if t.entry.open {
		return false // which has a line of the same name
	}
	for _, start := range []string{"Status codes:", "Status:", "Path type:", "Origin codes:", "RPKI validation codes:", "Nexthop codes:", "Route status codes:", "RPKI Origin Validation codes:", "AS Path Attributes:"} {
		if strings.HasPrefix(text, start) {
			if start == "Status:" {
				t.marks = NXOSMarks()
			}
			t.inLegend = true
			return true
		}
	}
	t.inLegend = t.inLegend && len(text) > 2 && text[1] == ' ' && !strings.ContainsAny(text, "0123456789")
	return t.inLegend
}

// numbersOfRouter reads its identifier and AS number where a table's head has
// them. Those of the default VRF come first, and are the router's.
func (t *table) numbersOfRouter(text string) bool {
	known := false
	lower := strings.ToLower(text)
	for _, name := range []string{"router id is ", "router identifier ", "router id: "} {
		if _, rest, ok := strings.Cut(lower, name); ok && (strings.HasPrefix(lower, "bgp ") || strings.HasPrefix(lower, "router identifier")) {
			known = true
			word, _, _ := strings.Cut(rest, ",")
			if a, err := netip.ParseAddr(strings.TrimSpace(word)); err == nil && !t.r.BGP.RouterID.IsValid() {
				t.r.BGP.RouterID = a
			}
		}
	}
	if !known && !strings.HasPrefix(lower, "default local pref ") && !strings.HasPrefix(lower, "*local as number") {
		return false
	}
	for _, name := range []string{"local as number ", "local as number: ", "local as "} {
		if _, rest, ok := strings.Cut(lower, name); ok {
			word, _, _ := strings.Cut(strings.TrimLeft(rest, ": "), " ")
			if as, ok := asNumber(word); ok && t.r.BGP.LocalAS == 0 {
				t.r.BGP.LocalAS = as
			}
			break
		}
	}
	return true
}

// asNumber reads an AS number as asplain or asdot (RFC 5396).
func asNumber(s string) (uint32, bool) {
	high, low, dotted := strings.Cut(s, ".")
	if !dotted {
		n, err := strconv.ParseUint(s, 10, 32)
		return uint32(n), err == nil
	}
	h, err := strconv.ParseUint(high, 10, 16)
	l, err2 := strconv.ParseUint(low, 10, 16)
	return uint32(h)<<16 | uint32(l), err == nil && err2 == nil
}

// isBanner reports whether a line is known to stand around tables and to say
// nothing of their rows.
func isBanner(text string) bool {
	if strings.Trim(text, "-=") == "" {
		return true
	}
	for _, start := range []string{
		"BGP table version is ", "BGP main routing table version ", "BGP generic scan interval ", "BGP scan interval ", "BGP table state:",
		"BGP NSR", "BGP table nexthop route policy:", "BGP instance ", "BGP VRF ", "BGP Route Distinguisher:", "VRF ID:", "Table ID:", "Non-stop routing is ", "Route Distinguisher Version:",
		"Dampening ", "Default Information originate", "BGP is operating in", "Redistribution of ", "Address Family ID", "Default networks", "Speaker ID",
		"Graceful restart", "Multipath: ",
	} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}
