package graph

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Comparison is one thing that Azure and a router both tell of a tunnel or of a
// link of a private peering. What is which: "state", "session", "prefixes sent"
// (by the router) or "prefixes received". Agree is whether the two agree, or
// unknown; Text is what the two say, or why one of them says nothing.
type Comparison struct {
	ID       string        `json:"id"`
	What     string        `json:"what"`
	Agree    string        `json:"agree"`
	Text     string        `json:"text,omitempty"`
	Evidence []finding.Ref `json:"evidence"`
}

// comparisons are those of all tunnels and links.
func (g *Graph) comparisons() []Comparison {
	out := []Comparison{}
	for _, t := range g.tunnels {
		out = append(out, g.compareTunnel(t)...)
	}
	for _, p := range g.peerings {
		out = append(out, g.comparePeering(p)...)
	}
	for _, c := range g.unreadCircuits() {
		out = append(out, unsaid(c.id, "session", "the circuit was not read", c.ref))
	}
	return out
}

// said makes a comparison: agree unless there is something to tell.
func said(id, what, text string, refs ...finding.Ref) Comparison {
	c := Comparison{ID: id, What: what, Agree: isSo, Text: text, Evidence: refs}
	if text != "" {
		c.Agree = isNotSo
	}
	return c
}

// unsaid makes a comparison that nothing is known of.
func unsaid(id, what, why string, refs ...finding.Ref) Comparison {
	return Comparison{ID: id, What: what, Agree: mayBeSo, Text: why, Evidence: refs}
}

func (g *Graph) compareTunnel(t *tunnel) []Comparison {
	if t.router == nil {
		return []Comparison{unsaid(t.id, "state", "no router in the evidence has its end point "+text(t.local)+": only Azure's word is known", t.refs...)}
	}
	out := []Comparison{said(t.id, "state", contradiction(t.grade), append(slices.Clone(t.refs), finding.Ref{Item: t.router.snap.IPsec.SAs.Item})...)}
	if t.router.snap.IPsec.SAs.Item == "" {
		out[0].Evidence = t.refs
	}
	if !t.conn.EnableBGP {
		return out
	}
	return append(out, g.compareSession(t), g.compareSent(t), g.compareReceived(t))
}

// contradiction is the grade of a tunnel or link whose ends contradict each other,
// "" of others.
func contradiction(grade string) string {
	text, ok := strings.CutPrefix(grade, "contradicted: ")
	if !ok {
		return ""
	}
	return text
}

// compareSession holds the gateway's word on the BGP session in a tunnel against
// the router's.
func (g *Graph) compareSession(t *tunnel) Comparison {
	const what = "session"
	peers, sessions := t.gw.Peers, t.router.snap.Sessions
	switch {
	case !peers.Whole():
		return unsaid(t.id, what, "the BGP peers of "+t.gw.id+" were not read", ref(t.gw.Ref))
	case !sessions.Whole():
		return unsaid(t.id, what, "the BGP neighbours of "+t.router.id+" were not read", t.refs...)
	}
	azure, azureRef := "no such peer", finding.Ref{Item: peers.Item}
	for _, p := range peers.Peers {
		if p.Neighbor == t.own && (azure == "no such peer" || slices.Contains(t.gw.Instances[t.inst].Default, p.Local)) {
			azure, azureRef = p.State, ref(p.Ref)
		}
	}
	router, routerRef := "no such neighbour", finding.Ref{Item: sessions.Item}
	for _, p := range sessions.Peers {
		if p.Addr == t.peer {
			router, routerRef = p.State, finding.Ref{Item: cmp.Or(p.Item, sessions.Item), Line: p.Line, LastLine: p.LastLine}
		}
	}
	if strings.EqualFold(azure, "Connected") == (router == "Established") {
		return said(t.id, what, "", azureRef, routerRef)
	}
	return said(t.id, what, fmt.Sprintf("%s says of the session with %s: %s, and %s of that with %s: %s", t.gw.id, text(t.own), azure, t.router.id, text(t.peer), router), azureRef, routerRef)
}

