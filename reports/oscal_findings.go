package reports

import (
	"fmt"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
)

// tool is the actor behind everything in the document.
func (o *oscal) tool() string { return uuidOf("tool", o.r.Tool) }

func (o *oscal) origin() oscalOrigin {
	return oscalOrigin{Actors: []oscalActor{{"tool", o.tool()}}}
}

// local defines the tool and what the observations are about.
func (o *oscal) local() map[string]any {
	name := oscalLine(orElse(o.r.Tool, "routeproof"))
	out := map[string]any{"assessment-assets": map[string]any{
		"components": []any{map[string]any{
			"uuid": o.tool(), "type": "software", "title": name,
			"description": "Proves from the routes that routers and Azure report which traffic is encrypted.",
			"status":      map[string]string{"state": "operational"},
		}},
		"assessment-platforms": []any{map[string]any{
			"uuid": uuidOf("platform", o.r.Tool), "title": name, "uses-components": []any{map[string]string{"component-uuid": o.tool()}},
		}},
	}}
	if items := o.inventory(); len(items) > 0 {
		out["inventory-items"] = items
	}
	return out
}

// inventory is the subjects of all observations, each once.
func (o *oscal) inventory() []oscalItem {
	var out []oscalItem
	seen := make(map[string]bool)
	for _, g := range o.groups {
		for _, id := range subjects(g) {
			if !seen[id] {
				seen[id] = true
				out = append(out, oscalItem{uuidOf("subject", id), oscalText(id), oscalProps("asset-id", id)})
			}
		}
	}
	return out
}

// subjects are the resources of a group, each once, at most maxSubjects of them.
func subjects(g group) []string {
	var out []string
	seen := make(map[string]bool)
	for _, f := range members(g) {
		if f.Resource != "" && !seen[f.Resource] && len(out) < maxSubjects {
			seen[f.Resource] = true
			out = append(out, f.Resource)
		}
	}
	return out
}

func members(g group) []finding.Finding { return append([]finding.Finding{g.first}, g.others...) }

// observation is what was seen of findings that are said together.
func (o *oscal) observation(g group) oscalObservation {
	f := g.first
	out := oscalObservation{
		UUID: o.observed(g), Title: oscalLine(f.Policy + " " + o.policies[f.Policy].Title),
		Description: oscalText(message(f) + alikeText(g)), Methods: []string{"TEST"}, Types: []string{"finding"},
		Origins: []oscalOrigin{o.origin()}, Evidence: o.places(g), Collected: o.at,
		Props: oscalProps("outcome", string(f.Outcome), "severity", string(f.Severity), "findings", fmt.Sprint(1+len(g.others)),
			"direction", f.Direction, "down", strings.Join(f.Down, ", "), "baseline", string(f.Baseline), "counts-from", f.Advisory),
	}
	if f.Outcome == finding.Pass {
		out.Types = []string{"control-objective"}
		out.Description = oscalText(count(1+len(g.others), "resource") + " examined, and " + isAre(1+len(g.others)) + " compliant.")
	}
	for _, id := range subjects(g) {
		out.Subjects = append(out.Subjects, oscalSubject{uuidOf("subject", id), "inventory-item", oscalLine(id)})
	}
	return out
}

// observed identifies an observation, which is of one run.
func (o *oscal) observed(g group) string {
	return uuidOf("observation", o.id, g.first.Policy, string(g.first.Outcome), known(g))
}

// known is the least of the fingerprints of a group.
func known(g group) string { return fingerprints(g)["routeproof/v1"] }

// places are the lines that a group rests on, each with its text.
func (o *oscal) places(g group) []oscalEvidence {
	var out []oscalEvidence
	seen := make(map[finding.Ref]bool)
	for _, f := range members(g) {
		for _, ref := range f.Evidence {
			if seen[ref] || len(out) == maxSubjects {
				continue
			}
			seen[ref] = true
			e := oscalEvidence{Description: oscalText(oscalLine(ref.String())), Remarks: oscalText(o.lines(ref))}
			if o.items[ref.Item] {
				e.Href = "#" + o.resource(ref.Item)
			}
			out = append(out, e)
		}
	}
	return out
}

