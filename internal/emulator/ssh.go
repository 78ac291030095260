package emulator

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
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
	UserCA   ssh.PublicKey // signs certificates that are accepted for User

	// Questions are asked of whoever authenticates interactively (RFC 4256).
	Questions []SSHQuestion

	HostKeys []ssh.Signer // empty: a new one, Ed25519
	Crypto   ssh.Config   // the algorithms that are offered; zero: the package's defaults
	// Hello is sent after login, before the prompt, each text in a packet of its
	// own. Empty: a greeting of a line.
	Hello []string
	Slow  time.Duration // before each text of Hello, and before the first prompt
	// Mute routers do not echo what is typed.
	Mute bool
	// Busy is how many connections are closed before the first is accepted.
	Busy int
	// Forward makes a jump host: it forwards connections, and has no shell.
	Forward bool

	// Reply, when set, is asked before FS: what to send, and whether it knows
	// the command at all.
	Reply func(command string) (SSHReply, bool)
}

// SSHReply is the answer to one command. Chunks are sent as they are, each in a
// packet of its own; then Write, where it is set, sends the rest.
type SSHReply struct {
	Chunks [][]byte
	Write  func(io.Writer) error
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
	tried int // passwords and answers that were sent
	busy  int
}

// StartSSH starts a router. Close ends it.
func StartSSH(cfg SSHConfig) (*SSH, error) {
	if len(cfg.HostKeys) == 0 {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("host key: %w", err)
		}
		signer, err := ssh.NewSignerFromKey(private)
		if err != nil {
			return nil, fmt.Errorf("host key: %w", err)
		}
		cfg.HostKeys = []ssh.Signer{signer}
	}
	s := &SSH{HostKey: cfg.HostKeys[0].PublicKey(), cfg: cfg, closed: make(chan struct{}), conns: make(map[net.Conn]bool), busy: cfg.Busy}
	s.server = s.authenticator()
	for _, k := range cfg.HostKeys {
		s.server.AddHostKey(k)
	}
	var err error
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

// Tried is how many passwords and sets of answers were sent.
func (s *SSH) Tried() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tried
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
		busy := s.busy > 0
		s.busy--
		s.conns[conn] = true
		s.mu.Unlock()
		if busy {
			_ = conn.Close()
			continue
		}
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
		if s.cfg.Forward {
			s.wg.Go(func() { s.forward(nc) })
			continue
		}
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
	if !s.hello(send) {
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
			if !s.cfg.Mute && !send(b) {
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
	if r.Write != nil && r.Write(writer(send)) != nil {
		return false
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
	switch {
	case strings.HasPrefix(command, "terminal "), strings.HasPrefix(command, "set cli screen-"):
		return SSHReply{}
	case command == "show clock":
		return SSHReply{Chunks: [][]byte{[]byte("10:11:12.131 UTC Mon Nov 23 2026\r\n")}}
	case command == "show system uptime":
		return SSHReply{Chunks: [][]byte{[]byte("Current time: 2026-11-23 10:11:12 UTC\r\n")}}
	}
	name := "routers/" + s.cfg.Name + "/" + strings.ReplaceAll(command, " ", "_") + ".txt"
	if s.cfg.FS != nil && fs.ValidPath(name) {
		if text, err := fs.ReadFile(s.cfg.FS, name); err == nil {
			return SSHReply{Chunks: [][]byte{[]byte(strings.ReplaceAll(string(text), "\n", "\r\n"))}}
		}
	}
	return SSHReply{Chunks: [][]byte{[]byte("% Unknown command: " + command + "\r\n")}}
}
