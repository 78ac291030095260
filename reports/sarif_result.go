package reports

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
)

// Limits of what code scanning services show of one result.
const (
	maxRelated    = 100
	maxFlowPoints = 100
	maxFlows      = 20
	maxMessage    = 4000
)

// manifest is the item to which findings without evidence point.
const manifest = "manifest.json"

// result makes the result of a finding that fails or is open.
func (l *sarif) result(f finding.Finding) sarifResult {
	res := sarifResult{
		RuleID: orElse(f.Policy, unnamed), RuleIndex: l.ruleAt[f.Policy],
		Kind: "fail", Level: level(f.Severity),
		Message:             sarifMessage{Text: message(f)},
		Locations:           []sarifLocation{l.place(f)},
		CodeFlows:           l.codeFlows(f),
		PartialFingerprints: fingerprints(f),
		Properties:          facts(f),
	}
	if f.Outcome == finding.Open {
		res.Kind, res.Level = "open", "none"
	}
	res.BaselineState = string(f.Baseline)
	if w := f.Waiver; w != nil {
		why := fmt.Sprintf("%s (owner %s, approved by %s, until %s)", w.Reason, w.Owner, w.Approver, w.Expires.Format(time.DateOnly))
		res.Suppressions = []sarifSuppression{{"external", "accepted", sentence(cut(plainText(why), maxMessage))}}
	}
	for i, ref := range f.Evidence {
		if i == 0 || i > maxRelated {
			continue
		}
		at := l.location(ref)
		at.ID = &i
		at.Message = &sarifMessage{Text: sentence("Also rests on " + ref.String())}
		res.RelatedLocations = append(res.RelatedLocations, at)
	}
	return res
}

// message says what was found, where, and under which failure.
func message(f finding.Finding) string {
	text := sentence(cut(orElse(f.Message, "The policy does not hold"), maxMessage))
	if len(f.Down) > 0 {
		text = "With " + plainText(down(f)) + ": " + text
	}
	if f.OnPrem != nil || f.Azure != nil {
		text += " Pairs: " + sentence(cut(plainText(where(f, 8)), maxMessage))
	}
	return text
}

// place is the one location of a finding: the decisive line of its evidence.
func (l *sarif) place(f finding.Finding) sarifLocation {
	ref := finding.Ref{}
	if len(f.Evidence) > 0 {
		ref = f.Evidence[0]
	}
	at := l.location(ref)
	if f.Resource != "" {
		at.LogicalLocations = logical(f.Resource)
	}
	return at
}

// location is a place in the evidence: lines with their text where the report
// has it. A place outside the evidence directory is replaced by the manifest.
func (l *sarif) location(ref finding.Ref) sarifLocation {
	if !fs.ValidPath(ref.Item) || ref.Item == "." {
		ref = finding.Ref{Item: manifest}
	}
	index, known := l.artifact[ref.Item]
	at := sarifPhysical{ArtifactLocation: sarifArtifactLocation{URI: uri(ref.Item)}, Region: sarifRegion{StartLine: max(1, ref.Line)}}
	if known || ref.Item == manifest {
		at.ArtifactLocation.Index = &index
	}
	if ref.Line > 0 {
		at.Region.EndLine = max(ref.Line, ref.LastLine)
		at.Region.Snippet = l.snippet(ref.Item, ref.Line, at.Region.EndLine)
	}
	return sarifLocation{PhysicalLocation: at}
}

// snippet joins the excerpts of the lines, as far as they are known.
func (l *sarif) snippet(item string, first, last int) *sarifMessage {
	var lines []string
	for line := first; line <= last; line++ {
		text, ok := l.excerpts[finding.Ref{Item: item, Line: line}]
		if !ok {
			break
		}
		lines = append(lines, clean(text))
	}
	if len(lines) == 0 {
		return nil
	}
	return &sarifMessage{Text: strings.Join(lines, "\n")}
}

func logical(id string) []sarifLogical {
	id = clean(id)
	_, name, found := strings.Cut(id, "/")
	if !found || name == "" {
		name = id
	}
	return []sarifLogical{{Name: name, FullyQualifiedName: id, Kind: "resource"}}
}

// fingerprints identify the finding across runs. Services look at the first
// name only; they cannot compute it for files that are not in the repository.
func fingerprints(f finding.Finding) map[string]string {
	short := f.Fingerprint[:min(16, len(f.Fingerprint))]
	return map[string]string{"primaryLocationLineHash": short + ":1", "routeproof/v1": f.Fingerprint}
}

func facts(f finding.Finding) map[string]any {
	out := map[string]any{"severity": string(f.Severity)}
	if f.Resource != "" {
		out["resource"] = f.Resource
	}
	if f.Direction != "" {
		out["direction"] = f.Direction
	}
	if len(f.Down) > 0 {
		out["down"] = f.Down
	}
	if f.OnPrem != nil {
		out["onprem"] = completeSide(f.OnPrem)
	}
	if f.Azure != nil {
		out["azure"] = completeSide(f.Azure)
	}
	return out
}

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

// uri writes a path of the evidence as a relative URI reference.
func uri(path string) string {
	var b strings.Builder
	for _, c := range []byte(path) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
