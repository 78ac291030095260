package policy

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
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
// violation. A policy that breaks while it runs, takes longer than two minutes,
// answers what is not of the form that [Load] describes, or judges what it did not
// call applicable has a bug, and no outcome of it can be believed: it is open, with
// the reason, and the others stand. Of the users' policies, see [Engine.Apart].
func (e *Engine) Evaluate(ctx context.Context, m graph.Model, at time.Time) ([]finding.Finding, error) {
	in, err := input(m)
	if err == nil {
		err = e.withParameters(in)
	}
	if err != nil {
		return nil, err
	}
	run := e.runner(in.Value, at)
	model := index(m)
	found := make([][]finding.Finding, len(e.policies))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(e.policies)) {
		wg.Go(func() {
			for i := range next {
				found[i] = advise(e.policies[i].meta.EffectiveOn, at, e.policies[i].judge(ctx, run, model))
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
	out := slices.Concat(found...)
	finding.Sort(out)
	return out, nil
}

// judge turns the answer that run gets from the policy into findings.
func (p policy) judge(ctx context.Context, run runner, m modelIndex) []finding.Finding {
	a, err := run(ctx, p)
	if err == nil {
		var found []finding.Finding
		if found, err = p.findings(a, m); err == nil {
			return found
		}
	}
	f := p.finding(m, finding.Open, "policy/"+p.meta.ID, "")
	f.Message = fmt.Sprintf("the policy (%s) could not be evaluated: %v", p.meta.Package, err)
	return []finding.Finding{f}
}

// advise marks failures of a policy that is not in effect yet at the time of the
// evidence. When that is not known, the policy is in effect.
func advise(effective string, at time.Time, found []finding.Finding) []finding.Finding {
	if effective == "" || at.IsZero() || at.UTC().Format(time.DateOnly) >= effective {
		return found
	}
	for i := range found {
		if f := &found[i]; f.Outcome == finding.Fail {
			f.Advisory, f.Message = effective, fmt.Sprintf("advisory until %s: %s", effective, f.Message)
		}
	}
	return found
}

// A runner gets a policy's answer. The error is why there is none.
type runner func(context.Context, policy) (answer, error)

// runner evaluates policies against one input, within the limits.
func (e *Engine) runner(in ast.Value, at time.Time) runner {
	asJSON := sync.OnceValues(func() ([]byte, error) { return toJSON(in) })
	return func(ctx context.Context, p policy) (answer, error) {
		late := fmt.Errorf("it took longer than %v", e.limits.time)
		ctx, cancel := context.WithTimeoutCause(ctx, e.limits.time, late)
		defer cancel()
		var a answer
		var err error
		if p.own && e.command != nil {
			a, err = e.apart(ctx, p, asJSON, at)
		} else {
			a, err = answerOf(ctx, p.query, in, at)
		}
		if err != nil && errors.Is(context.Cause(ctx), late) {
			return answer{}, late
		}
		return a, err
	}
}

// answerOf evaluates the three rules. Undefined rules give no answers, of which
// decode makes an error.
func answerOf(ctx context.Context, q rego.PreparedEvalQuery, in ast.Value, at time.Time) (a answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	rs, err := q.Eval(ctx, rego.EvalParsedInput(in), rego.EvalTime(at))
	if err != nil {
		return answer{}, err
	}
	var vars rego.Vars
	if len(rs) == 1 {
		vars = rs[0].Bindings
	}
	return decode(vars)
}
