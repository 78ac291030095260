package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
)

// removing is how a run is called while it is being removed.
const removing = ".removing-"

// Retain removes the runs that the retention does not keep, the oldest first, and
// returns their names. The retention is that of the newest run's manifest, so that
// whoever verifies the chain of runs can tell what was allowed to go. The newest run
// and the newest good one are never removed. Age is measured at the newest run, so
// that an outage ages nothing.
func Retain(output string) ([]string, error) {
	names, err := Names(output)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	newest, err := newestOf(output, names)
	if err != nil || newest.Manifest.Retention == (evidence.Retention{}) {
		return nil, err
	}
	root, err := os.OpenRoot(filepath.Join(output, "runs"))
	if err != nil {
		return nil, fmt.Errorf("retention: %w", err)
	}
	defer root.Close()
	good, _ := lastGood(output, names)
	keep := []string{newest.Name, good.Name}
	var removed []string
	for i, name := range names {
		if slices.Contains(keep, name) {
			continue
		}
		old, err := Read(output, name)
		if err != nil {
			return removed, fmt.Errorf("%w: nothing from there on is removed", err)
		}
		if !newest.Manifest.Retention.Allows(old.Link(), len(names)-1-i, newest.Manifest.Finished) {
			break // and neither does it allow that of a later one
		}
		if err := remove(root, name); err != nil {
			return removed, err
		}
		removed = append(removed, name)
	}
	return removed, nil
}

// remove takes a run out of the history at once, and then deletes it: nobody sees
// a part of it.
func remove(root *os.Root, name string) error {
	if err := root.Rename(name, removing+name); err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	if err := root.RemoveAll(removing + name); err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	return nil
}

// Sweep deletes what audits left behind that were killed: runs that were being made,
// and runs that were being removed. The caller must be the only one that works on the
// history.
func Sweep(output string) error {
	root, err := os.OpenRoot(filepath.Join(output, "runs"))
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if e.IsDir() && left(e.Name()) {
			errs = append(errs, root.RemoveAll(e.Name()))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

// left reports whether a directory is one that is being removed, or a run that is
// being made: .<name>.<number>, see [os.MkdirTemp].
func left(name string) bool {
	if gone, ok := strings.CutPrefix(name, removing); ok {
		_, _, ok = parse(gone)
		return ok
	}
	made, _, ok := strings.Cut(strings.TrimPrefix(name, "."), ".")
	_, _, run := parse(made)
	return ok && run && strings.HasPrefix(name, ".")
}
