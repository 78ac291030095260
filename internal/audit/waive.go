package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Waive applies the waivers of a waivers file to a report, by the time of its
// evidence. A waiver suppresses a failure that it covers wholly; what is open stays
// open. Waivers that have expired, that waive nothing, or that are over-broad
// suppress nothing themselves, and are findings: WAV-01 to WAV-03. Whether a waiver
// waives something is open while something of its rule is.
func Waive(r *finding.Report, ws []finding.Waiver) {
	if len(ws) == 0 {
		return
	}
	r.Waivers = slices.Clone(ws)
	r.Policies = append(slices.Clone(r.Policies), waiverPolicies()...)
	var found []finding.Finding
	for i := range r.Waivers {
		w := &r.Waivers[i]
		w.Waived = 0
		found = append(found, judgeWaiver(w, r)...)
	}
	r.Findings = append(r.Findings, found...)
	finding.Sort(r.Findings)
	r.Families, r.Verdict = families(r.Findings, r.Policies), verdict(r.Findings)
}

// judgeWaiver applies one waiver, and says what is to be said of it.
func judgeWaiver(w *finding.Waiver, r *finding.Report) []finding.Finding {
	why := tooBroad(*w, r)
	expired, dated := !r.TakenAt.Before(w.Expires), !r.TakenAt.IsZero()
	changed := ""
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Outcome != finding.Fail || f.Waiver != nil || !covers(*w, *f) {
			continue
		}
		if w.Path != "" && w.Path != f.PathDigest() {
			changed = "; the path that it was given for is not the path now, which is " + f.PathDigest()
			continue
		}
		if why == "" && !expired && dated {
			w.Waived++
			f.Waiver = w
			f.Message = fmt.Sprintf("waived until %s (%s, approved by %s: %s): %s", w.Expires.Format(time.DateOnly), w.Owner, w.Approver, w.Reason, f.Message)
		} else if why == "" {
			w.Waived++ // would be, and keeps the waiver from counting as unmatched
		}
	}
	unmatched, unknown := "", false
	if why == "" && w.Waived == 0 {
		unmatched = "it waives nothing: no failure of " + w.Rule + " is of " + subject(*w) + changed
		if unknown = changed == "" && open(r.Findings, w.Rule); unknown {
			unmatched = "whether it waives something is not known: " + w.Rule + " has open questions"
		}
	}
	ended := ""
	switch {
	case !dated:
		ended = "the evidence does not say when it was taken, so that nobody knows whether the waiver had ended; it is not applied"
	case expired:
		ended = "it ended on " + w.Expires.Format(time.DateOnly)
	}
	out := []finding.Finding{verdictOn(*w, "WAV-01", ended, finding.Medium), verdictOn(*w, "WAV-02", unmatched, finding.Low), verdictOn(*w, "WAV-03", why, finding.Medium)}
	if !dated {
		out[0].Outcome = finding.Open
	}
	if unknown {
		out[1].Outcome = finding.Open
	}
	if ended != "" {
		w.Waived = 0
	}
	return out
}

// open reports whether something could not be judged by a rule. What it is about is not
// looked at: of a router that was not read, not even the pairs are known.
func open(fs []finding.Finding, rule string) bool {
	return slices.ContainsFunc(fs, func(f finding.Finding) bool { return f.Policy == rule && f.Outcome == finding.Open })
}

// tooBroad says why a waiver is not accepted as it stands.
func tooBroad(w finding.Waiver, r *finding.Report) string {
	at := r.TakenAt
	all := func(p string) bool {
		q, err := netip.ParsePrefix(p)
		return p == "" || err == nil && q.Bits() == 0
	}
	switch {
	case w.Resource == "" && all(w.OnPrem) && all(w.Azure):
		return "it names neither a resource nor prefixes, and would waive every failure of " + w.Rule
	case !at.IsZero() && w.Expires.Sub(at) > snapshot.LongestExemption:
		return "it ends on " + w.Expires.Format(time.DateOnly) + ", more than 366 days after the evidence"
	case w.Resource == "":
		return widely(w, r.Pairs)
	}
	return ""
}

