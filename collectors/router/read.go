package router

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Read adds the routers of the evidence to s, by name. A command whose item is
// not ok gives its table that status, and what it printed is read all the same;
// a command that nobody collected leaves its table missing.
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
	texts := make([][]byte, len(items))
	for i, it := range items {
		texts[i], _ = d.Bytes(it.Path) // an item that cannot be read has a status that says so
		if p := it.Identity["platform"]; p != "" {
			r.Platform = p
		}
	}
	for _, text := range texts {
		if r.Platform == "" && frr.Sniff(text) {
			r.Platform = frr.Platform
		}
	}
	for i, it := range items {
		command := strings.ReplaceAll(strings.TrimSuffix(path.Base(it.Path), ".txt"), "_", " ")
		unread, known := readCommand(r.Platform, command, texts[i], &r)
		for _, u := range unread {
			u.Item = it.Path
			s.Unread = append(s.Unread, u)
		}
		if table := tableOf(command, &r); known && table != nil {
			table.Item = it.Path
			if it.Status != snapshot.OK {
				table.Status, table.Detail = it.Status, it.Detail
			}
		}
	}
	return r
}

func readCommand(platform, command string, text []byte, r *snapshot.Router) ([]snapshot.Unread, bool) {
	switch platform {
	case frr.Platform:
		return frr.Read(command, text, r)
	default:
		return nil, false
	}
}

// tableOf is the table that a command fills.
func tableOf(command string, r *snapshot.Router) *snapshot.Read {
	switch {
	case strings.HasSuffix(command, " summary"):
		return &r.Sessions.Read
	case strings.HasPrefix(command, "show ip bgp"), strings.HasPrefix(command, "show bgp"):
		return &r.BGP.Read
	case strings.HasPrefix(command, "show ip route"):
		return &r.RIB.Read
	case strings.HasPrefix(command, "show interface brief"), strings.HasPrefix(command, "show ip interface brief"):
		return &r.Ports.Read
	}
	return nil
}
