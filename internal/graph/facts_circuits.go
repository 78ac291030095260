package graph

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// CircuitLink is one link of a circuit's private peering: what the premises offer
// Azure over it, and what they take from there.
type CircuitLink struct {
	ID      string `json:"id"` // peering/CIRCUIT-primary
	Circuit string `json:"circuit"`
	// Offered are the prefixes of the premises that Microsoft's edge router has from
	// the customer, without the tunnels' end points. Unoffered says why they are not
	// known.
	Offered   []string `json:"offered"`
	Unoffered string   `json:"unoffered,omitempty"`
	// Accepted are Azure's prefixes that the router has from Microsoft, but for what
	// leads to the GatewaySubnet only. Unaccepted says why they are not known.
	Accepted   []string      `json:"accepted"`
	Unaccepted string        `json:"unaccepted,omitempty"`
	Evidence   []finding.Ref `json:"evidence"`
}

// circuitLinks are those of all circuits with two links.
func (g *Graph) circuitLinks() []CircuitLink {
	out := []CircuitLink{}
	for _, p := range g.peerings {
		twin := slices.ContainsFunc(g.peerings, func(o *peering) bool { return o != p && o.circuit == p.circuit })
		if twin {
			out = append(out, g.circuitLink(p))
		}
	}
	return out
}

func (g *Graph) circuitLink(p *peering) CircuitLink {
	out := CircuitLink{ID: p.id, Circuit: "circuit/" + p.circuit.Name, Evidence: []finding.Ref{ref(p.circuit.Ref)}}
	if !p.table.Whole() {
		out.Unoffered = "the route table of " + p.msee + " was not read whole"
	}
	ends, hidden := g.endpoints(), g.hiddenEnd()
	for _, row := range p.table.Routes {
		theirs := row.NextHop == p.customer || row.NextHop == p.customer6
		if !theirs || isEnd(ends, row.Prefix) || !g.onPremises(row.Prefix) || slices.Contains(out.Offered, row.Prefix.String()) {
			continue
		}
		if row.Prefix.IsSingleIP() && hidden != "" {
			out.Unoffered = cmp.Or(out.Unoffered, row.Prefix.Addr().String()+" may be the end point of a tunnel: "+hidden)
			continue
		}
		out.Offered = append(out.Offered, row.Prefix.String())
		out.Evidence = append(out.Evidence, ref(row.Ref))
	}
	if p.router == nil || !p.router.snap.BGP.Whole() {
		out.Unaccepted = "the BGP table of the router at the customer's end was not read whole"
		return out
	}
	for i := range p.router.snap.BGP.Paths {
		path := &p.router.snap.BGP.Paths[i]
		if path.NextHop != p.ms.String() && path.NextHop != text(p.ms6) || path.Internal || !g.inAzure(path.Prefix) || slices.Contains(out.Accepted, path.Prefix.String()) {
			continue
		}
		out.Accepted = append(out.Accepted, path.Prefix.String())
		out.Evidence = append(out.Evidence, finding.Ref{Item: cmp.Or(path.Item, p.router.snap.BGP.Item), Line: path.Line})
	}
	slices.Sort(out.Offered)
	slices.Sort(out.Accepted)
	return out
}

// isEnd reports whether a prefix is a single end point of a tunnel.
func isEnd(ends []span, p netip.Prefix) bool {
	return p.IsSingleIP() && slices.ContainsFunc(ends, func(s span) bool { return s.lo == p.Addr() })
}

// onPremises reports whether a prefix leads to a site.
func (g *Graph) onPremises(p netip.Prefix) bool {
	return slices.ContainsFunc(g.sites, func(s site) bool {
		return slices.ContainsFunc(s.set, func(q netip.Prefix) bool { return q.Overlaps(p) })
	})
}

// inAzure reports whether a prefix leads to subnets that are no GatewaySubnet.
func (g *Graph) inAzure(p netip.Prefix) bool {
	return slices.ContainsFunc(g.subnets, func(s *subnet) bool {
		return !g.isGatewaySubnet(s) && slices.ContainsFunc(s.Prefixes, func(q netip.Prefix) bool { return q.Overlaps(p) })
	})
}

// CircuitMACsec is what protects a circuit by MACsec: of a provider's circuit,
// nothing can (expressroute-about-encryption).
type CircuitMACsec struct {
	ID string `json:"id"` // circuit/NAME
	// Demanded is whether the operator demands MACsec, and takes nothing else, of
	// traffic.
	Demanded bool   `json:"demanded"`
	Direct   bool   `json:"direct"`
	Status   string `json:"status"` // of the port's links, on ExpressRoute Direct
	// Links are those of the port, normally two.
	Links    []PortLink    `json:"links"`
	Evidence []finding.Ref `json:"evidence"`
}

// PortLink is a physical link of an ExpressRoute Direct port.
type PortLink struct {
	Name   string `json:"name"`
	Admin  string `json:"admin"` // Enabled, Disabled
	CKN    bool   `json:"ckn"`
	CAK    bool   `json:"cak"`
	Cipher string `json:"cipher,omitempty"`
}

// circuitMACsecs are those of all circuits.
func (g *Graph) circuitMACsecs() []CircuitMACsec {
	out := []CircuitMACsec{}
	only := func(list []string) bool { return len(list) == 1 && list[0] == "macsec" }
	demanded := only(g.snap.Scope.Require) || slices.ContainsFunc(g.snap.Scope.Protected, func(p snapshot.Protected) bool { return only(p.Require) })
	for i := range g.snap.Azure.Circuits {
		c := &g.snap.Azure.Circuits[i]
		m := CircuitMACsec{ID: "circuit/" + c.Name, Demanded: demanded, Direct: c.Port != "", Status: wasNotRead, Evidence: []finding.Ref{ref(c.Ref)}}
		for _, port := range g.snap.Azure.Ports {
			if !strings.EqualFold(port.ID, c.Port) {
				continue
			}
			if port.Links.Whole() {
				m.Status = wasRead
			}
			for _, l := range port.Links.Links {
				m.Links = append(m.Links, PortLink{l.Name, l.Admin, l.MACsec.CKN != "", l.MACsec.CAK != "", l.MACsec.Cipher})
				m.Evidence = append(m.Evidence, ref(l.Ref))
			}
		}
		out = append(out, m)
	}
	return out
}
