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
	slots := make(chan struct{}, max(cfg.RoutersAtOnce, 1))
	for _, r := range cfg.Routers {
		c, err := p.router(r, slots)
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	if len(cs) == 0 {
		return nil, errors.New("nothing to collect from: the configuration names neither azure nor routers: want one of them, or both")
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

// router makes the collector of one router. slots bounds how many collect at once.
func (p program) router(r config.Router, slots chan struct{}) (*router.Collector, error) {
	last, err := p.login("router "+r.Name, r.Login)
	if err != nil {
		return nil, err
	}
	d := router.Device{
		Name: r.Name, Platform: r.Platform, Address: last.Address, User: last.User, Password: last.Password, Key: last.Key,
		Passphrase: last.Passphrase, Certificate: last.Certificate, Agent: last.Agent, KnownHosts: last.KnownHosts, Legacy: last.Legacy,
		ConnectTimeout: r.ConnectTimeout, CommandTimeout: r.CommandTimeout, IdleTimeout: r.IdleTimeout,
		Slots: slots, Now: p.now,
	}
	for i, j := range r.Jump {
		hop, err := p.login(fmt.Sprintf("router %s: jump[%d]", r.Name, i), j)
		if err != nil {
			return nil, err
		}
		d.Jump = append(d.Jump, hop)
	}
	return router.New(d)
}

// login fetches what is needed to log in to one host.
func (p program) login(what string, l config.Login) (router.Hop, error) {
	h := router.Hop{Address: withPort(l.Address), User: l.User, KnownHosts: l.KnownHosts, Legacy: l.Legacy}
	if _, err := os.Stat(l.KnownHosts); err != nil {
		return h, fmt.Errorf("%s: knownHosts: %w", what, err)
	}
	password, err := p.secret(what+": password", l.Password)
	if err != nil {
		return h, err
	}
	h.Password = string(password)
	if h.Key, err = p.secret(what+": key", l.Key); err != nil {
		return h, err
	}
	if len(h.Key) > 0 {
		h.Key = append(h.Key, '\n') // some readers of PEM insist on it
	}
	passphrase, err := p.secret(what+": passphrase", l.Passphrase)
	if err != nil {
		return h, err
	}
	h.Passphrase = string(passphrase)
	if l.Certificate != "" {
		if h.Certificate, err = os.ReadFile(l.Certificate); err != nil {
			return h, fmt.Errorf("%s: certificate: %w", what, err)
		}
	}
	if l.Agent {
		h.Agent, _ = p.lookup("SSH_AUTH_SOCK")
		if h.Agent == "" {
			return h, fmt.Errorf("%s: agent: SSH_AUTH_SOCK is not set: want a running SSH agent", what)
		}
	}
	return h, nil
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
