package runningconfig

import (
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// routeMaps reads `show route-map`. It is a part of the configuration only, and
// says so.
func routeMaps(p *show.Page, r *snapshot.Router) {
	var all policy
	var e *snapshot.RouteMapEntry
	section, sections := "", 0
	for p.Next() {
		l := line{text: p.Text(), words: strings.Fields(p.Text()), number: p.Number()}
		name, entry, ok := listedEntry(l)
		switch {
		case ok:
			e, section, sections = entry, "", 0
			all.entry(name, e)
			continue
		case strings.HasPrefix(l.text, "STATIC routemaps"), strings.HasPrefix(l.text, "DYNAMIC routemaps"), strings.HasPrefix(l.text, "Current active dynamic routemaps"):
			e = nil
			continue
		case e == nil:
			p.MissAs(masked(l))
			continue
		}
		e.LastLine = l.number
		switch {
		case strings.HasPrefix(l.text, "Match clauses:"):
			section = "match"
			sections |= 1
		case strings.HasPrefix(l.text, "Set clauses:"):
			section = "set"
			sections |= 2
		case strings.HasPrefix(l.text, "Policy routing matches: "), strings.HasPrefix(strings.ToLower(l.text), "description"), l.text == "SubRouteMap:":
		case strings.HasPrefix(l.text, "Continue"):
			e.Continue = l.text
		case section == "match":
			e.Match = append(e.Match, strings.TrimPrefix(l.text, "match "))
		case section == "set":
			e.Set = append(e.Set, strings.TrimPrefix(l.text, "set "))
		default:
			p.MissAs(masked(l))
		}
	}
	r.Config.RouteMaps, _ = all.result()
	lack := "the command lists the route maps only"
	if e != nil && sections != 3 {
		lack = "the last route map is not whole: the output was cut off"
	}
	p.Close(&r.Config.Read, lack)
}

// listedEntry reads "route-map NAME, permit, sequence 10", and EOS's "route-map
// NAME permit 10".
func listedEntry(l line) (string, *snapshot.RouteMapEntry, bool) {
	w := strings.Fields(strings.ReplaceAll(l.text, ",", " "))
	if len(w) < 4 || w[0] != "route-map" || w[2] != "permit" && w[2] != "deny" {
		return "", nil, false
	}
	seq, ok := show.Uint32(w[len(w)-1])
	if !ok || len(w) == 5 && w[3] != "sequence" || len(w) > 5 {
		return "", nil, false
	}
	return w[1], &snapshot.RouteMapEntry{Seq: *seq, Permit: w[2] == "permit", Line: l.number, LastLine: l.number}, true
}

// prefixLists reads `show ip prefix-list`, with or without detail. It is a part
// of the configuration only, and says so.
func prefixLists(p *show.Page, r *snapshot.Router) {
	var all policy
	var list *snapshot.PrefixList
	want, lack := -1, "the command lists the prefix lists only"
	check := func() {
		if list != nil && want >= 0 && want != len(list.Entries) {
			lack = fmt.Sprintf("the list %s has %d entries and says it has %d", list.Name, len(list.Entries), want)
		}
	}
	for p.Next() {
		l := line{text: p.Text(), words: strings.Fields(p.Text()), number: p.Number()}
		if name, n, ok := listedName(l); ok {
			check()
			list, want = all.list(name), n
			if len(list.Entries) > 0 { // of another daemon, or repeated
				lack = "the list " + name + " is there twice"
			}
			continue
		}
		if i := strings.Index(l.text, " ("); i > 0 {
			l.words = strings.Fields(l.text[:i])
		}
		switch e, ok := PrefixEntry(l.words); {
		case ok && list != nil:
			e.Line = l.number
			list.Entries = append(list.Entries, e)
		case strings.HasPrefix(l.text, "Description: "), strings.HasPrefix(l.text, "count: "), strings.HasPrefix(l.text, "Prefix-list with the last deletion/insertion"):
		default:
			p.MissAs(masked(l))
		}
	}
	check()
	_, r.Config.PrefixLists = all.result()
	p.Close(&r.Config.Read, lack)
}

// listedName reads "ip prefix-list NAME: 2 entries".
func listedName(l line) (name string, entries int, ok bool) {
	w := l.words
	if len(w) > 0 && strings.HasSuffix(w[0], ":") { // FRR names the daemon
		w = w[1:]
	}
	if len(w) < 3 || w[0] != "ip" && w[0] != "ipv6" || w[1] != "prefix-list" {
		return "", 0, false
	}
	entries = -1
	if len(w) == 5 && strings.HasPrefix(w[4], "entr") {
		n, ok := show.Uint32(w[3])
		if !ok {
			return "", 0, false
		}
		entries = int(*n)
	}
	return strings.TrimSuffix(w[2], ":"), entries, len(w) == 3 || entries >= 0
}
