package policy

import (
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/routeproof/routeproof/internal/graph"
)

// Input is the document that policies see of m.
func Input(m graph.Model) (*ast.Term, error) { return input(m) }

// Break makes the policy panic when it is evaluated.
func (e *Engine) Break(id string) {
	for i := range e.policies {
		if e.policies[i].meta.ID == id {
			e.policies[i].query = rego.PreparedEvalQuery{}
		}
	}
}
