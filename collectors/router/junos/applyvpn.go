package junos

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// vpnModel is what the blocks `security ike` and `security ipsec` say.
type vpnModel struct {
	proposals map[string]*proposal
	policies  map[string]*ipsecPolicy
	gateways  map[string]*gateway
	vpns      map[string]*vpn
	order     []string // VPNs
}

type proposal struct{ protocol, encryption, integrity string }

type ipsecPolicy struct {
	proposals  []string
	predefined string // set of proposals
	pfs        string
}

type gateway struct{ address, local, external string }

type vpn struct {
	bind, gateway, policy string
	line, last            int
}

func newVPNModel() vpnModel {
	return vpnModel{proposals: map[string]*proposal{}, policies: map[string]*ipsecPolicy{}, gateways: map[string]*gateway{}, vpns: map[string]*vpn{}}
}

// at is the value of a key, which is made when it is not there.
func at[T any](m map[string]*T, key string) *T {
	v := m[key]
	if v == nil {
		v = new(T)
		m[key] = v
	}
	return v
}

// line reads a statement below `security ike` or `security ipsec`. Those about
// keys are passed over unseen.
func (v *vpnModel) line(path []string, line int) bool {
	if len(path) < 4 {
		return true
	}
	kind, name, key, value := path[1], path[2], path[3], ""
	if len(path) > 4 {
		value = path[4]
	}
	switch path[0] + " " + kind {
	case "ike gateway":
		at(v.gateways, name).set(key, value)
	case "ipsec proposal":
		at(v.proposals, name).set(key, value)
	case "ipsec policy":
		at(v.policies, name).set(key, path[4:])
	case "ipsec vpn":
		p := v.vpns[name]
		if p == nil {
			v.order = append(v.order, name)
			p = at(v.vpns, name)
			p.line = line
		}
		p.last = line
		return p.set(key, path[4:])
	}
	return true
}

func (g *gateway) set(key, value string) {
	switch key {
	case "address":
		if g.address == "" { // the others are tried when it does not answer
			g.address = value
		}
	case "local-address":
		g.local = value
	case "external-interface":
		g.external = value
	}
}

func (p *proposal) set(key, value string) {
	switch key {
	case "protocol":
		p.protocol = value
	case "encryption-algorithm":
		p.encryption = value
	case "authentication-algorithm":
		p.integrity = value
	}
}

func (p *ipsecPolicy) set(key string, rest []string) {
	switch {
	case len(rest) == 0:
	case key == "proposals":
		p.proposals = append(p.proposals, rest[0])
	case key == "proposal-set":
		p.predefined = rest[0]
	case key == "perfect-forward-secrecy" && len(rest) > 1:
		p.pfs = rest[1]
	}
}

func (v *vpn) set(key string, rest []string) bool {
	switch {
	case len(rest) == 0:
	case key == "bind-interface":
		v.bind = rest[0]
	case key == "ike" && rest[0] == "gateway" && len(rest) > 1:
		v.gateway = rest[1]
	case key == "ike" && rest[0] == "ipsec-policy" && len(rest) > 1:
		v.policy = rest[1]
	case key == "manual":
		return false // keys set by hand: not modelled
	}
	return true
}

// finishVPN makes a profile of each VPN, under its name, and ties it to its
// tunnel interface.
func (m *model) finishVPN() {
	for _, name := range m.vpn.order {
		v := m.vpn.vpns[name]
		m.out.IPsec = append(m.out.IPsec, m.vpn.profile(name, v))
		if v.bind == "" {
			continue
		}
		i := m.configOf(v.bind, v.line)
		i.TunnelMode, i.TunnelProfile = tunnelMode(v.bind), name
		if g := m.vpn.gateways[v.gateway]; g != nil {
			i.TunnelDestination, _ = netip.ParseAddr(g.address)
			i.TunnelSource = g.local
			if i.TunnelSource == "" {
				i.TunnelSource = g.external
			}
			i.TunnelVRF = m.vrf(g.external)
		}
	}
}

// profile is what a VPN may negotiate. A proposal of ESP without a cipher is kept
// as "null", which is what it means.
func (v *vpnModel) profile(name string, of *vpn) snapshot.IPsecProfile {
	p := snapshot.IPsecProfile{Name: name, Line: of.line, LastLine: of.last}
	policy := v.policies[of.policy]
	if policy == nil {
		return p
	}
	p.PFS = policy.pfs
	if policy.predefined != "" {
		p.Encryption = append(p.Encryption, "proposal-set "+policy.predefined)
	}
	for _, name := range policy.proposals {
		q := v.proposals[name]
		switch {
		case q == nil:
			continue
		case q.encryption != "":
			p.Encryption = append(p.Encryption, q.encryption)
		default:
			p.Encryption = append(p.Encryption, "null")
		}
		if q.integrity != "" {
			p.Integrity = append(p.Integrity, q.integrity)
		}
	}
	return p
}

