package jsonlines

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/routeproof/routeproof/collectors/router/lines"
)

// Object reads the object that follows: member is called for each of its
// members, with the decoder in front of the value, which it must read.
func (d *Decoder) Object(member func(key string) error) error {
	if err := d.Delim('{'); err != nil {
		return err
	}
	return d.Members(member)
}

// Members reads an object whose opening brace was read.
func (d *Decoder) Members(member func(key string) error) error {
	for d.More() {
		key, err := d.Key()
		if err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
	}
	return d.Delim('}')
}

// Array reads the array that follows: element is called in front of each of its
// elements, which it must read.
func (d *Decoder) Array(element func() error) error {
	if err := d.Delim('['); err != nil {
		return err
	}
	return d.Elements(element)
}

// Elements reads an array whose opening bracket was read.
func (d *Decoder) Elements(element func() error) error {
	for d.More() {
		if err := element(); err != nil {
			return err
		}
	}
	return d.Delim(']')
}

// Raw reads the next value whole and returns its text, valid until the next
// call, and the line that it starts on. [Decoder.Line] is the one it ends on. A
// value may be as long as a string may.
func (d *Decoder) Raw() (raw []byte, first int, err error) {
	d.raw = d.raw[:0]
	if err := d.dec.Decode(&d.raw); err != nil {
		return nil, d.line, d.failed(err)
	}
	d.begun = true
	end := d.dec.InputOffset()
	first = d.in.lineAt(end - int64(len(d.raw)) + 1)
	d.line = d.in.lineAt(end)
	return d.raw, first, nil
}

// Again moves on to the next JSON value behind the one that was read to its end,
// and reports whether there is one. The lines between are accounted for as those
// before the first.
func (d *Decoder) Again(known func(line []byte) bool) bool {
	next := start(d.out, nil, bufio.NewReader(io.MultiReader(d.dec.Buffered(), d.in.in)), d.line, known)
	next.raw = d.raw
	*d = *next
	return d.More()
}

// start decodes what follows the lines in text that are not JSON. head is the
// JSON that comes before text.
func start(out *lines.Reader, head []byte, text *bufio.Reader, number int, known func([]byte) bool) *Decoder {
	for head == nil {
		next, err := text.Peek(1)
		if err != nil || starts(next) {
			break
		}
		number += skipLine(text, number, out, known)
	}
	in := &counter{in: io.MultiReader(bytes.NewReader(head), text), line: number}
	d := &Decoder{out: out, in: in, dec: json.NewDecoder(in), line: number}
	d.dec.UseNumber()
	in.used = d.dec.InputOffset
	return d
}
