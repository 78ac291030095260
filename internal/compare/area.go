package compare

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/routeproof/routeproof/internal/finding"
)

// maxPieces bounds how finely an area is cut. What would need more is taken as
// not covered: a report is then called worse than it is, never better.
const maxPieces = 4096

// An area is all pairs of an on-premises and an Azure address from two sets.
type area struct{ onprem, azure *netipx.IPSet }

func areaOf(onprem, azure *finding.Side) (area, error) {
	on, err := addresses(onprem)
	if err != nil {
		return area{}, err
	}
	az, err := addresses(azure)
	return area{on, az}, err
}

func addresses(s *finding.Side) (*netipx.IPSet, error) {
	var b netipx.IPSetBuilder
	if s == nil {
		return b.IPSet()
	}
	for _, text := range s.Prefixes {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("prefix %q: want one like 10.0.0.0/16", text)
		}
		b.AddPrefix(p)
	}
	for _, text := range s.Except {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("prefix %q: want one like 10.0.0.0/16", text)
		}
		b.RemovePrefix(p)
	}
	return b.IPSet()
}

func (a area) overlaps(b area) bool { return a.onprem.Overlaps(b.onprem) && a.azure.Overlaps(b.azure) }

func (a area) empty() bool { return len(a.onprem.Ranges()) == 0 || len(a.azure.Ranges()) == 0 }

func (a area) intersect(b area) area {
	return area{both(a.onprem, b.onprem), both(a.azure, b.azure)}
}

// without returns what of the areas is in none of holes, in areas that do not
// overlap when the given ones do not.
func without(areas []area, holes ...area) []area {
	for _, h := range holes {
		var next []area
		for _, a := range areas {
			if !a.overlaps(h) || len(next) > maxPieces {
				next = append(next, a)
				continue
			}
			for _, piece := range []area{
				{less(a.onprem, h.onprem), a.azure},
				{both(a.onprem, h.onprem), less(a.azure, h.azure)},
			} {
				if !piece.empty() {
					next = append(next, piece)
				}
			}
		}
		areas = next
		if len(areas) == 0 {
			break
		}
	}
	return areas
}

func both(a, b *netipx.IPSet) *netipx.IPSet {
	return build(func(s *netipx.IPSetBuilder) { s.AddSet(a); s.Intersect(b) })
}

func less(a, b *netipx.IPSet) *netipx.IPSet {
	return build(func(s *netipx.IPSetBuilder) { s.AddSet(a); s.RemoveSet(b) })
}

// build makes a set of sets, which are valid and so make no error.
func build(f func(*netipx.IPSetBuilder)) *netipx.IPSet {
	var b netipx.IPSetBuilder
	f(&b)
	set, _ := b.IPSet()
	return set
}

// joined puts areas together that are alike on one side, and sorts them.
func joined(areas []area) []area {
	areas = join(areas, func(a area) string { return fmt.Sprint(texts(a.azure)) })
	areas = join(areas, func(a area) string { return fmt.Sprint(texts(a.onprem)) })
	slices.SortFunc(areas, func(a, b area) int {
		return cmp.Or(first(a.onprem).Compare(first(b.onprem)), first(a.azure).Compare(first(b.azure)))
	})
	return areas
}

func first(s *netipx.IPSet) netip.Addr { return s.Ranges()[0].From() }

// join unites areas of equal keys, of which one side is then the same.
func join(areas []area, key func(area) string) []area {
	places := make(map[string]int, len(areas))
	var out []area
	for _, a := range areas {
		k := key(a)
		i, ok := places[k]
		if !ok {
			places[k] = len(out)
			out = append(out, a)
			continue
		}
		out[i] = area{union(out[i].onprem, a.onprem), union(out[i].azure, a.azure)}
	}
	return out
}

func union(a, b *netipx.IPSet) *netipx.IPSet {
	return build(func(s *netipx.IPSetBuilder) { s.AddSet(a); s.AddSet(b) })
}

// maxNamed is how many areas, and prefixes of one side, are named.
const maxNamed = 8

// named says areas in words: 10.0.0.0/8 -> 172.16.1.0/24, and so on.
func named(areas []area) string {
	areas = joined(areas)
	var parts []string
	for i, a := range areas {
		if i == maxNamed {
			parts = append(parts, fmt.Sprintf("and %d more", len(areas)-i))
			break
		}
		parts = append(parts, prefixes(a.onprem)+" -> "+prefixes(a.azure))
	}
	return strings.Join(parts, "; ")
}

func prefixes(s *netipx.IPSet) string {
	texts := texts(s)
	if len(texts) > maxNamed {
		texts = append(texts[:maxNamed], fmt.Sprintf("and %d more", len(texts)-maxNamed))
	}
	return strings.Join(texts, ", ")
}

func texts(s *netipx.IPSet) []string {
	out := []string{}
	for _, p := range s.Prefixes() {
		out = append(out, p.String())
	}
	return out
}
