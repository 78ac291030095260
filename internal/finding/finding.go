// Package finding is the vocabulary of what an audit concludes: findings, the
// paths that prove them, and the [Report] that every format renders.
//
// The policy engine produces it, the report writers consume it, and neither
// knows the other. It imports only the standard library.
package finding

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Outcome is the answer a policy gives about one resource. The four words are
// SARIF 2.1.0 result kinds, so that no format has to invent a mapping.
type Outcome string

const (
	// Pass means the resource was examined and complies.
	Pass Outcome = "pass"
	// Fail means the resource was examined and does not comply.
	Fail Outcome = "fail"
	// Open means that what is needed to decide was not collected or not understood.
	Open Outcome = "open"
	// NotApplicable means that nothing in the evidence is in the policy's scope.
	NotApplicable Outcome = "notApplicable"
)

// Severity ranks policies. The words are those of the policies' METADATA.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Rank orders severities: 0 is the worst. An unknown word ranks last.
func (s Severity) Rank() int {
	if i := slices.Index([]Severity{Critical, High, Medium, Low}, s); i >= 0 {
		return i
	}
	return 4
}

// A Ref is a place in the evidence: an item's path within the evidence
// directory and the lines of the fact, counted from 1. Line 0 is the whole item.
type Ref struct {
	Item     string `json:"item"`
	Line     int    `json:"line,omitempty"`
	LastLine int    `json:"lastLine,omitempty"`
}

// Hop is one forwarding decision: at Node, the packet matched Prefix and left
// over Link because of Why. Link is empty where the packet ends.
type Hop struct {
	Node string `json:"node"`
	// Prefix is the table entry that matched, empty when none did.
	Prefix string `json:"prefix,omitempty"`
	// Rule is the machine's word for the decision: see package graph.
	Rule string `json:"rule,omitempty"`
	// Why says the decision in a network engineer's words.
	Why  string `json:"why"`
	Link string `json:"link,omitempty"`
	// LinkKind is privatePeering, ipsec, lan, vnet, peering, microsoft or internet.
	LinkKind string `json:"linkKind,omitempty"`
	// Protection is what covers the packet on Link: "none", "ipsec", "macsec",
	// or "unknown". Grade says how well that is known.
	Protection string `json:"protection,omitempty"`
	Grade      string `json:"grade,omitempty"`
	// LeavesPremises is true for a link outside the customer's own buildings
	// and outside Azure: the links that encryption is about.
	LeavesPremises bool `json:"leavesPremises"`
	// Lost are the entries that also covered the destination, and why they lost.
	Lost     []Candidate `json:"lost,omitempty"`
	Evidence []Ref       `json:"evidence,omitempty"`
}

// Candidate is a table entry that was not used.
type Candidate struct {
	Prefix   string `json:"prefix"`
	Source   string `json:"source"`
	Via      string `json:"via"`
	Why      string `json:"why"`
	Evidence []Ref  `json:"evidence,omitempty"`
}

// PathOutcome is what becomes of a packet.
type PathOutcome string

// The path outcomes. Unknown means that the evidence does not say.
const (
	Delivered PathOutcome = "delivered"
	Dropped   PathOutcome = "dropped"
	Loop      PathOutcome = "loop"
	Unknown   PathOutcome = "unknown"
)

// Path is the way of a packet in one direction. Where equal-cost choices fork,
// Path is one branch and Others are the rest; every branch counts.
type Path struct {
	Outcome PathOutcome `json:"outcome"`
	// Detail explains an outcome other than delivered.
	Detail    string   `json:"detail,omitempty"`
	Firewalls []string `json:"firewalls"`
	Hops      []Hop    `json:"hops"`
	Others    []Path   `json:"others,omitempty"`
}

// Branches returns every branch of the path, the path itself first, each
// without Others.
func (p Path) Branches() []Path {
	first := p
	first.Others = nil
	return append([]Path{first}, p.Others...)
}

// Side is one end of the pairs of a class.
type Side struct {
	// Site and Router are set on the on-premises side, Subnet on the Azure side.
	Site     string   `json:"site,omitempty"`
	Router   string   `json:"router,omitempty"`
	Subnet   string   `json:"subnet,omitempty"`
	Prefixes []string `json:"prefixes"`
	// Alike are the further subnets that the prefixes are of, whose packets go the
	// same way as Subnet's: paths name Subnet for all of them.
	Alike []string `json:"alike,omitempty"`
	// Except are the prefixes inside Prefixes that are not meant.
	Except []string `json:"except,omitempty"`
}

