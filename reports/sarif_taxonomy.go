package reports

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// classify makes a taxonomy of every framework that a control of a policy is of,
// with the controls that policies name, and relates the rules to them. Frameworks
// and controls are in the order of their names.
func (l *sarif) classify() {
	controls := make(map[string][]string)
	var frameworks []string
	policies := sortedPolicies(l.r)
	for _, p := range policies {
		for _, c := range p.Controls {
			name, id := orElse(c.Framework, unnamed), orElse(c.Control, unnamed)
			if controls[name] == nil {
				frameworks = append(frameworks, name)
			}
			controls[name] = append(controls[name], id)
		}
	}
	slices.Sort(frameworks)
	for _, name := range frameworks {
		slices.Sort(controls[name])
		t := sarifTaxonomy{Name: name, GUID: uuidOf("framework", name), ShortDescription: sarifMessage{Text: sentence("Controls of " + name)}}
		for _, id := range slices.Compact(controls[name]) {
			t.Taxa = append(t.Taxa, sarifTaxon{ID: id})
		}
		l.taxonomies = append(l.taxonomies, t)
	}
	for _, p := range policies {
		rule := &l.rules[l.ruleAt[p.ID]]
		if rule.Relationships != nil {
			continue
		}
		for _, c := range p.Controls {
			rule.Relationships = append(rule.Relationships, l.relation(orElse(c.Framework, unnamed), orElse(c.Control, unnamed), c.Strength))
		}
	}
}

func (l *sarif) relation(framework, control, strength string) sarifRelationship {
	i := slices.IndexFunc(l.taxonomies, func(t sarifTaxonomy) bool { return t.Name == framework })
	t := l.taxonomies[i]
	return sarifRelationship{
		Target: sarifTaxonRef{
			ID: control, Index: slices.Index(t.Taxa, sarifTaxon{ID: control}),
			ToolComponent: sarifComponentRef{Name: t.Name, Index: i, GUID: t.GUID},
		},
		Kinds:       []string{"relevant"},
		Description: sarifMessage{Text: sentence("The policy " + orElse(strength, "bears on") + " the control")},
	}
}

// supported are the references of the driver to the taxonomies.
func (l *sarif) supported() []sarifComponentRef {
	var out []sarifComponentRef
	for i, t := range l.taxonomies {
		out = append(out, sarifComponentRef{Name: t.Name, Index: i, GUID: t.GUID})
	}
	return out
}

// uuidOf makes the UUID of a thing out of its kind and its names: version 5 (RFC
// 9562), within the name space of this project's address.
func uuidOf(names ...string) string {
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte(informationURI))
	return uuid.NewSHA1(space, []byte(strings.Join(names, "\x00"))).String()
}
