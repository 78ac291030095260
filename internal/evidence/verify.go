package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// State is what became of a check.
type State string

// The states. None is a check that there is nothing for: evidence that was never
// sealed, for one. Unchecked is one that could have been made, with more.
const (
	Holds     State = "holds"
	Broken    State = "broken"
	Unchecked State = "unchecked"
	None      State = "none"
)

// A Check is one thing that was held against another.
type Check struct {
	// Name is sums, manifest, seal, verdict or chain.
	Name  string `json:"check"`
	State State  `json:"state"`
	// Detail says what was compared, or why it was not.
	Detail string `json:"detail"`
	// Problems are what does not hold, one a place. They may hold untrusted text.
	Problems []string `json:"problems,omitempty"`
}

// A Verification is what [Verify] found of an evidence directory. Manifest and
// its sum are zero when there is no manifest that can be read.
type Verification struct {
	Manifest       Manifest
	ManifestSHA256 string
	Checks         []Check
}

// maxBeside bounds the files beside the items, in bytes.
const maxBeside = 256 << 20

// Verify holds the files of an evidence directory against SHA256SUMS, against the
// manifest, and against the seal. Without keys the seal's signature is unchecked;
// with keys, one of them must have signed. The error is for a directory that
// cannot be read.
func Verify(ctx context.Context, fsys fs.FS, keys []*PublicKey) (Verification, error) {
	f, err := sumAll(ctx, fsys)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{ManifestSHA256: f.sums[manifestFile]}
	sums, err := f.checkSums(fsys)
	if err != nil {
		return Verification{}, err
	}
	manifest, err := f.checkManifest(fsys, &v.Manifest)
	if err != nil {
		return Verification{}, err
	}
	sealed, err := f.checkSeal(ctx, fsys, v.Manifest, keys)
	if err != nil {
		return Verification{}, err
	}
	v.Checks = []Check{sums, manifest, sealed}
	return v, nil
}

// files are the files of a directory.
type files struct {
	sums map[string]string // SHA-256 by path
	odd  []string          // what is neither a file nor a directory
}

func sumAll(ctx context.Context, fsys fs.FS) (files, error) {
	f := files{sums: make(map[string]string)}
	err := fs.WalkDir(fsys, ".", func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir():
			return nil
		case !e.Type().IsRegular():
			f.odd = append(f.odd, fmt.Sprintf("%s is not a file but a link or a device", p))
			return nil
		}
		f.sums[p], err = sumOf(fsys, p)
		return err
	})
	if err != nil {
		return files{}, fmt.Errorf("evidence: %w", err)
	}
	return f, nil
}

