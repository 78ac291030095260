package router_test

import (
	"net"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// certHost is a host key with the certificate of an authority.
func certHost(t *testing.T, ca, k key, principal string) ssh.Signer { //nolint:ireturn // x/crypto's keys are interfaces
	t.Helper()
	s, err := ssh.NewCertSigner(certify(t, ca, k, ssh.HostCert, principal, ssh.CertTimeInfinity), k.signer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func line(k ssh.PublicKey) string { return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k))) }

func TestKnownHosts(t *testing.T) {
	ed, rsaKey, ecdsaKey, other, otherRSA, ca := newKey(t, "", ""), newKey(t, "rsa", ""), newKey(t, "ecdsa", ""), newKey(t, "", ""), newKey(t, "rsa", ""), newKey(t, "", "")
	all := []ssh.Signer{ed.signer, ecdsaKey.signer, rsaKey.signer}
	edPub, rsaPub, otherPub := line(ed.signer.PublicKey()), line(rsaKey.signer.PublicKey()), line(other.signer.PublicKey())
	certified := append([]ssh.Signer{certHost(t, ca, ed, "127.0.0.1")}, ed.signer)
	for name, tt := range map[string]struct {
		keys   []ssh.Signer
		known  func(host string) string // host as known_hosts spells it: [address]:port
		status snapshot.Status
		detail []string
	}{
		"its key":                           {all, func(h string) string { return h + " " + edPub }, snapshot.OK, nil},
		"its RSA key, though it has others": {all, func(h string) string { return h + " " + rsaPub }, snapshot.OK, nil},
		"several of its keys":               {all, func(h string) string { return "# keys\n\n" + h + " " + rsaPub + "\n" + h + " " + edPub }, snapshot.OK, nil},
		"a hashed name":                     {all, func(h string) string { return knownhosts.HashHostname(h) + " " + edPub }, snapshot.OK, nil},
		"one of several names":              {all, func(h string) string { return "r1.example.net," + h + " " + edPub }, snapshot.OK, nil},
		"an authority":                      {certified, func(h string) string { return "@cert-authority " + h + " " + line(ca.signer.PublicKey()) }, snapshot.OK, nil},
		"an authority for all, beside a key": {certified, func(h string) string {
			return h + " " + otherPub + "\n@cert-authority * " + line(ca.signer.PublicKey()) + "\n@cert-authority " + h + " " + line(ca.signer.PublicKey())
		}, snapshot.OK, nil},
		"another authority":                       {certified, func(h string) string { return "@cert-authority " + h + " " + otherPub }, snapshot.Error, []string{"was refused", "authorit"}},
		"an authority, for a name that it is not": {[]ssh.Signer{certHost(t, ca, ed, "r2")}, func(h string) string { return "@cert-authority " + h + " " + line(ca.signer.PublicKey()) }, snapshot.Error, []string{"was refused", "principal"}},
		"an authority, and no certificate":        {all, func(h string) string { return "@cert-authority " + h + " " + line(ca.signer.PublicKey()) }, snapshot.Error, []string{"has no host key of a type", "ssh-keyscan -p "}},
		"nothing":                                 {all, func(string) string { return "" }, snapshot.Error, []string{"is not in", "SHA256:", "add the line", "ssh-keyscan -p ", edPub}},
		"another host":                            {all, func(string) string { return "r2 " + edPub }, snapshot.Error, []string{"is not in"}},
		"another port":                            {all, func(string) string { return "127.0.0.1 " + edPub }, snapshot.Error, []string{"is not in"}},
		"excluded":                                {all, func(h string) string { return "!" + h + "," + h + " " + edPub }, snapshot.Error, []string{"is not in"}},
		"a changed key":                           {all, func(h string) string { return "\n" + h + " " + otherPub }, snapshot.Error, []string{"HAS CHANGED", "line 2", ssh.FingerprintSHA256(ed.signer.PublicKey()), ssh.FingerprintSHA256(other.signer.PublicKey())}},
		"a changed RSA key":                       {all, func(h string) string { return h + " " + line(otherRSA.signer.PublicKey()) }, snapshot.Error, []string{"HAS CHANGED", ssh.FingerprintSHA256(rsaKey.signer.PublicKey())}},
		"a revoked key":                           {all, func(h string) string { return h + " " + edPub + "\n@revoked * " + edPub }, snapshot.Error, []string{"IS REVOKED", "line 2"}},
		"a revoked key with a certificate": {certified, func(h string) string {
			return "@cert-authority " + h + " " + line(ca.signer.PublicKey()) + "\n@revoked * " + edPub
		}, snapshot.Error, []string{"revoked"}},
		"a key of a type that it lacks": {[]ssh.Signer{rsaKey.signer}, func(h string) string { return h + " " + edPub }, snapshot.Error, []string{"has no host key of a type", "ssh-ed25519"}},
		"a damaged line":                {all, func(h string) string { return h + " ssh-ed25519 AAAA" }, snapshot.Error, []string{"known_hosts", ":1:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := host(t, emulator.SSHConfig{Password: "p", HostKeys: tt.keys})
			d.Password = "p"
			d.KnownHosts = knownHosts(t, tt.known(knownhosts.Normalize(s.Addr)))
			it, _ := bgpItem(t, collect(t, d))
			if it.Status != tt.status {
				t.Errorf("status %s (%s), want %s", it.Status, it.Detail, tt.status)
			}
			for _, want := range tt.detail {
				if !strings.Contains(it.Detail, want) {
					t.Errorf("detail %s: want %q in it", it.Detail, want)
				}
			}
			if tt.status != snapshot.OK && (len(s.Asked()) > 0 || s.Tried() > 0) {
				t.Errorf("a host that was not known was sent %d passwords and %v", s.Tried(), s.Asked())
			}
		})
	}
}

func TestALineThatTheErrorNamesIsEnough(t *testing.T) {
	s, d := host(t, emulator.SSHConfig{Password: "p"})
	d.Password, d.KnownHosts = "p", knownHosts(t, "")
	it, _ := bgpItem(t, collect(t, d))
	_, rest, _ := strings.Cut(it.Detail, `add the line "`)
	add, _, ok := strings.Cut(rest, `"`)
	if !ok || add != s.KnownHostsLine() {
		t.Fatalf("the error names the line %q, want %q", add, s.KnownHostsLine())
	}
	d.KnownHosts = knownHosts(t, add)
	if it, _ = bgpItem(t, collect(t, d)); it.Status != snapshot.OK {
		t.Errorf("with that line: status %s (%s), want ok", it.Status, it.Detail)
	}
}

func TestNamesOfHostsHaveNoCase(t *testing.T) {
	s, d := host(t, emulator.SSHConfig{Password: "p"})
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	d.Password, d.Address = "p", "LocalHost:"+port
	d.KnownHosts = knownHosts(t, "[localhost]:"+port+" "+line(s.HostKey))
	if it, _ := bgpItem(t, collect(t, d)); it.Status != snapshot.OK {
		t.Errorf("status %s (%s), want ok", it.Status, it.Detail)
	}
}

func TestWithoutKnownHostsThereIsNoConnection(t *testing.T) {
	for _, file := range []string{"", "/nonexistent/known_hosts"} {
		s, d := host(t, emulator.SSHConfig{Password: "p"})
		d.Password, d.KnownHosts = "p", file
		it, _ := bgpItem(t, collect(t, d))
		if it.Status != snapshot.Error || !strings.Contains(it.Detail, "known_hosts") || len(s.Asked()) > 0 {
			t.Errorf("%q: status %s (%s), want error", file, it.Status, it.Detail)
		}
	}
}
