package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// exemptPolicy is what is demanded of the exemptions that a configuration makes.
func exemptPolicy() finding.Policy {
	return finding.Policy{
		ID: "EXE-01", Package: "exemptions", Family: "exemptions", Title: "No exemption is broader than a decision can be", Severity: finding.Medium,
		Description: "An exemption of the configuration names nothing in particular, or has no end in sight, and is not applied; " +
			"or all exemptions together leave no address pair that something is demanded of.",
		Remediation: "Name a pair of prefixes, and an end within a year.",
		Controls:    []finding.Control{{Framework: "NIST SP 800-53 Rev. 5", Control: "CA-7", Strength: "supports"}},
	}
}

// judgeExemptions adds a finding for each exemption of the scope, and one for all of
// them, which may be as much as one of everything. Without any there is nothing to say.
func judgeExemptions(r *finding.Report, all []snapshot.Exempt) {
	if len(all) == 0 {
		return
	}
	for _, e := range all {
		day, fault := e.Expires.Format(time.DateOnly), false
		text := fmt.Sprintf("exempt until %s: %s", day, e.Reason)
		switch {
		case r.TakenAt.IsZero():
			text = "not applied, because the evidence does not say when it was taken: " + e.Reason
		case !r.TakenAt.Before(e.Expires):
			text = "ended on " + day + ", and is not applied: " + e.Reason
		case e.TooBroad(r.TakenAt) != "":
			text, fault = "not applied, because "+e.TooBroad(r.TakenAt)+" ("+e.Reason+")", true
		}
		r.Findings = append(r.Findings, onExemption("exemption/"+flow(e.Flow), text, fault))
	}
	if c := r.Coverage; c.Pairs > 0 && c.Exempt == c.Pairs {
		r.Findings = append(r.Findings, onExemption("exemptions", "together they exempt every address pair: nothing is demanded of anything", true))
	}
	r.Policies = append(slices.Clone(r.Policies), exemptPolicy())
	finding.Sort(r.Findings)
	r.Families, r.Verdict = families(r.Findings, r.Policies), verdict(r.Findings)
}

func onExemption(resource, text string, fault bool) finding.Finding {
	p := exemptPolicy()
	f := finding.Finding{Policy: p.ID, Outcome: finding.Pass, Severity: p.Severity, Resource: resource, Message: text}
	if fault {
		f.Outcome = finding.Fail
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", p.ID, resource))
	f.Fingerprint = hex.EncodeToString(sum[:])
	return f
}
