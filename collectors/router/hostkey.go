package router

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// trust is what known_hosts says about one host.
type trust struct {
	hop        Hop
	known      ssh.HostKeyCallback
	address    string // as known_hosts spells it: lower case, with the port
	algorithms []string
}

// trusted reads known_hosts. The algorithms to ask the host for are those of the
// keys that it has there: x/crypto would otherwise ask for any, and take a key of
// another type for a changed one (golang/go#29286).
func (h Hop) trusted() (trust, error) {
	if h.KnownHosts == "" {
		return trust{}, fmt.Errorf("%s has no known_hosts file: configure knownHosts", h.Address)
	}
	text, err := os.ReadFile(h.KnownHosts)
	if errors.Is(err, os.ErrNotExist) {
		return trust{}, fmt.Errorf("known_hosts %s does not exist: make it with `%s`, and check the fingerprints", h.KnownHosts, keyscan(h.Address))
	}
	if err != nil {
		return trust{}, fmt.Errorf("known_hosts: %w", err)
	}
	known, err := knownhosts.New(h.KnownHosts)
	if err != nil {
		return trust{}, fmt.Errorf("known_hosts %s: %w", h.KnownHosts, err)
	}
	t := trust{hop: h, known: known, address: strings.ToLower(h.Address)}
	t.algorithms = t.ask(bytes.Split(text, []byte("\n")))
	return t, nil
}

// ask lists the host-key algorithms to ask for. known_hosts is asked for the host
// with a key that cannot be there: the refusal lists the keys that are. A host
// without any is asked for a plain key, so that the refusal can name it.
func (t trust) ask(lines [][]byte) []string {
	ke, ok := errors.AsType[*knownhosts.KeyError](t.known(t.address, &net.TCPAddr{}, noKey{}))
	if !ok || len(ke.Want) == 0 {
		return t.hop.plainAlgorithms()
	}
	var certs, plain []string
	for _, want := range ke.Want {
		if i := want.Line - 1; i < len(lines) && bytes.HasPrefix(bytes.TrimLeft(lines[i], " \t"), []byte("@cert-authority")) {
			certs = t.hop.certAlgorithms()
			continue
		}
		for _, a := range t.hop.keyAlgorithms(want.Key.Type()) {
			if !slices.Contains(plain, a) {
				plain = append(plain, a)
			}
		}
	}
	return append(certs, plain...)
}

// check accepts the host's key, or says why not and what to do.
func (t trust) check(_ string, _ net.Addr, key ssh.PublicKey) error {
	err := t.known(t.address, &net.TCPAddr{}, key)
	if err == nil {
		return nil
	}
	host, file := t.hop.Address, t.hop.KnownHosts
	named := key.Type() + " " + ssh.FingerprintSHA256(key)
	if revoked, ok := errors.AsType[*knownhosts.RevokedError](err); ok {
		return fmt.Errorf("THE HOST KEY OF %s IS REVOKED: %s, by %s line %d", host, named, file, revoked.Revoked.Line)
	}
	ke, ok := errors.AsType[*knownhosts.KeyError](err)
	switch {
	case !ok:
		return fmt.Errorf("the host key of %s, %s, was refused: %w: see the line of its authority in %s", host, named, err, file)
	case len(ke.Want) == 0:
		return fmt.Errorf("the host key of %s is not in %s: it is %s; if that is its key, which its console can tell, add the line %q (`%s` prints it too)",
			host, file, named, knownhosts.Line([]string{t.address}, key), keyscan(host))
	}
	want := ke.Want[0]
	if i := slices.IndexFunc(ke.Want, func(k knownhosts.KnownKey) bool { return k.Key.Type() == key.Type() }); i >= 0 {
		want = ke.Want[i]
	}
	return fmt.Errorf("THE HOST KEY OF %s HAS CHANGED: it is %s, and %s line %d has %s; someone may be listening in: find out why before you replace that line",
		host, named, want.Filename, want.Line, ssh.FingerprintSHA256(want.Key))
}

// keyscan is the command that prints a host's lines for known_hosts.
func keyscan(address string) string {
	host, port, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		return "ssh-keyscan " + address
	case port == "22":
		return "ssh-keyscan " + host
	}
	return "ssh-keyscan -p " + port + " " + host
}

// noKey is a public key of no type.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return nil }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }
