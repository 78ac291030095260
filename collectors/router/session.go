package router

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/scrapli/scrapligo/driver/network"
	"github.com/scrapli/scrapligo/driver/opoptions"
	"github.com/scrapli/scrapligo/driver/options"
	scrapli "github.com/scrapli/scrapligo/platform"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// definition is scrapligo's description of a router with a single privilege
// level: no command that changes the level exists, so none can be sent.
const definition = `---
platform-type: 'routeproof'
default:
  driver-type: 'network'
  privilege-levels:
    readonly:
      name: 'readonly'
      pattern: '(?m)^[\w.\-@/:]{1,63}[>#][ \t]?$'
      previous-priv:
      deescalate:
      escalate:
      escalate-auth: false
      escalate-prompt:
  default-desired-privilege-level: 'readonly'
  network-on-open:
    - operation: 'acquire-priv'
`

// session is an open shell on a router. It sends the platform's own commands
// and nothing else.
type session struct {
	*link
	driver   *network.Driver
	platform platform
	prompt   string
}

// connect logs in, retrying the connection once, learns the exact prompt and
// turns paging off.
func (c *Collector) connect(ctx context.Context) (*session, error) {
	l, err := dial(ctx, c.device)
	if err != nil && strings.HasPrefix(err.Error(), "connecting to ") && ctx.Err() == nil {
		l, err = dial(ctx, c.device)
	}
	if err != nil {
		return nil, err
	}
	s := &session{link: l, platform: c.platform}
	if err := s.open(); err != nil {
		_ = l.Close()
		return nil, err
	}
	return s, nil
}

func (s *session) open() error {
	p, err := scrapli.NewPlatform([]byte(definition), s.device.Address,
		options.WithCustomTransport(s.link), options.WithTimeoutOps(s.device.CommandTimeout),
		options.WithReadDelay(time.Microsecond), options.WithTransportReadSize(65535))
	if err != nil {
		return fmt.Errorf("opening a shell: %w", err)
	}
	if s.driver, err = p.GetNetworkDriver(); err != nil {
		return fmt.Errorf("opening a shell: %w", err)
	}
	if err := s.driver.Open(); err != nil {
		return fmt.Errorf("opening a shell: %w", err)
	}
	first, err := s.driver.GetPrompt()
	if err != nil {
		return fmt.Errorf("learning the prompt: %w", err)
	}
	second, err := s.driver.GetPrompt()
	if err != nil {
		return fmt.Errorf("learning the prompt: %w", err)
	}
	if first != second || strings.TrimSpace(first) == "" {
		return fmt.Errorf("learning the prompt: the router showed %q and then %q", first, second)
	}
	// A pattern that fits any prompt also fits rows and banners, and ends a
	// command there without an error. This one fits the prompt itself, at the
	// very end only.
	s.prompt = strings.TrimSpace(first)
	s.driver.Channel.PromptPattern = regexp.MustCompile(`(?:\A|\n)` + regexp.QuoteMeta(s.prompt) + `[ \t]*\z`)
	for _, cmd := range s.platform.setup {
		if a := s.send(cmd); a.status != snapshot.Empty {
			return fmt.Errorf("%s: the router answered %q, so output may stop at a page's end", cmd, a.text)
		}
	}
	return nil
}

// ask sends one of the platform's commands.
func (s *session) ask(ctx context.Context, command string) answer {
	if !slices.Contains(s.platform.commands, command) || strings.ContainsAny(command, ";|\n\r") {
		return answer{status: snapshot.Error, detail: fmt.Sprintf("%q is not a command of this platform and was not sent", command), at: s.device.Now()}
	}
	if err := ctx.Err(); err != nil {
		return answer{status: snapshot.Timeout, detail: "not asked: " + err.Error(), at: s.device.Now(), broken: true}
	}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	return s.send(command)
}

// send sends a command and takes its output from the transcript: everything
// between the echo of the command and the prompt that ends it.
func (s *session) send(command string) answer {
	s.take()
	a := answer{at: s.device.Now()}
	_, err := s.driver.SendCommand(command, opoptions.WithNoStripPrompt(), opoptions.WithExactMatchInput())
	a.took = s.device.Now().Sub(a.at)
	raw, dropped := s.take()
	text, whole := s.output(command, normal(raw))
	a.text = []byte(text)
	switch {
	case err != nil && dropped:
		a.status, a.detail, a.broken = snapshot.Partial, "the router closed the session before the output was complete", true
	case err != nil && len(text) > 0:
		a.status, a.detail, a.broken = snapshot.Partial, "the output did not end: "+firstLine(err), true
	case err != nil:
		a.status, a.detail, a.broken = snapshot.Timeout, "no answer: "+firstLine(err), true
	case !whole:
		a.status, a.detail, a.broken = snapshot.Partial, "the output does not stand between the command's echo and the prompt", true
	default:
		a.status, a.detail = s.judge(text)
	}
	return a
}

// output cuts the echo and the prompt off a transcript.
func (s *session) output(command, text string) (string, bool) {
	_, after, ok := strings.Cut(text, command)
	if !ok {
		return text, false
	}
	_, after, ok = strings.Cut(after, "\n")
	if !ok {
		return "", false
	}
	end := strings.TrimRight(after, " \t")
	if end == s.prompt {
		return "", true
	}
	body, ok := strings.CutSuffix(end, "\n"+s.prompt)
	if !ok {
		return after, false
	}
	return body + "\n", true
}

// judge reads the status off complete output.
func (s *session) judge(text string) (snapshot.Status, string) {
	if strings.TrimSpace(text) == "" {
		return snapshot.Empty, "the router printed nothing"
	}
	if strings.Contains(text, "--More--") {
		return snapshot.Partial, "the router paged its output although paging was turned off"
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, f := range s.platform.failed {
			if strings.HasPrefix(line, f) {
				return snapshot.Error, "the router refused the command: " + line
			}
		}
		if strings.Contains(strings.ToLower(line), "authorization failed") && strings.HasPrefix(line, "%") {
			return snapshot.Denied, "the account may not run the command: " + line
		}
	}
	return snapshot.OK, ""
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func (s *session) close() { _ = s.Close() }
