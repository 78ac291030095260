package reports

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// Limits of a comment on a pull request. GitHub refuses bodies of more than
// 65,536 characters; Azure DevOps allows more, and job summaries 1 MiB.
const (
	maxComment    = 65536
	commentTail   = 800   // kept free for saying what was left out
	maxFence      = 12000 // of one finding
	commentWidth  = 100   // columns of a drawing
	commentItems  = 20    // evidence items that are not whole
	noFence       = "Its paths are too long for a comment: see report.json.\n"
	leftOutNotice = "\n> %s left out, because a comment has room for 65,536 characters: see report.json.\n"
)

// Markdown writes the report for a comment on a pull request or a summary of a
// job: the verdict, the counts, each finding folded, what is new or worse since the
// baseline first, what was fixed, and the waivers. It is at most 65,536 bytes long:
// findings that do not fit are left out as a whole, the least severe first, and
// counted. Text from devices is inert: it links, mentions and formats nothing.
func Markdown(w io.Writer, r finding.Report) error {
	c := comment{terminal: newTerminal(io.Discard, r, TextOptions{Width: commentWidth})}
	c.head()
	c.off()
	c.violated()
	c.findings("Could not be judged", fold(c.questions(), false))
	c.decided()
	c.items()
	if c.left > 0 {
		fmt.Fprintf(&c.out, leftOutNotice, count(c.left, "finding"))
	}
	if _, err := w.Write(c.out.Bytes()); err != nil {
		return fmt.Errorf("write Markdown report: %w", err)
	}
	return nil
}

// comment is a report on its way to Markdown. The terminal draws the paths.
type comment struct {
	*terminal
	out    bytes.Buffer
	number int
	left   int // findings that did not fit
}

func (c *comment) head() {
	word, text := c.headline()
	fmt.Fprintf(&c.out, "## %s %s\n\n**%s**\n\n", outcomeSign(c.r.Verdict), word, inline(text))
	if text := c.standing(); text != "" {
		c.out.WriteString(inline(text) + "\n\n")
	}
	c.out.WriteString("| | | fail | open | pass |\n|:-:|---|--:|--:|--:|\n")
	for _, f := range c.r.Families {
		fmt.Fprintf(&c.out, "| %s | %s | %d | %d | %d |\n", outcomeSign(f.Outcome), inline(cut(clean(f.Title), 80)), f.Fail, f.Open, f.Pass)
	}
	if p := c.r.Coverage; p.Pairs > 0 {
		c.coverage(p)
	}
	fmt.Fprintf(&c.out, "\n<sub>%s</sub>\n", inline(cut(clean(c.about()), 300)))
}

// coverage says how the pairs travel, in percent and in numbers.
func (c *comment) coverage(p finding.Coverage) {
	var said []string
	for _, part := range parts(p) {
		if part.rare && part.n == 0 {
			continue
		}
		text := fmt.Sprintf("%s %s", share(part.n, p.Pairs), part.word)
		if part.class != "dim" && part.class != "warn" {
			text = "**" + text + "**"
		}
		if part.n > 0 {
			text += " (" + grouped(part.n) + ")"
		}
		said = append(said, text)
	}
	fmt.Fprintf(&c.out, "\nOf %s: %s.\n", whole(p), strings.Join(said, ", "))
}

// findings writes one folded block a group, as long as there is room.
func (c *comment) findings(title string, groups []group) {
	for i, g := range groups {
		block := ""
		if i == 0 {
			block = "\n### " + title + "\n"
		}
		block += c.block(g)
		if c.left > 0 || !c.fits(block) {
			c.left += 1 + len(g.others)
			continue
		}
		c.out.WriteString(block)
	}
}

func (c *comment) fits(block string) bool { return c.out.Len()+len(block) <= maxComment-commentTail }

