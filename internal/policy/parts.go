package policy

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/routeproof/routeproof/internal/graph"
)

// document is what policies see of a model: whole, and in parts that have some of
// its classes each and everything else.
//
// A policy that judges each class by itself says so (custom.each: class) and is then
// evaluated on the parts: several at once, and with the other ones that do, so that
// what a library finds out about a class is found out once. What it answers is the
// same, which a test holds for every such policy.
type document struct {
	whole ast.Object
	parts []ast.Value
}

// classesAPart bounds what one query holds in memory at a time. Much smaller parts
// cost time for starting, much larger ones leave processors without work.
const classesAPart = 1000

// document builds the document of m, with parts of no more than size classes.
func (e *Engine) document(m graph.Model, size int) (document, error) {
	lists, err := lists(m.Classes, size)
	if err != nil {
		return document{}, err
	}
	m.Classes = nil
	rest, err := input(m)
	if err == nil {
		err = e.withParameters(rest)
	}
	if err != nil {
		return document{}, err
	}
	others, _ := rest.Value.(ast.Object)
	with := func(classes []*ast.Term) ast.Object {
		out := ast.NewObject()
		others.Foreach(func(key, value *ast.Term) {
			if key.Value.Compare(ast.String("classes")) != 0 {
				out.Insert(key, value)
			}
		})
		out.Insert(ast.StringTerm("classes"), ast.ArrayTerm(classes...))
		return out
	}
	d := document{whole: with(slices.Concat(lists...))}
	for _, list := range lists {
		d.parts = append(d.parts, with(list))
	}
	return d, nil
}

// lists are the terms of classes, size at a time.
func lists(classes []graph.Class, size int) ([][]*ast.Term, error) {
	chunks := slices.Collect(slices.Chunk(classes, size))
	if len(chunks) == 0 {
		chunks = [][]graph.Class{nil}
	}
	out, errs := make([][]*ast.Term, len(chunks)), make([]error, len(chunks))
	atOnce(len(chunks), func(i int) {
		b := newBuilder()
		for _, c := range chunks[i] {
			t, err := b.value(reflect.ValueOf(c))
			errs[i] = errors.Join(errs[i], err)
			out[i] = append(out[i], t)
		}
	})
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("input of the policies: classes: %w", err)
	}
	return out, nil
}

// atOnce calls f for 0 to n-1, as many at once as there are processors.
func atOnce(n int, f func(int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// byClass are the answers, by policy, of the program's own policies that judge each
// class by itself. There are none where one of them breaks or takes too long: which
// one it is shows when each is evaluated alone.
func (e *Engine) byClass(ctx context.Context, parts []ast.Value, at time.Time) map[string]answer {
	ctx, cancel := context.WithTimeout(ctx, e.limits.time)
	defer cancel()
	var ids, packages []string
	for _, p := range e.policies {
		if p.each && !p.own {
			ids, packages = append(ids, p.meta.ID), append(packages, p.path)
		}
	}
	q, err := query(ctx, e.compiler, packages...)
	if err != nil || len(packages) == 0 {
		return nil
	}
	answers, errs := make([][]answer, len(parts)), make([]error, len(parts))
	atOnce(len(parts), func(i int) {
		answers[i], errs[i] = answersOf(ctx, q, parts[i], at, len(packages))
	})
	if errors.Join(errs...) != nil {
		return nil
	}
	out := make(map[string]answer, len(ids))
	for i, id := range ids {
		var sum answer
		for _, a := range answers {
			sum.Applicable = append(sum.Applicable, a[i].Applicable...)
			sum.Violations = append(sum.Violations, a[i].Violations...)
			sum.Undetermined = append(sum.Undetermined, a[i].Undetermined...)
		}
		out[id] = sum
	}
	return out
}
