package junos

import (
	"iter"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
)

// each gives the lines that are not blank to read, without blanks around them. It
// misses those that read does not understand, and those that a log message broke
// into.
func each(in *lines.Reader, read func(line string) bool) {
	for in.Next() {
		l := strings.TrimSpace(string(in.Line()))
		if l != "" && (spliced(l) || !read(l)) {
			in.Miss()
		}
	}
}

// spliced reports whether a line is or holds what a terminal puts between: the
// mark of a page's end, or a log message, which has a time without a year, like
// `Nov 16 18:52:22`.
func spliced(l string) bool {
	if strings.Contains(l, "---(more") {
		return true
	}
	for at := 0; ; {
		i := strings.IndexByte(l[at:], ':')
		if i < 0 || at+i+6 > len(l) {
			return false
		}
		i += at
		at = i + 1
		if i < 9 || l[i+3] != ':' || l[i-3] != ' ' {
			continue
		}
		day := strings.TrimLeft(l[i-5:i-3], " ")
		month := strings.TrimRight(l[max(0, i-9):i-5], " ")
		if day != "" && strings.Trim(day, "0123456789") == "" && len(month) >= 3 && strings.Contains("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", month[len(month)-3:]) {
			return true
		}
	}
}

// pairs reads a line of `key: value, key: value`. A part without a colon comes
// as a key without a value.
func pairs(l string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for part := range strings.SplitSeq(l, ", ") {
			part = strings.TrimSpace(strings.Trim(strings.TrimSpace(part), ","))
			if part == "" {
				continue
			}
			key, value, _ := strings.Cut(part, ":")
			if !yield(strings.TrimSpace(key), strings.TrimSpace(value)) {
				return
			}
		}
	}
}

// label reports whether a key is one that a detailed listing may have: a few
// words that begin with a letter and hold no time of day, as messages between the
// lines would.
func label(key string) bool {
	if key == "" || len(key) > 70 || strings.Count(key, " ") > 8 {
		return false
	}
	first := key[0]
	if (first < 'A' || first > 'Z') && (first < 'a' || first > 'z') {
		return false
	}
	for _, month := range []string{"Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "} {
		if strings.HasPrefix(key, month) {
			return false
		}
	}
	return !strings.ContainsAny(key, "<>{}[]%*=;\\\"")
}

// deep is the text of the first element of that name anywhere below e.
func (e *element) deep(name string) string {
	if s := e.val(name); s != "" {
		return s
	}
	for _, k := range e.kids {
		if s := k.deep(name); s != "" {
			return s
		}
	}
	return ""
}
