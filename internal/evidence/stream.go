package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// The bounds of what a stream holds.
const (
	// wholeItem is how long an item may be to be redacted in one piece.
	wholeItem = 4 << 20
	// maxPiece is the longest piece of an item, and so the longest line.
	maxPiece = 64 << 20
	// part is how much is searched for secrets when something in it looks like
	// one.
	part = 16 << 10
)

// A Stream is an item that is written while it comes, so that its size does not
// matter. Secrets are removed before anything is written, as by [Writer.Add]:
// from an item of up to 4 MiB in one piece, from a longer one in pieces that end
// with a line: no expression of Redact looks beyond one. It must be ended by
// [Stream.Close]. It is not safe for concurrent use.
type Stream struct {
	w    *Writer
	path string
	file *os.File
	sum  hash.Hash
	size int64
	held []byte
	cut  bool
	err  error

	sieve *sieve
	json  *redactor // of an item that is JSON
}

// Stream starts an item at a path, which may be added once.
func (w *Writer) Stream(path string) (*Stream, error) {
	if !fs.ValidPath(path) || strings.Contains(path, `\`) {
		return nil, fmt.Errorf("evidence item %q: not a path inside the evidence directory", path)
	}
	if strings.HasSuffix(path, ".json") {
		return nil, fmt.Errorf("evidence item %s: JSON is added whole", path)
	}
	if !w.claim(path) {
		return nil, fmt.Errorf("evidence item %s: written twice", path)
	}
	name := filepath.Join(w.tmp, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return nil, fmt.Errorf("evidence item %s: %w", path, err)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("evidence item %s: %w", path, err)
	}
	return &Stream{w: w, path: path, file: file, sum: sha256.New()}, nil
}

// Write takes the next bytes. What comes after [MaxItem], or after a line that is
// longer than 64 MiB, is dropped, and the item will be partial.
func (s *Stream) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n := len(p)
	if room := MaxItem - s.size - int64(len(s.held)); int64(len(p)) > room {
		p, s.cut = p[:room], true
	}
	if len(s.held)+len(p) > maxPiece {
		p, s.cut = nil, true
	}
	s.held = append(s.held, p...)
	if len(s.held) >= wholeItem && s.err == nil {
		s.flush(bytes.LastIndexByte(s.held, '\n')+1, s.next)
	}
	return n, s.err
}

// flush writes the first n held bytes without their secrets.
func (s *Stream) flush(n int, redact func([]byte) []byte) {
	if n == 0 {
		return
	}
	data := redact(s.held[:n])
	s.sum.Write(data)
	s.size += int64(len(data))
	if _, err := s.file.Write(data); err != nil {
		s.err = fmt.Errorf("evidence item %s: %w", s.path, err)
	}
	s.held = s.held[:copy(s.held, s.held[n:])]
}

// next removes the secrets of the next piece of a long item. Only parts that may
// hold one are searched, so that a full table is redacted about as fast as it is
// read.
func (s *Stream) next(data []byte) []byte {
	if s.sieve == nil {
		s.sieve = newSieve()
		if first := bytes.TrimLeft(data, " \t\r\n"); len(first) > 0 && (first[0] == '{' || first[0] == '[') {
			s.json = &redactor{secret: -1}
		}
	}
	if s.json != nil { // no token of JSON goes over the end of a line
		s.json.data, s.json.out = data, make([]byte, 0, len(data))
		for i := 0; i < len(data); {
			i = s.json.step(i)
		}
		data = s.json.out
	}
	var out []byte
	done := 0 // up to here data is in out
	for at := 0; at < len(data); {
		end := min(at+part, len(data))
		end += lineEnd(data[end:])
		if !s.sieve.clear(data[at:end]) {
			out = append(out, data[done:at]...)
			out = append(out, redactText(string(data[at:end]))...)
			done = end
		}
		at = end
	}
	if done == 0 {
		return data
	}
	return append(out, data[done:]...)
}

// lineEnd is how much of data belongs to its first line, with the line feed.
func lineEnd(data []byte) int {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1
	}
	return len(data)
}

// Close ends the item. item brings what is known of it now; its path must be the
// stream's, and SHA256 is filled in.
func (s *Stream) Close(item Item) error {
	redact := s.next
	if s.sieve == nil && len(s.held) < wholeItem {
		redact = func(data []byte) []byte { return Redact(s.path, data) }
	}
	s.flush(len(s.held), redact)
	s.held = nil
	if err := errors.Join(s.err, s.file.Close()); err != nil {
		return fmt.Errorf("evidence item %s: %w", s.path, err)
	}
	if item.Path != s.path {
		return fmt.Errorf("evidence item %s: ended as %s", s.path, item.Path)
	}
	if s.cut {
		item.Status = snapshot.Partial
		item.Detail = fmt.Sprintf("the answer is longer than %d bytes, or a line of it than %d, and was cut there", int64(MaxItem), maxPiece)
	}
	item.Detail = redactDetail(item.Detail)
	item.SHA256 = hex.EncodeToString(s.sum.Sum(nil))
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.items = append(s.w.items, item)
	return nil
}
