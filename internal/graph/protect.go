package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// protection grades a tunnel by what both ends say of it: Azure by the
// connection's status and policy, the router by its security associations. Ends
// that contradict each other prove nothing.
func (g *Graph) protection(t *tunnel) (protect, grade string) {
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
	if why := g.flapped(t); why != "" {
		return "unknown", why
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

// flapped says that the BGP session in a tunnel came up while the evidence was
// being collected: tables read before and after do not belong together.
func (g *Graph) flapped(t *tunnel) string {
	if t.router == nil {
		return ""
	}
	since, ok := g.cameUp(t.router, t.peer)
	if !ok {
		return ""
	}
	return fmt.Sprintf("not coherent: the BGP session across it came up %s before it was read, while the evidence was being collected; collect again", since)
}

// cameUp reports whether a router's session came up while the evidence was being
// collected, and how long before it was read.
func (g *Graph) cameUp(r *router, peer netip.Addr) (since time.Duration, ok bool) {
	var first, read time.Time
	for _, it := range g.snap.Items {
		if it.At.IsZero() {
			continue
		}
		if first.IsZero() || it.At.Before(first) {
			first = it.At
		}
		if it.Path == r.snap.Sessions.Item {
			read = it.At
		}
	}
	for _, p := range r.snap.Sessions.Peers {
		if p.Addr == peer && p.State == "Established" && p.Since > 0 && !read.IsZero() && read.Add(-p.Since).After(first) {
			return p.Since, true
		}
	}
	return 0, false
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
	idle := true // each has a counter, at zero
	var narrow *snapshot.IPsecSA
	for i, sa := range table.SAs {
		if !t.owns(sa) || sa.SPI == 0 || !sa.Up {
			continue
		}
		if sa.Narrow != "" && !t.outer(sa) {
			narrow = &table.SAs[i]
		}
		if sa.Null {
			return saNull, fmt.Sprintf("null cipher: %s's security association (line %d) is %s, which does not encrypt", name, sa.Line, cmp.Or(sa.Transform, "without encryption"))
		}
		idle = idle && sa.Packets != nil && *sa.Packets == 0
		up[sa.Inbound] = cmp.Or(sa.Transform, sa.Encryption)
	}
	if len(up) == 2 {
		if narrow != nil {
			return saUnknown, fmt.Sprintf("%s's security association (line %d) takes only %s, and which packets of a pair those are is not followed", name, narrow.Line, narrow.Narrow)
		}
		why = fmt.Sprintf("%s has security associations both ways (%s)", name, up[false])
		if idle {
			why += " and has counted no packet in them"
		}
		return saUp, why
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

// portProtection grades a link of ExpressRoute Direct by both ends: the MACsec
// that Azure configures on the port's link, and what the router says of its own
// interface, nil when it says nothing. MACsec covers the hop between the
// customer's port and Microsoft's and nothing beyond it
// (expressroute-about-encryption).
func (g *Graph) portProtection(port string, link int, router *snapshot.MACsecLink) (protect, grade string) {
	i := slices.IndexFunc(g.snap.Azure.Ports, func(p snapshot.ERPort) bool { return strings.EqualFold(p.ID, port) })
	if i < 0 {
		return "unknown", "ExpressRoute Direct: the MACsec state of the port was not read"
	}
	p := g.snap.Azure.Ports[i]
	if !p.Links.Whole() || link >= len(p.Links.Links) {
		return "unknown", "ExpressRoute Direct: the links of port " + p.Name + " were not read whole"
	}
	l := p.Links.Links[link]
	end := l.Name + " of port " + p.Name
	switch {
	case !l.MACsec.On() && router != nil && router.Secured:
		return "unknown", "contradicted: the router has MACsec secured on " + router.Interface + ", but Azure has none on " + end
	case !l.MACsec.On():
		return "none", "ExpressRoute Direct without MACsec on " + end
	case router == nil:
		return "unknown", "MACsec is configured on Azure's end, " + end + "; the router's end was not read"
	case !router.Secured:
		return "unknown", "contradicted: MACsec is configured on Azure's end, " + end + ", but the router says of " + router.Interface + ": " + router.State
	}
	grade = "MACsec is secured on " + router.Interface + " and configured on " + end
	if router.Cipher != "" {
		grade += " (" + router.Cipher + ")"
	}
	if o := router.ConfidentialityOffset; o != nil && *o > 0 {
		grade += fmt.Sprintf("; the first %d bytes of each frame stay in clear", *o)
	}
	if router.Policy == "should-secure" {
		grade += "; should-secure: without a peer it falls back to clear"
	}
	return "macsec", grade
}

// macsec is what the router says of MACsec on the link's interface, or on the
// port that it is a subinterface of.
func (p *peering) macsec() *snapshot.MACsecLink {
	if p.router == nil {
		return nil
	}
	for _, i := range p.router.snap.Ports.Interfaces {
		if !slices.ContainsFunc(i.Addrs, func(a netip.Prefix) bool { return a.Addr() == p.customer }) {
			continue
		}
		port, _, _ := strings.Cut(i.Name, ".")
		for j := range p.router.snap.MACsec.Links {
			if l := &p.router.snap.MACsec.Links[j]; l.Interface == i.Name || l.Interface == port {
				return l
			}
		}
	}
	return nil
}
