package reports

import (
	"bufio"
	_ "embed" // for traceStyle
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// The measures of a picture of paths, in pixels. Texts are in a monospaced font,
// so that their width is known without a browser.
const (
	laneWidth  = 560
	laneGap    = 24
	laneMargin = 20
	lineHeight = 17
	laneIndent = 30 // from a lane's left side to its texts
)

// traceStyle follows the reader's light or dark preference, and says nothing by
// colour alone: links in clear are dashed and named.
//
//go:embed page/trace.css
var traceStyle string

// lane is one branch of one direction, being laid out.
type lane struct {
	b        *strings.Builder
	x, y     int
	underlay bool
}

// lanes writes a picture of directions side by side, their equal-cost branches
// beneath each other, as one SVG document. note is said above them, if it is not empty.
func lanes(w *bufio.Writer, title, note string, ds []direction) {
	var body strings.Builder
	width := 2*laneMargin + len(ds)*laneWidth + max(0, len(ds)-1)*laneGap
	y := laneMargin + 6
	head := func(class, text string, room int) {
		for _, line := range wrap(clean(text), room) {
			fmt.Fprintf(&body, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", class, laneMargin, y, markup(line))
			y += lineHeight + 2
		}
	}
	head("t", title, columns(width-2*laneMargin)*6/7)
	if note != "" {
		head("warn", note, columns(width-2*laneMargin))
	}
	top, height := y+9, 0
	for i, d := range ds {
		l := lane{b: &body, x: laneMargin + i*(laneWidth+laneGap), y: top, underlay: d.underlay}
		l.direction(d)
		height = max(height, l.y)
	}
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" class="lanes" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`, width, height, width, height)
	fmt.Fprintf(w, "<title>%s</title><style>\n%s</style>\n", markup(clean(title)), traceStyle)
	_, _ = w.WriteString(body.String())
	_, _ = w.WriteString("</svg>\n")
}

// direction draws the branches of a path beneath each other.
func (l *lane) direction(d direction) {
	for _, b := range d.branches() {
		l.branch(b.title, b.Path)
	}
}

// branch draws one path downwards and leaves the lane below it.
func (l *lane) branch(title string, p finding.Path) {
	word, _ := state(p, l.underlay)
	lines := wrap(title, columns(laneWidth))
	for _, line := range lines {
		l.text(0, "n", line)
	}
	if width(lines[len(lines)-1])+2+width(word) <= columns(laneWidth) {
		l.y -= lineHeight // the state stands beside the title
	}
	fmt.Fprintf(l.b, `<text class="%s" text-anchor="end" x="%d" y="%d">%s</text>`+"\n", stateClass(p, l.underlay), l.x+laneWidth, l.y, markup(word))
	l.y += lineHeight + 8
	hops, end := steps(p, l.underlay)
	for _, s := range hops {
		l.step(s)
	}
	if end.Text != "" {
		l.wrapped(end.Class, end.Text)
	}
	l.y += 2 * lineHeight
}

// step draws a node, what is said of it, and the link that leaves it.
func (l *lane) step(s step) {
	top := l.y
	name := s.Node
	if s.Prefix != "" {
		name += "  " + s.Prefix
	}
	l.text(laneIndent, "n", name)
	for _, line := range s.Lines {
		if line.Place.Item != "" {
			l.text(laneIndent, line.Class, cutName(clean(line.Text), columns(laneWidth-laneIndent)))
			continue
		}
		l.wrapped(line.Class, line.Text)
	}
	l.y += 8
	if s.Leaves {
		fmt.Fprintf(l.b, `<line class="%s" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", s.Rail, l.x+9, top+2, l.x+9, l.y-10)
	}
	fmt.Fprintf(l.b, `<circle cx="%d" cy="%d" r="6"/>`+"\n", l.x+9, top-4)
}

// wrapped writes text in as many lines as it needs.
func (l *lane) wrapped(class, text string) {
	room := columns(laneWidth - laneIndent)
	for i, line := range wrap(clean(text), room-2) {
		if i > 0 {
			line = "  " + line
		}
		l.text(laneIndent, class, line)
	}
}

// text writes one line, cut to the lane.
func (l *lane) text(indent int, class, text string) {
	text = cut(clean(text), columns(laneWidth-indent))
	fmt.Fprintf(l.b, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", class, l.x+indent, l.y, markup(text))
	l.y += lineHeight
}

// columns is how many characters of 12 pixels fit into a width: one takes 7.25.
func columns(pixels int) int { return pixels * 4 / 29 }
