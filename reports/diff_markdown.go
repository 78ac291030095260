package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// DiffMarkdown writes a comparison for a comment on a pull request or the summary
// of a job, each section folded. It is at most 65,536 bytes long: what does not
// fit is left out in whole blocks and counted. Text from devices is inert.
func DiffMarkdown(w io.Writer, d finding.Diff) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "## %s\n\n", inline(diffSummary(d)))
	fmt.Fprintf(&out, "| before | after |\n|---|---|\n| %s | %s |\n", inline(cut(clean(auditLine(d.Before)), 300)), inline(cut(clean(auditLine(d.After)), 300)))
	left := 0
	for _, s := range diffSections(d) {
		head := fmt.Sprintf("\n### %s\n", s.title)
		for _, b := range s.blocks {
			text := head + b.markdown()
			if left > 0 || out.Len()+len(text) > maxComment-commentTail {
				left++
				continue
			}
			head = ""
			out.WriteString(text)
		}
	}
	if left > 0 {
		fmt.Fprintf(&out, "\n> %s left out, because a comment has room for 65,536 characters: see routeproof diff --format json.\n", count(left, "block"))
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write Markdown comparison: %w", err)
	}
	return nil
}

func (b diffBlock) markdown() string {
	head := inline(cut(clean(b.title), 300))
	if b.word != "" {
		head = fmt.Sprintf("<b>%s</b> %s", inline(b.word), head)
	}
	if len(b.lines) == 0 {
		return "\n" + head + "\n"
	}
	var text strings.Builder
	for _, l := range b.lines {
		line := string(l.sign) + " " + cut(clean(l.text), maxText) + "\n"
		if text.Len()+len(line) > maxFence {
			text.WriteString("  and more: see routeproof diff --format json\n")
			break
		}
		text.WriteString(line)
	}
	// A service that knows diffs colours them.
	return fmt.Sprintf("\n<details><summary>%s</summary>\n\n%s\n</details>\n", head, strings.Replace(fence(text.String()), "text\n", "diff\n", 1))
}
