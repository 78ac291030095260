package graph

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// uncoveredMost bounds how many flows a connection's facts name: a mistake in one
// selector leaves out as many as there are pairs of prefixes.
const uncoveredMost = 100

// selectors finds the flows that the connection's traffic selectors do not take.
// Policy-based ones without any of their own are made of the address spaces of the
// local network gateway and of the virtual network
// (vpn-gateway-connect-multiple-policybased-rm-ps); which of the latter a network
// behind a peering counts to is not documented, and not judged.
func (g *Graph) selectors(out *IPsecConnection, c *snapshot.Connection, l *snapshot.LocalNetworkGateway, cs []Class) {
	sel := c.Selectors
	if len(sel) == 0 {
		if !c.PolicyBased {
			return
		}
		if l == nil {
			out.Unselected = "its traffic selectors are made of the address space of localsite/" + lastOf(c.LocalSite) + ", which was not read"
			return
		}
		sel = []snapshot.TrafficSelector{{Remote: l.Prefixes, Local: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}}
	}
	out.Unselected = g.unknownFlows()
	tunnels := make(map[string]bool)
	for _, t := range g.tunnels {
		tunnels[t.id] = tunnels[t.id] || t.conn == c
	}
	seen := make(map[string]bool)
	for _, cl := range cs {
		if !enters(cl.Forward, tunnels) && !enters(cl.Return, tunnels) {
			continue
		}
		for _, flow := range untaken(cl, sel) {
			if len(out.Uncovered) == uncoveredMost {
				return
			}
			if !seen[flow] {
				seen[flow] = true
				out.Uncovered = append(out.Uncovered, flow)
			}
		}
	}
}

// unknownFlows says why there may be flows that no class has, empty where all ends of
// connections were read.
func (g *Graph) unknownFlows() string {
	for _, u := range g.unreadResources() {
		if slices.Contains([]string{"localnetworkgateways", "virtualnetworkgateways", "virtualnetworks"}, u.Type) {
			return "there may be flows that its traffic selectors leave out and that are not known: " + u.ID + ": " + u.Why
		}
	}
	return ""
}

// untaken are the flows of a class, on the premises and in Azure, that no selector
// takes: those address pairs of which no selector has both ends.
func untaken(cl Class, sel []snapshot.TrafficSelector) []string {
	onprem, azure := addressesOf(cl.OnPrem), addressesOf(cl.Azure)
	var remote []netip.Prefix
	for _, s := range sel {
		remote = append(remote, s.Remote...)
	}
	var lefts []string // in the order of the addresses on the premises
	ends := make(map[string][2][]span)
	for _, a := range cut(onprem, newBorders(remote)) {
		var taken []span
		for _, s := range sel {
			if slices.ContainsFunc(s.Remote, func(p netip.Prefix) bool { return p.Contains(a.lo) }) {
				taken = append(taken, spans(s.Local)...)
			}
		}
		left := subtract(azure, taken)
		if len(left) == 0 {
			continue
		}
		key := fmt.Sprint(left)
		if _, ok := ends[key]; !ok {
			lefts = append(lefts, key)
		}
		ends[key] = [2][]span{append(ends[key][0], a), left}
	}
	out := make([]string, len(lefts))
	for i, key := range lefts {
		out[i] = named(ends[key][0], cl.OnPrem) + " - " + named(ends[key][1], cl.Azure)
	}
	return out
}

// named names addresses of a class's side, as the class does.
func named(set []span, side finding.Side) string {
	prefixes, except := describe(set, spans(parsed(side.Prefixes)))
	out := few(texts(prefixes))
	if len(except) > 0 {
		out += " except " + few(texts(except))
	}
	return out
}

// addressesOf are the addresses of a class's side.
func addressesOf(s finding.Side) []span {
	return subtract(spans(parsed(s.Prefixes)), spans(parsed(s.Except)))
}

// parsed are prefixes of a class, which are well formed.
func parsed(texts []string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}
