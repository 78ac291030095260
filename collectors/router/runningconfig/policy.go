package runningconfig

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// policy collects route maps and prefix lists, whose entries stand apart.
type policy struct {
	maps    []*snapshot.RouteMap
	entries map[string][]*snapshot.RouteMapEntry
	lists   []*snapshot.PrefixList
	byName  map[string]*snapshot.PrefixList
}

func (p *policy) result() (maps []snapshot.RouteMap, lists []snapshot.PrefixList) {
	for _, m := range p.maps {
		for _, e := range p.entries[m.Name] {
			m.Entries = append(m.Entries, *e)
		}
		maps = append(maps, *m)
	}
	for _, l := range p.lists {
		lists = append(lists, *l)
	}
	return maps, lists
}

// entry adds an entry to a route map, which it makes when there is none yet.
func (p *policy) entry(name string, e *snapshot.RouteMapEntry) {
	if p.entries == nil {
		p.entries = map[string][]*snapshot.RouteMapEntry{}
	}
	if _, found := p.entries[name]; !found {
		p.maps = append(p.maps, &snapshot.RouteMap{Name: name})
	}
	p.entries[name] = append(p.entries[name], e)
}

// list finds a prefix list, or makes it.
func (p *policy) list(name string) *snapshot.PrefixList {
	if p.byName == nil {
		p.byName = map[string]*snapshot.PrefixList{}
	}
	if p.byName[name] == nil {
		p.byName[name] = &snapshot.PrefixList{Name: name}
		p.lists = append(p.lists, p.byName[name])
	}
	return p.byName[name]
}

// startRouteMap reads "route-map NAME permit 10" and what is below it.
func (t *reader) startRouteMap(l line) block {
	w := l.words
	if len(w) < 2 {
		t.miss(l)
		return block{}
	}
	e := &snapshot.RouteMapEntry{Permit: true, Seq: 10, Line: l.number, LastLine: l.number}
	rest := w[2:]
	if len(rest) > 0 && (rest[0] == "permit" || rest[0] == "deny") {
		e.Permit, rest = rest[0] == "permit", rest[1:]
	}
	if len(rest) > 0 {
		n, ok := show.Uint32(rest[0])
		if !ok {
			if rest[0] != "optimization" && rest[0] != "pbr-statistics" && rest[0] != "delay-timer" {
				t.miss(l)
			}
			return block{}
		}
		e.Seq, rest = *n, rest[1:]
	}
	if len(rest) > 0 && rest[0] != "ordering-seq" && rest[0] != "statistics" {
		t.miss(l)
	}
	if t.repeated(fmt.Sprint("route-map ", w[1], e.Seq)) {
		t.miss(l)
	}
	t.policy.entry(w[1], e)
	name := w[1]
	return block{last: &e.LastLine, read: func(l line) block {
		if t.repeated(fmt.Sprint(name, " ", e.Seq, " ", l.text)) {
			t.miss(l)
		}
		switch l.words[0] {
		case "match":
			e.Match = append(e.Match, l.after(1))
		case "set":
			e.Set = append(e.Set, l.after(1))
		case "continue", "on-match":
			e.Continue = l.text
		case "call", "sub-route-map":
			e.Match = append(e.Match, l.text)
		case "description", "exit", "statistics":
		default:
			t.miss(l)
		}
		return block{}
	}}
}

// prefixList reads a line of a prefix list, or the start of one in EOS's form,
// whose entries are below it.
func (t *reader) prefixList(l line) block {
	w := l.words
	if len(w) < 3 || w[2] == "sequence-number" {
		return block{}
	}
	list := t.policy.list(w[2])
	read := func(l line, w []string) {
		if e, ok := PrefixEntry(w); ok {
			e.Line = l.number
			if e.Seq == 0 {
				e.Seq = nextSeq(list)
			}
			if t.repeated(fmt.Sprint("prefix-list ", list.Name, e.Seq)) {
				t.miss(l)
			}
			list.Entries = append(list.Entries, e)
			return
		}
		if len(w) > 0 && w[0] != "description" && w[0] != "remark" {
			t.miss(l)
		}
	}
	if len(w) > 3 {
		read(l, w[3:])
		return block{}
	}
	return block{read: func(l line) block {
		read(l, l.words)
		return block{}
	}}
}

// nextSeq is the number of an entry that has none written: five above the last.
func nextSeq(list *snapshot.PrefixList) uint32 {
	if n := len(list.Entries); n > 0 {
		return list.Entries[n-1].Seq + 5
	}
	return 5
}

// PrefixEntry reads "seq 5 permit 10.0.0.0/8 ge 16 le 24".
func PrefixEntry(w []string) (e snapshot.PrefixListEntry, ok bool) {
	if len(w) > 2 && (w[0] == "seq" || w[0] == "sequence") {
		n, ok := show.Uint32(w[1])
		if !ok {
			return e, false
		}
		e.Seq, w = *n, w[2:]
	}
	if len(w) < 2 || w[0] != "permit" && w[0] != "deny" {
		return e, false
	}
	e.Permit = w[0] == "permit"
	if !matched(w[1:], &e) {
		return e, false
	}
	return e, true
}

// matched reads a prefix and the lengths that it matches.
func matched(w []string, e *snapshot.PrefixListEntry) bool {
	if w[0] == "any" {
		w[0] = "0.0.0.0/0"
		if len(w) == 1 {
			w = append(w, "le", "32")
		}
	}
	p, err := netip.ParsePrefix(w[0])
	if err != nil {
		return false
	}
	e.Prefix, e.Ge, e.Le = p, p.Bits(), p.Bits()
	ge, le := false, false
	for w = w[1:]; len(w) > 0; w = w[2:] {
		if len(w) < 2 {
			return false
		}
		n, ok := show.Uint32(w[1])
		if !ok || int(*n) > p.Addr().BitLen() {
			return false
		}
		switch w[0] {
		case "ge":
			e.Ge, ge = int(*n), true
		case "le":
			e.Le, le = int(*n), true
		case "eq":
			e.Ge, e.Le, ge, le = int(*n), int(*n), true, true
		default:
			return false
		}
	}
	if ge && !le {
		e.Le = p.Addr().BitLen()
	}
	return true
}

// startPrefixSet reads a prefix set of IOS-XR. Each of its entries permits.
func (t *reader) startPrefixSet(l line) block {
	if len(l.words) != 2 {
		t.miss(l)
		return block{}
	}
	list := t.policy.list(l.words[1])
	return block{read: func(l line) block {
		for part := range strings.SplitSeq(l.text, ",") {
			w := strings.Fields(part)
			if len(w) == 0 || w[0][0] == '#' {
				continue
			}
			if p, err := netip.ParseAddr(w[0]); err == nil {
				w[0] = netip.PrefixFrom(p, p.BitLen()).String()
			}
			e := snapshot.PrefixListEntry{Permit: true, Seq: nextSeq(list), Line: l.number}
			if !matched(w, &e) {
				t.miss(l)
				continue
			}
			list.Entries = append(list.Entries, e)
		}
		return block{}
	}}
}
