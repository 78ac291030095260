package reports

import "fmt"

// htmlKey explains one look of a link.
type htmlKey struct {
	Word  string
	Lines []string
}

// keys explain the looks that a picture uses.
func keys(seen map[netState]bool) []htmlKey {
	var out []htmlKey
	for _, k := range []struct {
		s    netState
		word string
	}{
		{netSafe, "encrypted tunnel or link"},
		{netClear, "carries pairs IN CLEAR"},
		{netDown, "carries pairs in clear when something is down"},
		{netUnsure, "protection not known"},
		{netLoop, "tunnel that is routed into itself"},
		{netInside, "inside Azure or the premises, tunnels' own packets, or no finding is about it"},
	} {
		if seen[k.s] {
			out = append(out, htmlKey{Word: k.word, Lines: lineClasses(k.s, k.s == netSafe || k.s == netLoop)})
		}
	}
	return out
}

// lineClasses are the strokes of a link.
func lineClasses(s netState, tunnel bool) []string {
	line := map[netState]string{netInside: "l-in", netSafe: "l-good", netUnsure: "l-warn", netDown: "l-down", netClear: "l-bad", netLoop: "l-bad"}[s]
	switch {
	case !tunnel:
		return []string{line}
	case s == netInside:
		return []string{"l-tube l-none", line}
	case s == netLoop || s == netClear:
		return []string{"l-tube l-bad", line}
	}
	return []string{"l-tube", line}
}

func label(s netState) (text, class string) {
	switch s {
	case netClear:
		return "IN CLEAR", "bad"
	case netDown:
		return "clear on failure", "bad"
	case netLoop:
		return "LOOP", "bad"
	case netUnsure:
		return "not known", "warn"
	case netInside, netSafe:
	}
	return "", ""
}

func nodesLeft(left int) string {
	if left == 0 {
		return ""
	}
	return fmt.Sprintf("%s left out of the picture, those without trouble first: see report.json.", more(left, "node"))
}
