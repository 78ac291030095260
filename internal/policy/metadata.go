package policy

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/routeproof/routeproof/internal/finding"
)

func compareID(a, b finding.Policy) int { return cmp.Compare(a.ID, b.ID) }

// metadata reads a policy's package annotation. The error names the first field
// that is missing or not accepted.
func metadata(m *ast.Module) (finding.Policy, error) {
	if len(m.Package.Path) < 3 {
		return finding.Policy{}, fmt.Errorf("package %s: want family.policy", name(m))
	}
	i := slices.IndexFunc(m.Annotations, func(a *ast.Annotations) bool { return a.Scope == "package" })
	if i < 0 {
		return finding.Policy{}, fmt.Errorf("package %s has no METADATA: want title, description, custom.id, custom.severity and custom.remediation", name(m))
	}
	a := m.Annotations[i]
	p := finding.Policy{
		Package: name(m), Family: family(m),
		Title: strings.TrimSpace(a.Title), Description: strings.TrimSpace(a.Description),
	}
	var severity string
	for _, f := range []struct {
		key string
		to  *string
	}{{"id", &p.ID}, {"severity", &severity}, {"remediation", &p.Remediation}} {
		s, ok := a.Custom[f.key].(string)
		if !ok && a.Custom[f.key] != nil {
			return finding.Policy{}, fmt.Errorf("METADATA: custom.%s is %v: want a string", f.key, a.Custom[f.key])
		}
		*f.to = strings.TrimSpace(s)
	}
	p.Severity = finding.Severity(severity)
	if err := complete(p); err != nil {
		return finding.Policy{}, fmt.Errorf("METADATA: %w", err)
	}
	var err error
	if p.EffectiveOn, err = effectiveOn(a.Custom["effective_on"]); err != nil {
		return finding.Policy{}, fmt.Errorf("METADATA: %w", err)
	}
	if p.Controls, err = controls(a.Custom["controls"]); err != nil {
		return finding.Policy{}, fmt.Errorf("METADATA: %w", err)
	}
	for _, r := range a.RelatedResources {
		u := r.Ref.String()
		p.References = append(p.References, finding.Reference{Title: cmp.Or(strings.TrimSpace(r.Description), u), URL: u})
	}
	return p, nil
}

// custom is a package's own METADATA.
func custom(m *ast.Module) map[string]any {
	for _, a := range m.Annotations {
		if a.Scope == "package" {
			return a.Custom
		}
	}
	return nil
}

// eachClass reads custom.each, with which a policy says that it judges each class by
// itself: what it says of a class follows from that class and from what is no class.
func eachClass(v any) (bool, error) {
	if v != nil && v != "class" {
		return false, fmt.Errorf("custom.each is %v: want class, or nothing for a policy that compares classes", v)
	}
	return v != nil, nil
}

func complete(p finding.Policy) error {
	for _, f := range []struct{ name, value string }{
		{"title", p.Title},
		{"description", p.Description},
		{"custom.id", p.ID},
		{"custom.severity", string(p.Severity)},
		{"custom.remediation", p.Remediation},
	} {
		if f.value == "" {
			return fmt.Errorf("%s is missing", f.name)
		}
	}
	if !regexp.MustCompile(`^[A-Z]{3}-[0-9]{2}$`).MatchString(p.ID) {
		return fmt.Errorf("custom.id is %q: want three capital letters, a hyphen and two digits, like ENC-01", p.ID)
	}
	if p.Severity.Rank() > finding.Low.Rank() {
		return fmt.Errorf("custom.severity is %q: want critical, high, medium or low", p.Severity)
	}
	return nil
}

// effectiveOn reads custom.effective_on, which YAML takes for a time or a text.
func effectiveOn(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	text, _, _ := strings.Cut(fmt.Sprint(v), "T")
	if day, ok := v.(time.Time); ok {
		text = day.Format(time.DateOnly)
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fmt.Errorf("custom.effective_on is %v: want the day (UTC) from which the policy counts, like 2027-01-31", v)
	}
	return text, nil
}

// controls reads custom.controls, a list of {framework, control, strength}.
func controls(v any) ([]finding.Control, error) {
	if v == nil {
		return nil, nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, errors.New("custom.controls: want a list of {framework, control, strength}")
	}
	out := make([]finding.Control, len(list))
	for i, item := range list {
		fields, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("custom.controls[%d] is %v: want {framework, control, strength}", i, item)
		}
		// YAML makes 3.10 the number 3.1; the accepted form is a string.
		for _, f := range []struct {
			key string
			to  *string
		}{{"framework", &out[i].Framework}, {"control", &out[i].Control}, {"strength", &out[i].Strength}} {
			if *f.to, ok = fields[f.key].(string); !ok || *f.to == "" {
				return nil, fmt.Errorf("custom.controls[%d].%s: want a string, quoted when it looks like a number", i, f.key)
			}
		}
		if len(fields) > 3 {
			return nil, fmt.Errorf("custom.controls[%d] has %d fields: want framework, control and strength", i, len(fields))
		}
		if s := out[i].Strength; s != "satisfies" && s != "supports" {
			return nil, fmt.Errorf("custom.controls[%d].strength is %q: want satisfies or supports", i, s)
		}
	}
	return out, nil
}

// hasRules makes sure that the three rules exist: one that is missing, or has
// another name, would make a policy that never finds anything.
func hasRules(m *ast.Module) error {
	for _, want := range []string{"applicable", "violations", "undetermined"} {
		if !slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool {
			return r.Head.Ref().String() == want && len(r.Head.Args) == 0
		}) {
			return fmt.Errorf("package %s has no rule %s: want applicable, violations and undetermined", name(m), want)
		}
	}
	return nil
}