// compareSent holds what the gateway learned from a router against what the router
// says that it advertises, or else against its BGP table: what it does not have, it
// cannot have sent.
func (g *Graph) compareSent(t *tunnel) Comparison {
	const what = "prefixes sent"
	if !t.gw.Learned.Whole() {
		return unsaid(t.id, what, "the learned routes of "+t.gw.id+" were not read", ref(t.gw.Ref))
	}
	var rows []prefixAt
	for _, row := range t.gw.Learned.Routes {
		if row.Peer == t.own && !t.gw.NATForBGP {
			rows = append(rows, prefixAt{row.Prefix, ref(row.Ref)})
		}
	}
	return g.sentAs(t.id, t.gw.id, t.router, t.peer, rows, finding.Ref{Item: t.gw.Learned.Item})
}

// prefixAt is a prefix in a table, and where.
type prefixAt struct {
	netip.Prefix
	ref finding.Ref
}

// sentAs compares what Azure has from a router with what the router sends to a
// neighbour. What is Azure's own, Azure does not take.
func (g *Graph) sentAs(id, azure string, r *router, neighbor netip.Addr, rows []prefixAt, table finding.Ref) Comparison {
	const what = "prefixes sent"
	adj := r.adjRIB(neighbor, snapshot.Advertised)
	if adj == nil {
		if !r.snap.BGP.Whole() {
			return unsaid(id, what, "neither what "+r.id+" advertises to "+neighbor.String()+" nor its BGP table was read", table)
		}
		m := mismatch{own: r.inBGP()}
		for _, row := range rows {
			m.check(row.Prefix, row.ref)
		}
		return m.comparison(id, what, fmt.Sprintf("%s has %%s from %s, whose BGP table has no such prefix", azure, r.id), finding.Ref{Item: r.snap.BGP.Item})
	}
	m := mismatch{own: prefixesOf(adj.Paths)}
	has := make(map[netip.Prefix]bool)
	for _, row := range rows {
		m.check(row.Prefix, row.ref)
		has[row.Masked()] = true
	}
	if len(m.names) > 0 {
		return m.comparison(id, what, fmt.Sprintf("%s has %%s from %s, which does not advertise it there", azure, r.id), finding.Ref{Item: adj.Item})
	}
	lost := mismatch{own: has}
	for _, path := range adj.Paths {
		if g.azures(path.Prefix, path.ASPath) == "" {
			lost.check(path.Prefix, finding.Ref{Item: cmp.Or(path.Item, adj.Item), Line: path.Line, LastLine: path.LastLine})
		}
	}
	return lost.comparison(id, what, fmt.Sprintf("%s advertises %%s, which %s does not have from it", r.id, azure), table)
}

// adjRIB is what the router says that it advertises to a neighbour, or that it
// received from it; nil where that was not read as a whole.
func (r *router) adjRIB(neighbor netip.Addr, direction string) *snapshot.AdjRIB {
	for i := range r.snap.AdjRIBs {
		if rib := &r.snap.AdjRIBs[i]; rib.Neighbor == neighbor && rib.Direction == direction && rib.Whole() {
			return rib
		}
	}
	return nil
}

// compareReceived holds what a router has from the gateway against what the
// gateway says that it advertises there. The router may take less, but of Azure's
// own prefixes it must have received all, where it keeps what it receives.
func (g *Graph) compareReceived(t *tunnel) Comparison {
	const what = "prefixes received"
	i := slices.IndexFunc(t.gw.Advertised, func(a snapshot.GatewayAdvertised) bool { return a.Peer == t.own })
	switch {
	case i < 0 || !t.gw.Advertised[i].Whole():
		return unsaid(t.id, what, "what "+t.gw.id+" advertises to "+text(t.own)+" was not read", ref(t.gw.Ref))
	case !t.router.snap.BGP.Whole():
		return unsaid(t.id, what, "the BGP table of "+t.router.id+" was not read", t.refs...)
	}
	advertised := t.gw.Advertised[i]
	m := mismatch{own: make(map[netip.Prefix]bool)}
	for _, row := range advertised.Routes {
		m.own[row.Prefix.Masked()] = true
	}
	adj := m.checkReceived(t.router, t.peer)
	if len(m.names) > 0 || adj == nil {
		return m.comparison(t.id, what, fmt.Sprintf("%s has %%s from %s, which does not advertise it there", t.router.id, t.gw.id), finding.Ref{Item: advertised.Item})
	}
	lost := mismatch{own: prefixesOf(adj.Paths)}
	for _, row := range advertised.Routes {
		if g.azures(row.Prefix, "") != "" && !t.gw.NATForBGP {
			lost.check(row.Prefix, ref(row.Ref))
		}
	}
	return lost.comparison(t.id, what, fmt.Sprintf("%s advertises %%s to %s, which did not receive it", t.gw.id, t.router.id), finding.Ref{Item: adj.Item})
}

