package router

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// Hop is a host to log in to: a router, or a jump host on the way to it. Its host
// key is always checked against KnownHosts; there is no way to turn that off.
type Hop struct {
	Address string // host:port
	User    string

	Password    string // also answers keyboard-interactive questions
	Key         []byte // a private key, in PEM or OpenSSH's format
	Passphrase  string // of Key
	Certificate []byte // an OpenSSH user certificate for Key, or for a key of the agent
	Agent       string // the socket of an SSH agent

	KnownHosts string // path of a known_hosts file

	// Legacy accepts, after all others, algorithms that are no longer safe and
	// that some old routers have nothing but: signatures and key exchanges with
	// SHA-1, 1024-bit Diffie-Hellman and ciphers in CBC mode.
	Legacy bool
}

// line is an SSH connection to a router, through any number of hosts.
type line struct {
	client      *ssh.Client
	before      []io.Closer // the connections to the jump hosts
	fingerprint string      // of the router's host key
	id          map[string]string
}

// dial connects to a router, through its jump hosts.
func (d Device) dial(ctx context.Context) (*line, error) {
	l := &line{id: make(map[string]string)}
	connect := (&net.Dialer{}).DialContext
	var via []string
	for _, h := range d.Jump {
		client, fingerprint, err := d.login(ctx, h, connect)
		if err != nil {
			l.close()
			return nil, fmt.Errorf("jump host %s: %w", h.Address, err)
		}
		l.before = append(l.before, client)
		via = append(via, strings.TrimSpace(h.Address+" "+fingerprint+" "+h.inUse(client.Conn)))
		connect = client.DialContext
	}
	client, fingerprint, err := d.login(ctx, d.hop(), connect)
	if err != nil {
		l.close()
		return nil, err
	}
	l.client, l.fingerprint = client, fingerprint
	l.id["hostKey"] = fingerprint
	if len(via) > 0 {
		l.id["via"] = strings.Join(via, ", ")
	}
	if used := d.hop().inUse(client.Conn); used != "" {
		l.id["legacyAlgorithms"] = used
	}
	return l, nil
}

func (l *line) close() {
	if l.client != nil {
		_ = l.client.Close()
	}
	for _, c := range slices.Backward(l.before) {
		_ = c.Close()
	}
}

// login connects to one host and logs in, within the time to connect.
func (d Device) login(ctx context.Context, h Hop, connect func(ctx context.Context, network, address string) (net.Conn, error)) (*ssh.Client, string, error) {
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, d.ConnectTimeout)
	defer cancel()
	t, err := h.trusted()
	if err != nil {
		return nil, "", err
	}
	auth, done, err := h.authentication(ctx, d.Now())
	if err != nil {
		return nil, "", err
	}
	defer done()
	conn, err := connect(ctx, "tcp", h.Address)
	if err != nil {
		return nil, "", unreached{h.Address, err}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	fingerprint, refused := "", error(nil)
	c, chans, reqs, err := ssh.NewClientConn(conn, h.Address, &ssh.ClientConfig{
		Config: h.algorithms(), User: h.User, Auth: auth, HostKeyAlgorithms: t.algorithms,
		HostKeyCallback: func(host string, remote net.Addr, key ssh.PublicKey) error {
			fingerprint = ssh.FingerprintSHA256(key)
			refused = t.check(host, remote, key)
			return refused
		},
	})
	if err == nil {
		return ssh.NewClient(c, chans, reqs), fingerprint, nil
	}
	_ = conn.Close()
	switch {
	case refused != nil:
		return nil, "", refused
	case outer.Err() != nil:
		return nil, "", outer.Err()
	case ctx.Err() != nil:
		return nil, "", fmt.Errorf("logging in to %s: no answer within %s: %w", h.Address, d.ConnectTimeout, ctx.Err())
	case fingerprint == "" && dropped(err):
		return nil, "", unreached{h.Address, err}
	}
	return nil, "", fmt.Errorf("logging in to %s as %s: %w", h.Address, h.User, h.explain(err, t.algorithms))
}

// unreached says that no SSH server answered: the one kind of failure after which
// connecting is tried again.
type unreached struct {
	address string
	err     error
}

func (u unreached) Error() string { return "connecting to " + u.address + ": " + u.err.Error() }
func (u unreached) Unwrap() error { return u.err }

// dropped reports whether the other side hung up, as a router without a free
// line does.
func dropped(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// redial connects, and does so again when nobody answered.
func (d Device) redial(ctx context.Context) (*line, error) {
	for wait := 250 * time.Millisecond; ; wait *= 4 {
		l, err := d.dial(ctx)
		_, again := errors.AsType[unreached](err)
		if err == nil || !again || wait > time.Second {
			return l, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// refusal is an error with the status that it gives the evidence.
type refusal struct {
	status snapshot.Status
	detail string
}

func (r refusal) Error() string { return r.detail }

// statusOf is the status of what could not be collected because of err.
func statusOf(err error) snapshot.Status {
	if r, ok := errors.AsType[refusal](err); ok {
		return r.status
	}
	ne, isNet := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), isNet && ne.Timeout():
		return snapshot.Timeout
	case strings.Contains(err.Error(), "unable to authenticate"):
		return snapshot.Denied
	}
	return snapshot.Error
}
