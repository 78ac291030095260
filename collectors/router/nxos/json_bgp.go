package nxos

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// prefixRow is a network of a BGP table.
type prefixRow struct {
	IPPrefix    string `json:"ipprefix"`
	NonIPPrefix string `json:"nonipprefix"`
	TotalPaths  jsontable.Number
	Paths       struct {
		Row json.RawMessage `json:"ROW_path"`
	} `json:"TABLE_path"`
}

// pathRow is one of its paths. The codes are the letters of the text.
type pathRow struct {
	StatusCode, BestCode, TypeCode string
	IPNextHop, IPv6NextHop         string
	Metric, LocalPref, Weight      jsontable.Number
	Path, ASPath, Origin           string
}

// readPathsJSON reads the BGP tables, whole and of one neighbour.
func readPathsJSON(q bgptable.Query, in *lines.Reader, r *snapshot.Router) {
	rib := snapshot.AdjRIB{VRF: "default", Neighbor: q.Neighbor, Direction: q.Direction}
	out := &r.BGP.Paths
	if q.Direction != "" {
		out = &rib.Paths
	}
	seen := map[string]bool{}
	o := jsontable.Read(in, append(Refusals(), "% "), func(o *jsontable.Output) error {
		t := tree{Output: o, vrf: q.VRF, rows: func() int { return len(*out) }}
		t.leaf = func(_ *scope, table string) bool { return table == "prefix" }
		t.row = func(s *scope, _ string, raw []byte, first int) {
			if isUnicast(s.family) && !addPrefix(out, seen, o, s, raw, first) {
				o.MissAt(first, raw)
			}
		}
		t.field = func(s *scope, key, text string) {
			identity(s, key, text, r)
			if key == "neighbor" {
				if a, err := netip.ParseAddr(text); err == nil {
					rib.Neighbor = a
				}
			}
		}
		t.ended = func(s *scope) {
			if s.named {
				nameVRF((*out)[s.from:], s.vrf)
			}
		}
		return t.read()
	})
	nameVRF(*out, either(q.VRF, "default"))
	if n := len(*out); n > 0 {
		rib.VRF = (*out)[n-1].VRF
	}
	if q.Direction == "" {
		o.Close(&r.BGP.Read, len(r.BGP.Paths), q.Slice)
		return
	}
	o.Close(&rib.Read, len(rib.Paths), q.Slice)
	r.AdjRIBs = append(r.AdjRIBs, rib)
}

// nameVRF names the VRF of the paths that have none yet.
func nameVRF(paths []snapshot.Path, vrf string) {
	for i := range paths {
		paths[i].VRF = either(paths[i].VRF, vrf)
	}
}

// addPrefix adds the paths of a network.
func addPrefix(out *[]snapshot.Path, seen map[string]bool, o *jsontable.Output, s *scope, raw []byte, first int) bool {
	var row prefixRow
	if json.Unmarshal(raw, &row) != nil {
		return false
	}
	prefix, err := netip.ParsePrefix(row.IPPrefix)
	if err != nil {
		return row.IPPrefix == "" && row.NonIPPrefix != ""
	}
	if k := s.vrf + " " + s.family + " " + row.IPPrefix; seen[k] {
		o.Lack("%s is listed twice in one table: a part of the output was repeated", row.IPPrefix)
	} else {
		seen[k] = true
	}
	ok, n := row.Paths.Row != nil, 0
	jsontable.Walk(raw, first, []json.RawMessage{row.Paths.Row}, func(raw []byte, first, _ int) {
		jsontable.Each(raw, first, func(raw []byte, first, last int) {
			p, fits := pathOf(raw, prefix, first, last)
			if ok = ok && fits; fits {
				*out = append(*out, p)
				n++
			}
		})
	})
	if t := row.TotalPaths.N; t != nil && strconv.Itoa(n) != strconv.FormatUint(uint64(*t), 10) {
		o.Lack("the router counts %d paths of %s; %d were read", *t, prefix, n)
	}
	return ok
}

func pathOf(raw []byte, prefix netip.Prefix, first, last int) (snapshot.Path, bool) {
	var row pathRow
	if json.Unmarshal(raw, &row) != nil {
		return snapshot.Path{}, false
	}
	hop := either(row.IPNextHop, row.IPv6NextHop)
	if _, err := netip.ParseAddr(hop); err != nil {
		return snapshot.Path{}, false
	}
	origin := strings.ToLower(row.Origin)
	switch origin {
	case "igp":
		origin = "i"
	case "egp":
		origin = "e"
	case "incomplete":
		origin = "?"
	case "i", "e", "?":
	default:
		return snapshot.Path{}, false
	}
	as := strings.TrimSpace(either(row.Path, row.ASPath))
	if !bgptable.IsASPath(as) {
		return snapshot.Path{}, false
	}
	has := func(code, mark string) bool { return strings.Contains(code, mark) }
	return snapshot.Path{
		Prefix: prefix, NextHop: hop, Valid: has(row.StatusCode, "*") && !has(row.StatusCode, "x"), Best: has(row.BestCode, ">"),
		Multipath: has(row.BestCode, "|"), Internal: has(row.TypeCode, "i"), Suppressed: has(row.StatusCode, "s"), Damped: has(row.StatusCode, "d"),
		History: has(row.StatusCode, "h"), Stale: has(row.StatusCode, "S"),
		Metric: row.Metric.N, LocalPref: row.LocalPref.N, Weight: row.Weight.N, ASPath: as, Origin: origin,
		Line: first, LastLine: last,
	}, true
}
