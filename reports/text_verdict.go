package reports

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// verdict writes the head of the report: what was audited, the verdict, and a
// line a family.
func (t *terminal) verdict() {
	t.para(nil, nil, dim, t.about())
	t.print()
	word, text := t.headline()
	lead := []span{{outcomeStyle(t.r.Verdict), word + "  "}}
	t.para(lead, []span{{plain, pad("", spansWidth(lead))}}, bold, text)
	t.print()
	for _, f := range t.r.Families {
		t.family(f)
	}
}

// severities counts failures, worst first.
func severities(fs []finding.Finding) string {
	var parts []string
	for _, s := range []finding.Severity{finding.Critical, finding.High, finding.Medium, finding.Low} {
		n := len(slices.DeleteFunc(slices.Clone(fs), func(f finding.Finding) bool { return f.Severity != s }))
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return count(len(fs), "violation") + ": " + strings.Join(parts, ", ") + "."
}

func (t *terminal) family(f finding.Family) {
	const titleWidth = 33
	lead := []span{
		{plain, "  "},
		{outcomeStyle(f.Outcome), pad(outcomeWord(f.Outcome), 6)},
		{bold, pad(cut(clean(f.Title), titleWidth-1), titleWidth)},
	}
	t.para(lead, []span{{plain, pad("", spansWidth(lead))}}, dim, t.counted(f))
	if f.Name == "encryption" && t.r.Coverage.Pairs > 0 {
		t.coverage(t.r.Coverage)
	}
}

// coverage draws how the address pairs travel: a bar that can be read without
// colours, and its legend.
func (t *terminal) coverage(c finding.Coverage) {
	parts := parts(c)
	counts := make([]uint64, len(parts))
	for i, part := range parts {
		counts[i] = part.n
	}
	const indent = 8
	cells := apportion(counts, c.Pairs, barWidth)
	bar, legend := []span{{plain, pad("", indent)}}, []span{{plain, pad("", indent)}}
	add := func(st style, text string) {
		if spansWidth(legend)+width(text) > t.width {
			t.print(legend...)
			legend = []span{{plain, pad("", indent)}}
		}
		legend = append(legend, span{st, text}, span{plain, "   "})
	}
	for i, part := range parts {
		bar = append(bar, span{part.st, strings.Repeat(part.mark, cells[i])})
	}
	t.print(bar...)
	for _, part := range parts {
		if part.n > 0 {
			add(part.st, fmt.Sprintf("%s %s %s (%s)", part.mark, share(part.n, c.Pairs), part.word, grouped(part.n)))
		}
	}
	add(dim, "of "+whole(c))
	t.print(legend...)
}

// barWidth is the number of cells of the bar.
const barWidth = 48

// apportion divides all cells of a bar by counts. Nothing that exists disappears:
// every count above zero has a cell, at the cost of the largest.
func apportion(counts []uint64, total uint64, all int) []int {
	cells := make([]int, len(counts))
	used, largest := 0, 0
	for i, c := range counts {
		cells[i] = int(scale(c, total, uint64(all))) //nolint:gosec // all is a small constant
		if c > 0 && cells[i] == 0 {
			cells[i] = 1
		}
		used += cells[i]
		if c > counts[largest] {
			largest = i
		}
	}
	cells[largest] = max(1, cells[largest]+all-used)
	return cells
}

// share is c of total in percent, to one digit. It says 0 % and 100 % only where
// that is exact.
func share(c, total uint64) string {
	permille := scale(c, total, 1000)
	switch {
	case total == 0 || c == 0:
		return "0 %"
	case c == total:
		return "100 %"
	case permille == 0:
		return "under 0.1 %"
	}
	return fmt.Sprintf("%d.%d %%", permille/10, permille%10)
}

// scale is c*n/total, without overflow; at most n.
func scale(c, total, n uint64) uint64 {
	if c >= total {
		return n
	}
	hi, lo := bits.Mul64(c, n)
	q, _ := bits.Div64(hi, lo, total)
	return q
}

func pairs(n uint64) string {
	if n == 1 {
		return "1 address pair"
	}
	return grouped(n) + " address pairs"
}

// grouped writes n with a comma after each three digits.
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
