package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// protection grades a tunnel by what both ends say of it: Azure by the
// connection's status and policy, the router by its security associations. Ends
// that contradict each other prove nothing.
func protection(t *tunnel) (protect, grade string) {
	for _, p := range t.conn.Policies {
		if strings.EqualFold(p.IPsecEncryption, "None") {
			return "none", "null cipher: the connection's policy negotiates IPsec without encryption"
		}
	}
	connected := strings.EqualFold(t.conn.Status, "Connected")
	state := t.conn.Status
	if state == "" {
		state = "nothing"
	}
	router, why := t.associations()
	switch {
	case router == saNull:
		return "none", why
	case router == saDown && connected:
		return "unknown", "contradicted: Azure reports Connected, but " + why
	case router == saUp && !connected:
		return "unknown", "contradicted: Azure reports " + state + " for its status, but " + why
	case !connected:
		return "unknown", "configured; Azure reports " + state + " for its status"
	case router == saUnknown:
		return "unknown", "Azure reports Connected, but " + why
	}
	grade = "negotiated: Azure reports Connected"
	if router == saUp {
		grade += ", " + why
	}
	if t.router != nil {
		for _, p := range t.router.snap.Sessions.Peers {
			if p.Addr == t.peer && p.State == "Established" {
				grade += fmt.Sprintf(", and %s has BGP Established across it", t.router.snap.Name)
			}
		}
	}
	if b := t.conn.TunnelBytes; b != nil && b.Egress > 0 && b.Ingress > 0 {
		grade += fmt.Sprintf("; carrying (%d bytes in, %d out)", b.Ingress, b.Egress)
	}
	return "ipsec", grade
}

// saState is what a router's security associations say of a tunnel.
type saState int

const (
	saSilent  saState = iota // the platform has no command that lists them
	saUnknown                // it has, and they were not read
	saDown
	saNull
	saUp
)

// associations grades the router's end: both directions need an association
// that is up and encrypts. Counters prove nothing, since some platforms count
// packets as encrypted under ESP-NULL; the transform decides.
func (t *tunnel) associations() (state saState, why string) {
	if t.router == nil {
		return saSilent, ""
	}
	name, table := t.router.snap.Name, t.router.snap.IPsec.SAs
	if table.Status == snapshot.Missing && !listsAssociations(t.router.snap.Platform) {
		return saSilent, ""
	}
	up := map[bool]string{}
	for _, sa := range table.SAs {
		if !t.owns(sa) || sa.SPI == 0 || !sa.Up {
			continue
		}
		if sa.Null {
			return saNull, fmt.Sprintf("null cipher: %s's security association (line %d) is %s, which does not encrypt", name, sa.Line, cmp.Or(sa.Transform, "without encryption"))
		}
		up[sa.Inbound] = cmp.Or(sa.Transform, sa.Encryption)
	}
	if len(up) == 2 {
		return saUp, fmt.Sprintf("%s has security associations both ways (%s)", name, up[false])
	}
	if !table.Whole() {
		return saUnknown, name + "'s security associations were not read whole; collect its IPsec security associations"
	}
	if len(up) == 1 {
		return saDown, name + " has a security association in one direction only"
	}
	return saDown, name + " has no security association that is up"
}

// owns reports whether an association is of the tunnel: of its interface where
// the platform tells, else of its end points.
func (t *tunnel) owns(sa snapshot.IPsecSA) bool {
	if sa.Interface != "" && t.iface != "" && sa.Interface == t.iface {
		return true
	}
	return sa.Local == t.local && sa.Remote == t.remote && t.local.IsValid()
}

// listsAssociations reports whether a platform has a command that lists IPsec
// security associations. FRR's shell has none: there, Azure's word stands alone.
func listsAssociations(platform string) bool {
	return slices.Contains([]string{"cisco_ios", "juniper_junos", "arista_eos"}, platform)
}
