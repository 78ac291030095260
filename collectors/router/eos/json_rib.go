package eos

import (
	"encoding/json"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readRoutesJSON reads `show ip route | json`.
func readRoutesJSON(q ribtable.Query, in *lines.Reader, out *snapshot.RIB) {
	o := vrfs(in, func(o *jsontable.Output, vrf, key string) (bool, error) {
		if key != "routes" {
			return false, nil
		}
		seen := map[string]bool{}
		return true, o.Object(func(key string) error {
			raw, first, err := o.Raw()
			if err != nil {
				return err
			}
			if seen[key] {
				o.Lack("%s is listed twice in one table: a part of the output was repeated", key)
			}
			seen[key] = true
			if r, ok := routeOf(raw, vrf, key, first, o.Line()); ok {
				out.Routes = append(out.Routes, r)
			} else {
				o.MissAt(first, raw)
			}
			return nil
		})
	}, func(*jsontable.Output, string) {})
	o.Close(&out.Read, len(out.Routes), q.Slice)
}

// route is one prefix's entry.
type route struct {
	RouteType, RouteAction               string
	Preference, Metric                   jsontable.Number
	HardwareProgrammed, KernelProgrammed *bool
	DirectlyConnected                    bool
	Vias                                 []via
}

// via is one of its next hops.
type via struct{ NexthopAddr, Interface, VtepAddr, SourceVRF string }

func routeOf(raw []byte, vrf, key string, first, last int) (snapshot.Route, bool) {
	var v route
	prefix, err := netip.ParsePrefix(key)
	if err != nil || json.Unmarshal(raw, &v) != nil || v.RouteType == "" {
		return snapshot.Route{}, false
	}
	r := snapshot.Route{
		VRF: vrf, Prefix: prefix, Protocol: protocolName(v.RouteType), Distance: v.Preference.N, Metric: v.Metric.N,
		Selected: true, Installed: isSo(v.HardwareProgrammed) && isSo(v.KernelProgrammed), Line: first, LastLine: last,
	}
	drops := v.RouteAction == "drop"
	for _, w := range v.Vias {
		h := snapshot.NextHop{Interface: w.Interface, Blackhole: drops || w.Interface == "Null0", Line: first}
		for _, text := range []string{w.VtepAddr, w.NexthopAddr} {
			if text == "" {
				continue
			}
			if h.Addr, err = netip.ParseAddr(text); err != nil {
				return snapshot.Route{}, false
			}
		}
		if !h.Addr.IsValid() && h.Interface == "" && !drops {
			return snapshot.Route{}, false
		}
		r.NextHops = append(r.NextHops, h)
	}
	if len(r.NextHops) == 0 && drops {
		r.NextHops = []snapshot.NextHop{{Interface: "Null0", Blackhole: true, Line: first}}
	}
	return r, len(r.NextHops) > 0
}

// isSo reports what is printed, and true for what is not.
func isSo(b *bool) bool { return b == nil || *b }

// protocolName names the protocol of a type such as eBGP or ospfIntraArea in the
// spelling of all platforms.
func protocolName(kind string) string {
	lower := strings.ToLower(kind)
	switch {
	case strings.Contains(lower, "bgp"):
		return snapshot.BGPProto
	case strings.HasPrefix(lower, "ospf"):
		return snapshot.OSPF
	case strings.HasPrefix(lower, "isis"):
		return snapshot.ISIS
	case strings.HasPrefix(lower, "rip"):
		return snapshot.RIP
	case strings.Contains(lower, "static"), lower == "dhcp":
		return snapshot.Static
	}
	return lower
}
