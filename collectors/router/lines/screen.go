package lines

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// maxColumn is how far to the right an escape sequence moves the cursor.
const maxColumn = 1024

// The bits and bytes of eight characters in a word.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// trim takes off the carriage return at a line's end and the blanks before it.
func trim(raw []byte) []byte {
	n := len(raw)
	for n > 0 && (raw[n-1] == ' ' || raw[n-1] == '\r' || raw[n-1] == '\t') {
		n--
	}
	return raw[:n]
}

// plain reports whether a line holds printable ASCII only, tabs aside: what is
// left of it is then what a terminal shows. Eight characters are looked at at
// once: one below a blank borrows, DEL and what is no ASCII reach the high bit.
func plain(raw []byte) bool {
	n := len(raw)
	if n < 16 {
		return plainBytes(raw)
	}
	odd := uint64(0)
	for rest := raw; len(rest) >= 16; rest = rest[16:] {
		odd |= others(rest)
	}
	odd |= others(raw[n-16:])
	return odd&highs == 0 || plainBytes(raw)
}

// others has high bits where the first 16 characters are none of those.
func others(b []byte) uint64 {
	x, y := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	return (x-' '*ones)&^x | x | (x + ones) | (y-' '*ones)&^y | y | (y + ones)
}

func plainBytes(raw []byte) bool {
	for _, c := range raw {
		if (c < ' ' && c != '\t') || c >= 0x7f {
			return false
		}
	}
	return true
}

// screen makes of a line what a terminal shows of it: backspaces, carriage
// returns and escape sequences (ECMA-48) move the cursor or erase, other control
// characters show nothing. Printing over what was there is what pagers do with
// their prompt; where anything else is lost, or the cursor leaves the line, the
// line is cut.
func (r *Reader) screen(raw []byte) []byte {
	s := screen{out: r.spare[:0]}
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\b':
			s.at = max(s.at-1, 0)
			s.back = false
		case c == '\r':
			s.at = 0
			s.back = true
		case c == 0x1b:
			end := escape(raw, i)
			s.control(raw[i : end+1])
			i = end
		case c < ' ' && c != '\t', c == 0x7f:
		case c < 0x80:
			s.put(c)
		default:
			i += s.beyond(raw[i:]) - 1
		}
	}
	r.spare = s.out
	r.cut = r.cut || s.lost
	return bytes.TrimRight(s.out, " \t")
}

// screen is a line of a terminal.
type screen struct {
	out  []byte
	at   int  // the cursor
	back bool // a carriage return moved it, not backspaces
	lost bool // text is gone that was no pager's prompt
	// out[from:upto] is a pager's prompt; known until out grows.
	from, upto int
}

// beyond prints the character at the start of raw, which is no ASCII, and returns
// its size. The control characters of ISO 6429 (C1) show nothing; what is no
// UTF-8 shows that it is none.
func (s *screen) beyond(raw []byte) int {
	c, size := utf8.DecodeRune(raw)
	if c >= 0xa0 {
		var b [utf8.UTFMax]byte
		for _, part := range b[:utf8.EncodeRune(b[:], c)] {
			s.put(part)
		}
	}
	return size
}

// put prints a character.
func (s *screen) put(c byte) {
	if s.at >= len(s.out) {
		for len(s.out) < s.at {
			s.out = append(s.out, ' ')
		}
		s.out = append(s.out, c)
		s.at = len(s.out)
		s.upto = 0
		return
	}
	if s.out[s.at] != c && (s.back || c != ' ') {
		s.gone(s.at, s.at+1)
	}
	s.out[s.at] = c
	s.at++
}

// gone notes that the text from one place to another is shown no more.
func (s *screen) gone(from, to int) {
	if len(bytes.TrimSpace(s.out[from:to])) == 0 {
		return
	}
	if s.upto == 0 {
		s.from, s.upto = pager(s.out)
	}
	s.lost = s.lost || from < s.from || to > s.upto
}

// control does what an escape sequence says, as far as it stays in the line.
func (s *screen) control(sequence []byte) {
	if len(sequence) < 3 || sequence[1] != '[' {
		return
	}
	n := 0
	for _, c := range sequence[2 : len(sequence)-1] {
		if c-'0' > 9 || n > maxLine {
			n = 0
			break
		}
		n = n*10 + int(c-'0')
	}
	switch sequence[len(sequence)-1] {
	case 'K', 'J': // erase to the end, to the cursor, or all
		from := min(s.at, len(s.out))
		if n > 0 {
			from = 0
		}
		s.gone(from, len(s.out))
		s.out = s.out[:from]
		s.upto = 0
	case 'D':
		s.at, s.back = max(s.at-max(n, 1), 0), false
	case 'C':
		s.at = min(s.at+max(n, 1), max(s.at, maxColumn))
	case 'A', 'B', 'E', 'F', 'G', 'H', 'f', 'L', 'M', 'P', '@', 'S', 'T', 'd':
		s.lost = s.lost || len(s.out) > 0
	}
}

// pager finds a pager's prompt at the end of a line: "--More--", "-- More --",
// "<--- More --->", "---(more 45%)---".
func pager(line []byte) (from, upto int) {
	const longest = 64
	start := max(len(line)-longest, 0)
	i := bytes.Index(line[start:], []byte("--"))
	if i < 0 || !bytes.Contains(line[start+i:], []byte("ore")) {
		return 0, -1
	}
	from = start + i
	for from > 0 && (line[from-1] == '<' || line[from-1] == '-') {
		from--
	}
	return from, len(line)
}

// escape returns the place of the last byte of the escape sequence (ECMA-48)
// that starts at i: a control sequence, a string with its terminator, or the
// character behind what comes between.
func escape(raw []byte, i int) int {
	last := len(raw) - 1
	if i == last {
		return last
	}
	switch raw[i+1] {
	case '[':
		for i += 2; i < last && (raw[i] < 0x40 || raw[i] > 0x7e); i++ {
			continue
		}
		return min(i, last)
	case ']', 'P', 'X', '^', '_':
		for i += 2; i < last; i++ {
			if raw[i] == '\a' || raw[i] == '\\' && raw[i-1] == 0x1b {
				return i
			}
		}
		return last
	}
	for i++; i < last && raw[i] >= 0x20 && raw[i] < 0x30; i++ {
		continue
	}
	return i
}