// vrf is the VRF of an interface.
func (m *model) vrf(name string) string {
	if v := m.vrfOf[name]; v != "" {
		return v
	}
	return "default"
}

// configOf is what is configured on an interface.
func (m *model) configOf(name string, line int) *snapshot.InterfaceConfig {
	i, ok := m.interfaces[name]
	if !ok {
		i = len(m.out.Interfaces)
		m.interfaces[name] = i
		m.out.Interfaces = append(m.out.Interfaces, snapshot.InterfaceConfig{Name: name, Line: line})
	}
	c := &m.out.Interfaces[i]
	c.LastLine = max(c.LastLine, line)
	return c
}

// interfaceLine reads a statement below `interfaces`.
func (m *model) interfaceLine(path []string, line int) bool {
	if len(path) < 2 {
		return true
	}
	name := path[0]
	if path[1] == "disable" {
		m.configOf(name, line).Shutdown = true
		return true
	}
	if path[1] != "unit" || len(path) < 3 {
		return true
	}
	c := m.configOf(name+"."+path[2], line)
	rest := path[3:]
	switch {
	case len(rest) == 0:
	case rest[0] == "disable":
		c.Shutdown = true
	case rest[0] == "tunnel" && len(rest) > 2:
		return tunnel(c, rest[1:])
	case rest[0] == "family" && len(rest) > 3 && strings.HasPrefix(rest[1], "inet"):
		return m.family(c, rest[2:], line)
	}
	return true
}

// tunnel reads the end points of a GRE or IP-in-IP tunnel.
func tunnel(c *snapshot.InterfaceConfig, path []string) bool {
	c.TunnelMode = tunnelMode(c.Name)
	switch path[0] {
	case "source":
		c.TunnelSource = path[1]
	case "destination":
		a, err := netip.ParseAddr(path[1])
		c.TunnelDestination = a
		return err == nil
	case "routing-instance":
		if len(path) > 2 {
			c.TunnelVRF = path[2]
		}
	}
	return true
}

// family reads addresses, and filters that may send packets elsewhere.
func (m *model) family(c *snapshot.InterfaceConfig, path []string, line int) bool {
	switch path[0] {
	case "address":
		p, err := netip.ParsePrefix(path[1])
		if err == nil && m.first("address", c.Name, p.String()) {
			c.Addrs = append(c.Addrs, p)
		}
		return err == nil
	case "filter":
		if len(path) > 2 && strings.HasPrefix(path[1], "input") {
			m.filtered = append(m.filtered, statement{[]string{c.Name, path[2]}, line})
		}
	}
	return true
}

// firewall notes the filters that choose a routing instance or a next hop.
func (m *model) firewall(path []string) {
	i := slices.Index(path, "filter")
	then := slices.Index(path, "then")
	if i < 0 || i+1 >= len(path) || then < 0 || then+1 >= len(path) {
		return
	}
	switch path[then+1] {
	case "routing-instance", "next-ip", "next-ip6", "next-interface", "next-hop-group":
		m.filters[path[i+1]] = true
	}
}

// macsecLine reads a statement below `security macsec`. Keys are passed over.
func (m *model) macsecLine(path []string, line int) bool {
	switch {
	case len(path) > 3 && path[0] == "interfaces" && path[2] == "connectivity-association":
		m.secured = append(m.secured, statement{[]string{path[1], path[3]}, line})
	case len(path) > 2 && path[0] == "connectivity-association":
		if policy := path[len(path)-1]; policy == "must-secure" || policy == "should-secure" {
			m.macsec[path[1]] = policy
		}
	}
	return true
}

// finishInterfaces joins what other blocks say of interfaces.
func (m *model) finishInterfaces() {
	for _, s := range m.secured {
		c := m.configOf(s.path[0], s.line)
		c.MACsec, c.MACsecPolicy = true, m.macsec[s.path[1]]
	}
	for _, s := range m.filtered {
		if m.filters[s.path[1]] {
			m.configOf(s.path[0], s.line).PolicyRoute = s.path[1]
		}
	}
	for i := range m.out.Interfaces {
		c := &m.out.Interfaces[i]
		c.VRF = m.vrf(c.Name)
		if physical, _, ok := strings.Cut(c.Name, "."); ok {
			if p, ok := m.interfaces[physical]; ok {
				c.Shutdown = c.Shutdown || m.out.Interfaces[p].Shutdown
			}
		}
	}
}
