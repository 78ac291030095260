package evidence_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/evidence"
)

// What others say of a seal: sha256sum of the files, and openssl of the signature,
// over the encoding that DSSE's specification describes.
func TestOthersVerifyWhatIsSealed(t *testing.T) {
	for _, kind := range []string{"ed25519", "ecdsa"} {
		t.Run(kind, func(t *testing.T) {
			openssl, sha256sum := tool(t, "openssl"), tool(t, "sha256sum")
			private, public := opensslKey(t, openssl, kind)
			key, err := evidence.ParseSigningKey(private)
			if err != nil {
				t.Fatal(err)
			}
			dir := sealed(t, key)
			out := run(t, dir, sha256sum, "--strict", "-c", "SHA256SUMS")
			for _, name := range []string{r1, r2, "manifest.json", "seal.dsse.json"} {
				if !strings.Contains(out, name+": OK\n") {
					t.Errorf("sha256sum does not say that %s is as it was:\n%s", name, out)
				}
			}
			body, signature := openEnvelope(t, dir)
			if kind == "ed25519" {
				run(t, t.TempDir(), openssl, "pkeyutl", "-verify", "-pubin", "-inkey", temp(t, public), "-rawin",
					"-in", temp(t, pae(body)), "-sigfile", temp(t, signature))
			} else {
				run(t, t.TempDir(), openssl, "dgst", "-sha256", "-verify", temp(t, public), "-signature", temp(t, signature), temp(t, pae(body)))
			}
			pub, err := evidence.ParsePublicKey(public)
			if err != nil {
				t.Fatal(err)
			}
			if states, _ := verify(t, dir, pub); states != "sums holds, manifest holds, seal holds" {
				t.Error(states)
			}
		})
	}
}

// The statement is an in-toto statement whose subjects are all files but the sums
// and the seal.
func TestTheSealStatesEveryFile(t *testing.T) {
	key, _ := keys(t, "ed25519")
	dir := sealed(t, key)
	body, _ := openEnvelope(t, dir)
	var s struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
		Subject       []struct {
			Name   string
			Digest map[string]string
		}
	}
	if err := json.Unmarshal(body, &s); err != nil {
		t.Fatal(err)
	}
	if s.Type != "https://in-toto.io/Statement/v1" || s.PredicateType != "https://github.com/routeproof/routeproof/evidence/v1" {
		t.Errorf("type %q, predicate %q", s.Type, s.PredicateType)
	}
	sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, sub := range s.Subject {
		names = append(names, sub.Name)
		if !strings.Contains(string(sums), sub.Digest["sha256"]+"  "+sub.Name+"\n") {
			t.Errorf("%s is sealed as %v, which is not in SHA256SUMS", sub.Name, sub.Digest)
		}
	}
	if diff := cmp.Diff([]string{"manifest.json", r1, r2}, names); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
}

func TestUnfitKeysAreRefusedWithoutShowingThem(t *testing.T) {
	private, public := keyPair(t, "ed25519")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := func(key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	tests := []struct {
		name, want string
		data       []byte
	}{
		{"nothing", "no PEM in it", nil},
		{"a public key", `a PEM block "PUBLIC KEY"`, public},
		{"an RSA key", "a key of type *rsa.PrivateKey", pkcs8(rsaKey)},
		{"a key of another curve", "a key of type *ecdsa.PrivateKey", pkcs8(p384)},
		{"an encrypted key", "the key is encrypted", pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")})},
		{"half a key", "not a PKCS#8 key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("hunter2")})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := evidence.ParseSigningKey(tt.data)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error = %v, want one with %q", err, tt.want)
			}
		})
	}
	if _, err := evidence.ParsePublicKey(private); err == nil || !strings.Contains(err.Error(), `a PEM block "PRIVATE KEY"`) {
		t.Errorf("a private key for a public one: %v", err)
	}
	key, err := evidence.ParseSigningKey([]byte(strings.TrimSpace(string(private)))) // as a secret is read
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, key); got != "key "+key.ID() {
			t.Errorf("%s of a key is %q", format, got)
		}
	}
}

// pae is DSSE's pre-authentication encoding (protocol.md, "Signature Definition"),
// written from the specification.
func pae(body []byte) []byte {
	const typ = "application/vnd.in-toto+json"
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(typ), typ, len(body), body)
}

func openEnvelope(t *testing.T, dir string) (body, signature []byte) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "seal.dsse.json"))
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		PayloadType string
		Payload     []byte
		Signatures  []struct{ Sig []byte }
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	if e.PayloadType != "application/vnd.in-toto+json" || len(e.Signatures) != 1 {
		t.Fatalf("an envelope of %q with %d signatures", e.PayloadType, len(e.Signatures))
	}
	return e.Payload, e.Signatures[0].Sig
}

func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

func opensslKey(t *testing.T, openssl, kind string) (private, public []byte) {
	t.Helper()
	args := []string{"genpkey", "-algorithm", "ed25519"}
	if kind == "ecdsa" {
		args = []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}
	}
	dir := t.TempDir()
	run(t, dir, openssl, append(args, "-out", "seal.pem")...)
	run(t, dir, openssl, "pkey", "-in", "seal.pem", "-pubout", "-out", "seal.pub.pem")
	private, err := os.ReadFile(filepath.Join(dir, "seal.pem"))
	if err != nil {
		t.Fatal(err)
	}
	public, err = os.ReadFile(filepath.Join(dir, "seal.pub.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}

func temp(t *testing.T, data []byte) string {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}
