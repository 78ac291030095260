package junos

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// bgpModel is BGP of one VRF: what is set for all, for groups and for neighbours.
type bgpModel struct {
	snapshot.BGPConfig

	all       peering
	groups    map[string]*peering
	neighbors []*peering
	of        map[string]*peering // by group and address
}

// peering is what can be set for all neighbours, a group or one neighbour. The
// most specific level that sets something wins, policies included.
type peering struct {
	group, address string
	kind           string // external or internal
	as             uint32
	local          string
	authenticated  bool
	max            *uint32
	in, out        []string
	keepNone       bool
	disabled       bool
	line, last     int
}

// neighbors reads a statement below `protocols bgp`.
func (m *model) neighbors(vrf string, path []string, line int) bool {
	b := m.bgp[vrf]
	if b == nil {
		b = &bgpModel{groups: map[string]*peering{}, of: map[string]*peering{}}
		b.VRF, b.Line = vrf, line
		m.bgp[vrf] = b
		m.order = append(m.order, vrf)
	}
	b.Line, b.LastLine = min(b.Line, line), max(b.LastLine, line)
	if len(path) == 0 {
		return true
	}
	if path[0] != "group" {
		return b.global(path) || b.all.set(path)
	}
	if len(path) < 3 {
		return true
	}
	g := b.groups[path[1]]
	if g == nil {
		g = &peering{group: path[1]}
		b.groups[path[1]] = g
	}
	if path[2] != "neighbor" {
		return g.set(path[2:]) || b.multipath(path[2:])
	}
	if len(path) < 4 {
		return false
	}
	key := path[1] + " " + path[3]
	n := b.of[key]
	if n == nil {
		n = &peering{group: path[1], address: path[3], line: line}
		b.of[key] = n
		b.neighbors = append(b.neighbors, n)
	}
	n.last = line
	return len(path) == 4 || n.set(path[4:])
}

// global reads what is set for the whole of BGP only.
func (b *bgpModel) global(path []string) bool {
	value := ""
	if len(path) > 1 {
		value = path[1]
	}
	switch path[0] {
	case "path-selection":
		switch value {
		case "always-compare-med":
			b.AlwaysCompareMED = true
		case "external-router-id":
			b.CompareRouterID = true
		case "as-path-ignore":
			b.IgnoreASPath = true
		case "cisco-non-deterministic", "med-plus-igp", "l2vpn-use-bgp-rules", "":
		default:
			return false
		}
	case "preference":
		n, ok := optional(value)
		if ok && n != nil {
			b.Distance = &[3]uint32{*n, *n, *n}
		}
		return ok
	case "local-preference":
		n, ok := optional(value)
		b.DefaultLocalPref = n
		return ok
	case "traceoptions":
	default:
		return b.multipath(path)
	}
	return true
}

func (b *bgpModel) multipath(path []string) bool {
	if path[0] != "multipath" {
		return false
	}
	b.MultipathRelax = b.MultipathRelax || len(path) > 1 && path[1] == "multiple-as"
	return true
}

// set reads one setting of a level. It reports whether it is known.
func (p *peering) set(path []string) bool {
	value := ""
	if len(path) > 1 {
		value = path[1]
	}
	ok := true
	switch path[0] {
	case "type":
		p.kind = value
	case "peer-as":
		p.as, ok = asNumber(value)
	case "local-address":
		p.local = value
	case "authentication-key", "authentication-key-chain", "authentication-algorithm", "tcp-ao":
		p.authenticated = true
	case "import":
		p.in = append(p.in, value)
	case "export":
		p.out = append(p.out, value)
	case "keep":
		p.keepNone = value == "none"
	case "disable", "shutdown":
		p.disabled = true
	case "family":
		ok = p.family(path[1:])
	default:
		return slices.Contains(plainBGP(), path[0])
	}
	return ok
}

// family reads the limit on prefixes; what else is set for a family says nothing
// that is kept.
func (p *peering) family(path []string) bool {
	i := slices.Index(path, "maximum")
	if i < 1 || i+1 >= len(path) || path[i-1] != "prefix-limit" && path[i-1] != "accepted-prefix-limit" {
		return true
	}
	n, ok := optional(path[i+1])
	p.max = n
	return ok
}

// plainBGP are the settings that change nothing that is modelled.
func plainBGP() []string {
	return []string{
		"description", "hold-time", "log-updown", "multihop", "ttl", "passive", "cluster", "no-client-reflect", "bfd-liveness-detection", "graceful-restart",
		"mtu-discovery", "tcp-mss", "local-as", "as-override", "remove-private", "advertise-peer-as", "advertise-inactive", "advertise-external", "advertise-from-main-vpn-tables",
		"damping", "out-delay", "metric-out", "local-interface", "preference", "local-preference", "vpn-apply-export", "add-path", "allow", "no-advertise-peer-as",
		"enforce-first-as", "include-mp-next-hop", "outbound-route-filter", "traceoptions", "loops", "accept-remote-nexthop", "egress-te", "bmp", "bgp-error-tolerance",
		"drop-path-attributes", "precision-timers", "nsr", "rfc6514-compliant-safi129", "ipsec-sa", "peer-as-list", "idle-after-switch-over", "defaults", "send-addpath-optimization",
		"graceful-shutdown", "optimal-route-reflection", "dynamic-neighbor", "ebgp-multihop", "no-aggregator-id", "minimum-hold-time", "third-party-next-hop",
		"route-server-client", "forwarding-context", "output-queue-priority", "group-split-size", "rib-sharding", "update-threading", "stale-labels-holddown-period",
	}
}

// finishBGP hands down what is set for all and for groups.
func (m *model) finishBGP() {
	for _, vrf := range m.order {
		b := m.bgp[vrf]
		b.AS = cmp.Or(m.as[vrf], m.as["default"])
		b.RouterID = m.routerID[vrf]
		if vrf != "default" && !b.RouterID.IsValid() {
			b.RouterID = m.routerID["default"]
		}
		b.DeterministicMED = true // unless it imitates Cisco's old behaviour
		for _, n := range b.neighbors {
			b.Neighbors = append(b.Neighbors, b.neighbor(n))
		}
		m.out.BGP = append(m.out.BGP, b.BGPConfig)
	}
}

func (b *bgpModel) neighbor(n *peering) snapshot.NeighborConfig {
	g := b.groups[n.group]
	if g == nil {
		g = &peering{}
	}
	levels := []*peering{n, g, &b.all}
	c := snapshot.NeighborConfig{Group: n.group, SoftReconfig: true, Line: n.line, LastLine: n.last}
	c.Addr, _ = netip.ParseAddr(n.address)
	if !c.Addr.IsValid() {
		c.Interface = n.address
	}
	kind := ""
	for _, l := range levels {
		kind = cmp.Or(kind, l.kind)
		c.AS = cmp.Or(c.AS, l.as)
		c.UpdateSource = cmp.Or(c.UpdateSource, l.local)
		c.Authenticated = c.Authenticated || l.authenticated
		c.SoftReconfig = c.SoftReconfig && !l.keepNone
		c.Shutdown = c.Shutdown || l.disabled
		c.MaxPrefix = cmp.Or(c.MaxPrefix, l.max)
		c.RouteMapIn = cmp.Or(c.RouteMapIn, strings.Join(l.in, " "))
		c.RouteMapOut = cmp.Or(c.RouteMapOut, strings.Join(l.out, " "))
	}
	if c.AS == 0 && kind == "internal" {
		c.AS = b.AS
	}
	return c
}
