package policies_test

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/policies"
)

// sources are the Rego files by path.
func sources(t *testing.T) map[string][]byte {
	t.Helper()
	out := make(map[string][]byte)
	err := fs.WalkDir(policies.FS, ".", func(p string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(p) != ".rego" {
			return err
		}
		out[p], err = fs.ReadFile(policies.FS, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// load is `opa check --strict --schema policies/schema/input.json`, and more.
func load(t *testing.T) *policy.Engine {
	t.Helper()
	e, err := policy.Load(t.Context(), policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestFormatted is `opa fmt --fail`.
func TestFormatted(t *testing.T) {
	for p, src := range sources(t) {
		want, err := format.SourceWithOpts(p, src, format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(src, want) {
			t.Errorf("%s is not formatted: run opa fmt -w policies", p)
		}
	}
}

// TestRego is `opa test --coverage --threshold 100`.
func TestRego(t *testing.T) {
	results, coverage, err := policy.Test(t.Context(), policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		t.Run(r.Package+"."+r.Name, func(t *testing.T) {
			if r.Failure != "" {
				t.Errorf("%s: %s\n%s", r.At, r.Failure, r.Output)
			}
		})
	}
	for _, at := range coverage.Missed {
		t.Errorf("%s: never evaluated by a test", at)
	}
	if coverage.Percent != 100 {
		t.Errorf("coverage = %v %%, want 100", coverage.Percent)
	}
}

// Every policy and library has a test beside it, and every policy's test has
// the four kinds: a policy that is only tested where it complies is not tested.
func TestEveryPolicyHasTheFourKindsOfTests(t *testing.T) {
	files := sources(t)
	for p := range files {
		if strings.HasSuffix(p, "_test.rego") {
			continue
		}
		test, ok := files[strings.TrimSuffix(p, ".rego")+"_test.rego"]
		if !ok {
			t.Errorf("%s has no test beside it", p)
		}
		if strings.HasPrefix(p, "lib/") {
			continue
		}
		for _, prefix := range []string{"test_complies_", "test_violates_", "test_undetermined_", "test_not_applicable_"} {
			if !regexp.MustCompile(`(?m)^` + prefix).Match(test) {
				t.Errorf("%s has no test named %s...", p, prefix)
			}
		}
	}
}

// The path of a policy is its package, so that a reader of a finding finds it.
func TestPackagesAreWhereTheirNamesSay(t *testing.T) {
	for p, src := range sources(t) {
		m, err := ast.ParseModule(p, string(src))
		if err != nil {
			t.Fatal(err)
		}
		dir, file := path.Split(p)
		want := "data." + strings.ReplaceAll(strings.TrimSuffix(dir, "/"), "/", ".")
		if strings.HasSuffix(file, "_test.rego") {
			want += "_test"
		}
		if got := m.Package.Path.String(); got != want {
			t.Errorf("package of %s = %s, want %s", p, got, want)
		}
		if base := strings.TrimSuffix(strings.TrimSuffix(file, ".rego"), "_test"); base != path.Base(dir) {
			t.Errorf("%s is in %s, want %s/%s", file, dir, base, file)
		}
	}
}

func TestPoliciesAreTheOnesOfTheCatalogue(t *testing.T) {
	type entry struct {
		ID, Family string
		Severity   finding.Severity
	}
	var got []entry
	for _, p := range load(t).Policies() {
		got = append(got, entry{p.ID, p.Family, p.Severity})
	}
	want := []entry{
		{"AST-01", "assurance", finding.Medium},
		{"AST-02", "assurance", finding.Medium},
		{"AST-03", "assurance", finding.Medium},
		{"AST-04", "assurance", finding.Critical},
		{"BGP-01", "bgp", finding.Medium},
		{"BGP-02", "bgp", finding.Low},
		{"BGP-03", "bgp", finding.Medium},
		{"BGP-04", "bgp", finding.Medium},
		{"ENC-01", "encryption", finding.Critical},
		{"ENC-02", "encryption", finding.Critical},
		{"ENC-03", "encryption", finding.Critical},
		{"ENC-04", "encryption", finding.High},
		{"ENC-05", "encryption", finding.Critical},
		{"ENC-06", "encryption", finding.Critical},
		{"ENC-07", "encryption", finding.High},
		{"ENC-08", "encryption", finding.High},
		{"ENC-09", "encryption", finding.High},
		{"ENC-10", "encryption", finding.High},
		{"ENC-11", "encryption", finding.Medium},
		{"ENC-12", "encryption", finding.High},
		{"ENC-13", "encryption", finding.Medium},
		{"ENC-14", "encryption", finding.High},
		{"ENC-15", "encryption", finding.High},
		{"ENC-16", "encryption", finding.High},
		{"ENC-17", "encryption", finding.High},
		{"ENC-18", "encryption", finding.High},
		{"ENC-19", "encryption", finding.High},
		{"ENC-20", "encryption", finding.Critical},
		{"ENC-21", "encryption", finding.Medium},
		{"ENC-22", "encryption", finding.High},
		{"ENC-23", "encryption", finding.Medium},
		{"EVI-01", "evidence", finding.High},
		{"EVI-02", "evidence", finding.High},
		{"EVI-03", "evidence", finding.Medium},
		{"EVI-04", "evidence", finding.Medium},
		{"GWS-01", "gateway_subnet", finding.Critical},
		{"GWS-02", "gateway_subnet", finding.Critical},
		{"GWS-03", "gateway_subnet", finding.Critical},
		{"GWS-04", "gateway_subnet", finding.Critical},
		{"GWS-05", "gateway_subnet", finding.High},
		{"GWS-06", "gateway_subnet", finding.High},
		{"GWS-07", "gateway_subnet", finding.High},
		{"GWS-08", "gateway_subnet", finding.High},
		{"GWS-09", "gateway_subnet", finding.Low},
		{"GWS-10", "gateway_subnet", finding.High},
		{"LIM-01", "limits", finding.High},
		{"SYM-01", "symmetry", finding.High},
		{"SYM-02", "symmetry", finding.High},
		{"SYM-03", "symmetry", finding.High},
		{"SYM-04", "symmetry", finding.High},
		{"SYM-05", "symmetry", finding.High},
		{"SYM-06", "symmetry", finding.High},
		{"SYM-07", "symmetry", finding.High},
		{"SYM-08", "symmetry", finding.Medium},
		{"SYM-09", "symmetry", finding.High},
		{"SYM-10", "symmetry", finding.Medium},
		{"SYM-11", "symmetry", finding.Medium},
		{"SYM-12", "symmetry", finding.Medium},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
}

// What a security review reads comes from METADATA alone, so it must be there.
func TestMetadataIsComplete(t *testing.T) {
	frameworks := []string{
		"NIST SP 800-53 Rev. 5", "PCI DSS 4.0.1", "ISO/IEC 27001:2022", "CIS Controls v8", "Microsoft Cloud Security Benchmark",
	}
	for _, p := range load(t).Policies() {
		if len(p.Controls) == 0 || len(p.References) == 0 {
			t.Errorf("%s: %d controls and %d references, want some of each", p.ID, len(p.Controls), len(p.References))
		}
		for _, c := range p.Controls {
			if !slices.Contains(frameworks, c.Framework) {
				t.Errorf("%s: framework %q, want one of %q", p.ID, c.Framework, frameworks)
			}
			if c.Framework == "PCI DSS 4.0.1" && c.Strength != "supports" {
				t.Errorf("%s: PCI DSS %s is %s, want supports: an audit of routes cannot satisfy it", p.ID, c.Control, c.Strength)
			}
		}
		for _, r := range p.References {
			if !strings.HasPrefix(r.URL, "https://") || r.Title == r.URL {
				t.Errorf("%s: reference %+v, want a title and an https URL", p.ID, r)
			}
		}
		if len(p.Description) < 100 || len(p.Remediation) < 100 {
			t.Errorf("%s: a description of %d and a remediation of %d characters say too little", p.ID, len(p.Description), len(p.Remediation))
		}
		if strings.HasSuffix(p.Title, ".") {
			t.Errorf("%s: title %q ends with a full stop", p.ID, p.Title)
		}
	}
}
