package reports

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// commentLines is how many waivers, fixed failures and the like a comment lists.
const commentLines = 20

// violated writes the violations: with a baseline, what is new or worse first, then
// what was fixed.
func (c *comment) violated() {
	all := c.violations()
	if c.standing() == "" {
		c.findings("Violations", fold(all, false))
		return
	}
	var news, before []finding.Finding
	for _, f := range all {
		if since(f) != "" {
			news = append(news, f)
		} else {
			before = append(before, f)
		}
	}
	c.findings("New or worse since the baseline", fold(news, false))
	c.listed("Fixed since the baseline", "failure", lines(c.fixed(), findingLine))
	c.findings("Violations as in the baseline", fold(before, false))
}

// decided writes, folded, what people decided about findings.
func (c *comment) decided() {
	c.listed("Waivers", "waiver", lines(c.rulings(), rulingLine))
	c.listed("Failures of policies that do not count yet", "failure", lines(c.advisories(), findingLine))
	c.listed("Derived or assumed", "note", lines(c.r.Notes, func(note string) string { return inline(cut(clean(note), 300)) }))
}

// off lists the policies that did not judge, in sight: the verdict is without them.
func (c *comment) off() {
	if len(c.r.Disabled) > 0 {
		c.out.WriteString("\n### Policies that are switched off\n\n")
	}
	for i, d := range c.r.Disabled {
		if i == commentLines {
			fmt.Fprintf(&c.out, "- and %s, in report.json\n", more(len(c.r.Disabled)-i, "policy"))
			break
		}
		fmt.Fprintf(&c.out, "- %s %s\n", code(cut(clean(d.Policy), 20)), inline(cut(clean(d.Reason), 300)))
	}
}

func lines[T any](list []T, say func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = say(v)
	}
	return out
}

func findingLine(f finding.Finding) string {
	return code(cut(clean(f.Policy), 20)) + " " + inline(cut(clean(brief(f)), 300))
}

// rulingLine is one waiver: what it waives, why, who, and where it is written.
func rulingLine(d ruling) string {
	word := inline(d.word)
	if d.class != "dim" {
		word = "**" + word + "**"
	}
	return fmt.Sprintf("%s %s %s: %s (%s)", code(cut(clean(d.rule), 20)), word,
		inline(cut(clean(d.about), 200)), inline(cut(clean(d.reason), 300)), inline(cut(clean(d.who), 200)))
}

// listed writes a folded list where there is room for it.
func (c *comment) listed(title, noun string, lines []string) {
	if len(lines) == 0 {
		return
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "\n<details><summary><b>%s</b>: %d</summary>\n\n", inline(title), len(lines))
	for i, line := range lines {
		if i == commentLines {
			fmt.Fprintf(&b, "- and %s, in report.json\n", more(len(lines)-i, noun))
			break
		}
		b.WriteString("- " + strings.TrimSpace(line) + "\n")
	}
	b.WriteString("\n</details>\n")
	if !c.fits(b.String()) {
		fmt.Fprintf(&c.out, "\n%s: %s, in report.json\n", inline(title), count(len(lines), noun))
		return
	}
	c.out.Write(b.Bytes())
}
