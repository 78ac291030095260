package policy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

const (
	schemaFile = "schema/input.json"
	// maxFile bounds one file: directories of policies are the operator's, and
	// mistakes happen.
	maxFile = 1 << 20
	// maxFiles bounds how many files are read.
	maxFiles = 10_000
)

// sources is the text of policies, as read.
type sources struct {
	files  []source // by path
	schema []byte
}

type source struct {
	path string
	text []byte
	own  bool // it is not of the first file system
}

func read(fsys []fs.FS, tests bool) (sources, error) {
	var s sources
	for i, f := range fsys {
		if err := s.add(f, i > 0, tests); err != nil {
			return sources{}, err
		}
	}
	if s.schema == nil {
		return sources{}, fmt.Errorf("read policies: no %s, the schema of the input, in any of %d directories", schemaFile, len(fsys))
	}
	slices.SortStableFunc(s.files, func(a, b source) int { return cmp.Compare(a.path, b.path) })
	for i := 1; i < len(s.files); i++ {
		if s.files[i].path == s.files[i-1].path {
			return sources{}, fmt.Errorf("%s: %s has a file of this name: rename yours", s.files[i].path, holder(s.files[i-1]))
		}
	}
	return s, nil
}

// holder says where f, which has the path of another file, comes from.
func holder(f source) string {
	if f.own {
		return "another directory of policies"
	}
	return "the set of built-in policies"
}

// add reads the files of f.
func (s *sources) add(f fs.FS, own, tests bool) error {
	err := walk(f, func(path string) (err error) {
		switch {
		case path == schemaFile && s.schema == nil:
			s.schema, err = readFile(f, path)
			return err
		case !isRego(path), isTest(path) && !tests:
			return nil
		}
		text, err := readFile(f, path)
		if err != nil {
			return err
		}
		s.files = append(s.files, source{path, text, own})
		if len(s.files) > maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read policies: %w", err)
	}
	return nil
}

// walk calls file for each file of f. Hidden directories are left out: version control,
// and what a mounted volume keeps its files in.
func walk(f fs.FS, file func(path string) error) error {
	return fs.WalkDir(f, ".", func(path string, d fs.DirEntry, err error) error {
		hidden := path != "." && strings.HasPrefix(d.Name(), ".")
		switch {
		case err != nil:
			return err
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0 && !hidden:
			if err := notDirectory(f, path); err != nil {
				return err
			}
		}
		return file(path)
	})
}

// notDirectory fails where a link leads to a directory, or out of f: the policies
// that may be there would not be read.
func notDirectory(f fs.FS, link string) error {
	info, err := fs.Stat(f, link)
	switch {
	case err != nil:
		return fmt.Errorf("a link that is not followed: %w", err)
	case info.IsDir():
		return fmt.Errorf("%s: a link to a directory is not followed: want the directory itself", link)
	}
	return nil
}

func isRego(path string) bool { return strings.HasSuffix(path, ".rego") }

func isTest(path string) bool { return strings.HasSuffix(path, "_test.rego") }

func readFile(f fs.FS, path string) ([]byte, error) {
	switch info, err := fs.Stat(f, path); {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // opening a pipe would wait for who writes into it
		return nil, fmt.Errorf("%s: not a file", path)
	}
	file, err := f.Open(path)
	if err != nil {
		return nil, err
	}
	text, err := readAll(file, path)
	return text, errors.Join(err, file.Close())
}

// readAll reads a file that is called path.
func readAll(file io.Reader, path string) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d bytes", path, maxFile)
	}
	return text, nil
}

// digest hashes every path and text with its length, so that no two different
// sets of files hash the same bytes.
func (s sources) digest() string {
	h := sha256.New()
	add := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	for _, f := range s.files {
		add([]byte(f.path))
		add(f.text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// builtinFirst are the files in an order in which users' files come last, so that
// what is taken already is theirs to change.
func (s sources) builtinFirst() []source {
	files := slices.Clone(s.files)
	slices.SortStableFunc(files, func(a, b source) int {
		switch {
		case a.own == b.own:
			return cmp.Compare(a.path, b.path)
		case b.own:
			return -1
		}
		return 1
	})
	return files
}

func (s sources) parse() (map[string]*ast.Module, error) {
	modules := make(map[string]*ast.Module, len(s.files))
	owner := make(map[string]string) // of a package
	for _, f := range s.builtinFirst() {
		m, err := ast.ParseModuleWithOpts(f.path, string(f.text), ast.ParserOptions{
			ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: capabilities(),
		})
		if err != nil {
			return nil, fmt.Errorf("parse policies: %w", err)
		}
		if m == nil {
			continue // nothing but comments
		}
		pkg := m.Package.Path.String()
		if first, ok := owner[pkg]; ok {
			return nil, fmt.Errorf("%s: package %s is already in %s: one package, one file", f.path, name(m), first)
		}
		owner[pkg] = f.path
		modules[f.path] = m
	}
	return modules, nil
}

// compile is strict, and checks every reference to the input against the schema.
func (s sources) compile(modules map[string]*ast.Module) (*ast.Compiler, error) {
	c, err := s.compiler()
	if err != nil {
		return nil, err
	}
	if c.Compile(modules); c.Failed() {
		return nil, fmt.Errorf("compile policies: %w%s", c.Errors, forbidden(c.Errors))
	}
	return c, nil
}

func (s sources) compiler() (*ast.Compiler, error) {
	dec := json.NewDecoder(bytes.NewReader(s.schema))
	dec.UseNumber()
	var schema any
	if err := dec.Decode(&schema); err != nil {
		return nil, fmt.Errorf("%s: %w", schemaFile, err)
	}
	set := ast.NewSchemaSet()
	set.Put(ast.SchemaRootRef, schema)
	return ast.NewCompiler().WithStrict(true).WithSchemas(set).WithCapabilities(capabilities()), nil
}

// name is a package's path as written in the module: without data.
func name(m *ast.Module) string {
	return strings.TrimPrefix(m.Package.Path.String(), "data.")
}

// isLibrary reports whether m serves policies and is none itself.
func isLibrary(m *ast.Module) bool { return family(m) == "lib" }

// family is the first element of a package's path.
func family(m *ast.Module) string {
	if len(m.Package.Path) < 2 {
		return ""
	}
	s, _ := m.Package.Path[1].Value.(ast.String)
	return string(s)
}
