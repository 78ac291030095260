package runningconfig

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// bgp collects BGP in each VRF, in the order written. Groups are of the process,
// or of one VRF.
type bgp struct {
	instances []*instance
	byName    map[string]*instance
	shared    bool // the choice between paths is configured once for all VRFs
}

type instance struct {
	cfg    *snapshot.BGPConfig
	said   map[string]bool // what the process said that counts once
	peers  []*peer
	byName map[string]*peer
	up     *instance // where groups are looked up next
}

// peer is a neighbour, or a group or template that neighbours inherit from.
type peer struct {
	cfg     snapshot.NeighborConfig
	named   bool // it is a group
	groups  []string
	visited bool
}

// instance finds BGP in a VRF, or makes it.
func (b *bgp) instance(vrf string, as uint32, number int) *instance {
	name := fmt.Sprint(as, " ", vrf)
	if i := b.byName[name]; i != nil {
		return i
	}
	i := &instance{cfg: &snapshot.BGPConfig{VRF: vrf, AS: as, Line: number, LastLine: number}, byName: map[string]*peer{}, said: map[string]bool{}}
	if len(b.instances) > 0 {
		i.up = b.instances[0]
	} else {
		b.byName = map[string]*instance{}
	}
	b.byName[name] = i
	b.instances = append(b.instances, i)
	return i
}

// peer finds a neighbour or group by what stands behind "neighbor", or makes it.
func (i *instance) peer(name string, number int) *peer {
	if p := i.byName[name]; p != nil {
		p.cfg.LastLine = number
		return p
	}
	p := &peer{cfg: snapshot.NeighborConfig{Line: number, LastLine: number}}
	if a, err := netip.ParseAddr(name); err == nil {
		p.cfg.Addr = a
	} else {
		p.named = true
		p.cfg.Interface = name // until it shows itself as a group
	}
	i.byName[name] = p
	i.peers = append(i.peers, p)
	return p
}

// group finds a template by its kind and name, or makes it.
func (i *instance) group(kind, name string, number int) *peer {
	p := i.peer(kind+" "+name, number)
	p.named = true
	return p
}

func (i *instance) find(group string) *peer {
	for ; i != nil; i = i.up {
		if p := i.byName[group]; p != nil {
			return p
		}
	}
	return nil
}

// result makes the list of what was collected, every neighbour with what it
// inherits. What is written nearer to it wins.
func (b *bgp) result() []snapshot.BGPConfig {
	var out []snapshot.BGPConfig
	for n, i := range b.instances {
		for _, p := range i.peers {
			if p.named {
				continue
			}
			c := i.resolve(p)
			for _, g := range p.groups {
				if c.Group == "" {
					c.Group = g[strings.IndexByte(g, ' ')+1:]
				}
			}
			i.cfg.Neighbors = append(i.cfg.Neighbors, c)
		}
		if b.shared && n > 0 {
			share(i.cfg, b.instances[0].cfg)
		}
		out = append(out, *i.cfg)
	}
	return out
}

// resolve is a neighbour with what its groups, and theirs, say of it.
func (i *instance) resolve(p *peer) snapshot.NeighborConfig {
	c := p.cfg
	c.Options = slices.Clone(c.Options)
	if p.visited {
		return c // templates that inherit from each other
	}
	p.visited = true
	for _, name := range p.groups {
		if g := i.find(name); g != nil {
			inherit(&c, i.resolve(g))
		}
	}
	p.visited = false
	return c
}

func inherit(c *snapshot.NeighborConfig, g snapshot.NeighborConfig) {
	first := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	first(&c.UpdateSource, g.UpdateSource)
	first(&c.RouteMapIn, g.RouteMapIn)
	first(&c.RouteMapOut, g.RouteMapOut)
	first(&c.PrefixIn, g.PrefixIn)
	first(&c.PrefixOut, g.PrefixOut)
	if c.AS == 0 {
		c.AS = g.AS
	}
	if c.MaxPrefix == nil {
		c.MaxPrefix = g.MaxPrefix
	}
	if c.Weight == nil {
		c.Weight = g.Weight
	}
	c.Authenticated = c.Authenticated || g.Authenticated
	c.SoftReconfig = c.SoftReconfig || g.SoftReconfig
	c.Shutdown = c.Shutdown || g.Shutdown
	for _, o := range g.Options {
		if !slices.Contains(c.Options, o) && !slices.Contains(c.Options, "no "+o) {
			c.Options = append(c.Options, o)
		}
	}
}

