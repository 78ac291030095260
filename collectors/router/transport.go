package router

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/scrapli/scrapligo/transport"
	"golang.org/x/crypto/ssh"
)

// The times that a link waits for more.
const (
	// settle is how long a router must be silent to have finished saying hello.
	settle = 100 * time.Millisecond
	// linger is how long it must be silent at something that may be an end: a
	// pager's mark, or a prompt behind other text on its line.
	linger = time.Second
)

// link is scrapligo's transport on x/crypto/ssh.
//
// scrapligo searches everything it has read for a prompt, after every read, and
// keeps all of it; a full table takes it minutes, and a row that looks like a
// prompt ends it. So the link records the output itself, byte for byte, finds the
// exact prompt, and shows scrapligo the end of an output only.
type link struct {
	*line
	idle   time.Duration
	stdin  io.WriteCloser
	chunks chan []byte // what the router sent; closed when it hung up
	spare  chan []byte
	wake   chan struct{} // the mode has changed
	done   chan struct{}
	once   sync.Once

	mu     sync.Mutex // guards the rest
	mode   mode
	tape   *tape // of the command that runs, or nil
	alive  bool
	reason error // why nothing more can be read
}

// mode is what a link waits for.
type mode int

const (
	greeting mode = iota // silence, then everything that came is shown
	typing               // anything: it is an echo
	running              // the end of an output
)

func newLink(l *line, idle time.Duration) *link {
	return &link{line: l, idle: idle, chunks: make(chan []byte), spare: make(chan []byte, 4), wake: make(chan struct{}, 1), done: make(chan struct{})}
}

// Open starts the shell: scrapligo calls it once.
func (l *link) Open(a *transport.Args) error {
	s, err := l.client.NewSession()
	if err != nil {
		return err
	}
	if l.stdin, err = s.StdinPipe(); err != nil {
		return err
	}
	stdout, err := s.StdoutPipe()
	if err != nil {
		return err
	}
	// A dumb terminal gets no colours, and the widest line that all platforms
	// take keeps an echo from being wrapped.
	if err := s.RequestPty("dumb", a.TermHeight, a.TermWidth, ssh.TerminalModes{ssh.ECHO: 1}); err != nil {
		return err
	}
	if err := s.Shell(); err != nil {
		return err
	}
	l.mu.Lock()
	l.alive = true
	l.mu.Unlock()
	go l.pump(stdout) // ends with the connection, which Close closes
	return nil
}

// pump reads what the router sends.
func (l *link) pump(stdout io.Reader) {
	defer close(l.chunks)
	for {
		var b []byte
		select {
		case b = <-l.spare:
		default:
			b = make([]byte, 64<<10)
		}
		n, err := stdout.Read(b)
		if n > 0 {
			select {
			case l.chunks <- b[:n]:
			case <-l.done:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Close ends the connection. It may be called more than once.
func (l *link) Close() error {
	l.fail(io.ErrClosedPipe)
	return nil
}

// fail closes the connection because of err.
func (l *link) fail(err error) {
	l.mu.Lock()
	if l.reason == nil {
		l.reason = err
	}
	l.alive = false
	l.mu.Unlock()
	l.once.Do(func() {
		close(l.done)
		l.close()
	})
}

// failure is why nothing more can be read; nil while it can.
func (l *link) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reason
}

// IsAlive reports whether the session is open.
func (l *link) IsAlive() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.alive
}

// record makes t the tape of what comes next; nil stops recording. The caller
// owns the tape that was there.
func (l *link) record(t *tape) {
	l.mu.Lock()
	l.tape, l.mode = t, typing
	l.mu.Unlock()
	l.wakeUp()
}

// wakeUp makes Read look at the mode again.
func (l *link) wakeUp() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Write sends to the router. After the line feed of a command that is recorded,
// its output is waited for.
func (l *link) Write(b []byte) error {
	l.mu.Lock()
	if l.tape != nil {
		l.mode = typing
		if len(b) == 1 && b[0] == '\n' {
			l.mode = running
		}
	}
	l.mu.Unlock()
	l.wakeUp()
	_, err := l.stdin.Write(b)
	return err
}

// Read returns what scrapligo has to see of what came next. Its error is always
// io.EOF; failure says why.
func (l *link) Read(int) ([]byte, error) {
	var hello []byte
	for {
		m, end, recording := l.state()
		timer := time.NewTimer(l.patience(m, end, len(hello) > 0))
		select {
		case b, ok := <-l.chunks:
			timer.Stop()
			if !ok {
				l.fail(errDropped)
				return nil, io.EOF
			}
			show, done := l.take(b)
			switch {
			case m == greeting:
				hello = tail(append(hello, show...), hold)
			case done:
				return show, nil
			}
		case <-timer.C:
			switch {
			case m == greeting && len(hello) > 0:
				return hello, nil
			case !recording:
			case end == glued:
				return l.prompted(), nil
			case end == paging:
				l.fail(errPaged)
				return nil, io.EOF
			default:
				l.fail(silence{l.idle})
				return nil, io.EOF
			}
		case <-l.wake:
			timer.Stop()
		case <-l.done:
			timer.Stop()
			return nil, io.EOF
		}
	}
}

// state is what is waited for, how what came so far ends, and whether a command is
// under way.
func (l *link) state() (m mode, end ending, recording bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mode != running {
		return l.mode, open, l.tape != nil
	}
	return l.mode, l.tape.at(), true
}

// patience is how long to wait for more.
func (l *link) patience(m mode, end ending, greeted bool) time.Duration {
	switch {
	case m == greeting && greeted:
		return settle
	case m == running && (end == glued || end == paging):
		return linger
	}
	return l.idle
}

// take records b and gives it back. It returns what to show scrapligo and whether
// there is anything.
func (l *link) take(b []byte) (show []byte, done bool) {
	l.mu.Lock()
	if l.tape != nil {
		l.tape.write(b)
	}
	m, full := l.mode, l.tape != nil && (l.tape.full || l.tape.err != nil)
	end := m == running && l.tape.at() == exact
	show = append(show, tail(b, headSize)...)
	l.mu.Unlock()
	select {
	case l.spare <- b[:cap(b)]:
	default:
	}
	if full {
		l.fail(errLong)
	}
	if end {
		return l.prompted(), true
	}
	return show, m != running
}

// prompted ends an output: scrapligo is shown the prompt.
func (l *link) prompted() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mode = typing
	if l.tape == nil {
		return nil // the command was given up meanwhile
	}
	return []byte("\n" + l.tape.prompt)
}

// silence says that nothing came for a time.
type silence struct{ time.Duration }

func (s silence) Error() string {
	return fmt.Sprintf("nothing came for %s", s.Duration)
}
