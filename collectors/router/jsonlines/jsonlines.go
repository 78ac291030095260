// Package jsonlines reads a device's JSON token by token and knows the line of
// every token, so that what is taken from it can say where it stood. Devices
// print more around the JSON than JSON; the lines before and after it are
// accounted for. Memory is bounded by the longest value allowed, not by the
// output.
package jsonlines

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/routeproof/routeproof/collectors/router/lines"
)

// The bounds on what is accepted.
const (
	// maxValue is the longest string or number, and the longest run of blanks,
	// in bytes.
	maxValue = 1 << 20
	// maxDepth is how deep objects and arrays may nest.
	maxDepth = 200
)

// Decoder reads one JSON value. Make one with [New].
type Decoder struct {
	out   *lines.Reader
	in    *counter
	dec   *json.Decoder
	depth int
	begun bool
	line  int
	raw   json.RawMessage
}

// New decodes the JSON that begins with the first line of in, the one where in
// stands included, that starts with a brace or a bracket. in is at its end
// afterwards. Each line before it that is not blank is missed unless known,
// which may be nil, knows it; when no JSON follows at all, the first
// [Decoder.Token] returns io.EOF.
func New(in *lines.Reader, known func(line []byte) bool) *Decoder {
	number := in.Number() + 1
	var head []byte
	if starts(in.Line()) {
		number--
		head = append(bytes.Clone(in.Line()), '\n')
	}
	return start(in, head, bufio.NewReader(in.Rest()), number, known)
}

func starts(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return len(line) > 0 && (line[0] == '{' || line[0] == '[')
}

// skipLine reads over the blanks at the start of a line, and over the whole line
// if JSON does not start there. It returns how many lines it has read over.
func skipLine(text *bufio.Reader, number int, in *lines.Reader, known func([]byte) bool) int {
	var line []byte
	for {
		c, err := text.ReadByte()
		switch {
		case err == nil && c != '\n' && len(line) < 4096:
			line = append(line, c)
			if next, _ := text.Peek(1); starts(next) && len(bytes.TrimSpace(line)) == 0 {
				return 0
			}
			continue
		case err == nil && c != '\n':
			continue
		}
		one := lines.Of(line)
		if one.Next() && len(one.Line()) > 0 && (known == nil || !known(one.Line())) {
			in.MissAt(number, one.Line())
		}
		return 1
	}
}

// Token returns the next token as [json.Decoder.Token] does, numbers as
// [json.Number]. Behind the end of the value it returns io.EOF; a value that is
// cut off is io.ErrUnexpectedEOF.
func (d *Decoder) Token() (json.Token, error) {
	if d.begun && d.depth == 0 {
		return nil, io.EOF
	}
	t, err := d.dec.Token()
	if err != nil {
		return nil, d.failed(err)
	}
	d.begun = true
	d.line = d.in.lineAt(d.dec.InputOffset())
	if delim, ok := t.(json.Delim); ok {
		if delim == '{' || delim == '[' {
			d.depth++
		} else {
			d.depth--
		}
		if d.depth > maxDepth {
			return nil, fmt.Errorf("line %d: JSON is nested deeper than %d", d.line, maxDepth)
		}
	}
	return t, nil
}

func (d *Decoder) failed(err error) error {
	if errors.Is(err, io.EOF) {
		if d.begun {
			return io.ErrUnexpectedEOF
		}
		return io.EOF
	}
	d.line = d.in.lineAt(d.dec.InputOffset())
	return fmt.Errorf("line %d: %w", d.line, err)
}

// Delim requires the next token to be want.
func (d *Decoder) Delim(want json.Delim) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("line %d: %v where %v was expected", d.line, t, want)
	}
	return nil
}

// Key returns the next key of the current object.
func (d *Decoder) Key() (string, error) {
	t, err := d.Token()
	if err != nil {
		return "", err
	}
	key, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("line %d: %v where a key was expected", d.line, t)
	}
	return key, nil
}

// More reports whether the current object or array has another element.
func (d *Decoder) More() bool { return d.dec.More() }

// Line is the line of the token that was returned last, counted from 1 in the
// whole output.
func (d *Decoder) Line() int { return d.line }

// Depth is how many objects and arrays are open.
func (d *Decoder) Depth() int { return d.depth }

// Skip reads over the next value, whatever it is.
func (d *Decoder) Skip() error {
	for from := d.depth; ; {
		if _, err := d.Token(); err != nil {
			return err
		}
		if d.depth <= from {
			return nil
		}
	}
}

// Close accounts for what follows the value: each line that is not blank is
// missed unless known, which may be nil, knows it.
func (d *Decoder) Close(known func(line []byte) bool) {
	rest := lines.New(io.MultiReader(d.dec.Buffered(), d.in))
	for rest.Next() {
		l := bytes.TrimSpace(rest.Line())
		if len(l) > 0 && (known == nil || !known(l)) {
			d.out.MissAt(d.line+rest.Number()-1, l)
		}
	}
	for _, u := range rest.Unread() {
		d.out.MissAt(d.line+u.Line-1, []byte(u.Text))
	}
}

// counter passes bytes on and remembers where the lines end that are not
// consumed yet. It fails when more than maxValue is pending, for then the value
// being read is too long.
type counter struct {
	in   io.Reader
	read int64
	used func() int64
	ends []int64 // of what is not consumed: the offsets behind the line ends
	at   int     // ends before it are consumed
	line int     // the line of the last byte that is consumed
}

func (c *counter) Read(p []byte) (int, error) {
	if c.read-c.used() > maxValue {
		return 0, fmt.Errorf("a JSON value is longer than %d bytes", maxValue)
	}
	c.lineAt(c.used())
	n, err := c.in.Read(p)
	for i := 0; i < n; i++ {
		end := bytes.IndexByte(p[i:n], '\n')
		if end < 0 {
			break
		}
		i += end
		c.ends = append(c.ends, c.read+int64(i)+1)
	}
	c.read += int64(n)
	return n, err
}

// lineAt is the line of the byte before offset, which is never less than in the
// call before.
func (c *counter) lineAt(offset int64) int {
	for c.at < len(c.ends) && c.ends[c.at] < offset {
		c.at++
		c.line++
	}
	if c.at == len(c.ends) {
		c.ends, c.at = c.ends[:0], 0
	}
	return c.line
}
