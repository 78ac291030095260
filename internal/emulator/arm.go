package emulator

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// ARMConfig is what the Azure emulator serves and how it behaves. FS is
// required; every other field has a usable zero value.
type ARMConfig struct {
	// FS has azure/<subscription>/<type>/<group>/<name>.json for each resource
	// and <name>.<action>[.<argument>].json for what an action on it answers.
	// It is read once, by StartARM.
	FS fs.FS

	// Tenant and Client name the one application that may log in; Secret is its
	// secret. Empty ones are made up: see the fields of [ARM].
	Tenant, Client, Secret string

	// Certificate, when set, lets the application log in with an assertion
	// signed by this certificate's key instead of the secret.
	Certificate *x509.Certificate

	// PageSize is how many resources a page of a list has; zero means 100.
	PageSize int

	// Polls is how often a long-running operation answers 202 before its result.
	Polls int

	// OneOperation makes a second long-running operation on one resource answer
	// 429 RetryableErrorDueToAnotherOperation until the first was fetched.
	OneOperation bool

	// Latency is waited before each answer of Azure Resource Manager.
	Latency time.Duration

	// TokenLife is how long a token says it is good for, in whole seconds; zero
	// means an hour. It is accepted for one second longer.
	TokenLife time.Duration

	// Faults are what goes wrong; see also [ARM.SetFaults].
	Faults []ARMFault

	// OnCall, when set, is told of each request before it is answered. It is
	// called from many goroutines.
	OnCall func(method, path, query string)
}

// ARM is a running Azure emulator. Its fields must not be changed.
type ARM struct {
	// Endpoint is the https URL of Azure Resource Manager, without a trailing
	// slash. The same origin is the Entra authority.
	Endpoint string
	// CA is the certificate that signed the server's, as PEM.
	CA []byte
	// Tenant, Client and Secret are what it accepts.
	Tenant, Client, Secret string

	cfg    ARMConfig
	store  *armStore
	faults armFaults
	pool   *x509.CertPool
	srv    *http.Server
	cancel context.CancelFunc
	served chan struct{}
	conns  sync.WaitGroup

	mu          sync.Mutex // guards the rest
	tokens      map[string]bool
	ops         map[string]*armOperation
	permissions []ARMPermission // nil: everything
}

// StartARM serves cfg on a free port of 127.0.0.1 until [ARM.Close].
func StartARM(cfg ARMConfig) (*ARM, error) {
	if cfg.FS == nil {
		return nil, errors.New("azure emulator: no file system to serve")
	}
	store, err := loadARM(cfg.FS)
	if err != nil {
		return nil, err
	}
	cert, ca, err := newARMCertificate()
	if err != nil {
		return nil, fmt.Errorf("azure emulator: %w", err)
	}
	if cfg.PageSize <= 0 {
		cfg.PageSize = 100
	}
	if cfg.TokenLife < time.Second {
		cfg.TokenLife = 3599 * time.Second
	}
	a := &ARM{
		CA: ca, Tenant: cfg.Tenant, Client: cfg.Client, Secret: cfg.Secret,
		cfg: cfg, store: store, pool: x509.NewCertPool(), served: make(chan struct{}),
		tokens: make(map[string]bool), ops: make(map[string]*armOperation),
	}
	a.pool.AppendCertsFromPEM(ca)
	a.SetFaults(cfg.Faults...)
	if a.Tenant == "" {
		a.Tenant = "11111111-1111-1111-1111-111111111111"
	}
	if a.Client == "" {
		a.Client = "22222222-2222-2222-2222-222222222222"
	}
	if a.Secret == "" {
		a.Secret = rand.Text()
	}
	return a, a.listen(cert)
}

func (a *ARM) listen(cert tls.Certificate) error {
	ctx, cancel := context.WithCancel(context.Background())
	lc := net.ListenConfig{}
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		cancel()
		return fmt.Errorf("azure emulator: %w", err)
	}
	a.cancel = cancel
	a.Endpoint = "https://" + l.Addr().String()
	a.srv = &http.Server{
		Handler:           a,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		ConnState: func(_ net.Conn, s http.ConnState) {
			switch s {
			case http.StateNew:
				a.conns.Add(1)
			case http.StateClosed, http.StateHijacked:
				a.conns.Done()
			default:
			}
		},
	}
	tl := tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	go func() {
		defer close(a.served)
		_ = a.srv.Serve(tl)
	}()
	return nil
}

// Pool returns a pool that holds only the emulator's CA.
func (a *ARM) Pool() *x509.CertPool { return a.pool.Clone() }

// Close ends the emulator, with what it is answering, and waits for its
// goroutines. It may be called more than once.
func (a *ARM) Close() {
	a.cancel()
	_ = a.srv.Close()
	<-a.served
	_ = a.srv.Close() // a connection that was being accepted during the first
	a.conns.Wait()
}
