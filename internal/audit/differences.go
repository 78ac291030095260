package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// Differences says in what a stored report is not the one that was derived again
// from the evidence: the verdict, each finding by its fingerprint, and every other
// part. What a report says of an earlier one is no part of it: it is not of the
// evidence. Both are as read from report.json; texts of the stored one are untrusted.
func Differences(stored, derived finding.Report) []string {
	stored, derived = alone(stored), alone(derived)
	var out []string
	if stored.Verdict != derived.Verdict {
		out = append(out, fmt.Sprintf("the verdict is %q, and %q from the evidence", stored.Verdict, derived.Verdict))
	}
	out = append(out, findings(stored.Findings, derived.Findings)...)
	stored.Verdict, stored.Findings = derived.Verdict, derived.Findings
	for _, part := range unequal(stored, derived) {
		out = append(out, fmt.Sprintf("%q is not what the evidence gives", part))
	}
	return out
}

// alone is a report without what compares it with another.
func alone(r finding.Report) finding.Report {
	r.Fixed = nil
	r.Findings = slices.Clone(r.Findings)
	for i := range r.Findings {
		r.Findings[i].Baseline = ""
	}
	return r
}

func findings(stored, derived []finding.Finding) []string {
	was, is := byFingerprint(stored), byFingerprint(derived)
	all := maps.Clone(is)
	maps.Copy(all, was)
	keys := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(finding.Compare(all[a][0], all[b][0]), cmp.Compare(a, b))
	})
	var out []string
	for _, key := range keys {
		for i := range max(len(was[key]), len(is[key])) {
			switch {
			case i >= len(was[key]):
				out = append(out, fmt.Sprintf("%s is not in it: the evidence gives it as %s", named(is[key][i]), is[key][i].Outcome))
			case i >= len(is[key]):
				out = append(out, fmt.Sprintf("%s is in it as %s: the evidence does not give it", named(was[key][i]), was[key][i].Outcome))
			default:
				out = append(out, changes(was[key][i], is[key][i])...)
			}
		}
	}
	return out
}

func byFingerprint(fs []finding.Finding) map[string][]finding.Finding {
	out := make(map[string][]finding.Finding, len(fs))
	for _, f := range fs {
		out[f.Fingerprint] = append(out[f.Fingerprint], f)
	}
	for _, same := range out {
		finding.Sort(same)
	}
	return out
}

// named says which finding it is.
func named(f finding.Finding) string {
	text := f.Policy
	if f.Resource != "" {
		text += " of " + f.Resource
	}
	if f.Direction != "" {
		text += ", " + f.Direction
	}
	if len(f.Down) > 0 {
		text += ", with " + strings.Join(f.Down, ", ") + " down"
	}
	return text
}

func changes(was, is finding.Finding) []string {
	var out []string
	if was.Outcome != is.Outcome {
		out = append(out, fmt.Sprintf("%s is %s, and %s from the evidence", named(is), was.Outcome, is.Outcome))
		was.Outcome = is.Outcome
	}
	if parts := unequal(was, is); len(parts) > 0 {
		out = append(out, fmt.Sprintf("%s has another %s than the evidence gives", named(is), strings.Join(parts, ", ")))
	}
	return out
}

// unequal names the fields in which two structs differ as JSON, as JSON calls them.
func unequal(a, b any) []string {
	av, bv := reflect.ValueOf(a), reflect.ValueOf(b)
	var out []string
	for i := range av.NumField() {
		name, _, _ := strings.Cut(av.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if text(av.Field(i)) != text(bv.Field(i)) {
			out = append(out, name)
		}
	}
	return out
}

func text(v reflect.Value) string {
	data, err := json.Marshal(v.Interface())
	if err != nil {
		return err.Error() // nothing that was read from JSON cannot be written
	}
	return string(data)
}
