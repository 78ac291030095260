package evidence_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const (
	r1 = "routers/R1/show_ip_bgp.txt"
	r2 = "routers/R2/show_ip_bgp.txt"
)

// keyPair makes a key of a kind, as PEM.
func keyPair(t *testing.T, kind string) (private, public []byte) {
	t.Helper()
	var key any
	var pub any
	switch kind {
	case "ed25519":
		p, k, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, pub = k, p
	default:
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, pub = k, &k.PublicKey
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})
}

func keys(t *testing.T, kind string) (*evidence.SigningKey, *evidence.PublicKey) {
	t.Helper()
	private, public := keyPair(t, kind)
	k, err := evidence.ParseSigningKey(private)
	if err != nil {
		t.Fatal(err)
	}
	p, err := evidence.ParsePublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if k.ID() != p.ID() {
		t.Fatalf("the halves of a key are called %s and %s", k.ID(), p.ID())
	}
	return k, p
}

// sealed writes evidence of two routers.
func sealed(t *testing.T, key *evidence.SigningKey) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	w.SealWith(key)
	for _, p := range []string{r1, r2} {
		if err := w.Add(evidence.Item{Path: p, Source: strings.ReplaceAll(p[:10], "s/", "/"), Status: snapshot.OK}, []byte("table of "+p+"\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(evidence.Manifest{Tool: "test", Started: time.Unix(1000, 0), Finished: time.Unix(1001, 0)}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// verify returns the states and the problems of the checks, by name.
func verify(t *testing.T, dir string, keys ...*evidence.PublicKey) (states string, problems map[string][]string) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	v, err := evidence.Verify(t.Context(), root.FS(), keys)
	if err != nil {
		t.Fatal(err)
	}
	problems = make(map[string][]string)
	var all []string
	for _, c := range v.Checks {
		all = append(all, c.Name+" "+string(c.State))
		if len(c.Problems) > 0 {
			problems[c.Name] = c.Problems
		}
		if (c.State == evidence.Broken) != (len(c.Problems) > 0) {
			t.Errorf("check %s is %s with problems %q", c.Name, c.State, c.Problems)
		}
	}
	return strings.Join(all, ", "), problems
}

func TestEachTamperingIsNamed(t *testing.T) {
	read := func(t *testing.T, dir, name string) []byte {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	write := func(t *testing.T, dir, name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sum := func(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }
	oneByte := func(t *testing.T, dir string) {
		t.Helper()
		data := read(t, dir, r1)
		data[0] ^= 1
		write(t, dir, r1, data)
	}
	// rewrite makes the manifest and the sums agree with the files again.
	rewrite := func(t *testing.T, dir string) {
		t.Helper()
		raw := read(t, dir, "manifest.json")
		var m evidence.Manifest
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		for _, it := range m.Items {
			raw = []byte(strings.ReplaceAll(string(raw), it.SHA256, sum(read(t, dir, it.Path))))
		}
		write(t, dir, "manifest.json", raw)
		resum(t, dir)
	}
	one := "table of " + r1 + "\n"
	other := "u" + one[1:]
	changed := fmt.Sprintf("%s was changed: its SHA-256 is %s, and should be %s", r1, sum([]byte(other)), sum([]byte(one)))

	key, public := keys(t, "ed25519")
	foreign, _ := keys(t, "ecdsa")
	tests := []struct {
		name     string
		tamper   func(*testing.T, string)
		states   string
		problems map[string][]string
	}{
		{name: "nothing", tamper: func(*testing.T, string) {}, states: "sums holds, manifest holds, seal holds"},
		{
			name: "one byte of an item", tamper: oneByte, states: "sums broken, manifest broken, seal holds",
			problems: map[string][]string{"sums": {changed}, "manifest": {changed}},
		},
		{
			name: "an item is missing", states: "sums broken, manifest broken, seal holds",
			tamper:   func(t *testing.T, dir string) { t.Helper(); remove(t, dir, r2) },
			problems: map[string][]string{"sums": {r2 + " is missing"}, "manifest": {r2 + " is missing"}},
		},
		{
			name: "items swapped", states: "sums broken, manifest broken, seal holds",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				a, b := read(t, dir, r1), read(t, dir, r2)
				write(t, dir, r1, b)
				write(t, dir, r2, a)
			},
			problems: map[string][]string{
				"sums":     {r1 + " and " + r2 + " were swapped: each has the other's bytes"},
				"manifest": {r1 + " and " + r2 + " were swapped: each has the other's bytes"},
			},
		},
		{
			name: "an item renamed", states: "sums broken, manifest broken, seal holds",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				write(t, dir, "routers/R1/x.txt", read(t, dir, r1))
				remove(t, dir, r1)
			},
			problems: map[string][]string{
				"sums":     {r1 + " is missing: routers/R1/x.txt has its bytes"},
				"manifest": {r1 + " is missing: routers/R1/x.txt has its bytes"},
			},
		},
		{
			name: "a file added", states: "sums broken, manifest broken, seal holds",
			tamper: func(t *testing.T, dir string) { t.Helper(); write(t, dir, "routers/R1/more.txt", nil) },
			problems: map[string][]string{
				"sums":     {"routers/R1/more.txt was added: SHA256SUMS does not list it"},
				"manifest": {"routers/R1/more.txt was added: manifest.json does not list it"},
			},
		},
		{
			name: "an item became a link to a file of the same bytes", states: "sums broken, manifest broken, seal holds",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				same := filepath.Join(t.TempDir(), "same")
				if err := os.Rename(filepath.Join(dir, r1), same); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(same, filepath.Join(dir, r1)); err != nil {
					t.Fatal(err)
				}
			},
			problems: map[string][]string{
				"sums":     {r1 + " is not a file but a link or a device", r1 + " is missing"},
				"manifest": {r1 + " is missing"},
			},
		},
		{
			name: "a rewritten manifest, with the sums made again", states: "sums holds, manifest holds, seal broken",
			tamper: func(t *testing.T, dir string) { t.Helper(); oneByte(t, dir); rewrite(t, dir) },
			problems: map[string][]string{"seal": {
				"manifest.json was rewritten: it is not the one that was sealed", "in manifest.json " + changed,
			}},
		},
		{
			name: "a status in the manifest, with the sums made again", states: "sums holds, manifest holds, seal broken",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				write(t, dir, "manifest.json", []byte(strings.Replace(string(read(t, dir, "manifest.json")), `"ok"`, `"denied"`, 1)))
				resum(t, dir)
			},
			problems: map[string][]string{"seal": {"manifest.json was rewritten: it is not the one that was sealed"}},
		},
		{
			name: "all of it rewritten, and sealed with another key", states: "sums holds, manifest holds, seal broken",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				again := sealed(t, foreign)
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
				if err := os.CopyFS(dir, os.DirFS(again)); err != nil {
					t.Fatal(err)
				}
			},
			problems: map[string][]string{"seal": {"seal.dsse.json: it was sealed with another key, " + foreign.ID() + ": want one by " + public.ID()}},
		},
		{
			name: "the seal removed, with the sums made again", states: "sums holds, manifest holds, seal broken",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				remove(t, dir, "seal.dsse.json")
				resum(t, dir)
			},
			problems: map[string][]string{"seal": {"seal.dsse.json is missing: the evidence was never sealed, or its seal was removed"}},
		},
		{
			name: "the seal's statement changed, with the sums made again", states: "sums holds, manifest holds, seal broken",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				oneByte(t, dir)
				var e map[string]any
				raw := read(t, dir, "seal.dsse.json")
				if err := json.Unmarshal(raw, &e); err != nil {
					t.Fatal(err)
				}
				body, _ := base64.StdEncoding.DecodeString(e["payload"].(string))
				old := sum(read(t, dir, "manifest.json"))
				rewrite(t, dir)
				body = []byte(strings.ReplaceAll(strings.ReplaceAll(string(body), sum([]byte(one)), sum([]byte(other))), old, sum(read(t, dir, "manifest.json"))))
				e["payload"] = base64.StdEncoding.EncodeToString(body)
				raw, _ = json.Marshal(e)
				write(t, dir, "seal.dsse.json", raw)
				resum(t, dir)
			},
			problems: map[string][]string{"seal": {"seal.dsse.json: it names the key " + public.ID() + ", whose signature it does not have: the seal was changed"}},
		},
		{
			name: "the signatures removed", states: "sums holds, manifest holds, seal broken",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				var e map[string]any
				if err := json.Unmarshal(read(t, dir, "seal.dsse.json"), &e); err != nil {
					t.Fatal(err)
				}
				e["signatures"] = []any{}
				raw, _ := json.Marshal(e)
				write(t, dir, "seal.dsse.json", raw)
				resum(t, dir)
			},
			problems: map[string][]string{"seal": {"seal.dsse.json: nobody has signed it"}},
		},
		{
			name: "the manifest removed", states: "sums broken, manifest broken, seal broken",
			tamper: func(t *testing.T, dir string) { t.Helper(); remove(t, dir, "manifest.json") },
			problems: map[string][]string{
				"sums": {"manifest.json is missing"}, "manifest": {"manifest.json is missing"},
				"seal": {"manifest.json, which was sealed, is missing"},
			},
		},
		{
			name: "the sums removed", states: "sums broken, manifest holds, seal holds",
			tamper:   func(t *testing.T, dir string) { t.Helper(); remove(t, dir, "SHA256SUMS") },
			problems: map[string][]string{"sums": {"SHA256SUMS is missing"}},
		},
		{
			name: "nonsense in the sums", states: "sums broken, manifest holds, seal holds",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				raw := read(t, dir, "SHA256SUMS")
				first, _, _ := strings.Cut(string(raw), "\n")
				write(t, dir, "SHA256SUMS", append(raw, "nonsense\n"+first+"\n"...))
			},
			problems: map[string][]string{"sums": {"SHA256SUMS:5 is no sum and path", "SHA256SUMS:6 lists " + r1 + " again"}},
		},
		{
			name: "the end of the sums cut off", states: "sums broken, manifest holds, seal holds",
			tamper: func(t *testing.T, dir string) {
				t.Helper()
				write(t, dir, "SHA256SUMS", []byte(strings.TrimSuffix(string(read(t, dir, "SHA256SUMS")), "\n")))
			},
			problems: map[string][]string{"sums": {"SHA256SUMS:4 has no end: the file was cut off"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := sealed(t, key)
			tt.tamper(t, dir)
			states, problems := verify(t, dir, public)
			if states != tt.states {
				t.Errorf("states = %s, want %s", states, tt.states)
			}
			if tt.problems == nil {
				tt.problems = map[string][]string{}
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// resum writes SHA256SUMS for the files as they are.
func resum(t *testing.T, dir string) {
	t.Helper()
	var b strings.Builder
	for _, p := range []string{r1, r2, "manifest.json", "seal.dsse.json"} {
		if data, err := os.ReadFile(filepath.Join(dir, p)); err == nil {
			fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(data), p)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

// Without a key nothing is said to be sealed, and a seal that contradicts the
// manifest is broken all the same.
func TestWithoutAKeyASealIsNotChecked(t *testing.T) {
	key, public := keys(t, "ecdsa")
	dir := sealed(t, key)
	if states, _ := verify(t, dir); states != "sums holds, manifest holds, seal unchecked" {
		t.Error(states)
	}
	_, stranger := keys(t, "ed25519")
	if states, _ := verify(t, dir, stranger, public); states != "sums holds, manifest holds, seal holds" {
		t.Errorf("one of two keys has signed: %s", states)
	}
	if states, _ := verify(t, sealed(t, nil)); states != "sums holds, manifest holds, seal none" {
		t.Error(states)
	}
	other := sealed(t, nil)
	raw, err := os.ReadFile(filepath.Join(dir, "seal.dsse.json"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := os.ReadFile(filepath.Join(other, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	_ = os.WriteFile(filepath.Join(other, "manifest.json"), slices.Concat(m, []byte("\n")), 0o600)
	_ = os.WriteFile(filepath.Join(other, "seal.dsse.json"), raw, 0o600)
	resum(t, other)
	if states, _ := verify(t, other); states != "sums holds, manifest holds, seal broken" {
		t.Errorf("the seal of another manifest: %s", states)
	}
}

func TestADirectoryMadeByHandIsNotSaidToHold(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "routers/R1"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, r1), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if states, _ := verify(t, dir); states != "sums unchecked, manifest unchecked, seal none" {
		t.Error(states)
	}
}
