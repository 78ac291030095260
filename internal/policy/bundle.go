package policy

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing/fstest" // for a file system in memory

	"github.com/open-policy-agent/opa/v1/bundle"
)

// maxTotal bounds what is read of a bundle, unpacked.
const maxTotal = 64 << 20

// Open reads users' policies: a directory of Rego files, or an OPA bundle, which is
// a directory with a .manifest or .signatures.json, or all of that as a .tar.gz. Its
// manifest must hold, and with a key (PEM: RSA, ECDSA or Ed25519) it must
// be signed with that.
//
// Policies that are asked for and not there would be missed by nobody: a place without
// any Rego is an error, and so is a link to a directory, which is not followed. Nothing
// outside of the directory is read, links or not. What is read is bounded: 10,000
// files, 1 MiB a file, and 64 MiB of a bundle.
func Open(name string, key []byte) (fs.FS, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	var files fs.FS
	if info.IsDir() {
		if files, err = directory(name, key != nil); err != nil {
			return nil, err
		}
	} else if files, err = tarball(name); err != nil {
		return nil, err
	}
	if isBundle(files) || key != nil || !info.IsDir() {
		if err := check(files, key); err != nil {
			return nil, err
		}
	}
	return files, someRego(files)
}

// someRego fails where there is not one file of Rego.
func someRego(files fs.FS) error {
	errFound := errors.New("found")
	err := walk(files, func(name string) error {
		if isRego(name) {
			return errFound
		}
		return nil
	})
	switch {
	case err == nil:
		return errors.New("there is no policy: want files that end in .rego")
	case errors.Is(err, errFound):
		return nil
	}
	return err
}

// isBundle reports whether files say of themselves that they are a bundle.
func isBundle(files fs.FS) bool {
	for _, name := range []string{".manifest", ".signatures.json"} {
		if _, err := fs.Stat(files, name); err == nil {
			return true
		}
	}
	return false
}

// directory is the directory itself, or a copy of a bundle, so that what is checked
// is what is used.
func directory(name string, signed bool) (fs.FS, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	files := root.FS()
	if !isBundle(files) && !signed {
		return files, nil
	}
	var l limited
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := readFile(files, name)
		if err == nil {
			err = l.add(name, text)
		}
		return err
	})
	return l.files, errors.Join(err, root.Close())
}

// tarball unpacks a .tar.gz into memory.
func tarball(name string) (_ fs.FS, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("%w: want a directory, or an OPA bundle as .tar.gz", err)
	}
	var l limited
	rest := io.LimitReader(z, 2*maxTotal) // headers and padding are in it, too
	unpacked := tar.NewReader(rest)
	for {
		h, err := unpacked.Next()
		switch {
		case errors.Is(err, io.EOF) && len(l.files) > 0:
			if _, err := io.Copy(io.Discard, rest); err != nil { // to the checksum at the end
				return nil, fmt.Errorf("want a whole .tar.gz: %w", err)
			}
			return l.files, nil
		case err != nil:
			return nil, fmt.Errorf("want an OPA bundle as .tar.gz: %w", err)
		case h.Typeflag == tar.TypeDir:
			continue
		case h.Typeflag != tar.TypeReg:
			return nil, fmt.Errorf("%q is neither a file nor a directory", h.Name)
		}
		inside := path.Clean(strings.TrimLeft(h.Name, "/")) // OPA's own bundles have absolute names
		if !fs.ValidPath(inside) || strings.ContainsRune(inside, '\\') {
			return nil, fmt.Errorf("%q is not the name of a file of a bundle", h.Name)
		}
		text, err := readAll(unpacked, inside)
		if err == nil {
			err = l.add(inside, text)
		}
		if err != nil {
			return nil, err
		}
	}
}

// limited collects files up to the bounds of a bundle.
type limited struct {
	files fstest.MapFS
	total int
}

func (l *limited) add(name string, text []byte) error {
	if _, ok := l.files[name]; ok {
		return fmt.Errorf("%s: the bundle has this file twice", name)
	}
	if l.total += len(text); l.total > maxTotal || len(l.files) >= maxFiles {
		return fmt.Errorf("%s: with this the bundle has more than %d bytes or %d files", name, maxTotal, maxFiles)
	}
	if l.files == nil {
		l.files = make(fstest.MapFS)
	}
	l.files[name] = &fstest.MapFile{Data: text, Mode: 0o400}
	return nil
}

// check has OPA read the bundle: it checks the manifest's roots, and with a key the
// signature and the hash of every file.
func check(files fs.FS, key []byte) error {
	loader, err := bundle.NewFSLoader(files)
	if err != nil {
		return err
	}
	// Chrooted, the default, takes the dot off .signatures.json.
	r := bundle.NewCustomReader(loader.WithPathFormat(bundle.SlashRooted)).WithSizeLimitBytes(maxFile).WithCapabilities(capabilities())
	if key == nil {
		r = r.WithSkipBundleVerification(true)
	} else {
		trusted, err := keyOf(key, algorithm(files))
		if err != nil {
			return err
		}
		r = r.WithBundleVerificationConfig(bundle.NewVerificationConfig(map[string]*bundle.KeyConfig{"key": trusted}, "key", "", nil))
	}
	b, err := r.Read()
	switch {
	case err != nil:
		return fmt.Errorf("the bundle is not accepted: %w", err)
	case len(b.Data) > 0:
		return errors.New("the bundle has data: want Rego alone; settings are parameters in the METADATA of a policy")
	case len(b.WasmModules)+len(b.PlanModules) > 0:
		return errors.New("the bundle has compiled policies: want Rego alone")
	}
	return nil
}
