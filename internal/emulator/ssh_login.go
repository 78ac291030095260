package emulator

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"
)

// SSHQuestion is a question of keyboard-interactive authentication, and the
// answer that it wants.
type SSHQuestion struct {
	Text   string
	Echo   bool
	Answer string
}

// authenticator is the server's side of logging in.
func (s *SSH) authenticator() *ssh.ServerConfig {
	cfg := s.cfg
	server := &ssh.ServerConfig{Config: cfg.Crypto}
	refused := errors.New("refused")
	if cfg.Password != "" && len(cfg.Questions) == 0 {
		server.PasswordCallback = func(c ssh.ConnMetadata, pw []byte) (*ssh.Permissions, error) {
			s.try()
			if c.User() != cfg.User || string(pw) != cfg.Password {
				return nil, refused
			}
			return &ssh.Permissions{}, nil
		}
		// As most servers do, the same password is taken either way.
		cfg.Questions = []SSHQuestion{{Text: "Password: ", Answer: cfg.Password}}
	}
	if len(cfg.Questions) > 0 {
		server.KeyboardInteractiveCallback = func(c ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			if s.interview(cfg.Questions, ask) && c.User() == cfg.User {
				return &ssh.Permissions{}, nil
			}
			return nil, refused
		}
	}
	if cfg.Key != nil || cfg.UserCA != nil {
		server.PublicKeyCallback = s.publicKey()
	}
	return server
}

// publicKey takes the user's key, and certificates of the authority for him.
func (s *SSH) publicKey() func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
	same := func(a, b ssh.PublicKey) bool { return a != nil && string(a.Marshal()) == string(b.Marshal()) }
	checker := ssh.CertChecker{
		IsUserAuthority: func(ca ssh.PublicKey) bool { return same(s.cfg.UserCA, ca) },
		UserKeyFallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if !same(s.cfg.Key, key) {
				return nil, errors.New("refused")
			}
			return &ssh.Permissions{}, nil
		},
	}
	return func(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if c.User() != s.cfg.User {
			return nil, errors.New("refused")
		}
		return checker.Authenticate(c, key)
	}
}

func (s *SSH) try() {
	s.mu.Lock()
	s.tried++
	s.mu.Unlock()
}

// interview asks all questions at once and reports whether the answers are right.
func (s *SSH) interview(questions []SSHQuestion, ask ssh.KeyboardInteractiveChallenge) bool {
	texts, echos := make([]string, len(questions)), make([]bool, len(questions))
	for i, q := range questions {
		texts[i], echos[i] = q.Text, q.Echo
	}
	answers, err := ask("", "", texts, echos)
	if err != nil || len(answers) != len(questions) {
		return false
	}
	s.try()
	for i, q := range questions {
		if answers[i] != q.Answer {
			return false
		}
	}
	return true
}

// hello greets and prompts.
func (s *SSH) hello(send func([]byte) bool) bool {
	texts := s.cfg.Hello
	if len(texts) == 0 {
		texts = []string{"\r\nHello, this is " + s.cfg.Name + ".\r\n\r\n"}
	}
	for _, text := range append(slices.Clip(texts), s.cfg.Prompt) {
		time.Sleep(s.cfg.Slow)
		if !send([]byte(text)) {
			return false
		}
	}
	return true
}

// forward connects a client to where it wants (RFC 4254 section 7.2).
func (s *SSH) forward(nc ssh.NewChannel) {
	var to struct {
		Host       string
		Port       uint32
		Originator string
		From       uint32
	}
	if nc.ChannelType() != "direct-tcpip" || ssh.Unmarshal(nc.ExtraData(), &to) != nil {
		_ = nc.Reject(ssh.UnknownChannelType, "only forwarding here")
		return
	}
	address := net.JoinHostPort(to.Host, strconv.FormatUint(uint64(to.Port), 10))
	up, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(context.Background(), "tcp", address)
	if err != nil {
		_ = nc.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	defer up.Close()
	ch, requests, err := nc.Accept()
	if err != nil {
		return
	}
	s.wg.Go(func() { ssh.DiscardRequests(requests) })
	s.wg.Go(func() {
		_, _ = io.Copy(up, ch)
		_ = up.Close()
	})
	_, _ = io.Copy(ch, up)
	_ = ch.Close()
}

// writer sends what is written to it.
type writer func([]byte) bool

// Write sends p.
func (w writer) Write(p []byte) (int, error) {
	if !w(p) {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}
