package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	return e.evaluate(ctx, m, at, classesAPart)
}

// evaluate judges m in parts of no more than size classes.
func (e *Engine) evaluate(ctx context.Context, m graph.Model, at time.Time, size int) ([]finding.Finding, error) {
	doc, err := e.document(m, size)
	if err != nil {
		return nil, err
	}
	run := e.runner(doc.whole, e.byClass(ctx, doc.parts, at), at)
	model := index(m)
	found := make([][]finding.Finding, len(e.policies))
	atOnce(len(e.policies), func(i int) {
		found[i] = advise(e.policies[i].meta.EffectiveOn, at, e.policies[i].judge(ctx, run, model))
		finding.Sort(found[i])
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return merge(found), nil
}

// merge is [finding.Sort] of all findings, of which each policy's are sorted: those
// of one policy with one outcome and severity stay together.
func merge(found [][]finding.Finding) []finding.Finding {
	var runs [][]finding.Finding
	for _, fs := range found {
		for len(fs) > 0 {
			n := slices.IndexFunc(fs, func(f finding.Finding) bool { return f.Outcome != fs[0].Outcome || f.Severity != fs[0].Severity })
			if n < 0 {
				n = len(fs)
			}
			runs, fs = append(runs, fs[:n]), fs[n:]
		}
	}
	slices.SortFunc(runs, func(a, b []finding.Finding) int { return finding.Compare(a[0], b[0]) })
	return slices.Concat(runs...)
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

// runner evaluates policies against one input, within the limits, where their
// answers are not known.
func (e *Engine) runner(in ast.Value, known map[string]answer, at time.Time) runner {
	asJSON := sync.OnceValues(func() ([]byte, error) { return toJSON(in) })
	return func(ctx context.Context, p policy) (answer, error) {
		if p.clock && at.IsZero() { // OPA would give it the time of now
			return answer{}, errors.New("it asks what time it is, and the evidence does not say when it was collected")
		}
		if a, ok := known[p.meta.ID]; ok {
			return a, nil
		}
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

// answerOf evaluates the three rules of one policy.
func answerOf(ctx context.Context, q rego.PreparedEvalQuery, in ast.Value, at time.Time) (answer, error) {
	as, err := answersOf(ctx, q, in, at, 1)
	if err != nil {
		return answer{}, err
	}
	return as[0], nil
}

// answersOf evaluates the three rules of each of n policies. Undefined rules give no
// answers, of which decode makes an error.
func answersOf(ctx context.Context, q rego.PreparedEvalQuery, in ast.Value, at time.Time, n int) (as []answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	rs, err := q.Eval(ctx, rego.EvalParsedInput(in), rego.EvalTime(at))
	if err != nil {
		return nil, err
	}
	var vars rego.Vars
	if len(rs) == 1 {
		vars = rs[0].Bindings
	}
	as = make([]answer, n)
	for i := range as {
		if as[i], err = decode(vars, strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	return as, nil
}
