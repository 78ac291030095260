//go:build unix

package evidence_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// A pipe that nobody writes to would be waited for without end.
func TestAPipeAmongTheEvidenceIsNotWaitedFor(t *testing.T) {
	const item = "routers/R1/show_version.txt"
	collected := func(t *testing.T, pipe string) string {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "evidence")
		w, err := evidence.Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Add(evidence.Item{Path: item, Source: "router/R1", Status: snapshot.OK}, []byte("text")); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(evidence.Manifest{Tool: "test"}); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, filepath.FromSlash(pipe))
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(name, 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	t.Run("as an item", func(t *testing.T) {
		d, err := evidence.Open(os.DirFS(collected(t, item)))
		if err != nil {
			t.Fatal(err)
		}
		it, _ := d.Item(item)
		if want := "the file that the manifest names cannot be read: it is not a file"; it.Status != snapshot.Error || it.Detail != want {
			t.Errorf("%s, %q: want error, %q", it.Status, it.Detail, want)
		}
		if _, err := d.Bytes(item); err == nil || !strings.Contains(err.Error(), "it is not a file") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("as the manifest", func(t *testing.T) {
		if _, err := evidence.Open(os.DirFS(collected(t, "manifest.json"))); err == nil || !strings.Contains(err.Error(), "it is not a file") {
			t.Errorf("the error is %v", err)
		}
	})
}

// A directory made by hand may have anything in it: one item that cannot be read
// is one item, and no link leads out of the evidence.
func TestWhatIsNoFileInADirectoryMadeByHandIsOneItem(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "routers", "R1"), 0o700); err != nil {
		t.Fatal(err)
	}
	name := func(item string) string { return filepath.Join(dir, "routers", "R1", item) }
	secret := filepath.Join(t.TempDir(), "secret")
	for _, file := range []string{name("show_version.txt"), secret} {
		if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink(secret, name("show_ip_bgp.txt")), syscall.Mkfifo(name("show_ip_route.txt"), 0o600)); err != nil {
		t.Fatal(err)
	}
	d, err := evidence.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]snapshot.Status)
	for _, it := range d.Manifest.Items {
		got[filepath.Base(it.Path)] = it.Status
		if data, err := d.Bytes(it.Path); (err == nil) != (it.Status == snapshot.OK) {
			t.Errorf("%s is %s, and reads as %q, %v", it.Path, it.Status, data, err)
		}
	}
	want := map[string]snapshot.Status{"show_version.txt": snapshot.OK, "show_ip_bgp.txt": snapshot.Error, "show_ip_route.txt": snapshot.Error}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