// share gives a VRF the settings of the whole process.
func share(c, all *snapshot.BGPConfig) {
	c.AlwaysCompareMED = c.AlwaysCompareMED || all.AlwaysCompareMED
	c.DeterministicMED = c.DeterministicMED || all.DeterministicMED
	c.MEDMissingWorst = c.MEDMissingWorst || all.MEDMissingWorst
	c.IgnoreASPath = c.IgnoreASPath || all.IgnoreASPath
	c.CompareRouterID = c.CompareRouterID || all.CompareRouterID
	c.MultipathRelax = c.MultipathRelax || all.MultipathRelax
	if c.DefaultLocalPref == nil {
		c.DefaultLocalPref = all.DefaultLocalPref
	}
	if !c.RouterID.IsValid() {
		c.RouterID = all.RouterID
	}
}

// startBGP reads "router bgp 65001" and what is below it.
func (t *reader) startBGP(l line) block {
	as, ok := asNumber(l.words[2])
	vrf := "default"
	if len(l.words) >= 5 && (l.words[3] == "vrf" || l.words[3] == "view") {
		vrf = l.words[4]
	}
	if !ok {
		t.miss(l)
		return block{}
	}
	if t.repeated("router bgp " + vrf) {
		t.miss(l)
	}
	t.bgp.shared = t.dialect == IOS || t.dialect == XR
	i := t.bgp.instance(vrf, as, l.number)
	if t.dialect == NXOS || t.dialect == XR {
		return t.nested(i)
	}
	return t.flat(i)
}

// asNumber reads an AS number, plain or as 64000.2017 (RFC 5396).
func asNumber(s string) (uint32, bool) {
	high, low, dotted := strings.Cut(s, ".")
	h, ok := show.Uint32(high)
	if !ok || !dotted {
		if ok {
			return *h, true
		}
		return 0, false
	}
	n, ok := show.Uint32(low)
	if !ok || *h > 65535 || *n > 65535 {
		return 0, false
	}
	return *h<<16 | *n, true
}

// isUnicast reports whether an address family is IPv4 or IPv6 unicast; the paths
// of the others are not followed.
func isUnicast(w []string) bool {
	if len(w) == 0 || w[0] != "ipv4" && w[0] != "ipv6" {
		return false
	}
	return len(w) == 1 || w[1] == "unicast" || w[1] == "vrf"
}

// statement reads what is said of a neighbour or group. Settings that have no
// field are kept as written; what changes which routes are accepted, and has
// none, is not understood.
func (i *instance) statement(p *peer, l line, w []string) bool {
	c := &p.cfg
	c.LastLine = l.number
	if len(w) == 0 {
		return true
	}
	if w[0] == "no" {
		return p.negated(w[1:])
	}
	arg := ""
	if len(w) > 1 {
		arg = w[1]
	}
	switch w[0] {
	case "remote-as":
		n, ok := asNumber(arg)
		c.AS = n
		return ok || arg == "external" || arg == "internal" || arg == "auto"
	case "peer-group":
		return p.member(w[1:])
	case "peer":
		return len(w) > 1 && w[1] == "group" && p.member(w[2:])
	case "inherit":
		return len(w) > 2 && p.inherits(w[1], w[2])
	case "use":
		return len(w) > 2 && p.inherits(w[1], w[2])
	case "interface":
		p.named = false
		return i.statement(p, l, w[1:])
	case "update-source":
		c.UpdateSource = strings.Join(w[1:], "")
	case "password", "authentication", "keychain", "ao":
		c.Authenticated = true
	case "maximum-prefix", "maximum-routes", "maximum-accepted-routes":
		n, ok := show.Uint32(arg)
		if ok && *n > 0 { // EOS: zero is no limit
			c.MaxPrefix = n
		}
		return ok
	case "soft-reconfiguration":
		c.SoftReconfig = true
		return arg == "inbound"
	case "shutdown":
		c.Shutdown = true
	case "weight":
		n, ok := show.Uint32(arg)
		c.Weight = n
		return ok
	case "route-map", "route-policy":
		return direction(w, &c.RouteMapIn, &c.RouteMapOut)
	case "prefix-list":
		return direction(w, &c.PrefixIn, &c.PrefixOut)
	case "description", "activate":
	default:
		return p.option(w)
	}
	return true
}

