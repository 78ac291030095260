package router_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const ribCorpus = "../../../shared/data/routers"

type ribCase struct {
	Dir      string   `json:"dir"`
	Origin   string   `json:"origin"`
	Platform string   `json:"platform"`
	Command  string   `json:"command"`
	Class    string   `json:"class"`
	Raw      string   `json:"raw_file"`
	Expected []string `json:"expected_files"`
}

// command is what was typed, where the corpus has the name of a parser or a
// template of the command instead.
func (c ribCase) command() string {
	switch c.Command {
	case "ShowIpRoute", "show ip route vrf {vrf}", "show ip route {route} {protocol} interface {interface} vrf {vrf}":
		return "show ip route"
	case "ShowIpRouteSummary":
		return "show ip route summary"
	case "ShowIpRouteWord":
		return "show ip route 10.0.0.1"
	case "ShowIpv6Route", "show ipv6 route vrf {vrf}", "show ipv6 route {route} {protocol} interface {interface} vrf {vrf}":
		return "show ipv6 route"
	case "ShowIpv6RouteUpdated", "show ipv6 route vrf {vrf} updated":
		return "show ipv6 route updated"
	case "ShowIpv6RouteWord":
		return "show ipv6 route 2001:db8::1"
	case "ipv4 routes":
		return "show ip route vrf all"
	case "ipv6 routes":
		return "show ipv6 route vrf all"
	}
	return c.Command
}

// text reports whether the case is a routing table as text. Summaries, the table
// of IPv6 routers and the FIB are other tables.
func (c ribCase) text() bool {
	if c.Class != "rib" || filepath.Ext(c.Raw) == ".json" || filepath.Ext(c.Raw) == ".xml" {
		return false
	}
	for _, not := range []string{"json", "JSON", "ummary", "ipv6 routers", "ip cef"} {
		if strings.Contains(c.Command, not) {
			return false
		}
	}
	return slices.Contains([]string{"cisco_ios", "cisco_iosxe", "ios", "cisco_nxos", "nxos", "cisco_xr", "arista_eos", "eos", "frr", "frr_cumulus"}, c.Platform)
}

func ribCases(t *testing.T) []ribCase {
	t.Helper()
	f, err := os.Open(filepath.Join(ribCorpus, "manifest.jsonl"))
	if err != nil {
		t.Skipf("the recorded outputs are not here: %v", err)
	}
	defer f.Close()
	var cases []ribCase
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c ribCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.text() {
			cases = append(cases, c)
		}
	}
	return cases
}

// TestRIBCorpus reads every recorded routing table that is text and compares it
// with the expected reading where there is one.
func TestRIBCorpus(t *testing.T) {
	type score struct{ right, compared, known, all, rows int }
	scores := map[string]*score{}
	exceptions := ribExceptions()
	for _, c := range ribCases(t) {
		s := scores[c.Platform]
		if s == nil {
			s = &score{}
			scores[c.Platform] = s
		}
		s.all++
		rows, compared, problem := checkRIB(t, c)
		s.rows += rows
		if compared {
			s.compared++
		}
		reason, known := exceptions[c.Dir]
		switch {
		case problem == "" && known:
			t.Errorf("%s is on the list of exceptions and reads well", c.Dir)
		case problem == "":
			s.right++
		case known:
			s.known++
			t.Logf("%s: %s", c.Dir, reason)
		default:
			t.Errorf("%s (%s): %s", c.Dir, c.Command, problem)
		}
	}
	for platform, s := range scores {
		t.Logf("%-12s %d of %d right (%d with an expected reading), %d known exceptions, %d next hops", platform, s.right, s.all, s.compared, s.known, s.rows)
	}
}

func checkRIB(t *testing.T, c ribCase) (rows int, compared bool, problem string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(ribCorpus, c.Dir, c.Raw))
	if err != nil {
		t.Fatal(err)
	}
	got, err := router.Parse(c.Platform, c.command(), strings.NewReader(string(raw)))
	if err != nil {
		return 0, false, err.Error()
	}
	if len(got.Unread) > 0 {
		return 0, false, fmt.Sprintf("%d unread, the first %d: %s", len(got.Unread), got.Unread[0].Line, got.Unread[0].Text)
	}
	if words := strings.TrimSpace(string(raw)); strings.HasPrefix(words, "% ") && len(got.Routes) == 0 {
		return 0, false, cmp.Diff(strings.Contains(words, "not in table"), got.Status == snapshot.Empty)
	}
	if _, damaged := ribDamaged()[c.Dir]; damaged != (got.Status == snapshot.Partial && !strings.Contains(got.Detail, " only")) {
		return 0, false, fmt.Sprintf("%s: %s", got.Status, got.Detail)
	}
	ours := ribFlatten(got.Routes)
	if len(ours) == 0 && got.Status != snapshot.Empty {
		return 0, false, "nothing was read"
	}
	want, ok := expectedRIB(t, c, raw)
	if !ok {
		return len(ours), false, ""
	}
	return len(ours), true, ribDiff(want, ours)
}

