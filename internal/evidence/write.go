package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// A Writer makes an evidence directory. Nothing appears under its final name
// until [Writer.Close] has succeeded, so a killed run leaves the last good
// state. It is safe for concurrent use.
type Writer struct {
	final string
	tmp   string

	key *SigningKey

	mu    sync.Mutex // guards items and paths
	items []Item
	paths map[string]bool
}

// Create starts an evidence directory that will be named dir. dir must not
// exist, or be empty: evidence is never mixed with other evidence.
func Create(dir string) (*Writer, error) {
	final, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("evidence directory %s: %w", dir, err)
	}
	entries, err := os.ReadDir(final)
	switch {
	case err == nil && len(entries) > 0:
		return nil, fmt.Errorf("evidence directory %s is not empty: name a new one, or remove it first", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("evidence directory %s: %w", dir, err)
	}
	if err := os.MkdirAll(filepath.Dir(final), 0o750); err != nil {
		return nil, fmt.Errorf("evidence directory %s: %w", dir, err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(final), "."+filepath.Base(final)+".*")
	if err != nil {
		return nil, fmt.Errorf("evidence directory %s: %w", dir, err)
	}
	return &Writer{final: final, tmp: tmp, paths: make(map[string]bool)}, nil
}

// SealWith has [Writer.Close] seal the evidence. A nil key seals nothing.
func (w *Writer) SealWith(key *SigningKey) { w.key = key }

// Add stores data as item. Secrets are removed first, by [Redact]; SHA256 is
// then filled in, and data longer than [MaxItem] is cut and marked partial. A
// path may be added once.
func (w *Writer) Add(item Item, data []byte) error {
	if !fs.ValidPath(item.Path) || strings.Contains(item.Path, `\`) {
		return fmt.Errorf("evidence item %q: not a path inside the evidence directory", item.Path)
	}
	if len(data) > MaxItem {
		data, item.Status = data[:MaxItem], snapshot.Partial
		item.Detail = fmt.Sprintf("the answer is longer than %d bytes and was cut there", MaxItem)
	}
	data = Redact(item.Path, data)
	if item.Detail != "" {
		item.Detail = redactDetail(item.Detail)
	}
	item.SHA256 = digest(data)

	if !w.claim(item.Path) {
		return fmt.Errorf("evidence item %s: written twice", item.Path)
	}
	name := filepath.Join(w.tmp, filepath.FromSlash(item.Path))
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return fmt.Errorf("evidence item %s: %w", item.Path, err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		return fmt.Errorf("evidence item %s: %w", item.Path, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.items = append(w.items, item)
	return nil
}

// claim reports whether path is new.
func (w *Writer) claim(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	again := w.paths[path]
	w.paths[path] = true
	return !again
}

// Close writes the manifest, the seal and the sums, and gives the directory its
// name. m brings what the writer cannot know; its Version and Items are filled in
// here.
func (w *Writer) Close(m Manifest) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	m.Version = Version
	m.Items = slices.SortedFunc(slices.Values(w.items), func(a, b Item) int { return strings.Compare(a.Path, b.Path) })
	m.Started, m.Finished = m.Started.UTC().Truncate(time.Millisecond), m.Finished.UTC().Truncate(time.Millisecond)
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("evidence manifest: %w", err)
	}
	raw = append(raw, '\n')
	var sums strings.Builder
	for _, it := range m.Items {
		fmt.Fprintf(&sums, "%s  %s\n", it.SHA256, it.Path)
	}
	sum := digest(raw)
	if err := w.file(manifestFile, raw, &sums); err != nil {
		return err
	}
	if w.key != nil {
		sealed, err := seal(m, sum, w.key)
		if err != nil {
			return err
		}
		if err := w.file(SealFile, sealed, &sums); err != nil {
			return err
		}
	}
	if err := w.file(sumsFile, []byte(sums.String()), io.Discard); err != nil {
		return err
	}
	if err := os.Remove(w.final); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("evidence directory %s: %w", w.final, err)
	}
	if err := os.Rename(w.tmp, w.final); err != nil {
		return fmt.Errorf("evidence directory %s: %w", w.final, err)
	}
	return nil
}

// file writes a file beside the items, and its line of SHA256SUMS.
func (w *Writer) file(name string, data []byte, sums io.Writer) error {
	if err := os.WriteFile(filepath.Join(w.tmp, name), data, 0o600); err != nil {
		return fmt.Errorf("evidence %s: %w", name, err)
	}
	_, err := fmt.Fprintf(sums, "%s  %s\n", digest(data), name)
	return err
}

// digest is the SHA-256 of data in lower-case hexadecimal.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Abort removes what was written so far. It does nothing after Close.
func (w *Writer) Abort() { _ = os.RemoveAll(w.tmp) }
