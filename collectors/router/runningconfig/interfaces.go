package runningconfig

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// startInterface reads an interface. Most of its statements are of no concern;
// of those that start like one that is, every one must be understood.
func (t *reader) startInterface(l line) block {
	words := l.words[1:]
	if len(words) > 0 && words[0] == "preconfigure" {
		words = words[1:]
	}
	if len(words) == 0 {
		t.miss(l)
		return block{}
	}
	c := &snapshot.InterfaceConfig{Name: words[0], VRF: "default", Line: l.number, LastLine: l.number}
	if len(words) > 1 && strings.Trim(words[1], "0123456789/.:") == "" { // "Tunnel 1"
		c.Name += words[1]
	}
	if t.dialect == FRR && len(words) == 3 && words[1] == "vrf" {
		c.VRF = words[2]
	}
	if t.repeated("interface " + c.Name) {
		t.miss(l)
	}
	t.interfaces = append(t.interfaces, c)
	return block{last: &c.LastLine, read: func(l line) block {
		if !t.interfaceLine(l, c) {
			t.miss(l)
		}
		return block{}
	}}
}

func (t *reader) interfaceLine(l line, c *snapshot.InterfaceConfig) bool {
	switch w := l.words; {
	case l.text == "shutdown":
		c.Shutdown = true
	case l.text == "no shutdown":
		c.Shutdown = false
	case l.starts("ip", "address"), l.starts("ipv4", "address"), l.starts("ipv6", "address"):
		return !t.repeated(c.Name+" "+l.text) && address(w[2:], c)
	case w[0] == "vrf" && len(w) == 2:
		c.VRF = w[1]
	case l.starts("vrf", "forwarding"), l.starts("vrf", "member"), l.starts("ip", "vrf", "forwarding"):
		c.VRF = w[len(w)-1]
	case w[0] == "vrf":
		return false
	case w[0] == "tunnel":
		return tunnel(l, c)
	case (w[0] == "ip" || w[0] == "ipv6") && len(w) > 1 && w[1] == "policy":
		c.PolicyRoute = w[len(w)-1]
		return len(w) == 4 && w[2] == "route-map"
	case l.starts("service-policy", "type", "pbr"), w[0] == "pbr-policy":
		c.PolicyRoute = w[len(w)-1]
	case w[0] == "macsec", w[0] == "mka", l.starts("mac", "security"):
		return macsecLine(l, c)
	}
	return true
}

// address reads "10.0.0.1 255.255.255.0", "10.0.0.1/24" and IPv6 addresses. An
// address that is not written down (DHCP), or another interface's, is none.
func address(w []string, c *snapshot.InterfaceConfig) bool {
	if len(w) > 1 && w[0] == "virtual" {
		w = w[1:]
	}
	if len(w) == 0 {
		return false
	}
	switch w[0] {
	case "dhcp", "negotiated", "autoconf", "autoconfig", "use-link-local-only", "pool", "unnumbered":
		return true
	}
	if p, err := netip.ParsePrefix(w[0]); err == nil {
		c.Addrs = append(c.Addrs, p)
		return true
	}
	if len(w) > 1 {
		if p, ok := show.Masked(w[0], w[1]); ok {
			c.Addrs = append(c.Addrs, p)
			return true
		}
		if a, err := netip.ParseAddr(w[0]); err == nil && w[1] == "link-local" {
			c.Addrs = append(c.Addrs, netip.PrefixFrom(a, 64))
			return true
		}
	}
	_, err := netip.ParseAddr(w[0])
	return err == nil && len(w) == 1
}

func tunnel(l line, c *snapshot.InterfaceConfig) bool {
	w := l.words
	if len(w) < 3 {
		return len(w) == 2 && w[1] == "path-mtu-discovery"
	}
	switch w[1] {
	case "source":
		c.TunnelSource = l.after(2)
		if t, _, ok := strings.Cut(c.TunnelSource, " "); ok && w[2] != "interface" {
			_, err := netip.ParseAddr(t)
			return err != nil // an interface whose name has a blank
		}
		c.TunnelSource = strings.TrimPrefix(c.TunnelSource, "interface ")
	case "destination":
		a, err := netip.ParseAddr(w[2])
		c.TunnelDestination = a
		return err == nil
	case "mode":
		c.TunnelMode = l.after(2)
	case "vrf", "use-vrf":
		c.TunnelVRF = w[2]
	case "underlay":
		c.TunnelVRF = w[len(w)-1]
		return len(w) == 4 && w[2] == "vrf"
	case "protection":
		if !l.starts("tunnel", "protection", "ipsec", "profile") || len(w) < 5 {
			return false
		}
		c.TunnelProfile = w[4]
	case "ipsec":
		c.TunnelProfile = w[len(w)-1]
		return len(w) == 4 && w[2] == "profile"
	case "key", "ttl", "tos", "bandwidth", "checksum", "sequence-datagrams", "path-mtu-discovery", "mtu", "dont-fragment", "entropy", "vlan", "rate-limit":
	default:
		return false
	}
	return true
}

// macsecLine reads the MACsec of an interface. The name of a policy is kept and
// looked up when all policies were read.
func macsecLine(l line, c *snapshot.InterfaceConfig) bool {
	w := l.words
	c.MACsec = true
	for i := range len(w) - 1 {
		switch w[i] {
		case "access-control":
			c.MACsecPolicy = "=" + w[i+1]
		case "policy":
			if w[0] == "macsec" {
				c.MACsecPolicy = w[i+1]
			}
		case "profile":
			c.MACsecPolicy = w[i+1]
		}
	}
	if c.MACsecPolicy == "" && l.starts("macsec", "keychain") {
		c.MACsecPolicy = "system-default-macsec-policy"
	}
	switch w[0] {
	case "mka":
		return len(w) > 1 && (w[1] == "policy" || w[1] == "pre-shared-key" || w[1] == "default-policy" || w[1] == "suspendOnRequest" || w[1] == "suspendFor")
	case "mac":
		return l.starts("mac", "security", "profile") && len(w) == 4
	}
	if len(w) == 1 {
		return true
	}
	switch w[1] {
	case "access-control", "network-link", "dot1q-in-clear", "replay-protection", "keychain", "psk-keychain", "fallback-psk-keychain", "eap", "mkpdu":
		return true
	}
	return false
}

// macsecPolicy reads a MACsec policy of NX-OS or IOS-XR, for what it falls back
// to without a key.
func (t *reader) macsecPolicy(l line) block {
	name := ""
	switch {
	case l.starts("macsec", "policy") && len(l.words) == 3:
		name = l.words[2]
	case l.words[0] == "macsec-policy" && len(l.words) == 2:
		name = l.words[1]
	default:
		return block{}
	}
	t.macsec[name] = ""
	if t.dialect == NXOS {
		t.macsec[name] = "should-secure" // what a policy has that says nothing
	}
	return block{read: func(l line) block {
		if l.words[0] == "security-policy" {
			t.macsec[name] = l.words[len(l.words)-1]
		}
		return block{}
	}}
}

// macSecurity reads the MACsec profiles of EOS.
func (t *reader) macSecurity(l line) block {
	if !l.starts("mac", "security") {
		return block{}
	}
	return block{read: func(l line) block {
		if l.words[0] != "profile" || len(l.words) != 2 {
			return block{}
		}
		name := l.words[1]
		t.macsec[name] = ""
		return block{read: func(l line) block {
			switch {
			case l.starts("traffic", "unprotected", "drop"):
				t.macsec[name] = "must-secure"
			case l.starts("traffic", "unprotected", "allow"):
				t.macsec[name] = "should-secure"
			}
			return block{}
		}}
	}}
}
