package junos

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
)

// The bounds on XML.
const (
	maxXMLDepth = 100
	maxXMLToken = 1 << 20 // bytes
)

// xmlDoc walks XML.
type xmlDoc struct {
	dec    *xml.Decoder
	src    *xmlSource
	in     *lines.Reader
	o      *outcome
	v      visitor
	before int // lines of the output before the XML
	depth  int
	budget int
}

func visitXML(in *lines.Reader, o *outcome, v visitor) error {
	head := in.Line() // where the form was told from
	d := &xmlDoc{in: in, o: o, v: v, before: in.Number()}
	if len(head) > 0 && bytes.Contains(head, []byte("<")) {
		d.before--
		head = append(bytes.Clone(head), '\n')
	} else {
		head = nil
	}
	d.src = &xmlSource{in: io.MultiReader(bytes.NewReader(head), in.Rest())}
	d.dec = xml.NewDecoder(d.src)
	d.dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	found := false
	for {
		number := d.line()
		t, err := d.token()
		switch {
		case errors.Is(err, io.EOF) && found:
			return nil
		case errors.Is(err, io.EOF):
			return errors.New("no XML follows: the output was cut off")
		case err != nil:
			in.MissAt(d.line(), []byte("(the XML from here on)"))
			return fmt.Errorf("the XML is not whole: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			found = true
			if err := d.element(t); err != nil {
				in.MissAt(d.line(), []byte("(the XML from here on)"))
				return fmt.Errorf("the XML is not whole: %w", err)
			}
		case xml.CharData:
			d.around(t, number)
		}
	}
}

// token reads one token, and lets the source know how far it is consumed.
func (d *xmlDoc) token() (xml.Token, error) {
	t, err := d.dec.Token()
	d.src.used = d.dec.InputOffset()
	return t, err
}

func (d *xmlDoc) line() int {
	line, _ := d.dec.InputPos()
	return d.before + line
}

// around accounts for the text before and after the root element, which starts in
// the line number. A carriage return comes as the end of a line and is none.
func (d *xmlDoc) around(text []byte, number int) {
	for l := range bytes.Lines(text) {
		one := lines.Of(l)
		if one.Next() {
			if l := bytes.TrimSpace(one.Line()); len(l) > 0 && !d.o.known(l) {
				d.in.MissAt(number, l)
			}
		}
		number = min(number+1, d.line())
	}
}

// element shows an element whose start was read to the visitor.
func (d *xmlDoc) element(start xml.StartElement) error {
	name := start.Name.Local
	if d.v.keep(name) {
		d.budget = d.v.most
		e, err := d.build(start)
		if err == nil {
			d.v.take(e)
		}
		return err
	}
	d.depth++
	defer func() { d.depth-- }()
	if d.depth > maxXMLDepth {
		return fmt.Errorf("line %d: XML is nested deeper than %d", d.line(), maxXMLDepth)
	}
	leaf := &element{name: name, line: d.line()}
	d.v.enter(name, leaf.line)
	var text strings.Builder
	for kids := false; ; {
		t, err := d.inside()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			kids = true
			text.Reset()
			if err := d.element(t); err != nil {
				return err
			}
		case xml.CharData:
			if !kids && text.Len() < maxXMLToken {
				text.Write(t)
			}
		case xml.EndElement:
			if !kids {
				leaf.text, leaf.last = strings.TrimSpace(text.String()), d.line()
				d.v.take(leaf)
			}
			return nil
		}
	}
}

// build makes the element whose start was read.
func (d *xmlDoc) build(start xml.StartElement) (*element, error) {
	d.depth++
	defer func() { d.depth-- }()
	if d.budget--; d.budget < 0 || d.depth > maxXMLDepth {
		return nil, fmt.Errorf("line %d: an entry has more than %d elements, or is nested deeper than %d", d.line(), d.v.most, maxXMLDepth)
	}
	e := &element{name: start.Name.Local, line: d.line()}
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "seconds":
			e.seconds = a.Value
		case "inactive":
			e.inactive = true
		}
	}
	var text strings.Builder
	for {
		t, err := d.inside()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			kid, err := d.build(t)
			if err != nil {
				return nil, err
			}
			e.kids = append(e.kids, kid)
		case xml.CharData:
			if text.Len() < maxXMLToken {
				text.Write(t)
			}
		case xml.EndElement:
			e.text, e.last = strings.TrimSpace(text.String()), d.line()
			if spliced(e.text) {
				d.in.MissAt(e.last, []byte(e.text))
			}
			return e, nil
		}
	}
}

// inside reads a token within an element, where the document can't end.
func (d *xmlDoc) inside() (xml.Token, error) {
	t, err := d.token()
	if errors.Is(err, io.EOF) {
		return nil, io.ErrUnexpectedEOF
	}
	return t, err
}

// xmlSource fails when a token is too long.
type xmlSource struct {
	in         io.Reader
	read, used int64
}

func (s *xmlSource) Read(p []byte) (int, error) {
	if s.read-s.used > maxXMLToken {
		return 0, fmt.Errorf("a piece of XML is longer than %d bytes", maxXMLToken)
	}
	n, err := s.in.Read(p)
	s.read += int64(n)
	return n, err
}
