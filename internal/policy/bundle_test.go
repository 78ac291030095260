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
	"syscall"
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
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signedWith(t, files, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), algorithm)
}

// signedWith is signed with a key as OPA takes it.
func signedWith(t *testing.T, files map[string]string, key, algorithm string) map[string]string {
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
	token, err := bundle.GenerateSignedToken(infos, bundle.NewSigningConfig(key, algorithm, ""), "")
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
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
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
		"Ed25519":             {signed(t, files, ed, "EdDSA"), edPublic, ""},
		"ECDSA":               {byEC, ec.Public(), ""},
		"RSA":                 {signed(t, files, rs, "RS256"), rs.Public(), ""},
		"RSA, longer":         {signed(t, files, rs, "RS512"), rs.Public(), ""},
		"RSA-PSS":             {signed(t, files, rs, "PS256"), rs.Public(), ""},
		"another key":         {byEC, other.Public(), "verif"},
		"another type of key": {byEC, rs.Public(), `the bundle is signed by "ES256", and the key verifies RS256`},
		"HMAC with the public key": {
			signedWith(t, files, string(public(t, ec.Public())), "HS256"), ec.Public(),
			`the bundle is signed by "HS256", and the key verifies ES256`,
		},
		"no key":    {byEC, nil, ""},
		"unsigned":  {files, ec.Public(), "missing .signatures.json"},
		"changed":   {changed, ec.Public(), "digest mismatch"},
		"added to":  {added, ec.Public(), "not included in bundle signature"},
		"cut short": {missing, ec.Public(), "bundle"},
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
	packed, err := os.ReadFile(pack(t, plain))
	if err != nil {
		t.Fatal(err)
	}
	whole := string(packed)
	for name, tc := range map[string]struct{ file, want string }{
		"out of it":          {pack(t, map[string]string{"../../x.rego": users}), `"../../x.rego" is not the name`},
		"a link":             {pack(t, plain, tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}), `"l" is neither a file nor a directory`},
		"a file twice":       {pack(t, map[string]string{"a.rego": "", "./a.rego": ""}), "a.rego: the bundle has this file twice"},
		"a huge file":        {pack(t, map[string]string{"a.rego": big}), "a.rego: larger than 1048576 bytes"},
		"huge when unpacked": {pack(t, many), "more than 67108864 bytes"},
		"data":               {pack(t, map[string]string{"data.json": `{"a": 1}`}), "the bundle has data: want Rego alone"},
		"outside its roots":  {pack(t, map[string]string{"a.rego": "package b", ".manifest": `{"roots": ["a"]}`}), "not accepted"},
		"empty":              {pack(t, nil), "want an OPA bundle as .tar.gz"},
		"without a policy":   {pack(t, map[string]string{"README.md": "", ".git/a.rego": users}), "there is no policy: want files that end in .rego"},
		"cut off":            {write(t, "bundle.tar.gz", whole[:len(whole)-8]), "want a whole .tar.gz: unexpected EOF"},
		"with another's end": {write(t, "bundle.tar.gz", whole[:len(whole)-8]+strings.Repeat("\x00", 8)), "want a whole .tar.gz: gzip: invalid checksum"},
		"a text":             {write(t, "policies", "hello"), "want a directory, or an OPA bundle as .tar.gz"},
		"nothing":            {"/nonexistent", "no such file"},
	} {
		if _, err := policy.Open(tc.file, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q", name, err, tc.want)
		}
	}
	for key, want := range map[string]string{
		"no key": "not PEM",
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE"})): `the key is of the kind "CERTIFICATE": want BEGIN PUBLIC KEY`,
	} {
		if _, err := policy.Open(pack(t, plain), []byte(key)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a key that is none: error %v, want %q", err, want)
		}
	}
}

// A mistyped name, a volume that is not mounted, a link: none of them may leave
// policies out without a word.
func TestADirectoryWhosePoliciesAreNotReadIsRefused(t *testing.T) {
	plain := map[string]string{"test/sample/sample.rego": users}
	for name, tc := range map[string]struct {
		files map[string]string
		links map[string]string
		want  string // empty: accepted
	}{
		"nothing in it":              {want: "there is no policy"},
		"hidden files alone":         {files: map[string]string{".git/sample.rego": users}, want: "there is no policy"},
		"a link out of it":           {files: plain, links: map[string]string{"link.rego": write(t, "secret.rego", users)}, want: "link.rego"},
		"a link to a directory":      {files: plain, links: map[string]string{"more": "test"}, want: "more: a link to a directory is not followed"},
		"a link to another place":    {files: plain, links: map[string]string{"more": t.TempDir()}, want: "a link that is not followed: statat more"},
		"a volume of a cluster":      {files: map[string]string{"..1/sample.rego": users}, links: map[string]string{"..data": "..1", "sample.rego": "..data/sample.rego"}},
		"a link to a file beside it": {files: plain, links: map[string]string{"README": "test/sample/sample.rego"}},
	} {
		dir := unpacked(t, tc.files)
		for at, to := range tc.links {
			if err := os.Symlink(to, filepath.Join(dir, at)); err != nil {
				t.Skipf("no links here: %v", err)
			}
		}
		_, err := policy.Open(dir, nil)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: error %v, want %q", name, err, tc.want)
		}
	}
}

func TestAPipeAmongThePoliciesIsNotWaitedFor(t *testing.T) {
	dir := unpacked(t, map[string]string{"test/sample/sample.rego": users})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.rego"), 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	files, err := policy.Open(dir, nil)
	if err == nil {
		_, err = policy.Load(t.Context(), policies.FS, files)
	}
	if err == nil || !strings.Contains(err.Error(), "pipe.rego: not a file") {
		t.Errorf("error %v, want one that names pipe.rego", err)
	}
}
