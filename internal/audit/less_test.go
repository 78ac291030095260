package audit_test

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

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
				for what, less := range lessened(files, path) {
					got := conclude(declared(t, engine, less, m.scope).Report).Policies[m.rule].Outcome
					if got != finding.Fail && got != finding.Open {
						t.Errorf("%s %s: %s is %s, want fail or open", what, path, m.rule, got)
					}
				}
			}
		})
	}
}

// lessened are the files without one of them, and with one that was cut off.
func lessened(files fstest.MapFS, path string) map[string]fstest.MapFS {
	without, cut := maps.Clone(files), maps.Clone(files)
	delete(without, path)
	data := files[path].Data
	cut[path] = &fstest.MapFile{Data: data[:len(data)*2/3]}
	return map[string]fstest.MapFS{"without": without, "with a part of": cut}
}

// No violation of a network disappears because a value that Azure gave is not what
// is expected there.
func TestAValueOfAnotherKindDoesNotHideAMistake(t *testing.T) {
	engine := engine(t)
	const every = 11 // of the values: all of them take minutes
	for _, name := range []string{"firewall-asymmetric", "leak-same-prefix"} {
		files := copied(t, scenario(t, name))
		before := failures(declared(t, engine, files, nil).Report)
		if len(before) == 0 {
			t.Fatalf("%s: nothing fails", name)
		}
		n := 0
		for _, path := range slices.Sorted(maps.Keys(files)) {
			if !strings.HasSuffix(path, ".json") {
				continue
			}
			for at, damaged := range damages(t, files[path].Data) {
				if n++; n%every != 0 {
					continue
				}
				t.Run(name+" "+path+" "+at, func(t *testing.T) {
					t.Parallel()
					less := maps.Clone(files)
					less[path] = &fstest.MapFile{Data: damaged}
					after := declared(t, engine, less, nil).Report
					for policy := range before {
						if got := conclude(after).Policies[policy].Outcome; got != finding.Fail && got != finding.Open {
							t.Errorf("%s is %s, want fail or open", policy, got)
						}
					}
				})
			}
		}
	}
}

// failures are the policies that fail.
func failures(r finding.Report) map[string]bool {
	out := make(map[string]bool)
	for _, f := range r.Findings {
		if f.Outcome == finding.Fail {
			out[f.Policy] = true
		}
	}
	return out
}

// damages are a JSON document with each of its values in turn of another kind, by
// the value's place. What is only a name says nothing of the network.
func damages(t *testing.T, data []byte) iter.Seq2[string, []byte] {
	t.Helper()
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	names := []string{"etag", "id", "name", "type", "location", "resourceGuid", "provisioningState", "tags"}
	return func(yield func(string, []byte) bool) {
		var walk func(at string, v any) bool
		put := func(at string, was any, set func(any)) bool {
			set("not this")
			if _, text := was.(string); text {
				set(map[string]any{"not": "this"})
			}
			damaged, err := json.MarshalIndent(doc, "", "  ")
			set(was)
			return err == nil && yield(at, damaged) && walk(at, was)
		}
		walk = func(at string, v any) bool {
			switch v := v.(type) {
			case map[string]any:
				for _, name := range slices.Sorted(maps.Keys(v)) {
					if !slices.Contains(names, name) && !put(at+"/"+name, v[name], func(x any) { v[name] = x }) {
						return false
					}
				}
			case []any:
				for i := range v {
					if !put(at+"/"+strconv.Itoa(i), v[i], func(x any) { v[i] = x }) {
						return false
					}
				}
			}
			return true
		}
		walk("", doc)
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
