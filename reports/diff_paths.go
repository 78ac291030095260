package reports

import (
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

func pathBlocks(changes []finding.PathChange) []diffBlock {
	var out []diffBlock
	for _, c := range changes {
		f := finding.Finding{Resource: c.Tunnel, OnPrem: c.OnPrem, Azure: c.Azure}
		b := diffBlock{word: "CHANGED", style: boldYellow, title: c.Tunnel}
		if c.Tunnel == "" {
			b.title = where(f, 4)
		}
		switch c.State {
		case finding.New:
			b.word, b.style = "NEW", bold
		case finding.Absent:
			b.word, b.style = "GONE", bold
		case finding.Updated, finding.Unchanged:
		}
		ways := c.After
		if ways == nil {
			ways = c.Before
		}
		f.Forward, f.Return = &ways.Forward, &ways.Return
		for _, d := range directions(f) {
			b.lines = append(b.lines, wayLines(d, wayOf(c.Before, d.id), wayOf(c.After, d.id))...)
		}
		out = append(out, b)
	}
	return out
}

func wayOf(w *finding.Ways, id string) *finding.Path {
	switch {
	case w == nil:
		return nil
	case id == "forward":
		return &w.Forward
	}
	return &w.Return
}

// wayLines says how a path was and is, from the first hop on that differs. It
// says nothing of one that is the same.
func wayLines(d direction, was, is *finding.Path) []diffLine {
	if was != nil && is != nil && was.Digest() == is.Digest() {
		return nil
	}
	before, after := chain(was, d.underlay), chain(is, d.underlay)
	same := 0
	for same < min(len(before), len(after)) && before[same] == after[same] {
		same++
	}
	out := []diffLine{{' ', d.title + ": " + outcomes(was, is, d.underlay)}}
	if same > 0 {
		out = append(out, diffLine{' ', fmt.Sprintf("(the first %s are the same)", count(same, "hop"))})
		if same == 1 {
			out[len(out)-1].text = "(the first hop is the same)"
		}
	}
	for _, text := range before[same:] {
		out = append(out, diffLine{'-', text})
	}
	for _, text := range after[same:] {
		out = append(out, diffLine{'+', text})
	}
	return out
}

func outcomes(was, is *finding.Path, underlay bool) string {
	words := func(p *finding.Path) string {
		if p == nil {
			return "none"
		}
		word, _ := state(*p, underlay)
		return word
	}
	return words(was) + " -> " + words(is)
}

// chain is a path as lines, one a hop, each with the reason; every branch counts.
func chain(p *finding.Path, underlay bool) []string {
	if p == nil {
		return nil
	}
	branches := p.Branches()
	var out []string
	for i, b := range branches {
		lead := ""
		if len(branches) > 1 {
			lead = fmt.Sprintf("[%d] ", i+1)
		}
		for _, h := range b.Hops {
			text := lead + h.Node
			if h.Link != "" {
				text += " over " + h.Link
			}
			if m := mark(h, underlay); m != "" {
				text += " (" + m + ")"
			}
			out = append(out, strings.TrimSuffix(text+": "+h.Why, ": "))
		}
		if b.Detail != "" {
			out = append(out, lead+b.Detail)
		}
	}
	return out
}
