package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// mismatch collects prefixes that one side has from the other, which does not
// have them.
type mismatch struct {
	own   map[netip.Prefix]bool // what the other side has; it is only read
	told  map[netip.Prefix]bool
	names []string
	refs  []finding.Ref
}

// check compares one prefix. A default route can be advertised without being in
// the table.
func (m *mismatch) check(p netip.Prefix, at finding.Ref) {
	if p = p.Masked(); p.Bits() == 0 || m.own[p] || m.told[p] {
		return
	}
	if m.told == nil {
		m.told = make(map[netip.Prefix]bool)
	}
	m.told[p] = true
	m.names = append(m.names, p.String())
	m.refs = append(m.refs, at)
}

// checkFrom compares what a table has from a neighbour.
func (m *mismatch) checkFrom(b snapshot.BGP, neighbor netip.Addr) {
	from := neighbor.String()
	for _, path := range b.Paths {
		if path.NextHop == from && !path.Internal && !path.Stale && !path.History {
			m.check(path.Prefix, finding.Ref{Item: cmp.Or(path.Item, b.Item), Line: path.Line, LastLine: path.LastLine})
		}
	}
}

// checkReceived compares what a router has from a neighbour: all that it received
// where it keeps that, which is then returned, or else what it took. A route with the
// router's own AS in its path is never taken (RFC 4271, 9.1.2), and not every sender
// lists it.
func (m *mismatch) checkReceived(r *router, neighbor netip.Addr) *snapshot.AdjRIB {
	adj := r.adjRIB(neighbor, snapshot.Received)
	if adj == nil || r.snap.BGP.LocalAS == 0 {
		m.checkFrom(r.snap.BGP, neighbor)
		return nil
	}
	own := strconv.FormatUint(uint64(r.snap.BGP.LocalAS), 10)
	for _, path := range adj.Paths {
		if path.Prefix.Addr().Is4() && !slices.Contains(strings.Fields(path.ASPath), own) {
			m.check(path.Prefix, finding.Ref{Item: cmp.Or(path.Item, adj.Item), Line: path.Line, LastLine: path.LastLine})
		}
	}
	return adj
}

// comparison tells the first few prefixes by a format with one verb.
func (m *mismatch) comparison(id, what, format string, other finding.Ref) Comparison {
	if len(m.names) == 0 {
		return said(id, what, "", other)
	}
	return said(id, what, fmt.Sprintf(format, few(m.names)), append(m.refs[:min(len(m.refs), 10)], other)...)
}

// few lists the first three names, and counts the rest.
func few(names []string) string {
	out := strings.Join(names[:min(len(names), 3)], ", ")
	if n := len(names); n > 3 {
		out += fmt.Sprintf(" and %d more", n-3)
	}
	return out
}

// prefixesOf are the prefixes of paths.
func prefixesOf(paths []snapshot.Path) map[netip.Prefix]bool {
	out := make(map[netip.Prefix]bool)
	var last netip.Prefix // the paths of a prefix follow each other
	for i := range paths {
		if p := paths[i].Prefix; p != last {
			out[p.Masked()] = true
			last = p
		}
	}
	return out
}

// inBGP are the prefixes of the router's BGP table, of all VRFs, for reading only.
func (r *router) inBGP() map[netip.Prefix]bool {
	if r.bgp == nil {
		r.bgp = prefixesOf(r.snap.BGP.Paths)
	}
	return r.bgp
}
