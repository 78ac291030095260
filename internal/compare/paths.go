package compare

import (
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/routeproof/routeproof/internal/finding"
)

// Paths says which address pairs, and which tunnels' own packets, travel
// otherwise in steady state, by [finding.Path.Digest]: before and after, for
// exactly the pairs that differ. Pairs that only one of the audits has are new or
// absent.
func Paths(before, after []finding.Pair) ([]finding.PathChange, error) {
	was, err := newLanes(before)
	if err != nil {
		return nil, err
	}
	is, err := newLanes(after)
	if err != nil {
		return nil, err
	}
	was, is = apart(was, is)
	out := []finding.PathChange{}
	byEnd := make(map[end][]lane)
	for _, l := range was {
		byEnd[l.end] = append(byEnd[l.end], l)
	}
	for _, l := range is {
		meets := l.touching(byEnd[l.end])
		for _, o := range meets {
			if o.digest != l.digest {
				out = append(out, l.change(finding.Updated, l.common(o), &o.ways, &l.ways)...)
			}
		}
		out = append(out, l.change(finding.New, l.rest(meets), nil, &l.ways)...)
	}
	clear(byEnd)
	for _, l := range is {
		byEnd[l.end] = append(byEnd[l.end], l)
	}
	for _, l := range was {
		out = append(out, l.change(finding.Absent, l.rest(l.touching(byEnd[l.end])), &l.ways, nil)...)
	}
	slices.SortStableFunc(out, func(a, b finding.PathChange) int {
		return strings.Compare(string(b.State), string(a.State)) // updated, new, absent
	})
	return out, nil
}

// An end is what the lanes of a tunnel, or of a router's site, have in common.
type end struct{ tunnel, site, router string }

// A lane is a [finding.Pair]: a claim that address pairs take its paths.
type lane struct {
	claim
	end
	ways   finding.Ways
	digest string
}

func newLanes(pairs []finding.Pair) ([]lane, error) {
	out := make([]lane, 0, len(pairs))
	for _, p := range pairs {
		f := finding.Finding{}
		if p.Tunnel == "" {
			f.OnPrem, f.Azure = &p.OnPrem, &p.Azure
		}
		c, err := claimOf(&f)
		if err != nil {
			return nil, err
		}
		if !c.wide && p.Tunnel == "" {
			continue // a site of which no address is known
		}
		out = append(out, lane{
			claim: c, end: end{p.Tunnel, p.OnPrem.Site, p.OnPrem.Router},
			ways:   finding.Ways{Forward: p.Forward, Return: p.Return},
			digest: p.Forward.Digest() + p.Return.Digest(),
		})
	}
	return out, nil
}

// apart drops the lanes that both sides have, which are most.
func apart(was, is []lane) (a, b []lane) {
	type whole struct {
		place
		end
		digest string
	}
	id := func(l lane) whole {
		if l.tunnel != "" {
			return whole{end: l.end, digest: l.digest}
		}
		return whole{l.exactly(), l.end, l.digest}
	}
	both := make(map[whole]int)
	for _, l := range was {
		both[id(l)] |= 1
	}
	for _, l := range is {
		both[id(l)] |= 2
	}
	shared := func(l lane) bool { return both[id(l)] == 3 }
	return slices.DeleteFunc(was, shared), slices.DeleteFunc(is, shared)
}

func (l lane) touching(others []lane) []lane {
	var out []lane
	for _, o := range others {
		if l.tunnel != "" || l.touches(o.claim) {
			out = append(out, o)
		}
	}
	return out
}

// common is the area that two lanes share.
func (l lane) common(o lane) []area {
	if l.tunnel != "" {
		return []area{{}}
	}
	return []area{l.area.intersect(o.area)}
}

// rest is what of a lane none of others shares.
func (l lane) rest(others []lane) []area {
	if l.tunnel == "" {
		holes := make([]claim, len(others))
		for i, o := range others {
			holes[i] = o.claim
		}
		return l.beyond(holes)
	}
	if len(others) > 0 {
		return nil
	}
	return []area{{}}
}

func (l lane) change(state finding.Baseline, where []area, before, after *finding.Ways) []finding.PathChange {
	var out []finding.PathChange
	if l.tunnel != "" {
		for range where {
			out = append(out, finding.PathChange{State: state, Tunnel: l.tunnel, Before: before, After: after})
		}
		return out
	}
	for _, a := range joined(where) {
		out = append(out, finding.PathChange{
			State: state, Before: before, After: after,
			OnPrem: narrowed(*l.OnPrem, l.area.onprem, a.onprem), Azure: narrowed(*l.Azure, l.area.azure, a.azure),
		})
	}
	return out
}

// narrowed is a side of which only some of all addresses are meant. It keeps its
// own words when all are.
func narrowed(s finding.Side, all, some *netipx.IPSet) *finding.Side {
	if !all.Equal(some) {
		s.Prefixes, s.Except = texts(some), nil
	}
	return &s
}
