package graph

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// FirewallSNAT is what an Azure Firewall translates to its own address of the
// traffic with the premises: Translated are prefixes on the premises that are in
// none of the ranges which it leaves as they are, Ranges. Policy is the firewall
// policy that sets these, empty for Azure's default or a firewall without a policy.
// Unknown says why the ranges are not known, and More why there may be more
// prefixes on the premises.
type FirewallSNAT struct {
	ID         string        `json:"id"` // the firewall's
	Policy     string        `json:"policy,omitempty"`
	Ranges     []string      `json:"ranges"`
	Learns     bool          `json:"learns"` // adds ranges that a Route Server tells (autoLearnPrivateRanges)
	OnPrem     []string      `json:"onprem"`
	Translated []string      `json:"translated"`
	Unknown    string        `json:"unknown,omitempty"`
	More       string        `json:"more,omitempty"`
	Evidence   []finding.Ref `json:"evidence"`
}

// privateRanges are what Azure Firewall does not translate by default: RFC 1918 and
// RFC 6598 (firewall/snat-private-range).
func privateRanges() []string { return append(rfc1918(), "100.64.0.0/10") }

func rfc1918() []string { return []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} }

// firewallSNATs are what firewalls in virtual networks translate that gateways
// bring routes to.
func (g *Graph) firewallSNATs() []FirewallSNAT {
	out := []FirewallSNAT{}
	for i := range g.snap.Azure.Firewalls {
		f := &g.snap.Azure.Firewalls[i]
		if f.Hub != "" || strings.EqualFold(f.SKU, "AZFW_Hub") {
			continue
		}
		out = append(out, g.firewallSNAT(f))
	}
	return out
}

func (g *Graph) firewallSNAT(f *snapshot.Firewall) FirewallSNAT {
	out := FirewallSNAT{ID: g.firewallID(f), Evidence: []finding.Ref{ref(f.Ref)}}
	snat := g.snatOf(f, &out)
	out.Learns = strings.EqualFold(snat.AutoLearn, "Enabled")
	out.Ranges = snat.Ranges
	if len(out.Ranges) == 0 {
		out.Ranges = privateRanges()
	}
	var kept []span
	for _, text := range out.Ranges {
		p, ok := snatRange(text)
		if !ok {
			out.Unknown = cmp.Or(out.Unknown, "the range "+text+" was not understood")
		}
		kept = append(kept, p...)
	}
	onPrem, more := g.behindGateways(f)
	out.More = more
	out.OnPrem = texts(coverSpans(onPrem))
	out.Translated = texts(coverSpans(subtract(onPrem, merge(kept))))
	return out
}

// snatOf is the setting of the firewall's policy, or of the nearest one that it
// inherits from which has a setting; without a policy, the firewall's own.
func (g *Graph) snatOf(f *snapshot.Firewall, out *FirewallSNAT) snapshot.SNAT {
	if f.Policy == "" {
		return f.SNAT
	}
	seen := make(map[string]bool)
	for id := f.Policy; id != "" && !seen[id]; {
		seen[id] = true
		i := slices.IndexFunc(g.snap.Azure.FirewallPolicies, func(p snapshot.FirewallPolicy) bool { return p.ID == id })
		if i < 0 {
			out.Unknown = "firewallpolicy/" + lastOf(id) + ", which says what the firewall does not translate, was not read"
			return snapshot.SNAT{}
		}
		p := &g.snap.Azure.FirewallPolicies[i]
		out.Evidence = append(out.Evidence, ref(p.Ref))
		if len(p.SNAT.Ranges) > 0 || p.SNAT.AutoLearn != "" {
			out.Policy = "firewallpolicy/" + p.Name
			return p.SNAT
		}
		id = p.Base
	}
	return snapshot.SNAT{}
}

// snatRange is a range in ARM's words.
func snatRange(s string) ([]span, bool) {
	if strings.EqualFold(s, "IANAPrivateRanges") {
		var out []span
		for _, p := range rfc1918() {
			out = append(out, spanOf(netip.MustParsePrefix(p)))
		}
		return out, true
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return []span{{a, a}}, true
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return nil, false
	}
	return []span{spanOf(p.Masked())}, true
}

// behindGateways are the IPv4 addresses on the premises that the firewall's
// network has routes to, but for tunnels' end points and default routes. why says
// why there may be more.
func (g *Graph) behindGateways(f *snapshot.Firewall) (onPrem []span, why string) {
	s := g.subnetByID(f.Subnet)
	if s == nil {
		return nil, "the subnet of the firewall was not read"
	}
	var ps []netip.Prefix
	unknown := slices.Clone(g.absent)
	for _, gw := range g.gatewaysFor(s.vnet) {
		for p := range gw.offers.AllSorted4() {
			if p.Bits() > 0 {
				ps = append(ps, p)
			}
		}
		if gw.blind != "" {
			unknown = append(unknown, gw.blind)
		}
	}
	return subtract(spans(ps), g.ends), strings.Join(unknown, "; ")
}
