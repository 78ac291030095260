package frr

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPathsJSON reads the BGP tables, whole and of one neighbour, also in
// detail.
func readPathsJSON(q bgptable.Query, in *lines.Reader, r *snapshot.Router) {
	t := &paths{r: r, rib: snapshot.AdjRIB{Neighbor: q.Neighbor, Direction: q.Direction}, seen: map[table]bool{}}
	t.out = &r.BGP.Paths
	if q.Direction != "" {
		t.out = &t.rib.Paths
	}
	o := jsontable.Read(in, Refusals(), func(o *jsontable.Output) error {
		t.document = document{Output: o, asked: q.VRF, member: t.member, ended: t.end, rows: func() int { return len(*t.out) }}
		return t.read()
	})
	if q.Direction == "" {
		o.Close(&r.BGP.Read, len(r.BGP.Paths), q.Slice)
		return
	}
	o.Close(&t.rib.Read, len(t.rib.Paths), q.Slice)
	keepsNone := q.Direction == snapshot.Received && strings.HasPrefix(o.Refused(), "Inbound soft reconfiguration not enabled")
	if keepsNone && in.Missed() == 0 && in.Err() == nil && len(t.rib.Paths) == 0 {
		t.rib.Status, t.rib.Detail = snapshot.Missing, bgptable.KeepsNone(o.Refused())
	}
	t.rib.VRF = t.vrf
	if t.rib.VRF == "" {
		t.rib.VRF = "default"
	}
	r.AdjRIBs = append(r.AdjRIBs, t.rib)
}

// paths reads the documents of a BGP table.
type paths struct {
	document
	r    *snapshot.Router
	rib  snapshot.AdjRIB
	out  *[]snapshot.Path
	vrf  string // the last
	seen map[table]bool

	prefix netip.Prefix // of a document that is of one prefix
}

// table names one that must come once.
type table struct{ vrf, family string }

func (t *paths) member(s *scope, key string) (bool, error) {
	if done, err := identity(&t.document, key, t.r); done {
		return true, err
	}
	switch key {
	case "routes", "advertisedRoutes", "receivedRoutes":
		return true, t.routes(s, key)
	case "totalRoutes", "totalPaths", "totalPrefixCounter":
		return true, t.count(s, key)
	case "prefix":
		text, err := t.Text()
		t.prefix, _ = netip.ParsePrefix(text)
		return true, err
	case "paths":
		return true, t.lookup(s)
	case "bgpStatusCodes", "bgpOriginCodes":
		return true, t.Skip()
	}
	return false, nil
}

// lookup reads the paths of a document that is of one prefix.
func (t *paths) lookup(s *scope) error {
	raw, first, err := t.Raw()
	if err != nil {
		return err
	}
	t.Found()
	if !t.prefix.IsValid() {
		t.MissAt(first, raw)
		return nil
	}
	t.network(s, "", t.prefix.String(), raw, first)
	return nil
}

// routes reads an object with a member for each network.
func (t *paths) routes(s *scope, key string) error {
	if k := (table{s.vrf, s.family + key}); s.named && t.seen[k] {
		t.Lack("the table of VRF %s is listed twice: a part of the output was repeated", s.vrf)
	} else {
		t.seen[k] = true
	}
	t.Found()
	return t.section(s, "")
}

// section reads networks, which are of the scope's VRF, or else of the one
// given.
func (t *paths) section(s *scope, vrf string) error {
	networks := map[string]bool{}
	return t.Object(func(key string) error {
		if key == "routeDistinguishers" {
			return t.Object(func(rd string) error {
				return t.section(s, "rd "+rd)
			})
		}
		raw, first, err := t.Raw()
		if err != nil {
			return err
		}
		if networks[key] {
			t.Lack("%s is listed twice in one table: a part of the output was repeated", key)
		}
		networks[key] = true
		s.networks++
		t.network(s, vrf, key, raw, first)
		return nil
	})
}

// network reads what stands under a network: its paths, one of them, or an object
// in which they are.
func (t *paths) network(s *scope, vrf, key string, raw []byte, first int) {
	if !unicast(s.family) {
		return
	}
	var entry struct{ Paths json.RawMessage }
	if raw[0] == '{' && json.Unmarshal(raw, &entry) == nil && entry.Paths != nil {
		at := bytes.Index(raw, entry.Paths)
		first += bytes.Count(raw[:at], []byte{'\n'})
		raw = entry.Paths
	}
	before := []byte(nil)
	jsontable.Each(raw, first, func(raw []byte, first, last int) {
		s.paths++
		if bytes.Equal(raw, before) {
			t.Lack("line %d lists a path of %s again: a part of the output was repeated", first, key)
		}
		before = raw
		var p path
		if json.Unmarshal(raw, &p) != nil || !t.add(vrf, key, &p, first, last) {
			t.MissAt(first, raw)
		}
	})
}

// count compares a count with what was read.
func (t *paths) count(s *scope, key string) error {
	text, err := t.Text()
	if err != nil {
		return err
	}
	n, bad := strconv.Atoi(text)
	have := s.networks
	if key == "totalPaths" {
		have = s.paths
	}
	if bad != nil || n != have && unicast(s.family) {
		t.Lack("the router counts %s %s; %d were read", text, strings.ToLower(strings.TrimPrefix(key, "total")), have)
	}
	return nil
}

