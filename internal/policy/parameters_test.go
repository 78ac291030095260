package policy_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/policy"
)

const limited = `# METADATA
# title: A
# description: B
# custom:
#   id: TST-01
#   severity: low
#   remediation: C
#   parameters:
#     most:
#       default: 3
#       description: How many are too many.
#       schema: {type: integer, minimum: 1}
package a.b

applicable contains "x"

violations contains {"resource": "x", "message": sprintf("more than %d", [input.parameters.most])} if 5 > input.parameters.most

undetermined contains {"resource": "x", "message": ""} if false
`

func loaded(t *testing.T, text string) (*policy.Engine, error) {
	t.Helper()
	return policy.Load(t.Context(), fstest.MapFS{"a/b/b.rego": {Data: []byte(text)}, "schema/input.json": {Data: []byte(`{"type": "object"}`)}})
}

func TestParametersAreSetByTheOperator(t *testing.T) {
	e, err := loaded(t, limited)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(e *policy.Engine) (finding.Outcome, string) {
		fs, err := e.Evaluate(t.Context(), graph.Model{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return fs[0].Outcome, fs[0].Message
	}
	if o, m := judge(e); o != finding.Fail || m != "more than 3" {
		t.Errorf("by default %s (%s), want fail with more than 3", o, m)
	}
	same, err := e.Configure(nil, nil)
	if err != nil || same.Digest() != e.Digest() {
		t.Errorf("without settings: digest %s, %v, want %s", same.Digest(), err, e.Digest())
	}
	set, err := e.Configure(map[string]any{"most": 9}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o, _ := judge(set); o != finding.Pass || set.Digest() == e.Digest() {
		t.Errorf("with 9: %s, digest the same: %v; want pass and another digest", o, set.Digest() == e.Digest())
	}
	if s := set.Settings("TST-01"); len(s) != 1 || s[0].Value != "9" || s[0].Description != "How many are too many." {
		t.Errorf("settings %+v", s)
	}
	off, err := e.Configure(nil, []finding.Disabled{{Policy: "TST-01", Reason: "because"}})
	if err != nil || len(off.Policies()) != 0 || len(off.Disabled()) != 1 || off.Digest() == e.Digest() {
		t.Errorf("switched off: %v, %v, %v", off.Policies(), off.Disabled(), err)
	}
}

func TestSettingsThatFitNothingAreRefused(t *testing.T) {
	e, err := loaded(t, limited)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Configure(map[string]any{"least": 1, "most": "many"}, []finding.Disabled{{Policy: "TST-09"}})
	for _, want := range []string{`there is no parameter "least": want most`, "parameter most of TST-01: got string, want integer\n", `there is no policy "TST-09" to disable`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to say %s", err, want)
		}
	}
	for what, bad := range map[string]string{
		"no schema":     strings.Replace(limited, "#       schema: {type: integer, minimum: 1}\n", "", 1),
		"a bad default": strings.Replace(limited, "default: 3", "default: 0", 1),
		"a bad schema":  strings.Replace(limited, "type: integer", "type: nonsense", 1),
		"another file":  strings.Replace(limited, "{type: integer, minimum: 1}", `{$ref: "file:///etc/passwd"}`, 1),
	} {
		_, err := loaded(t, bad)
		if err == nil || !strings.Contains(err.Error(), "custom.parameters.most") {
			t.Errorf("%s: error %v, want one that names the parameter", what, err)
		}
		if what == "a bad default" && !strings.HasSuffix(err.Error(), "custom.parameters.most.default: minimum: got 0, want 1") {
			t.Errorf("%s: error %v, want it to say that and nothing of this machine", what, err)
		}
	}
}
