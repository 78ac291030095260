package graph

import (
	"cmp"
	"fmt"
	"maps"
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
	// the customer, without the tunnels' end points and what is exempt from
	// protection. Unoffered says why they are not known: a session that is down shows
	// no filter.
	Offered   []string `json:"offered"`
	Unoffered string   `json:"unoffered,omitempty"`
	// Accepted are Azure's prefixes that the router has from Microsoft, but for what
	// leads to the GatewaySubnet only and what is exempt. Unaccepted says why they are
	// not known.
	Accepted   []string      `json:"accepted"`
	Unaccepted string        `json:"unaccepted,omitempty"`
	Evidence   []finding.Ref `json:"evidence"`
}

// circuitLinks are those of all circuits with two links. cs are the classes, which
// show what is exempt.
func (g *Graph) circuitLinks(cs []Class) []CircuitLink {
	out := []CircuitLink{}
	onprem, azure := side{all: g.premises()}, side{all: g.azureSpace()}
	if len(g.snap.Scope.Exempt) > 0 {
		onprem.exempt, onprem.protected = divide(cs, onPremSide)
		azure.exempt, azure.protected = divide(cs, azureSide)
	}
	for _, p := range g.peerings {
		twin := slices.ContainsFunc(g.peerings, func(o *peering) bool { return o != p && o.circuit == p.circuit })
		if !twin {
			continue
		}
		l := CircuitLink{ID: p.id, Circuit: "circuit/" + p.circuit.Name, Evidence: []finding.Ref{ref(p.circuit.Ref)}}
		if why, at := p.down(); why != "" {
			l.Unoffered, l.Unaccepted = why, why
			l.Evidence = append(l.Evidence, at)
		} else {
			g.offered(&l, p, onprem)
			g.accepted(&l, p, azure)
		}
		slices.Sort(l.Offered)
		slices.Sort(l.Accepted)
		out = append(out, l)
	}
	return out
}

// down says that the BGP session over the link is not up, by the router's word or
// by the edge router's, and where it is said.
func (p *peering) down() (why string, at finding.Ref) {
	const nothing = "the BGP session over it is not up (%s: %s), and shows nothing of filters"
	if p.router != nil {
		sessions := p.router.snap.Sessions
		for _, s := range sessions.Peers {
			if s.Addr == p.ms && s.State != "Established" {
				return fmt.Sprintf(nothing, p.router.id, cmp.Or(s.State, "no state")), finding.Ref{Item: cmp.Or(s.Item, sessions.Item), Line: s.Line, LastLine: s.LastLine}
			}
		}
	}
	for link := range p.circuit.Peering.Tables {
		if &p.circuit.Peering.Tables[link] != p.table {
			continue
		}
		for _, s := range p.circuit.Peering.Summaries[link].Sessions {
			if s.Neighbor == p.customer && s.Received == nil {
				return fmt.Sprintf(nothing, p.msee, cmp.Or(s.State, "no state")), ref(s.Ref)
			}
		}
	}
	return "", finding.Ref{}
}

// offered adds what Microsoft's edge router has of the premises over the link.
func (g *Graph) offered(out *CircuitLink, p *peering, premises side) {
	if !p.table.Whole() {
		out.Unoffered = "the route table of " + p.msee + " was not read whole"
	}
	ends, hidden := g.endpoints(), g.hiddenEnd()
	seen := make(map[netip.Prefix]bool)
	for _, row := range p.table.Routes {
		theirs := row.NextHop == p.customer || row.NextHop == p.customer6
		if !theirs || seen[row.Prefix] || isEnd(ends, row.Prefix) || !premises.has(row.Prefix) {
			continue
		}
		seen[row.Prefix] = true
		if row.Prefix.IsSingleIP() && hidden != "" {
			out.Unoffered = cmp.Or(out.Unoffered, row.Prefix.Addr().String()+" may be the end point of a tunnel: "+hidden)
			continue
		}
		out.Offered = append(out.Offered, row.Prefix.String())
		out.Evidence = append(out.Evidence, ref(row.Ref))
	}
}

// accepted adds what the router at the customer's end has of Azure over the link.
func (g *Graph) accepted(out *CircuitLink, p *peering, azure side) {
	if p.router == nil || !p.router.snap.BGP.Whole() {
		out.Unaccepted = "the BGP table of the router at the customer's end was not read whole"
		return
	}
	ms, ms6 := p.ms.String(), p.ms6.String() // of no address it is "invalid IP", which no next hop is
	seen := make(map[netip.Prefix]bool)
	for i := range p.router.snap.BGP.Paths {
		path := &p.router.snap.BGP.Paths[i]
		theirs := path.NextHop == ms || path.NextHop == ms6
		if !theirs || path.Internal || path.Stale || path.History || seen[path.Prefix] || !azure.has(path.Prefix) {
			continue
		}
		seen[path.Prefix] = true
		out.Accepted = append(out.Accepted, path.Prefix.String())
		out.Evidence = append(out.Evidence, finding.Ref{Item: cmp.Or(path.Item, p.router.snap.BGP.Item), Line: path.Line})
	}
}

// side is the address space of one side, and what of it is exempt from protection
// and what is not.
type side struct{ all, exempt, protected []span }

