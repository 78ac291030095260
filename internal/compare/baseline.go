// Package compare holds two audits of a network against each other: what is new,
// what is gone and what is worse, for findings, paths and routes.
//
// Things are matched by what they are about, never by words, times or lines.
// Findings about address pairs are matched by the pairs themselves: a set that
// was split, merged or numbered otherwise is the same set, and one that grew is
// new in exactly the pairs that it grew by.
package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// maxReport is the largest report that is read, in bytes.
const maxReport = 256 << 20

// reportVersion is the version of report.json that is read.
const reportVersion = 1

// Read reads a report.json. It is untrusted: at most 256 MiB are read, and what
// no report of this version can say is an error.
func Read(r io.Reader) (finding.Report, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxReport+1))
	if err != nil {
		return finding.Report{}, err
	}
	if len(data) > maxReport {
		return finding.Report{}, fmt.Errorf("it is larger than %d MiB, the most that is read", maxReport>>20)
	}
	var head struct {
		Version json.Number `json:"version"`
		Tool    string      `json:"tool"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return finding.Report{}, notReport(err)
	}
	if !strings.HasPrefix(head.Tool, "routeproof ") {
		return finding.Report{}, notReport(fmt.Errorf("its tool is %q", head.Tool))
	}
	if head.Version != json.Number(fmt.Sprint(reportVersion)) {
		return finding.Report{}, fmt.Errorf("report version %q (this program reads %d): make it again with this routeproof, from its evidence",
			head.Version.String(), reportVersion)
	}
	var out finding.Report
	if err := json.Unmarshal(data, &out); err != nil {
		return finding.Report{}, notReport(err)
	}
	if err := check(out); err != nil {
		return finding.Report{}, notReport(err)
	}
	return out, nil
}

func notReport(err error) error {
	return fmt.Errorf("not a report of routeproof: %w: want the report.json of an earlier run", err)
}

func check(r finding.Report) error {
	if len(r.PolicyDigest) != 64 {
		return fmt.Errorf("policyDigest %q is no SHA-256", r.PolicyDigest)
	}
	for i, f := range r.Findings {
		if err := checkFinding(f); err != nil {
			return fmt.Errorf("finding %d: %w", i+1, err)
		}
	}
	return nil
}

func checkFinding(f finding.Finding) error {
	switch f.Outcome {
	case finding.Pass, finding.Fail, finding.Open, finding.NotApplicable:
	default:
		return fmt.Errorf("outcome %q: want pass, fail, open or notApplicable", f.Outcome)
	}
	if f.Policy == "" {
		return errors.New("no policy")
	}
	if !slices.Contains([]string{"", "forward", "return"}, f.Direction) {
		return fmt.Errorf("direction %q: want forward or return", f.Direction)
	}
	_, err := claimOf(&f)
	return err
}

// Incomparable is the error of a baseline that says nothing about this report.
type Incomparable struct {
	// Differences are what the two disagree on, a sentence each.
	Differences []string
}

// Error names the differences.
func (e Incomparable) Error() string {
	return "incomparable: " + strings.Join(e.Differences, "; ")
}

// Scope says how two reports differ in what they are about: the sources that
// were asked, what the operator declared, and the policies. Nothing is said of
// two that can be held against each other.
func Scope(before, after finding.Report) []string {
	var out []string
	if before.PolicyDigest != after.PolicyDigest {
		out = append(out, fmt.Sprintf("the policies are others (%.12s, now %.12s)", before.PolicyDigest, after.PolicyDigest))
	}
	out = append(out, sets("switched off", disabled(before), disabled(after))...)
	out = append(out, sets("asked for evidence", sources(before), sources(after))...)
	return append(out, sets("declared", before.Scope, after.Scope)...)
}

// sets says what is only in one of two sets.
func sets(what string, before, after []string) []string {
	var out []string
	for _, side := range []struct {
		when        string
		have, other []string
	}{{"then", before, after}, {"now", after, before}} {
		var only []string
		for _, s := range side.have {
			if !slices.Contains(side.other, s) {
				only = append(only, s)
			}
		}
		slices.Sort(only)
		if len(only) > 0 {
			out = append(out, fmt.Sprintf("%s only %s: %s", what, side.when, strings.Join(slices.Compact(only), ", ")))
		}
	}
	return out
}

func disabled(r finding.Report) []string {
	var out []string
	for _, d := range r.Disabled {
		out = append(out, d.Policy)
	}
	return out
}

func sources(r finding.Report) []string {
	var out []string
	for _, it := range r.Evidence {
		out = append(out, it.Source)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Baseline gives the failures and open questions of a report their states
// against an earlier report, and lists the failures of that one which are known
// to be none any more. The error is an [Incomparable] when the two are not about
// the same, and r is then returned as it was.
func Baseline(r, base finding.Report) (finding.Report, error) {
	if diffs := Scope(base, r); len(diffs) > 0 {
		return r, Incomparable{diffs}
	}
	changes, states, err := compareFindings(base, r)
	if err != nil {
		return r, err
	}
	r.Findings = slices.Clone(r.Findings)
	for i := range r.Findings {
		r.Findings[i].Baseline = states[i]
	}
	r.Fixed = nil
	for _, c := range changes {
		if c.Fixed {
			f := *c.Before
			f.Baseline = finding.Absent
			r.Fixed = append(r.Fixed, f)
		}
	}
	return r, nil
}
