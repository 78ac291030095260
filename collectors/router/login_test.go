package router_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// key is a private key as a file and as a signer.
type key struct {
	private crypto.Signer
	pem     []byte
	signer  ssh.Signer
}

func newKey(t *testing.T, kind, passphrase string) key {
	t.Helper()
	var k key
	var err error
	switch kind {
	case "rsa":
		k.private, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ecdsa":
		k.private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		_, k.private, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	var block *pem.Block
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(k.private, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(k.private, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	k.pem = pem.EncodeToMemory(block)
	if k.signer, err = ssh.NewSignerFromSigner(k.private); err != nil {
		t.Fatal(err)
	}
	return k
}

// certify signs a user's or host's key.
func certify(t *testing.T, ca, k key, kind uint32, principal string, before uint64) *ssh.Certificate {
	t.Helper()
	cert := &ssh.Certificate{Key: k.signer.PublicKey(), CertType: kind, KeyId: principal, ValidPrincipals: []string{principal}, ValidBefore: before}
	if err := cert.SignCert(rand.Reader, ca.signer); err != nil {
		t.Fatal(err)
	}
	return cert
}

// host starts a router or jump host, and returns how to log in to it.
func host(t *testing.T, cfg emulator.SSHConfig) (*emulator.SSH, router.Device) {
	t.Helper()
	cfg.FS, cfg.Name, cfg.User = sub(t, "fail-closed"), "R1", "audit"
	if cfg.Prompt == "" {
		cfg.Prompt = "R1# "
	}
	s, err := emulator.StartSSH(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, router.Device{
		Name: "R1", Address: s.Addr, Platform: "frr", User: "audit", KnownHosts: knownHosts(t, s.KnownHostsLine()),
		CommandTimeout: time.Minute, Now: ticking(), // nothing here waits for its end
	}
}

// keyring starts an agent that holds keys, and returns its socket.
func keyring(t *testing.T, keys ...key) string {
	t.Helper()
	ring := agent.NewKeyring()
	for _, k := range keys {
		if err := ring.Add(agent.AddedKey{PrivateKey: k.private}); err != nil {
			t.Fatal(err)
		}
	}
	socket := filepath.Join(t.TempDir(), "a")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, c) }()
		}
	}()
	return socket
}

