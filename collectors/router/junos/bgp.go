package junos

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readBGP reads the BGP tables, whole and of one neighbour.
func readBGP(command string, in *lines.Reader, r *snapshot.Router) bool {
	if q, ok := routeQuery(command); ok && q.protocol == "bgp" {
		readRoutes(q, in, &locRIB{out: &r.BGP, partial: q.slice})
		return true
	}
	if q, ok := adjQuery(command); ok {
		q.read(in, r)
		return true
	}
	return false
}

// locRIB takes entries as paths.
type locRIB struct {
	out     *snapshot.BGP
	partial string
}

func (t *locRIB) add(e *entry) bool {
	if _, ok := unicast(e.table); !ok || e.protocol != "BGP" {
		return true
	}
	p, ok := e.path()
	if ok {
		t.out.Paths = append(t.out.Paths, p)
	}
	return ok
}

func (t *locRIB) echo(command string) {
	if q, ok := routeQuery(command); ok && t.partial == "" {
		t.partial = q.slice
	}
}

func (t *locRIB) done(o *outcome, in *lines.Reader) {
	o.partial = t.partial
	o.status(&t.out.Read, in, len(t.out.Paths))
}

// path makes a path of an entry.
func (e *entry) path() (snapshot.Path, bool) {
	vrf, _ := unicast(e.table)
	prefix, err := netip.ParsePrefix(e.destination)
	metric, ok1 := optional(e.med)
	if metric == nil {
		metric, ok1 = optional(e.metric)
	}
	pref, ok2 := optional(e.pref)
	as, origin, ok3 := splitPath(e.asPath)
	if err != nil || !ok1 || !ok2 || !ok3 {
		return snapshot.Path{}, false
	}
	return snapshot.Path{
		VRF: vrf, Prefix: prefix, NextHop: e.hop(), Valid: !e.hidden, Best: e.best() && !e.hidden,
		Multipath: strings.Contains(e.state, "Multipath"), Internal: slices.Contains(strings.Fields(e.state), "Int"),
		Damped: strings.Contains(e.state, "Damped"), History: strings.Contains(e.state, "History"), Stale: strings.Contains(e.state, "Stale"),
		Metric: metric, LocalPref: pref, ASPath: as, Origin: origin, Line: e.line, LastLine: e.last,
	}, true
}

// hop is the next hop of a path: what BGP said where the listing has it, else
// where the packets go first.
func (e *entry) hop() string {
	if e.protocolHop != "" {
		return e.protocolHop
	}
	for _, h := range e.hops {
		if h.Addr.IsValid() {
			return h.Addr.String()
		}
	}
	if e.gateway != "" {
		return e.gateway
	}
	for _, h := range e.hops {
		return h.Interface
	}
	return e.kind
}

// splitPath takes an AS path apart: the AS numbers and the origin (i, e or ?).
// What follows the origin, such as "(Originator)", says nothing of the path.
func splitPath(s string) (as, origin string, ok bool) {
	s, _, _ = strings.Cut(s, "\n")
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "AS path:"))
	s, _, _ = strings.Cut(s, ", validation-state")
	f := strings.Fields(s)
	for i, word := range f {
		switch word {
		case "I", "E", "?":
			as = strings.Join(f[:i], " ")
			return as, strings.ToLower(word), bgptable.IsASPath(as)
		}
	}
	return "", "", false
}
