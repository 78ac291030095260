// Package lines hands out a device's output line by line, cleaned of what a
// terminal would have swallowed, and keeps account of the lines that nobody
// understood. Readers of all platforms take their input from it.
package lines

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"unicode/utf8"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// The bounds on what is held of an output.
const (
	// maxLine is the longest line that is read. What is longer is cut, and
	// counts as not understood.
	maxLine = 64 << 10
	// maxUnread is how many lines that were not understood are kept; all of
	// them are counted.
	maxUnread = 1000
	// maxShown is how much is kept of one of them, in bytes.
	maxShown = 400
)

// Reader reads lines from an output. Memory is bounded by the longest line
// allowed, not by the output. Make one with [New] or [Of].
type Reader struct {
	in     io.Reader
	buf    []byte // what was read and not yet handed out is buf[at:]
	at     int
	coming int   // how much in still has; -1 when that is not known
	end    bool  // in has ended
	err    error // why it ended, other than by its end
	line   []byte
	number int
	cut    bool // the current line was too long, or printed over another
	again  bool // the current line is handed out once more
	spare  []byte

	unread []snapshot.Unread
	missed int
	last   int // the number of the line that was missed last
}

// New reads lines from in. How much of a file is [Reader.Left] is known.
func New(in io.Reader) *Reader {
	r := &Reader{in: in, coming: -1}
	if file, ok := in.(fs.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			r.coming = int(info.Size())
		}
	}
	return r
}

// Of reads the lines of text, which it does not copy and never changes.
func Of(text []byte) *Reader { return &Reader{buf: text, end: true} }

// Next moves to the next line and reports whether there is one. A line that is
// too long, or parts of which were printed over, is counted as unread and
// skipped.
func (r *Reader) Next() bool {
	if r.again {
		r.again = false
		return true
	}
	for {
		if !r.advance() {
			r.line = nil
			return false
		}
		if !r.cut {
			return true
		}
		r.Miss()
	}
}

// Back makes the next call of Next return the current line once more.
func (r *Reader) Back() { r.again = true }

// Line is the current line without its end, control sequences and blanks at its
// end. It is valid until the next call of Next, and must not be changed.
func (r *Reader) Line() []byte { return r.line }

// Number is the number of the current line in the output, counted from 1.
func (r *Reader) Number() int { return r.number }

// Miss counts the current line as not understood.
func (r *Reader) Miss() { r.MissAt(r.number, r.line) }

// MissAt does so for an earlier line, whose text the caller kept.
func (r *Reader) MissAt(number int, text []byte) {
	if number == r.last {
		return // once is enough
	}
	r.missed++
	r.last = number
	if len(r.unread) < maxUnread {
		if len(text) > maxShown {
			text = text[:maxShown]
		}
		r.unread = append(r.unread, snapshot.Unread{Line: number, Text: string(bytes.ToValidUTF8(text, []byte(string(utf8.RuneError))))})
	}
}

// Missed is how many lines were not understood.
func (r *Reader) Missed() int { return r.missed }

// Unread are the lines that were not understood, the first thousand of them.
func (r *Reader) Unread() []snapshot.Unread { return r.unread }

// Err is why reading ended before the output's end; nil when it did not.
func (r *Reader) Err() error { return r.err }

// Left is how many bytes of the output are still to come, -1 when that is not
// known because they come as a stream.
func (r *Reader) Left() int {
	here := len(r.buf) - r.at
	switch {
	case r.end:
		return here
	case r.coming < 0:
		return -1
	}
	return r.coming + here
}

// Rest reads the remaining output as it is, for formats that are not made of
// lines. The reader is at its end afterwards.
func (r *Reader) Rest() io.Reader {
	left := bytes.NewReader(r.buf[r.at:])
	r.at = len(r.buf)
	if r.end {
		return left
	}
	r.end = true
	return io.MultiReader(left, r.in)
}

func (r *Reader) advance() bool {
	i := bytes.IndexByte(r.buf[r.at:], '\n')
	if i < 0 && !r.end {
		i = r.fill()
	}
	raw := r.buf[r.at:]
	switch {
	case i >= 0:
		raw = raw[:i]
		r.at += i + 1
	case len(raw) == 0:
		return false
	default:
		r.at = len(r.buf)
	}
	r.number++
	r.cut = len(raw) > maxLine
	if r.cut {
		raw = raw[:maxLine]
	}
	raw = trim(raw)
	if !plain(raw) {
		raw = r.screen(raw)
	}
	r.line = raw
	return true
}

// fill reads until a line's end is there, and returns its place after r.at, or
// -1 when the output ended without. Of a line that is too long only the start
// is held.
func (r *Reader) fill() int {
	if r.at > 0 {
		r.buf = r.buf[:copy(r.buf, r.buf[r.at:])]
		r.at = 0
	}
	const chunk = 256 << 10
	for {
		if cap(r.buf)-len(r.buf) < chunk {
			r.buf = append(make([]byte, 0, 2*cap(r.buf)+chunk), r.buf...)
		}
		from := len(r.buf)
		n, err := r.in.Read(r.buf[from:cap(r.buf)])
		r.buf = r.buf[:from+n]
		if r.coming >= 0 {
			r.coming = max(r.coming-n, 0) // a file may have grown
		}
		if i := bytes.IndexByte(r.buf[from:], '\n'); i >= 0 {
			r.ended(err)
			return from + i
		}
		if len(r.buf) > maxLine+1 {
			r.buf = r.buf[:maxLine+1]
		}
		if err != nil {
			r.ended(err)
			return -1
		}
	}
}

func (r *Reader) ended(err error) {
	if err == nil {
		return
	}
	r.end = true
	if !errors.Is(err, io.EOF) {
		r.err = err
	}
}