// comparePeering holds an edge router's word against the customer's router's.
func (g *Graph) comparePeering(p *peering) []Comparison {
	here := ref(p.circuit.Ref)
	switch {
	case p.router == nil:
		return []Comparison{unsaid(p.id, "session", "no router in the evidence has the customer's address "+text(p.customer)+": only Azure's word is known", here)}
	case !p.table.Whole():
		return []Comparison{unsaid(p.id, "prefixes sent", "the route table of "+p.msee+" was not read", here)}
	case !p.router.snap.BGP.Whole():
		return []Comparison{unsaid(p.id, "prefixes sent", "the BGP table of "+p.router.id+" was not read", here)}
	}
	received := mismatch{own: make(map[netip.Prefix]bool)}
	var rows []prefixAt
	for _, row := range p.table.Routes {
		switch {
		case !p.isCustomer(row.NextHop):
			received.own[row.Prefix.Masked()] = true
		case row.Prefix.Addr().Is4():
			rows = append(rows, prefixAt{row.Prefix, ref(row.Ref)})
		}
	}
	received.checkReceived(p.router, p.ms)
	table := finding.Ref{Item: p.table.Item}
	out := []Comparison{
		g.sentAs(p.id, p.msee, p.router, p.ms, rows, table),
		received.comparison(p.id, "prefixes received", fmt.Sprintf("%s has %%s from %s, whose table has no such prefix", p.router.id, p.msee), table),
		p.compareSession(len(rows), table),
	}
	if why := contradiction(p.grade); why != "" {
		out = append(out, said(p.id, "state", why, here))
	}
	return out
}

// compareSession holds the router's word on the session against the edge router's:
// its summary where that was read, or else whether it has routes from the router.
func (p *peering) compareSession(rows int, table finding.Ref) Comparison {
	const what = "session"
	sessions := p.router.snap.Sessions
	if !sessions.Whole() {
		return unsaid(p.id, what, "the BGP neighbours of "+p.router.id+" were not read", table)
	}
	i := slices.IndexFunc(sessions.Peers, func(s snapshot.Peer) bool { return s.Addr == p.ms })
	if i < 0 {
		if rows == 0 {
			return said(p.id, what, "", table)
		}
		return said(p.id, what, fmt.Sprintf("%s has routes from %s, which has no BGP neighbour %s", p.msee, p.router.id, p.ms), table, finding.Ref{Item: sessions.Item})
	}
	s := sessions.Peers[i]
	at := finding.Ref{Item: cmp.Or(s.Item, sessions.Item), Line: s.Line, LastLine: s.LastLine}
	up := s.State == "Established"
	for link, summary := range p.circuit.Peering.Summaries {
		if &p.circuit.Peering.Tables[link] != p.table || !summary.Whole() {
			continue
		}
		for _, e := range summary.Sessions {
			if e.Neighbor == p.customer && (e.Received != nil) != up {
				return said(p.id, what, fmt.Sprintf("%s says of the session with %s: %s, and %s of that with %s: %s", p.msee, p.customer, cmp.Or(e.State, "up"), p.router.id, p.ms, s.State), ref(e.Ref), at)
			}
		}
	}
	if rows > 0 && !up {
		return said(p.id, what, fmt.Sprintf("%s has %d route(s) from %s, which says of the session: %s", p.msee, rows, p.router.id, s.State), table, at)
	}
	return said(p.id, what, "", table, at)
}
