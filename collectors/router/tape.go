package router

import (
	"bytes"
	"io"
	"regexp"
)

// The bounds of what a tape holds.
const (
	// hold is how much of the output's end is kept back until it is certain to be
	// output. The check that follows a command must fit in it.
	hold = 32 << 10
	// headSize is how much of the output's start is kept to judge it by.
	headSize = 4 << 10
)

// tape records what a router sends from the moment a command is typed. What lies
// between the command's echo and the prompt goes to out as it came, but for the
// carriage returns that a terminal puts before a line feed. Memory does not grow
// with the output.
type tape struct {
	prompt  string
	command string
	out     io.Writer
	limit   int64 // of the output, in bytes
	pager   *regexp.Regexp

	echoed bool
	held   []byte // what came and has not gone to out
	crs    int    // carriage returns at the very end, not yet in held
	head   []byte
	size   int64 // of what went to out
	more   bool  // a pager's mark went by
	full   bool  // more than limit came
	err    error // of out
}

func newTape(prompt, command string, out io.Writer, limit int64) *tape {
	return &tape{prompt: prompt, command: command, out: out, limit: limit, pager: pager()}
}

// write records what came next.
func (t *tape) write(p []byte) {
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\r')
		switch {
		case i < 0:
			t.add(p)
			p = nil
		case i > 0:
			t.add(p[:i])
			p = p[i:]
		default:
			p = p[1:]
			t.crs++
		}
	}
	if !t.echoed {
		t.findEcho()
	}
	if t.echoed && len(t.held) > 2*hold {
		t.pass(len(t.held) - hold)
	}
}

// add appends text that has no carriage return, after those that came before it.
func (t *tape) add(p []byte) {
	if t.crs > 0 && p[0] != '\n' {
		t.held = append(t.held, bytes.Repeat([]byte("\r"), t.crs)...)
	}
	t.crs = 0
	t.held = append(t.held, p...)
}

// findEcho drops the command's echo, and what was left over before it. When far
// too much comes before an echo, there will be none, and so no end.
func (t *tape) findEcho() {
	if t.size == 0 {
		if i := bytes.Index(t.held, []byte(t.command)); i >= 0 {
			if end := bytes.IndexByte(t.held[i+len(t.command):], '\n'); end >= 0 {
				t.echoed = true
				t.held = append(t.held[:0], t.held[i+len(t.command)+end+1:]...)
				return
			}
		}
	}
	if len(t.held) > 4*hold {
		t.pass(len(t.held) - hold)
	}
}

// pass hands the first n held bytes to out.
func (t *tape) pass(n int) {
	p := t.held[:n]
	t.more = t.more || bytes.Contains(t.held[:min(n+16, len(t.held))], []byte("--More--"))
	if room := headSize - len(t.head); room > 0 {
		t.head = append(t.head, p[:min(room, len(p))]...)
	}
	if t.size+int64(n) > t.limit {
		p, t.full = p[:t.limit-t.size], true
	}
	t.size += int64(len(p))
	if t.err == nil {
		_, t.err = t.out.Write(p)
	}
	t.held = t.held[:copy(t.held, t.held[n:])]
}

// ending is what the last line of an output looks like.
type ending int

const (
	open   ending = iota
	exact         // the prompt, and nothing else
	glued         // something that ends in the prompt
	paging        // the mark of a pager that waits for a key
)

// at says how what came so far ends.
func (t *tape) at() ending {
	if !t.echoed {
		return open
	}
	last := clean(t.held[bytes.LastIndexByte(t.held, '\n')+1:])
	switch {
	case string(last) == t.prompt:
		return exact
	case bytes.HasSuffix(last, []byte(t.prompt)):
		return glued
	case t.pager.Match(last):
		return paging
	}
	return open
}

// pager fits the line at which a platform's pager stops.
func pager() *regexp.Regexp {
	return regexp.MustCompile(`(?i)-- ?more ?--|---\(more|<--- more --->|^lines \d+-\d+|^\(END\)$|^:$`)
}

// end takes the prompt off the end. It reports whether it stood there on a line
// of its own.
func (t *tape) end() bool {
	i := bytes.LastIndexByte(t.held, '\n') + 1
	if !t.echoed || string(clean(t.held[i:])) != t.prompt {
		return false
	}
	t.held = t.held[:i]
	return true
}

// endBefore takes the end off that a check leaves there: the prompt at which the
// check was typed, its echo, its answer, and the prompt again. It reports whether
// exactly that stood there, and if not, a line of what did.
func (t *tape) endBefore(c check) (whole bool, instead string) {
	if !t.end() {
		return false, string(clean(lastLine(t.held)))
	}
	text := t.held
	for end := len(text); end > 0; {
		start := end - len(lastLine(text[:end]))
		line := text[start:end]
		at, ok := t.typed(line, c.command)
		if !ok {
			end = start
			continue
		}
		if !c.answered(text[end:]) {
			first, _, _ := bytes.Cut(text[end:], []byte("\n"))
			return false, string(clean(first))
		}
		t.held = text[:start+at]
		return true, ""
	}
	return false, string(clean(lastLine(text)))
}

// lastLine is the last line of text, with its line feed.
func lastLine(text []byte) []byte {
	if len(text) == 0 {
		return nil
	}
	return text[bytes.LastIndexByte(text[:len(text)-1], '\n')+1:]
}

// typed reports whether command was typed at the prompt on a line, and where in
// the line the prompt starts: at 0, unless the output before it did not end in a
// line feed.
func (t *tape) typed(line []byte, command string) (at int, ok bool) {
	shown := clean(line)
	before, ok := bytes.CutSuffix(shown, []byte(command))
	if before = bytes.TrimSpace(before); !ok || !bytes.HasSuffix(before, []byte(t.prompt)) {
		return 0, false
	}
	if len(before) == len(t.prompt) {
		return 0, true
	}
	at = bytes.LastIndex(line, []byte(t.prompt))
	return at, at >= 0
}

// finish hands all that is left to out.
func (t *tape) finish() error {
	t.pass(len(t.held))
	return t.err
}

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }

// clean is a line as a terminal would show it: without escape sequences, what a
// carriage return or a backspace took back, control characters, and blanks
// around it.
func clean(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case b == 0x1b:
			i += escape(line[i:]) - 1
		case b == '\b' && len(out) > 0:
			out = out[:len(out)-1]
		case b == '\r' && len(bytes.TrimSpace(line[i:])) > 0:
			out = out[:0]
		case b >= ' ' && b != 0x7f || b == '\t':
			out = append(out, b)
		}
	}
	return bytes.TrimSpace(out)
}

// escape is the length of the escape sequence that b starts with (ECMA-48 5.4).
func escape(b []byte) int {
	if len(b) < 2 || b[1] != '[' {
		return min(2, len(b))
	}
	for i := 2; i < len(b); i++ {
		if b[i] >= 0x40 && b[i] <= 0x7e {
			return i + 1
		}
	}
	return len(b)
}