func sumOf(fsys fs.FS, p string) (string, error) {
	file, err := fsys.Open(p)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// without is the sums of all files but some.
func (f files) without(names ...string) map[string]string {
	out := make(map[string]string, len(f.sums))
	for p, sum := range f.sums {
		if !slices.Contains(names, p) {
			out[p] = sum
		}
	}
	return out
}

func (f files) checkSums(fsys fs.FS) (Check, error) {
	c := Check{Name: "sums", Detail: "every file against SHA256SUMS"}
	switch _, ok := f.sums[sumsFile]; {
	case !ok && !f.attested():
		return unattestedCheck("sums"), nil
	case !ok:
		return c.with([]string{sumsFile + " is missing"}), nil
	}
	raw, err := readBeside(fsys, sumsFile)
	if err != nil {
		return Check{}, err
	}
	want, problems := parseSums(raw)
	problems = append(problems, f.odd...)
	return c.with(append(problems, differences(want, f.without(sumsFile), sumsFile)...)), nil
}

// parseSums reads what sha256sum writes.
func parseSums(raw []byte) (map[string]string, []string) {
	line := regexp.MustCompile(`^([0-9a-f]{64}) [ *](.+)$`)
	sums := make(map[string]string)
	var problems []string
	n := 0
	for text := range strings.Lines(string(raw)) {
		n++
		if !strings.HasSuffix(text, "\n") {
			problems = append(problems, fmt.Sprintf("%s:%d has no end: the file was cut off", sumsFile, n))
		}
		m := line.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
		switch {
		case m == nil:
			problems = append(problems, fmt.Sprintf("%s:%d is no sum and path", sumsFile, n))
		case sums[m[2]] != "":
			problems = append(problems, fmt.Sprintf("%s:%d lists %s again", sumsFile, n, m[2]))
		default:
			sums[m[2]] = m[1]
		}
	}
	return sums, problems
}

func (f files) checkManifest(fsys fs.FS, m *Manifest) (Check, error) {
	c := Check{Name: "manifest", Detail: "every item against manifest.json"}
	switch _, ok := f.sums[manifestFile]; {
	case !ok && !f.attested():
		return unattestedCheck("manifest"), nil
	case !ok:
		return c.with([]string{manifestFile + " is missing"}), nil
	}
	raw, err := readBeside(fsys, manifestFile)
	if err != nil {
		return Check{}, err
	}
	if err := decodeManifest(raw, m); err != nil {
		*m = Manifest{}
		return c.with([]string{err.Error()}), nil
	}
	want, problems := listed(m.Items)
	have := f.without(manifestFile, sumsFile, SealFile)
	return c.with(append(problems, differences(want, have, manifestFile)...)), nil
}

// listed are the sums of items, and which of them are listed more than once.
func listed(items []Item) (map[string]string, []string) {
	sums := make(map[string]string, len(items))
	var problems []string
	for _, it := range items {
		if _, again := sums[it.Path]; again {
			problems = append(problems, fmt.Sprintf("manifest.json lists %s more than once", it.Path))
		}
		sums[it.Path] = it.SHA256
	}
	return sums, problems
}

func (f files) checkSeal(ctx context.Context, fsys fs.FS, m Manifest, keys []*PublicKey) (Check, error) {
	c := Check{Name: "seal", Detail: "manifest.json against " + SealFile}
	if _, ok := f.sums[SealFile]; !ok {
		if len(keys) > 0 {
			return c.with([]string{SealFile + " is missing: the evidence was never sealed, or its seal was removed"}), nil
		}
		return Check{Name: "seal", State: None, Detail: "not sealed: whoever can write here can rewrite the evidence and its sums"}, nil
	}
	raw, err := readBeside(fsys, SealFile)
	if err != nil {
		return Check{}, err
	}
	s, envelope, err := unseal(raw)
	if err != nil {
		return c.with([]string{SealFile + ": " + err.Error()}), nil //nolint:nilerr // that it is bad is the answer
	}
	if len(keys) > 0 {
		key, err := signedBy(ctx, envelope, keys)
		if err != nil {
			return c.with([]string{SealFile + ": " + err.Error()}), nil //nolint:nilerr // that it is bad is the answer
		}
		c.Detail += ", signed by " + key.id
	}
	c = c.with(s.against(m, f.sums[manifestFile]))
	if c.State == Holds && len(keys) == 0 {
		c.State, c.Detail = Unchecked, "nobody said whose key it should be, and anyone can make a seal with another one: want --key PUBLIC.pem"
	}
	return c, nil
}

// against says where a manifest, whose manifest.json has the sum, is not the one
// that was sealed. An empty sum is that of no manifest.json.
func (s statement) against(m Manifest, sum string) []string {
	sealed := make(map[string]string, len(s.Subject))
	for _, sub := range s.Subject {
		sealed[sub.Name] = sub.Digest["sha256"]
	}
	if sealed[manifestFile] == sum {
		return nil // it says what the seal's other subjects say
	}
	if sum == "" {
		return []string{"manifest.json, which was sealed, is missing"}
	}
	now, _ := listed(m.Items)
	problems := []string{"manifest.json was rewritten: it is not the one that was sealed"}
	delete(sealed, manifestFile)
	for _, p := range differences(sealed, now, SealFile) {
		problems = append(problems, "in manifest.json "+p)
	}
	return problems
}

// attested reports whether a directory is, or was, more than one made by hand.
func (f files) attested() bool {
	for _, p := range []string{manifestFile, sumsFile, SealFile} {
		if _, ok := f.sums[p]; ok {
			return true
		}
	}
	return false
}

func unattestedCheck(name string) Check {
	return Check{Name: name, State: Unchecked, Detail: "the directory was made by hand and has no manifest.json: there is nothing to hold it against"}
}

// with is the check with its problems, of which a check that holds has none.
func (c Check) with(problems []string) Check {
	c.State, c.Problems = Holds, problems
	if len(problems) > 0 {
		c.State = Broken
	}
	return c
}

func readBeside(fsys fs.FS, name string) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxBeside+1))
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	if len(raw) > maxBeside {
		return nil, errors.New("evidence " + name + ": too large to be read")
	}
	return raw, nil
}
