package graph

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Coherence is how far apart in time the two ends of a tunnel or of a private
// peering's link were read. Spread is from First to Last, in seconds. Restarted
// says that the session between them came up in the meantime. Only what the
// evidence gives a time for is in it: evidence that was gathered by hand has none.
type Coherence struct {
	ID        string        `json:"id"`
	Spread    int64         `json:"spread"`
	First     string        `json:"first"` // item
	Last      string        `json:"last"`  // item
	Restarted string        `json:"restarted,omitempty"`
	Evidence  []finding.Ref `json:"evidence"`
}

// coherences are those of all tunnels and links whose ends were both read, at
// times that are known.
func (g *Graph) coherences() []Coherence {
	out := []Coherence{}
	times := make(map[string]time.Time)
	for _, it := range g.snap.Items {
		if !it.At.IsZero() {
			times[it.Path] = it.At
		}
	}
	add := func(id, restarted string, items ...string) {
		if c, ok := coherence(times, items); ok {
			c.ID, c.Restarted = id, restarted
			out = append(out, c)
		}
	}
	for _, t := range g.tunnels {
		items := []string{t.conn.Item, t.gw.Learned.Item, t.gw.Peers.Item}
		if t.router != nil {
			items = append(items, tablesOf(t.router.snap)...)
		}
		add(t.id, g.flapped(t), items...)
	}
	for _, p := range g.peerings {
		restarted, items := "", []string{p.circuit.Item, p.table.Item}
		if p.router != nil {
			items = append(items, tablesOf(p.router.snap)...)
			if since, ok := g.cameUp(p.router, p.ms); ok {
				restarted = fmt.Sprintf("the BGP session over it came up %s before it was read, while the evidence was being collected", since)
			}
		}
		add(p.id, restarted, items...)
	}
	return out
}

// coherence is how far apart items were read, of those whose time is known.
func coherence(times map[string]time.Time, items []string) (Coherence, bool) {
	items = slices.DeleteFunc(slices.Clone(items), func(item string) bool { return times[item].IsZero() })
	if len(items) < 2 {
		return Coherence{}, false
	}
	slices.SortStableFunc(items, func(a, b string) int { return cmp.Or(times[a].Compare(times[b]), cmp.Compare(a, b)) })
	first, last := items[0], items[len(items)-1]
	return Coherence{
		Spread: int64(times[last].Sub(times[first]).Seconds()), First: first, Last: last,
		Evidence: []finding.Ref{{Item: first}, {Item: last}},
	}, true
}

// tablesOf are the items of the tables that a router's paths rest on.
func tablesOf(r *snapshot.Router) []string {
	return []string{r.BGP.Item, r.RIB.Item, r.Sessions.Item}
}