// ribRow is one next hop. What is not known is empty.
type ribRow struct{ VRF, Prefix, Protocol, Distance, Metric, Addr, Port string }

func (r ribRow) key() string {
	return r.VRF + " " + r.Prefix + " " + r.Protocol + " " + r.Addr + " " + r.Port
}

func ribFlatten(routes []snapshot.Route) []ribRow {
	var rows []ribRow
	for _, r := range routes {
		for _, n := range r.NextHops {
			row := ribRow{VRF: r.VRF, Prefix: r.Prefix.String(), Protocol: r.Protocol, Port: n.Interface}
			if r.Distance != nil {
				row.Distance = fmt.Sprint(*r.Distance)
			}
			if r.Metric != nil {
				row.Metric = fmt.Sprint(*r.Metric)
			}
			if n.Addr.IsValid() {
				row.Addr = n.Addr.String()
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// ribDiff compares rows in any order. Where the device printed no distance and
// metric the expected readings have zeros or nothing; where they leave a field
// open, it is not compared.
func ribDiff(want, got []ribRow) string {
	order := func(a, b ribRow) int { return strings.Compare(a.key(), b.key()) }
	slices.SortStableFunc(want, order)
	slices.SortStableFunc(got, order)
	if len(want) != len(got) {
		return cmp.Diff(want, got)
	}
	metrics := map[string][]string{}
	for _, w := range want {
		metrics[w.VRF+" "+w.Prefix] = append(metrics[w.VRF+" "+w.Prefix], w.Metric)
	}
	for i := range want {
		// A route has one metric, also where the device prints one for each next hop.
		if slices.Contains(metrics[got[i].VRF+" "+got[i].Prefix], got[i].Metric) {
			want[i].Metric = got[i].Metric
		}
		if got[i].Distance == "" && (want[i].Distance == "0" || want[i].Protocol == "static" && want[i].Distance == "1") {
			want[i].Distance = ""
		}
		if got[i].Metric == "" && (want[i].Metric == "0" || want[i].Metric == "") {
			want[i].Metric = ""
		}
		for _, f := range [][2]*string{{&want[i].VRF, &got[i].VRF}, {&want[i].Distance, &got[i].Distance}, {&want[i].Metric, &got[i].Metric}} {
			if *f[0] == ribOpen {
				*f[0] = *f[1]
			}
		}
	}
	return cmp.Diff(want, got)
}

// ribOpen stands in an expected reading for what it does not say.
const ribOpen = "?"

// expectedRIB is the expected reading of a case, and false when there is none.
func expectedRIB(t *testing.T, c ribCase, raw []byte) ([]ribRow, bool) {
	t.Helper()
	for _, name := range []string{"expected_labvalidation.json", "expected.json"} {
		if !slices.Contains(c.Expected, name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(ribCorpus, c.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		var rows []ribRow
		switch c.Origin {
		case "lab-validation":
			rows = ribLab(v)
		case "ntc-templates":
			rows = ribNTC(v)
		case "muninn":
			rows = ribMuninn(v)
		case "genieparser":
			rows = ribGenie(v)
		default:
			return nil, false
		}
		for i := range rows {
			ribNormalise(&rows[i])
			if !bytes.Contains(raw, []byte(rows[i].VRF)) && strings.HasPrefix(strings.TrimSpace(c.Command), "show route") {
				rows[i].VRF = ribOpen // it was in the command, which the corpus shortened
			}
			if own := rows[i].Protocol == "connected" || rows[i].Protocol == "local"; own && rows[i].Port != "" && c.Platform == "cisco_nxos" {
				rows[i].Addr = "" // NX-OS prints the router's own address there
			}
		}
		return rows, true
	}
	return nil, false
}

// ribNormalise gives an expected row the words that ours have.
func ribNormalise(r *ribRow) {
	r.Protocol = ribProtocol(r.Protocol)
	r.Port = ribPort(r.Port)
	if strings.HasPrefix(r.Port, "vrf ") {
		r.Port = "" // where the next hop is, not what it is
	}
	if r.VRF == "" {
		r.VRF = "default"
	}
	r.Addr, _, _ = strings.Cut(strings.TrimPrefix(r.Addr, "connected"), "%")
	if a, err := netip.ParseAddr(r.Addr); err == nil {
		r.Addr = a.String()
	}
	if p, err := netip.ParsePrefix(r.Prefix); err == nil {
		r.Prefix = p.String()
	}
}

func ribPort(s string) string {
	for short, long := range map[string]string{"Eth": "Ethernet", "Lo": "Loopback", "loopback": "Loopback", "Po": "port-channel"} {
		if rest, ok := strings.CutPrefix(s, short); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return long + rest
		}
	}
	return s
}

func ribProtocol(s string) string {
	s = strings.ToLower(s)
	name, _, _ := strings.Cut(strings.Fields(strings.ReplaceAll(strings.ReplaceAll(s+" ?", "-", " "), "*", " "))[0], "_")
	for start, long := range map[string]string{"ospf": "ospf", "isis": "isis", "eigrp": "eigrp", "direct": "connected", "ibgp": "bgp", "ebgp": "bgp"} {
		if strings.HasPrefix(name, start) {
			return long
		}
	}
	if len(name) > 2 {
		return name
	}
	switch name {
	case "c":
		return "connected"
	case "l":
		return "local"
	case "s":
		return "static"
	case "b":
		return "bgp"
	case "o":
		return "ospf"
	case "d":
		return "eigrp"
	case "i":
		return "isis"
	case "r":
		return "rip"
	}
	return name
}

// get is the value at a path of keys, as text; "" when there is none.
func get(v any, keys ...string) string {
	for _, k := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[k]
	}
	switch x := v.(type) {
	case nil:
		return ""
	case float64:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprint(v)
}

func ribChildren(v any, keys ...string) map[string]any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	m, _ := v.(map[string]any)
	return m
}

func ribList(v any) []any {
	l, _ := v.([]any)
	return l
}

func ribLab(v any) []ribRow {
	var rows []ribRow
	for _, e := range ribList(v) {
		rows = append(rows, ribRow{
			VRF: get(e, "vrf"), Prefix: get(e, "network"), Protocol: get(e, "protocol"), Distance: get(e, "admin"), Metric: get(e, "metric"),
			Addr: get(e, "next_hop_ip"), Port: get(e, "next_hop_int"),
		})
	}
	return rows
}

func ribNTC(v any) []ribRow {
	var rows []ribRow
	for _, e := range ribList(ribChildren(v)["parsed_sample"]) {
		r := ribRow{
			VRF: get(e, "vrf"), Prefix: get(e, "network") + "/" + get(e, "prefix_length"), Protocol: get(e, "protocol"), Distance: get(e, "distance"), Metric: get(e, "metric"),
		}
		m := ribChildren(e)
		if hops, ok := m["next_hop"].([]any); ok { // one row a route
			for i, h := range hops {
				r.Addr, r.Port = "", ""
				if h != "connected" {
					r.Addr = h.(string)
				}
				if ports := ribList(m["interface"]); i < len(ports) {
					r.Port, _, _ = strings.Cut(ports[i].(string), ",")
				}
				rows = append(rows, r)
			}
			continue
		}
		r.Addr, r.Port = get(e, "nexthop_ip")+get(e, "next_hop"), get(e, "nexthop_if")+get(e, "interface")
		rows = append(rows, r)
	}
	return rows
}

func ribMuninn(v any) []ribRow {
	var rows []ribRow
	add := func(vrf string, routes map[string]any) {
		for prefix, e := range routes {
			for _, h := range ribList(ribChildren(e)["next_hops"]) {
				r := ribRow{
					VRF: vrf, Prefix: prefix, Protocol: get(e, "protocol") + get(h, "protocol"), Distance: get(h, "admin_distance") + get(h, "preference"),
					Metric: get(h, "metric"), Addr: get(h, "next_hop"), Port: get(h, "outgoing_interface") + get(h, "interface"),
				}
				rows = append(rows, r)
			}
		}
	}
	if vrfs := ribChildren(v, "vrfs"); vrfs != nil {
		for name, vrf := range vrfs {
			add(name, ribChildren(vrf, "routes"))
		}
		return rows
	}
	add(get(v, "vrf"), ribChildren(v, "routes"))
	return rows
}

func ribGenie(v any) []ribRow {
	var rows []ribRow
	for prefix, e := range ribChildren(v, "entry") {
		for _, p := range ribChildren(e, "paths") {
			rows = append(rows, ribRow{
				VRF: ribOpen, Prefix: prefix, Protocol: get(e, "known_via"), Distance: get(e, "distance"), Metric: get(e, "metric"),
				Addr: get(p, "nexthop") + get(p, "fwd_ip"), Port: get(p, "interface") + get(p, "fwd_intf"),
			})
		}
	}
	for vrf, tables := range ribChildren(v, "vrf") {
		for _, table := range ribChildren(tables, "address_family") {
			for prefix, e := range ribChildren(table, "routes") {
				rows = append(rows, ribGenieRoute(vrf, prefix, e)...)
			}
		}
	}
	return rows
}

func ribGenieRoute(vrf, prefix string, e any) []ribRow {
	base := ribRow{VRF: vrf, Prefix: prefix, Protocol: get(e, "source_protocol"), Distance: get(e, "route_preference"), Metric: get(e, "metric")}
	if known := get(e, "known_via"); known != "" {
		base.Protocol, base.Distance = known, get(e, "distance")
	}
	var rows []ribRow
	for _, h := range ribChildren(e, "next_hop", "next_hop_list") {
		r := base
		r.Addr, r.Port = get(h, "next_hop"), get(h, "outgoing_interface")
		if p := get(h, "source_protocol"); p != "" {
			r.Protocol, r.Distance, r.Metric = p, get(h, "route_preference"), get(h, "metric")
		}
		rows = append(rows, r)
	}
	for name := range ribChildren(e, "next_hop", "outgoing_interface") {
		r := base
		r.Port = name
		rows = append(rows, r)
	}
	return rows
}
