package nxos

import (
	"encoding/json"
	"net/netip"

	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// destinationRow is a prefix of a routing table, with its next hops, each with
// the protocol that offers it.
type destinationRow struct {
	IPPrefix string           `json:"ipprefix"`
	Ucast    jsontable.Number `json:"ucast-nhops"`
	Paths    struct {
		Row json.RawMessage `json:"ROW_path"`
	} `json:"TABLE_path"`
}

// hopRow is one next hop.
type hopRow struct {
	IPNextHop, IfName, ClientName string
	NextHopVRF                    string `json:"nexthop-vrf-name"`
	Pref, Metric                  jsontable.Number
	Ubest, Mbest                  jsontable.Flag
}

// readRoutesJSON reads `show ip route | json`.
func readRoutesJSON(q ribtable.Query, in *lines.Reader, out *snapshot.RIB) {
	seen := map[string]bool{}
	o := jsontable.Read(in, append(Refusals(), "% "), func(o *jsontable.Output) error {
		t := tree{Output: o, vrf: q.VRF, rows: func() int { return len(out.Routes) }}
		t.leaf = func(_ *scope, table string) bool { return table == "prefix" }
		t.row = func(s *scope, _ string, raw []byte, first int) {
			if !addDestination(out, seen, o, s, raw, first) {
				o.MissAt(first, raw)
			}
		}
		t.field = func(*scope, string, string) {}
		t.ended = func(s *scope) {
			rows := out.Routes[s.from:]
			for i := range rows {
				if rows[i].VRF == "" && s.named {
					rows[i].VRF = s.vrf
				}
			}
		}
		return t.read()
	})
	for i := range out.Routes {
		r := &out.Routes[i]
		r.VRF = either(r.VRF, q.VRF, "default")
		for j := range r.NextHops {
			if h := &r.NextHops[j]; h.VRF == r.VRF {
				h.VRF = ""
			}
		}
	}
	o.Close(&out.Read, len(out.Routes), q.Slice)
}

// addDestination adds the routes of a prefix: one for each protocol, and one for
// what is not the best, as the text is read.
func addDestination(out *snapshot.RIB, seen map[string]bool, o *jsontable.Output, s *scope, raw []byte, first int) bool {
	var row destinationRow
	if json.Unmarshal(raw, &row) != nil {
		return false
	}
	prefix, err := netip.ParsePrefix(row.IPPrefix)
	if err != nil || row.Paths.Row == nil {
		return false
	}
	if k := s.vrf + " " + row.IPPrefix; seen[k] {
		o.Lack("%s is listed twice in one table: a part of the output was repeated", row.IPPrefix)
	} else {
		seen[k] = true
	}
	ok, best := true, uint32(0)
	from := len(out.Routes)
	jsontable.Walk(raw, first, []json.RawMessage{row.Paths.Row}, func(raw []byte, first, _ int) {
		jsontable.Each(raw, first, func(raw []byte, first, last int) {
			r, fits := offerOf(raw, prefix, first, last)
			if ok = ok && fits; !fits {
				return
			}
			if r.Selected {
				best++
			}
			if n := len(out.Routes); n > from && same(&out.Routes[n-1], &r) {
				was := &out.Routes[n-1]
				was.NextHops, was.LastLine = append(was.NextHops, r.NextHops...), last
				return
			}
			out.Routes = append(out.Routes, r)
		})
	})
	if n := row.Ucast.N; ok && n != nil && *n != best {
		o.Lack("the router counts %d best next hops of %s; %d were read", *n, prefix, best)
	}
	return ok
}

// same reports whether two next hops are of one route.
func same(a, b *snapshot.Route) bool {
	return a.Protocol == b.Protocol && a.Selected == b.Selected && (a.Distance == nil) == (b.Distance == nil) && (a.Distance == nil || *a.Distance == *b.Distance)
}

func offerOf(raw []byte, prefix netip.Prefix, first, last int) (snapshot.Route, bool) {
	var row hopRow
	if json.Unmarshal(raw, &row) != nil {
		return snapshot.Route{}, false
	}
	protocol, ok := protocol([]byte(row.ClientName))
	if !ok {
		return snapshot.Route{}, false
	}
	h := snapshot.NextHop{Interface: fullPort(row.IfName), VRF: row.NextHopVRF, Line: first}
	if row.IPNextHop != "" {
		a, err := netip.ParseAddr(row.IPNextHop)
		if err != nil {
			return snapshot.Route{}, false
		}
		h.Addr = a
	}
	if (protocol == snapshot.Connected || protocol == snapshot.Local) && h.Interface != "" {
		h.Addr, h.VRF = netip.Addr{}, "" // the router's own address stands in the place of a next hop
	}
	h.Blackhole = h.Interface == "Null0"
	best := bool(row.Ubest || row.Mbest)
	return snapshot.Route{
		Prefix: prefix, Protocol: protocol, Distance: row.Pref.N, Metric: row.Metric.N, Selected: best, Installed: best,
		NextHops: []snapshot.NextHop{h}, Line: first, LastLine: last,
	}, h.Addr.IsValid() || h.Interface != ""
}
