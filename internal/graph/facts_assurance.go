package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// TunnelTraffic is what a tunnel that Azure calls connected has carried. Idle is
// whether nothing came through in a direction: yes, no or unknown, and then Why.
// Counters says what was counted.
type TunnelTraffic struct {
	ID       string        `json:"id"`
	Idle     string        `json:"idle"`
	Counters string        `json:"counters,omitempty"`
	Why      string        `json:"why,omitempty"`
	Evidence []finding.Ref `json:"evidence"`
}

// NetworkEncryption is a virtual network whose own encryption is on, which
// protects what its machines say to each other and nothing else. Status is
// "missing" for a network that was not read.
type NetworkEncryption struct {
	ID          string        `json:"id"`
	Status      string        `json:"status"`
	Enforcement string        `json:"enforcement"`
	Subnets     []string      `json:"subnets"`
	Evidence    []finding.Ref `json:"evidence"`
}

// MACsecEnd is the router's end of a link of ExpressRoute Direct, or of a circuit
// that was not read. Status is "missing" where its MACsec state was not read. Policy is "must-secure" or
// "should-secure", empty where it is not known, and Offset how many bytes of each
// frame's payload stay in clear.
type MACsecEnd struct {
	ID        string        `json:"id"`
	Router    string        `json:"router,omitempty"`
	Interface string        `json:"interface,omitempty"`
	Status    string        `json:"status"`
	Policy    string        `json:"policy,omitempty"`
	Offset    int64         `json:"offset"`
	Evidence  []finding.Ref `json:"evidence"`
}

// WANEncryption is a virtual WAN, and whether its VPN gateways' tunnels encrypt
// what they carry. Status is "missing" for a virtual WAN that was not read.
type WANEncryption struct {
	ID        string        `json:"id"`
	Status    string        `json:"status"`
	Encrypted bool          `json:"encrypted"`
	Gateways  []string      `json:"gateways"` // the VPN gateways of its hubs
	Evidence  []finding.Ref `json:"evidence"`
}

// tunnelTraffics are those of all tunnels that are connected.
func (g *Graph) tunnelTraffics() []TunnelTraffic {
	out := []TunnelTraffic{}
	for _, t := range g.tunnels {
		if strings.EqualFold(t.conn.Status, "Connected") {
			out = append(out, t.traffic())
		}
	}
	return out
}

// traffic is what Azure counted in the tunnel, or else on the whole connection, or
// else what the router counted in its security associations.
func (t *tunnel) traffic() TunnelTraffic {
	out := TunnelTraffic{ID: t.id, Idle: mayBeSo, Evidence: []finding.Ref{ref(t.conn.Ref)}}
	counted := t.conn.TunnelBytes
	if i := slices.IndexFunc(t.conn.Tunnels, func(s snapshot.TunnelStatus) bool { return strings.HasSuffix(s.Name, "_"+text(t.remote)) }); i >= 0 {
		counted = &t.conn.Tunnels[i].Bytes
	}
	if counted != nil {
		out.Idle = yesNo(counted.Ingress == 0 || counted.Egress == 0)
		out.Counters = fmt.Sprintf("Azure counted %d bytes in and %d out", counted.Ingress, counted.Egress)
		return out
	}
	in, inKnown := t.packets(true)
	sent, outKnown := t.packets(false)
	if !inKnown || !outKnown {
		out.Why = "neither Azure nor the router counts what it carries"
		return out
	}
	sas := t.router.snap.IPsec.SAs
	out.Idle = yesNo(in == 0 || sent == 0)
	out.Counters = fmt.Sprintf("%s counted %d packets in and %d out", t.router.id, in, sent)
	out.Evidence = append(out.Evidence, finding.Ref{Item: sas.Item})
	return out
}

// packets is what the router's associations of the tunnel counted in a direction.
func (t *tunnel) packets(inbound bool) (n uint64, known bool) {
	if t.router == nil {
		return 0, false
	}
	for _, sa := range t.router.snap.IPsec.SAs.SAs {
		if t.owns(sa) && sa.Up && sa.Inbound == inbound && sa.Packets != nil {
			n, known = n+*sa.Packets, true
		}
	}
	return n, known
}

// networkEncryptions are the virtual networks whose own encryption is on.
func (g *Graph) networkEncryptions() []NetworkEncryption {
	out := []NetworkEncryption{}
	for i := range g.snap.Azure.VNets {
		v := &g.snap.Azure.VNets[i]
		if !v.Encryption.Enabled {
			continue
		}
		n := NetworkEncryption{ID: "vnet/" + v.Name, Status: wasRead, Enforcement: cmp.Or(v.Encryption.Enforcement, "not given"), Evidence: []finding.Ref{ref(v.Ref)}}
		for _, s := range g.subnets {
			if s.vnet == v {
				n.Subnets = append(n.Subnets, s.id)
			}
		}
		out = append(out, n)
	}
	for _, u := range g.unreadNetworks() {
		out = append(out, NetworkEncryption{ID: u.id, Status: wasNotRead, Evidence: []finding.Ref{u.ref}})
	}
	return out
}

// macsecEnds are the routers' ends of the links of ExpressRoute Direct on which
// Azure or the router has MACsec.
func (g *Graph) macsecEnds() []MACsecEnd {
	out := []MACsecEnd{}
	for _, p := range g.peerings {
		if p.circuit.Port == "" || p.protect == "none" {
			continue
		}
		e := MACsecEnd{ID: p.id, Status: wasNotRead, Evidence: []finding.Ref{ref(p.circuit.Ref)}}
		if p.router != nil {
			e.Router = p.router.id
			e.of(p)
		}
		out = append(out, e)
	}
	for _, c := range g.unreadCircuits() {
		out = append(out, MACsecEnd{ID: c.id, Status: wasNotRead, Evidence: []finding.Ref{c.ref}})
	}
	return out
}

// of adds what the router says of MACsec on the link's interface and what it has
// configured there.
func (e *MACsecEnd) of(p *peering) {
	r := p.router.snap
	if l := p.macsec(); l != nil {
		e.Status, e.Interface, e.Policy = wasRead, l.Interface, l.Policy
		e.Evidence = append(e.Evidence, finding.Ref{Item: cmp.Or(l.Item, r.MACsec.Item), Line: l.Line, LastLine: l.LastLine})
		if l.ConfidentialityOffset != nil {
			e.Offset = int64(*l.ConfidentialityOffset)
		}
	}
	for _, i := range r.Ports.Interfaces {
		port, _, _ := strings.Cut(i.Name, ".")
		for _, c := range r.Config.Interfaces {
			if p.isOn(i) && (c.Name == i.Name || c.Name == port) && c.MACsec {
				e.Status, e.Interface, e.Policy = wasRead, cmp.Or(e.Interface, c.Name), cmp.Or(e.Policy, c.MACsecPolicy)
				e.Evidence = append(e.Evidence, finding.Ref{Item: r.Config.Item, Line: c.Line, LastLine: c.LastLine})
			}
		}
	}
}

// isOn reports whether an interface has the customer's address of the link.
func (p *peering) isOn(i snapshot.Interface) bool {
	for _, a := range i.Addrs {
		if p.isCustomer(a.Addr()) {
			return true
		}
	}
	return false
}

// wanEncryptions are those of all virtual WANs, also of those that only hubs name.
func (g *Graph) wanEncryptions() []WANEncryption {
	out := []WANEncryption{}
	at := make(map[string]int)
	for _, w := range g.snap.Azure.WANs {
		at[w.ID] = len(out)
		out = append(out, WANEncryption{ID: "wan/" + w.Name, Status: wasRead, Encrypted: !w.Unencrypted, Evidence: []finding.Ref{ref(w.Ref)}})
	}
	for _, h := range g.snap.Azure.Hubs {
		if h.WAN == "" || h.VPNGateway == "" {
			continue
		}
		i, ok := at[h.WAN]
		if !ok {
			i = len(out)
			at[h.WAN] = i
			out = append(out, WANEncryption{ID: "wan/" + lastOf(h.WAN), Status: wasNotRead})
		}
		out[i].Gateways = append(out[i].Gateways, "gateway/"+lastOf(h.VPNGateway))
		out[i].Evidence = append(out[i].Evidence, ref(h.Ref))
	}
	return out
}
