package policy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
)

// limits bound the evaluation of one policy.
type limits struct {
	time time.Duration
	// memory is in bytes, beyond those of the input; answer is the size of the
	// answer's JSON. Both hold for policies that are evaluated apart.
	memory, answer int64
}

func defaultLimits() limits {
	return limits{time: 2 * time.Minute, memory: 1 << 30, answer: 64 << 20}
}

// Apart is the engine with users' policies evaluated in processes of their own: one
// that loops is killed at the deadline, one that needs more than 1 GiB of memory
// beyond its input ends its own process and no other, and an answer of more than
// 64 MiB is not read. The built-in policies, those of the first file system given
// to [Load], are not evaluated apart.
//
// command makes the process, which must call [Judge] with its standard input and
// output. It gets no environment.
func (e *Engine) Apart(command func(context.Context) *exec.Cmd) *Engine {
	out := *e
	out.command = command
	return &out
}

// job is what a process apart is asked, and verdict what it says.
type job struct {
	Package string
	Modules map[string]string
	At      time.Time
	Memory  int64
}

type verdict struct {
	Answer *answer
	Broken string
}

// apart has a policy evaluated by a process. The job and the input are two JSON
// documents on its standard input, the verdict is one on its standard output.
func (e *Engine) apart(ctx context.Context, p policy, input func() ([]byte, error), at time.Time) (answer, error) {
	in, err := input()
	if err != nil {
		return answer{}, err
	}
	asked, err := json.Marshal(job{Package: p.meta.Package, Modules: e.modules, At: at, Memory: e.limits.memory})
	if err != nil {
		return answer{}, err
	}
	cmd := e.command(ctx)
	stdout, stderr := capped{max: e.limits.answer}, capped{max: 4 << 10}
	cmd.Env, cmd.WaitDelay = []string{}, time.Second
	cmd.Stdin, cmd.Stdout, cmd.Stderr = io.MultiReader(bytes.NewReader(asked), bytes.NewReader(in)), &stdout, &stderr
	err = cmd.Run()
	if stdout.over {
		return answer{}, fmt.Errorf("its answer is larger than %d bytes", e.limits.answer)
	}
	dec := json.NewDecoder(&stdout.text)
	dec.DisallowUnknownFields()
	var v verdict
	if broken := dec.Decode(&v); broken != nil || v.Answer == nil && v.Broken == "" {
		first, _, _ := strings.Cut(strings.TrimSpace(stderr.text.String()), "\n")
		return answer{}, fmt.Errorf("its process gave no answer (%w): %s", errors.Join(err, broken), first)
	}
	if v.Broken != "" {
		return answer{}, errors.New(v.Broken)
	}
	return *v.Answer, nil
}

// capped keeps the first bytes that are written to it. What is more fails, which
// ends the process that writes.
type capped struct {
	text bytes.Buffer
	max  int64
	over bool
}

func (c *capped) Write(p []byte) (int, error) {
	if int64(c.text.Len()+len(p)) > c.max {
		c.over = true
		return 0, errors.New("too long")
	}
	return c.text.Write(p)
}

// toJSON is an input as a document.
func toJSON(in ast.Value) ([]byte, error) {
	v, err := ast.JSON(in)
	if err != nil {
		return nil, fmt.Errorf("input of the policies: %w", err)
	}
	return json.Marshal(v)
}
