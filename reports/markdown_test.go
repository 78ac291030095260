package reports_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// harmless fails for a comment in which text of a report could be markup: all
// tags are ours, fences close, and nothing outside of fences links or mentions.
func harmless(t rapid.TB, comment string) {
	t.Helper()
	if len(comment) > 65536 {
		t.Fatalf("%d bytes: GitHub refuses more than 65,536 characters", len(comment))
	}
	printable(t, comment)
	tag := regexp.MustCompile(`</?(details|summary|b|i|code|sub)>`)
	ours := regexp.MustCompile(`^(#{2,3} |\*\*|\| |\||> |Of )`)
	fence, depth := "", 0
	for line := range strings.Lines(comment) {
		line = strings.TrimSuffix(line, "\n")
		if fence != "" {
			if line == fence {
				fence = ""
			} else if strings.HasPrefix(strings.TrimLeft(line, " "), fence) {
				t.Fatalf("a line of a fence ends it: %q", line)
			}
			continue
		}
		if ticks, ok := strings.CutSuffix(line, "text"); ok && strings.Trim(ticks, "`") == "" && len(ticks) >= 3 {
			fence = ticks
			continue
		}
		depth += strings.Count(line, "<details>") - strings.Count(line, "</details>")
		text := tag.ReplaceAllString(line, "")
		prefix := ours.FindString(text)
		text = strings.NewReplacer("**", "", "|", "").Replace(strings.TrimPrefix(text, prefix))
		if prefix == "|" || prefix == "| " {
			text = strings.NewReplacer(":-:", "", "--:", "", "---", "").Replace(text)
		}
		text = regexp.MustCompile(`&#\d+;`).ReplaceAllString(text, "")
		if i := strings.IndexAny(text, "<>`*_[]\\|~@#!&"); i >= 0 {
			t.Fatalf("%q of %q could be markup", text[i:i+1], line)
		}
		if strings.Contains(text, "://") || strings.Contains(text, "www.") {
			t.Fatalf("a link in %q", line)
		}
	}
	if fence != "" || depth != 0 {
		t.Fatalf("a fence or <details> is open at the end")
	}
}

func TestEveryCommentIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := sample()
		fill(t, reflect.ValueOf(&r).Elem(), rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			hostile, "@octocat #1 GH-2", "a | b", "```\n</details>", "````text", "www.evil.example", "https://evil.example/x", "![x](https://evil.example)",
			"<img src=x>", "&lt;b&gt;", "a\\|b", "[x]: http://evil.example", "1. x", "# x", "    x", "~~~", "$x$", ":smile:", "<!-- -->",
		})))
		harmless(t, write2(t, reports.Markdown, r))
	})
}

// write2 is write for properties.
func write2(t rapid.TB, w reports.Writer, r finding.Report) string {
	t.Helper()
	var b strings.Builder
	if err := w(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestALongCommentLosesWholeFindingsAndSaysHowMany(t *testing.T) {
	r := large(20_000)
	r.Notes = nil // folded, too
	comment := write(t, reports.Markdown, r)
	harmless(t, comment)
	if len(comment) < 60_000 {
		t.Errorf("only %d bytes are used", len(comment))
	}
	shown := strings.Count(comment, "<details>")
	left := regexp.MustCompile(`> ([0-9,]+) findings left out`).FindStringSubmatch(comment)
	if left == nil {
		t.Fatalf("it does not say what was left out:\n%s", comment[len(comment)-300:])
	}
	if got := strings.ReplaceAll(left[1], ",", ""); got != fmt.Sprint(20_000-shown) {
		t.Errorf("%d findings shown and %s left out of 20,000", shown, got)
	}
}

func TestOneEnormousFindingDoesNotHideTheOthers(t *testing.T) {
	r := sample()
	f := &r.Findings[0]
	for range 3000 {
		f.Forward.Hops = append(f.Forward.Hops, f.Forward.Hops[0])
	}
	comment := write(t, reports.Markdown, r)
	harmless(t, comment)
	if !strings.Contains(comment, "too long for a comment: see report.json") || !strings.Contains(comment, "GWS&#45;01") && !strings.Contains(comment, "GWS-01") {
		t.Errorf("comment:\n%.2000s", comment)
	}
}
