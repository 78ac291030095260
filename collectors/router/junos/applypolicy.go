package junos

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// policy reads a statement below `policy-options`.
func (m *model) policy(path []string, line int) bool {
	if len(path) < 2 {
		return true
	}
	switch path[0] {
	case "prefix-list":
		return m.prefixList(path[1], path[2:], line)
	case "route-filter-list":
		return m.filterList(path[1], path[2:], line)
	case "policy-statement":
		return m.policyStatement(path[1], path[2:], line)
	case "community", "as-path", "as-path-group", "condition", "damping", "tunnel-attribute", "rib-list", "route-distinguisher", "defaults", "large-community", "vrf-community", "application-maps":
		return true
	}
	return false
}

// list is the prefix list of a name.
func (m *model) list(name string) *snapshot.PrefixList {
	i, ok := m.prefixes[name]
	if !ok {
		i = len(m.out.PrefixLists)
		m.prefixes[name] = i
		m.out.PrefixLists = append(m.out.PrefixLists, snapshot.PrefixList{Name: name})
	}
	return &m.out.PrefixLists[i]
}

// prefixList adds a prefix, which matches itself only. A list that is filled from
// elsewhere in the configuration (apply-path) is not understood.
func (m *model) prefixList(name string, path []string, line int) bool {
	l := m.list(name)
	if len(path) == 0 {
		return true
	}
	p, err := netip.ParsePrefix(path[0])
	if err != nil {
		return false
	}
	l.Entries = append(l.Entries, snapshot.PrefixListEntry{
		Seq: next(l), Permit: true, Prefix: p, Ge: p.Bits(), Le: p.Bits(), Line: line,
	})
	return true
}

// next is the number of the next entry of a list.
func next(l *snapshot.PrefixList) uint32 {
	if len(l.Entries) == 0 {
		return 1
	}
	return l.Entries[len(l.Entries)-1].Seq + 1
}

// filterList adds a route filter: `10.0.0.0/8 upto /24`.
func (m *model) filterList(name string, path []string, line int) bool {
	l := m.list(name)
	if len(path) == 0 {
		return true
	}
	p, err := netip.ParsePrefix(path[0])
	if err != nil || len(path) < 2 {
		return false
	}
	e := snapshot.PrefixListEntry{Seq: next(l), Permit: true, Prefix: p, Ge: p.Bits(), Le: p.Addr().BitLen(), Line: line}
	ok := true
	switch path[1] {
	case "exact":
		e.Le = p.Bits()
	case "orlonger":
	case "longer":
		e.Ge++
	case "upto":
		e.Le, ok = length(path, p)
	case "prefix-length-range":
		if len(path) < 3 {
			return false
		}
		from, to, dash := strings.Cut(path[2], "-")
		var ok2 bool
		e.Ge, ok = length([]string{"", "", from}, p)
		e.Le, ok2 = length([]string{"", "", to}, p)
		ok = ok && ok2 && dash
	default:
		return false
	}
	if !ok {
		return false
	}
	l.Entries = append(l.Entries, e)
	return true
}

// length reads a prefix length written as `/24`, the third word.
func length(path []string, p netip.Prefix) (int, bool) {
	if len(path) < 3 {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimPrefix(path[2], "/"))
	return n, err == nil && n >= p.Bits() && n <= p.Addr().BitLen()
}

// policyStatement reads a part of a policy. Terms keep their order; a policy
// without terms has one that has no name. What a term matches and sets is kept as
// written; a term that neither accepts nor rejects sets "next term", which is what
// Junos then does.
func (m *model) policyStatement(name string, path []string, line int) bool {
	i, ok := m.policies[name]
	if !ok {
		i = len(m.out.RouteMaps)
		m.policies[name] = i
		m.out.RouteMaps = append(m.out.RouteMaps, snapshot.RouteMap{Name: name})
	}
	p := &m.out.RouteMaps[i]
	called := ""
	if len(path) > 1 && path[0] == "term" {
		called, path = path[1], path[2:]
	}
	if len(path) == 0 {
		return true
	}
	e := m.term(p, called, line)
	e.LastLine = line
	text := strings.Join(path[1:], " ")
	switch path[0] {
	case "from":
		e.Match = append(e.Match, text)
	case "to":
		e.Match = append(e.Match, "to "+text)
	case "then":
		e.action(text)
	case "inactive:", "description", "dynamic-db", "defaults":
	default:
		return false
	}
	return true
}

// term is an entry while it is built.
type term struct{ *snapshot.RouteMapEntry }

func (m *model) term(p *snapshot.RouteMap, name string, line int) term {
	key := p.Name + "\x00" + name
	i, ok := m.terms[key]
	if !ok {
		i = len(p.Entries)
		m.terms[key] = i
		e := snapshot.RouteMapEntry{Seq: 1, Name: name, Permit: true, Set: []string{nextTerm}, Line: line}
		if i > 0 {
			e.Seq = p.Entries[i-1].Seq + 1
		}
		p.Entries = append(p.Entries, e)
	}
	return term{&p.Entries[i]}
}

const nextTerm = "next term"

// action takes what a term does.
func (t term) action(text string) {
	switch text {
	case "accept", "reject":
		t.Permit = text == "accept"
		t.Set = slices.DeleteFunc(t.Set, func(s string) bool { return s == nextTerm })
	case nextTerm:
	case "next policy":
		t.Set = append(slices.DeleteFunc(t.Set, func(s string) bool { return s == nextTerm }), text)
	default:
		t.Set = append(t.Set, text)
	}
}
