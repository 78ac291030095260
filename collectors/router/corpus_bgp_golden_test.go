package router_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// bgpRow is a path as an expected reading has it, or ours, for comparison. Fields
// are text; "" is absent.
type bgpRow struct {
	prefix                             netip.Prefix
	hop, metric, pref, weight, as, org string
	best                               bool
}

func (r bgpRow) String() string {
	return fmt.Sprintf("%s via %s metric=%s pref=%s weight=%s path=%q %s best=%v", r.prefix, r.hop, r.metric, r.pref, r.weight, r.as, r.org, r.best)
}

// bgpGolden is an expected reading: what it says, and how far it says it.
type bgpGolden struct {
	rows  []bgpRow
	lab   bool // it fills in a preference of 100 and a metric of 0
	flags bool // it says which path is best
	plain bool // it has AS paths, origins and best paths elsewhere, or not
}

// golden reads the expected reading of a case, if there is one in a form that
// lists rows.
func (c bgpCase) golden(t *testing.T) (g bgpGolden, ok bool) {
	t.Helper()
	name := ""
	for _, want := range []string{"device.json", "expected_labvalidation.json", "expected.json"} {
		if slices.Contains(c.Expected, want) {
			name = want
			break
		}
	}
	if name == "" {
		return g, false
	}
	text, err := os.ReadFile(filepath.Join(bgpCorpus, c.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	g.lab = name == "expected_labvalidation.json"
	g.flags = !strings.Contains(c.Dir, "ntc-templates/cisco_xr")
	g.plain = c.Class == "bgp_detail"
	g.walk(v, netip.Prefix{}, "")
	return g, len(g.rows) > 0 || !g.plain
}

// walk takes the rows out of an expected reading: objects that have a next hop,
// under the network that is theirs or that they stand under.
func (g *bgpGolden) walk(v any, p netip.Prefix, family string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			g.walk(e, p, family)
		}
	case map[string]any:
		if name, ok := v["name"].(string); ok && strings.Contains(name, "cast") {
			family = name
		}
		if own, ok := v["network"].(string); ok {
			if n, ok := v["prefix_length"].(string); ok && n != "" {
				own += "/" + n
			}
			p, _ = classful(own)
		}
		_, local := v["asPathEntry"] // EOS, of a path of the router's own
		if hop, ok := first(v, "next_hop", "next_hop_ip", "nextHop"); (ok || local) && p.IsValid() {
			if isUnicast(family) {
				g.rows = append(g.rows, g.row(v, p, hop))
			}
			return
		}
		for key, e := range v {
			under, inside := p, family
			if q, ok := classful(key); ok {
				under = q
			}
			if word := strings.ToLower(key); strings.Contains(word, "cast") || strings.Contains(word, "vp") || strings.Contains(word, "link") || strings.Contains(word, "label") {
				inside = word
			}
			g.walk(e, under, inside)
		}
	}
}

func isUnicast(family string) bool {
	family = strings.ToLower(family)
	for _, other := range []string{"multicast", "label", "evpn", "vpls", "mvpn", "link"} {
		if strings.Contains(family, other) {
			return false
		}
	}
	return true
}

func (g *bgpGolden) row(v map[string]any, p netip.Prefix, hop string) bgpRow {
	r := bgpRow{prefix: p, hop: hop}
	r.metric, _ = first(v, "metric", "med")
	r.pref, _ = first(v, "local_pref", "localpref", "localprf", "locprf", "local_preference", "localPreference")
	r.weight, _ = first(v, "weight")
	r.org, _ = first(v, "origin", "origin_codes", "origin_code", "origin_type")
	as, _ := first(v, "as_path", "path")
	if e, ok := v["asPathEntry"].(map[string]any); ok {
		as, _ = first(e, "asPath")
	}
	if list, ok := v["as_path"].([]any); ok {
		as = strings.Trim(fmt.Sprint(list), "[]")
	}
	if r.org == "" && as != "" {
		as, r.org = strings.TrimSpace(as[:len(as)-1]), as[len(as)-1:]
	}
	r.as = as
	for _, key := range []string{"status", "status_codes", "path_selection", "route_source"} {
		s, _ := v[key].(string)
		r.best = r.best || strings.Contains(s, ">")
	}
	if b, ok := v["best_path"].(bool); ok {
		r.best = b
	}
	if kind, ok := v["routeType"].(map[string]any); ok {
		r.best, _ = kind["active"].(bool)
	}
	return r
}

// first is the text of the first of an object's fields that it has. "-" and an
// empty text are absent.
func first(v map[string]any, names ...string) (string, bool) {
	for _, name := range names {
		switch e := v[name].(type) {
		case string:
			return strings.Trim(e, " -"), true
		case float64:
			return fmt.Sprintf("%.0f", e), true
		}
	}
	return "", false
}

// classful reads a network, with the natural length where it has none.
func classful(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return netip.Prefix{}, false
	}
	b := a.As4()
	switch {
	case a.IsUnspecified():
		return netip.PrefixFrom(a, 0), true
	case b[0] < 128:
		return netip.PrefixFrom(a, 8), true
	case b[0] < 192:
		return netip.PrefixFrom(a, 16), true
	case b[0] < 224:
		return netip.PrefixFrom(a, 24), true
	}
	return netip.Prefix{}, false
}

// ours are the rows that were read, as far as g says.
func (g bgpGolden) ours(paths []snapshot.Path) []bgpRow {
	var rows []bgpRow
	number := func(n *uint32) string {
		if n == nil {
			return ""
		}
		return fmt.Sprint(*n)
	}
	for _, p := range paths {
		rows = append(rows, bgpRow{p.Prefix, strings.Trim(p.NextHop, "-"), number(p.Metric), number(p.LocalPref), number(p.Weight), p.ASPath, p.Origin, p.Best || g.lab && p.Multipath})
	}
	return rows
}

// diff says how the rows read differ from the expected ones.
func (g bgpGolden) diff(paths []snapshot.Path) string {
	count := func(rows []bgpRow) map[string]int {
		n := map[string]int{}
		for _, r := range rows {
			if g.lab {
				r.pref, r.metric = cmp.Or(r.pref, "100"), cmp.Or(r.metric, "0")
				r.as = strings.NewReplacer("{", "", "}", "", "(", "", ")", "", ",", " ").Replace(r.as)
			}
			if !g.flags || g.plain {
				r.best = false
			}
			if g.plain {
				r.as, r.org = "", ""
			}
			if r.hop != "" {
				if a, err := netip.ParseAddr(r.hop); err == nil {
					r.hop = a.String()
				}
			}
			r.as = strings.Join(strings.Fields(r.as), " ")
			n[r.String()]++
		}
		return n
	}
	want, got := count(g.rows), count(g.ours(paths))
	var out []string
	for r, n := range want {
		if got[r] < n {
			out = append(out, "  lacks "+r)
		}
	}
	for r, n := range got {
		if want[r] < n {
			out = append(out, "  has   "+r)
		}
	}
	slices.Sort(out)
	if len(out) == 0 {
		return ""
	}
	return fmt.Sprintf("%d expected, %d read\n%s", len(g.rows), len(paths), strings.Join(out, "\n"))
}
