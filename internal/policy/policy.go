// Package policy judges a model with Rego policies: it loads them, gives them
// the model as their input, and turns their answers into findings. It is the
// only package that imports OPA.
//
// A policy is one package with three rules: applicable, a set of resource IDs;
// violations, a set of {resource, message, severity, path, evidence}; and
// undetermined, a set of {resource, message, evidence}. A violation without a
// severity has that of the policy. Packages below lib are libraries.
package policy

import (
	"context"
	"fmt"
	"io/fs"
	"os/exec"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/routeproof/routeproof/internal/finding"
)

// Engine holds compiled policies. It is safe for concurrent use.
type Engine struct {
	policies []policy // by ID
	digest   string
	declared map[string]parameter
	values   map[string]any // of all of them
	disabled []finding.Disabled
	modules  map[string]string // their text, and the libraries', by file
	compiler *ast.Compiler
	limits   limits
	command  func(context.Context) *exec.Cmd // for policies apart; nil for none
}

// policy is one Rego package and the query for its three rules.
type policy struct {
	meta       finding.Policy
	path       string // of the package, like data.family.policy
	own        bool   // it is a user's, and not built in
	each       bool   // it judges each class by itself
	clock      bool   // it, or a library that it may use, asks what time it is
	query      rego.PreparedEvalQuery
	parameters map[string]parameter
}

// Load compiles every policy of the given file systems, together with the
// libraries, and with the input's schema, schema/input.json, of the first file
// system that has one. Tests (*_test.rego) are left out. The first file system is
// the program's own; policies of the others are users' ones.
//
// A policy can compute, and nothing else: it reaches neither network, files nor
// environment, has no randomness, and its clock stands still at the time given
// to [Engine.Evaluate]. Where that is not known, a policy that asks for it is open.
//
// The error names the file and what is wrong with it: Rego that does not
// compile, METADATA that lacks something, an ID or a package that is taken.
func Load(ctx context.Context, fsys ...fs.FS) (*Engine, error) {
	src, err := read(fsys, false)
	if err != nil {
		return nil, err
	}
	return src.load(ctx)
}

// load makes an engine of the sources.
func (s sources) load(ctx context.Context) (*Engine, error) {
	modules, err := s.parse()
	if err != nil {
		return nil, err
	}
	c, err := s.compile(modules)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		digest: s.digest(), modules: make(map[string]string), compiler: c, limits: defaultLimits(),
		declared: make(map[string]parameter), values: make(map[string]any),
	}
	owner := make(map[string]string) // of an ID
	for _, f := range s.builtinFirst() {
		file, m := f.path, modules[f.path]
		e.modules[file] = string(f.text)
		if m == nil {
			continue
		}
		if isLibrary(m) {
			if custom(m)["id"] != nil {
				return nil, fmt.Errorf("%s: package %s: what is below lib judges nothing: want family.policy, or no custom.id", file, name(m))
			}
			continue
		}
		p, err := prepare(ctx, c, m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if first, ok := owner[p.meta.ID]; ok {
			return nil, fmt.Errorf("%s: custom.id %s is already the ID of %s", file, p.meta.ID, first)
		}
		owner[p.meta.ID] = file
		p.own, p.clock = f.own, asksTime(m, f.own, modules)
		for name, v := range p.parameters {
			if first, ok := e.declared[name]; ok {
				return nil, fmt.Errorf("%s: custom.parameters.%s is already a parameter of %s", file, name, first.policy)
			}
			e.declared[name], e.values[name] = v, v.value
		}
		e.policies = append(e.policies, p)
	}
	slices.SortFunc(e.policies, func(a, b policy) int { return compareID(a.meta, b.meta) })
	return e, nil
}

func prepare(ctx context.Context, c *ast.Compiler, m *ast.Module) (policy, error) {
	meta, err := metadata(m)
	if err != nil {
		return policy{}, err
	}
	if err := hasRules(m); err != nil {
		return policy{}, err
	}
	settings, err := parameters(meta.ID, custom(m))
	if err != nil {
		return policy{}, fmt.Errorf("METADATA: %w", err)
	}
	each, err := eachClass(custom(m)["each"])
	if err != nil {
		return policy{}, fmt.Errorf("METADATA: %w", err)
	}
	path := m.Package.Path.String()
	q, err := query(ctx, c, path)
	if err != nil {
		return policy{}, fmt.Errorf("prepare: %w", err)
	}
	return policy{meta: meta, path: path, each: each, query: q, parameters: settings}, nil
}

// asksTime reports whether a module names the clock, or, where it is a user's own, any
// library does.
func asksTime(m *ast.Module, own bool, all map[string]*ast.Module) bool {
	if own {
		for _, l := range all {
			if l != nil && isLibrary(l) && namesClock(l) {
				return true
			}
		}
	}
	return namesClock(m)
}

func namesClock(m *ast.Module) bool {
	found := false
	ast.WalkRefs(m, func(r ast.Ref) bool {
		found = found || r.HasPrefix(ast.NowNanos.Ref())
		return found
	})
	return found
}

// query asks for the three rules of packages, like data.family.policy, of which
// [answersOf] makes an answer each.
func query(ctx context.Context, c *ast.Compiler, packages ...string) (rego.PreparedEvalQuery, error) {
	asked := make([]string, len(packages))
	for i, p := range packages {
		asked[i] = fmt.Sprintf("applicable%[2]d := %[1]s.applicable; violations%[2]d := %[1]s.violations; undetermined%[2]d := %[1]s.undetermined", p, i)
	}
	return rego.New(
		rego.Compiler(c),
		rego.Query(strings.Join(asked, "; ")),
		rego.StrictBuiltinErrors(true), // a built-in that fails must not look like a rule that is false
		rego.GenerateJSON(func(t *ast.Term, _ *rego.EvalContext) (any, error) { return t.Value, nil }),
	).PrepareForEval(ctx)
}

// Digest is the SHA-256, in hex, of the policies' and libraries' paths and
// text. Equal digests make equal findings of equal models.
func (e *Engine) Digest() string { return e.digest }

// Policies are the metadata of every policy, by ID.
func (e *Engine) Policies() []finding.Policy {
	out := make([]finding.Policy, len(e.policies))
	for i, p := range e.policies {
		out[i] = p.meta
		out[i].Controls = slices.Clone(p.meta.Controls)
		out[i].References = slices.Clone(p.meta.References)
	}
	return out
}
