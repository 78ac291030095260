// Package audit runs an audit: collect, read, build, judge, each once. A live
// run is a collection followed by the same reading as a replay, so both say the
// same, to the byte.
package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/routeproof/routeproof/internal/evidence"
)

// A Collector fetches one source and stores what it answered.
//
// An unreachable source or a failing call is not an error but an evidence item
// that says so; the error result is for bugs, for evidence that cannot be
// written, and for ctx being done. Collect is called from one goroutine.
type Collector interface {
	Collect(ctx context.Context, w *evidence.Writer) error
}

// Collect makes the evidence directory dir from all collectors at once. Nothing
// appears under dir unless every collector ended without error. m brings the
// tool, the policy digest, the scope and the history; the times are filled in from
// now. With a key the evidence is sealed.
func Collect(ctx context.Context, dir string, cs []Collector, m evidence.Manifest, key *evidence.SigningKey, now func() time.Time) error {
	w, err := evidence.Create(dir)
	if err != nil {
		return err
	}
	defer w.Abort()
	w.SealWith(key)
	m.Started = now()
	errs := make([]error, len(cs))
	var wg sync.WaitGroup
	for i, c := range cs {
		wg.Go(func() { errs[i] = c.Collect(ctx, w) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("collect: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("collect: %w", err)
	}
	m.Finished = now()
	return w.Close(m)
}
