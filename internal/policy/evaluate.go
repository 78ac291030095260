package policy

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
)

// Evaluate judges m with every policy and returns the findings in the order of
// [finding.Sort]; equal models and policies make equal findings. at is the only
// time that a policy can see.
//
// Every applicable resource gets one outcome of each policy, a failure for each
// violation. A policy that breaks while it runs is open, with the reason, and
// the others stand. The error names a policy whose answer is not of the form
// that [Load] describes, or judges what it did not call applicable: such a
// policy has a bug, and no outcome of it can be believed.
func (e *Engine) Evaluate(ctx context.Context, m graph.Model, at time.Time) ([]finding.Finding, error) {
	in, err := input(m)
	if err != nil {
		return nil, err
	}
	model := index(m)
	found := make([][]finding.Finding, len(e.policies))
	errs := make([]error, len(e.policies))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(e.policies)) {
		wg.Go(func() {
			for i := range next {
				found[i], errs[i] = e.policies[i].judge(ctx, in.Value, model, at)
			}
		})
	}
	for i := range e.policies {
		next <- i
	}
	close(next)
	wg.Wait()

	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []finding.Finding
	for i, p := range e.policies {
		if errs[i] != nil {
			return nil, fmt.Errorf("policy %s (%s): %w", p.meta.ID, p.meta.Package, errs[i])
		}
		out = append(out, found[i]...)
	}
	finding.Sort(out)
	return out, nil
}

func (p policy) judge(ctx context.Context, in ast.Value, m modelIndex, at time.Time) ([]finding.Finding, error) {
	answers, broken := p.run(ctx, in, at)
	if broken != "" {
		f := p.finding(m, finding.Open, "policy/"+p.meta.ID, "")
		f.Message = "the policy could not be evaluated: " + broken
		return []finding.Finding{f}, nil
	}
	a, err := decode(answers)
	if err != nil {
		return nil, err
	}
	return p.findings(a, m)
}

// run evaluates the three rules. broken is why they could not be, empty when
// they were. Undefined rules give no answers, of which decode makes an error.
func (p policy) run(ctx context.Context, in ast.Value, at time.Time) (answers rego.Vars, broken string) {
	defer func() {
		if r := recover(); r != nil {
			broken = fmt.Sprintf("panic: %v", r)
		}
	}()
	rs, err := p.query.Eval(ctx, rego.EvalParsedInput(in), rego.EvalTime(at))
	if err != nil {
		return nil, err.Error()
	}
	if len(rs) == 1 {
		answers = rs[0].Bindings
	}
	return answers, ""
}
