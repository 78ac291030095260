package router

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Read adds the routers of the evidence to s, by name. A command whose item is
// not ok gives its tables that status, and what it printed is read all the same;
// a table that no collected command lists is missing. An item that nothing reads, as
// one that was pasted into a file of another name, is not understood.
func Read(d *evidence.Dir, s *snapshot.Snapshot) {
	byName := make(map[string][]evidence.Item)
	for _, it := range d.Under("routers/") {
		name, _, _ := strings.Cut(strings.TrimPrefix(it.Path, "routers/"), "/")
		byName[name] = append(byName[name], it)
	}
	for name, items := range byName {
		s.Routers = append(s.Routers, readRouter(d, s, name, items))
	}
	slices.SortFunc(s.Routers, func(a, b snapshot.Router) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(s.Unread, func(a, b snapshot.Unread) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Line, b.Line))
	})
}

func readRouter(d *evidence.Dir, s *snapshot.Snapshot, name string, items []evidence.Item) snapshot.Router {
	r := snapshot.Router{Name: name}
	p, known := identify(d, items)
	if !known {
		for _, it := range items {
			s.Unread = append(s.Unread, snapshot.Unread{Item: it.Path, Text: "no file of the router shows what platform it is of: want output of " +
				strings.Join(Platforms(), ", ") + ", as it was printed"})
		}
		return r
	}
	r.Platform = p.name
	for _, it := range items {
		if one, ok := readItem(p, d, s, it); ok {
			merge(&r, &one)
			continue
		}
		s.Unread = append(s.Unread, snapshot.Unread{Item: it.Path, Text: fmt.Sprintf("nothing of %s is read from a file of this name: "+
			"want the command with _ for spaces, like %s.txt", p.name, strings.ReplaceAll(p.commands[1], " ", "_"))})
	}
	holdAgainstSizes(&r)
	return r
}

// readItem reads the output of one command. ok is false when there is no reader
// for it.
func readItem(p platform, d *evidence.Dir, s *snapshot.Snapshot, it evidence.Item) (one snapshot.Router, ok bool) {
	defer evidence.Blame(it.Path)
	text, err := d.Bytes(it.Path)
	if err != nil && it.Status == snapshot.OK {
		it.Status, it.Detail = snapshot.Error, err.Error()
	}
	in := lines.Of(text)
	if !p.read(command(it), in, &one) {
		return one, false
	}
	for _, u := range in.Unread() {
		u.Item = it.Path
		s.Unread = append(s.Unread, u)
	}
	for _, table := range tables(&one) {
		if table.Status == snapshot.Missing {
			continue
		}
		table.Item = it.Path
		if it.Status != snapshot.OK {
			table.Status, table.Detail = it.Status, it.Detail
		}
	}
	return one, true
}

// command is what was sent for an item.
func command(it evidence.Item) string {
	if it.What != "" {
		return strings.Join(strings.Fields(it.What), " ")
	}
	name := strings.TrimSuffix(path.Base(it.Path), ".txt")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return strings.ReplaceAll(name, "_", " ")
}

// identify says what platform a router is of: what the evidence says it is, else
// what its output looks like.
func identify(d *evidence.Dir, items []evidence.Item) (platform, bool) {
	for _, it := range items {
		if p, err := platformOf(it.Identity["platform"]); err == nil {
			return p, true
		}
	}
	for _, it := range items {
		text, _ := d.Bytes(it.Path)
		for _, p := range platforms() {
			if p.printed(text) {
				return p, true
			}
		}
	}
	return platform{}, false
}
