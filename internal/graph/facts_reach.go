package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// GlobalReach is whether a circuit is joined to others, past Azure. Status is
// "missing" where the circuit was not read.
type GlobalReach struct {
	ID       string        `json:"id"`
	Status   string        `json:"status"`
	Enabled  bool          `json:"enabled"`
	Joined   []string      `json:"joined"` // circuits
	Evidence []finding.Ref `json:"evidence"`
}

// globalReaches are those of all circuits, read or not.
func (g *Graph) globalReaches() []GlobalReach {
	out := []GlobalReach{}
	for _, c := range g.snap.Azure.Circuits {
		r := GlobalReach{ID: "circuit/" + c.Name, Status: wasRead, Enabled: c.GlobalReach, Evidence: []finding.Ref{ref(c.Ref)}}
		if c.Peering != nil {
			for _, o := range c.Peering.Reach {
				r.Joined = append(r.Joined, joined(o))
				r.Evidence = append(r.Evidence, ref(o.Ref))
			}
		}
		out = append(out, r)
	}
	for _, c := range g.unreadCircuits() {
		out = append(out, GlobalReach{ID: c.id, Status: wasNotRead, Evidence: []finding.Ref{c.ref}})
	}
	return out
}

// unread is a resource that another one names and that was not read, with the
// place that names it.
type unread struct {
	id  string
	ref finding.Ref
}

// unreadCircuits are circuits that connections lead to and that were not read.
func (g *Graph) unreadCircuits() []unread {
	var out []unread
	for i := range g.snap.Azure.Connections {
		c := &g.snap.Azure.Connections[i]
		id := "circuit/" + lastOf(c.Circuit)
		if c.Circuit != "" && g.circuitOf(c) == nil && !slices.ContainsFunc(out, func(u unread) bool { return u.id == id }) {
			out = append(out, unread{id, ref(c.Ref)})
		}
	}
	return out
}

// joined names the circuit at the other end of a Global Reach connection, by the
// ARM ID of its peering.
func joined(r snapshot.GlobalReach) string {
	seg := strings.Split(r.Remote, "/")
	if i := slices.Index(seg, "expressroutecircuits"); i >= 0 && i+1 < len(seg) {
		return "circuit/" + seg[i+1]
	}
	return "circuit/" + cmp.Or(r.Name, "unknown")
}
