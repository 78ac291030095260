package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// htmlFinding is one drawn finding.
type htmlFinding struct {
	ID, Number, Word, Class, Policy, Title, Message string
	Since                                           string
	Where, When                                     string
	Why, Needs                                      []string
	Directions                                      []htmlDirection
	Evidence                                        []htmlQuote
	Alike                                           *htmlAlike
	Fix, FixAt, FixName                             string
}

// htmlQuote is lines of one evidence item.
type htmlQuote struct {
	Path  string
	Lines []htmlLine
}

// htmlLine is one line of the evidence. Marked ones decide something.
type htmlLine struct {
	Number int
	Text   string
	Marked bool
}

// htmlAlike is the findings that one drawing stands for.
type htmlAlike struct {
	Summary, Left string
	Items         []string
}

func (p *htmlPage) finding(g group, id, number string) htmlFinding {
	f := g.first
	h := htmlFinding{
		ID: id, Number: number, Word: findingWord(f), Class: outcomeClass(f.Outcome),
		Policy: say(f.Policy), Title: say(p.policies[f.Policy].Title), Message: say(f.Message),
		Where: say(where(f, 8)), Evidence: p.quotes(f), Alike: p.alikeItems(g),
	}
	h.Since = strings.ToUpper(since(f))
	if len(f.Down) > 0 {
		h.When = say(down(f))
	}
	for _, d := range directions(f) {
		h.Directions = append(h.Directions, p.direction(d))
		for _, b := range d.path.Branches() {
			if why := say(d.title + ": " + b.Detail); b.Outcome == finding.Unknown && b.Detail != "" && !slices.Contains(h.Why, why) && len(h.Why) < 4 {
				h.Why = append(h.Why, why)
			}
		}
	}
	if f.Outcome == finding.Open {
		for _, step := range p.remedies(f, 6) {
			h.Needs = append(h.Needs, say(step))
		}
		return h
	}
	p.fix(&h, f)
	return h
}

// fix says how to fix a finding, once for each policy.
func (p *htmlPage) fix(h *htmlFinding, f finding.Finding) {
	if at, ok := p.advised[f.Policy]; ok {
		h.FixAt, h.FixName = at, "finding "+at[1:]
		return
	}
	if text := cleanLines(p.policies[f.Policy].Remediation); text != "" {
		h.Fix = cut(text, 20*maxText)
		p.advised[f.Policy] = h.ID
	}
}

// quotes are the lines that a finding rests on.
func (p *htmlPage) quotes(f finding.Finding) []htmlQuote {
	var out []htmlQuote
	for i, ref := range f.Evidence {
		if i == 4 {
			out = append(out, htmlQuote{Path: "and " + more(len(f.Evidence)-i, "place")})
			break
		}
		q := htmlQuote{Path: say(ref.String())}
		last := max(ref.Line, min(ref.LastLine, ref.Line+3))
		for line := ref.Line; line > 0 && line <= last; line++ {
			if text, ok := p.excerpts[finding.Ref{Item: ref.Item, Line: line}]; ok {
				q.Lines = append(q.Lines, htmlLine{Number: line, Text: say(text)})
			}
		}
		out = append(out, q)
	}
	return out
}

// alikeItems lists the findings that were folded into a group.
func (v view) alikeItems(g group) *htmlAlike {
	if len(g.others) == 0 {
		return nil
	}
	noun := v.noun(g.first)
	v.said(g)
	out := &htmlAlike{Summary: "and " + more(len(g.others), noun) + " like this"}
	for i, f := range g.others {
		if i == pageAlike {
			out.Left = leftOut(len(g.others)-i, noun)
			break
		}
		out.Items = append(out.Items, say(like(f, 4)))
	}
	return out
}

// htmlCoverage is the bar of how address pairs travel.
type htmlCoverage struct {
	Pairs, Text string
	Segments    []htmlSegment
}

// htmlSegment is a part of the bar, in thousandths of its width. What is in clear
// is hatched, and what is open has a dashed line, so that they are told apart
// without colours.
type htmlSegment struct {
	Class, Word, Share, Number string
	Dash                       string
	X, Width                   int
	Hatch                      []int
}

func coverageBar(c finding.Coverage) *htmlCoverage {
	if c.Pairs == 0 {
		return nil
	}
	parts := parts(c)
	counts := make([]uint64, len(parts))
	for i, part := range parts {
		counts[i] = part.n
	}
	out := &htmlCoverage{Pairs: whole(c)}
	x := 0
	for i, cells := range apportion(counts, c.Pairs, 100) {
		if parts[i].n == 0 {
			continue
		}
		s := htmlSegment{Class: parts[i].class, Word: parts[i].word, Share: share(parts[i].n, c.Pairs), Number: grouped(parts[i].n), X: x, Width: cells * 10}
		for at := x + 7; s.Class == "bad" && at < x+s.Width; at += 14 {
			s.Hatch = append(s.Hatch, at)
		}
		if s.Class == "warn" {
			s.Dash = fmt.Sprintf("M%d 17H%d", x, x+s.Width)
		}
		out.Segments = append(out.Segments, s)
		out.Text += fmt.Sprintf("%s %s. ", s.Share, s.Word)
		x += s.Width
	}
	return out
}
