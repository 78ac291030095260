package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// A group is findings that one drawing explains.
type group struct {
	first  finding.Finding
	others []finding.Finding
}

// fold groups the findings of one policy whose paths have the same shape, in
// the order in which they come. all keeps every finding on its own.
func fold(fs []finding.Finding, all bool) []group {
	var out []group
	at := make(map[string]int)
	for _, f := range fs {
		key := shape(f)
		if i, ok := at[key]; ok && !all {
			out[i].others = append(out[i].others, f)
			continue
		}
		at[key] = len(out)
		out = append(out, group{first: f})
	}
	return out
}

// shape is equal for findings whose paths differ in names and prefixes only, and
// for those that have no path and say the same of pairs, or of resources.
func shape(f finding.Finding) string {
	if f.Forward == nil && f.Return == nil {
		return fmt.Sprintf("%q %q %q %q %q", f.Policy, f.Severity, since(f), f.Down, f.Message)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q %t %q", f.Policy, f.Severity, f.Direction, len(f.Down) > 0, since(f))
	for _, p := range []*finding.Path{f.Forward, f.Return} {
		if p == nil {
			b.WriteString("|none")
			continue
		}
		for _, branch := range p.Branches() {
			fmt.Fprintf(&b, "|%q", branch.Outcome)
			for _, h := range branch.Hops {
				fmt.Fprintf(&b, " %q %q %q %q %t", kind(h.Node), h.LinkKind, h.Protection, h.Rule, h.LeavesPremises)
			}
		}
	}
	return b.String()
}

// noun is what findings like f are about.
func (v view) noun(f finding.Finding) string {
	switch {
	case f.OnPrem != nil || f.Azure != nil:
		return "pair"
	case slices.ContainsFunc(v.r.Evidence, func(it finding.Item) bool { return it.Path == f.Resource }):
		return "evidence item"
	}
	return cut(clean(kind(f.Resource)), 20)
}

// said takes what a group is about for named: it is listed.
func (v view) said(g group) {
	for _, f := range g.others {
		v.named[f.Resource] = true
	}
}

// like says what a finding is about that is like another one, with at most n
// prefixes a side, and the first place of the evidence for it.
func like(f finding.Finding, n int) string {
	text := where(f, n)
	if len(f.Down) > 0 {
		text += ", with " + down(f)
	}
	if len(f.Evidence) > 0 && f.Evidence[0].String() != text {
		text += "; " + f.Evidence[0].String()
	}
	return text
}

// kind is the first part of an ID: router, subnet, tunnel.
func kind(id string) string {
	k, _, _ := strings.Cut(id, "/")
	return k
}
