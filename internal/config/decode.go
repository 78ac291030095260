package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// layout is where the keys of a file are, so that a problem found in the values
// can name its line too.
type layout struct {
	file     string
	lines    map[string]int // by path, as in routers[1].platform
	problems []error
	merging  map[*yaml.Node]bool // guards against a mapping merged into itself
	visits   int
}

// maxVisits bounds the work that aliases can make out of a small file.
const maxVisits = 200_000

// decode checks the shape of the file against doc, and fills doc.
func decode[D any](file string, data []byte, doc *D) (*layout, error) {
	l := &layout{file: file, lines: make(map[string]int), merging: make(map[*yaml.Node]bool)}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root, more yaml.Node
	switch err := dec.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s: the file is empty: want its keys", file)
	case err != nil:
		return nil, syntaxError(file, err)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: more than one YAML document: want one", file)
	}
	if root.Content[0].Tag == "!!null" {
		return nil, fmt.Errorf("%s: the file is empty: want its keys", file)
	}
	l.check(root.Content[0], reflect.TypeFor[D](), "")
	if err := errors.Join(l.problems...); err != nil {
		return nil, err
	}
	if err := root.Decode(doc); err != nil {
		return nil, syntaxError(file, err)
	}
	return l, nil
}

// syntaxError makes one line of the YAML library's message.
func syntaxError(file string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n")
	if strings.Contains(text, "found character that cannot start any token") {
		text += ": want blanks where a tab is"
	}
	return fmt.Errorf("%s: %s", file, strings.Join(strings.Fields(text), " "))
}

func (l *layout) fail(line int, path, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if path != "" {
		text = path + ": " + text
	}
	l.problems = append(l.problems, fmt.Errorf("%s:%d: %s", l.file, line, text))
}

// check compares n with what a value of type t looks like. Its depth is that of
// the types, whatever the file holds.
func (l *layout) check(n *yaml.Node, t reflect.Type, path string) {
	if l.visits++; l.visits >= maxVisits {
		if l.visits == maxVisits {
			l.fail(n.Line, path, "the file is too large, with its aliases: want at most %d values", maxVisits)
		}
		return
	}
	l.lines[path] = n.Line
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // a key without a value is as good as no key
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[secretDoc]() && n.Kind != yaml.MappingNode:
		l.fail(n.Line, path, "a secret is not written into the configuration: want {env: NAME} or {file: PATH}")
	case t.Kind() == reflect.Struct && n.Kind == yaml.MappingNode:
		l.checkFields(n, t, path)
	case t.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		for i, item := range n.Content {
			l.check(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	case t.Kind() == reflect.String && n.Kind == yaml.ScalarNode && (n.Tag == "!!str" || n.Tag == "!!timestamp"): // a day is text
	case t.Kind() == reflect.Map && n.Kind == yaml.MappingNode: // what it may hold, others know
	case t.Kind() == reflect.Bool && n.Kind == yaml.ScalarNode && n.Tag == "!!bool":
	case t.Kind() == reflect.Int && n.Kind == yaml.ScalarNode && n.Tag == "!!int":
	default:
		l.fail(n.Line, path, "got %s, want %s", got(n), want(t))
	}
}

func (l *layout) checkFields(n *yaml.Node, t reflect.Type, path string) {
	types := make(map[string]reflect.Type, t.NumField())
	var names []string
	for f := range t.Fields() {
		name := f.Tag.Get("yaml")
		types[name] = f.Type
		names = append(names, name)
	}
	seen := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Tag == "!!merge" {
			l.merge(value, t, path)
			continue
		}
		at := strings.TrimPrefix(path+"."+key.Value, ".")
		ft, ok := types[key.Value]
		switch {
		case !ok:
			l.fail(key.Line, path, "unknown key %q (want %s)", key.Value, strings.Join(names, ", "))
		case seen[key.Value] > 0:
			l.fail(key.Line, path, "key %q stands on line %d already", key.Value, seen[key.Value])
		default:
			l.check(value, ft, at)
		}
		seen[key.Value] = key.Line
	}
}

func (l *layout) merge(n *yaml.Node, t reflect.Type, path string) {
	into := n
	if n.Kind == yaml.AliasNode {
		into = n.Alias
	}
	if l.merging[into] {
		l.fail(n.Line, path, "a mapping is merged into itself")
		return
	}
	l.merging[into] = true
	l.check(n, t, path)
	delete(l.merging, into)
}

// got names what stands in the file. A scalar is named by kind only: it may be
// a secret in the wrong place.
func got(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	default:
		return gotScalar(n.Tag)
	}
}

func gotScalar(tag string) string {
	switch tag {
	case "!!str":
		return "text"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	}
	return "something else"
}

func want(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "a mapping of keys to values"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	default:
		return "text (quote it when it looks like a number)"
	}
}