// widely says why a waiver of prefixes is of more than one decision: it covers all of
// several pairs that there are, or those of more than one site.
func widely(w finding.Waiver, pairs []finding.Pair) string {
	var sites []string
	all, covered := 0, 0
	for _, p := range pairs {
		if p.Tunnel != "" {
			continue
		}
		all++
		if !holds(w.OnPrem, &p.OnPrem) || !holds(w.Azure, &p.Azure) {
			continue
		}
		covered++
		if site := cmp.Or(p.OnPrem.Site, p.OnPrem.Router); !slices.Contains(sites, site) {
			sites = append(sites, site)
		}
	}
	switch {
	case len(sites) > 1:
		return fmt.Sprintf("its prefixes cover %d sites, and a decision is about one", len(sites))
	case covered > 1 && covered == all:
		return "its prefixes cover every address pair that there is, and would waive every failure of " + w.Rule
	}
	return ""
}

// covers reports whether all that a failure is about is within the waiver.
func covers(w finding.Waiver, f finding.Finding) bool {
	return w.Rule == f.Policy && (w.Resource == "" || w.Resource == f.Resource) && holds(w.OnPrem, f.OnPrem) && holds(w.Azure, f.Azure)
}

func holds(prefix string, side *finding.Side) bool {
	if prefix == "" {
		return true
	}
	all, err := netip.ParsePrefix(prefix)
	if err != nil || side == nil || len(side.Prefixes) == 0 {
		return false
	}
	return !slices.ContainsFunc(side.Prefixes, func(p string) bool {
		q, err := netip.ParsePrefix(p)
		return err != nil || q.Bits() < all.Bits() || !all.Contains(q.Addr())
	})
}

// subject is what a waiver is about, in words.
func subject(w finding.Waiver) string {
	switch {
	case w.Resource != "":
		return w.Resource
	case w.OnPrem != "" && w.Azure != "":
		return w.OnPrem + " and " + w.Azure
	case w.OnPrem+w.Azure != "":
		return w.OnPrem + w.Azure
	}
	return "anything"
}

// verdictOn is what a policy on waivers says of one: that it complies, or a fault.
func verdictOn(w finding.Waiver, id, fault string, s finding.Severity) finding.Finding {
	f := finding.Finding{
		Policy: id, Outcome: finding.Pass, Severity: s, Message: "complies",
		Resource: fmt.Sprintf("waiver/%s/%s", w.Rule, subject(w)),
	}
	if fault != "" {
		f.Outcome, f.Message = finding.Fail, fault
	}
	f.Message = fmt.Sprintf("%s:%d: %s: %s", w.Place.Item, w.Place.Line, subject(w), f.Message)
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q", id, f.Resource, w.OnPrem, w.Azure))
	f.Fingerprint = hex.EncodeToString(sum[:])
	return f
}

// waiverPolicies are what is demanded of waivers.
func waiverPolicies() []finding.Policy {
	policy := func(id, title, description, remediation string, s finding.Severity) finding.Policy {
		return finding.Policy{
			ID: id, Package: "waivers", Family: "waivers", Title: title, Description: description, Remediation: remediation, Severity: s,
			Controls: []finding.Control{{Framework: "NIST SP 800-53 Rev. 5", Control: "CA-7", Strength: "supports"}},
		}
	}
	return []finding.Policy{
		policy("WAV-01", "No waiver has ended", "A waiver of the waivers file has ended. It suppresses nothing any more, and whoever relied on it does not know.",
			"Fix what it was for, or have it approved again with a new end, and take it out of the file otherwise.", finding.Medium),
		policy("WAV-02", "Every waiver waives something", "A waiver of the waivers file suppresses no failure: what it was for is fixed, has another name, or its path has changed.",
			"Take it out of the file, so that it does not hide a failure to come.", finding.Low),
		policy("WAV-03", "No waiver is broader than a decision can be", "A waiver of the waivers file names nothing in particular, or has no end in sight. It would hide failures that nobody has seen yet, and is not applied.",
			"Name a resource or a pair of prefixes, and an end within a year.", finding.Medium),
	}
}