// Finding is the outcome of one policy for one resource.
type Finding struct {
	Policy   string   `json:"policy"`
	Outcome  Outcome  `json:"outcome"`
	Severity Severity `json:"severity"`
	Resource string   `json:"resource,omitempty"` // empty when NotApplicable
	Message  string   `json:"message"`
	// OnPrem and Azure are the pairs concerned, when the resource is a class.
	OnPrem *Side `json:"onprem,omitempty"`
	Azure  *Side `json:"azure,omitempty"`
	// Direction is the offending direction: forward is on-premises to Azure.
	Direction string `json:"direction,omitempty"`
	// Down is the failure under which the paths below are taken; empty in
	// steady state.
	Down    []string `json:"down,omitempty"`
	Forward *Path    `json:"forward,omitempty"`
	Return  *Path    `json:"return,omitempty"`
	// Evidence is what the finding rests on, the decisive place first.
	Evidence []Ref `json:"evidence,omitempty"`
	// Fingerprint identifies the finding across runs: it is made of the policy
	// and the subject, never of message, time or line.
	Fingerprint string `json:"fingerprint"`
	// Waiver is the waiver that suppresses a failure, nil when there is none. A
	// waived failure is reported, and does not count in the verdict.
	Waiver *Waiver `json:"waiver,omitempty"`
	// Advisory is the day from which the policy counts, as 2027-01-31, when it is
	// still to come: until then a failure is reported and does not count.
	Advisory string `json:"advisory,omitempty"`
	// Baseline compares a failure or an open question with the same one in an
	// earlier report. It is empty when there is none to compare with.
	Baseline Baseline `json:"baseline,omitempty"`
}

// Counts reports whether the finding is a failure that the verdict rests on:
// neither waived nor of a policy that is still to come into effect.
func (f Finding) Counts() bool {
	return f.Outcome == Fail && f.Waiver == nil && f.Advisory == ""
}

// Baseline says what became of a finding since an earlier report. The words are
// SARIF's (2.1.0, 3.27.24).
type Baseline string

// The states. Updated is a finding that is worse than it was: its severity, or
// the paths that prove it; Absent is one that is gone.
const (
	New       Baseline = "new"
	Unchanged Baseline = "unchanged"
	Updated   Baseline = "updated"
	Absent    Baseline = "absent"
)

// Waiver is a decision to live with a failure for a time.
type Waiver struct {
	Rule string `json:"rule"`
	// What it is about: a resource, or a pair of prefixes. Empty is everything.
	Resource string `json:"resource,omitempty"`
	OnPrem   string `json:"onprem,omitempty"`
	Azure    string `json:"azure,omitempty"`
	// Path is the path that was accepted, as its digest: the waiver dies with it.
	Path     string    `json:"path,omitempty"`
	Owner    string    `json:"owner"`
	Approver string    `json:"approver"`
	Reason   string    `json:"reason"`
	Expires  time.Time `json:"expires"`
	// Place is the line of the waivers file that it stands on.
	Place Ref `json:"place"`
	// Waived counts the failures that it suppresses.
	Waived int `json:"waived"`
}

// Control is a requirement of a framework that a policy bears on.
type Control struct {
	Framework string `json:"framework"`
	Control   string `json:"control"`
	Strength  string `json:"strength"` // satisfies or supports
}

// Reference is a document that a policy rests on.
type Reference struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

// Policy is what a policy's METADATA says about it.
type Policy struct {
	ID          string      `json:"id"`
	Package     string      `json:"package"`
	Family      string      `json:"family"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Severity    Severity    `json:"severity"`
	Remediation string      `json:"remediation"`
	Controls    []Control   `json:"controls,omitempty"`
	References  []Reference `json:"references,omitempty"`
	// EffectiveOn is the day (UTC) from which the policy counts, as 2027-01-31,
	// empty when it always has.
	EffectiveOn string `json:"effectiveOn,omitempty"`
}

// Family sums up the findings of one family of policies.
type Family struct {
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Outcome Outcome `json:"outcome"`
	Pass    int     `json:"pass"`
	Fail    int     `json:"fail"`
	Open    int     `json:"open"`
}

// Item is one piece of evidence and how its collection went.
type Item struct {
	Path   string    `json:"item"`
	Source string    `json:"source"`
	What   string    `json:"what,omitempty"`
	Status string    `json:"status"`
	Detail string    `json:"detail,omitempty"`
	At     time.Time `json:"at,omitzero"`
	SHA256 string    `json:"sha256"`
}

// Unread is a line of the evidence that was not understood.
type Unread struct {
	Item string `json:"item"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text"`
}

