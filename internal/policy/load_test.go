package policy_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/policies"
)

const complete = `# METADATA
# title: The title
# description: The description.
# related_resources:
#   - description: A document
#     ref: https://example.com/document
#   - ref: https://example.com/untitled
# custom:
#   id: TST-01
#   severity: medium
#   remediation: Do it.
#   controls:
#     - {framework: F, control: "3.10", strength: supports}
package test.sample
`

const rules = `
applicable contains class.id if some class in input.classes

violations contains {"resource": class.id, "message": "bad"} if {
	some class in input.classes
	class.pairs > 1000
}

undetermined := {x | some x in []}
`

// files is a directory of policies with the built-in schema.
func files(t *testing.T, texts map[string]string) fs.FS {
	t.Helper()
	schema, err := fs.ReadFile(policies.FS, "schema/input.json")
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{"schema/input.json": {Data: schema}}
	for name, text := range texts {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func one(t *testing.T, text string) fs.FS {
	t.Helper()
	return files(t, map[string]string{"test/sample/sample.rego": text})
}

func TestLoadReadsMetadata(t *testing.T) {
	e, err := policy.Load(t.Context(), one(t, complete+rules))
	if err != nil {
		t.Fatal(err)
	}
	want := []finding.Policy{{
		ID: "TST-01", Package: "test.sample", Family: "test", Title: "The title", Description: "The description.",
		Severity: finding.Medium, Remediation: "Do it.",
		Controls: []finding.Control{{Framework: "F", Control: "3.10", Strength: "supports"}},
		References: []finding.Reference{
			{Title: "A document", URL: "https://example.com/document"},
			{Title: "https://example.com/untitled", URL: "https://example.com/untitled"},
		},
	}}
	if diff := cmp.Diff(want, e.Policies()); diff != "" {
		t.Errorf("Policies() (-want +got):\n%s", diff)
	}
}

func TestLoadRefusesPoliciesThatAreNotWhole(t *testing.T) {
	without := func(line string) string {
		return strings.Replace(complete, line+"\n", "", 1) + rules
	}
	instead := func(old, text string) string {
		if !strings.Contains(complete+rules, old) {
			t.Fatalf("%q is not in the sample", old)
		}
		return strings.Replace(complete+rules, old, text, 1)
	}
	for name, tc := range map[string]struct{ text, want string }{
		"no METADATA":            {"package test.sample\n" + rules, "test/sample/sample.rego: package test.sample has no METADATA"},
		"no title":               {without("# title: The title"), "test/sample/sample.rego: METADATA: title is missing"},
		"no description":         {without("# description: The description."), "METADATA: description is missing"},
		"no id":                  {without("#   id: TST-01"), "METADATA: custom.id is missing"},
		"no severity":            {without("#   severity: medium"), "METADATA: custom.severity is missing"},
		"no remediation":         {without("#   remediation: Do it."), "METADATA: custom.remediation is missing"},
		"an ID of another form":  {instead("TST-01", "TST-1"), `custom.id is "TST-1": want three capital letters`},
		"an unknown severity":    {instead("medium", "severe"), `custom.severity is "severe": want critical, high, medium or low`},
		"an ID that is a number": {instead("id: TST-01", "id: 7"), "custom.id is 7: want a string"},
		"a control as a number":  {instead(`"3.10"`, "3.10"), "custom.controls[0].control: want a string, quoted"},
		"an unknown strength":    {instead("strength: supports", "strength: proves"), `custom.controls[0].strength is "proves": want satisfies or supports`},
		"a control field too much": {
			instead("strength: supports}", "strength: supports, note: x}"), "custom.controls[0] has 4 fields",
		},
		"controls that are no list": {instead(`
#     - {framework: F, control: "3.10", strength: supports}`, " all"), "custom.controls: want a list"},
		"a control that is a word": {instead(`{framework: F, control: "3.10", strength: supports}`, "SC-8"), "custom.controls[0] is SC-8"},
		"a package of one element": {instead("package test.sample", "package test"), "package test: want family.policy"},
		"a rule of another name":   {instead("undetermined :=", "undetermind :="), "has no rule undetermined"},
		"a rule that is a function": {
			instead("undetermined :=", "undetermined(_) :="), "has no rule undetermined",
		},
		"a reference the schema does not have": {instead("input.classes", "input.clases"), "undefined ref: input.clases"},
		"Rego that does not parse":             {instead("package test.sample", "package test.sample\nx := "), "test/sample/sample.rego:17"},
		"an unused variable":                   {complete + rules + "\nx if { y := 1; true }\n", "assigned var y unused"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policy.Load(t.Context(), one(t, tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Load error = %v, want one with %q", err, tc.want)
			}
		})
	}
}

func TestLoadRefusesWhatIsTaken(t *testing.T) {
	other := strings.Replace(complete, "test.sample", "test.other", 1) + rules
	for name, tc := range map[string]struct {
		files map[string]string
		want  string
	}{
		"an ID": {
			map[string]string{"test/sample/sample.rego": complete + rules, "test/other/other.rego": other},
			"test/sample/sample.rego: custom.id TST-01 is already the ID of test/other/other.rego",
		},
		"a package": {
			map[string]string{"a.rego": complete + rules, "b.rego": complete + rules},
			"b.rego: package test.sample is already in a.rego: one package, one file",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policy.Load(t.Context(), files(t, tc.files))
			if err == nil || err.Error() != tc.want {
				t.Errorf("Load error = %v, want %s", err, tc.want)
			}
		})
	}
	t.Run("a file", func(t *testing.T) {
		_, err := policy.Load(t.Context(), one(t, complete+rules), one(t, complete+rules))
		want := "test/sample/sample.rego: the set of built-in policies has a file of this name: rename yours"
		if err == nil || err.Error() != want {
			t.Errorf("Load error = %v, want %s", err, want)
		}
	})
}

func TestLoadNeedsTheSchema(t *testing.T) {
	_, err := policy.Load(t.Context(), fstest.MapFS{"test/sample/sample.rego": {Data: []byte(complete + rules)}})
	if err == nil || !strings.Contains(err.Error(), "no schema/input.json") {
		t.Errorf("Load error = %v, want one that names schema/input.json", err)
	}
}

func TestLoadRefusesHugeFiles(t *testing.T) {
	_, err := policy.Load(t.Context(), one(t, complete+rules+strings.Repeat("#", 1<<20)))
	if err == nil || !strings.Contains(err.Error(), "test/sample/sample.rego: larger than 1048576 bytes") {
		t.Errorf("Load error = %v, want one that names the limit", err)
	}
}

// Policies of users see the built-in libraries, and stand beside the built-in ones.
func TestLoadAddsPoliciesOfUsers(t *testing.T) {
	mine := strings.Replace(complete, "package test.sample", "package test.sample\n\nimport data.lib.paths\n\nlocal := paths.branches({})", 1)
	e, err := policy.Load(t.Context(), policies.FS, fstest.MapFS{"mine.rego": {Data: []byte(mine + rules)}})
	if err != nil {
		t.Fatal(err)
	}
	builtIn, err := policy.Load(t.Context(), policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(e.Policies()), len(builtIn.Policies())+1; got != want {
		t.Errorf("%d policies, want %d", got, want)
	}
	if e.Digest() == builtIn.Digest() {
		t.Error("the digest does not depend on the policies of users")
	}
}

func TestPoliciesCannotReachOut(t *testing.T) {
	for name, call := range map[string]string{
		"http.send":           `http.send({"method": "get", "url": "http://192.0.2.1"})`,
		"opa.runtime":         `opa.runtime()`,
		"net.lookup_ip_addr":  `net.lookup_ip_addr("example.com")`,
		"rand.intn":           `rand.intn("seed", 9)`,
		"uuid.rfc4122":        `uuid.rfc4122("seed")`,
		"io.jwt.encode_sign":  `io.jwt.encode_sign({}, {}, {})`,
		"rego.parse_module":   `rego.parse_module("a.rego", "package a")`,
		"crypto.hmac.sha256":  `crypto.hmac.sha256("a", "b")`,
		"trace":               `trace("note")`,
		"net.cidr_expand":     `net.cidr_expand("10.0.0.0/8")`,
		"crypto.md5":          `crypto.md5("a")`,
		"graphql.parse_query": `graphql.parse_query("{a}")`,
		"providers.aws.sign_req": `providers.aws.sign_req({"method": "get", "url": "http://192.0.2.1"}, {"aws_access_key": "a",
			"aws_secret_access_key": "b", "aws_service": "s3", "aws_region": "r"}, 1)`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policy.Load(t.Context(), one(t, complete+rules+"\nreach := "+call+"\n"))
			if err == nil {
				t.Fatal("Load accepts it")
			}
			for _, want := range []string{"test/sample/sample.rego:", "not available is " + name} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Load error = %v, want one with %q", err, want)
				}
			}
		})
	}
}

