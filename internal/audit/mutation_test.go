package audit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// mutant is one mistake in a good network, made in its evidence, that one rule
// must notice.
type mutant struct {
	rule string // the policy that fails
	what string // the mistake, in a few words
	from string // the good scenario
	edit []edit // what the mistake changes in the evidence
	// scope is what the operator declares, nil for nothing.
	scope *snapshot.Scope
	// opens says that the rule becomes open and does not fail: the mistake is
	// that something is missing.
	opens bool
	// only are files that alone show the mistake, and of which nothing tells that they
	// are missing.
	only []string
	// also are rules that rightly notice the same mistake, as "ENC-02" for one
	// that fails and "EVI-01 open" for one that can no longer be judged.
	also []string
}

// An edit changes one file of the evidence.
type edit func(t *testing.T, files fstest.MapFS)

// replace puts text in place of old, which must stand in the file exactly once.
func replace(path, old, text string) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		replaced(t, files, path, old, text, 1)
	}
}

// replaced puts text in place of old, which must stand in the file so many times,
// or at all for -1.
func replaced(t *testing.T, files fstest.MapFS, path, old, text string, times int) {
	t.Helper()
	body := content(t, files, path)
	if n := bytes.Count(body, []byte(old)); n == 0 || times >= 0 && n != times {
		t.Fatalf("%s has %q %d times", path, old, n)
	}
	files[path] = &fstest.MapFile{Data: bytes.ReplaceAll(body, []byte(old), []byte(text))}
}

// drop takes the file away.
func drop(path string) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		content(t, files, path)
		delete(files, path)
	}
}

// put adds a file, or replaces it whole.
func put(path, body string) edit {
	return func(_ *testing.T, files fstest.MapFS) {
		files[path] = &fstest.MapFile{Data: []byte(body)}
	}
}

// set puts a value at a JSON pointer (RFC 6901) of a file below azureRoot. The
// last member may be new; "-" adds to a list.
func set(path, pointer string, value any) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		var doc any
		if err := json.Unmarshal(content(t, files, azureRoot+path), &doc); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		doc, err := point(doc, strings.Split(pointer, "/")[1:], value)
		if err != nil {
			t.Fatalf("%s: %s: %v", path, pointer, err)
		}
		raw, err := json.MarshalIndent(doc, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		files[azureRoot+path] = &fstest.MapFile{Data: raw}
	}
}

// withoutRows takes the rows of an answer away that have a value in a member.
func withoutRows(path, member string, value any) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		var doc struct {
			Value []map[string]any `json:"value"`
		}
		if err := json.Unmarshal(content(t, files, azureRoot+path), &doc); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		kept := slices.DeleteFunc(slices.Clone(doc.Value), func(row map[string]any) bool { return row[member] == value })
		if len(kept) == len(doc.Value) {
			t.Fatalf("%s has no row whose %s is %v", path, member, value)
		}
		raw, err := json.MarshalIndent(map[string]any{"value": kept}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		files[azureRoot+path] = &fstest.MapFile{Data: raw}
	}
}

// point is doc with value at the members in rest.
func point(doc any, rest []string, value any) (any, error) {
	if len(rest) == 0 {
		return value, nil
	}
	key := strings.NewReplacer("~1", "/", "~0", "~").Replace(rest[0])
	switch doc := doc.(type) {
	case map[string]any:
		v, err := point(doc[key], rest[1:], value)
		doc[key] = v
		return doc, err
	case []any:
		if key == "-" {
			v, err := point(nil, rest[1:], value)
			return append(doc, v), err
		}
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(doc) {
			return nil, fmt.Errorf("%q is no place in a list of %d", key, len(doc))
		}
		doc[i], err = point(doc[i], rest[1:], value)
		return doc, err
	case nil:
		v, err := point(nil, rest[1:], value)
		return map[string]any{key: v}, err
	}
	return nil, fmt.Errorf("%q leads into a %T", key, doc)
}

func content(t *testing.T, files fstest.MapFS, path string) []byte {
	t.Helper()
	f, ok := files[path]
	if !ok {
		t.Fatalf("the evidence has no %s; it has %s", path, strings.Join(slices.Sorted(maps.Keys(files)), "\n"))
	}
	return f.Data
}

// copied is a file system in memory that can be changed.
func copied(t *testing.T, fsys fs.FS) fstest.MapFS {
	t.Helper()
	files := make(fstest.MapFS)
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(fsys, path)
		files[path] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func mutants() []mutant {
	return slices.Concat(pathMutants(), encryptionMutants(), gatewaySubnetMutants(), symmetryMutants(), hygieneMutants())
}

// Each mistake is noticed by its rule, and by nothing that has nothing to do
// with it. Every rule has a mistake that it notices.
func TestEveryRuleNoticesItsMistakeAndNoOther(t *testing.T) {
	engine := engine(t)
	good := make(map[string]conclusion)
	noticed := make(map[string][]string)
	for _, m := range mutants() {
		before, ok := good[m.from]
		if !ok {
			before = conclude(run(t, engine, scenario(t, m.from)).Report)
			good[m.from] = before
		}
		want := map[string]finding.Outcome{m.rule: finding.Fail}
		if m.opens {
			want[m.rule] = finding.Open
		}
		for _, a := range m.also {
			id, word, _ := strings.Cut(a, " ")
			want[id] = finding.Fail
			if word == "open" {
				want[id] = finding.Open
			}
		}
		noticed[m.rule] = append(noticed[m.rule], m.what)
		t.Run(m.rule+" "+m.what, func(t *testing.T) {
			files := copied(t, scenario(t, m.from))
			for _, e := range m.edit {
				e(t, files)
			}
			after := conclude(declared(t, engine, files, m.scope).Report)
			for id, was := range before.Policies {
				is := after.Policies[id].Outcome
				expected, ok := want[id]
				switch {
				case ok && is != expected:
					t.Errorf("%s is %s, want %s", id, is, expected)
				case !ok && is != was.Outcome && is != finding.Pass && is != finding.NotApplicable:
					t.Errorf("%s is %s and was %s; want it to have nothing to do with the mistake: %+v", id, is, was.Outcome, after.Policies[id].Findings)
				}
			}
			if _, ok := before.Policies[m.rule]; !ok {
				t.Errorf("there is no rule %s", m.rule)
			}
		})
	}
	var table strings.Builder
	for _, p := range engine.Policies() {
		if len(noticed[p.ID]) == 0 {
			t.Errorf("rule %s has no mistake that it must notice: add one to the mutants", p.ID)
		}
		for _, what := range noticed[p.ID] {
			fmt.Fprintf(&table, "%-8s %-8s %s\n", p.ID, p.Severity, what)
		}
	}
	t.Log("rule x mistake:\n" + table.String())
}

// The scenarios that mutants are made from fire nothing themselves.
func TestGoodNetworksFireNothing(t *testing.T) {
	engine := engine(t)
	seen := make(map[string]bool)
	for _, m := range mutants() {
		if seen[m.from] {
			continue
		}
		seen[m.from] = true
		if r := run(t, engine, scenario(t, m.from)).Report; r.Verdict != finding.Pass {
			t.Errorf("%s is %s, want pass: %+v", m.from, r.Verdict, conclude(r))
		}
	}
}