func TestEveryWayToLogIn(t *testing.T) {
	plain, rsaKey, locked, ca := newKey(t, "ed25519", ""), newKey(t, "rsa", ""), newKey(t, "ecdsa", "open sesame"), newKey(t, "ed25519", "")
	cert := ssh.MarshalAuthorizedKey(certify(t, ca, plain, ssh.UserCert, "audit", ssh.CertTimeInfinity))
	rsaCert := ssh.MarshalAuthorizedKey(certify(t, ca, rsaKey, ssh.UserCert, "audit", ssh.CertTimeInfinity))
	old := ssh.MarshalAuthorizedKey(certify(t, ca, plain, ssh.UserCert, "audit", 1000))
	for name, tt := range map[string]struct {
		server emulator.SSHConfig
		device func(d *router.Device)
		detail string // of the refusal, where there is one
		status snapshot.Status
	}{
		"a key":                           {emulator.SSHConfig{Key: plain.signer.PublicKey()}, func(d *router.Device) { d.Key = plain.pem }, "", snapshot.OK},
		"an RSA key":                      {emulator.SSHConfig{Key: rsaKey.signer.PublicKey()}, func(d *router.Device) { d.Key = rsaKey.pem }, "", snapshot.OK},
		"an encrypted key":                {emulator.SSHConfig{Key: locked.signer.PublicKey()}, func(d *router.Device) { d.Key, d.Passphrase = locked.pem, "open sesame" }, "", snapshot.OK},
		"an encrypted key, no passphrase": {emulator.SSHConfig{Key: locked.signer.PublicKey()}, func(d *router.Device) { d.Key = locked.pem }, "configure passphrase", snapshot.Error},
		"an encrypted key, wrong one":     {emulator.SSHConfig{Key: locked.signer.PublicKey()}, func(d *router.Device) { d.Key, d.Passphrase = locked.pem, "x" }, "private key for ", snapshot.Error},
		"a key that it does not know":     {emulator.SSHConfig{Key: plain.signer.PublicKey()}, func(d *router.Device) { d.Key = rsaKey.pem }, "unable to authenticate", snapshot.Denied},
		"a certificate":                   {emulator.SSHConfig{UserCA: ca.signer.PublicKey()}, func(d *router.Device) { d.Key, d.Certificate = plain.pem, cert }, "", snapshot.OK},
		"an RSA certificate":              {emulator.SSHConfig{UserCA: ca.signer.PublicKey()}, func(d *router.Device) { d.Key, d.Certificate = rsaKey.pem, rsaCert }, "", snapshot.OK},
		"a certificate of an agent's key": {emulator.SSHConfig{UserCA: ca.signer.PublicKey()}, func(d *router.Device) { d.Agent, d.Certificate = keyring(t, rsaKey, plain), cert }, "", snapshot.OK},
		"a certificate of another key":    {emulator.SSHConfig{UserCA: ca.signer.PublicKey()}, func(d *router.Device) { d.Key, d.Certificate = rsaKey.pem, cert }, "neither key nor the agent holds", snapshot.Error},
		"a certificate that has ended":    {emulator.SSHConfig{UserCA: ca.signer.PublicKey()}, func(d *router.Device) { d.Key, d.Certificate = plain.pem, old }, "it ended at 1970-", snapshot.Error},
		"a plain key for a certificate": {emulator.SSHConfig{UserCA: ca.signer.PublicKey()}, func(d *router.Device) {
			d.Key, d.Certificate = plain.pem, ssh.MarshalAuthorizedKey(plain.signer.PublicKey())
		}, "-cert.pub", snapshot.Error},
		"an agent":                 {emulator.SSHConfig{Key: plain.signer.PublicKey()}, func(d *router.Device) { d.Agent = keyring(t, rsaKey, plain) }, "", snapshot.OK},
		"a key beside an agent":    {emulator.SSHConfig{Key: plain.signer.PublicKey()}, func(d *router.Device) { d.Agent, d.Key = keyring(t, rsaKey), plain.pem }, "", snapshot.OK},
		"an agent that is empty":   {emulator.SSHConfig{Key: plain.signer.PublicKey()}, func(d *router.Device) { d.Agent = keyring(t) }, "no credentials", snapshot.Error},
		"no agent":                 {emulator.SSHConfig{Key: plain.signer.PublicKey()}, func(d *router.Device) { d.Agent = "/nonexistent" }, "ssh agent", snapshot.Error},
		"a key, then the password": {emulator.SSHConfig{Password: "pass-for-tests"}, func(d *router.Device) { d.Key, d.Password = plain.pem, "pass-for-tests" }, "", snapshot.OK},
		"a question": {
			emulator.SSHConfig{Questions: []emulator.SSHQuestion{{Text: "Password: ", Answer: "pass-for-tests"}}},
			func(d *router.Device) { d.Password = "pass-for-tests" }, "", snapshot.OK,
		},
		"two questions": {
			emulator.SSHConfig{Questions: []emulator.SSHQuestion{{Text: "Username: ", Echo: true, Answer: "audit"}, {Text: "Password: ", Answer: "pass-for-tests"}}},
			func(d *router.Device) { d.Password = "pass-for-tests" }, "", snapshot.OK,
		},
		"a second factor": {
			emulator.SSHConfig{Questions: []emulator.SSHQuestion{{Text: "Password: ", Answer: "pass-for-tests"}, {Text: "Code\x1b[2J: ", Answer: "1"}}},
			func(d *router.Device) { d.Password = "pass-for-tests" }, "2 questions", snapshot.Denied,
		},
		"a question that is not for it": {
			emulator.SSHConfig{Questions: []emulator.SSHQuestion{{Text: "Favourite colour\x1b[2J? ", Echo: true, Answer: "1"}}},
			func(d *router.Device) { d.Password = "pass-for-tests" }, `it asks "Favourite colour\x1b[2J? "`, snapshot.Denied,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := host(t, tt.server)
			tt.device(&d)
			it, _ := bgpItem(t, collect(t, d))
			if it.Status != tt.status || !strings.Contains(it.Detail, tt.detail) {
				t.Errorf("status %s (%s), want %s (… %s …)", it.Status, it.Detail, tt.status, tt.detail)
			}
			if strings.ContainsFunc(it.Detail, func(r rune) bool { return r < ' ' }) {
				t.Errorf("control characters in %q", it.Detail)
			}
			if tt.status != snapshot.OK && len(s.Asked()) > 0 {
				t.Errorf("commands were sent: %v", s.Asked())
			}
		})
	}
}

