package audit_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
)

// A mistake that a rule notices does not become a pass, nor out of scope, by
// taking any one file of the evidence away.
func TestLessEvidenceDoesNotHideAMistake(t *testing.T) {
	engine := engine(t)
	for _, m := range hygieneMutants() {
		if m.opens {
			continue
		}
		t.Run(m.rule+" "+m.what, func(t *testing.T) {
			t.Parallel()
			files := copied(t, scenario(t, m.from))
			for _, e := range m.edit {
				e(t, files)
			}
			for _, path := range slices.Sorted(maps.Keys(files)) {
				less := maps.Clone(files)
				delete(less, path)
				got := conclude(run(t, engine, less).Report).Policies[m.rule].Outcome
				if got != finding.Fail && got != finding.Open {
					t.Errorf("without %s: %s is %s, want fail or open", path, m.rule, got)
				}
			}
		})
	}
}
