package reports

import (
	"bufio"
	"fmt"
	"io"

	"github.com/routeproof/routeproof/internal/finding"
)

// What the terminal shows of a comparison before it folds.
const (
	diffBlocks = 50 // of a section
	diffLines  = 40 // of a block
)

// DiffText writes a comparison for people: findings first, then paths, then
// routes; what was there before after a minus, what is there now after a plus.
func DiffText(w io.Writer, d finding.Diff, o TextOptions) error {
	if o.Width == 0 {
		o.Width = defaultWidth
	}
	p := &page{w: bufio.NewWriter(w), color: o.Color, width: max(o.Width, minWidth)}
	p.field("before", plain, auditLine(d.Before))
	p.field("after", plain, auditLine(d.After))
	p.print()
	p.para(nil, nil, bold, diffSummary(d))
	if !o.Quiet {
		for _, s := range diffSections(d) {
			p.print()
			p.print(span{bold, s.title})
			p.blocks(s.blocks, o.Verbose)
		}
	}
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write comparison: %w", err)
	}
	return nil
}

func (p *page) blocks(blocks []diffBlock, all bool) {
	for i, b := range blocks {
		if i == diffBlocks && !all {
			p.print(span{dim, fmt.Sprintf("  and %s: --verbose shows all", more(len(blocks)-i, "difference"))})
			return
		}
		lead := []span{{plain, "  "}}
		if b.word != "" {
			lead = append(lead, span{b.style, b.word}, span{plain, " "})
		}
		p.para(lead, []span{{plain, "    "}}, plain, cut(clean(b.title), maxText))
		for j, l := range b.lines {
			if j == diffLines && !all {
				p.print(span{dim, fmt.Sprintf("      and %s: --verbose shows all", more(len(b.lines)-j, "line"))})
				break
			}
			st := map[rune]style{'-': red, '+': green}[l.sign]
			p.para([]span{{plain, "    "}, {st, string(l.sign) + " "}}, []span{{plain, "        "}}, st, cut(clean(l.text), maxText))
		}
	}
}
