package junos

import (
	"bytes"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
)

// maxElements is how many elements one row of a table may be made of.
const maxElements = 50_000

// element is one row of a table, or a part of one. Junos prints JSON and XML
// from the same tree: an element is an XML element, or what a JSON key holds.
type element struct {
	name, text string
	seconds    string // the attribute that gives a duration as a number
	inactive   bool   // in a configuration
	line, last int
	kids       []*element
}

// child is the first element of that name, nil when there is none.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, k := range e.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// all are the elements of that name.
func (e *element) all(name string) []*element {
	var found []*element
	if e != nil {
		for _, k := range e.kids {
			if k.name == name {
				found = append(found, k)
			}
		}
	}
	return found
}

// val is the text of an element below, "" when there is none.
func (e *element) val(path ...string) string {
	for _, name := range path {
		e = e.child(name)
	}
	if e == nil {
		return ""
	}
	return e.text
}

// has reports whether there is an element of that name, also an empty one.
func (e *element) has(name string) bool { return e.child(name) != nil }

// A visitor is shown a document in order. Elements that it keeps come whole, as
// do those that hold only text; the others it is told of when they begin.
type visitor struct {
	most  int // elements that one kept element may hold; maxElements when zero
	keep  func(name string) bool
	enter func(name string, line int)
	take  func(e *element)
}

// visit shows the rest of in to v. It returns why the document is not whole; the
// lines around it are accounted for with o.
func visit(f form, in *lines.Reader, o *outcome, v visitor) error {
	if v.most == 0 {
		v.most = maxElements
	}
	if f == xmlForm {
		return visitXML(in, o, v)
	}
	return visitJSON(in, o, v)
}

// form is how an output is written.
type form int

const (
	textForm form = iota
	jsonForm
	xmlForm
)

// formOf tells the form from the command, or else from the first line that is
// not blank, nor a prompt or the echo of the command, which it shows to echo. It
// leaves in standing at that line, text to come again.
func formOf(command string, in *lines.Reader, echo func(line string)) form {
	switch {
	case strings.Contains(command, "display json"):
		return jsonForm
	case strings.Contains(command, "display xml"), strings.HasPrefix(command, "get-"):
		return xmlForm
	}
	for in.Next() {
		l := bytes.TrimSpace(in.Line())
		if len(l) == 0 {
			continue
		}
		if noise(l) {
			echo(string(l))
			continue
		}
		switch {
		case l[0] == '<':
			return xmlForm
		case l[0] == '{' || l[0] == '[' && (len(l) == 1 || l[1] == '{'):
			return jsonForm
		}
		in.Back()
		break
	}
	return textForm
}

// attr is the duration that an element gives as a number, "" when it does not.
func (e *element) attr() string {
	if e == nil {
		return ""
	}
	return e.seconds
}
