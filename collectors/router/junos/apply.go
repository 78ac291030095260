package junos

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// model builds a Config of statements.
type model struct {
	out        *snapshot.Config
	interfaces map[string]int // places in out
	policies   map[string]int
	prefixes   map[string]int
	terms      map[string]int    // places in a policy, by policy and term
	once       map[string]bool   // what is listed once however often it is said
	vrfOf      map[string]string // of an interface
	bgp        map[string]*bgpModel
	order      []string // VRFs with BGP
	statics    map[string]*staticModel
	routes     []*staticModel
	vpn        vpnModel
	macsec     map[string]string // policy of a connectivity association
	secured    []statement       // interfaces with one
	filters    map[string]bool   // firewall filters that route
	filtered   []statement       // interfaces with a filter on input
	as         map[string]uint32
	routerID   map[string]netip.Addr
}

// apply takes the statements that are active into out.
func (c *config) apply(out *snapshot.Config) {
	m := &model{
		out: out, interfaces: map[string]int{}, policies: map[string]int{}, prefixes: map[string]int{}, terms: map[string]int{}, once: map[string]bool{}, vrfOf: map[string]string{},
		bgp: map[string]*bgpModel{}, statics: map[string]*staticModel{}, vpn: newVPNModel(), macsec: map[string]string{}, filters: map[string]bool{},
		as: map[string]uint32{}, routerID: map[string]netip.Addr{},
	}
	dead := newPaths(c.inactive)
	c.statements = slices.DeleteFunc(c.statements, func(s statement) bool { return dead.covers(s.path) })
	for _, s := range c.statements {
		if !c.statement(m, s) {
			c.miss(s.line, strings.Join(s.path, " "))
		}
	}
	m.finish()
}

// statement takes one statement, and reports whether it understood.
func (c *config) statement(m *model, s statement) bool {
	if i := slices.Index(s.path, "apply-groups"); i >= 0 {
		return i == 0 && !c.groups // what is inherited is not in the statements
	}
	switch s.path[0] {
	case "routing-instances":
		return m.instance(s)
	case "routing-options":
		return m.routingOptions("default", s.path[1:], s.line)
	case "protocols":
		return m.neighbors("default", s.path[2:], s.line)
	case "policy-options":
		if len(s.path) == 5 && s.path[3] == "apply-path" {
			return c.applyPath(m, s)
		}
		return m.policy(s.path[1:], s.line)
	case "interfaces":
		return m.interfaceLine(s.path[1:], s.line)
	case "security":
		if s.path[1] == "macsec" {
			return m.macsecLine(s.path[2:], s.line)
		}
		return m.vpn.line(s.path[1:], s.line)
	case "firewall":
		m.firewall(s.path[1:])
		return true
	}
	return s.path[0] == "apply-groups-except"
}

// applyPath fills a prefix list with what stands elsewhere in the configuration:
// `protocols bgp group <*> neighbor <*>`. It can do so for modelled blocks.
func (c *config) applyPath(m *model, list statement) bool {
	pattern := strings.Fields(list.path[4])
	if len(pattern) < 3 || !modelled(pattern) {
		return false
	}
	l := m.list(list.path[2])
	for _, s := range c.statements {
		if !matches(pattern, s.path) {
			continue
		}
		var of snapshot.Interface
		if !address(&of, s.path[len(pattern)-1]) {
			return false
		}
		p := of.Addrs[0].Masked()
		if m.first("prefix-list", l.Name, p.String()) {
			m.prefixList(l.Name, []string{p.String()}, list.line)
		}
	}
	return true
}

// first reports whether something is said for the first time.
func (m *model) first(key ...string) bool {
	k := strings.Join(key, "\x00")
	said := m.once[k]
	m.once[k] = true
	return !said
}

// matches reports whether a path begins with a pattern, where `<a*>` stands for a
// word.
func matches(pattern, of []string) bool {
	if len(of) < len(pattern) {
		return false
	}
	for i, p := range pattern {
		glob, wild := strings.CutPrefix(strings.TrimSuffix(p, ">"), "<")
		if !wild && p != of[i] {
			return false
		}
		slash := strings.NewReplacer("/", "|")
		if ok, err := path.Match(slash.Replace(glob), slash.Replace(of[i])); wild && (err != nil || !ok) {
			return false
		}
	}
	return true
}

