package frr

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// The columns of a row, counted from the first character of the next hop
// (FRR, route_vty_out): they hold on every line, wrapped or not, where the
// header's own columns do not.
const (
	metricEnd = 26
	prefEnd   = 33
	weightEnd = 40
	pathStart = 41
)

// bgpTable reads `show ip bgp` line by line.
type bgpTable struct {
	*page
	out    *snapshot.BGP
	vrf    string
	flags  int // width of the flags' column
	inside bool
	prefix netip.Prefix // of the row above
	row    string       // a row whose next hop comes on the next line: its flags
	from   int          // its line
	routes int
	said   [2]int // routes and paths, as the last line says; -1 until then
}

func (p *page) bgp(out *snapshot.BGP) {
	t := &bgpTable{page: p, out: out, vrf: "default", said: [2]int{-1, -1}}
	for i, l := range p.lines {
		t.line(i, l)
	}
	if t.row != "" {
		t.miss(t.from)
	}
	detail := "the line that counts routes and paths at the end of the table is missing: the output was cut off"
	whole := t.said[0] >= 0
	if whole && (t.said[0] != t.routes || t.said[1] != len(out.Paths)) {
		whole, detail = false, "the router counts "+strconv.Itoa(t.said[0])+" routes and "+strconv.Itoa(t.said[1])+
			" paths; "+strconv.Itoa(t.routes)+" and "+strconv.Itoa(len(out.Paths))+" were read"
	}
	for _, l := range p.lines {
		if strings.HasPrefix(l, "No BGP prefixes displayed, 0 exist") {
			whole = true
		}
	}
	p.status(&out.Read, whole, detail)
}

func (t *bgpTable) line(i int, l string) {
	switch {
	case strings.TrimSpace(l) == "":
		t.inside = t.inside && t.row != ""
	case strings.HasPrefix(l, "BGP table version is "):
		t.head(l)
	case strings.HasPrefix(strings.TrimLeft(l, " "), "Network ") && strings.Contains(l, "Next Hop"):
		t.inside, t.prefix, t.flags = true, netip.Prefix{}, strings.Index(l, "Network")
	case strings.HasPrefix(l, "Default local pref"):
		if _, as, ok := strings.Cut(l, "local AS "); ok {
			if n, ok := number(as); ok && n != nil {
				t.out.LocalAS = *n
			}
		}
	case strings.HasPrefix(l, "Displayed "):
		t.inside = false
		t.count(i, l)
	case strings.HasPrefix(l, "Instance ") && strings.HasSuffix(l, ":"):
		t.vrf = strings.TrimSuffix(strings.TrimPrefix(l, "Instance "), ":")
	case t.inside:
		t.read(i, l)
	case !noise(l):
		t.miss(i)
	}
}

// noise is what surrounds the table.
func noise(l string) bool {
	l = strings.TrimSpace(l)
	for _, start := range []string{
		"Status codes:", "i internal", "Nexthop codes:", "Origin codes:", "RPKI validation codes:",
		"No BGP prefixes displayed", "%",
	} {
		if strings.HasPrefix(l, start) {
			return true
		}
	}
	return false
}

func (t *bgpTable) head(l string) {
	if _, rest, ok := strings.Cut(l, "local router ID is "); ok {
		id, _, _ := strings.Cut(rest, ",")
		if a, err := netip.ParseAddr(strings.TrimSpace(id)); err == nil {
			t.out.RouterID = a
		}
	}
}

func (t *bgpTable) count(i int, l string) {
	m := regexp.MustCompile(`^Displayed\s+(\d+) routes and (\d+) total paths`).FindStringSubmatch(l)
	if m == nil {
		t.miss(i)
		return
	}
	routes, _ := strconv.Atoi(m[1])
	paths, _ := strconv.Atoi(m[2])
	t.said = [2]int{max(t.said[0], 0) + routes, max(t.said[1], 0) + paths}
}

