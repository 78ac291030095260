package policy

import (
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/routeproof/routeproof/internal/finding"
)

// answer is what a policy's three rules say, each in the order of Rego's sets. Its
// JSON form is how a process apart gives it back.
type answer struct {
	Applicable   []string
	Violations   []reason
	Undetermined []reason
}

// reason is an entry of violations or undetermined. Severity is empty for that of
// the policy.
type reason struct {
	Resource string
	Message  string
	Severity finding.Severity
	Path     *pathRef
	Evidence []finding.Ref
}

// pathRef names paths of the model: a class's or a tunnel's, in steady state or
// under a failure.
type pathRef struct {
	Class, Tunnel string
	Direction     string
	Down          []string
}

// decode reads OPA's answer. Nothing is guessed: a key or type that is not
// known is an error, because a field that is silently dropped is evidence lost. The
// variables end in suffix.
func decode(vars rego.Vars, suffix string) (answer, error) {
	if vars == nil {
		return answer{}, errors.New("applicable, violations or undetermined is undefined: want three sets")
	}
	var a answer
	err := elements(vars["applicable"+suffix], "applicable", func(v ast.Value) error {
		id, err := text(v)
		a.Applicable = append(a.Applicable, id)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	if a.Violations, err = reasons(vars["violations"+suffix], "violations"); err != nil {
		return answer{}, err
	}
	a.Undetermined, err = reasons(vars["undetermined"+suffix], "undetermined")
	if err != nil {
		return answer{}, err
	}
	for _, r := range a.Undetermined {
		switch {
		case r.Path != nil:
			return answer{}, fmt.Errorf("undetermined: %s has a path: only violations have one", r.Resource)
		case r.Severity != "":
			return answer{}, fmt.Errorf("undetermined: %s has a severity: only violations have one", r.Resource)
		}
	}
	return a, nil
}

// elements calls f for every element of a set, in order.
func elements(v any, rule string, f func(ast.Value) error) error {
	set, ok := v.(ast.Set)
	if !ok {
		return fmt.Errorf("%s is %s: want a set", rule, typeName(v))
	}
	for _, t := range set.Slice() {
		if err := f(t.Value); err != nil {
			return fmt.Errorf("%s: %w", rule, err)
		}
	}
	return nil
}

func reasons(v any, rule string) ([]reason, error) {
	var out []reason
	err := elements(v, rule, func(v ast.Value) error {
		var r reason
		err := fields(v, map[string]func(ast.Value) error{
			"resource": toText(&r.Resource),
			"message":  toText(&r.Message),
			"severity": toSeverity(&r.Severity),
			"path": func(v ast.Value) (err error) {
				r.Path, err = paths(v)
				return err
			},
			"evidence": func(v ast.Value) (err error) {
				r.Evidence, err = refs(v)
				return err
			},
		})
		if err == nil && (r.Resource == "" || r.Message == "") {
			err = errors.New("an entry without resource or message")
		}
		out = append(out, r)
		return err
	})
	return out, err
}

func paths(v ast.Value) (*pathRef, error) {
	var p pathRef
	err := fields(v, map[string]func(ast.Value) error{
		"class":     toText(&p.Class),
		"tunnel":    toText(&p.Tunnel),
		"direction": toText(&p.Direction),
		"down": func(v ast.Value) error {
			return items(v, func(v ast.Value) error {
				id, err := text(v)
				p.Down = append(p.Down, id)
				return err
			})
		},
	})
	switch {
	case err != nil:
		return nil, err
	case (p.Class == "") == (p.Tunnel == ""):
		return nil, errors.New("want a class or a tunnel")
	case p.Direction != "forward" && p.Direction != "return":
		return nil, fmt.Errorf("direction is %q: want forward or return", p.Direction)
	case p.Tunnel != "" && len(p.Down) > 0:
		return nil, errors.New("a tunnel's path has no down")
	}
	return &p, nil
}

func refs(v ast.Value) ([]finding.Ref, error) {
	var out []finding.Ref
	err := items(v, func(v ast.Value) error {
		var r finding.Ref
		err := fields(v, map[string]func(ast.Value) error{
			"item": toText(&r.Item), "line": toInt(&r.Line), "lastLine": toInt(&r.LastLine),
		})
		if err == nil && r.Item == "" {
			err = errors.New("a place without item")
		}
		out = append(out, r)
		return err
	})
	return out, err
}

// fields gives every value of an object to the reader of its key.
func fields(v ast.Value, read map[string]func(ast.Value) error) error {
	o, ok := v.(ast.Object)
	if !ok {
		return fmt.Errorf("%s: want an object", typeName(v))
	}
	return o.Iter(func(key, value *ast.Term) error {
		name, err := text(key.Value)
		if err != nil {
			return err
		}
		f, ok := read[name]
		if !ok {
			return fmt.Errorf("unknown key %q", name)
		}
		if err := f(value.Value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

func items(v ast.Value, f func(ast.Value) error) error {
	a, ok := v.(*ast.Array)
	if !ok {
		return fmt.Errorf("%s: want an array", typeName(v))
	}
	return a.Iter(func(t *ast.Term) error { return f(t.Value) })
}

func text(v ast.Value) (string, error) {
	s, ok := v.(ast.String)
	if !ok {
		return "", fmt.Errorf("%s: want a string", typeName(v))
	}
	return string(s), nil
}

func toText(to *string) func(ast.Value) error {
	return func(v ast.Value) (err error) {
		*to, err = text(v)
		return err
	}
}

func toSeverity(to *finding.Severity) func(ast.Value) error {
	return func(v ast.Value) error {
		s, err := text(v)
		*to = finding.Severity(s)
		if err == nil && to.Rank() > finding.Low.Rank() {
			err = fmt.Errorf("%q: want critical, high, medium or low", s)
		}
		return err
	}
}

func toInt(to *int) func(ast.Value) error {
	return func(v ast.Value) error {
		n, ok := v.(ast.Number)
		if !ok {
			return fmt.Errorf("%s: want a number", typeName(v))
		}
		if *to, ok = n.Int(); !ok || *to < 0 {
			return fmt.Errorf("%s: want a whole number", n)
		}
		return nil
	}
}

func typeName(v any) string {
	if value, ok := v.(ast.Value); ok {
		return ast.ValueName(value)
	}
	return "undefined"
}