// block is one group: its message, and folded beneath it what the terminal shows.
func (c *comment) block(g group) string {
	if c.left > 0 {
		return "" // nothing more is shown
	}
	f := g.first
	c.number++
	word := strings.ToUpper(cut(clean(string(f.Severity)), 10))
	if f.Outcome == finding.Open {
		word = "OPEN"
	}
	var b strings.Builder
	if text := since(f); text != "" {
		word += " · " + strings.ToUpper(text)
	}
	fmt.Fprintf(&b, "\n<details><summary><b>%d · %s</b> %s %s", c.number, inline(word), code(cut(clean(f.Policy), 20)), inline(cut(clean(f.Message), 300)))
	if n := len(g.others); n > 0 {
		fmt.Fprintf(&b, " <i>and %s more like this</i>", grouped(uint64(n)))
	}
	b.WriteString("</summary>\n\n")
	if title := c.policies[f.Policy].Title; title != "" {
		fmt.Fprintf(&b, "%s.\n\n", inline(strings.TrimSuffix(cut(clean(title), maxText), ".")))
	}
	if text := c.drawn(g); len(text) <= maxFence {
		b.WriteString(fence(text))
	} else {
		b.WriteString(noFence)
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// drawn is what the terminal says about a group.
func (c *comment) drawn(g group) string {
	var b bytes.Buffer
	c.w = bufio.NewWriter(&b)
	f := g.first
	c.subject(f)
	if len(f.Down) > 0 {
		c.field("when", plain, c.text(down(f)))
	}
	if f.Outcome == finding.Open {
		c.unknownPaths(f)
		label := "needs"
		for _, step := range c.remedies(f, 4) {
			c.field(label, plain, c.text(step))
			label = ""
		}
	} else {
		c.paths(f)
		c.print()
		c.evidence(f)
	}
	c.alike(g)
	if f.Outcome == finding.Fail {
		c.fix(f, c.number)
	}
	_ = c.w.Flush() // a bytes.Buffer does not fail
	return b.String()
}

// items lists the evidence that is not whole.
func (c *comment) items() {
	bad := c.incomplete()
	if len(bad) == 0 || c.left > 0 {
		return
	}
	var b strings.Builder
	b.WriteString("\n### Evidence that is not whole\n\n| status | item | |\n|---|---|---|\n")
	for i, it := range bad {
		if i == commentItems {
			fmt.Fprintf(&b, "| | and %s, in report.json | |\n", more(len(bad)-i, "item"))
			break
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", inline(cut(clean(it.Status), 20)), code(cutName(clean(it.Path), 150)), inline(cut(clean(it.Detail), 200)))
	}
	if c.fits(b.String()) {
		c.out.WriteString(b.String())
	}
}

func outcomeSign(o finding.Outcome) string {
	switch o {
	case finding.Fail:
		return "❌"
	case finding.Open:
		return "⚠️"
	case finding.Pass:
		return "✅"
	case finding.NotApplicable:
	}
	return "➖"
}

// inline makes text that means itself in Markdown and in the HTML within it.
// What could be markup is written as character references. "@" and "#" are put
// into code, where services make neither mentions nor links of them.
func inline(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		switch {
		case r == '@' || r == '#':
			fmt.Fprintf(&b, "<code>&#%d;</code>", r)
		case strings.ContainsRune("\\`*_[]<>|~&!$:{}\"'^+=", r) || r == '.' && strings.HasSuffix(b.String(), "www"):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// code is inline text in code, where nothing is a mention or a link.
func code(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		if strings.ContainsRune("\\`*_[]<>|~&!$:{}\"'^+=@#.", r) {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return "<code>" + b.String() + "</code>"
}

// fence quotes text that cannot end the quote: no line of it has as many
// backticks as the fence.
func fence(text string) string {
	ticks, run := 3, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		ticks = max(ticks, run+1)
	}
	mark := strings.Repeat("`", ticks)
	return mark + "text\n" + strings.TrimRight(text, "\n") + "\n" + mark + "\n"
}
