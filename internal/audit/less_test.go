package audit_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
)

// A mistake that a rule notices does not become a pass, nor out of scope, by
// taking any one file of the evidence away.
func TestLessEvidenceDoesNotHideAMistake(t *testing.T) {
	engine := engine(t)
	for _, m := range mutants() {
		if m.opens {
			continue
		}
		t.Run(m.rule+" "+m.what, func(t *testing.T) {
			t.Parallel()
			engine := alone(t, engine, m.rule)
			files := copied(t, scenario(t, m.from))
			for _, e := range m.edit {
				e(t, files)
			}
			for _, path := range slices.Sorted(maps.Keys(files)) {
				if slices.Contains(m.only, path) {
					continue
				}
				less := maps.Clone(files)
				delete(less, path)
				got := conclude(declared(t, engine, less, m.scope).Report).Policies[m.rule].Outcome
				if got != finding.Fail && got != finding.Open {
					t.Errorf("without %s: %s is %s, want fail or open", path, m.rule, got)
				}
			}
		})
	}
}

// alone is the engine with one rule.
func alone(t *testing.T, e *policy.Engine, rule string) *policy.Engine {
	t.Helper()
	var others []finding.Disabled
	for _, p := range e.Policies() {
		if p.ID != rule {
			others = append(others, finding.Disabled{Policy: p.ID, Reason: "not the one that is asked"})
		}
	}
	e, err := e.Configure(nil, others)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
