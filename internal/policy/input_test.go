package policy_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/policies"
)

// document is the input of m as JSON.
func document(t rapid.TB, m graph.Model) []byte {
	t.Helper()
	in, err := policy.Input(m)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := ast.JSON(in.Value)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The input is built without JSON, and must be what JSON would make of the model.
func TestInputIsTheModelsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := models().Draw(t, "model")
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var want, got map[string]any
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(document(t, m), &got); err != nil {
			t.Fatal(err)
		}
		dropAdditions(got)
		if diff := cmp.Diff(emptyForNull(want), emptyForNull(got)); diff != "" {
			t.Fatalf("input (-model's JSON +built):\n%s", diff)
		}
	})
}

// dropAdditions removes what the input has beyond the model.
func dropAdditions(input map[string]any) {
	classes, _ := input["classes"].([]any)
	for _, c := range classes {
		failures, _ := c.(map[string]any)["failures"].([]any)
		for _, f := range failures {
			delete(f.(map[string]any), "forwardClear")
			delete(f.(map[string]any), "returnClear")
			delete(f.(map[string]any), "forwardWhy")
			delete(f.(map[string]any), "returnWhy")
		}
	}
}

// emptyForNull puts empty lists for null: policies never see null.
func emptyForNull(v any) any {
	switch v := v.(type) {
	case nil:
		return []any{}
	case map[string]any:
		for k := range v {
			v[k] = emptyForNull(v[k])
		}
	case []any:
		for i := range v {
			v[i] = emptyForNull(v[i])
		}
	}
	return v
}

func TestInputHasThePublishedShape(t *testing.T) {
	raw, err := fs.ReadFile(policies.FS, "schema/input.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("input.json", doc); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile("input.json")
	rapid.Check(t, func(t *rapid.T) {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document(t, models().Draw(t, "model"))))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAFailureSaysWhereItsTrafficGoesInClear(t *testing.T) {
	got := string(document(t, network()))
	want := `"forwardClear":[{"evidence":[{"item":"routers/R1/show_ip_bgp.txt","line":12}],"link":"peering/er-primary","why":"the only route left"}]`
	if !strings.Contains(got, want) {
		t.Errorf("input = %s, want it to have %s", got, want)
	}
	// On the way back the edge router hands on what the subnet chose.
	want = `"returnClear":[{"evidence":[{"item":"er.json","line":9},{"item":"msee.json","line":2}],` +
		`"link":"peering/er-primary","why":"ExpressRoute over VPN at equal length"}]`
	if !strings.Contains(got, want) {
		t.Errorf("input = %s, want it to have %s", got, want)
	}
}

func TestAFailureSaysWhyItIsUndecided(t *testing.T) {
	m := network()
	m.Classes[0].Failures = []graph.Failure{
		{
			Down: []string{"tunnel/a"}, Forward: graph.Undecided, Return: graph.FailsClosed,
			ForwardPath: finding.Path{Outcome: finding.Delivered, Others: []finding.Path{{Outcome: finding.Unknown, Detail: "R1 was not read"}}},
			ReturnPath:  finding.Path{Outcome: finding.Unknown, Detail: "nobody asks"},
		},
		{
			Down: []string{"tunnel/a"}, Forward: graph.Undecided, Return: graph.Undecided,
			ForwardPath: finding.Path{Outcome: finding.Delivered, Hops: []finding.Hop{{Rule: "undecided", Why: "two are as good"}}},
		},
	}
	got := string(document(t, m))
	for _, want := range []string{
		`"forwardWhy":"R1 was not read"`, `"forwardWhy":"two are as good"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("input = %s, want it to have %s", got, want)
		}
	}
	for _, no := range []string{"nobody asks", "returnWhy"} {
		if strings.Contains(got, no) {
			t.Errorf("input = %s, want it without %s", got, no)
		}
	}
}
