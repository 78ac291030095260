package policy

import (
	"time"

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

// Document is the JSON of what the policies see of m.
func (e *Engine) Document(m graph.Model) ([]byte, error) {
	in, err := input(m)
	if err == nil {
		err = e.withParameters(in)
	}
	if err != nil {
		return nil, err
	}
	return toJSON(in.Value)
}

// Limit is the engine with other limits.
func (e *Engine) Limit(time time.Duration, memory, answer int64) *Engine {
	out := *e
	out.limits = limits{time, memory, answer}
	return &out
}
