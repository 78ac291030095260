package reports

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes text from a device or a cloud safe to show. Letters, marks,
// digits, punctuation, symbols and the space stay; a tab becomes a space; all
// else (control characters with the line ends, escape sequences, bidirectional
// overrides, zero-width and other format characters, bytes that are not UTF-8)
// is replaced by its number, such as \x1b or \u202e, so that it is seen. What
// clean returns is one line, and cleaning it again changes nothing.
func clean(s string) string {
	if strings.IndexFunc(s, hostile) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !hostile(r):
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// hostile reports whether a terminal or a viewer may do something else with r
// than show it. That Unicode calls some letters and symbols printable does not
// make them visible.
func hostile(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800: // fillers and the empty Braille pattern
		return true
	}
	return !unicode.IsPrint(r)
}

// cleanLines is clean for texts whose line ends mean something: those of
// policies.
func cleanLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// markup makes text that is inert in XML.
func markup(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}

// cut shortens s to at most n columns, the last of which says that it did.
func cut(s string, n int) string {
	if width(s) <= n {
		return s
	}
	head, _ := split(s, n-1)
	return head + "…"
}

// cutName shortens a name to at most n columns and keeps both ends of it: names
// of resources differ at the end.
func cutName(s string, n int) string {
	if width(s) <= n {
		return s
	}
	tail := (n - 1) / 2
	runes := []rune(s)
	from, used := len(runes), 0
	for from > 0 && used+runeWidth(runes[from-1]) <= tail {
		from--
		used += runeWidth(runes[from])
	}
	head, _ := split(s, n-1-used)
	return head + "…" + string(runes[from:])
}

// split divides s after at most n columns.
func split(s string, n int) (head, tail string) {
	used := 0
	for i, r := range s {
		used += runeWidth(r)
		if used > n {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// width is the number of columns that s takes on a terminal.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is 0 for marks, which join the character before them, and 2 for the
// wide scripts of East Asia and for pictures.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100 && r <= 0x115E, r >= 0x2E80 && r <= 0xA4CF, r >= 0xA960 && r <= 0xA97C, r >= 0xAC00 && r <= 0xD7A3,
		r >= 0xF900 && r <= 0xFAFF, r >= 0xFE30 && r <= 0xFE6F, r >= 0xFF00 && r <= 0xFF60, r >= 0xFFE0 && r <= 0xFFE6,
		r >= 0x1F300 && r <= 0x1FAFF, r >= 0x20000 && r <= 0x3FFFD:
		return 2
	}
	return 1
}
