package policy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/policies"
)

// BenchmarkPeers has the same policies judge the same document by routeproof, by
// opa eval and by conftest, and holds the number of failures against each other. The
// peers are processes that read JSON; one that is not on the PATH is skipped.
//
// Seconds of one run with all policies, on four cores that other work kept busy:
//
//	classes    document   routeproof   opa 1.22.2   conftest 0.71.1
//	  1,000      2.3 MB         0.07         0.37              0.38
//	 10,000     22.7 MB         0.66          2.0               2.9
//	100,000      228 MB         11.4         33.7              61.0
func BenchmarkPeers(b *testing.B) {
	e := load(b, policies.FS)
	dir := b.TempDir()
	adapt(b, e, dir)
	for _, n := range sizes() {
		m := many(n)
		document := filepath.Join(b.TempDir(), "input.json")
		text, err := e.Document(m)
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(document, text, 0o600); err != nil {
			b.Fatal(err)
		}
		name := fmt.Sprintf("classes=%d", n)
		want := failures(b, e, m)
		b.Run(name+"/routeproof", func(b *testing.B) {
			for b.Loop() {
				if got := failures(b, e, m); got != want {
					b.Fatalf("%d failures, want %d", got, want)
				}
			}
			b.ReportMetric(float64(len(text))/1e6, "MB")
		})
		b.Run(name+"/opa", func(b *testing.B) {
			peer(b, want, "opa", "eval", "--data", dir, "--input", document, "--format", "values", "count(data.main.deny) + 0 * count(data.main.warn)")
		})
		b.Run(name+"/conftest", func(b *testing.B) {
			peer(b, want, "conftest", "test", "--policy", dir, "--output", "json", document)
		})
	}
}

func failures(b *testing.B, e *policy.Engine, m graph.Model) int {
	b.Helper()
	found, err := e.Evaluate(b.Context(), m, at())
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, f := range found {
		if f.Outcome == finding.Fail {
			n++
		}
	}
	return n
}

// adapt writes the policies to dir, and a package main that denies what any of them
// calls a violation, which is what conftest looks for.
func adapt(b *testing.B, e *policy.Engine, dir string) {
	b.Helper()
	var main strings.Builder
	main.WriteString("package main\n\nimport rego.v1\n")
	for _, p := range e.Policies() {
		for rule, set := range map[string]string{"deny": "violations", "warn": "undetermined"} {
			fmt.Fprintf(&main, "\n%s contains sprintf(\"%s %%s %%s\", [v.resource, v.message]) if some v in data.%s.%s\n", rule, p.ID, p.Package, set)
		}
	}
	texts := map[string][]byte{"main.rego": []byte(main.String())}
	err := fs.WalkDir(policies.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".rego") || strings.HasSuffix(path, "_test.rego") {
			return err
		}
		text, err := fs.ReadFile(policies.FS, path)
		// Conftest's OPA does not compile iteration over the empty array.
		texts[path] = bytes.ReplaceAll(text, []byte("{violation | some violation in []}"), []byte("{violation | some violation in input.nothing}"))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for path, text := range texts {
		file := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

// peer runs a program that prints the failures, or their number.
func peer(b *testing.B, want int, name string, args ...string) {
	b.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		b.Skipf("no %s: go install github.com/open-policy-agent/%s@latest", name, name)
	}
	for b.Loop() {
		out, err := exec.CommandContext(b.Context(), program, args...).Output()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) { // conftest fails where it finds failures
			b.Fatal(err)
		}
		if len(out) == 0 && exit != nil {
			b.Fatalf("%s: %v: %.500s", name, err, exit.Stderr)
		}
		if got := number(b, out); got != want {
			b.Fatalf("%s found %d failures, want %d: %.300s", name, got, want, out)
		}
	}
}

// number is the number that opa prints, or how many failures conftest does.
func number(b *testing.B, out []byte) int {
	b.Helper()
	if !bytes.HasPrefix(bytes.TrimSpace(out), []byte("[")) {
		var n int
		if _, err := fmt.Sscan(string(out), &n); err != nil {
			b.Fatalf("%v in %.300s", err, out)
		}
		return n
	}
	var files []struct{ Failures []struct{} }
	if err := json.Unmarshal(out, &files); err != nil {
		var counts []int // of opa's values
		if json.Unmarshal(out, &counts) == nil && len(counts) == 1 {
			return counts[0]
		}
		b.Fatal(err)
	}
	n := 0
	for _, f := range files {
		n += len(f.Failures)
	}
	return n
}
