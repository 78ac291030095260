package reports_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile("schema/report.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate fails the test unless report follows the published schema.
func validate(t *testing.T, report string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema(t).Validate(doc); err != nil {
		t.Errorf("the report does not follow schema/report.json: %v\n%s", err, report)
	}
}

func TestReportsFollowThePublishedSchema(t *testing.T) {
	for name, r := range map[string]finding.Report{
		"one of everything": sample(),
		"nothing at all":    {Version: 1, Verdict: finding.Open},
		"nil lists": {Version: 1, Verdict: finding.Fail, Findings: []finding.Finding{{
			Outcome: finding.Fail, OnPrem: &finding.Side{}, Azure: &finding.Side{},
			Forward: &finding.Path{Outcome: finding.Dropped, Others: []finding.Path{{Outcome: finding.Loop}}},
			Return:  &finding.Path{Outcome: finding.Unknown},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			validate(t, write(t, reports.JSON, r))
		})
	}
}

func TestTheSchemaRefusesWhatItDoesNotKnow(t *testing.T) {
	good := write(t, reports.JSON, sample())
	for name, bad := range map[string]string{
		"another version":    strings.Replace(good, `"version": 1`, `"version": 2`, 1),
		"an unknown outcome": strings.Replace(good, `"outcome": "fail"`, `"outcome": "bad"`, 1),
		"an unknown field":   strings.Replace(good, `"tool"`, `"extra": 1, "tool"`, 1),
		"a missing field":    strings.Replace(good, `"attested": true,`, ``, 1),
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if bad == good || schema(t).Validate(doc) == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

// object is what the test needs to know of a schema of an object.
type object struct {
	Properties map[string]struct {
		Description string `json:"description"`
	} `json:"properties"`
	Required             []string `json:"required"`
	AdditionalProperties *bool    `json:"additionalProperties"`
	Description          string   `json:"description"`
}

func TestTheSchemaAndTheStructsNameTheSameFields(t *testing.T) {
	data, err := os.ReadFile("schema/report.json")
	if err != nil {
		t.Fatal(err)
	}
	var root struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	types := make(map[string]reflect.Type)
	structs(reflect.TypeFor[finding.Report](), types)
	for name, typ := range types {
		o, ok := root.Defs[name]
		if name == "report" {
			o, ok = root.object, true
		}
		if !ok {
			t.Errorf("the schema has no $defs/%s for %s", name, typ)
			continue
		}
		same(t, name, typ, o)
	}
	for name := range root.Defs {
		if types[name] == nil {
			t.Errorf("$defs/%s describes no struct of a report", name)
		}
	}
}

func same(t *testing.T, name string, typ reflect.Type, o object) {
	t.Helper()
	var fields, required []string
	for f := range typ.Fields() {
		key, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "-" {
			continue
		}
		fields = append(fields, key)
		if option == "" {
			required = append(required, key)
		}
	}
	var described []string
	for key, p := range o.Properties {
		described = append(described, key)
		if p.Description == "" {
			t.Errorf("%s.%s has no description", name, key)
		}
	}
	for _, list := range [][]string{fields, required, described, o.Required} {
		slices.Sort(list)
	}
	if diff := cmp.Diff(fields, described); diff != "" {
		t.Errorf("fields of %s (-struct +schema):\n%s", name, diff)
	}
	if diff := cmp.Diff(required, o.Required); diff != "" {
		t.Errorf("required fields of %s (-struct +schema):\n%s", name, diff)
	}
	if o.AdditionalProperties == nil || *o.AdditionalProperties {
		t.Errorf("%s allows additional properties", name)
	}
	if o.Description == "" {
		t.Errorf("%s has no description", name)
	}
}

// structs collects the structs of package finding that typ is made of, by their
// names in the schema.
func structs(typ reflect.Type, out map[string]reflect.Type) {
	switch typ.Kind() { //nolint:exhaustive // a report has no other kinds with structs in them
	case reflect.Pointer, reflect.Slice:
		structs(typ.Elem(), out)
	case reflect.Struct:
		if !strings.HasSuffix(typ.PkgPath(), "internal/finding") {
			return
		}
		name := strings.ToLower(typ.Name()[:1]) + typ.Name()[1:]
		if out[name] != nil {
			return
		}
		out[name] = typ
		for f := range typ.Fields() {
			if f.Tag.Get("json") != "-" {
				structs(f.Type, out)
			}
		}
	}
}

func TestJSONKeepsEveryStringAndShowsNoneToATerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := sample()
		fill(t, reflect.ValueOf(&want).Elem(), rapid.String())
		want.Findings = want.Findings[:1]
		var b bytes.Buffer
		if err := reports.JSON(&b, want); err != nil {
			t.Fatal(err)
		}
		printable(t, b.String())
		var got finding.Report
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("report after a round trip (-want +got):\n%s", diff)
		}
	})
}

// Everything is written as encoding/json does, but that a list is never null.
func TestFieldsWithoutAValueAreLeftOutAsDeclared(t *testing.T) {
	type fields struct {
		Plain   string   `json:"plain,omitempty"`
		Omitted string   `json:"omitted,omitempty"`
		None    []string `json:"none,omitzero"`
		Empty   []string `json:"empty,omitzero"`
		Left    []string `json:"left,omitempty"`
		Count   int      `json:"count"`
		Hidden  string   `json:"-"`
		Zero    struct {
			N int `json:"n"`
		} `json:"zero,omitzero"`
	}
	v := fields{Plain: "x", Empty: []string{}, Left: []string{}, Hidden: "y"}
	want, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := reports.WriteJSON(&got, v); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want)+"\n", got.String()); diff != "" {
		t.Errorf("(-encoding/json +written):\n%s", diff)
	}
}