// lines are the text at a place, as far as the report has it.
func (o *oscal) lines(ref finding.Ref) string {
	var out []string
	for line := ref.Line; line > 0 && line <= max(ref.Line, min(ref.LastLine, ref.Line+3)); line++ {
		if text, ok := o.excerpts[finding.Ref{Item: ref.Item, Line: line}]; ok {
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n")
}

// risks writes the failures, and those of the baseline that are none any more.
func (o *oscal) risks(j *jsonWriter) {
	fixed := byPath(sorted(finding.Report{Findings: o.r.Fixed}).Findings)
	if len(o.with(finding.Fail))+len(fixed) == 0 {
		return
	}
	j.name("risks")
	j.list(func() {
		for _, g := range o.groups {
			if g.first.Outcome == finding.Fail {
				j.element(o.risk(g))
			}
		}
		for _, g := range fixed {
			r := o.risk(g)
			r.Status, r.Observations = "closed", nil
			j.element(r)
		}
	})
}

// risk is a failure. Its UUID is that of the same failure in other runs.
func (o *oscal) risk(g group) oscalRisk {
	f := g.first
	p := o.policies[f.Policy]
	out := oscalRisk{
		UUID: riskOf(g), Title: oscalLine(f.Policy + " " + p.Title), Description: oscalText(message(f) + alikeText(g)),
		Statement: oscalText(orElse(p.Description, "The policy "+f.Policy+" does not hold.")), Status: "open",
		Props:        oscalProps("baseline", string(f.Baseline), "counts-from", f.Advisory),
		Observations: []oscalObservationRef{{o.observed(g)}},
	}
	if f.Severity != "" {
		out.Characterizations = []oscalCharacterization{{o.origin(), []oscalFacet{{"severity", oscalNS, oscalLine(string(f.Severity))}}}}
	}
	if w := f.Waiver; w != nil {
		out.Status = "deviation-approved"
		why := fmt.Sprintf("Waived by %s, approved by %s, until %s: %s", w.Owner, w.Approver, w.Expires.Format(time.DateOnly), w.Reason)
		out.Factors = []oscalFactor{{uuidOf("waiver", riskOf(g), w.Place.String()), oscalText(why)}}
		out.Deadline = oscalTime(w.Expires)
	}
	if p.Remediation != "" {
		out.Remediations = []oscalResponse{{uuidOf("remediation", riskOf(g)), "recommendation", "How to fix it", oscalText(p.Remediation)}}
	}
	return out
}

func riskOf(g group) string { return uuidOf("risk", g.first.Policy, known(g)) }

// conclusions says of each policy that applied whether it is met.
func (o *oscal) conclusions() []oscalFinding {
	byID := make(map[string][]group)
	for _, g := range o.groups {
		byID[g.first.Policy] = append(byID[g.first.Policy], g)
	}
	var out []oscalFinding
	for _, p := range o.asked {
		groups := byID[p.ID]
		if len(groups) == 0 {
			continue
		}
		f := oscalFinding{
			UUID: uuidOf("finding", p.ID), Title: oscalLine(p.ID + " " + p.Title), Description: oscalText(orElse(p.Description, p.ID)),
			Props: oscalProps("severity", string(p.Severity), "family", p.Family), Target: oscalTarget{Type: "objective-id", ID: token(p.ID), Status: met(groups)},
		}
		for _, g := range groups {
			f.Observations = append(f.Observations, oscalObservationRef{o.observed(g)})
			if g.first.Outcome == finding.Fail {
				f.Risks = append(f.Risks, oscalRiskRef{riskOf(g)})
			}
		}
		out = append(out, f)
	}
	return out
}

// met says whether a policy is met: a waiver, or a day to come, does not make it so.
func met(groups []group) oscalStatus {
	var fails, excused, opens, passes int
	for _, g := range groups {
		n := 1 + len(g.others)
		switch {
		case g.first.Counts():
			fails += n
		case g.first.Outcome == finding.Fail:
			excused += n
		case g.first.Outcome == finding.Open:
			opens += n
		default:
			passes += n
		}
	}
	text := fmt.Sprintf("%d fail, %d waived or advisory, %d could not be judged, %d pass.", fails, excused, opens, passes)
	switch {
	case fails > 0:
		return oscalStatus{"not-satisfied", "fail", text}
	case excused+opens > 0:
		return oscalStatus{"not-satisfied", "other", text}
	}
	return oscalStatus{"satisfied", "pass", text}
}
