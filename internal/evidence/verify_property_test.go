package evidence_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/evidence"
)

// inMemory is a sealed evidence directory.
func inMemory(t *testing.T, key *evidence.SigningKey) fstest.MapFS {
	t.Helper()
	dir := os.DirFS(sealed(t, key))
	out := make(fstest.MapFS)
	err := fs.WalkDir(dir, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, p)
		out[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func broken(t rapid.TB, fsys fs.FS, keys ...*evidence.PublicKey) bool {
	t.Helper()
	v, err := evidence.Verify(context.Background(), fsys, keys)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(v.Checks, func(c evidence.Check) bool { return c.State == evidence.Broken })
}

// Whichever byte is changed, in whichever file, something is broken.
func TestNoByteCanBeChangedUnnoticed(t *testing.T) {
	key, public := keys(t, "ed25519")
	fsys := inMemory(t, key)
	if broken(t, fsys, public) {
		t.Fatal("broken before anything was changed")
	}
	for name, file := range fsys {
		for i := range file.Data {
			file.Data[i] ^= 1
			if !broken(t, fsys, public) {
				t.Errorf("%s: byte %d was changed, and nothing is broken", name, i)
			}
			file.Data[i] ^= 1
		}
	}
}

// Who makes the sums again after a change is found out by the seal.
func TestNoByteOfTheManifestCanBeChangedWithTheSumsMadeAgain(t *testing.T) {
	key, public := keys(t, "ed25519")
	fsys := inMemory(t, key)
	manifest, sums := fsys["manifest.json"], fsys["SHA256SUMS"]
	was := fmt.Sprintf("%x", sha256.Sum256(manifest.Data))
	original := string(sums.Data)
	for i := range manifest.Data {
		manifest.Data[i] ^= 1
		sums.Data = []byte(strings.Replace(original, was, fmt.Sprintf("%x", sha256.Sum256(manifest.Data)), 1))
		if !broken(t, fsys, public) {
			t.Errorf("byte %d was changed, and nothing is broken", i)
		}
		manifest.Data[i] ^= 1
	}
}

// Whatever stands in the files beside the items, it is no panic, and no seal.
func TestNonsenseIsNoSeal(t *testing.T) {
	key, public := keys(t, "ecdsa")
	whole := inMemory(t, key)
	rapid.Check(t, func(rt *rapid.T) {
		fsys := make(fstest.MapFS)
		for name, file := range whole {
			fsys[name] = &fstest.MapFile{Data: slices.Clone(file.Data)}
		}
		name := rapid.SampledFrom([]string{"seal.dsse.json", "manifest.json", "SHA256SUMS"}).Draw(rt, "file")
		data := fsys[name].Data
		at := rapid.IntRange(0, len(data)-1).Draw(rt, "at")
		end := rapid.IntRange(at, len(data)).Draw(rt, "end")
		put := rapid.SampledFrom([]string{"", "null", "{}", "[]", `"`, "0", "\n", "\x00", "\x1b[2J", "../../x"}).Draw(rt, "put")
		changed := slices.Concat(data[:at], []byte(put), data[end:])
		if string(changed) == string(data) {
			return
		}
		fsys[name].Data = changed
		if !broken(rt, fsys, public) {
			rt.Fatalf("%s with %q in place of %q is not broken", name, put, data[at:end])
		}
	})
}
