package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A jsonWriter writes an indented JSON document piece by piece: of a long one,
// only the piece at hand is in memory. Every character that does not print is
// escaped; such characters can only be inside strings, so this changes the
// spelling and not the value. The first error stays until flush.
type jsonWriter struct {
	out   *bufio.Writer
	depth int
	// some is whether the innermost object or list has something in it.
	some bool
	err  error
}

// WriteJSON writes v, a struct or a slice, as an indented JSON document: of its
// lists, an element at a time.
func WriteJSON(w io.Writer, v any) error {
	j := newJSON(w)
	same := func(v any) any { return v }
	if at := reflect.ValueOf(v); at.Kind() == reflect.Struct {
		j.object(func() { j.fields(at, same) })
	} else {
		j.list(func() { j.elements(at, same) })
	}
	if err := j.flush(); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func newJSON(w io.Writer) *jsonWriter { return &jsonWriter{out: bufio.NewWriterSize(w, 1<<16)} }

// flush ends the document.
func (j *jsonWriter) flush() error {
	j.raw("\n")
	if j.err != nil {
		return j.err
	}
	return j.out.Flush()
}

// object writes an object whose fields fill writes.
func (j *jsonWriter) object(fill func()) { j.enclose("{", "}", fill) }

// list writes a list whose elements fill writes.
func (j *jsonWriter) list(fill func()) { j.enclose("[", "]", fill) }

func (j *jsonWriter) enclose(left, right string, fill func()) {
	j.raw(left)
	j.depth++
	j.some = false
	fill()
	j.depth--
	if j.some {
		j.line()
	}
	j.raw(right)
	j.some = true
}

// name starts a field of an object; its value is written next.
func (j *jsonWriter) name(name string) {
	j.next()
	j.raw(`"` + name + `": `)
}

// field writes a field of an object.
func (j *jsonWriter) field(name string, v any) {
	j.name(name)
	j.value(v)
}

// element writes an element of a list.
func (j *jsonWriter) element(v any) {
	j.next()
	j.value(v)
}

// next starts a field or an element on a line of its own.
func (j *jsonWriter) next() {
	if j.some {
		j.raw(",")
	}
	j.line()
	j.some = true
}

func (j *jsonWriter) line() { j.raw("\n" + strings.Repeat("  ", j.depth)) }

func (j *jsonWriter) raw(s string) {
	_, _ = j.out.WriteString(s) // the error stays in out until flush
}

func (j *jsonWriter) value(v any) {
	data, err := json.MarshalIndent(v, strings.Repeat("  ", j.depth), "  ")
	if err != nil && j.err == nil {
		j.err = err
	}
	for len(data) > 0 {
		n := plainASCII(data)
		if more := bytes.IndexFunc(data[n:], func(r rune) bool { return r != '\n' && hostile(r) }); more >= 0 {
			n += more
		} else {
			n = len(data)
		}
		_, _ = j.out.Write(data[:n])
		data = data[n:]
		if len(data) > 0 {
			r, size := utf8.DecodeRune(data)
			j.raw(escape(r))
			data = data[size:]
		}
	}
}

// fields writes the fields of a struct as encoding/json does, the elements of its
// lists one by one, each as prepare makes it.
func (j *jsonWriter) fields(v reflect.Value, prepare func(any) any) {
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		f := v.Field(i)
		empty := option == "omitzero" && f.IsZero() || option == "omitempty" && (f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0)
		if name == "-" || empty {
			continue
		}
		j.name(name)
		if f.Kind() != reflect.Slice {
			j.value(f.Interface())
			continue
		}
		j.list(func() { j.elements(f, prepare) })
	}
}

// elements writes those of a list one by one, each as prepare makes it.
func (j *jsonWriter) elements(list reflect.Value, prepare func(any) any) {
	for i := range list.Len() {
		j.element(prepare(list.Index(i).Interface()))
	}
}

// plainASCII is how much of data, from its start, is ASCII that prints, or the end
// of a line. It is nearly always all of it.
func plainASCII(data []byte) int {
	for i, c := range data {
		if c-' ' >= 0x7f-' ' && c != '\n' {
			return i
		}
	}
	return len(data)
}

func escape(r rune) string {
	if r <= 0xFFFF {
		return fmt.Sprintf(`\u%04x`, r)
	}
	high, low := utf16.EncodeRune(r)
	return fmt.Sprintf(`\u%04x\u%04x`, high, low)
}
