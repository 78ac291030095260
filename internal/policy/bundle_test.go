package policy_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/policies"
)

// users is a user's policy.
const users = complete + `
applicable := {"x"}

violations contains {"resource": "x", "message": "of the bundle"}

undetermined := {x | some x in []}
`

// pack writes a .tar.gz, the files in the order of their names.
func pack(t *testing.T, files map[string]string, more ...tar.Header) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range more {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "bundle.tar.gz", b.String())
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// unpacked writes the files into a directory.
func unpacked(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// signed are the files with OPA's own signature over them.
func signed(t *testing.T, files map[string]string, private any, algorithm string) map[string]string {
	t.Helper()
	var infos []bundle.FileInfo
	for _, name := range slices.Sorted(maps.Keys(files)) {
		h, err := bundle.NewSignatureHasher("SHA-256")
		if err != nil {
			t.Fatal(err)
		}
		sum, err := h.HashFile([]byte(files[name]))
		if err != nil {
			t.Fatal(err)
		}
		infos = append(infos, bundle.NewFile(name, fmt.Sprintf("%x", sum), "SHA-256"))
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	token, err := bundle.GenerateSignedToken(infos, bundle.NewSigningConfig(string(key), algorithm, ""), "")
	if err != nil {
		t.Fatal(err)
	}
	out := maps.Clone(files)
	out[".signatures.json"] = fmt.Sprintf(`{"signatures": [%q]}`, token)
	return out
}

func public(t *testing.T, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func TestAUsersPoliciesComeAsDirectoryOrBundle(t *testing.T) {
	plain := map[string]string{"test/sample/sample.rego": users}
	hidden := maps.Clone(plain)
	hidden[".git/old/sample.rego"] = users
	manifest := maps.Clone(plain)
	manifest[".manifest"] = `{"revision": "7", "roots": ["test"], "rego_version": 1}`
	absolute := map[string]string{"/test/sample/sample.rego": users, "/.manifest": manifest[".manifest"], "/data.json": "{}"}
	for name, at := range map[string]string{
		"directory": unpacked(t, plain), "directory under version control": unpacked(t, hidden),
		"bundle's directory": unpacked(t, manifest), "tarball": pack(t, manifest), "tarball of opa build": pack(t, absolute),
	} {
		files, err := policy.Open(at, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, f := range evaluate(t, load(t, policies.FS, files), network()) {
			if f.Policy == "TST-01" && (f.Outcome != finding.Fail || f.Message != "of the bundle") {
				t.Errorf("%s: %s: %s", name, f.Outcome, f.Message)
			}
		}
	}
}

func TestASignedBundleIsVerified(t *testing.T) {
	files := map[string]string{"test/sample/sample.rego": users}
	edPublic, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	byEC := signed(t, files, ec, "ES256")
	changed := maps.Clone(byEC)
	changed["test/sample/sample.rego"] += "\n# changed\n"
	added := maps.Clone(byEC)
	added["test/more/more.rego"] = "package test.more\n"
	missing := maps.Clone(byEC)
	delete(missing, "test/sample/sample.rego")
	missing["other.txt"] = ""
	for name, tc := range map[string]struct {
		files map[string]string
		key   crypto.PublicKey
		want  string // empty: accepted
	}{
		"Ed25519":     {signed(t, files, ed, "EdDSA"), edPublic, ""},
		"ECDSA":       {byEC, ec.Public(), ""},
		"RSA":         {signed(t, files, rs, "RS256"), rs.Public(), ""},
		"another key": {byEC, rs.Public(), "verif"},
		"no key":      {byEC, nil, ""},
		"unsigned":    {files, ec.Public(), "missing .signatures.json"},
		"changed":     {changed, ec.Public(), "digest mismatch"},
		"added to":    {added, ec.Public(), "not included in bundle signature"},
		"cut short":   {missing, ec.Public(), "bundle"},
	} {
		var key []byte
		if tc.key != nil {
			key = public(t, tc.key)
		}
		for kind, at := range map[string]string{"tarball": pack(t, tc.files), "directory": unpacked(t, tc.files)} {
			_, err := policy.Open(at, key)
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("%s, %s: error %v, want %q", name, kind, err, tc.want)
			}
		}
	}
}

func TestABundleThatIsHostileIsRefused(t *testing.T) {
	plain := map[string]string{"test/sample/sample.rego": users}
	big := strings.Repeat("#", 1<<20+1)
	many := make(map[string]string)
	for i := range 80 {
		many[fmt.Sprintf("%d.rego", i)] = big[:1<<20]
	}
	for name, tc := range map[string]struct{ file, want string }{
		"out of it":          {pack(t, map[string]string{"../../x.rego": users}), `"../../x.rego" is not the name`},
		"a link":             {pack(t, plain, tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}), `"l" is neither a file nor a directory`},
		"a file twice":       {pack(t, map[string]string{"a.rego": "", "./a.rego": ""}), "a.rego: the bundle has this file twice"},
		"a huge file":        {pack(t, map[string]string{"a.rego": big}), "a.rego: larger than 1048576 bytes"},
		"huge when unpacked": {pack(t, many), "more than 67108864 bytes"},
		"data":               {pack(t, map[string]string{"data.json": `{"a": 1}`}), "the bundle has data: want Rego alone"},
		"outside its roots":  {pack(t, map[string]string{"a.rego": "package b", ".manifest": `{"roots": ["a"]}`}), "not accepted"},
		"empty":              {pack(t, nil), "want an OPA bundle as .tar.gz"},
		"a text":             {write(t, "policies", "hello"), "want a directory, or an OPA bundle as .tar.gz"},
		"nothing":            {"/nonexistent", "no such file"},
	} {
		if _, err := policy.Open(tc.file, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q", name, err, tc.want)
		}
	}
	if _, err := policy.Open(pack(t, plain), []byte("no key")); err == nil || !strings.Contains(err.Error(), "not PEM") {
		t.Errorf("a key that is none: error %v", err)
	}
}

func TestADirectoryOfPoliciesIsNotLeft(t *testing.T) {
	secret := write(t, "secret.rego", "package secret\n")
	dir := unpacked(t, map[string]string{"test/sample/sample.rego": users})
	if err := os.Symlink(secret, filepath.Join(dir, "link.rego")); err != nil {
		t.Skipf("no links here: %v", err)
	}
	files, err := policy.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Load(t.Context(), policies.FS, files); err == nil || !strings.Contains(err.Error(), "link.rego") {
		t.Errorf("error %v, want one that refuses link.rego", err)
	}
}
