package reports

import (
	"fmt"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// codeFlows is one flow with a thread for each path: forward, then return. The
// further branches of a path follow it.
func (l *sarif) codeFlows(f finding.Finding) []sarifCodeFlow {
	var threads []sarifThreadFlow
	for _, d := range directions(f) {
		for i, b := range d.path.Branches() {
			if len(threads) == maxFlows {
				break
			}
			id := d.id
			if i > 0 {
				id = fmt.Sprintf("%s-%d", d.id, i+1)
			}
			word, _ := state(b, d.underlay)
			threads = append(threads, sarifThreadFlow{
				ID: id, Message: sarifMessage{Text: sentence(d.title + ": " + strings.ToLower(word))},
				Locations: l.flow(f, b, d.underlay),
			})
		}
	}
	if len(threads) == 0 {
		return nil
	}
	text := "The paths of the packets, hop by hop"
	if len(f.Down) > 0 {
		text += ", with " + down(f)
	}
	return []sarifCodeFlow{{Message: sarifMessage{Text: sentence(text)}, ThreadFlows: threads}}
}

// flow is a path as points of a flow; the last says what became of the packet
// where that is not delivery.
func (l *sarif) flow(f finding.Finding, p finding.Path, underlay bool) []sarifFlowPoint {
	var out []sarifFlowPoint
	add := func(at sarifLocation, text, importance string) {
		at.Message = &sarifMessage{Text: cut(sentence(text), maxMessage)}
		out = append(out, sarifFlowPoint{Location: at, ExecutionOrder: len(out) + 1, Importance: importance})
	}
	for i, h := range p.Hops {
		if i == maxFlowPoints-1 && (len(p.Hops) > maxFlowPoints || p.Outcome != finding.Delivered) {
			break
		}
		at := l.place(f)
		if len(h.Evidence) > 0 {
			at = l.location(h.Evidence[0])
		}
		at.LogicalLocations = logical(h.Node)
		importance := "important"
		if c := coverOf(h, underlay); c == inClear || c == unsure {
			importance = "essential"
		}
		add(at, decision(h, underlay), importance)
	}
	switch {
	case len(p.Hops) > maxFlowPoints:
		add(l.place(f), fmt.Sprintf("%d more hops; the path ends as %s", len(p.Hops)-len(out), p.Outcome), "essential")
	case p.Outcome != finding.Delivered || len(out) == 0:
		text := string(p.Outcome)
		if p.Detail != "" {
			text += ": " + p.Detail
		}
		add(l.place(f), text, "essential")
	}
	return out
}

// decision says a hop in one sentence.
func decision(h finding.Hop, underlay bool) string {
	text := h.Node
	if h.Prefix != "" {
		text += " matches " + h.Prefix
	}
	if h.Link != "" {
		text += ", sends to " + h.Link
		if m := mark(h, underlay); m != "" {
			text += " (" + m + ")"
		}
	}
	if h.Why != "" {
		text += ": " + h.Why
	}
	parts := []string{text}
	for _, c := range h.Lost {
		parts = append(parts, lost(c))
	}
	return strings.Join(parts, "; ")
}
