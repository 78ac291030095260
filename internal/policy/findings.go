package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/graph"
)

// modelIndex finds the subjects of findings by the IDs that policies see, which
// are valid UTF-8 whatever a device is called.
type modelIndex struct {
	classes map[string]*graph.Class
	tunnels map[string]*graph.Tunnel
}

func index(m graph.Model) modelIndex {
	x := modelIndex{make(map[string]*graph.Class, len(m.Classes)), make(map[string]*graph.Tunnel, len(m.Tunnels))}
	for i := range m.Classes {
		x.classes[valid(m.Classes[i].ID)] = &m.Classes[i]
	}
	for i := range m.Tunnels {
		x.tunnels[valid(m.Tunnels[i].ID)] = &m.Tunnels[i]
	}
	return x
}

// findings gives every applicable resource its outcome: a fail for each
// violation, else open, else pass.
func (p policy) findings(a answer, m modelIndex) ([]finding.Finding, error) {
	if err := inScope(a); err != nil {
		return nil, err
	}
	if len(a.Applicable) == 0 {
		f := p.finding(m, finding.NotApplicable, "", "")
		f.Message = "nothing in the evidence is in the scope of this policy"
		return []finding.Finding{f}, nil
	}
	var out []finding.Finding
	judged := make(map[string]bool)
	for _, v := range a.Violations {
		f, err := p.violation(v, m)
		if err != nil {
			return nil, fmt.Errorf("violations: %s: path: %w", v.Resource, err)
		}
		out = append(out, f)
		judged[v.Resource] = true
	}
	open := make(map[string]int)
	for _, u := range a.Undetermined {
		if judged[u.Resource] {
			continue // a failure is a failure, whatever else is not known
		}
		if i, ok := open[u.Resource]; ok {
			out[i].Message += "; " + u.Message
			out[i].Evidence = append(out[i].Evidence, u.Evidence...)
			continue
		}
		f := p.finding(m, finding.Open, u.Resource, "")
		f.Message, f.Evidence = u.Message, u.Evidence
		open[u.Resource] = len(out)
		out = append(out, f)
	}
	for _, id := range a.Applicable {
		if _, ok := open[id]; !ok && !judged[id] {
			judged[id] = true
			f := p.finding(m, finding.Pass, id, "")
			f.Message = "complies"
			out = append(out, f)
		}
	}
	return out, nil
}

func inScope(a answer) error {
	scope := make(map[string]bool, len(a.Applicable))
	for _, id := range a.Applicable {
		if id == "" {
			return errors.New("applicable: an empty ID")
		}
		scope[id] = true
	}
	outside := func(r reason) bool { return !scope[r.Resource] }
	if i := slices.IndexFunc(a.Violations, outside); i >= 0 {
		return fmt.Errorf("violations: %q is not in applicable", a.Violations[i].Resource)
	}
	if i := slices.IndexFunc(a.Undetermined, outside); i >= 0 {
		return fmt.Errorf("undetermined: %q is not in applicable", a.Undetermined[i].Resource)
	}
	return nil
}

// finding is an outcome for a resource, with what follows from the resource.
func (p policy) finding(m modelIndex, o finding.Outcome, resource, direction string, down ...string) finding.Finding {
	f := finding.Finding{
		Policy: p.meta.ID, Outcome: o, Severity: p.meta.Severity, Resource: resource, Direction: direction, Down: down,
		Fingerprint: fingerprint(p.meta.ID, resource, direction, down),
	}
	if c := m.classes[resource]; c != nil {
		f.OnPrem, f.Azure = &c.OnPrem, &c.Azure
	}
	return f
}

// fingerprint identifies a finding by what it is about. Each part is quoted, so
// that different parts never make the same text.
func fingerprint(id, resource, direction string, down []string) string {
	var text []byte
	for _, part := range append([]string{id, resource, direction}, down...) {
		text = append(strconv.AppendQuote(text, part), ' ')
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (p policy) violation(v reason, m modelIndex) (finding.Finding, error) {
	p.meta.Severity = cmp.Or(v.Severity, p.meta.Severity)
	if v.Path == nil {
		f := p.finding(m, finding.Fail, v.Resource, "")
		f.Message, f.Evidence = v.Message, v.Evidence
		return f, nil
	}
	down := slices.Sorted(slices.Values(v.Path.Down))
	f := p.finding(m, finding.Fail, v.Resource, v.Path.Direction, down...)
	f.Message, f.Evidence = v.Message, v.Evidence
	if v.Path.Tunnel != "" {
		t := m.tunnels[v.Path.Tunnel]
		if t == nil {
			return f, fmt.Errorf("the model has no tunnel %q", v.Path.Tunnel)
		}
		f.Forward, f.Return = &t.Underlay.Forward, &t.Underlay.Return
		return f, nil
	}
	c := m.classes[v.Path.Class]
	if c == nil {
		return f, fmt.Errorf("the model has no class %q", v.Path.Class)
	}
	f.OnPrem, f.Azure, f.Forward, f.Return = &c.OnPrem, &c.Azure, &c.Forward, &c.Return
	if len(down) == 0 {
		return f, nil
	}
	i := slices.IndexFunc(c.Failures, func(x graph.Failure) bool { return sameElements(x.Down, down) })
	if i < 0 {
		return f, fmt.Errorf("class %q has no failure of %s", c.ID, strings.Join(down, ", "))
	}
	f.Forward, f.Return = &c.Failures[i].ForwardPath, &c.Failures[i].ReturnPath
	return f, nil
}

// sameElements compares a failure's elements with sorted ones from a policy.
func sameElements(raw, sorted []string) bool {
	if len(raw) != len(sorted) {
		return false
	}
	ids := make([]string, len(raw))
	for i, id := range raw {
		ids[i] = valid(id)
	}
	slices.Sort(ids)
	return slices.Equal(ids, sorted)
}