// A second attempt with the same password counts as another failure, and three
// of those lock accounts.
func TestAPasswordThatIsRefusedIsSentOnce(t *testing.T) {
	s, d := host(t, emulator.SSHConfig{Password: "pass-for-tests"})
	d.Password = "hunter2"
	it, _ := bgpItem(t, collect(t, d))
	if it.Status != snapshot.Denied || s.Tried() != 1 {
		t.Errorf("status %s (%s) after %d attempts, want denied after 1", it.Status, it.Detail, s.Tried())
	}
}

func TestJumpHosts(t *testing.T) {
	k := newKey(t, "ed25519", "")
	r, d := host(t, emulator.SSHConfig{Key: k.signer.PublicKey()})
	d.Key = k.pem
	near, a := host(t, emulator.SSHConfig{Password: "near", Forward: true})
	far, b := host(t, emulator.SSHConfig{Password: "far", Forward: true})
	hop := func(d router.Device, s *emulator.SSH, password string) router.Hop {
		return router.Hop{Address: s.Addr, User: "audit", Password: password, KnownHosts: d.KnownHosts}
	}
	d.Jump = []router.Hop{hop(a, near, "near"), hop(b, far, "far")}

	it, _ := bgpItem(t, collect(t, d))
	want := near.Addr + " " + ssh.FingerprintSHA256(near.HostKey) + ", " + far.Addr + " " + ssh.FingerprintSHA256(far.HostKey)
	if it.Status != snapshot.OK || it.Identity["via"] != want || it.Identity["hostKey"] != ssh.FingerprintSHA256(r.HostKey) {
		t.Fatalf("status %s (%s), identity %v; want ok via %s", it.Status, it.Detail, it.Identity, want)
	}

	for name, tt := range map[string]struct {
		change func(d *router.Device)
		detail string
		status snapshot.Status
	}{
		"wrong password":    {func(d *router.Device) { d.Jump[1].Password = "x" }, "jump host " + far.Addr + ": logging in", snapshot.Denied},
		"unknown jump host": {func(d *router.Device) { d.Jump[1].KnownHosts = a.KnownHosts }, "jump host " + far.Addr + ": the host key of " + far.Addr + " is not in", snapshot.Error},
		"unknown router":    {func(d *router.Device) { d.KnownHosts = a.KnownHosts }, "the host key of " + r.Addr + " is not in", snapshot.Error},
		"no way from there": {func(d *router.Device) { d.Address = "127.0.0.1:1" }, "connecting to 127.0.0.1:1", snapshot.Error},
		"a jump host is no jump host": {func(d *router.Device) {
			d.Jump[1] = d.Jump[0]
			d.Jump[1].Address = r.Addr
			d.Jump[1].KnownHosts = d.KnownHosts
			d.Jump[1].Key = k.pem
		}, "connecting to ", snapshot.Error},
	} {
		t.Run(name, func(t *testing.T) {
			asked := len(r.Asked())
			d := d
			d.Jump = append([]router.Hop(nil), d.Jump...)
			tt.change(&d)
			it, _ := bgpItem(t, collect(t, d))
			if it.Status != tt.status || !strings.Contains(it.Detail, tt.detail) {
				t.Errorf("status %s (%s), want %s (… %s …)", it.Status, it.Detail, tt.status, tt.detail)
			}
			if len(r.Asked()) != asked {
				t.Error("commands were sent")
			}
		})
	}
}

