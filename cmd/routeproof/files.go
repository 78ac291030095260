package main

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/routeproof/routeproof/internal/evidence"
)

// writeFile gives name the content that write writes, or leaves it as it was:
// nobody ever sees a part of it. Reports show a network's weak places: owner and
// group may read them.
func writeFile(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", name, err)
		}
	}()
	buffered := bufio.NewWriter(f)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o640); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// openEvidence opens an evidence directory. Nothing outside of it is read, also
// where it holds symbolic links. The caller closes what it returns.
func openEvidence(dir string) (*evidence.Dir, io.Closer, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("evidence %s: %w: want a directory that routeproof collect wrote, or one with routers/ and azure/ in it", dir, cause(err))
	}
	d, err := evidence.Open(root.FS())
	if err != nil {
		_ = root.Close()
		return nil, nil, fmt.Errorf("%s: %w", dir, err)
	}
	return d, root, nil
}

// cause is the reason of a file system error, without the path.
func cause(err error) error {
	if pe, ok := err.(*fs.PathError); ok { //nolint:errorlint // only the outermost path is known to the caller
		return pe.Err
	}
	return err
}
