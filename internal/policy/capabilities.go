package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// capabilities are what Rego may use here: what computes from its arguments
// alone. The list is closed, so that a built-in that a later OPA brings is
// refused until somebody has looked at it. time.now_ns is in it, because the
// evaluation's time is pinned. What can make much of little in one step, where
// neither the deadline nor the bound on memory is looked at, is not: shifting to the
// left, listing all paths of a graph, templates and the intersection of globs.
func capabilities() *ast.Capabilities {
	groups := []string{
		"array", "base64", "base64url", "bits", "glob", "graph", "hex", "internal", "json", "numbers",
		"object", "regex", "semver", "strings", "time", "units", "uri", "urlquery", "yaml",
	}
	single := []string{"crypto.sha256", "rego.metadata.chain", "rego.metadata.rule"}
	explosive := []string{"bits.lsh", "graph.reachable_paths", "regex.globs_match", "strings.render_template"}
	c := ast.CapabilitiesForThisVersion(ast.CapabilitiesRegoVersion(ast.RegoV1))
	c.Builtins = slices.DeleteFunc(slices.Clone(c.Builtins), func(b *ast.Builtin) bool {
		group, _, grouped := strings.Cut(b.Name, ".")
		switch {
		case b.Name == "time.now_ns" || slices.Contains(single, b.Name):
			return false
		case b.IsNondeterministic() || b.Name == "trace" || slices.Contains(explosive, b.Name):
			return true
		}
		return grouped && !slices.Contains(groups, group)
	})
	c.AllowNet = []string{} // nothing, where nil would be everything
	return c
}

// forbidden explains the compiler's "undefined function" where the function is
// one of OPA's that policies may not use.
func forbidden(errs ast.Errors) string {
	var names []string
	for _, b := range ast.Builtins {
		undefined := func(e *ast.Error) bool { return e.Message == "undefined function "+b.Name }
		if slices.ContainsFunc(errs, undefined) && !capabilities().ContainsBuiltin(b.Name) {
			names = append(names, b.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf(" (policies compute from their input alone, within bounds, and without network, environment, secrets or randomness: not available is %s)",
		strings.Join(slices.Compact(names), ", "))
}
