package policy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
)

// input is the document that policies see: the model's JSON form, and for each
// failure the ways out in clear that its paths take (forwardClear, returnClear), and why
// it is not known what becomes of them (forwardWhy, returnWhy).
//
// It is built as OPA's own values, once for all policies, and is not changed
// afterwards. Going through JSON or interfaces costs several times as much.
func input(m graph.Model) (*ast.Term, error) {
	t, err := newBuilder().value(reflect.ValueOf(m))
	if err != nil {
		return nil, fmt.Errorf("input of the policies: %w", err)
	}
	return t, nil
}

// builder turns Go values into terms as encoding/json would, sharing what is
// equal: strings, failures, and slices with the same backing array, which is how
// classes of one group share their paths.
type builder struct {
	strings map[string]*ast.Term
	slices  map[sliceKey]*ast.Term
	plans   map[reflect.Type][]field
	effects map[string]*ast.Term // of failures
}

func newBuilder() *builder {
	return &builder{
		strings: make(map[string]*ast.Term),
		slices:  make(map[sliceKey]*ast.Term),
		plans:   make(map[reflect.Type][]field),
		effects: make(map[string]*ast.Term),
	}
}

// sliceKey is a slice's identity: the pointer to its first element, which also
// keeps the array from being freed and its address from being used again.
type sliceKey struct {
	first any
	len   int
}

// field is a struct field that has a place in JSON.
type field struct {
	index     int
	key       *ast.Term
	omitEmpty bool
}

func (b *builder) value(v reflect.Value) (*ast.Term, error) {
	switch v.Kind() {
	case reflect.String:
		return b.string(v.String()), nil
	case reflect.Bool:
		return ast.InternedTerm(v.Bool()), nil
	case reflect.Int, reflect.Int64:
		return ast.IntNumberTerm(int(v.Int())), nil
	case reflect.Uint64:
		return ast.NumberTerm(json.Number(fmt.Sprint(v.Uint()))), nil
	case reflect.Slice:
		return b.slice(v)
	case reflect.Map:
		return b.dict(v)
	case reflect.Struct:
		return b.object(v)
	default:
		return nil, fmt.Errorf("%s has no form in the input", v.Type())
	}
}

func (b *builder) string(s string) *ast.Term {
	t, ok := b.strings[s]
	if !ok {
		t = ast.StringTerm(valid(s))
		b.strings[s] = t
	}
	return t
}

// valid is s as JSON would hold it.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func (b *builder) slice(v reflect.Value) (*ast.Term, error) {
	if v.Len() == 0 {
		return ast.InternedEmptyArray, nil
	}
	key := sliceKey{v.Index(0).Addr().Interface(), v.Len()}
	if t, ok := b.slices[key]; ok {
		return t, nil
	}
	terms := make([]*ast.Term, v.Len())
	for i := range terms {
		var err error
		if terms[i], err = b.value(v.Index(i)); err != nil {
			return nil, err
		}
	}
	t := ast.ArrayTerm(terms...)
	b.slices[key] = t
	return t, nil
}

func (b *builder) dict(v reflect.Value) (*ast.Term, error) {
	out := ast.NewObject()
	for it := v.MapRange(); it.Next(); {
		t, err := b.value(it.Value())
		if err != nil {
			return nil, err
		}
		out.Insert(b.string(it.Key().String()), t)
	}
	return ast.NewTerm(out), nil
}

func (b *builder) object(v reflect.Value) (*ast.Term, error) {
	plan := b.plan(v.Type())
	pairs := make([][2]*ast.Term, 0, len(plan))
	for _, f := range plan {
		at := v.Field(f.index)
		if f.omitEmpty && (at.IsZero() || at.Kind() == reflect.Slice && at.Len() == 0) {
			continue
		}
		var t *ast.Term
		var err error
		if c, ok := classOf(v, at); ok {
			t, err = b.failures(c)
		} else {
			t, err = b.value(at)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.key, err)
		}
		pairs = append(pairs, [2]*ast.Term{f.key, t})
	}
	return ast.ObjectTerm(pairs...), nil
}

