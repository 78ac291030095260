package router

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/scrapli/scrapligo/driver/generic"
	"github.com/scrapli/scrapligo/driver/opoptions"
	"github.com/scrapli/scrapligo/driver/options"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// Why a session ended.
var (
	errDropped = errors.New("the router closed the session")
	errPaged   = errors.New("the router paged its output although paging was turned off")
	errLong    = errors.New("the output is too long")
)

// session is an open shell on a router. It sends the platform's own commands and
// nothing else: scrapligo's generic driver knows no privilege levels, so there is
// no command in it that could change one.
type session struct {
	*link
	device   Device
	driver   *generic.Driver
	platform platform
	prompt   string
}

// connect logs in, learns the exact prompt and turns paging off.
func (c *Collector) connect(ctx context.Context) (*session, error) {
	l, err := c.device.redial(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{link: newLink(l, c.device.IdleTimeout), device: c.device, platform: c.platform}
	stop := context.AfterFunc(ctx, func() { s.fail(ctx.Err()) })
	defer stop()
	if err := s.open(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) open() error {
	driver, err := generic.NewDriver(s.device.Address,
		options.WithCustomTransport(s.link), options.WithTimeoutOps(s.device.ConnectTimeout),
		options.WithTermWidth(511), options.WithPromptPattern(regexp.MustCompile(`(?:\A|\n)[^\n]*[>#$%][ \t]*\z`)))
	if err != nil {
		return fmt.Errorf("opening a shell: %w", err)
	}
	s.driver = driver
	if err := driver.Open(); err != nil {
		return fmt.Errorf("opening a shell: %w", err)
	}
	if err := s.learn(); err != nil {
		return err
	}
	for _, cmd := range s.platform.setup {
		if err := s.setUp(cmd); err != nil {
			return err
		}
	}
	return nil
}

// learn finds out the exact prompt. A pattern that fits any prompt also fits rows
// and banners, and ends a command there without an error; from now on the prompt
// itself is searched for, at the very end only. It is learned when two answers to
// an empty line agree: what came before may be a banner.
func (s *session) learn() error {
	last := ""
	for range 6 {
		got, err := s.driver.Channel.GetPrompt()
		if err != nil {
			return fmt.Errorf("learning the prompt: %w", s.why(err))
		}
		if i := bytes.LastIndexByte(got, '\n'); i >= 0 {
			got = got[i:]
		}
		prompt := string(clean(got))
		if prompt != "" && prompt == last {
			s.prompt = prompt
			s.driver.Channel.PromptPattern = regexp.MustCompile(`(?:\A|\n)` + regexp.QuoteMeta(prompt) + `[ \t]*\z`)
			return nil
		}
		last = prompt
	}
	return fmt.Errorf("learning the prompt: the router does not show the same twice; the last was %s", shown(last))
}

// setUp sends a command that stops the router from paging or wrapping. It may
// print that it did. That it may not wrap wider lines is no reason to stop: rows
// are read in either form.
func (s *session) setUp(command string) error {
	a := s.send(command, io.Discard, nil)
	switch {
	case a.broken:
		return refusal{a.status, command + ": " + a.detail}
	case a.status == snapshot.OK, a.status == snapshot.Empty, !strings.Contains(command, "length"):
		return nil
	}
	return refusal{a.status, fmt.Sprintf("%s: %s, so output would stop at a page's end: routeproof router-role %s prints what the account needs",
		command, a.detail, s.platform.name)}
}

// ask sends one of the platform's commands, and then its check, and writes what
// the command printed to out.
func (s *session) ask(ctx context.Context, command string, out io.Writer) answer {
	a := answer{status: snapshot.Error, at: s.device.Now()}
	if err := ctx.Err(); err != nil {
		a.status, a.detail, a.broken = snapshot.Timeout, "not asked: "+err.Error(), true
		return a
	}
	stop := context.AfterFunc(ctx, func() { s.fail(ctx.Err()) })
	defer stop()
	c := s.platform.check()
	return s.send(command, out, &c)
}

// answer is what a command brought, but for its text.
type answer struct {
	status snapshot.Status
	detail string
	at     time.Time
	took   time.Duration
	head   []byte // the start of the text
	broken bool   // the session cannot be used any more
	err    error  // of writing the text
}

// send sends a command, and the check after it where there is one. What stands
// between the echo of the command and the prompt goes to out.
func (s *session) send(command string, out io.Writer, then *check) answer {
	a := answer{status: snapshot.Error, at: s.device.Now()}
	if err := s.platform.allow(command); err != nil {
		a.detail = err.Error()
		return a
	}
	t := newTape(s.prompt, command, out, s.device.MaxBytes)
	s.record(t)
	err := s.run(command)
	if err == nil && then != nil {
		err = s.run(then.command)
	}
	s.record(nil)
	a.took = s.device.Now().Sub(a.at)
	whole, instead := false, ""
	switch {
	case err != nil && t.at() == exact: // the prompt came, but not what shows that it was the end
		t.end()
		err = fmt.Errorf("it could not be shown to be whole: %w", err)
	case err == nil && then != nil:
		whole, instead = t.endBefore(*then)
	case err == nil:
		whole = t.end()
	}
	last := bytes.Clone(tail(t.held, headSize))
	a.err = t.finish()
	a.head = t.head
	switch {
	case err != nil:
		a.broken = true
		a.status, a.detail = cutOff(err, t.size)
	case !whole:
		a.broken, a.status = true, snapshot.Partial
		a.detail = "the output cannot be shown to be whole: after the prompt came " + shown(instead)
		if then != nil {
			a.detail += ", not the answer to " + then.command
		}
	default:
		a.status, a.detail = s.judge(t, last)
	}
	return a
}

// run sends a command and waits for the exact prompt.
func (s *session) run(command string) error {
	_, err := s.driver.SendCommand(command, opoptions.WithNoStripPrompt(), opoptions.WithExactMatchInput(),
		opoptions.WithTimeoutOps(s.device.CommandTimeout))
	if err != nil {
		return s.why(err)
	}
	return nil
}

// why prefers the link's own reason to scrapligo's, which only sees that nothing
// more comes.
func (s *session) why(err error) error {
	if reason := s.failure(); reason != nil {
		return reason
	}
	return errors.New(firstLine(err))
}

// cutOff is the status of an output that has no end.
func cutOff(err error, size int64) (snapshot.Status, string) {
	switch {
	case errors.Is(err, errPaged):
		return snapshot.Partial, err.Error()
	case errors.Is(err, errLong):
		return snapshot.Partial, fmt.Sprintf("the output is longer than %d bytes and was cut there", size)
	case errors.Is(err, errDropped) && size > 0:
		return snapshot.Partial, "the output is not whole: " + err.Error()
	case size > 0:
		return snapshot.Partial, "the output did not end: " + err.Error()
	case errors.Is(err, errDropped):
		return snapshot.Error, err.Error() + " without an answer"
	}
	return snapshot.Timeout, "no answer: " + err.Error()
}

// judge reads the status off output that has its end.
func (s *session) judge(t *tape, last []byte) (snapshot.Status, string) {
	if t.more {
		return snapshot.Partial, errPaged.Error()
	}
	if t.size <= headSize && len(bytes.TrimSpace(clean(t.head))) == 0 {
		return snapshot.Empty, "the router printed nothing"
	}
	for l := range bytes.Lines(last) {
		line := string(clean(l))
		switch {
		case t.size > headSize && s.platform.refuses(line):
			return snapshot.Partial, "the router broke off: " + shown(line)
		case denies(line):
			return snapshot.Denied, "the account may not run the command: " + shown(line)
		case s.platform.refuses(line):
			return snapshot.Error, "the router refused the command: " + shown(line)
		}
	}
	return snapshot.OK, ""
}

// shown is text from a router as it may stand in a message: on one line, in
// quotes, without control characters, and not too long.
func shown(text string) string {
	if len(text) > 200 {
		text = text[:200] + "..."
	}
	return fmt.Sprintf("%q", text)
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// close ends the session.
func (s *session) close() {
	s.fail(io.ErrClosedPipe)
	if s.driver != nil {
		_ = s.driver.Close()
	}
}
