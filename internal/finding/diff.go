package finding

import "time"

// Diff is what differs between two audits of a network.
type Diff struct {
	Version int   `json:"version"`
	Before  Audit `json:"before"`
	After   Audit `json:"after"`
	// Scope says what differs in what was audited and by which policies: other
	// differences may come from that, and not from the network.
	Scope    []string `json:"scope"`
	Findings []Change `json:"findings"`
	// Evidence is whether both sides were evidence: of reports alone, neither
	// paths nor routes are known.
	Evidence bool          `json:"evidence"`
	Paths    []PathChange  `json:"paths"`
	Routes   []RouteChange `json:"routes"`
	// Unknown is what could not be compared.
	Unknown []Incomparable `json:"unknown"`
}

// Audit is one side of a [Diff]. Name is the operator's word for it.
type Audit struct {
	Name         string    `json:"name"`
	TakenAt      time.Time `json:"takenAt,omitzero"`
	Verdict      Outcome   `json:"verdict"`
	PolicyDigest string    `json:"policyDigest"`
}

// Change is a failure or an open question that is new, updated or absent. Why
// says in words what makes it so. Of several earlier findings that a new one
// overlaps, Before is the first.
type Change struct {
	State  Baseline `json:"state"`
	Why    []string `json:"why"`
	Before *Finding `json:"before,omitempty"`
	After  *Finding `json:"after,omitempty"`
	// Fixed is whether an absent failure is known to be none any more.
	Fixed bool `json:"fixed,omitempty"`
}

// PathChange is a set of address pairs, or the packets of a tunnel, whose paths
// in steady state differ. Before is nil for what is new, After for what is gone.
type PathChange struct {
	State  Baseline `json:"state"`
	Tunnel string   `json:"tunnel,omitempty"`
	OnPrem *Side    `json:"onprem,omitempty"`
	Azure  *Side    `json:"azure,omitempty"`
	Before *Ways    `json:"before,omitempty"`
	After  *Ways    `json:"after,omitempty"`
}

// Ways are the paths of both directions.
type Ways struct {
	Forward Path `json:"forward"`
	Return  Path `json:"return"`
}

// RouteChange is a prefix whose entries in a table differ. Table names the
// router, gateway or interface and the table; an entry says what the device says
// of the route. Before or After is empty for a prefix that appeared or vanished.
type RouteChange struct {
	Table  string   `json:"table"`
	Prefix string   `json:"prefix"`
	Before []string `json:"before,omitempty"`
	After  []string `json:"after,omitempty"`
}

// Incomparable is something of which one of the sides does not say enough.
type Incomparable struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Empty reports whether nothing differs, as far as it could be compared.
func (d Diff) Empty() bool {
	return len(d.Scope)+len(d.Findings)+len(d.Paths)+len(d.Routes) == 0
}