// end gives the paths of a scope its VRF, which it may name behind them.
func (t *paths) end(s *scope) {
	rows := (*t.out)[s.from:]
	for i := range rows {
		if rows[i].VRF == "" {
			rows[i].VRF = s.vrf
		}
	}
	if s.paths > 0 || t.vrf == "" {
		t.vrf = s.vrf
	}
}

// path is one of a network's paths. Releases differ in the names of its members.
type path struct {
	Valid, Bestpath, Multipath, Stale, Damped, History, Suppressed, Removed jsontable.Flag

	Prefix, Network, AddrPrefix            string
	PrefixLen                              jsontable.Number
	Metric, Med, LocPrf, LocalPref, Weight jsontable.Number
	Path, ASPath                           asPath
	Origin, BGPOriginCode                  string
	PathFrom                               string
	NextHop, NextHopGlobal                 string
	Nexthops                               []hop
	Peer                                   struct{ Type string }
	AppliedStatusSymbols                   map[string]bool
}

type hop struct {
	IP, Interface string
	Scope         string
	Used          bool
}

// asPath is an AS path, which is an object in detail.
type asPath string

// UnmarshalJSON reads it.
func (a *asPath) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		var v struct{ String string }
		if err := json.Unmarshal(b, &v); err != nil {
			return err
		}
		if s = v.String; s == "Local" {
			s = ""
		}
	}
	*a = asPath(s)
	return nil
}

// add adds a path of the network that is called key.
func (t *paths) add(vrf, key string, p *path, first, last int) bool {
	prefix, ok := p.network(key)
	hop, ok2 := p.hop()
	origin, ok3 := origin(cmp.Or(p.Origin, p.BGPOriginCode))
	as := string(p.Path + p.ASPath)
	if !ok || !ok2 || !ok3 || !bgptable.IsASPath(as) {
		return false
	}
	marked := func(symbol string) bool { return p.AppliedStatusSymbols[symbol] }
	best := bool(p.Bestpath) || marked(">")
	*t.out = append(*t.out, snapshot.Path{
		VRF: vrf, Prefix: prefix, NextHop: hop,
		Valid: (bool(p.Valid) || marked("*")) && !bool(p.Removed), Best: best,
		Multipath: (bool(p.Multipath) || marked("=")) && !best,
		Internal:  p.PathFrom == "internal" || p.Peer.Type == "internal" || marked("i"),
		Stale:     bool(p.Stale) || marked("S"), Damped: bool(p.Damped) || marked("d"), History: bool(p.History) || marked("h"),
		Suppressed: bool(p.Suppressed) || marked("s"),
		Metric:     either(p.Metric, p.Med), LocalPref: either(p.LocPrf, p.LocalPref), Weight: p.Weight.N,
		ASPath: as, Origin: origin, Line: first, LastLine: last,
	})
	return true
}

func either(a, b jsontable.Number) *uint32 {
	if a.N != nil {
		return a.N
	}
	return b.N
}

// network is the path's network. Where its length is left out in what it is
// called, a member has it.
func (p *path) network(key string) (netip.Prefix, bool) {
	for _, text := range []string{p.Network, key, p.Prefix} {
		if n, err := netip.ParsePrefix(text); err == nil {
			return n, true
		}
	}
	for _, text := range []string{p.Prefix, p.AddrPrefix, key} {
		if a, err := netip.ParseAddr(text); err == nil && p.PrefixLen.N != nil && *p.PrefixLen.N <= 128 {
			n := netip.PrefixFrom(a, int(*p.PrefixLen.N))
			return n, n.IsValid()
		}
	}
	return natural(key)
}

// natural is a network without a length, which has that of its class (RFC 791,
// 3.2).
func natural(key string) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(key)
	if err != nil || !a.Is4() {
		return netip.Prefix{}, false
	}
	switch b := a.As4()[0]; {
	case a.IsUnspecified():
		return netip.PrefixFrom(a, 0), true
	case b < 128:
		return netip.PrefixFrom(a, 8), true
	case b < 192:
		return netip.PrefixFrom(a, 16), true
	case b < 224:
		return netip.PrefixFrom(a, 24), true
	}
	return netip.Prefix{}, false
}

// hop is the next hop in use. One that only its interface tells apart is named by
// that, as in the text.
func (p *path) hop() (string, bool) {
	var use *hop
	for i := range p.Nexthops {
		if use == nil || p.Nexthops[i].Used && !use.Used {
			use = &p.Nexthops[i]
		}
	}
	text := p.NextHop
	if text == "" {
		text = p.NextHopGlobal
	}
	if use != nil {
		text = use.IP
	}
	if use != nil && text == "" && use.Interface != "" {
		return use.Interface, true
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return "", false
	}
	if use != nil && use.Interface != "" && a.IsLinkLocalUnicast() && a.Is6() {
		return use.Interface, true
	}
	return text, true
}

// origin is the letter of an origin. It is empty where none is printed.
func origin(s string) (string, bool) {
	switch strings.ToLower(s) {
	case "igp", "i":
		return "i", true
	case "egp", "e":
		return "e", true
	case "incomplete", "?":
		return "?", true
	}
	return "", s == ""
}
