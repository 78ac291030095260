package lab

import (
	"net/netip"
	"slices"

	"github.com/routeproof/routeproof/internal/finding"
)

// Claim is what an auditor's path claims of its packets, in the captures' words:
// the different outcomes of its branches, sorted, and whether any of them passes
// a firewall. ok is false when a branch's outcome is not known.
func Claim(p finding.Path) (outcomes []Outcome, firewall, ok bool) {
	ok = true
	for _, b := range p.Branches() {
		o := Encrypted
		switch {
		case slices.ContainsFunc(b.Hops, func(h finding.Hop) bool { return h.LeavesPremises && h.Protection == "none" }):
			o = InClear
		case b.Outcome == finding.Unknown:
			ok = false
			continue
		case b.Outcome != finding.Delivered:
			o = Dropped
		}
		if !slices.Contains(outcomes, o) {
			outcomes = append(outcomes, o)
		}
		firewall = firewall || len(b.Firewalls) > 0
	}
	slices.Sort(outcomes)
	return outcomes, firewall, ok
}

// Pairs are all pairs of an on-premises and an Azure host's addresses, both ways.
func Pairs() [][2]netip.Addr {
	var out [][2]netip.Addr
	for _, a := range Hosts() {
		for _, b := range Hosts() {
			if a.Azure == b.Azure {
				continue
			}
			for _, src := range a.Addrs {
				for _, dst := range b.Addrs {
					out = append(out, [2]netip.Addr{src, dst})
				}
			}
		}
	}
	return out
}
