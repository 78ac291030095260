package eos

import (
	"encoding/json"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPathsJSON reads the BGP tables, whole and of one neighbour, also in
// detail.
func readPathsJSON(q bgptable.Query, in *lines.Reader, r *snapshot.Router) {
	var ribs []snapshot.AdjRIB
	out := &r.BGP.Paths
	var current []snapshot.Path
	if q.Direction != "" {
		out = &current
	}
	o := vrfs(in, func(o *jsontable.Output, vrf, key string) (bool, error) {
		if done, err := identity(o, vrf, key, r); done {
			return true, err
		}
		if key != "bgpRouteEntries" {
			return false, nil
		}
		return true, networks(o, vrf, out)
	}, func(_ *jsontable.Output, vrf string) {
		if q.Direction != "" {
			ribs = append(ribs, snapshot.AdjRIB{VRF: vrf, Neighbor: q.Neighbor, Direction: q.Direction, Paths: current})
			current = nil
		}
	})
	if q.Direction == "" {
		o.Close(&r.BGP.Read, len(r.BGP.Paths), q.Slice)
		return
	}
	if len(ribs) == 0 {
		ribs = []snapshot.AdjRIB{{VRF: defaulted(q.VRF), Neighbor: q.Neighbor, Direction: q.Direction, Paths: current}}
	}
	for i := range ribs {
		o.Close(&ribs[i].Read, len(ribs[i].Paths), q.Slice)
	}
	r.AdjRIBs = append(r.AdjRIBs, ribs...)
}

// networks reads an object with a member for each network.
func networks(o *jsontable.Output, vrf string, out *[]snapshot.Path) error {
	seen := map[string]bool{}
	return o.Object(func(key string) error {
		raw, first, err := o.Raw()
		if err != nil {
			return err
		}
		if seen[key] {
			o.Lack("%s is listed twice in one table: a part of the output was repeated", key)
		}
		seen[key] = true
		var e network
		if prefix := e.prefix(key, raw); prefix.IsValid() {
			e.paths(o, raw, first, vrf, prefix, out)
		} else {
			o.MissAt(first, raw)
		}
		return nil
	})
}

// network is a network's member.
type network struct {
	Address       string
	MaskLength    jsontable.Number
	TotalPaths    jsontable.Number
	BGPRoutePaths json.RawMessage
}

// prefix reads raw into the network. Its prefix is the member's name, or is told
// within; it is not valid where neither is understood.
func (n *network) prefix(key string, raw []byte) netip.Prefix {
	if !jsontable.Fits(raw, n) {
		return netip.Prefix{}
	}
	if p, err := netip.ParsePrefix(key); err == nil {
		return p
	}
	a, err := netip.ParseAddr(n.Address)
	if err != nil || n.MaskLength.N == nil {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(a, int(min(*n.MaskLength.N, 129)))
}

// paths adds the network's paths. raw, which starts on line first, is the network.
func (n *network) paths(o *jsontable.Output, raw []byte, first int, vrf string, prefix netip.Prefix, out *[]snapshot.Path) {
	count := uint32(0)
	add := func(raw []byte, first, last int) {
		count++
		if p, ok := pathOf(raw, vrf, prefix, first, last); ok {
			*out = append(*out, p)
		} else {
			o.MissAt(first, raw)
		}
	}
	if n.BGPRoutePaths != nil {
		jsontable.Walk(raw, first, []json.RawMessage{n.BGPRoutePaths}, func(raw []byte, first, _ int) { jsontable.Each(raw, first, add) })
	}
	if total := n.TotalPaths.N; total != nil && *total != count {
		o.Lack("the router counts %d paths of %s; %d were read", *total, prefix, count)
	}
}

// path is one of a network's paths. Active is EOS's word for best and installed.
type path struct {
	NextHop                      string
	Med, LocalPreference, Weight jsontable.Number
	ASPathEntry                  struct{ ASPath, ASPathType string }
	RouteType                    struct {
		Active, Valid, Ecmp, EcmpHead, EcmpContributor, Suppressed, Stale jsontable.Flag

		Origin string
	}
	RouteDetail struct{ Origin string }
}

func pathOf(raw []byte, vrf string, prefix netip.Prefix, first, last int) (snapshot.Path, bool) {
	var p path
	if json.Unmarshal(raw, &p) != nil {
		return snapshot.Path{}, false
	}
	hop := "-" // of the router's own, as in the text
	if p.NextHop != "" {
		if _, err := netip.ParseAddr(p.NextHop); err != nil {
			return snapshot.Path{}, false
		}
		hop = p.NextHop
	}
	as, origin, ok := split(p.ASPathEntry.ASPath, p.RouteDetail.Origin+p.RouteType.Origin)
	t := &p.RouteType
	return snapshot.Path{
		VRF: vrf, Prefix: prefix, NextHop: hop, Valid: bool(t.Valid), Best: bool(t.Active),
		Multipath: bool(t.Ecmp || t.EcmpHead || t.EcmpContributor), Internal: p.ASPathEntry.ASPathType == "Internal",
		Suppressed: bool(t.Suppressed), Stale: bool(t.Stale),
		Metric: p.Med.N, LocalPref: p.LocalPreference.N, Weight: p.Weight.N, ASPath: as, Origin: origin, Line: first, LastLine: last,
	}, ok
}

// split cuts "65102 65002 i" into the AS path and the origin. Where the letter is
// left out, as in detail, the origin's name says it.
func split(text, name string) (as, origin string, ok bool) {
	f := strings.Fields(text)
	if n := len(f); n > 0 {
		if last := f[n-1]; last == "i" || last == "e" || last == "?" {
			as = strings.Join(f[:n-1], " ")
			return as, last, bgptable.IsASPath(as)
		}
	}
	if as = strings.Join(f, " "); !bgptable.IsASPath(as) {
		return "", "", false
	}
	for n, letter := range map[string]string{"Igp": "i", "Egp": "e", "Incomplete": "?"} {
		if strings.HasPrefix(name, n) {
			origin = letter
		}
	}
	return as, origin, true
}
