package junos

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSessions reads the lists of BGP neighbours.
func readSessions(command string, in *lines.Reader, r *snapshot.Router) bool {
	typed, _, _ := strings.Cut(command, "|")
	s := &sessions{in: in, o: &outcome{}, r: r, said: -1}
	switch f := strings.Fields(typed); {
	case strings.HasPrefix(typed, "get-bgp-summary"), len(f) > 2 && f[0] == "show" && f[1] == "bgp" && f[2] == "summary":
	case strings.HasPrefix(typed, "get-bgp-neighbor"), len(f) > 2 && f[0] == "show" && f[1] == "bgp" && (f[2] == "neighbor" || f[2] == "neighbors"):
		s.detail = true
		s.slice(f)
	default:
		return false
	}
	if f := formOf(command, in, func(string) {}); f != textForm {
		s.o.cut = visit(f, in, s.o, visitor{keep: s.keep, enter: s.enter, take: s.take})
	} else if s.detail {
		(&neighborText{sessions: s}).read()
	} else {
		s.summaryText()
	}
	s.done()
	return true
}

// sessions collects the neighbours of a listing, in any form.
type sessions struct {
	in      *lines.Reader
	o       *outcome
	r       *snapshot.Router
	detail  bool
	peers   int  // neighbours seen
	said    int  // neighbours that the listing counts, -1 when it does not
	vrfs    bool // some neighbour is in a routing instance
	unknown []int
}

// slice notes that a command names one neighbour, or the neighbours of one
// instance.
func (s *sessions) slice(f []string) {
	for _, w := range f[min(3, len(f)):] {
		if w != "all" && !strings.HasPrefix(w, "{") {
			s.o.partial = "the command lists the neighbours with " + w + " only"
			return
		}
	}
}

func (s *sessions) keep(name string) bool { return name == "bgp-peer" || isMessage(name) }

func (s *sessions) enter(name string, _ int) { s.o.seen = s.o.seen || name == "bgp-information" }

func (s *sessions) take(e *element) {
	switch {
	case isMessage(e.name):
		s.o.message(e)
	case e.name == "peer-count":
		if n, err := strconv.Atoi(e.text); err == nil {
			s.said = n
		}
	case e.name == "bgp-peer":
		if !s.element(e) {
			s.in.MissAt(e.line, []byte("bgp-peer "+e.val("peer-address")))
		}
	}
}

// element takes a neighbour of JSON or XML.
func (s *sessions) element(e *element) bool {
	n := neighbour{
		address: e.val("peer-address"), as: e.val("peer-as"), local: e.val("local-address"), instance: e.val("peer-cfg-rti"),
		state: e.val("peer-state"), seconds: e.child("elapsed-time").attr(), elapsed: e.val("elapsed-time"), id: e.val("local-id"), line: e.line, last: e.last,
	}
	n.localAS = e.val("local-as")
	if o := e.child("bgp-option-information"); o != nil {
		n.options = o.val("bgp-options") + " " + o.val("bgp-options2") + " " + o.val("bgp-options-extended")
		n.detailed = true
		n.in, n.out = o.val("import-policy"), o.val("export-policy")
		if system := o.val("local-system-as"); system != "" && system != "0" {
			n.localAS = system
		}
	}
	for _, rib := range e.all("bgp-rib") {
		n.tables = append(n.tables, tableCount{rib.val("name"), rib.val("received-prefix-count")})
	}
	return s.add(&n)
}

// neighbour is one neighbour as it is printed.
type neighbour struct {
	address, as    string
	local, localAS string
	instance       string // of the session; "" when the listing does not say
	state          string
	seconds        string // in this state
	elapsed        string // the same as a text
	options        string
	detailed       bool // options are known
	in, out        string
	id             string
	tables         []tableCount
	line, last     int
}

// tableCount is how many prefixes of a table came from a neighbour.
type tableCount struct{ name, received string }

// add takes a neighbour: one row for each of its tables.
func (s *sessions) add(n *neighbour) bool {
	address, _, _ := strings.Cut(n.address, "+")
	a, err := netip.ParseAddr(address)
	as, ok := asNumber(n.as)
	if err != nil || !ok || n.state == "" {
		return false
	}
	s.peers++
	p := snapshot.Peer{Addr: a, AS: as, State: state(n.state), Since: n.since(), PolicyIn: n.in, PolicyOut: n.out, Line: n.line, LastLine: n.last}
	local, _, _ := strings.Cut(n.local, "+")
	p.Local, _ = netip.ParseAddr(local)
	if n.detailed {
		auth := strings.Contains(n.options, "AuthKey")
		p.Authenticated = &auth
	}
	vrf, known := n.vrf()
	p.VRF = vrf
	s.vrfs = s.vrfs || known && vrf != "default"
	if known && vrf == "default" {
		s.self(n)
	}
	return s.rows(n, p, known)
}

