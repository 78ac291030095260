package config

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of routersAtOnce: routers have few lines to log in to, and servers
// of accounts dislike crowds.
const (
	defaultAtOnce = 16
	maxAtOnce     = 1024
)

// atOnce checks routersAtOnce; its zero value is the default.
func (v *validator) atOnce(n int) int {
	if v.lines["routersAtOnce"] == 0 {
		return defaultAtOnce
	}
	if n < 1 || n > maxAtOnce {
		v.bad("routersAtOnce", "%d: want 1 to %d", n, maxAtOnce)
	}
	return n
}

func (v *validator) router(at string, d routerDoc, before []Router) Router {
	r := Router{
		Name: d.Name, Platform: d.Platform,
		Login: v.login(at, "the router", jumpDoc{
			Address: d.Address, User: d.User, Password: d.Password, Key: d.Key, Passphrase: d.Passphrase,
			Certificate: d.Certificate, Agent: d.Agent, KnownHosts: d.KnownHosts, LegacyAlgorithms: d.LegacyAlgorithms,
		}),
		ConnectTimeout: v.duration(at+".connectTimeout", d.ConnectTimeout),
		CommandTimeout: v.duration(at+".commandTimeout", d.CommandTimeout),
		IdleTimeout:    v.duration(at+".idleTimeout", d.IdleTimeout),
	}
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`).MatchString(d.Name) {
		v.bad(at+".name", "%q: want a name of up to 63 letters, digits, '.', '_' and '-'", d.Name)
	}
	if i := slices.IndexFunc(before, func(o Router) bool { return strings.EqualFold(o.Name, d.Name) }); i >= 0 {
		v.bad(at+".name", "%q is the name of routers[%d] already", d.Name, i)
	}
	v.oneOf(at+".platform", d.Platform, v.platforms...)
	for i, j := range d.Jump {
		r.Jump = append(r.Jump, v.login(fmt.Sprintf("%s.jump[%d]", at, i), "the host", j))
	}
	return r
}

// login checks how to log in to one host.
func (v *validator) login(at, what string, d jumpDoc) Login {
	l := Login{
		Address: d.Address, User: d.User, Agent: d.Agent, Legacy: d.LegacyAlgorithms,
		Password:    v.secret(at+".password", d.Password),
		Key:         v.secret(at+".key", d.Key),
		Passphrase:  v.secret(at+".passphrase", d.Passphrase),
		Certificate: v.path(d.Certificate),
		KnownHosts:  v.path(d.KnownHosts),
	}
	if err := checkAddress(d.Address); err != nil {
		v.bad(at+".address", "%s", err)
	}
	if d.User == "" {
		v.bad(at+".user", "is missing: want the user name to log in with")
	}
	if !l.Password.Given() && !l.Key.Given() && !l.Agent {
		v.bad(at, "no way to log in: want password, key or agent: true")
	}
	if l.Passphrase.Given() && !l.Key.Given() {
		v.bad(at+".passphrase", "there is no key that it could open")
	}
	if l.Certificate != "" && !l.Key.Given() && !l.Agent {
		v.bad(at+".certificate", "there is no key that it could be for: want key or agent: true")
	}
	if d.KnownHosts == "" {
		v.bad(at+".knownHosts", "is missing: want a file with %s's host key, in the format of ssh-keyscan", what)
	}
	return l
}

// duration reads a time to wait. It is zero where none is given.
func (v *validator) duration(at, text string) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > 24*time.Hour {
		v.bad(at, "%q: want a time of up to 24h, like 30s or 5m", text)
	}
	return d
}

// checkAddress accepts a host name or address, with or without a port.
func checkAddress(s string) error {
	host := s
	if h, port, err := net.SplitHostPort(s); err == nil {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("%q: the port is not a number from 1 to 65535", s)
		}
		host = h
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return nil
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})$`).MatchString(host) {
		return fmt.Errorf("%q: want a host name or address, with or without :port", s)
	}
	return nil
}