func TestAFunctionThatDoesNotExistIsNotCalledForbidden(t *testing.T) {
	_, err := policy.Load(t.Context(), one(t, complete+rules+"\nreach := htp.send({})\n"))
	if err == nil || strings.Contains(err.Error(), "not available") || !strings.Contains(err.Error(), "undefined function htp.send") {
		t.Errorf("Load error = %v, want that of the compiler alone", err)
	}
}

func TestDigestIsOfPathsAndTextWithoutTests(t *testing.T) {
	digest := func(texts map[string]string) string {
		e, err := policy.Load(t.Context(), files(t, texts))
		if err != nil {
			t.Fatal(err)
		}
		return e.Digest()
	}
	base := map[string]string{"a.rego": complete + rules, "lib.rego": "package lib.x\n"}
	same := map[string]string{"a.rego": complete + rules, "lib.rego": "package lib.x\n", "a_test.rego": "package test.sample_test\n"}
	moved := map[string]string{"b.rego": complete + rules, "lib.rego": "package lib.x\n"}
	edited := map[string]string{"a.rego": complete + rules, "lib.rego": "package lib.x\n\nx := 1\n"}
	if len(digest(base)) != 64 {
		t.Errorf("digest = %s, want SHA-256 in hex", digest(base))
	}
	if digest(base) != digest(same) {
		t.Error("the digest depends on tests")
	}
	if digest(base) == digest(moved) || digest(base) == digest(edited) {
		t.Error("the digest does not depend on paths or libraries")
	}
}

