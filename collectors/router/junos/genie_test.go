package junos_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// list is what stands under a key: several objects, or one.
func list(v any) []map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var all []map[string]any
		for _, x := range v {
			all = append(all, list(x)...)
		}
		return all
	}
	return nil
}

// text is a scalar, also one that has attributes.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case map[string]any:
		return text(v["#text"])
	}
	return ""
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

func number(n *uint32) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

// diffGenie compares with a reading of genieparser, which keeps the names of
// Junos' own XML.
func diffGenie(expected []byte, got snapshot.Router) string {
	var want map[string]any
	if err := json.Unmarshal(expected, &want); err != nil {
		return err.Error()
	}
	if info := list(want["route-information"]); info != nil {
		return diffTables(list(info[0]["route-table"]), got)
	}
	if info := list(want["bgp-information"]); info != nil {
		return diffPeers(list(info[0]["bgp-peer"]), got)
	}
	if tables := list(want["table_name"]); tables != nil {
		return diffNames(tables[0], got)
	}
	return "what is expected is of no known form"
}

// diffNames compares the destinations of tables. Those that do not forward
// packets by their destination hold none.
func diffNames(tables map[string]any, got snapshot.Router) string {
	var w, g []string
	for name, t := range tables {
		for _, routes := range list(t.(map[string]any)["routes"]) {
			for prefix := range routes {
				if vrf, ok := strings.CutSuffix(name, ".inet6.0"); ok {
					w = append(w, vrf+" "+prefix)
				}
			}
		}
	}
	for _, r := range got.RIB.Routes {
		g = append(g, r.VRF+" "+r.Prefix.String())
	}
	slices.Sort(w)
	slices.Sort(g)
	return cmp.Diff(w, g)
}

func diffTables(tables []map[string]any, got snapshot.Router) string {
	var w []string
	for _, t := range tables {
		name := text(t["table-name"])
		if name != "inet.0" && name != "inet6.0" && !strings.HasSuffix(name, ".inet.0") && !strings.HasSuffix(name, ".inet6.0") {
			continue
		}
		rts := list(t["rt"])
		if rts == nil && t["rt-entry"] != nil {
			for _, e := range list(t["rt-entry"]) {
				rts = append(rts, map[string]any{"rt-destination": e["rt-destination"], "rt-prefix-length": e["rt-prefix-length"], "rt-entry": e})
			}
		}
		for _, rt := range rts {
			for _, e := range list(rt["rt-entry"]) {
				w = append(w, wantEntry(rt, e, len(got.AdjRIBs) > 0))
			}
		}
	}
	var g []string
	for _, a := range got.AdjRIBs {
		for _, p := range a.Paths {
			g = append(g, fmt.Sprint(p.Prefix, " ", p.NextHop, " ", p.ASPath, " ", p.Origin, " ", p.Best, " ", number(p.Metric), " ", number(p.LocalPref)))
		}
	}
	for _, r := range got.RIB.Routes {
		hops := []string{}
		for _, h := range r.NextHops {
			if h.Recursive {
				continue
			}
			a := ""
			if h.Addr.IsValid() {
				a = h.Addr.String()
			}
			hops = append(hops, a+"@"+h.Interface)
		}
		g = append(g, fmt.Sprint(r.Prefix, " ", r.Protocol, " ", number(r.Distance), " ", r.Selected, " ", number(r.Metric), " ", hops))
	}
	slices.Sort(w)
	slices.Sort(g)
	return cmp.Diff(w, g)
}

func wantEntry(rt, e map[string]any, neighbor bool) string {
	dest := text(rt["rt-destination"])
	if l := text(rt["rt-prefix-length"]); l != "" {
		dest += "/" + l
	}
	active := strings.ContainsAny(first(text(e["active-tag"]), text(rt["active-tag"])), "*+")
	if neighbor {
		as := strings.TrimSpace(strings.TrimPrefix(text(e["as-path"]), "AS path:"))
		as = strings.TrimSpace(strings.TrimSuffix(as, "(Originator)"))
		i := strings.LastIndexByte(as, ' ')
		hop := ""
		if nh := list(e["nh"]); nh != nil {
			hop = text(nh[0]["to"])
		}
		return fmt.Sprint(dest, " ", hop, " ", strings.TrimSpace(as[:max(i, 0)]), " ", strings.ToLower(as[i+1:]), " ", active, " ", text(e["med"]), " ", text(e["local-preference"]))
	}
	protocol := map[string]string{"Direct": "connected", "OSPF3": "ospf"}[text(e["protocol-name"])]
	if protocol == "" {
		protocol = strings.ToLower(text(e["protocol-name"]))
	}
	hops := []string{}
	for _, nh := range list(e["nh"]) {
		via := first(text(nh["via"]), text(nh["nh-local-interface"]))
		hops = append(hops, text(nh["to"])+"@"+via)
	}
	return fmt.Sprint(dest, " ", protocol, " ", text(e["preference"]), " ", active, " ", first(text(e["metric"]), text(e["med"])), " ", hops)
}

func diffPeers(peers []map[string]any, got snapshot.Router) string {
	var w, g []string
	for _, p := range peers {
		address, _, _ := strings.Cut(text(p["peer-address"]), "+")
		local, _, _ := strings.Cut(text(p["local-address"]), "+")
		var options map[string]any
		if o := list(p["bgp-option-information"]); o != nil {
			options = o[0]
		}
		row := fmt.Sprint(netip.MustParseAddr(address), " ", text(p["peer-as"]), " ", text(p["peer-state"]), " ", netip.MustParseAddr(local), " in ",
			text(options["import-policy"]), " out ", text(options["export-policy"]), " received ")
		ribs := list(p["bgp-rib"])
		for _, rib := range ribs {
			w = append(w, row+text(rib["received-prefix-count"]))
		}
		if len(ribs) == 0 {
			w = append(w, row)
		}
	}
	for _, p := range got.Sessions.Peers {
		g = append(g, fmt.Sprint(p.Addr, " ", p.AS, " ", p.State, " ", p.Local, " in ", p.PolicyIn, " out ", p.PolicyOut, " received ", number(p.Received)))
	}
	slices.Sort(w)
	slices.Sort(g)
	return cmp.Diff(w, g)
}

// diffNapalm compares with the neighbours that napalm reads. It puts them under
// the instance that it asked for, which the recorded tables contradict.
func diffNapalm(expected []byte, got snapshot.Router) string {
	var want map[string]struct {
		Peers map[string]struct {
			AS       uint32 `json:"remote_as"`
			Up       bool   `json:"is_up"`
			Families map[string]struct {
				Received int `json:"received_prefixes"`
			} `json:"address_family"`
		} `json:"peers"`
	}
	if json.Unmarshal(expected, &want) != nil {
		return "" // of another form
	}
	for _, p := range got.Sessions.Peers {
		found := false
		for _, i := range want {
			if w, ok := i.Peers[p.Addr.String()]; ok {
				found = w.AS == p.AS && w.Up == (p.State == "Established") || found
			}
		}
		if !found {
			return fmt.Sprintf("neighbour %s is not as expected", p.Addr)
		}
	}
	return ""
}
