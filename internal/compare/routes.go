package compare

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Routes says of which prefixes the entries of a table differ: in the BGP table
// and the routing table of each router's VRFs, in what gateways learned, in
// user-defined routes, and in the effective routes of interfaces. A table that
// one of the sides did not read whole is not compared, and named instead.
//
// It sorts and merges: time and memory grow with the number of routes.
func Routes(before, after snapshot.Snapshot) ([]finding.RouteChange, []finding.Incomparable) {
	was, is := tables(before), tables(after)
	names := maps.Clone(was.tables)
	maps.Copy(names, is.tables)
	changes, unknown := []finding.RouteChange{}, []finding.Incomparable{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if why := cmp.Or(was.lacking(name, "before"), is.lacking(name, "after")); why != "" {
			unknown = append(unknown, finding.Incomparable{What: name, Why: why})
			continue
		}
		changes = merge(changes, name, was.tables[name].sorted(), is.tables[name].sorted())
	}
	return changes, unknown
}

// A table is a list of entries.
type table struct {
	read    snapshot.Read
	entries []entry
}

// An entry is a route: what it is for, and what the device says of it.
type entry struct {
	vrf    string
	prefix netip.Prefix
	tag    string // a service tag in place of the prefix
	text   string
}

func compareEntries(a, b entry) int {
	return cmp.Or(comparePrefixes(a, b), strings.Compare(a.text, b.text))
}

func comparePrefixes(a, b entry) int {
	return cmp.Or(strings.Compare(a.vrf, b.vrf), a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()), strings.Compare(a.tag, b.tag))
}

func (t *table) sorted() []entry {
	if t == nil {
		return nil
	}
	slices.SortFunc(t.entries, compareEntries)
	return t.entries
}

// lacking says why a table is not whole, or nothing. One that is not there is
// empty, when all resources of its kind were listed.
func (s shelf) lacking(name, when string) string {
	t := s.tables[name]
	kind, _, _ := strings.Cut(name, "/")
	switch {
	case t == nil && s.listed[kind]:
		return ""
	case t == nil || t.read.Status == snapshot.Missing:
		return when + ": not collected"
	case t.read.Whole():
		return ""
	}
	return strings.TrimSuffix(fmt.Sprintf("%s: %s: %s", when, t.read.Status, t.read.Detail), ": ")
}

// merge walks two sorted tables and adds the prefixes whose entries differ.
func merge(out []finding.RouteChange, name string, a, b []entry) []finding.RouteChange {
	for len(a)+len(b) > 0 {
		var before, after []entry
		switch {
		case len(b) == 0 || len(a) > 0 && comparePrefixes(a[0], b[0]) < 0:
			before, a = run(a)
		case len(a) == 0 || comparePrefixes(a[0], b[0]) > 0:
			after, b = run(b)
		default:
			before, a = run(a)
			after, b = run(b)
		}
		if slices.Equal(before, after) {
			continue
		}
		e := append(slices.Clip(before), after...)[0]
		prefix := e.tag
		if e.prefix.IsValid() {
			prefix = e.prefix.String()
		}
		out = append(out, finding.RouteChange{Table: inVRF(name, e.vrf), Prefix: prefix, Before: texted(before), After: texted(after)})
	}
	return out
}

func inVRF(table, vrf string) string {
	if vrf == "" || vrf == "default" {
		return table
	}
	return table + " vrf " + vrf
}

// run splits the entries of the first prefix off.
func run(es []entry) (first, rest []entry) {
	n := 1
	for n < len(es) && comparePrefixes(es[0], es[n]) == 0 {
		n++
	}
	return es[:n], es[n:]
}

func texted(es []entry) []string {
	var out []string
	for _, e := range es {
		out = append(out, e.text)
	}
	return out
}