// paths is a set of paths in a configuration.
type paths struct {
	all map[string]bool
}

func newPaths(list [][]string) paths {
	p := paths{all: map[string]bool{}}
	for _, path := range list {
		p.all[strings.Join(path, "\x00")] = true
	}
	return p
}

// covers reports whether a path or one above it is in the set.
func (p paths) covers(path []string) bool {
	if len(p.all) == 0 {
		return false
	}
	for i := range path {
		if p.all[strings.Join(path[:i+1], "\x00")] {
			return true
		}
	}
	return false
}

// instance reads a routing instance.
func (m *model) instance(s statement) bool {
	if len(s.path) < 3 {
		return true
	}
	vrf, rest := s.path[1], s.path[2:]
	switch rest[0] {
	case "interface":
		if len(rest) > 1 {
			m.vrfOf[rest[1]] = vrf
		}
	case "routing-options":
		return m.routingOptions(vrf, rest[1:], s.line)
	case "protocols":
		if len(rest) > 1 && rest[1] == "bgp" {
			return m.neighbors(vrf, rest[2:], s.line)
		}
	}
	return true
}

// routingOptions reads the AS number, the router ID and static routes.
func (m *model) routingOptions(vrf string, path []string, line int) bool {
	if len(path) > 2 && path[0] == "rib" {
		if v, ok := unicast(path[1]); ok {
			if v != "default" {
				vrf = v
			}
			return m.routingOptions(vrf, path[2:], line)
		}
		return true
	}
	if len(path) < 2 {
		return true
	}
	switch path[0] {
	case "autonomous-system":
		as, ok := asNumber(path[1])
		if ok {
			m.as[vrf] = as
		}
		return ok || path[1] == "loops" || path[1] == "asdot-notation"
	case "router-id":
		id, err := netip.ParseAddr(path[1])
		m.routerID[vrf] = id
		return err == nil
	case "static":
		return m.static(vrf, path[1:], line)
	}
	return true
}

// staticModel is a static route with what all its next hops share.
type staticModel struct {
	routes   []snapshot.StaticRoute
	at       map[string]int // by next hop
	distance *uint32
}

// static reads `route 10.0.0.0/8 next-hop 192.0.2.1`.
func (m *model) static(vrf string, path []string, line int) bool {
	if len(path) < 3 || path[0] != "route" {
		return path[0] != "route" // defaults and the like
	}
	p, err := netip.ParsePrefix(path[1])
	if err != nil {
		return false
	}
	key := vrf + " " + path[1]
	r := m.statics[key]
	if r == nil {
		r = &staticModel{at: map[string]int{}}
		m.statics[key] = r
		m.routes = append(m.routes, r)
	}
	route := snapshot.StaticRoute{VRF: vrf, Prefix: p, Line: line}
	switch path[2] {
	case "discard", "reject", "receive":
		route.Interface = path[2]
	case "preference":
		var ok bool
		if len(path) > 3 {
			r.distance, ok = optional(path[3])
		}
		return ok
	case "next-hop", "qualified-next-hop", "next-table":
		if len(path) < 4 {
			return false
		}
		return r.hop(route, path[3:])
	default:
		return true // tag, metric, retain and the like
	}
	r.routes = append(r.routes, route)
	return true
}

// hop adds a next hop, or what is said of one: its own preference or interface.
func (r *staticModel) hop(route snapshot.StaticRoute, path []string) bool {
	if a, err := netip.ParseAddr(path[0]); err == nil {
		route.NextHop = a
	} else {
		route.Interface = path[0]
	}
	at, ok := r.at[path[0]]
	if !ok {
		at = len(r.routes)
		r.at[path[0]] = at
		r.routes = append(r.routes, route)
	}
	if len(path) < 3 {
		return true
	}
	switch path[1] {
	case "preference":
		r.routes[at].Distance, ok = optional(path[2])
		return ok
	case "interface":
		r.routes[at].Interface = path[2]
	}
	return true
}

// finish joins what different blocks say.
func (m *model) finish() {
	for _, r := range m.routes {
		for _, route := range r.routes {
			if route.Distance == nil {
				route.Distance = r.distance
			}
			m.out.Statics = append(m.out.Statics, route)
		}
	}
	m.finishBGP()
	m.finishVPN()
	m.finishInterfaces()
}
