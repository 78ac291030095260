package lab

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	labdata "github.com/routeproof/routeproof/testdata/lab"
)

// An SSH is how to log in to a router. The login shell is vtysh, so both an interactive session and a single command
// ("show ip bgp") behave as on a router.
type SSH struct {
	User       string
	Address    string // inside the lab: for [Lab.Dial], not for the host's own network
	Key        string // a file with the private key
	KnownHosts string // a file with the host keys of both routers
	HostKey    ssh.PublicKey
}

// credentials are made anew for every run.
type credentials struct {
	mu    sync.Mutex // guards the known_hosts file
	hosts map[Node]ssh.PublicKey
}

// SSH says how to log in to R1 or R2.
func (l *Lab) SSH(router Node) (SSH, error) {
	for _, s := range sites() {
		if s.router == router {
			return SSH{
				User: "auditor", Address: net.JoinHostPort(s.loopback.String(), "22"),
				Key: l.sshFile("id_ed25519"), KnownHosts: l.sshFile("known_hosts"), HostKey: l.ssh.hosts[router],
			}, nil
		}
	}
	return SSH{}, fmt.Errorf("lab: %q is not a router (want %s or %s)", router, R1, R2)
}

func (l *Lab) sshFile(name string) string { return filepath.Join(l.dir, "ssh", name) }

// startSSH makes the keys and puts them where the routers' servers look for them.
func (l *Lab) startSSH() error {
	if err := os.MkdirAll(l.sshFile(""), 0o700); err != nil {
		return err
	}
	l.ssh = &credentials{hosts: map[Node]ssh.PublicKey{}}
	private, client, err := newKey()
	if err != nil {
		return err
	}
	if err := os.WriteFile(l.sshFile("id_ed25519"), private, 0o600); err != nil {
		return err
	}
	config, err := labdata.Files.ReadFile("sshd_config")
	if err != nil {
		return err
	}
	for _, s := range sites() {
		hostPrivate, hostPublic, err := newKey()
		if err != nil {
			return err
		}
		ns := l.nodes[s.router]
		if err := errors.Join(
			ns.write("/run/lab/sshd_config", config, 0o644),
			ns.write("/run/lab/ssh_host_key", hostPrivate, 0o600),
			ns.write("/run/lab/authorized_keys", ssh.MarshalAuthorizedKey(client), 0o644),
			l.know(s.router, hostPublic, net.JoinHostPort(s.loopback.String(), "22")),
		); err != nil {
			return err
		}
	}
	return nil
}

// know adds a router's key to the known_hosts file under one more address.
func (l *Lab) know(router Node, key ssh.PublicKey, address string) (err error) {
	l.ssh.mu.Lock()
	defer l.ssh.mu.Unlock()
	l.ssh.hosts[router] = key
	f, err := os.OpenFile(l.sshFile("known_hosts"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = fmt.Fprintln(f, knownhosts.Line([]string{address}, key))
	return err
}

// newKey makes a key pair; the private one in OpenSSH's format.
//
//nolint:ireturn // x/crypto/ssh has no concrete type for it
func newKey() (private []byte, public ssh.PublicKey, err error) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	block, err := ssh.MarshalPrivateKey(priv, "routeproof lab")
	if err != nil {
		return nil, nil, err
	}
	public, err = ssh.NewPublicKey(pub)
	return pem.EncodeToMemory(block), public, err
}

// Forward opens a port on the host's loopback that leads to a router's SSH server, for clients that insist on dialling
// themselves. The host key is added to known_hosts under that address. The port lives until [Lab.Close].
func (l *Lab) Forward(ctx context.Context, router Node) (address string, err error) {
	to, err := l.SSH(router)
	if err != nil {
		return "", err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("lab: forward to %s: %w", router, err)
	}
	address = listener.Addr().String()
	if err := l.know(router, to.HostKey, address); err != nil {
		return "", errors.Join(err, listener.Close())
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { l.splice(ctx, router, to.Address, conn) })
		}
	})
	l.atClose(func() error {
		cancel()
		err := listener.Close()
		wg.Wait()
		return err
	})
	return address, nil
}

// splice copies between a client and the router until either ends or the lab closes.
func (l *Lab) splice(ctx context.Context, router Node, address string, client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := l.Dial(ctx, router, "tcp", address)
	if err != nil {
		return // the client sees its connection closed, as with any router that does not answer
	}
	defer func() { _ = server.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = errors.Join(client.Close(), server.Close()) })
	defer stop()
	var wg sync.WaitGroup
	half := func(to, from net.Conn) func() {
		return func() {
			_, _ = io.Copy(to, from)
			_ = to.(*net.TCPConn).CloseWrite()
		}
	}
	wg.Go(half(server, client))
	half(client, server)()
	_ = client.Close() // the server is done: nothing the client still says matters
	wg.Wait()
}