func TestConnectingIsTriedAgain(t *testing.T) {
	_, d := host(t, emulator.SSHConfig{Password: "p", Busy: 2})
	d.Password = "p"
	if it, _ := bgpItem(t, collect(t, d)); it.Status != snapshot.OK {
		t.Errorf("status %s (%s), want ok: the router had no free line at first", it.Status, it.Detail)
	}
}

func TestARouterThatDoesNotAnswerIsGivenUp(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, d := host(t, emulator.SSHConfig{Password: "p"})
	d.Password, d.Address, d.ConnectTimeout = "p", l.Addr().String(), 200*time.Millisecond
	it, _ := bgpItem(t, collect(t, d))
	if it.Status != snapshot.Timeout || !strings.Contains(it.Detail, "no answer within 200ms") {
		t.Errorf("status %s (%s), want timeout", it.Status, it.Detail)
	}
}

func TestLegacyAlgorithmsAreForThoseWhoAskForThem(t *testing.T) {
	rsaKey := newKey(t, "rsa", "")
	sha1, err := ssh.NewSignerWithAlgorithms(rsaKey.signer.(ssh.AlgorithmSigner), []string{ssh.KeyAlgoRSA})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		server emulator.SSHConfig
		detail string
	}{
		"host key signed with SHA-1":  {emulator.SSHConfig{HostKeys: []ssh.Signer{sha1}}, "no host key of a type"},
		"Diffie-Hellman of 1024 bits": {emulator.SSHConfig{Crypto: ssh.Config{KeyExchanges: []string{ssh.InsecureKeyExchangeDH1SHA1}}}, "no key exchange in common"},
		"key exchange with SHA-1":     {emulator.SSHConfig{Crypto: ssh.Config{KeyExchanges: []string{ssh.InsecureKeyExchangeDH14SHA1}}}, "no key exchange in common"},
		"a cipher in CBC mode":        {emulator.SSHConfig{Crypto: ssh.Config{Ciphers: []string{ssh.InsecureCipherAES128CBC}}}, "no "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.server.Password = "p"
			_, d := host(t, tt.server)
			d.Password = "p"
			it, _ := bgpItem(t, collect(t, d))
			if it.Status != snapshot.Error || !strings.Contains(it.Detail, tt.detail) || !strings.Contains(it.Detail, "legacyAlgorithms: true") {
				t.Errorf("status %s (%s), want error (… %s …, and the option)", it.Status, it.Detail, tt.detail)
			}
			d.Legacy = true
			it, _ = bgpItem(t, collect(t, d))
			if it.Status != snapshot.OK || !strings.HasPrefix(it.Identity["legacyAlgorithms"], "allowed; in use: ") {
				t.Errorf("with the option: status %s (%s), identity %v", it.Status, it.Detail, it.Identity)
			}
		})
	}
	// The option adds algorithms, and takes none away.
	_, d := host(t, emulator.SSHConfig{Password: "p"})
	d.Password, d.Legacy = "p", true
	it, _ := bgpItem(t, collect(t, d))
	if got := it.Identity["legacyAlgorithms"]; it.Status != snapshot.OK || strings.Contains(got, "sha1") || strings.Contains(got, "cbc") {
		t.Errorf("status %s (%s), in use %q: want what is safe where there is a choice", it.Status, it.Detail, got)
	}
}

func TestOneRouterAtATime(t *testing.T) {
	s, d := host(t, emulator.SSHConfig{Password: "p"})
	d.Password, d.Slots = "p", make(chan struct{}, 1)
	d.Slots <- struct{}{} // another one is at it
	done := make(chan struct{})
	go func() {
		defer close(done)
		if it, _ := bgpItem(t, collect(t, d)); it.Status != snapshot.OK {
			t.Errorf("status %s (%s), want ok", it.Status, it.Detail)
		}
	}()
	time.Sleep(100 * time.Millisecond)
	if n := len(s.Asked()); n > 0 {
		t.Errorf("%d commands were sent before there was room", n)
	}
	<-d.Slots
	<-done
	if len(d.Slots) != 0 {
		t.Error("the slot is still taken")
	}
}
