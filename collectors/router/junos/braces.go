package junos

import (
	"errors"
	"slices"
	"strings"
)

// maxBraces is how deep blocks of a configuration may nest.
const maxBraces = 100

// block is where a configuration with braces is read.
type block struct {
	path  []string
	marks []int // how much of path was there before each open brace
	words []string
	first int // the line where words began
	list  int // where a list in brackets began in words, -1 outside of one
}

// braces reads a configuration as `show configuration` prints it.
func (c *config) braces() {
	b := &block{path: slices.Clone(c.prefix), list: -1}
	comment := false
	for c.in.Next() {
		l := strings.TrimSpace(string(c.in.Line()))
		if strings.Contains(l, "ACCESS-DENIED") {
			c.o.partial = "the account may not see all of the configuration"
		}
		comment = c.comment(l, comment)
		if comment || l == "" || strings.HasPrefix(l, "#") || strings.HasSuffix(l, "*/") || len(b.marks) == 0 && len(b.words) == 0 && c.o.known([]byte(l)) {
			continue
		}
		if spliced(l) || !c.tokens(b, l) {
			c.miss(c.in.Number(), l)
		}
	}
	if len(b.marks) > 0 || len(b.words) > 0 {
		c.o.cut = errors.New("a block of the configuration is not closed: the output was cut off")
	}
}

// comment reports whether a line is within a comment that goes on.
func (c *config) comment(l string, inside bool) bool {
	if strings.HasPrefix(l, "/*") {
		inside = true
	}
	return inside && !strings.HasSuffix(l, "*/")
}

// tokens reads a line of blocks and statements.
func (c *config) tokens(b *block, l string) bool {
	if i := strings.Index(l, "; ## "); i >= 0 {
		l = l[:i+1]
	}
	for l != "" {
		l = strings.TrimLeft(l, " \t")
		if l == "" {
			return true
		}
		if l[0] == '"' {
			words, rest := quoted(l)
			if words == "" && rest == "" {
				return false
			}
			b.word(words, c.in.Number())
			l = rest
			continue
		}
		end := strings.IndexAny(l, " \t{};[]\"")
		if end == 0 {
			if !c.mark(b, l[0]) {
				return false
			}
			l = l[1:]
			continue
		}
		if end < 0 {
			end = len(l)
		}
		b.word(l[:end], c.in.Number())
		l = l[end:]
	}
	return true
}

// quoted cuts a string in quotes off the start of l; both are empty when it is
// not closed.
func quoted(l string) (text, rest string) {
	for i := 1; i < len(l); i++ {
		switch l[i] {
		case '\\':
			i++
		case '"':
			return l[1:i], l[i+1:] + " "
		}
	}
	return "", ""
}

func (b *block) word(w string, line int) {
	if len(b.words) == 0 {
		b.first = line
	}
	b.words = append(b.words, w)
}

// mark reads one of the signs that structure a configuration.
func (c *config) mark(b *block, sign byte) bool {
	c.o.seen = true
	switch sign {
	case '{':
		if len(b.words) == 0 || len(b.marks) == maxBraces {
			return false
		}
		b.marks = append(b.marks, len(b.path))
		b.path = append(b.path, c.active(b.path, b.words)...)
		b.words = nil
	case '}':
		if len(b.marks) == 0 || len(b.words) > 0 {
			return false
		}
		b.path = b.path[:b.marks[len(b.marks)-1]]
		b.marks = b.marks[:len(b.marks)-1]
	case '[':
		b.list = len(b.words)
	case ']':
		if b.list < 0 {
			return false
		}
	case ';':
		return c.end(b)
	}
	return true
}

// end takes the statement that ends, one for each word of a list.
func (c *config) end(b *block) bool {
	words, list := c.active(b.path, b.words), b.list
	list -= len(b.words) - len(words)
	b.words, b.list = nil, -1
	if len(words) == 0 {
		return false
	}
	if list < 0 || list > len(words) {
		c.add(slices.Concat(b.path, words), b.first)
		return true
	}
	for _, w := range words[list:] {
		c.add(slices.Concat(b.path, words[:list], []string{w}), b.first)
	}
	return true
}

// active notes what is inactive, and returns the words without the marks that
// stand before them.
func (c *config) active(path, words []string) []string {
	for len(words) > 0 && (words[0] == "inactive:" || words[0] == "protect:" || words[0] == "replace:") {
		if words[0] == "inactive:" {
			c.inactive = append(c.inactive, slices.Concat(path, words[1:]))
		}
		words = words[1:]
	}
	return words
}
