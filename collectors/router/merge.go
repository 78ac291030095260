package router

import (
	"cmp"
	"slices"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// merge adds what one command listed to what the router's other commands did.
// Several commands may list parts of one table, such as its VRFs; the table is
// then whole only if every part is.
func merge(r, one *snapshot.Router) {
	r.Host = cmp.Or(r.Host, one.Host)
	if !r.BGP.RouterID.IsValid() {
		r.BGP.RouterID = one.BGP.RouterID
	}
	r.BGP.LocalAS = cmp.Or(r.BGP.LocalAS, one.BGP.LocalAS)
	mergeRows(&r.BGP.Read, &r.BGP.Paths, one.BGP.Read, one.BGP.Paths, func(p *snapshot.Path) *string { return &p.Item })
	mergeRows(&r.RIB.Read, &r.RIB.Routes, one.RIB.Read, one.RIB.Routes, func(p *snapshot.Route) *string { return &p.Item })
	mergePeers(&r.Sessions, one.Sessions)
	mergeRows(&r.Ports.Read, &r.Ports.Interfaces, one.Ports.Read, one.Ports.Interfaces, func(p *snapshot.Interface) *string { return &p.Item })
	mergeRows(&r.Tunnels.Read, &r.Tunnels.Tunnels, one.Tunnels.Read, one.Tunnels.Tunnels, func(p *snapshot.Tunnel) *string { return &p.Item })
	mergeRows(&r.IPsec.IKE.Read, &r.IPsec.IKE.SAs, one.IPsec.IKE.Read, one.IPsec.IKE.SAs, func(p *snapshot.IKESA) *string { return &p.Item })
	mergeRows(&r.IPsec.SAs.Read, &r.IPsec.SAs.SAs, one.IPsec.SAs.Read, one.IPsec.SAs.SAs, func(p *snapshot.IPsecSA) *string { return &p.Item })
	mergeRows(&r.MACsec.Read, &r.MACsec.Links, one.MACsec.Read, one.MACsec.Links, func(p *snapshot.MACsecLink) *string { return &p.Item })
	if one.Config.Status != snapshot.Missing {
		r.Config = one.Config
	}
	r.AdjRIBs = append(r.AdjRIBs, one.AdjRIBs...)
}

// mergeRows adds rows of a part of a table. A row names its item where that is
// not the table's own.
func mergeRows[T any](read *snapshot.Read, rows *[]T, part snapshot.Read, more []T, item func(*T) *string) {
	switch {
	case part.Status == snapshot.Missing:
		return
	case read.Status == snapshot.Missing:
		*read, *rows = part, more
		return
	case rank(part.Status) > rank(read.Status):
		read.Status, read.Detail = part.Status, part.Item+": "+part.Detail
	case read.Status == snapshot.Empty && part.Status == snapshot.OK:
		read.Status, read.Detail = snapshot.OK, ""
	}
	for i := range more {
		*item(&more[i]) = part.Item
	}
	*rows = append(*rows, more...)
}

// mergePeers adds neighbours. One that another command listed already, in a
// summary or in full, gets what that one did not say.
func mergePeers(have *snapshot.Sessions, part snapshot.Sessions) {
	var fresh []snapshot.Peer
	for _, p := range part.Peers {
		i := slices.IndexFunc(have.Peers, func(q snapshot.Peer) bool {
			return (q.VRF == p.VRF || q.VRF == "" || p.VRF == "") && q.Addr == p.Addr && q.Interface == p.Interface && (q.Family == p.Family || q.Family == "" || p.Family == "")
		})
		if i < 0 {
			fresh = append(fresh, p)
			continue
		}
		complete(&have.Peers[i], p)
	}
	have.Tables = append(have.Tables, part.Tables...)
	mergeRows(&have.Read, &have.Peers, part.Read, fresh, func(p *snapshot.Peer) *string { return &p.Item })
}

// complete fills in what is known of a neighbour from elsewhere.
func complete(p *snapshot.Peer, more snapshot.Peer) {
	p.VRF = cmp.Or(p.VRF, more.VRF)
	p.Family = cmp.Or(p.Family, more.Family)
	p.AS = cmp.Or(p.AS, more.AS)
	p.State = cmp.Or(p.State, more.State)
	p.Since = cmp.Or(p.Since, more.Since)
	p.UpdateSource = cmp.Or(p.UpdateSource, more.UpdateSource)
	p.PolicyIn, p.PolicyOut = cmp.Or(p.PolicyIn, more.PolicyIn), cmp.Or(p.PolicyOut, more.PolicyOut)
	p.Received, p.MaxPrefix = cmp.Or(p.Received, more.Received), cmp.Or(p.MaxPrefix, more.MaxPrefix)
	p.Authenticated, p.SoftReconfig = cmp.Or(p.Authenticated, more.Authenticated), cmp.Or(p.SoftReconfig, more.SoftReconfig)
	if !p.Local.IsValid() {
		p.Local = more.Local
	}
}

// rank orders statuses by how much they leave unknown. A part that the device
// says to have nothing in takes nothing from the others.
func rank(s snapshot.Status) int {
	switch s {
	case snapshot.OK, snapshot.Empty:
		return 0
	case snapshot.Partial:
		return 1
	default:
		return 2
	}
}
