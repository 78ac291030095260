package reports

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/routeproof/routeproof/internal/finding"
)

// bearsOn are the controls of a policy. OSCAL has no policy without one.
func bearsOn(p finding.Policy) []finding.Control {
	if len(p.Controls) == 0 {
		return []finding.Control{unmapped()}
	}
	return p.Controls
}

func unmapped() finding.Control { return finding.Control{Framework: "none", Control: "unmapped"} }

// controls are those that the policies bear on, by framework and number.
func (o *oscal) controls() []finding.Control {
	var out []finding.Control
	for _, p := range o.asked {
		for _, c := range bearsOn(p) {
			out = append(out, finding.Control{Framework: c.Framework, Control: c.Control})
		}
	}
	slices.SortFunc(out, func(a, b finding.Control) int {
		return cmp.Or(cmp.Compare(a.Framework, b.Framework), cmp.Compare(a.Control, b.Control))
	})
	out = slices.Compact(out)
	if len(out) == 0 {
		out = []finding.Control{unmapped()}
	}
	return out
}

// objectives are the policies under the controls that they bear on.
func (o *oscal) objectives() []oscalObjective {
	var out []oscalObjective
	named := make(map[string]bool)
	for _, c := range o.controls() {
		name := oscalLine(c.Framework + " " + c.Control)
		obj := oscalObjective{Control: controlID(c), Description: oscalText(name), Props: oscalProps("framework", c.Framework, "control", c.Control)}
		for _, p := range o.asked {
			for _, of := range bearsOn(p) {
				if of.Framework != c.Framework || of.Control != c.Control {
					continue
				}
				obj.Parts = append(obj.Parts, policyPart(p, of, named[p.ID]))
				named[p.ID] = true
			}
		}
		if len(obj.Parts) == 0 {
			obj.Parts = []oscalPart{{Name: "objective", Title: "No policy"}}
		}
		out = append(out, obj)
	}
	return out
}

func policyPart(p finding.Policy, c finding.Control, again bool) oscalPart {
	part := oscalPart{Name: "objective", Title: oscalLine(p.ID + " " + p.Title), Props: oscalProps("strength", c.Strength)}
	if again {
		part.Links = []oscalLink{{"#" + token(p.ID)}}
		return part
	}
	part.ID = token(p.ID)
	part.Prose = oscalText(p.Description)
	part.Props = append(part.Props, oscalProps("severity", string(p.Severity))...)
	return part
}

// reviewed selects the controls by framework, and the policies as objectives.
func (o *oscal) reviewed() map[string]any {
	var out []oscalSelection
	for _, c := range o.controls() {
		id := oscalControl{controlID(c)}
		if n := len(out); n > 0 && out[n-1].Props[0].Value == oscalLine(orElse(c.Framework, unnamed)) {
			out[n-1].Controls = append(out[n-1].Controls, id)
			continue
		}
		framework := oscalLine(orElse(c.Framework, unnamed))
		out = append(out, oscalSelection{
			Description: oscalText("Controls of " + framework + " that the policies bear on"),
			Props:       oscalProps("framework", framework), Controls: []oscalControl{id},
		})
	}
	all := map[string]any{"control-selections": out}
	if ids := o.objectiveIDs(); len(ids) > 0 {
		all["control-objective-selections"] = []any{map[string]any{"include-objectives": ids}}
	}
	return all
}

func (o *oscal) objectiveIDs() []oscalObjectiveID {
	var out []oscalObjectiveID
	for _, p := range o.asked {
		out = append(out, oscalObjectiveID{token(p.ID)})
	}
	return out
}

// controlID writes the number of a control as catalogues do: those of NIST have
// sc-8.1 for SC-8(1).
func controlID(c finding.Control) string {
	id := c.Control
	if strings.HasPrefix(c.Framework, "NIST SP 800-53") {
		id = regexp.MustCompile(`\((\d+)\)`).ReplaceAllString(strings.ToLower(id), ".$1")
	}
	return token(id)
}

// token makes a name of letters, digits, points, hyphens and underscores that
// begins with a letter or an underscore.
func token(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case b.Len() == 0 && !unicode.IsLetter(r) && r != '_':
			b.WriteByte('_')
			if unicode.IsNumber(r) {
				b.WriteRune(r)
			}
		case unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune(".-_", r):
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
	}
	if b.Len() == 0 {
		return unnamed
	}
	return clean(b.String())
}