// member reads what is behind "peer-group": nothing makes it a group.
func (p *peer) member(w []string) bool {
	if len(w) == 0 {
		p.named = true
		return !p.cfg.Addr.IsValid()
	}
	return once(&p.groups, w[0])
}

func (p *peer) inherits(kind, name string) bool {
	switch kind {
	case "peer", "peer-session", "peer-policy", "neighbor-group", "session-group", "af-group":
		return once(&p.groups, kind+" "+name)
	}
	return false
}

func direction(w []string, in, out *string) bool {
	if len(w) != 3 {
		return false
	}
	switch w[2] {
	case "in":
		*in = w[1]
	case "out":
		*out = w[1]
	default:
		return false
	}
	return true
}

// negated reads a statement with "no" before it, which undoes what a group says.
// Only settings without a field can be undone.
func (p *peer) negated(w []string) bool {
	if len(w) == 0 {
		return false
	}
	switch w[0] {
	case "activate", "shutdown", "description":
		return true
	}
	if !isOption(w[0]) {
		return false
	}
	return once(&p.cfg.Options, "no "+strings.Join(w, " "))
}

func (p *peer) option(w []string) bool {
	if !isOption(w[0]) {
		return false
	}
	return once(&p.cfg.Options, strings.Join(w, " "))
}

// maxOptions is how many settings of a neighbour are kept. Routers allow fewer.
const maxOptions = 200

// once adds a setting that is not there yet: several address families may say it.
func once(to *[]string, what string) bool {
	if slices.Contains(*to, what) {
		return true
	}
	if len(*to) >= maxOptions {
		return false
	}
	*to = append(*to, what)
	return true
}

// once does so for the whole process.
func (i *instance) once(to *[]string, what string) {
	if !i.said[what] {
		i.said[what] = true
		*to = append(*to, what)
	}
}

// isOption reports whether a neighbour's setting is known and has no field.
func isOption(word string) bool {
	switch word {
	case "next-hop", "next-hop-self", "next-hop-unchanged", "next-hop-third-party", "next-hop-peer", "send-community", "send-community-ebgp",
		"send-extended-community-ebgp", "send-label", "ebgp-multihop", "allowas-in", "as-override", "remove-private-as",
		"remove-private-AS", "default-originate", "local-as", "timers", "bfd", "fall-over", "route-reflector-client",
		"route-server-client", "advertise", "additional-paths", "disable-connected-check", "disable-peer-as-check", "ttl-security",
		"transport", "capability", "version", "advertisement-interval", "ha-mode", "log-neighbor-changes", "slow-peer", "soo",
		"site-of-origin", "graceful-restart", "graceful-restart-helper", "extended-nexthop", "passive", "port", "low-memory",
		"dynamic-capability", "dont-capability-negotiate", "strict-capability-match", "override-capability", "enforce-first-as",
		"aigp", "dmz-link-bandwidth", "dmzlink-bw", "addpath-tx-all-paths", "addpath-tx-bestpath-per-AS", "solo", "idle-watch-time",
		"cluster-id", "idle-restart-timer", "auto-local-addr", "connection-retry-timer", "link-bandwidth", "peer-type", "rib-in",
		"internal-vpn-client", "path-attribute", "precedence", "dscp", "ignore-connected-check", "suppress-inactive", "as-loop",
		"multipath", "validation", "long-lived-graceful-restart", "affinity-group", "connected-check", "session-open-mode", "tcp",
		"attribute-unchanged", "sender-as-path-loop-detection", "ebgp-requires-policy", "import-check", "export-localpref", "dampening":
		return true
	}
	return false
}
