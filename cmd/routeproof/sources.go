package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/config"
)

// collectors makes the collectors of everything that the configuration names.
// This is where its secrets are fetched.
func (p program) collectors(cfg config.Config) ([]audit.Collector, error) {
	var cs []audit.Collector
	if cfg.Azure != nil {
		c, err := p.azure(*cfg.Azure)
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	for _, r := range cfg.Routers {
		c, err := p.router(r)
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	if len(cs) == 0 {
		return nil, errors.New("nothing to collect from: the configuration names neither azure nor routers")
	}
	return cs, nil
}

func (p program) azure(a config.Azure) (*azure.Collector, error) {
	o := azure.Options{
		Subscriptions: a.Subscriptions, Now: p.now,
		Cloud:      azure.Cloud{Name: a.Cloud, Endpoint: a.Endpoint, Authority: a.Authority, Audience: a.Audience},
		Credential: azure.Credential{Tenant: a.Tenant, Client: a.Client},
	}
	secret, err := p.secret("azure.secret", a.Secret)
	if err != nil {
		return nil, err
	}
	o.Credential.Secret = string(secret)
	if o.Credential.Certificate, err = p.secret("azure.certificate", a.Certificate); err != nil {
		return nil, err
	}
	if o.Credential.Password, err = p.secret("azure.certificatePassword", a.CertificatePassword); err != nil {
		return nil, err
	}
	if a.CAFile != "" {
		if o.Cloud.CA, err = authorities(a.CAFile); err != nil {
			return nil, err
		}
	}
	return azure.New(o)
}

// authorities are the system's certificate authorities and those in file.
func authorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("azure.caFile: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without any
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("azure.caFile %s: no certificate in it: want PEM", file)
	}
	return pool, nil
}

func (p program) router(r config.Router) (*router.Collector, error) {
	d := router.Device{
		Name: r.Name, Address: withPort(r.Address), Platform: r.Platform, User: r.User,
		KnownHosts: r.KnownHosts, Now: p.now,
	}
	if _, err := os.Stat(r.KnownHosts); err != nil {
		return nil, fmt.Errorf("router %s: knownHosts: %w", r.Name, err)
	}
	password, err := p.secret("router "+r.Name+": password", r.Password)
	if err != nil {
		return nil, err
	}
	d.Password = string(password)
	if d.Key, err = p.secret("router "+r.Name+": key", r.Key); err != nil {
		return nil, err
	}
	if len(d.Key) > 0 {
		d.Key = append(d.Key, '\n') // some readers of PEM insist on it
	}
	passphrase, err := p.secret("router "+r.Name+": passphrase", r.Passphrase)
	if err != nil {
		return nil, err
	}
	d.Passphrase = string(passphrase)
	if r.Agent {
		d.Agent, _ = p.lookup("SSH_AUTH_SOCK")
		if d.Agent == "" {
			return nil, fmt.Errorf("router %s: agent: SSH_AUTH_SOCK is not set: want a running SSH agent", r.Name)
		}
	}
	return router.New(d)
}

func (p program) secret(what string, s config.Secret) ([]byte, error) {
	value, err := s.Read(p.lookup)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return value, nil
}

// withPort adds SSH's port to an address that has none.
func withPort(address string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(strings.Trim(address, "[]"), "22")
}