// rows adds a row for each table of a neighbour, or one where it has none.
func (s *sessions) rows(n *neighbour, p snapshot.Peer, known bool) bool {
	first := len(s.r.Sessions.Peers)
	for _, t := range n.tables {
		vrf, family := familyOf(t.name)
		if vrf != p.VRF {
			continue // copied into another instance
		}
		received, ok := optional(t.received)
		if !ok {
			return false
		}
		p.Family, p.Received = family, received
		s.r.Sessions.Peers = append(s.r.Sessions.Peers, p)
	}
	if len(s.r.Sessions.Peers) == first {
		if !known {
			s.unknown = append(s.unknown, first)
		}
		s.r.Sessions.Peers = append(s.r.Sessions.Peers, p)
	}
	return true
}

// self takes what a neighbour of the default instance says of the router.
func (s *sessions) self(n *neighbour) {
	if id, err := netip.ParseAddr(n.id); err == nil && !s.r.BGP.RouterID.IsValid() {
		s.r.BGP.RouterID = id
	}
	if as, ok := asNumber(n.localAS); ok {
		s.r.BGP.LocalAS = cmp.Or(s.r.BGP.LocalAS, as)
	}
}

// vrf is the instance that a session is in. Where the listing does not say, its
// tables do; VPN routes are copied into those of the instances that import them.
func (n *neighbour) vrf() (string, bool) {
	switch n.instance {
	case "":
	case "master":
		return "default", true
	default:
		return n.instance, true
	}
	vrf := ""
	for _, t := range n.tables {
		v, _ := familyOf(t.name)
		if v == "default" {
			return v, true
		}
		vrf = cmp.Or(vrf, v)
	}
	return vrf, vrf != "" || n.detailed && n.instance != ""
}

// familyOf is the VRF and the address family of a table.
func familyOf(table string) (vrf, family string) {
	for _, t := range []struct{ name, family string }{
		{"inet.0", "ipv4 unicast"},
		{"inet6.0", "ipv6 unicast"},
		{"inet.2", "ipv4 multicast"},
		{"inet6.2", "ipv6 multicast"},
		{"inet.3", "ipv4 labeled-unicast"},
		{"inet6.3", "ipv6 labeled-unicast"},
	} {
		if table == t.name {
			return "default", t.family
		}
		if name, ok := strings.CutSuffix(table, "."+t.name); ok {
			return name, t.family
		}
	}
	if strings.HasPrefix(table, "bgp.") || strings.Count(table, ".") < 2 {
		return "default", table
	}
	name, family, _ := strings.Cut(table, ".")
	return name, family
}

// since is how long a session is in its state.
func (n *neighbour) since() time.Duration {
	if s, err := strconv.ParseInt(n.seconds, 10, 64); err == nil && s >= 0 && s < 1<<32 {
		return time.Duration(s) * time.Second
	}
	return elapsed(n.elapsed)
}

// elapsed reads a duration such as `1w2d 3:04:05`, `9:12` or `20w6d20h`; zero
// when it is none.
func elapsed(s string) time.Duration {
	var total, clock, n time.Duration
	const most = 1 << 40
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9' && n < most:
			n = n*10 + time.Duration(c-'0')
		case c == ':':
			clock, n = (clock+n)*60, 0
		case c == 'w':
			total, n = total+n*7*86400, 0
		case c == 'd':
			total, n = total+n*86400, 0
		case c == 'h':
			total, n = total+n*3600, 0
		case c == ' ':
		default:
			return 0
		}
	}
	if total += clock + n; total > most>>8 {
		return 0
	}
	return total * time.Second
}

// state gives the two words for an established session one spelling.
func state(s string) string {
	if s == "Establ" {
		return "Established"
	}
	return s
}

// asNumber reads an AS number, also one with a dot (RFC 5396).
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

// done sets what became of the table. A neighbour that says no instance is of
// the default one where the listing knows no other.
func (s *sessions) done() {
	for _, i := range s.unknown {
		if !s.vrfs {
			s.r.Sessions.Peers[i].VRF = "default"
		}
	}
	if s.said >= 0 && s.said != s.peers && s.o.cut == nil {
		s.o.cut = fmt.Errorf("the device counts %d neighbours, %d were read", s.said, s.peers)
	}
	s.o.status(&s.r.Sessions.Read, s.in, len(s.r.Sessions.Peers))
}