func (b *builder) plan(t reflect.Type) []field {
	if p, ok := b.plans[t]; ok {
		return p
	}
	var p []field
	for i := range t.NumField() {
		key, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if key != "-" {
			p = append(p, field{i, b.string(key), strings.Contains(options, "omitempty")})
		}
	}
	b.plans[t] = p
	return p
}

// classOf is the class whose failures the field is.
func classOf(v, field reflect.Value) (graph.Class, bool) {
	if field.Type() != reflect.TypeFor[[]graph.Failure]() {
		return graph.Class{}, false
	}
	return reflect.TypeAssert[graph.Class](v)
}

// failures adds to every failure the ways out in clear that its paths take.
func (b *builder) failures(c graph.Class) (*ast.Term, error) {
	terms := make([]*ast.Term, len(c.Failures))
	for i, f := range c.Failures {
		var err error
		if terms[i], err = b.failure(f, c.Required.Protection); err != nil {
			return nil, err
		}
	}
	return ast.ArrayTerm(terms...), nil
}

// failure is shared by the classes of which it makes the same, and takes no way out
// in clear: most classes have the same failures, and most failures do little.
func (b *builder) failure(f graph.Failure, accepted []string) (*ast.Term, error) {
	forward, back := exposures(f.ForwardPath, accepted), exposures(f.ReturnPath, accepted)
	why := map[string]string{"forwardWhy": doubt(f.Forward, f.ForwardPath), "returnWhy": doubt(f.Return, f.ReturnPath)}
	key := strings.Join(append([]string{f.Forward, why["forwardWhy"], f.Return, why["returnWhy"]}, f.Down...), "\x00")
	shared := len(forward)+len(back) == 0
	if t, ok := b.effects[key]; ok && shared {
		return t, nil
	}
	t, err := b.object(reflect.ValueOf(f))
	if err != nil {
		return nil, err
	}
	o, _ := t.Value.(ast.Object)
	for _, way := range []struct {
		key string
		out []exposure
	}{{"forwardClear", forward}, {"returnClear", back}} {
		if len(way.out) == 0 {
			continue
		}
		list, err := b.value(reflect.ValueOf(way.out))
		if err != nil {
			return nil, err
		}
		o.Insert(b.string(way.key), list)
	}
	for key, text := range why {
		if text != "" {
			o.Insert(b.string(key), b.string(text))
		}
	}
	if shared {
		b.effects[key] = t
	}
	return t, nil
}

// doubt is why it is not known what a failure makes of a path, "" where it is.
func doubt(verdict string, p finding.Path) string {
	if verdict != graph.Undecided {
		return ""
	}
	for _, b := range p.Branches() {
		if b.Outcome == finding.Unknown {
			return b.Detail
		}
		for _, h := range b.Hops {
			if h.Rule == graph.Undecided {
				return h.Why
			}
		}
	}
	return ""
}

// exposure is a link over which packets leave the premises without any of the
// protections that are accepted.
type exposure struct {
	Link     string        `json:"link"`
	Why      string        `json:"why"`
	Evidence []finding.Ref `json:"evidence"`
}

// exposures are the exposures of a path, one a link, in the order of its branches.
func exposures(p finding.Path, accepted []string) []exposure {
	var out []exposure
	for _, b := range p.Branches() {
		for i, h := range b.Hops {
			exposed := h.LeavesPremises && h.Protection != "unknown" && !slices.Contains(accepted, h.Protection)
			if !exposed || slices.ContainsFunc(out, func(e exposure) bool { return e.Link == h.Link }) {
				continue
			}
			by := decision(b.Hops[:i+1])
			e := exposure{h.Link, by.Why, slices.Clone(by.Evidence)}
			for _, r := range h.Evidence {
				if !slices.Contains(e.Evidence, r) {
					e.Evidence = append(e.Evidence, r)
				}
			}
			out = append(out, e)
		}
	}
	return out
}

// decision is the last hop that had a choice: the others hand on what it chose.
func decision(hops []finding.Hop) finding.Hop {
	for _, h := range slices.Backward(hops) {
		if h.Rule != "forward" && h.Rule != "decapsulate" && h.Rule != "deliver" {
			return h
		}
	}
	return hops[len(hops)-1]
}
