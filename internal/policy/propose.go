package policy

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Propose loads policies as [Load] does, with those of proposed in place of the ones
// that have the same package or ID. The second engine has the policies with the IDs of
// the proposed ones as they are now, and the first one the proposed: what differs
// between their findings is what the proposal would change.
func Propose(ctx context.Context, proposed fs.FS, fsys ...fs.FS) (then, now *Engine, err error) {
	current, err := read(fsys, false)
	if err != nil {
		return nil, nil, err
	}
	if now, err = current.load(ctx); err != nil {
		return nil, nil, err
	}
	var own sources
	if err := own.add(proposed, true, false); err != nil {
		return nil, nil, err
	}
	changed, err := own.parse()
	if err != nil {
		return nil, nil, err
	}
	names, err := identities(changed)
	if err != nil {
		return nil, nil, err
	}
	existing, err := current.parse()
	if err != nil {
		return nil, nil, err
	}
	current.files = slices.DeleteFunc(current.files, func(f source) bool {
		m := existing[f.path]
		return m != nil && (names[name(m)] || names[idOf(m)])
	})
	current.files = append(current.files, own.files...)
	if then, err = current.load(ctx); err != nil {
		return nil, nil, err
	}
	is := func(p policy) bool { return names[p.meta.ID] || names[p.meta.Package] }
	return then.only(is), now.only(is), nil
}

// identities are the packages of modules, and the IDs of those that are policies.
func identities(modules map[string]*ast.Module) (map[string]bool, error) {
	out := make(map[string]bool)
	for _, file := range slices.Sorted(maps.Keys(modules)) {
		m := modules[file]
		out[name(m)] = true
		if isLibrary(m) {
			continue
		}
		meta, err := metadata(m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		out[meta.ID] = true
	}
	return out, nil
}

// idOf is the ID that a module claims, which no package has as its name.
func idOf(m *ast.Module) string {
	id, _ := custom(m)["id"].(string)
	return id
}

// only is the engine without the other policies.
func (e *Engine) only(is func(policy) bool) *Engine {
	out := *e
	out.policies = slices.DeleteFunc(slices.Clone(e.policies), func(p policy) bool { return !is(p) })
	return &out
}
