package reports

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
)

// Limits of what code scanning services show of one result: they refuse ten times
// as much. All flows of a result have at most 1,000 points.
const (
	maxLocations  = 100
	maxRelated    = 100
	maxFlowPoints = 100
	maxFlows      = 10
	maxMessage    = 4000
	// maxAlike is how many findings a message names beside the first.
	maxAlike = 8
	// maxListed is how many findings the properties of a result list.
	maxListed = 1000
)

// manifest is the item to which findings without evidence point.
const manifest = "manifest.json"

// result makes the result of findings that fail, or are open, by the same path.
func (l *sarif) result(g group) sarifResult {
	f := g.first
	res := sarifResult{
		RuleID: orElse(f.Policy, unnamed), RuleIndex: l.ruleAt[f.Policy],
		Kind: "fail", Level: level(f.Severity),
		Message:             sarifMessage{Text: message(f) + alikeText(g)},
		Locations:           l.locations(g),
		CodeFlows:           l.codeFlows(f),
		PartialFingerprints: fingerprints(g),
		BaselineState:       string(f.Baseline),
	}
	switch {
	case f.Outcome == finding.Open:
		res.Kind, res.Level = "open", "none"
	case f.Advisory != "":
		res.Level = "note"
	}
	if n := len(g.others); n > 0 {
		res.OccurrenceCount = 1 + n
	}
	if f.Waiver != nil {
		res.Suppressions = []sarifSuppression{l.suppression(*f.Waiver)}
	}
	if l.full() {
		res.Properties = facts(g)
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

// suppression is a waiver: who decided, why, and until when.
func (l *sarif) suppression(w finding.Waiver) sarifSuppression {
	why := fmt.Sprintf("%s (owner %s, approved by %s, until %s)", w.Reason, w.Owner, w.Approver, w.Expires.Format(time.DateOnly))
	out := sarifSuppression{Kind: "external", Status: "accepted", Justification: sentence(cut(plainText(why), maxMessage))}
	if place := w.Place; fs.ValidPath(place.Item) && place.Item != "." {
		at := l.location(place)
		out.Location = &at
	}
	return out
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

// locations are the places of the findings that a result stands for, each once.
func (l *sarif) locations(g group) []sarifLocation {
	out := []sarifLocation{l.place(g.first)}
	seen := map[string]bool{key(g.first): true}
	for _, f := range g.others {
		if len(out) == maxLocations {
			break
		}
		if !seen[key(f)] {
			seen[key(f)] = true
			out = append(out, l.place(f))
		}
	}
	return out
}

// key tells places apart.
func key(f finding.Finding) string {
	if len(f.Evidence) == 0 {
		return f.Resource
	}
	return f.Evidence[0].String() + "\x00" + f.Resource
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
		at.Region.Snippet = l.snippet(ref.Item, ref.Line, ref.LastLine)
		at.Region.EndLine = max(ref.Line, ref.LastLine, l.excerpts[finding.Ref{Item: ref.Item, Line: ref.Line}].LastLine)
	}
	return sarifLocation{PhysicalLocation: at}
}

// snippet joins the excerpts of the lines, as far as they are known.
func (l *sarif) snippet(item string, first, last int) *sarifMessage {
	var lines []string
	for line := first; line <= max(first, last); line++ {
		e, ok := l.excerpts[finding.Ref{Item: item, Line: line}]
		if !ok {
			break
		}
		lines = append(lines, clean(e.Text))
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

// fingerprints identify the result across runs. Services look at the first name
// only; they cannot compute it for files that are not in the repository. A result
// that stands for several findings is known by the least of their fingerprints:
// it stays the same when others come or go.
func fingerprints(g group) map[string]string {
	id := g.first.Fingerprint
	for _, f := range g.others {
		id = min(id, f.Fingerprint)
	}
	return map[string]string{"primaryLocationLineHash": id[:min(16, len(id))] + ":1", "routeproof/v1": id}
}

// facts are the findings that a result stands for, for programs.
func facts(g group) map[string]any {
	out := subjectFacts(g.first)
	if len(g.others) == 0 {
		return out
	}
	var all []map[string]any
	for _, f := range g.others[:min(maxListed, len(g.others))] {
		all = append(all, subjectFacts(f))
	}
	out["alike"] = all
	return out
}

func subjectFacts(f finding.Finding) map[string]any {
	out := map[string]any{"severity": string(f.Severity), "fingerprint": f.Fingerprint}
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
