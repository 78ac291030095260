package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// A Dir is an evidence directory that was opened for reading.
type Dir struct {
	// Manifest is as stored; an unattested directory has only Items, made up
	// from its files, and zero times.
	Manifest Manifest
	Attested bool

	fsys fs.FS
	// distrusted are the files that are not as they were when they were collected.
	distrusted map[string]bool
}

// Open reads the manifest in fsys and checks every item against it. An item
// whose bytes are missing or differ from their sum, and a file that the
// manifest does not name, stays in the list with status error and a detail:
// what cannot be trusted is unread, and never silently left out.
func Open(fsys fs.FS) (*Dir, error) {
	files, err := list(fsys)
	if err != nil {
		return nil, err
	}
	raw, err := readFile(fsys, manifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return unattested(fsys, files)
	}
	if err != nil {
		return nil, fmt.Errorf("evidence manifest: %w", err)
	}
	var m Manifest
	if err := decodeManifest(raw, &m); err != nil {
		return nil, err
	}
	d := &Dir{Manifest: m, Attested: true, fsys: fsys, distrusted: make(map[string]bool)}
	named := make(map[string]bool, len(m.Items))
	for i := range d.Manifest.Items {
		it := &d.Manifest.Items[i]
		if !fs.ValidPath(it.Path) {
			return nil, fmt.Errorf("evidence manifest: item %q is not a path inside the evidence directory", it.Path)
		}
		named[it.Path] = true
		d.check(it)
	}
	for _, f := range files {
		if !named[f] {
			d.distrusted[f] = true
			d.Manifest.Items = append(d.Manifest.Items, Item{
				Path: f, Source: source(f), Status: snapshot.Error,
				Detail: "the file is not in the manifest: it was added after collection",
			})
		}
	}
	d.sort()
	return d, nil
}

func decodeManifest(raw []byte, m *Manifest) error {
	var v struct {
		Version json.Number `json:"version"`
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return fmt.Errorf("evidence manifest.json: %w", err)
	}
	if n, err := v.Version.Int64(); err != nil || n < 1 || n > Version {
		return fmt.Errorf("evidence manifest.json: version %q (this program reads 1 to %d): use the routeproof that wrote it, or a newer one",
			v.Version.String(), Version)
	}
	if err := json.Unmarshal(raw, m); err != nil {
		return fmt.Errorf("evidence manifest.json: %w", err)
	}
	return nil
}

func (d *Dir) check(it *Item) {
	sum, _, err := d.sum(it.Path)
	if err != nil {
		it.Status, it.Detail = snapshot.Error, "the file that the manifest names cannot be read: "+reason(err)
		return
	}
	if sum != it.SHA256 {
		d.distrusted[it.Path] = true
		it.Status, it.Detail = snapshot.Error, "the file was changed after collection: its SHA-256 is not the manifest's"
	}
}

// sum is the SHA-256 of an item's bytes, as they pass. blank is set when there
// are none but white space.
func (d *Dir) sum(p string) (sum string, blank bool, err error) {
	file, err := openFile(d.fsys, p)
	if err != nil {
		return "", false, err
	}
	defer file.Close()
	h := sha256.New()
	blank = true
	buf := make([]byte, 64<<10)
	for {
		n, err := file.Read(buf)
		h.Write(buf[:n])
		blank = blank && len(bytes.TrimSpace(buf[:n])) == 0
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), blank, nil
		}
		if err != nil {
			return "", false, err
		}
	}
}

// regular is an error for all but files: a pipe would be waited for, a device may have
// no end, and a link may lead out of the evidence.
func regular(fsys fs.FS, p string) error {
	info, err := fs.Lstat(fsys, p)
	if err == nil && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "open", Path: p, Err: errors.New("it is not a file")}
	}
	return err
}

func openFile(fsys fs.FS, p string) (fs.File, error) {
	if err := regular(fsys, p); err != nil {
		return nil, err
	}
	return fsys.Open(p)
}

func readFile(fsys fs.FS, p string) ([]byte, error) {
	if err := regular(fsys, p); err != nil {
		return nil, err
	}
	return fs.ReadFile(fsys, p)
}

// reason is an error without the machine's own paths in it.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "it does not exist"
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

func unattested(fsys fs.FS, files []string) (*Dir, error) {
	d := &Dir{fsys: fsys}
	for _, f := range files {
		it := Item{Path: f, Source: source(f), Status: snapshot.OK}
		sum, blank, err := d.sum(f)
		switch {
		case err != nil:
			it.Status, it.Detail = snapshot.Error, "it cannot be read: "+reason(err)
		case blank:
			it.Status = snapshot.Empty
		}
		it.SHA256 = sum
		d.Manifest.Items = append(d.Manifest.Items, it)
	}
	if len(d.Manifest.Items) == 0 {
		return nil, errors.New("no evidence here: want manifest.json, or routers/<name>/<command>.txt and azure/<subscription>/<type>/<group>/<name>.json")
	}
	d.sort()
	return d, nil
}

// list names the evidence files below fsys: those under routers/ and azure/, and
// what else is there and is no directory.
func list(fsys fs.FS) ([]string, error) {
	var files []string
	for _, root := range []string{"routers", "azure"} {
		err := fs.WalkDir(fsys, root, func(p string, e fs.DirEntry, err error) error {
			if err != nil {
				if errors.Is(err, fs.ErrNotExist) && p == root {
					return fs.SkipDir
				}
				return err
			}
			if !e.IsDir() {
				files = append(files, p)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("evidence: %w", err)
		}
	}
	return files, nil
}

// source is the source that a path belongs to: its first two segments, in the
// manifest's words.
func source(p string) string {
	parts := strings.SplitN(p, "/", 3)
	if len(parts) < 2 {
		return p
	}
	return strings.TrimSuffix(parts[0], "s") + "/" + parts[1]
}

func (d *Dir) sort() {
	slices.SortFunc(d.Manifest.Items, func(a, b Item) int { return strings.Compare(a.Path, b.Path) })
}

// Bytes returns an item as stored. The caller owns the slice. Bytes that are not
// those that were collected are nobody's word, and are not returned.
func (d *Dir) Bytes(p string) ([]byte, error) {
	if d.distrusted[p] {
		return nil, fmt.Errorf("evidence item %s: it is not what was collected", p)
	}
	data, err := readFile(d.fsys, p)
	if err != nil {
		return nil, fmt.Errorf("evidence item %s: %s", p, reason(err))
	}
	if it, ok := d.Item(p); ok && digest(data) != it.SHA256 {
		return nil, fmt.Errorf("evidence item %s: it was changed while it was being read", p)
	}
	return data, nil
}

// Item returns the manifest's entry for a path.
func (d *Dir) Item(p string) (Item, bool) {
	i, ok := slices.BinarySearchFunc(d.Manifest.Items, p, func(it Item, p string) int { return strings.Compare(it.Path, p) })
	if !ok {
		return Item{}, false
	}
	return d.Manifest.Items[i], true
}

// Under returns the items whose path starts with prefix, in order of path.
func (d *Dir) Under(prefix string) []Item {
	var items []Item
	for _, it := range d.Manifest.Items {
		if strings.HasPrefix(it.Path, prefix) {
			items = append(items, it)
		}
	}
	return items
}
