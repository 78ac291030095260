package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// Judge evaluates the policy that in asks for and writes what it answers to out: it
// is all that a process of [Engine.Apart] does. When the policy needs more memory
// than it may, Judge writes that and calls end, which must end the process: nothing
// less takes memory from an evaluation that does not look up from its work.
func Judge(ctx context.Context, in io.Reader, out io.Writer, end func()) error {
	dec := json.NewDecoder(in)
	dec.DisallowUnknownFields()
	var asked job
	if err := dec.Decode(&asked); err != nil {
		return fmt.Errorf("the policy to judge: %w", err)
	}
	input, err := ast.ValueFromReader(io.MultiReader(dec.Buffered(), in))
	if err != nil {
		return fmt.Errorf("the input of %s: %w", asked.Package, err)
	}
	var once sync.Once
	say := func(v verdict) (err error) {
		once.Do(func() { err = json.NewEncoder(out).Encode(v) })
		return err
	}
	done := make(chan struct{})
	defer close(done)
	go watch(asked.Memory, done, func() {
		_ = say(verdict{Broken: fmt.Sprintf("it needs more than %d MiB of memory beyond its input", asked.Memory>>20)})
		end()
	})
	query, err := asked.prepare(ctx)
	if err != nil {
		return say(verdict{Broken: err.Error()})
	}
	a, err := answerOf(ctx, query, input, asked.At)
	if err != nil {
		return say(verdict{Broken: err.Error()})
	}
	return say(verdict{Answer: &a})
}

// prepare compiles the job's policy. That it is strict, and fits the input's
// schema, has been seen by the engine that asks.
func (j job) prepare(ctx context.Context) (rego.PreparedEvalQuery, error) {
	modules := make(map[string]*ast.Module, len(j.Modules))
	for path, text := range j.Modules {
		m, err := ast.ParseModuleWithOpts(path, text, ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: capabilities()})
		if err != nil {
			return rego.PreparedEvalQuery{}, err
		}
		modules[path] = m
	}
	c := ast.NewCompiler().WithCapabilities(capabilities())
	if c.Compile(modules); c.Failed() {
		return rego.PreparedEvalQuery{}, c.Errors
	}
	return query(ctx, c, "data."+j.Package)
}

// watch calls over when what is in use on the heap has grown by more than most
// bytes. It looks a thousand times a second. What was in use the collector knows
// when it has run; it runs before the heap is twice that, so that a heap of more
// than twice the limit is too much, too: an array that is asked for in one piece
// counts before it is filled.
func watch(most int64, done <-chan struct{}, over func()) {
	runtime.GC()
	heap := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(heap)
	limit := heap[0].Value.Uint64() + uint64(most) //nolint:gosec // a limit is positive
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			metrics.Read(heap)
			if heap[0].Value.Uint64() > limit || heap[1].Value.Uint64() > 2*limit {
				over()
				return
			}
		}
	}
}
