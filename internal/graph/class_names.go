package graph

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/routeproof/routeproof/internal/finding"
)

// nameClasses makes the IDs unique: classes of the same site and subnet are told
// apart by their first prefixes, and where these are the same, with other
// exceptions, by the first ones that are left of them.
func nameClasses(cs []Class) {
	pairs := make([]string, len(cs))
	for i, c := range cs {
		pairs[i] = c.ID
	}
	rename(cs, pairs, func(s finding.Side) string { return s.Prefixes[0] })
	rename(cs, pairs, func(s finding.Side) string { return coverSpans(addressesOf(s))[0].String() })
	slices.SortFunc(cs, func(a, b Class) int { return cmp.Compare(a.ID, b.ID) })
}

// rename names the classes anew whose IDs are not unique, after their pairs and
// prefixes.
func rename(cs []Class, pairs []string, by func(finding.Side) string) {
	count := make(map[string]int, len(cs))
	for _, c := range cs {
		count[c.ID]++
	}
	for i := range cs {
		c := &cs[i]
		if count[c.ID] > 1 && len(c.Azure.Prefixes) > 0 && len(c.OnPrem.Prefixes) > 0 {
			c.ID = fmt.Sprintf("%s@%s,%s", pairs[i], by(c.OnPrem), by(c.Azure))
		}
	}
}
