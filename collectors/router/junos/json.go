package junos

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/routeproof/routeproof/collectors/router/jsonlines"
	"github.com/routeproof/routeproof/collectors/router/lines"
)

// jsonDoc walks the JSON of Junos: the value of a key is an array of objects,
// whose own text is under "data" and whose XML attributes under "attributes".
// Newer releases write configurations with plain values in place of that.
type jsonDoc struct {
	*jsonlines.Decoder
	v      visitor
	budget int // of elements in the row being built
}

func visitJSON(in *lines.Reader, o *outcome, v visitor) error {
	d := &jsonDoc{Decoder: jsonlines.New(in, o.known), v: v}
	err := d.value("")
	if errors.Is(err, io.EOF) {
		return errors.New("no JSON follows: the output was cut off")
	}
	if err != nil {
		in.MissAt(d.Line(), []byte("(the JSON from here on)"))
		return fmt.Errorf("the JSON is not whole: %w", err)
	}
	d.Close(o.known)
	return nil
}

// value shows the next value, which stands under the key name, to the visitor.
func (d *jsonDoc) value(name string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('['):
		return d.array(func() error { return d.value(name) })
	case json.Delim('{'):
		if name == "" || !d.v.keep(name) {
			return d.container(name)
		}
		d.budget = d.v.most
		e, err := d.object(name)
		if err == nil {
			d.v.take(e)
		}
		return err
	}
	d.v.take(d.scalar(name, t))
	return nil
}

func (d *jsonDoc) array(each func() error) error {
	for d.More() {
		if err := each(); err != nil {
			return err
		}
	}
	return d.Delim(']')
}

// container shows what an object that is not kept holds.
func (d *jsonDoc) container(name string) error {
	d.v.enter(name, d.Line())
	for d.More() {
		key, err := d.Key()
		if err != nil {
			return err
		}
		switch key {
		case "attributes", "comment":
			err = d.Skip()
		case "data":
			err = d.value(name)
		default:
			err = d.value(key)
		}
		if err != nil {
			return err
		}
	}
	return d.Delim('}')
}

// object builds the element whose opening brace was read.
func (d *jsonDoc) object(name string) (*element, error) {
	if d.budget--; d.budget < 0 {
		return nil, fmt.Errorf("line %d: an entry has more than %d elements", d.Line(), d.v.most)
	}
	e := &element{name: name, line: d.Line()}
	for d.More() {
		key, err := d.Key()
		if err != nil {
			return nil, err
		}
		switch key {
		case "attributes":
			err = d.attributes(e)
		default:
			err = d.field(e, key)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := d.Delim('}'); err != nil {
		return nil, err
	}
	e.last = d.Line()
	return e, nil
}

// field adds what stands under a key of e.
func (d *jsonDoc) field(e *element, key string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('['):
		return d.array(func() error { return d.field(e, key) })
	case json.Delim('{'):
		kid, err := d.object(key)
		if err == nil {
			e.kids = append(e.kids, kid)
		}
		return err
	}
	if d.budget--; d.budget < 0 {
		return fmt.Errorf("line %d: an entry has more than %d elements", d.Line(), d.v.most)
	}
	kid := d.scalar(key, t)
	if key == "data" {
		e.text = kid.text
		return nil
	}
	e.kids = append(e.kids, kid)
	return nil
}

// attributes keeps the one attribute that says more than the text.
func (d *jsonDoc) attributes(e *element) error {
	var bag element
	if err := d.field(&bag, "attributes"); err != nil {
		return err
	}
	e.seconds = bag.child("attributes").val("junos:seconds")
	return nil
}

func (d *jsonDoc) scalar(name string, t json.Token) *element {
	e := &element{name: name, line: d.Line(), last: d.Line()}
	if t != nil {
		e.text = fmt.Sprint(t)
	}
	return e
}