func TestTestReportsFailuresAndCoverage(t *testing.T) {
	fsys := files(t, map[string]string{
		"test/sample/sample.rego": complete + rules,
		"test/sample/sample_test.rego": `package test.sample_test

import data.test.sample

test_scope if sample.applicable == {"c"} with input.classes as [{"id": "c", "pairs": 1}]

test_wrong if {
	print("why")
	sample.applicable == {"d"}
}

todo_test_later if false
`,
	})
	results, coverage, err := policy.Test(t.Context(), fsys)
	if err != nil {
		t.Fatal(err)
	}
	at := func(line int) finding.Ref { return finding.Ref{Item: "test/sample/sample_test.rego", Line: line} }
	want := []policy.TestResult{
		{Package: "test.sample_test", Name: "test_scope", At: at(5)},
		{Package: "test.sample_test", Name: "test_wrong", At: at(7), Failure: "the test is not true", Output: "why\n"},
		{Package: "test.sample_test", Name: "todo_test_later", At: at(12), Failure: "skipped"},
	}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if coverage.Percent <= 0 || coverage.Percent >= 100 || len(coverage.Missed) == 0 {
		t.Errorf("coverage = %+v, want some lines missed", coverage)
	}
}

func TestTestHasTheRestrictionsOfLoad(t *testing.T) {
	_, _, err := policy.Test(t.Context(), one(t, complete+rules+"\nreach := opa.runtime()\n"))
	if err == nil || !strings.Contains(err.Error(), "not available is opa.runtime") {
		t.Errorf("Test error = %v, want one that names opa.runtime", err)
	}
}
