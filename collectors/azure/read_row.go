package azure

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// learnedRoute reads a row of a gateway's or hub's routes.
func learnedRoute(v *values, n *node) snapshot.LearnedRoute {
	before := v.flaws
	row := snapshot.LearnedRoute{
		Ref: v.ref(n), Local: v.addr(n.at("localAddress")), Prefix: v.prefix(n.at("network")), NextHop: v.addr(n.at("nextHop")),
		Peer: v.addr(n.at("sourcePeer")), Origin: v.word(n.at("origin"), "Network", "EBgp", "IBgp", "Igp"),
		ASPath: v.asPath(n.at("asPath")), Weight: int(v.number(n.at("weight"))),
	}
	if !row.Prefix.IsValid() && v.flaws == before {
		v.bad(n, "a route without a network: "+excerpt(n))
	}
	return row
}

func peer(v *values, n *node) snapshot.GatewayPeer {
	before := v.flaws
	row := snapshot.GatewayPeer{
		Ref: v.ref(n), Local: v.addr(n.at("localAddress")), Neighbor: v.addr(n.at("neighbor")), ASN: v.asn(n.at("asn")),
		State:    v.word(n.at("state"), "Unknown", "Stopped", "Idle", "Connecting", "Connected"),
		Received: int(v.number(n.at("routesReceived"))),
		Sent:     v.number(n.at("messagesSent")), Messages: v.number(n.at("messagesReceived")), Duration: v.text(n.at("connectedDuration")),
	}
	if !row.Neighbor.IsValid() && v.flaws == before {
		v.bad(n, "a peer without an address: "+excerpt(n))
	}
	return row
}

// edgeRoute reads a row of the route table of one edge router.
func edgeRoute(v *values, n *node) snapshot.MSEERoute {
	before := v.flaws
	row := snapshot.MSEERoute{
		Ref: v.ref(n), Prefix: v.prefix(n.at("network")), Weight: int(v.number(n.at("weight"))), ASPath: v.asPath(n.at("path")),
	}
	row.NextHop, row.Best = v.marked(n.at("nextHop"))
	if p, ok := v.uint32(n.at("locPrf")); ok {
		row.LocalPref = &p
	}
	if (!row.Prefix.IsValid() || !row.NextHop.IsValid()) && v.flaws == before {
		v.bad(n, "a route without a network or a next hop: "+excerpt(n))
	}
	return row
}

// session reads a row of an edge router's summary. What it says last is how many
// prefixes were received, or the state of a session that is not up.
func session(v *values, n *node) snapshot.MSEESession {
	before := v.flaws
	row := snapshot.MSEESession{Ref: v.ref(n), Neighbor: v.addr(n.at("neighbor")), ASN: v.asn(n.at("as")), UpDown: v.text(n.at("upDown"))}
	if last := n.at("statePfxRcd"); !last.absent() {
		count, err := strconv.Atoi(strings.TrimSpace(last.scalar()))
		if err == nil && count >= 0 {
			row.Received = &count
		} else {
			row.State = v.text(last)
		}
	}
	if !row.Neighbor.IsValid() && v.flaws == before {
		v.bad(n, "a session without a neighbour: "+excerpt(n))
	}
	return row
}

func arpEntry(v *values, n *node) snapshot.ARPEntry {
	before := v.flaws
	row := snapshot.ARPEntry{
		Ref: v.ref(n), Side: v.word(n.at("interface"), "Microsoft", "On-Prem"), Addr: v.addr(n.at("ipAddress")),
		MAC: strings.TrimSpace(v.text(n.at("macAddress"))), Age: int(v.number(n.at("age"))),
	}
	if strings.EqualFold(row.MAC, "Incomplete") {
		row.MAC = ""
	}
	if !row.Addr.IsValid() && v.flaws == before {
		v.bad(n, "an entry without an address: "+excerpt(n))
	}
	return row
}

func gatewayEffectiveRoute(v *values, n *node) snapshot.GatewayEffectiveRoute {
	row := snapshot.GatewayEffectiveRoute{
		Ref: v.ref(n), Local: v.addr(n.at("localAddress")), Prefixes: v.prefixes(n.at("addressPrefixes")), NextHop: v.addr(n.at("nextHopIpAddress")),
		Type: v.word(n.at("nextHopType"), "Tunnel", "VirtualNetwork", "Unknown"),
	}
	if len(row.Prefixes) == 0 {
		v.bad(n, "a route without a prefix: "+excerpt(n))
	}
	return row
}

// effectiveRoute reads a row of a network interface's effective routes.
func effectiveRoute(v *values, n *node) snapshot.EffectiveRoute {
	row := snapshot.EffectiveRoute{
		Ref: v.ref(n), Name: v.text(n.at("name")), Source: v.word(n.at("source"), "Unknown", "User", "VirtualNetworkGateway", "Default"),
		State: v.word(n.at("state"), "Active", "Invalid"), Type: v.text(n.at("nextHopType")),
		NoPropagation: v.flag(n.at("disableBgpRoutePropagation")),
	}
	for _, d := range v.some(n.at("addressPrefix")) {
		prefix, tag := v.destination(d)
		if tag != "" {
			row.Tags = append(row.Tags, tag)
		} else if prefix.IsValid() {
			row.Prefixes = append(row.Prefixes, prefix)
		}
	}
	for _, a := range v.some(n.at("nextHopIpAddress")) {
		if hop := v.addr(a); hop.IsValid() {
			row.NextHops = append(row.NextHops, hop)
		}
	}
	if len(row.Prefixes) == 0 && len(row.Tags) == 0 {
		v.bad(n, "a route without a destination: "+excerpt(n))
	}
	return row
}

func hubEffectiveRoute(v *values, n *node) snapshot.HubEffectiveRoute {
	row := snapshot.HubEffectiveRoute{
		Ref: v.ref(n), Prefixes: v.prefixes(n.at("addressPrefixes")), NextHops: v.refs(n.at("nextHops")), Type: v.text(n.at("nextHopType")),
		ASPath: v.asPath(n.at("asPath")), Origin: strings.ToLower(v.text(n.at("routeOrigin"))),
	}
	if len(row.Prefixes) == 0 {
		v.bad(n, "a route without a prefix: "+excerpt(n))
	}
	return row
}

func hubPeerRoute(v *values, n *node) snapshot.HubPeerRoute {
	name := n.elems[len(n.elems)-1] // see instances
	row := snapshot.HubPeerRoute{LearnedRoute: learnedRoute(v, n)}
	if n.names[len(n.names)-1] == memberInstance {
		row.Instance = v.text(name)
	}
	return row
}

// marked is an address that may end in "*", the mark of the best path.
func (v *values) marked(n *node) (a netip.Addr, best bool) {
	if n.absent() || n.kind != kindString {
		return v.addr(n), false
	}
	plain := *n
	plain.text, best = strings.CutSuffix(strings.TrimSpace(n.text), "*")
	return v.addr(&plain), best
}