// Coverage counts address pairs' classes by how they are protected in steady
// state, both directions together.
type Coverage struct {
	Pairs     uint64 `json:"pairs"`
	Encrypted uint64 `json:"encrypted"`
	Clear     uint64 `json:"clear"`
	Dropped   uint64 `json:"dropped"`
	// Flapping are the pairs among Clear that are so by turns: each time that a tunnel
	// is down which is routed into itself.
	Flapping uint64 `json:"flapping,omitempty"`
	Open     uint64 `json:"open"`
	// Unsized are the parts of the network that are open and whose pairs are in no
	// number, since the addresses of one side are not known.
	Unsized int `json:"unsized,omitempty"`
	// Exempt are those that the operator demands nothing of.
	Exempt uint64 `json:"exempt,omitempty"`
}

// Report is everything an audit says. Equal evidence and policies make equal
// reports, to the byte, on any machine: it holds no clock of its own.
type Report struct {
	Version      int       `json:"version"`
	Tool         string    `json:"tool"`
	TakenAt      time.Time `json:"takenAt,omitzero"`
	Attested     bool      `json:"attested"`
	PolicyDigest string    `json:"policyDigest"`
	// Scope is what the operator declared about the network, a line each, in order.
	Scope    []string  `json:"scope,omitempty"`
	Verdict  Outcome   `json:"verdict"`
	Families []Family  `json:"families"`
	Coverage Coverage  `json:"coverage"`
	Notes    []string  `json:"notes,omitempty"`
	Findings []Finding `json:"findings"`
	Policies []Policy  `json:"policies"`
	Evidence []Item    `json:"evidence"`
	Unread   []Unread  `json:"unread,omitempty"`
	Excerpts []Excerpt `json:"excerpts,omitempty"`
	// Waivers are all waivers of the waivers file, in its order, also those that
	// waive nothing.
	Waivers []Waiver `json:"waivers,omitempty"`
	// Disabled are built-in policies that the operator switched off.
	Disabled []Disabled `json:"disabled,omitempty"`
	// Fixed are the failures of the baseline that are no failures any more.
	Fixed []Finding `json:"fixed,omitempty"`
	// Pairs are the paths of everything that was judged, in steady state: for
	// pictures. Findings have theirs themselves.
	Pairs []Pair `json:"-"`
}

// Disabled is a policy that was switched off, and why.
type Disabled struct {
	Policy string `json:"policy"`
	Reason string `json:"reason"`
}

// Pair is both paths of a class, or, with Tunnel set, of a tunnel's own packets.
type Pair struct {
	Tunnel          string
	OnPrem, Azure   Side
	Forward, Return Path
}

// Excerpt is the text of an evidence line that a finding points at, so that a
// report can be read without the evidence beside it. It is untrusted text. Where
// the line only opens a JSON object or array, Text is as much of that as fits, on
// one line, and LastLine is the last line that it comes from.
type Excerpt struct {
	Item     string `json:"item"`
	Line     int    `json:"line"`
	LastLine int    `json:"lastLine,omitempty"`
	Text     string `json:"text"`
}

// Sort puts findings in the order every report uses: failures first, worst
// first, then by policy, resource and message. The order does not depend on
// the order of arrival.
func Sort(fs []Finding) {
	slices.SortStableFunc(fs, Compare)
}

// Compare says which of two findings reports list first, as [Sort] does.
func Compare(a, b Finding) int {
	// Nearly always these tell two apart, and cmp.Or works out all that it is given.
	if c := cmp.Or(
		cmp.Compare(a.Outcome.rank(), b.Outcome.rank()),
		cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
		cmp.Compare(a.Policy, b.Policy),
		cmp.Compare(a.Resource, b.Resource),
	); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(a.Direction, b.Direction),
		cmp.Compare(strings.Join(a.Down, "\x00"), strings.Join(b.Down, "\x00")),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Fingerprint, b.Fingerprint),
	)
}

func (o Outcome) rank() int {
	return slices.Index([]Outcome{Fail, Open, Pass, NotApplicable}, o)
}
