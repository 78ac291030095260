package evidence_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func item(path string) evidence.Item {
	return evidence.Item{Path: path, Source: "router/R1", What: "show ip bgp", Status: snapshot.OK, At: time.Unix(1000, 0).UTC()}
}

// write makes an evidence directory with two items and returns its name.
func write(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"routers/R1/show_ip_bgp.txt", "routers/R1/show_ip_route.txt"} {
		if err := w.Add(item(p), []byte("a table\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(evidence.Manifest{Tool: "test", Started: time.Unix(1000, 0), Finished: time.Unix(1001, 0)}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	d, err := evidence.Open(os.DirFS(write(t)))
	if err != nil {
		t.Fatal(err)
	}
	if !d.Attested || len(d.Manifest.Items) != 2 || d.Manifest.Finished != time.Unix(1001, 0).UTC() {
		t.Errorf("manifest = %+v", d.Manifest)
	}
	for _, it := range d.Manifest.Items {
		if it.Status != snapshot.OK {
			t.Errorf("%s: status %s (%s), want ok", it.Path, it.Status, it.Detail)
		}
	}
	if data, err := d.Bytes("routers/R1/show_ip_bgp.txt"); err != nil || string(data) != "a table\n" {
		t.Errorf("Bytes = %q, %v", data, err)
	}
}

func TestSumsAreThoseOfSha256sum(t *testing.T) {
	dir := write(t)
	cmd := exec.CommandContext(t.Context(), "sha256sum", "-c", "SHA256SUMS")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), ": OK") != 3 {
		t.Errorf("sha256sum -c: %v\n%s", err, out)
	}
}

func TestTamperingMakesTheItemUnread(t *testing.T) {
	for _, tt := range []struct {
		name   string
		tamper func(dir string) error
		path   string
		detail string
	}{
		{"one byte", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "routers/R1/show_ip_bgp.txt"), []byte("a tablf\n"), 0o600)
		}, "routers/R1/show_ip_bgp.txt", "the file was changed after collection: its SHA-256 is not the manifest's"},
		{"a missing file", func(dir string) error {
			return os.Remove(filepath.Join(dir, "routers/R1/show_ip_bgp.txt"))
		}, "routers/R1/show_ip_bgp.txt", "the file that the manifest names cannot be read: it does not exist"},
		{"an added file", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "routers/R1/extra.txt"), nil, 0o600)
		}, "routers/R1/extra.txt", "the file is not in the manifest: it was added after collection"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := write(t)
			if err := tt.tamper(dir); err != nil {
				t.Fatal(err)
			}
			d, err := evidence.Open(os.DirFS(dir))
			if err != nil {
				t.Fatal(err)
			}
			it, ok := d.Item(tt.path)
			if !ok || it.Status != snapshot.Error || it.Detail != tt.detail {
				t.Errorf("item = %+v, want status error, %q", it, tt.detail)
			}
		})
	}
}

func TestANewerManifestIsRefused(t *testing.T) {
	_, err := evidence.Open(fstest.MapFS{"manifest.json": {Data: []byte(`{"version": 99}`)}})
	want := `evidence manifest.json: version "99" (this program reads 1 to 1): use the routeproof that wrote it, or a newer one`
	if err == nil || err.Error() != want {
		t.Errorf("Open error = %v, want %s", err, want)
	}
}

func TestNothingAppearsUntilClose(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(item("routers/R1/show_ip_bgp.txt"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("before Close: Stat = %v, want not exist", err)
	}
	w.Abort()
	if left, _ := os.ReadDir(filepath.Dir(dir)); len(left) != 0 {
		t.Errorf("after Abort: %v is left", left)
	}
}

func TestEvidenceIsNeverMixed(t *testing.T) {
	dir := write(t)
	if _, err := evidence.Create(dir); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("Create on evidence = %v, want a refusal", err)
	}
}

func TestNamesNeverLeaveTheirFolder(t *testing.T) {
	for in, want := range map[string]string{
		"R1": "R1", "../../etc": "%2E.%2F..%2Fetc", "": "%00", "a b": "a%20b", "a\x00b": "a%00b", ".hidden": "%2Ehidden", "er/0": "er%2F0",
	} {
		if got := evidence.Segment(in); got != want {
			t.Errorf("Segment(%q) = %q, want %q", in, got, want)
		}
	}
	w, err := evidence.Create(filepath.Join(t.TempDir(), "e"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, p := range []string{"../x", "/etc/x", "a/../../x", `a\b`, ""} {
		if err := w.Add(item(p), nil); err == nil {
			t.Errorf("Add(%q) was accepted", p)
		}
	}
}

func TestSecretsDoNotReachTheDisk(t *testing.T) {
	const marker = "S3CR3T-m4rk3r"
	for name, text := range map[string]string{
		"a.json": `{"serviceKey":"` + marker + `","properties":{"Authorization_Key": "` + marker + `","a":[{"sharedKey":{"value":"` + marker + `","n":["` + marker + `"]}}],"serviceKe\u0079":"` + marker + `"},"kept":"yes"}`,
		"b.json": `{"sharedKey":"` + marker, // cut off
		"c.txt": "neighbor 1.1.1.1 password 7 " + marker + "\n pre-shared-key local " + marker + "\ncrypto isakmp key 6 " + marker + " address 1.1.1.1\n" +
			"key-string " + marker + "\nsnmp-server community " + marker + " ro\nusername a secret 9 $9$" + marker + "\n",
	} {
		got := string(evidence.Redact(name, []byte(text)))
		if strings.Contains(got, marker) {
			t.Errorf("%s: the secret is still there: %s", name, got)
		}
		if strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Errorf("%s: line numbers changed", name)
		}
	}
}

func TestWhatIsNotSecretStaysAsReceived(t *testing.T) {
	const text = `{"value" : [ {"network":"10.0.0.0/8","weight": 32768 , "keyVaultId":"x" } ] , "n":1.5e3}`
	if diff := cmp.Diff(text, string(evidence.Redact("a.json", []byte(text)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnUnattestedDirectoryIsReadAndSaysSo(t *testing.T) {
	d, err := evidence.Open(fstest.MapFS{"routers/R1/show_ip_bgp.txt": {Data: []byte("x")}, "notes.txt": {Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Attested || len(d.Manifest.Items) != 1 || d.Manifest.Items[0].Source != "router/R1" {
		t.Errorf("got %+v, attested %v", d.Manifest.Items, d.Attested)
	}
	if _, err := evidence.Open(fstest.MapFS{}); err == nil {
		t.Error("an empty directory was accepted")
	}
}

func FuzzRedactKeepsJSONValid(f *testing.F) {
	f.Add([]byte(`{"sharedKey":{"a":[1,"x",null]},"b":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := evidence.Redact("x.json", data)
		if json.Valid(data) && !json.Valid(got) {
			t.Errorf("Redact(%q) = %q, no longer JSON", data, got)
		}
	})
}
