package azure

import (
	"sync"

	"github.com/routeproof/routeproof/internal/evidence"
)

// maxWrites is how many answers are redacted and written at once. A call does
// not wait for the answers of others to be written, unless there are that many.
const maxWrites = 16

// storage writes evidence beside the calls.
type storage struct {
	w     *evidence.Writer
	slots chan struct{}
	wg    sync.WaitGroup

	mu  sync.Mutex // guards err
	err error
}

func newStorage(w *evidence.Writer) *storage {
	return &storage{w: w, slots: make(chan struct{}, maxWrites)}
}

// add stores data as item, soon. The error is that of something added before.
// data must not be changed any more.
func (s *storage) add(item evidence.Item, data []byte) error {
	s.slots <- struct{}{}
	s.wg.Go(func() {
		defer func() { <-s.slots }()
		if err := s.w.Add(item, data); err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.err = err
		}
	})
	return s.failed()
}

func (s *storage) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// wait waits until all is stored.
func (s *storage) wait() error {
	s.wg.Wait()
	return s.failed()
}
