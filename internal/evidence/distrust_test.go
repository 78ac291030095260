package evidence_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Nobody may judge bytes that were not collected.
func TestBytesThatWereNotCollectedAreNotReturned(t *testing.T) {
	dir := sealed(t, nil)
	const added = "routers/R1/show_ip_route.txt"
	for _, name := range []string{r1, added} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("0.0.0.0/0 via 192.0.2.66\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := evidence.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{r1, added} {
		data, err := d.Bytes(name)
		if it, ok := d.Item(name); err == nil || len(data) > 0 || !ok || it.Status != snapshot.Error {
			t.Errorf("%s: %q, %v, status %q", name, data, err, it.Status)
		}
	}
	if data, err := d.Bytes(r2); err != nil || len(data) == 0 {
		t.Errorf("%s: %q, %v", r2, data, err)
	}
}

// What is verified is what is judged, also when somebody writes in between.
func TestBytesThatChangeAfterTheyWereSummedAreNotReturned(t *testing.T) {
	dir := sealed(t, nil)
	d, err := evidence.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, r1), []byte("0.0.0.0/0 via 192.0.2.66\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := d.Bytes(r1); err == nil || len(data) > 0 {
		t.Errorf("%s: %q, %v", r1, data, err)
	}
}
