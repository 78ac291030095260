// Package jsontable reads tables that routers print as JSON: it goes through the
// documents of an output, row by row, and concludes what a table is worth. What
// the members of a document mean is the platforms' to say.
package jsontable

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/jsonlines"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Output is what a command printed. Make one with [Read].
type Output struct {
	*jsonlines.Decoder
	in       *lines.Reader
	refusals []string
	refused  string // the device's words that it did not answer
	nothing  string // its words that there is nothing
	lack     string // what is missing, in words
	found    bool   // a table was there, with or without rows
	bad      error  // why a document is not whole
}

// Read calls document for each of the JSON documents in in, of which it must
// read one value. A line beside them that starts with one of refusals is the
// device's word that it did not answer; one of an array of documents, as the
// platforms' APIs print them, is taken as one.
func Read(in *lines.Reader, refusals []string, document func(o *Output) error) *Output {
	o := &Output{in: in, refusals: refusals}
	o.Decoder = jsonlines.New(in, o.known)
	for more := o.More(); more; more = o.Again(o.known) {
		if o.bad = document(o); o.bad != nil {
			break
		}
	}
	o.Decoder.Close(o.known)
	return o
}

// Found notes that the table was there, with or without rows.
func (o *Output) Found() { o.found = true }

// Lack notes what is missing of the table, in words.
func (o *Output) Lack(format string, args ...any) {
	if o.lack == "" {
		o.lack = fmt.Sprintf(format, args...)
	}
}

// Refused is the device's words that it does not answer, "" when it did.
func (o *Output) Refused() string { return o.refused }

// Says takes the device's own words that stand in place of a table: that there
// is nothing, or that it does not answer.
func (o *Output) Says(words string) {
	words = strings.TrimSpace(words)
	switch {
	case words == "":
	case isNothing(words):
		o.nothing = words
	case o.refused == "":
		o.refused = words
	}
}

// Nothing notes the device's words that there is nothing of the table.
func (o *Output) Nothing(words string) { o.nothing = words }

// Raw reads the next value whole, as the decoder does. A value with a member that
// stands twice is read, and something of the table is not as it was printed.
func (o *Output) Raw() (raw []byte, first int, err error) {
	raw, first, err = o.Decoder.Raw()
	if err == nil && repeated(raw) {
		o.Lack("an object on line %d has a member twice: a part of the output was repeated", first)
	}
	return raw, first, err
}

// Words takes what the device says from the value that follows: a text, or an
// array of texts.
func (o *Output) Words() error {
	raw, _, err := o.Raw()
	if err != nil {
		return err
	}
	var one string
	var all []string
	if json.Unmarshal(raw, &one) == nil {
		all = []string{one}
	} else if json.Unmarshal(raw, &all) != nil {
		o.Miss(raw)
	}
	for _, words := range all {
		o.Says(words)
	}
	return nil
}

// Row reads the value that follows into v, and returns the line it starts on. ok
// is false when it does not fit v; the row is then not understood. The error is
// of a document that is not whole.
func (o *Output) Row(v any) (first int, ok bool, err error) {
	raw, first, err := o.Raw()
	if err != nil {
		return first, false, err
	}
	if !Fits(raw, v) {
		o.MissAt(first, raw)
		return first, false, nil
	}
	return first, true, nil
}

// Fits reads raw into v, and reports whether it is of v's shape.
func Fits(raw []byte, v any) bool { return json.Unmarshal(raw, v) == nil }

// Text reads the text that follows; numbers are taken as they stand.
func (o *Output) Text() (string, error) {
	t, err := o.Token()
	switch t := t.(type) {
	case string:
		return t, nil
	case json.Number:
		return t.String(), nil
	case json.Delim:
		if err == nil {
			err = fmt.Errorf("line %d: %v where text was expected", o.Line(), t)
		}
	}
	return "", err
}

// Miss counts what was read last as not understood.
func (o *Output) Miss(raw []byte) { o.MissAt(o.Line(), raw) }

// MissAt does so for what stands on a line.
func (o *Output) MissAt(line int, raw []byte) {
	o.in.MissAt(line, []byte(strings.Join(strings.Fields(string(raw[:min(len(raw), 400)])), " ")))
}

// Documents reads one value that is a document, or an array of documents, whose
// members go to member. begin is called in front of each document's members.
func (o *Output) Documents(begin func(), member func(key string) error) error {
	t, err := o.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('{'):
		begin()
		return o.Members(member)
	case json.Delim('['):
		return o.Elements(func() error { return o.Documents(begin, member) })
	}
	return fmt.Errorf("line %d: %v where an object was expected", o.Line(), t)
}

// Close sets the status of a table of which so many rows were read. slice is why
// the command lists less than all, empty when it does not.
func (o *Output) Close(read *snapshot.Read, rows int, slice string) {
	read.Status, read.Detail = snapshot.Partial, ""
	switch {
	case o.refused != "":
		read.Status, read.Detail = snapshot.Error, "the router answered "+strconv.Quote(o.refused)
	case o.in.Err() != nil:
		read.Detail = "the output ended early: " + o.in.Err().Error()
	case errors.Is(o.bad, io.ErrUnexpectedEOF):
		read.Detail = "the JSON is not whole: the output was cut off"
	case o.bad != nil:
		read.Detail = "the JSON is not whole: " + o.bad.Error()
	case o.in.Missed() > 0:
		read.Detail = strconv.Itoa(o.in.Missed()) + " row(s) or line(s) of the output were not understood"
	case o.nothing != "" && rows == 0:
		read.Status, read.Detail = snapshot.Empty, "the router answered "+strconv.Quote(o.nothing)
	case !o.found:
		read.Detail = "the output does not hold the table: it was cut off, or is another command's"
	case o.lack != "":
		read.Detail = o.lack
	case slice != "":
		read.Detail = slice
	case rows == 0:
		read.Status, read.Detail = snapshot.Empty, "the router lists none"
	default:
		read.Status = snapshot.OK
	}
}

// known takes a line beside the documents, and reports whether it understood.
func (o *Output) known(line []byte) bool {
	text := strings.TrimSpace(string(line))
	p := show.Open(lines.Of([]byte(text)), o.refusals)
	if !p.Next() {
		if p.Refused() {
			o.refused = text
		}
		return true
	}
	if isNothing(text) || strings.HasPrefix(text, "%") {
		o.Says(text)
		return true
	}
	return false
}

// isNothing reports whether the device says that there is nothing of what was
// asked for.
func isNothing(words string) bool {
	words = strings.ToLower(strings.TrimLeft(words, "% "))
	for _, start := range []string{
		"bgp not active", "bgp is not active", "bgp inactive", "bgp instance not found", "bgp is not running", "bgpd is not running", "zebra is not running",
		"default bgp instance not found", "no bgp process", "no bgp neighbors", "no such neighbor", "no bgp prefixes displayed", "network not in table",
		"view/vrf is unknown", "no matching routes", "bgp instance '", "no ipv4 ", "no ipv6 ", "no bgp network exists", "route not in table",
	} {
		if strings.HasPrefix(words, start) {
			return true
		}
	}
	return false
}
