// Package history keeps the runs of one network in order: OUTPUT/runs/<time>, each
// with its evidence and reports, and OUTPUT/latest, a link to the newest. It says
// what a new run follows, and removes old ones. It follows no symbolic link but
// latest, and that no further than its name.
package history

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/evidence"
)

// maxManifest bounds what is read of a manifest, in bytes.
const maxManifest = 256 << 20

// Name is the name of a run that begins at a time.
func Name(at time.Time) string { return at.UTC().Format("2006-01-02T150405Z") }

// A Run is a run of the history, with what its manifest says.
type Run struct {
	Name     string
	Manifest evidence.Manifest
	// SHA256 is that of its manifest.json.
	SHA256 string
	// Good reports whether the run has its report, and an answer of every source.
	Good bool
}

// Link names the run.
func (r Run) Link() evidence.Link {
	return evidence.Link{Run: r.Name, SHA256: r.SHA256, Finished: r.Manifest.Finished}
}

// Names lists the runs of a history, the oldest first. What is not called like a
// run, and what is no directory, is none.
func Names(output string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(output, "runs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	var names []string
	for _, e := range entries {
		if _, _, ok := parse(e.Name()); ok && e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, compare)
	return names, nil
}

// parse splits a name into its time and its number within the second.
func parse(name string) (string, int, bool) {
	m := regexp.MustCompile(`^(\d{4}-\d{2}-\d{2}T\d{6}Z)(?:-(\d{1,6}))?$`).FindStringSubmatch(name)
	if m == nil {
		return "", 0, false
	}
	n, _ := strconv.Atoi(cmp.Or(m[2], "1"))
	return m[1], n, true
}

func compare(a, b string) int {
	at, an, _ := parse(a)
	bt, bn, _ := parse(b)
	return cmp.Or(strings.Compare(at, bt), cmp.Compare(an, bn))
}

// Read reads a run's manifest.
func Read(output, name string) (Run, error) {
	root, err := os.OpenRoot(filepath.Join(output, "runs"))
	if err != nil {
		return Run{}, fmt.Errorf("history: %w", err)
	}
	defer root.Close()
	manifest := path.Join(name, "evidence", "manifest.json")
	if info, err := root.Lstat(manifest); err == nil && !info.Mode().IsRegular() {
		return Run{}, fmt.Errorf("history: run %s: manifest.json is not a file", name) // a pipe would be waited for
	}
	file, err := root.Open(manifest)
	if err != nil {
		return Run{}, fmt.Errorf("history: %w", err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxManifest))
	if err != nil {
		return Run{}, fmt.Errorf("history: %w", err)
	}
	sum := sha256.Sum256(raw)
	r := Run{Name: name, SHA256: hex.EncodeToString(sum[:])}
	if err := json.Unmarshal(raw, &r.Manifest); err != nil {
		return Run{}, fmt.Errorf("history: run %s: manifest.json: %w", name, err)
	}
	report, err := root.Lstat(path.Join(name, "report.json"))
	r.Good = err == nil && report.Mode().IsRegular() && r.Manifest.Answered()
	return r, nil
}

// Latest is the name of the run that OUTPUT/latest points to, and empty when there
// is none.
func Latest(output string) string {
	target, err := os.Readlink(filepath.Join(output, "latest"))
	if err != nil {
		return ""
	}
	dir, name := filepath.Split(target)
	if _, _, ok := parse(name); !ok || filepath.Clean(dir) != "runs" {
		return ""
	}
	return name
}

// newestOf is the newest of the runs: the one that OUTPUT/latest points to, or the
// last by name where that one follows it, which an audit leaves that was killed
// before it had set latest, or where there is no latest.
func newestOf(output string, names []string) (Run, error) {
	last, err := Read(output, names[len(names)-1])
	name := Latest(output)
	if name == last.Name || !slices.Contains(names, name) {
		return last, err
	}
	latest, lerr := Read(output, name)
	if err == nil && last.Manifest.Previous != nil && last.Manifest.Previous.SHA256 == latest.SHA256 {
		return last, nil
	}
	return latest, lerr
}

// Next is what a run that begins now follows: the newest run, and the newest good
// one. They are nil when there is none. A newest run whose
// manifest cannot be read is an error: the chain would end there unnoticed.
func Next(output string) (previous, good *evidence.Link, err error) {
	names, err := Names(output)
	if err != nil || len(names) == 0 {
		return nil, nil, err
	}
	newest, err := newestOf(output, names)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: the new run would have nothing to follow: put the run's evidence back, or move the run out of the directory", err)
	}
	link := newest.Link()
	if g, ok := lastGood(output, names); ok {
		found := g.Link()
		good = &found
	}
	return &link, good, nil
}

// lastGood is the newest good run.
func lastGood(output string, names []string) (Run, bool) {
	for _, name := range slices.Backward(names) {
		if r, err := Read(output, name); err == nil && r.Good {
			return r, true
		}
	}
	return Run{}, false
}
