package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/routeproof/routeproof/internal/finding"
)

// parameter is a setting that a policy declares in its METADATA, below
// custom.parameters: its default and the JSON Schema that values must follow.
type parameter struct {
	policy      string // the ID of the one that declares it
	description string
	value       any
	schema      *jsonschema.Schema
}

// accepts fails with what a value is not that the parameter's schema wants.
func (p parameter) accepts(v any) error {
	err := p.schema.Validate(v)
	if _, ok := errors.AsType[*jsonschema.ValidationError](err); !ok {
		return err
	}
	lines := strings.Split(err.Error(), "\n")[1:] // the first is where on this machine a schema without an address would be
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimSpace(line), "- at '': ")
	}
	return errors.New(strings.Join(lines, "; "))
}

// parameters reads custom.parameters of a policy.
func parameters(id string, custom map[string]any) (map[string]parameter, error) {
	declared, ok := custom["parameters"].(map[string]any)
	if !ok && custom["parameters"] != nil {
		return nil, errors.New("custom.parameters: want a mapping of names to default, description and schema")
	}
	out := make(map[string]parameter, len(declared))
	for name, v := range declared {
		fields, ok := v.(map[string]any)
		if !ok || fields["default"] == nil || fields["description"] == nil || fields["schema"] == nil {
			return nil, fmt.Errorf("custom.parameters.%s: want default, description and schema", name)
		}
		p := parameter{policy: id, description: strings.TrimSpace(fmt.Sprint(fields["description"]))}
		var err error
		if p.value, err = plain(fields["default"]); err != nil {
			return nil, fmt.Errorf("custom.parameters.%s.default: %w", name, err)
		}
		if p.schema, err = compileSchema(name, fields["schema"]); err != nil {
			return nil, fmt.Errorf("custom.parameters.%s.schema: %w", name, err)
		}
		if err := p.accepts(p.value); err != nil {
			return nil, fmt.Errorf("custom.parameters.%s.default: %w", name, err)
		}
		out[name] = p
	}
	return out, nil
}

// plain is a value as JSON has it, whatever YAML made of it.
func plain(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(raw))
}

func compileSchema(name string, v any) (*jsonschema.Schema, error) {
	doc, err := plain(v)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{}) // a schema cannot fetch another one
	if err := c.AddResource(name+".json", doc); err != nil {
		return nil, err
	}
	return c.Compile(name + ".json")
}

// Configure is the engine with the operator's settings: values of parameters that
// policies declare, and policies that are switched off, each with a reason. The
// error names a parameter or policy that there is none of, and a value that is not
// what the parameter takes. What differs from the defaults is part of the digest.
func (e *Engine) Configure(values map[string]any, disabled []finding.Disabled) (*Engine, error) {
	out := *e
	out.policies, out.values, out.disabled = nil, maps.Clone(e.values), slices.Concat(e.disabled, disabled)
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		p, ok := e.declared[name]
		if !ok {
			problems = append(problems, fmt.Errorf("there is no parameter %q: want %s", name, strings.Join(slices.Sorted(maps.Keys(e.declared)), ", ")))
			continue
		}
		v, err := plain(values[name])
		if err == nil {
			err = p.accepts(v)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("parameter %s of %s: %w", name, p.policy, err))
			continue
		}
		out.values[name] = v
	}
	off := make(map[string]bool)
	for _, d := range disabled {
		if !slices.ContainsFunc(e.policies, func(p policy) bool { return p.meta.ID == d.Policy }) {
			problems = append(problems, fmt.Errorf("there is no policy %q to disable: routeproof policies lists them", d.Policy))
		}
		off[d.Policy] = true
	}
	for _, p := range e.policies {
		if !off[p.meta.ID] {
			out.policies = append(out.policies, p)
		}
	}
	if len(values)+len(disabled) > 0 {
		raw, err := json.Marshal(map[string]any{"policies": e.digest, "parameters": out.values, "disabled": slices.Sorted(maps.Keys(off))})
		if err != nil {
			problems = append(problems, err)
		}
		sum := sha256.Sum256(raw)
		out.digest = hex.EncodeToString(sum[:])
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return &out, nil
}

// Disabled are the policies that were switched off.
func (e *Engine) Disabled() []finding.Disabled { return slices.Clone(e.disabled) }

// Setting is a parameter of a policy, in words: Value is what is in force, as JSON.
type Setting struct{ Name, Description, Value string }

// Settings are the parameters of a policy, by name.
func (e *Engine) Settings(id string) []Setting {
	var out []Setting
	for _, name := range slices.Sorted(maps.Keys(e.declared)) {
		if p := e.declared[name]; p.policy == id {
			raw, _ := json.Marshal(e.values[name]) // it came from JSON
			out = append(out, Setting{name, p.description, string(raw)})
		}
	}
	return out
}

// withParameters puts the values of all parameters into an input.
func (e *Engine) withParameters(in *ast.Term) error {
	v, err := ast.InterfaceToValue(e.values)
	if err != nil {
		return fmt.Errorf("parameters: %w", err)
	}
	if o, ok := in.Value.(ast.Object); ok {
		o.Insert(ast.StringTerm("parameters"), ast.NewTerm(v))
	}
	return nil
}
