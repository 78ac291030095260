package azure

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// node is a JSON value with the line it starts on. A nil node is a value that is
// not there; all methods work on it.
type node struct {
	line  int
	kind  nodeKind
	text  string // of a string, number or boolean
	names []string
	elems []*node
}

type nodeKind byte

const (
	kindNull   nodeKind = 'n'
	kindString nodeKind = 's'
	kindNumber nodeKind = '0'
	kindBool   nodeKind = 'b'
	kindObject nodeKind = '{'
	kindArray  nodeKind = '['
)

// maxDepth is far deeper than any of ARM's answers.
const maxDepth = 64

var errTooDeep = errors.New("the JSON is nested too deeply")

// parseJSON reads one JSON document. Of a document that breaks off it returns,
// with the error, the values that are whole. Names are compared without regard
// to case, as ARM does; the document of blank data is nil.
func parseJSON(data []byte) (*node, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	p := &parser{data: data, line: 1, d: json.NewDecoder(bytes.NewReader(data))}
	p.d.UseNumber()
	n, _, err := p.value(0)
	if err == nil {
		if _, err = p.d.Token(); errors.Is(err, io.EOF) {
			return n, nil
		}
		if err == nil {
			err = errors.New("there is more after the JSON value")
		}
	}
	return n, err
}

type parser struct {
	data []byte
	d    *json.Decoder
	line int // at done
	done int
}

// at returns the line of an offset. Offsets never go back.
func (p *parser) at(offset int64) int {
	end := min(int(offset), len(p.data))
	p.line += bytes.Count(p.data[p.done:end], []byte{'\n'})
	p.done = end
	return p.line
}

// value reads the next value, or finds the end of the list it is in.
func (p *parser) value(depth int) (n *node, end bool, err error) {
	t, err := p.d.Token()
	if err != nil {
		return nil, false, err
	}
	n = &node{line: p.at(p.d.InputOffset())}
	switch t := t.(type) {
	case nil:
		n.kind = kindNull
	case string:
		n.kind, n.text = kindString, t
	case json.Number:
		n.kind, n.text = kindNumber, t.String()
	case bool:
		n.kind, n.text = kindBool, "false"
		if t {
			n.text = "true"
		}
	case json.Delim:
		if t == ']' || t == '}' {
			return nil, true, nil
		}
		if n.kind = kindArray; t == '{' {
			n.kind = kindObject
		}
		if depth == maxDepth {
			return nil, false, errTooDeep
		}
		return p.list(n, depth)
	}
	return n, false, nil
}

// list reads the elements of an array or object. One that breaks off is marked
// by the error; its parent keeps it only if it is at the top, so that no row is
// taken for whole that is not.
func (p *parser) list(n *node, depth int) (*node, bool, error) {
	for {
		name := ""
		if n.kind == kindObject {
			t, err := p.d.Token()
			if err != nil {
				return n, false, err
			}
			s, ok := t.(string)
			if !ok {
				return n, false, nil // the closing brace
			}
			name = strings.ToLower(s)
		}
		v, end, err := p.value(depth + 1)
		if err != nil {
			if v != nil && (v.kind == kindArray || depth < 1 && v.kind == kindObject) {
				n.add(name, v)
			}
			return n, false, err
		}
		if end {
			return n, false, nil
		}
		n.add(name, v)
	}
}

func (n *node) add(name string, v *node) {
	if n.kind == kindObject {
		n.names = append(n.names, name)
	}
	n.elems = append(n.elems, v)
}

// at follows names into objects. The last of equal names counts.
func (n *node) at(names ...string) *node {
	for _, name := range names {
		if n == nil || n.kind != kindObject {
			return nil
		}
		name = strings.ToLower(name)
		var found *node
		for i, s := range n.names {
			if s == name {
				found = n.elems[i]
			}
		}
		n = found
	}
	return n
}

// items are the elements of an array; another value has none.
func (n *node) items() []*node {
	if n == nil || n.kind != kindArray {
		return nil
	}
	return n.elems
}

// scalar is the text of a string, number or boolean, and otherwise empty.
func (n *node) scalar() string {
	if n == nil {
		return ""
	}
	return n.text
}

// absent reports whether there is no value, or null.
func (n *node) absent() bool { return n == nil || n.kind == kindNull }
