package policy

import (
	"context"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
)

// Input is the document that policies see of m.
func Input(m graph.Model) (*ast.Term, error) { return input(m) }

// Break makes the policy panic when it is evaluated.
func (e *Engine) Break(id string) {
	for i := range e.policies {
		if e.policies[i].meta.ID == id {
			e.policies[i].query = rego.PreparedEvalQuery{}
			e.policies[i].each = false
		}
	}
}

// EvaluateInParts is Evaluate with no more than size classes in a part.
func (e *Engine) EvaluateInParts(ctx context.Context, m graph.Model, at time.Time, size int) ([]finding.Finding, error) {
	return e.evaluate(ctx, m, at, size)
}

// Whole is the engine without parts.
func (e *Engine) Whole() *Engine {
	out := *e
	out.policies = slices.Clone(e.policies)
	for i := range out.policies {
		out.policies[i].each = false
	}
	return &out
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
