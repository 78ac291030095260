package junos

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// outcome is what the device said of a command beside the tables.
type outcome struct {
	refused string // its words when it refused
	nothing string // its words when there is nothing of the kind
	cut     error  // why a document is not whole
	seen    bool   // a table was there, with or without rows
	partial string // why the tables are not the whole of their kind
}

// known takes a line that is not of a table, and reports whether it understood.
func (o *outcome) known(line []byte) bool {
	l := bytes.TrimSpace(line)
	switch {
	case noise(l):
	case refusal(l):
		if o.refused == "" && string(l) != "^" {
			o.refused = string(l)
		}
	case nothing(l):
		o.nothing = string(l)
	default:
		return false
	}
	return true
}

// message takes what stands in a document in place of a table.
func (o *outcome) message(e *element) {
	text := e.text
	if m := e.val("message"); m != "" {
		text = m
	}
	if m := e.val("error-message"); m != "" {
		text = m
	}
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	if e.name == "output" && nothing([]byte(text)) {
		o.nothing = text
		return
	}
	if o.refused == "" {
		o.refused = text
	}
}

// isMessage reports whether an element holds the device's words, not a table's.
func isMessage(name string) bool {
	return name == "output" || name == "error" || name == "rpc-error" || name == "parse-error"
}

// status sets what became of a table with that many rows.
func (o *outcome) status(read *snapshot.Read, in *lines.Reader, rows int) {
	read.Status, read.Detail = snapshot.Partial, ""
	switch {
	case o.refused != "":
		read.Status, read.Detail = snapshot.Error, o.refused
	case in.Err() != nil:
		read.Detail = in.Err().Error()
	case o.cut != nil:
		read.Detail = o.cut.Error()
	case in.Missed() > 0:
		read.Detail = fmt.Sprintf("%d lines were not understood", in.Missed())
	case o.nothing != "" && rows == 0:
		read.Status, read.Detail = snapshot.Empty, o.nothing
	case !o.seen:
		read.Detail = "the head of the table is missing: the output was cut off, or is another command's"
	case o.partial != "":
		read.Detail = o.partial
	case rows == 0:
		read.Status, read.Detail = snapshot.Empty, "the device lists none"
	default:
		read.Status = snapshot.OK
	}
}

// noise reports whether a line is of the session, not of the output: a prompt,
// also with the command behind it, the mark of a routing engine or cluster node.
func noise(l []byte) bool {
	l = bytes.TrimSpace(l)
	switch {
	case len(l) == 0:
		return true
	case l[0] == '{':
		return mark(l)
	case bytes.HasPrefix(l, []byte("---(more")) || bytes.HasPrefix(l, []byte("[edit")):
		return false
	}
	return prompt(l) || bytes.HasPrefix(l, []byte("node")) && len(l) < 7 && l[len(l)-1] == ':' || len(bytes.Trim(l, "-")) == 0 && len(l) > 20
}

// mark is `{master:0}` or `{primary:node0}`, and what follows on its line.
func mark(l []byte) bool {
	inner, rest, ok := bytes.Cut(l[1:], []byte("}"))
	role, place, ok2 := bytes.Cut(inner, []byte(":"))
	if !ok2 {
		place = []byte("0")
	}
	return ok && (len(rest) == 0 || bytes.HasPrefix(rest, []byte("[edit"))) && word(role) && word(place)
}

// prompt is `user@host> show route`, and the command alone as it is echoed.
func prompt(l []byte) bool {
	l = bytes.TrimPrefix(l, []byte("#"))
	if bytes.HasPrefix(l, []byte("show ")) {
		return true
	}
	end := bytes.IndexAny(l, ">#%")
	user, host, ok := bytes.Cut(l[:max(end, 0)], []byte("@"))
	return ok && word(user) && word(host) && (end+1 == len(l) || l[end+1] == ' ')
}

func word(w []byte) bool {
	for _, c := range w {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !bytes.ContainsRune([]byte("-_.:"), rune(c)) {
			return false
		}
	}
	return len(w) > 0
}

// refusal reports whether the device says that it does not do what it was told.
func refusal(l []byte) bool {
	for _, start := range []string{"error:", "syntax error", "unknown command", "missing argument", "invalid value", "could not fetch"} {
		if bytes.HasPrefix(l, []byte(start)) {
			return true
		}
	}
	return bytes.HasSuffix(l, []byte("is ambiguous.")) || bytes.Equal(l, []byte("^")) || bytes.Contains(l, []byte("permission denied"))
}

// nothing reports whether the device says that there is nothing of the kind.
func nothing(l []byte) bool {
	return bytes.HasSuffix(l, []byte(" is not running")) || bytes.HasSuffix(l, []byte(" instance not running")) ||
		bytes.Contains(l, []byte("subsystem not running"))
}
