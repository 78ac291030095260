package ribtable

import (
	"bytes"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
)

// Other takes a line that is no row of the table: the codes' explanation, the
// device's words that there is nothing or that it did not answer, and what is no
// part of the answer. It reports whether the line was one of them.
func (t *Table) Other(line []byte) bool {
	switch {
	case bytes.HasPrefix(line, []byte("Codes:")), string(line) == "Source Codes:":
		t.Close()
		if t.codes {
			t.Short("the codes are explained twice for one table: a part of the output came twice")
		}
		t.head, t.legend, t.codes = true, true, true
		return true
	case t.legend && explains(line):
		return true
	case bytes.HasPrefix(line, []byte("Gateway of last resort")):
		t.Close()
		t.head, t.legend = true, false
		return true
	}
	if noise(line) {
		t.echo(line)
		return true
	}
	if line[0] == '%' {
		t.Close()
		t.said(string(line))
		return true
	}
	return false
}

// said takes a message of the device, which starts with a percent sign.
func (t *Table) said(text string) {
	for _, nothing := range []string{"Network not in table", "Subnet not in table", "Route not found", "No matching routes found", "No routes found", "no route"} {
		if strings.Contains(text, nothing) {
			t.nothing = text
			return
		}
	}
	if t.refused == "" {
		t.refused = text
	}
}

// echo takes the command as it was typed, where it stands before the output: it
// may ask for less than the one that is said to have been sent, and name the VRF.
func (t *Table) echo(line []byte) {
	if end := bytes.IndexAny(line, "#>"); end > 0 && bytes.IndexByte(line[:end], ' ') < 0 {
		line = line[end+1:]
	}
	words := strings.Fields(string(line))
	for len(words) > 0 && !strings.HasPrefix("route", words[0]) {
		words = words[1:]
	}
	if len(words) == 0 || len(t.rows) > 0 {
		return
	}
	q, ok := Ask(words[1:])
	if !ok {
		return
	}
	if t.query.Slice == "" {
		t.query.Slice = q.Slice
	}
	if len(t.sections) == 0 && q.VRF != "" && t.query.VRF == "" {
		t.vrf = t.Name([]byte(q.VRF))
	}
}

// explains reports whether a line goes on explaining codes: `N1 - OSPF NSSA
// external type 1, E - EGP`.
func explains(line []byte) bool {
	rest := line
	for range 3 {
		var w []byte
		if w, rest = Word(rest); len(w) == 0 || len(w) > 4 {
			return false
		}
		if after, ok := After(rest, "- "); ok {
			return len(after) > 0
		}
	}
	return false
}

// noise reports whether a line is of the session: a prompt, the echo of the
// command, a time stamp, a log message.
func noise(line []byte) bool {
	if bytes.Contains(line, []byte("executing command '")) && bytes.HasSuffix(line, []byte(" +++")) {
		return true // of the program that recorded it
	}
	if i := bytes.IndexByte(line, ':'); line[0] == '%' && i > 0 && bytes.IndexByte(line[:i], ' ') < 0 && bytes.Count(line[:i], []byte("-")) >= 2 {
		return true // a log message without its time
	}
	return !show.Open(lines.Of(line), nil).Next() && !behindRow(line)
}

// behindRow reports whether a log message stands behind the start of a row: it
// must begin with its mark, its number or its date.
func behindRow(line []byte) bool {
	head, _, log := bytes.Cut(line, []byte(": %"))
	if !log {
		return false
	}
	if star := bytes.IndexByte(head, '*'); star >= 0 {
		return bytes.Count(head, []byte("*")) > 1 || star > 0 && !bytes.HasSuffix(head[:star], []byte(": "))
	}
	_, rest, digits := number(head)
	return digits && !bytes.HasPrefix(rest, []byte(": ")) && !bytes.HasPrefix(rest, []byte(" "))
}

// Nothing notes in what words the device said that there is nothing to list.
func (t *Table) Nothing(words string) {
	t.head = true
	t.nothing = words
}
