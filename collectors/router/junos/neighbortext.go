package junos

import (
	"bytes"
	"strings"
)

// The distances between the columns of what a neighbour sent, from where one
// starts to where the next does: MED 8, local preference 11. Rows that were
// shifted still keep the order, and the gap that an absent value leaves.
const (
	gapBoth = 15 // at least, between next hop and AS path where both are absent
	gapMED  = 6  // at least, between next hop and local preference where MED is absent
	wideMED = 15 // at least, from MED to the AS path where local preference is absent
)

// neighborLine reads a row of a neighbour's routes, or one of the two parts of a
// row whose prefix is too long.
func (t *routeText) neighborLine(raw []byte) bool {
	l := string(bytes.TrimSpace(raw))
	tag := ""
	if strings.HasPrefix(l, "* ") {
		l, tag = strings.TrimSpace(l[2:]), "*"
	}
	first, rest, two := strings.Cut(l, " ")
	if strings.ContainsRune(first, '/') {
		t.flush()
		t.dest, t.from, t.star = first, t.in.Number(), tag != ""
		if !two {
			return true
		}
		l = strings.TrimSpace(rest)
	}
	if t.dest == "" {
		return false
	}
	t.begin()
	t.e.line = t.from
	t.e.tag = tag
	if t.star {
		t.e.tag = "*"
	}
	t.dest, t.star = "", false
	hop, tail, _ := strings.Cut(l, " ")
	t.e.protocolHop = hop
	if !t.e.columns(" " + tail) {
		t.e = nil
		return false
	}
	return true
}

// columns reads what follows the next hop of a row: MED and local preference,
// where they are there, and the AS path.
func (e *entry) columns(s string) bool {
	start := len(s) - len(strings.TrimLeft(s, " "))
	var at []int
	var words []string
	for i := start; i < len(s); {
		end := strings.Index(s[i:], "  ")
		if end < 0 {
			end = len(s) - i
		}
		at, words = append(at, i), append(words, s[i:i+end])
		i += end
		for i < len(s) && s[i] == ' ' {
			i++
		}
	}
	switch {
	case len(words) == 1 && start >= gapBoth:
		e.asPath = words[0]
	case len(words) == 3:
		e.med, e.pref, e.asPath = words[0], words[1], words[2]
	case len(words) == 2 && at[1]-at[0] >= wideMED:
		e.med, e.asPath = words[0], words[1]
	case len(words) == 2 && start >= gapMED:
		e.pref, e.asPath = words[0], words[1]
	default:
		return false
	}
	return true
}
