package emulator

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// SSHConfig is a router to play. Its answers are the files of FS, laid out as
// evidence is: routers/<name>/<command with _ for blanks>.txt.
type SSHConfig struct {
	FS       fs.FS
	Name     string // the folder below routers/
	Prompt   string // such as "R1# "
	User     string
	Password string // empty: no password is accepted
	Key      ssh.PublicKey

	// Reply, when set, is asked before FS: what to send, and whether it knows
	// the command at all.
	Reply func(command string) (SSHReply, bool)
}

// SSHReply is the answer to one command. Chunks are sent as they are, each in a
// packet of its own.
type SSHReply struct {
	Chunks [][]byte
	Pause  time.Duration // before each chunk
	Drop   bool          // close the session after the chunks, without a prompt
	Hang   bool          // never send the prompt
}

// SSH is a router, in process, behind a real SSH server on the loopback.
type SSH struct {
	Addr    string // host:port
	HostKey ssh.PublicKey

	cfg      SSHConfig
	listener net.Listener
	server   *ssh.ServerConfig
	wg       sync.WaitGroup
	closed   chan struct{} // when Close is called
	once     sync.Once

	mu    sync.Mutex // guards the rest
	conns map[net.Conn]bool
	asked []string
}

// StartSSH starts a router. Close ends it.
func StartSSH(cfg SSHConfig) (*SSH, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	s := &SSH{HostKey: signer.PublicKey(), cfg: cfg, server: &ssh.ServerConfig{}, closed: make(chan struct{}), conns: make(map[net.Conn]bool)}
	s.server.AddHostKey(signer)
	refused := errors.New("refused")
	if cfg.Password != "" {
		s.server.PasswordCallback = func(c ssh.ConnMetadata, pw []byte) (*ssh.Permissions, error) {
			if c.User() != cfg.User || string(pw) != cfg.Password {
				return nil, refused
			}
			return &ssh.Permissions{}, nil
		}
	}
	if cfg.Key != nil {
		s.server.PublicKeyCallback = func(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if c.User() != cfg.User || string(key.Marshal()) != string(cfg.Key.Marshal()) {
				return nil, refused
			}
			return &ssh.Permissions{}, nil
		}
	}
	if s.listener, err = (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listening on the loopback: %w", err)
	}
	s.Addr = s.listener.Addr().String()
	s.wg.Go(s.accept)
	return s, nil
}

// KnownHostsLine is the router's line for a known_hosts file.
func (s *SSH) KnownHostsLine() string {
	return knownhosts.Line([]string{knownhosts.Normalize(s.Addr)}, s.HostKey)
}

// Asked are the commands that were sent, in order.
func (s *SSH) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// Close ends every session and waits for it. It may be called more than once.
func (s *SSH) Close() {
	s.once.Do(func() { close(s.closed) })
	_ = s.listener.Close()
	s.mu.Lock()
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

func (s *SSH) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[conn] = true
		s.mu.Unlock()
		s.wg.Go(func() {
			s.serve(conn)
			s.mu.Lock()
			delete(s.conns, conn)
			s.mu.Unlock()
		})
	}
}

func (s *SSH) serve(conn net.Conn) {
	defer conn.Close()
	_, chans, reqs, err := ssh.NewServerConn(conn, s.server)
	if err != nil {
		return
	}
	s.wg.Go(func() { ssh.DiscardRequests(reqs) })
	for nc := range chans {
		if nc.ChannelType() != "session" {
			_ = nc.Reject(ssh.UnknownChannelType, "only sessions here")
			continue
		}
		ch, requests, err := nc.Accept()
		if err != nil {
			return
		}
		shell := make(chan struct{})
		s.wg.Go(func() { answerRequests(requests, shell) })
		s.wg.Go(func() {
			defer ch.Close()
			if _, ok := <-shell; ok {
				s.shell(ch, conn)
			}
		})
	}
}

// answerRequests grants a PTY and a shell. shell gets one value when the client
// asks for it, and is closed at the end.
func answerRequests(requests <-chan *ssh.Request, shell chan<- struct{}) {
	defer close(shell)
	started := false
	for r := range requests {
		ok := r.Type == "pty-req" || r.Type == "shell" || r.Type == "env"
		if r.WantReply {
			_ = r.Reply(ok, nil)
		}
		if r.Type == "shell" && !started {
			started = true
			shell <- struct{}{}
		}
	}
}

// shell echoes what is typed and answers line by line.
func (s *SSH) shell(ch ssh.Channel, conn net.Conn) {
	send := func(b []byte) bool {
		_, err := ch.Write(b)
		return err == nil
	}
	if !send([]byte("\r\nHello, this is " + s.cfg.Name + ".\r\n\r\n" + s.cfg.Prompt)) {
		return
	}
	var line []byte
	b := make([]byte, 1)
	for {
		if _, err := io.ReadFull(ch, b); err != nil {
			return
		}
		if b[0] != '\n' && b[0] != '\r' {
			line = append(line, b[0])
			if !send(b) {
				return
			}
			continue
		}
		command := strings.TrimSpace(string(line))
		line = nil
		if !send([]byte("\r\n")) || !s.answer(send, command, conn) || !send([]byte(s.cfg.Prompt)) {
			return
		}
	}
}

// answer sends what a command prints; false ends the session.
func (s *SSH) answer(send func([]byte) bool, command string, conn net.Conn) bool {
	if command == "" {
		return true
	}
	s.mu.Lock()
	s.asked = append(s.asked, command)
	s.mu.Unlock()
	if command == "exit" {
		return false
	}
	r := s.reply(command)
	for _, c := range r.Chunks {
		time.Sleep(r.Pause)
		if !send(c) {
			return false
		}
	}
	if r.Drop {
		_ = conn.Close()
	}
	if r.Hang {
		<-s.closed
	}
	return !r.Drop && !r.Hang
}

// reply finds what a command prints: a script's answer, a file, or a refusal.
func (s *SSH) reply(command string) SSHReply {
	if s.cfg.Reply != nil {
		if r, ok := s.cfg.Reply(command); ok {
			return r
		}
	}
	if strings.HasPrefix(command, "terminal ") {
		return SSHReply{}
	}
	name := "routers/" + s.cfg.Name + "/" + strings.ReplaceAll(command, " ", "_") + ".txt"
	if s.cfg.FS != nil && fs.ValidPath(name) {
		if text, err := fs.ReadFile(s.cfg.FS, name); err == nil {
			return SSHReply{Chunks: [][]byte{[]byte(strings.ReplaceAll(string(text), "\n", "\r\n"))}}
		}
	}
	return SSHReply{Chunks: [][]byte{[]byte("% Unknown command: " + command + "\r\n")}}
}
