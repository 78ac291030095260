package evidence

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// differences says in what files are not those that list names, as sums by path:
// missing, added, renamed, swapped or changed.
func differences(want, have map[string]string, list string) []string {
	var missing, changed []string
	for _, p := range slices.Sorted(maps.Keys(want)) {
		sum, ok := have[p]
		switch {
		case !ok:
			missing = append(missing, p)
		case sum != want[p]:
			changed = append(changed, p)
		}
	}
	added := make(map[string]string) // path by sum
	for p, sum := range have {
		if _, ok := want[p]; !ok {
			added[sum] = min(p, cmp.Or(added[sum], p))
		}
	}
	var out []string
	renamed := make(map[string]bool)
	for _, p := range missing {
		if to, ok := added[want[p]]; ok && !renamed[to] {
			renamed[to] = true
			out = append(out, fmt.Sprintf("%s is missing: %s has its bytes", p, to))
			continue
		}
		out = append(out, p+" is missing")
	}
	out = append(out, swapped(want, have, changed)...)
	for _, p := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[p]; !ok && !renamed[p] {
			out = append(out, fmt.Sprintf("%s was added: %s does not list it", p, list))
		}
	}
	return out
}

// swapped says of changed files whether they have each other's bytes.
func swapped(want, have map[string]string, changed []string) []string {
	bySum := make(map[string][]string)
	for _, p := range changed {
		bySum[want[p]] = append(bySum[want[p]], p)
	}
	var out []string
	done := make(map[string]bool)
	for _, p := range changed {
		if done[p] {
			continue
		}
		i := slices.IndexFunc(bySum[have[p]], func(q string) bool { return !done[q] && have[q] == want[p] })
		if i >= 0 {
			q := bySum[have[p]][i]
			done[q] = true
			out = append(out, fmt.Sprintf("%s and %s were swapped: each has the other's bytes", p, q))
			continue
		}
		out = append(out, fmt.Sprintf("%s was changed: its SHA-256 is %s, and should be %s", p, have[p], want[p]))
	}
	return out
}
