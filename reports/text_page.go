package reports

import (
	"bufio"
	"strings"
)

// A style is the parameters of an ANSI "select graphic rendition" sequence. Only
// the eight basic colours are used: they follow the user's own palette.
type style string

const (
	plain      style = ""
	bold       style = "1"
	dim        style = "2"
	red        style = "31"
	green      style = "32"
	yellow     style = "33"
	boldRed    style = "1;31"
	boldGreen  style = "1;32"
	boldYellow style = "1;33"
)

// A span is text in one style.
type span struct {
	style style
	text  string
}

func spansWidth(spans []span) int {
	n := 0
	for _, s := range spans {
		n += width(s.text)
	}
	return n
}

// page writes lines of at most width columns. All text passes print, which
// cleans it. Errors stay in w until it is flushed.
type page struct {
	w     *bufio.Writer
	color bool
	width int
}

// print writes one line, without blanks at its end.
func (p *page) print(spans ...span) {
	last := len(spans)
	for last > 0 && strings.TrimRight(spans[last-1].text, " ") == "" {
		last--
	}
	for i, s := range spans[:last] {
		text := clean(s.text)
		if i == last-1 {
			text = strings.TrimRight(text, " ")
		}
		p.paint(s.style, text)
	}
	_ = p.w.WriteByte('\n')
}

func (p *page) paint(st style, text string) {
	if !p.color || st == plain || strings.TrimSpace(text) == "" {
		_, _ = p.w.WriteString(text)
		return
	}
	_, _ = p.w.WriteString("\x1b[" + string(st) + "m" + text + "\x1b[0m")
}

// para writes text wrapped, the first line after first and the others after
// rest.
func (p *page) para(first, rest []span, st style, text string) {
	for i, line := range wrap(text, p.width-max(spansWidth(first), spansWidth(rest))) {
		lead := rest
		if i == 0 {
			lead = first
		}
		p.print(append(append([]span{}, lead...), span{st, line})...)
	}
}

// field writes a labelled paragraph.
func (p *page) field(label string, st style, text string) {
	p.para([]span{{dim, pad("  "+label, labelWidth)}}, []span{{plain, pad("", labelWidth)}}, st, text)
}

// labelWidth is the indent of what stands beside a label.
const labelWidth = 12

// pad fills s with blanks up to n columns.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-width(s))) }

// wrap breaks text at blanks into lines of at most n columns. A word that is
// longer is broken anywhere. There is always at least one line.
func wrap(text string, n int) []string {
	n = max(n, 8)
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(clean(text)) {
		if line != "" && width(line)+1+width(word) > n {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
		for width(line) > n {
			head, tail := split(line, n)
			if i := strings.LastIndexByte(head, '/'); i >= n/2 {
				head, tail = line[:i+1], line[i+1:] // a path is read best in whole names
			}
			lines = append(lines, head)
			line = tail
		}
	}
	return append(lines, line)
}