// read takes one row, or a part of a wrapped one.
func (t *bgpTable) read(i int, l string) {
	if t.row != "" {
		hop := len(l) - len(strings.TrimLeft(l, " "))
		ok := hop >= t.flags && t.path(t.row, l, hop, t.from, i)
		if !ok {
			t.miss(t.from)
			t.miss(i)
		}
		t.row = ""
		return
	}
	if len(l) <= t.flags {
		t.miss(i)
		return
	}
	flags, rest := l[:t.flags], l[t.flags:]
	if strings.Trim(flags, " *>=idhsurRSVIN") != "" {
		t.miss(i)
		return
	}
	hop := t.flags
	if rest[0] != ' ' {
		name, _, _ := strings.Cut(rest, " ")
		p, ok := prefix(name)
		if !ok {
			t.miss(i)
			return
		}
		t.prefix = p
		t.routes++
		tail := rest[len(name):]
		if strings.TrimSpace(tail) == "" {
			t.row, t.from = flags, i
			return
		}
		hop += len(name)
	}
	hop += len(l[hop:]) - len(strings.TrimLeft(l[hop:], " "))
	if !t.path(flags, l, hop, i, i) {
		t.miss(i)
	}
}

// path reads the fields of a row from its next hop on.
func (t *bgpTable) path(flags, l string, hop, first, last int) bool {
	if !t.prefix.IsValid() || len(l) <= hop+pathStart {
		return false
	}
	name, _, _ := strings.Cut(l[hop:], " ")
	name, _, _ = strings.Cut(name, "(")
	if len(name) > 16 {
		return false
	}
	at := func(from, to int) string { return l[hop+from : hop+to] }
	metric, ok1 := number(at(max(len(name), 1), metricEnd))
	pref, ok2 := number(at(metricEnd, prefEnd))
	weight, ok3 := number(at(prefEnd, weightEnd))
	as := strings.TrimSpace(l[hop+pathStart-1:])
	if !ok1 || !ok2 || !ok3 || weight == nil || as == "" || strings.IndexByte("ie?", as[len(as)-1]) < 0 {
		return false
	}
	has := func(c string) bool { return strings.Contains(flags, c) }
	t.out.Paths = append(t.out.Paths, snapshot.Path{
		VRF: t.vrf, Prefix: t.prefix, NextHop: name, Valid: has("*"), Best: has(">"), Multipath: has("="), Internal: has("i"),
		RIBFailure: has("r"), Suppressed: has("s"), Damped: has("d"), History: has("h"), Stale: has("S"),
		Metric: metric, LocalPref: pref, Weight: weight, ASPath: strings.TrimSpace(as[:len(as)-1]), Origin: as[len(as)-1:],
		Line: first + 1, LastLine: last + 1,
	})
	return true
}

// summary reads `show ip bgp summary`: the neighbours and the local AS.
func (p *page) summary(r *snapshot.Router) {
	whole, inside := false, false
	re := regexp.MustCompile(`local AS number (\d+)`)
	for i, l := range p.lines {
		f := strings.Fields(l)
		switch {
		case len(f) > 2 && f[0] == "Neighbor" && f[1] == "V":
			inside = true
		case strings.HasPrefix(l, "Total number of neighbors "):
			n, err := strconv.Atoi(f[len(f)-1])
			whole = err == nil && n == len(r.Sessions.Peers)
			inside = false
		case inside && len(f) > 0:
			if !neighbour(f, i, &r.Sessions) {
				p.miss(i)
			}
		default:
			if m := re.FindStringSubmatch(l); m != nil {
				as, _ := strconv.ParseUint(m[1], 10, 32)
				r.BGP.LocalAS = uint32(as)
			}
			whole = whole || strings.HasPrefix(l, "% No BGP neighbors found")
		}
	}
	p.status(&r.Sessions.Read, whole, "the count of neighbours at the end of the list is missing or differs: the output was cut off")
}

func neighbour(f []string, line int, s *snapshot.Sessions) bool {
	if len(f) < 10 {
		return false
	}
	name, _, _ := strings.Cut(f[0], "(")
	a, err := netip.ParseAddr(name)
	as, err2 := strconv.ParseUint(f[2], 10, 32)
	if err != nil || err2 != nil {
		return false
	}
	peer := snapshot.Peer{VRF: "default", Addr: a, AS: uint32(as), State: "Established", Line: line + 1}
	if n, ok := number(f[9]); ok {
		peer.Received = n
	} else {
		peer.State = f[9]
	}
	s.Peers = append(s.Peers, peer)
	return true
}