// divide divides the addresses of a side by whether any of their traffic is to be
// protected.
func divide(cs []Class, of func(Class) finding.Side) (exempt, protected []span) {
	for _, cl := range cs {
		if cl.Required.Exempt == "" {
			protected = append(protected, addressesOf(of(cl))...)
		} else {
			exempt = append(exempt, addressesOf(of(cl))...)
		}
	}
	return merge(exempt), merge(protected)
}

// has reports whether a prefix leads to addresses of the side, and not only to
// such of which nothing is to be protected.
func (s side) has(p netip.Prefix) bool {
	at := spanOf(p)
	return overlaps(s.all, at) && (!overlaps(s.exempt, at) || overlaps(s.protected, at))
}

func onPremSide(c Class) finding.Side { return c.OnPrem }

func azureSide(c Class) finding.Side { return c.Azure }

// isEnd reports whether a prefix is a single end point of a tunnel.
func isEnd(ends []span, p netip.Prefix) bool {
	return p.IsSingleIP() && slices.ContainsFunc(ends, func(s span) bool { return s.lo == p.Addr() })
}

// premises are the addresses of all sites.
func (g *Graph) premises() []span {
	var out []span
	for _, s := range g.sites {
		for _, p := range s.set {
			out = append(out, spanOf(p))
		}
	}
	return merge(out)
}

// azureSpace are the addresses of the subnets that are no GatewaySubnet.
func (g *Graph) azureSpace() []span {
	var out []span
	for _, s := range g.subnets {
		if g.isGatewaySubnet(s) {
			continue
		}
		for _, p := range s.Prefixes {
			out = append(out, spanOf(p))
		}
	}
	return merge(out)
}

// CircuitMACsec is what protects a circuit by MACsec: of a provider's circuit,
// nothing can (expressroute-about-encryption).
type CircuitMACsec struct {
	ID string `json:"id"` // circuit/NAME
	// Demanded is whether the operator demands MACsec, and takes nothing else, of all
	// traffic or of some that crosses the circuit, in a tunnel or not.
	Demanded bool `json:"demanded"`
	// Claim is a tag of the circuit that says that it has MACsec, as "encryption=macsec".
	Claim  string `json:"claim,omitempty"`
	Direct bool   `json:"direct"`
	Status string `json:"status"` // of the port's links, on ExpressRoute Direct
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

// circuitMACsecs are those of all circuits. cs are the classes, which show what
// crosses a circuit.
func (g *Graph) circuitMACsecs(cs []Class) []CircuitMACsec {
	out := []CircuitMACsec{}
	for i := range g.snap.Azure.Circuits {
		c := &g.snap.Azure.Circuits[i]
		demanded := onlyMACsec(g.snap.Scope.Require) || g.demandsMACsec(c, cs)
		m := CircuitMACsec{ID: "circuit/" + c.Name, Demanded: demanded, Direct: c.Port != "", Status: wasNotRead, Evidence: []finding.Ref{ref(c.Ref)}}
		if tag, ok := macsecClaim(c.Tags); ok {
			m.Claim = tag.Name + "=" + tag.Value
			m.Evidence = append(m.Evidence, ref(tag.Ref))
		}
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

// macsecClaim is the first tag that says that there is MACsec: one that names it, in
// its name or value, and does not say no.
func macsecClaim(tags []snapshot.Tag) (snapshot.Tag, bool) {
	no := []string{"no", "none", "false", "off", "0", "disabled", "n/a", "na", "not", "without"}
	i := slices.IndexFunc(tags, func(t snapshot.Tag) bool {
		text := strings.ToLower(t.Name + "=" + t.Value)
		words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" =,;:-_.()", r) })
		denied := strings.HasSuffix(text, "=") || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(no, w) })
		return strings.Contains(text, "macsec") && !denied
	})
	if i < 0 {
		return snapshot.Tag{}, false
	}
	return tags[i], true
}

func onlyMACsec(accepted []string) bool { return len(accepted) == 1 && accepted[0] == "macsec" }

// demandsMACsec reports whether traffic of which only MACsec is accepted crosses
// the circuit.
func (g *Graph) demandsMACsec(c *snapshot.Circuit, cs []Class) bool {
	if !slices.ContainsFunc(g.snap.Scope.Protected, func(p snapshot.Protected) bool { return onlyMACsec(p.Require) }) {
		return false
	}
	links := g.linksOver(c)
	return slices.ContainsFunc(cs, func(cl Class) bool {
		return onlyMACsec(cl.Required.Protection) && (enters(cl.Forward, links) || enters(cl.Return, links))
	})
}

// linksOver are the links of a circuit and the tunnels over them.
func (g *Graph) linksOver(c *snapshot.Circuit) map[string]bool {
	own := make(map[string]bool)
	for _, p := range g.peerings {
		own[p.id] = own[p.id] || p.circuit.ID == c.ID
	}
	out := maps.Clone(own)
	for _, t := range g.tunnels {
		u := g.underlay(t, outage{})
		out[t.id] = enters(u.Forward, own) || enters(u.Return, own)
	}
	return out
}

// enters reports whether a path has a hop into one of the links.
func enters(p finding.Path, links map[string]bool) bool {
	for _, b := range p.Branches() {
		if slices.ContainsFunc(b.Hops, func(h finding.Hop) bool { return links[h.Link] }) {
			return true
		}
	}
	return false
}
