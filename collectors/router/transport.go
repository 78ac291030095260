package router

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/scrapli/scrapligo/transport"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"
)

// link is scrapligo's transport on x/crypto/ssh. It keeps what the router sent,
// byte for byte: that is the evidence, scrapligo's own copy is edited.
type link struct {
	device Device
	client *ssh.Client
	stdin  io.WriteCloser
	stdout io.Reader

	fingerprint string

	mu      sync.Mutex // guards the rest
	log     bytes.Buffer
	dropped bool
	alive   bool
}

// dial connects and logs in.
func dial(ctx context.Context, d Device) (*link, error) {
	l := &link{device: d}
	auth, done, err := authentication(d)
	if err != nil {
		return nil, err
	}
	defer done()
	check, algorithms, err := hostKeys(d)
	if err != nil {
		return nil, err
	}
	cfg := &ssh.ClientConfig{
		User: d.User, Auth: auth, Timeout: d.ConnectTimeout, HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(host string, remote net.Addr, key ssh.PublicKey) error {
			l.fingerprint = ssh.FingerprintSHA256(key)
			return check(host, remote, key)
		},
	}
	ctx, cancel := context.WithTimeout(ctx, d.ConnectTimeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", d.Address)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", d.Address, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	c, chans, reqs, err := ssh.NewClientConn(conn, d.Address, cfg)
	if err != nil {
		_ = conn.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("logging in to %s as %s: %w", d.Address, d.User, err)
	}
	l.client = ssh.NewClient(c, chans, reqs)
	return l, nil
}

// authentication is what d offers, the agent first. done releases the agent.
func authentication(d Device) (methods []ssh.AuthMethod, done func(), err error) {
	done = func() {}
	if d.Agent != "" {
		conn, err := (&net.Dialer{Timeout: d.ConnectTimeout}).Dial("unix", d.Agent)
		if err != nil {
			return nil, done, fmt.Errorf("ssh agent: %w", err)
		}
		done = func() { _ = conn.Close() }
		methods = append(methods, ssh.PublicKeysCallback(agent.NewClient(conn).Signers))
	}
	if len(d.Key) > 0 {
		parse := ssh.ParsePrivateKey
		if d.Passphrase != "" {
			parse = func(pem []byte) (ssh.Signer, error) {
				return ssh.ParsePrivateKeyWithPassphrase(pem, []byte(d.Passphrase))
			}
		}
		signer, err := parse(d.Key)
		if err != nil {
			done()
			return nil, func() {}, fmt.Errorf("private key of router %s: %w", d.Name, err)
		}
		methods = append(methods, ssh.PublicKeys(signer))
	}
	if d.Password != "" {
		methods = append(methods, ssh.Password(d.Password), ssh.KeyboardInteractive(
			func(_, _ string, questions []string, _ []bool) ([]string, error) {
				return slices.Repeat([]string{d.Password}, len(questions)), nil
			}))
	}
	if len(methods) == 0 {
		return nil, done, fmt.Errorf("router %s has no credentials: configure key, password or agent", d.Name)
	}
	return methods, done, nil
}

// hostKeys returns the check against known_hosts and the algorithms of the keys
// that it holds for the host: x/crypto would otherwise ask for any, and take a
// key of another type for a changed one (golang/go#29286).
func hostKeys(d Device) (ssh.HostKeyCallback, []string, error) {
	if d.KnownHosts == "" {
		return nil, nil, fmt.Errorf("router %s has no known_hosts file: configure knownHosts", d.Name)
	}
	known, err := knownhosts.New(d.KnownHosts)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, nil, fmt.Errorf("known_hosts %s does not exist: make it with ssh-keyscan and check the fingerprints", d.KnownHosts)
		}
		return nil, nil, fmt.Errorf("known_hosts %s: %w", d.KnownHosts, err)
	}
	check := func(host string, remote net.Addr, key ssh.PublicKey) error {
		err := known(host, remote, key)
		ke, ok := errors.AsType[*knownhosts.KeyError](err)
		switch {
		case !ok:
			return err
		case len(ke.Want) == 0:
			return fmt.Errorf("the host key of %s is not in %s: it is %s %s; if that is the router's, add the line %q",
				host, d.KnownHosts, key.Type(), ssh.FingerprintSHA256(key), knownhosts.Line([]string{knownhosts.Normalize(host)}, key))
		}
		return fmt.Errorf("THE HOST KEY OF %s HAS CHANGED: it is %s %s, and %s line %d has another; find out why before you replace that line",
			host, key.Type(), ssh.FingerprintSHA256(key), ke.Want[0].Filename, ke.Want[0].Line)
	}
	return check, algorithmsFor(known, d.Address), nil
}

// algorithmsFor asks known_hosts for a host with a key that cannot be there:
// the refusal lists the keys that are.
func algorithmsFor(known ssh.HostKeyCallback, address string) []string {
	remote, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		remote = &net.TCPAddr{IP: net.IPv4zero}
	}
	ke, ok := errors.AsType[*knownhosts.KeyError](known(address, remote, noKey{}))
	if !ok {
		return nil
	}
	var out []string
	for _, want := range ke.Want {
		switch t := want.Key.Type(); t {
		case ssh.KeyAlgoRSA:
			out = append(out, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		default:
			out = append(out, t)
		}
	}
	return out
}

// noKey is a public key of no type.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return nil }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }

// Open starts the shell: scrapligo calls it once.
func (l *link) Open(a *transport.Args) error {
	s, err := l.client.NewSession()
	if err != nil {
		return err
	}
	if l.stdin, err = s.StdinPipe(); err != nil {
		return err
	}
	if l.stdout, err = s.StdoutPipe(); err != nil {
		return err
	}
	if err := s.RequestPty("xterm", a.TermHeight, a.TermWidth, ssh.TerminalModes{ssh.ECHO: 1}); err != nil {
		return err
	}
	l.mu.Lock()
	l.alive = true
	l.mu.Unlock()
	return s.Shell()
}

// Close ends the connection.
func (l *link) Close() error {
	l.mu.Lock()
	l.alive = false
	l.mu.Unlock()
	return l.client.Close()
}

// IsAlive reports whether the session is open.
func (l *link) IsAlive() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.alive
}

// Read returns what the router sent next, and keeps it.
func (l *link) Read(n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := l.stdout.Read(b)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.log.Len()+n > l.device.MaxBytes {
		return nil, fmt.Errorf("the output is longer than %d bytes", l.device.MaxBytes)
	}
	l.log.Write(b[:n])
	if err != nil {
		l.dropped = true
	}
	return b[:n], err
}

// Write sends to the router.
func (l *link) Write(b []byte) error {
	_, err := l.stdin.Write(b)
	return err
}

// take returns what came since the last take. dropped says that the router
// closed the session.
func (l *link) take() (text []byte, dropped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text = bytes.Clone(l.log.Bytes())
	l.log.Reset()
	return text, l.dropped
}

// normal turns a transcript's line ends into single line feeds.
func normal(text []byte) string {
	return strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\r\n", "\n"), "\r\n", "\n")
}
