// Package snapshot is the vocabulary of what was seen: the facts that the
// readers take from evidence, each with the place it was read from.
//
// A snapshot never judges and never fills a gap. What was not collected, was
// denied, or could not be understood is said so by a [Read], and everything
// downstream treats it as unknown. The package imports only the standard
// library, so that collectors and the graph share it without knowing each other.
package snapshot

import (
	"net/netip"
	"time"
)

// A Ref is the place in the evidence that a fact was read from. Line counts
// from 1; zero means the whole item. LastLine is set when a fact spans several
// physical lines (a wrapped table row), and is then larger than Line.
type Ref struct {
	Item     string `json:"item"`
	Line     int    `json:"line,omitempty"`
	LastLine int    `json:"lastLine,omitempty"`
}

// A Status says how the reading of one item or table went. The words are those
// of the evidence manifest.
type Status string

// The statuses of an item. Missing is for what was never collected at all, and for
// received routes that a router says it does not keep.
const (
	Missing   Status = ""
	OK        Status = "ok"
	Empty     Status = "empty"
	Partial   Status = "partial"
	Denied    Status = "denied"
	Throttled Status = "throttled"
	Timeout   Status = "timeout"
	Error     Status = "error"
)

// A Read says whether a table can be relied on. Only OK means that the table is
// whole: an empty answer from an API is not proof that there is nothing.
type Read struct {
	Item   string `json:"item,omitempty"`
	Status Status `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// Whole reports whether every entry of the table was read.
func (r Read) Whole() bool { return r.Status == OK }

// Unread is a line or value of the evidence that no reader understood. It is
// kept and reported; it is never dropped.
type Unread struct {
	Item string `json:"item"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text"`
}

// Item is what the manifest says of one piece of evidence.
type Item struct {
	Path   string    `json:"item"`
	Source string    `json:"source"`
	What   string    `json:"what,omitempty"`
	Status Status    `json:"status"`
	Detail string    `json:"detail,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Scope is what the operator declares about the network, because no device can
// say it. Every field may be empty; what is then derived is reported as derived.
type Scope struct {
	// Sites are the on-premises sites, each with the prefixes that live there.
	Sites []Site `json:"sites,omitempty"`
	// Require is the protection demanded of every link that leaves the
	// premises, any one of which is enough: "ipsec", "macsec". Empty means both
	// are accepted.
	Require []string `json:"require,omitempty"`
	// Protected are pairs of prefixes of which something else than Require is
	// demanded, and Exempt those of which nothing is.
	Protected []Protected `json:"protected,omitempty"`
	Exempt    []Exempt    `json:"exempt,omitempty"`
	// Links say which router is at the end of a link whose address several have.
	Links []LinkEnd `json:"links,omitempty"`
}

// LinkEnd is the router at the customer's end of a private-peering link or of a
// connection, by their names: peering/CIRCUIT-primary, connection/NAME.
type LinkEnd struct {
	Link   string `json:"link"`
	Router string `json:"router"`
}

// Flow is the traffic between two prefixes, both ways. A prefix that is not valid
// stands for all addresses of its side. Of several flows that an address pair is
// in, the one with the longest prefixes counts (the sum of both lengths), and of
// equal ones the one that demands more: an exemption last.
type Flow struct {
	OnPrem netip.Prefix `json:"onprem,omitzero"`
	Azure  netip.Prefix `json:"azure,omitzero"`
}

// Protected is a flow and the protections of which any one is enough for it on
// every link that leaves the premises.
type Protected struct {
	Flow
	Require []string `json:"require"`
}

// Exempt is a flow that may be in clear, until a day.
type Exempt struct {
	Flow
	Reason  string    `json:"reason"`
	Expires time.Time `json:"expires"`
}

// LongestExemption is the time that an exemption or a waiver may be given for.
const LongestExemption = 366 * 24 * time.Hour

// TooBroad says why an exemption is no decision, by the time of the evidence: it
// names no prefix, or has no end in sight. Such a one is not applied. It is empty
// for every other one.
func (e Exempt) TooBroad(at time.Time) string {
	all := func(p netip.Prefix) bool { return p.Bits() <= 0 } // -1 is that of no prefix
	switch {
	case all(e.OnPrem) && all(e.Azure):
		return "it names no prefix on either side, and would exempt everything"
	case e.Expires.Sub(at) > LongestExemption:
		return "it ends on " + e.Expires.Format(time.DateOnly) + ", more than 366 days after the evidence"
	}
	return ""
}

// Site is an on-premises network and the routers that serve it.
type Site struct {
	Name     string         `json:"name"`
	Routers  []string       `json:"routers"`
	Prefixes []netip.Prefix `json:"prefixes"`
}

// Snapshot is everything that was read from one evidence directory.
type Snapshot struct {
	// At is when the evidence was finished; zero when it is unattested.
	At       time.Time
	Attested bool
	Scope    Scope
	Items    []Item
	Routers  []Router
	Azure    Azure
	Unread   []Unread
}
