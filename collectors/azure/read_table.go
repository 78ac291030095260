package azure

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// table opens what an action answered: how its reading went so far, and the
// rows, each with its place. done makes the final Read once the rows are read.
func (r *reader) table(res *stored, action, argument string) (rows []*node, v *values, done func() snapshot.Read) {
	key := action
	if argument != "" {
		key += "." + argument
	}
	a := res.actions[strings.ToLower(key)]
	if a == nil {
		return nil, nil, func() snapshot.Read {
			return snapshot.Read{Detail: "the evidence has no answer to " + key + " for " + clean(res.id.name)}
		}
	}
	a.read = true
	read := snapshot.Read{Item: a.item.Path, Status: a.item.Status, Detail: a.item.Detail}
	v = &values{r: r, item: a.item.Path}
	if read.Status == snapshot.OK || read.Status == snapshot.Partial {
		rows, read = r.rows(v, read)
	}
	return rows, v, func() snapshot.Read {
		if v.flaws > 0 && read.Status == snapshot.OK {
			read.Status, read.Detail = snapshot.Partial, "part of the answer could not be read"
		}
		return read
	}
}

// rows parses an answer. Nothing, null and an empty list are empty, which is
// less than a proof that there is nothing.
func (r *reader) rows(v *values, read snapshot.Read) ([]*node, snapshot.Read) {
	data, err := r.dir.Bytes(v.item)
	if err != nil {
		v.bad(nil, clean(err.Error()))
		return nil, read
	}
	doc, err := parseJSON(data)
	if err != nil {
		v.bad(doc, "the answer is not whole JSON: "+clean(err.Error()))
	}
	list := doc
	if doc != nil && doc.kind == kindObject {
		list = doc.at("value")
		if read.Status == snapshot.OK && !doc.at("nextLink").absent() && doc.at("nextLink").scalar() != "" {
			v.bad(doc.at("nextLink"), "the answer goes on at another page, which is not here")
		}
	}
	switch {
	case err == nil && doc.at("value") == nil && !doc.at("error").absent():
		read.Status, read.Detail = snapshot.Error, clean(doc.at("error", "code").scalar()+" "+doc.at("error", "message").scalar())
		if strings.EqualFold(doc.at("error", "code").scalar(), "AuthorizationFailed") {
			read.Status = snapshot.Denied
		}
	case err == nil && list.absent(), err == nil && list.kind == kindArray && len(list.elems) == 0:
		if read.Status == snapshot.OK {
			read.Status, read.Detail = snapshot.Empty, "the answer is empty, which does not prove that there is nothing"
		}
	case !list.absent():
		return v.objects(list), read
	}
	return nil, read
}

// learned reads a gateway's routes. A row of which a part is not understood is
// left out, and the table is then partial.
func (r *reader) learned(res *stored) snapshot.Learned {
	rows, v, done := r.table(res, actionLearned, "")
	var l snapshot.Learned
	for _, n := range rows {
		before := v.flaws
		row := snapshot.LearnedRoute{
			Ref: v.ref(n), Local: v.addr(n.at("localAddress")), Prefix: v.prefix(n.at("network")), NextHop: v.addr(n.at("nextHop")),
			Peer: v.addr(n.at("sourcePeer")), Origin: v.word(n.at("origin"), "Network", "EBgp", "IBgp", "Igp"),
			ASPath: v.asPath(n.at("asPath")), Weight: int(v.number(n.at("weight"))),
		}
		if !row.Prefix.IsValid() && v.flaws == before {
			v.bad(n, "a route without a network: "+excerpt(n))
		}
		if v.flaws == before {
			l.Routes = append(l.Routes, row)
		}
	}
	l.Read = done()
	return l
}

func (r *reader) peers(res *stored) snapshot.GatewayPeers {
	rows, v, done := r.table(res, actionPeers, "")
	var p snapshot.GatewayPeers
	for _, n := range rows {
		before := v.flaws
		row := snapshot.GatewayPeer{
			Ref: v.ref(n), Local: v.addr(n.at("localAddress")), Neighbor: v.addr(n.at("neighbor")), ASN: v.asn(n.at("asn")),
			State:    v.word(n.at("state"), "Unknown", "Stopped", "Idle", "Connecting", "Connected"),
			Received: int(v.number(n.at("routesReceived"))),
		}
		if !row.Neighbor.IsValid() && v.flaws == before {
			v.bad(n, "a peer without an address: "+excerpt(n))
		}
		if v.flaws == before {
			p.Peers = append(p.Peers, row)
		}
	}
	p.Read = done()
	return p
}

// edgeTable reads the route table of one edge router.
func (r *reader) edgeTable(res *stored, device string) snapshot.MSEETable {
	rows, v, done := r.table(res, actionRouteTables, device)
	var t snapshot.MSEETable
	for _, n := range rows {
		before := v.flaws
		row := snapshot.MSEERoute{
			Ref: v.ref(n), Prefix: v.prefix(n.at("network")), Weight: int(v.number(n.at("weight"))), ASPath: v.asPath(n.at("path")),
		}
		row.NextHop, row.Best = v.marked(n.at("nextHop"))
		if p, ok := v.uint32(n.at("locPrf")); ok {
			row.LocalPref = &p
		}
		if (!row.Prefix.IsValid() || !row.NextHop.IsValid()) && v.flaws == before {
			v.bad(n, "a route without a network or a next hop: "+excerpt(n))
		}
		if v.flaws == before {
			t.Routes = append(t.Routes, row)
		}
	}
	t.Read = done()
	return t
}

// marked is an address that may end in "*", the mark of the best path.
func (v *values) marked(n *node) (a netip.Addr, best bool) {
	if n.absent() || n.kind != kindString {
		return v.addr(n), false
	}
	plain := *n
	plain.text, best = strings.CutSuffix(strings.TrimSpace(n.text), "*")
	return v.addr(&plain), best
}
