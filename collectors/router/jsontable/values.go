package jsontable

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Number is a number without a sign that may be absent. NX-OS prints numbers as
// texts.
type Number struct{ N *uint32 }

// UnmarshalJSON reads a number, or a text that is one. Empty, "-" and null are
// absent.
func (n *Number) UnmarshalJSON(b []byte) error {
	s := unquote(b)
	if s == "" || s == "-" || s == "null" {
		return nil
	}
	v, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return fmt.Errorf("%q is no number", s)
	}
	u := uint32(v)
	n.N = &u
	return nil
}

// AS is an AS number, also in dotted notation (RFC 5396).
type AS uint32

// UnmarshalJSON reads an AS number, as a number or a text.
func (a *AS) UnmarshalJSON(b []byte) error {
	s := unquote(b)
	if s == "" || s == "null" {
		return nil
	}
	n, ok := ParseAS(s)
	if !ok {
		return fmt.Errorf("%q is no AS number", s)
	}
	*a = AS(n)
	return nil
}

// ParseAS reads an AS number, also in dotted notation.
func ParseAS(s string) (uint32, bool) {
	high, low, dotted := strings.Cut(s, ".")
	if !dotted {
		n, err := strconv.ParseUint(s, 10, 32)
		return uint32(n), err == nil
	}
	h, err := strconv.ParseUint(high, 10, 16)
	l, err2 := strconv.ParseUint(low, 10, 16)
	return uint32(h)<<16 | uint32(l), err == nil && err2 == nil
}

// Flag is something that is so or not. FRR prints what is so in detail as an
// object with the member "overall".
type Flag bool

// UnmarshalJSON reads true, false, the same as texts, or such an object.
func (f *Flag) UnmarshalJSON(b []byte) error {
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '{' {
		var v struct{ Overall bool }
		err := json.Unmarshal(b, &v)
		*f = Flag(v.Overall)
		return err
	}
	switch s := unquote(b); s {
	case "true", "True", "yes", "1":
		*f = true
	case "false", "False", "no", "0", "", "null":
		*f = false
	default:
		return fmt.Errorf("%q is neither true nor false", s)
	}
	return nil
}

// List is what NX-OS prints as one element where there is one, and as an array
// where there are several.
type List[T any] []T

// UnmarshalJSON reads an element or an array of them.
func (l *List[T]) UnmarshalJSON(b []byte) error {
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]T)(l))
	}
	var one T
	err := json.Unmarshal(b, &one)
	*l = List[T]{one}
	return err
}

// Milliseconds is a duration that is printed as so many.
type Milliseconds time.Duration

// UnmarshalJSON reads so many milliseconds, "never" being none.
func (m *Milliseconds) UnmarshalJSON(b []byte) error {
	s := unquote(b)
	if s == "" || s == "null" || s == "never" {
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 53)
	if err != nil || n < 0 || n > int64(1<<62)/int64(time.Millisecond) {
		return fmt.Errorf("%q are no milliseconds", s)
	}
	*m = Milliseconds(time.Duration(n) * time.Millisecond)
	return nil
}

// unquote is the text of a JSON value that is a text, or the value itself.
func unquote(b []byte) string {
	b = bytes.TrimSpace(b)
	if len(b) < 2 || b[0] != '"' {
		return string(b)
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		return string(b)
	}
	return strings.TrimSpace(s)
}
