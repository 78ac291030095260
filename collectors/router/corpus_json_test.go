package router_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/collectors/router/eos"
	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/nxos"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// jsonCase is a recorded output that is JSON.
type jsonCase struct{ bgpCase }

func jsonCases(t *testing.T) []jsonCase {
	t.Helper()
	f, err := os.Open(filepath.Join(bgpCorpus, "manifest.jsonl"))
	if err != nil {
		t.Skipf("the recorded outputs are not here: %v", err)
	}
	defer f.Close()
	var cases []jsonCase
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c jsonCase
		if err := json.Unmarshal(in.Bytes(), &c.bgpCase); err != nil {
			t.Fatal(err)
		}
		if c.wanted() {
			cases = append(cases, c)
		}
	}
	return cases
}

func (c jsonCase) wanted() bool {
	return (filepath.Ext(c.Raw) == ".json" || strings.Contains(c.Command, "json")) &&
		slices.Contains([]string{"bgp_table", "bgp_detail", "bgp_adj_rib", "bgp_other", "rib", "bgp_summary", "bgp_neighbors"}, c.Class) &&
		c.reader() != nil
}

func (c jsonCase) reader() func(string, *lines.Reader, *snapshot.Router) bool {
	switch c.Platform {
	case "arista_eos", "eos":
		return eos.Read
	case "frr", "frr_cumulus", "cumulus":
		return frr.Read
	case "cisco_nxos", "nxos", "cisco_nxos_nxapi":
		return nxos.Read
	}
	return nil
}

// command is what was typed, where the corpus has the name of a test or of a
// file, without what asks for JSON.
func (c jsonCase) command() string {
	name, ok := strings.CutPrefix(c.Command, "JSON ")
	family := "ipv4"
	if strings.Contains(name, "ipv6") {
		family = "ipv6"
	}
	switch {
	case !ok && c.reader() != nil && (strings.Contains(c.Platform, "frr") || c.Platform == "cumulus"):
		return c.Command
	case !ok:
		bare, _, _ := strings.Cut(c.Command, "|")
		return bare + " | json"
	case strings.HasPrefix(name, "VerifyIPv4Route"):
		return "show ip route | json"
	case name == "VerifyBGPExchangedRoutes":
		return "show ip bgp neighbors 192.0.255.1 routes | json"
	case name == "VerifyBGPRoutePaths":
		return "show ip bgp vrf all | json"
	case name == "VerifyEVPNType2Route":
		return "show bgp evpn route-type mac-ip | json"
	case strings.HasPrefix(name, "Verify"):
		return "show bgp neighbors vrf all | json"
	case strings.HasSuffix(name, "summary"):
		return name + " json"
	case name == "bgp":
		return "net show bgp vrf all neighbor json"
	case strings.HasSuffix(name, "allowas"), strings.Contains(name, "172"):
		return "show bgp ipv4 unicast 192.168.1.1/32 json"
	case strings.Contains(name, "vpn"):
		return "show bgp " + family + " vpn json"
	case strings.Contains(name, "bgp"):
		return "show bgp " + family + " unicast json"
	case family == "ipv6":
		return "show ipv6 route json"
	}
	return "show ip route json"
}

// TestJSONCorpus reads every recorded output that is JSON, compares it with the
// text of the same device or the expected reading where there is one, and counts
// its rows in the JSON itself.
func TestJSONCorpus(t *testing.T) {
	type score struct{ right, known, all, rows int }
	scores := map[string]*score{}
	exceptions := jsonExceptions()
	for _, c := range jsonCases(t) {
		s := scores[c.Platform]
		if s == nil {
			s = &score{}
			scores[c.Platform] = s
		}
		s.all++
		rows, problem := c.check(t)
		s.rows += rows
		reason, known := exceptions[c.Dir]
		switch {
		case problem == "" && known:
			t.Errorf("%s is on the list of exceptions and reads well", c.Dir)
		case problem == "":
			s.right++
		case known:
			s.known++
			t.Logf("exception %s: %s", c.Dir, reason)
		default:
			t.Errorf("%s (%s): %s", c.Dir, c.command(), problem)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		s := scores[name]
		t.Logf("%-18s %d of %d read as they must be; %d known exceptions; %d rows", name, s.right, s.all, s.known, s.rows)
	}
}

func (c jsonCase) check(t *testing.T) (rows int, problem string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(bgpCorpus, c.Dir, c.Raw))
	if err != nil {
		t.Fatal(err)
	}
	in := lines.Of(raw)
	var r snapshot.Router
	if !c.reader()(strings.Join(strings.Fields(c.command()), " "), in, &r) {
		return 0, "no reader"
	}
	if u := in.Unread(); len(u) > 0 {
		return 0, fmt.Sprintf("%d unread, the first %d: %s", in.Missed(), u[0].Line, u[0].Text)
	}
	read, rows := tableRead(&r)
	if !slices.Contains([]snapshot.Status{snapshot.OK, snapshot.Empty}, read.Status) && !strings.HasPrefix(read.Detail, "the command lists") {
		return rows, fmt.Sprintf("%s: %s", read.Status, read.Detail)
	}
	if lines := rowLines(&r); !slices.IsSorted(lines) || len(lines) > 0 && (lines[0] < 1 || lines[len(lines)-1] > 1+bytes.Count(raw, []byte{'\n'})) {
		return rows, "the rows do not stand on the lines that they say"
	}
	if c.Platform == "nxos" { // counts next hops
		rows = 0
		for _, route := range r.RIB.Routes {
			rows += len(route.NextHops)
		}
	}
	if want := countJSON(t, raw); want >= 0 && want != rows {
		return rows, fmt.Sprintf("%d rows were read of %d", rows, want)
	}
	return rows, ""
}

// tableRead is the table that was read, and how many rows it has.
func tableRead(r *snapshot.Router) (*snapshot.Read, int) {
	switch {
	case r.RIB.Status != snapshot.Missing:
		return &r.RIB.Read, len(r.RIB.Routes)
	case r.Sessions.Status != snapshot.Missing:
		return &r.Sessions.Read, len(r.Sessions.Peers)
	case len(r.AdjRIBs) > 0:
		rows := 0
		for _, a := range r.AdjRIBs {
			rows += len(a.Paths)
		}
		return &r.AdjRIBs[0].Read, rows
	}
	return &r.BGP.Read, len(r.BGP.Paths)
}

// countJSON counts the rows of an output in another way than the readers do: by
// where they stand. It is -1 where a row is no one value.
func countJSON(t *testing.T, raw []byte) int {
	t.Helper()
	if bytes.Contains(raw, []byte("addressFamilyInfo")) {
		return -1 // a row for each family
	}
	dec, rows := json.NewDecoder(bytes.NewReader(raw)), 0
	for dec.More() {
		var v any
		if err := dec.Decode(&v); err != nil {
			return -1 // no JSON
		}
		rows += countRows(v, "")
	}
	return rows
}

func countRows(v any, under string) int {
	rows := 0
	switch v := v.(type) {
	case []any:
		_, err := netip.ParsePrefix(strings.ReplaceAll(under, `\`, ""))
		if err == nil || under == "bgpRoutePaths" || under == "paths" || under == "ROW_neighbor" {
			return len(v)
		}
		for _, e := range v {
			if _, peer := e.(map[string]any); peer && under == "peerList" {
				rows++
				continue
			}
			rows += countRows(e, under)
		}
	case map[string]any:
		if under == "ROW_path" || under == "ROW_neighbor" {
			return 1
		}
		for key, e := range v {
			fields, _ := e.(map[string]any)
			if _, entry := fields["routeType"]; under == "peers" || under == "routes" && entry {
				rows++
				continue
			}
			rows += countRows(e, key)
		}
	}
	return rows
}

// rowLines are the lines that the rows start on, in their order.
func rowLines(r *snapshot.Router) []int {
	var at []int
	for _, p := range r.BGP.Paths {
		at = append(at, p.Line)
	}
	for _, p := range r.RIB.Routes {
		at = append(at, p.Line)
	}
	for _, p := range r.Sessions.Peers {
		at = append(at, p.Line)
	}
	return at
}

// jsonExceptions are the cases that do not read, each with the reason.
func jsonExceptions() map[string]string {
	const (
		nameless    = "raw: an old release that lists two VRFs without their names; the reading is partial"
		placeholder = "raw: a test's pattern, with a word in place of an address"
		pattern     = "raw: a test's pattern: it counts what it leaves out"
		cut         = "raw: a test's fixture, of which all members were taken but those that it looks at: a neighbour without a state, a route without a next hop"
		edited      = "raw: a path was taken out, and the count was not changed"
		other       = "no reader: it lists MAC addresses"
		unconverted = "raw: the router answered that it has no JSON for the command"
	)
	cases := map[string]string{}
	add := func(reason, under string, names ...string) {
		for _, n := range names {
			cases[under+n] = reason
		}
	}
	add(unconverted, "lab-validation/arista_eos/show_ip_bgp_neighbors_vrf_all_json/eos_bgp_weight_behavior_ribd__", "r3-418", "r4-418")
	add(nameless, "lab-validation/frr_cumulus/vtysh_-c_show_ip_route_vrf_all_json/onug_cost_optimized_s3_path__", "bl01", "leaf01", "spine01")
	add(placeholder, "frr-topotests/frr/JSON_show_bgp_ipv6/bgp_nexthop_ipv6__",
		"r1__show_bgp_ipv6_step1.json", "r2__show_bgp_ipv6_step1.json", "r4__show_bgp_ipv6_step1.json", "r4__show_bgp_ipv6_step2.json", "r5__show_bgp_ipv6_step1.json",
		"r5__show_bgp_ipv6_step2.json", "r6__show_bgp_ipv6_step1.json", "rr__show_bgp_ipv6_step1.json", "rr__show_bgp_ipv6_step2.json")
	add(pattern, "frr-topotests/frr/", "JSON_show_bgp_ipv6_summary/bgp_nexthop_ipv6__rr__show_bgp_ipv6_summary.json", "JSON_bgp_ipv4_routes/bgp_ipv6_rtadv__r1__bgp_ipv4_routes.json")
	add(edited, "napalm/arista_eos/show_ip_bgp_1_0_4_0_24_vrf_", "TEST/test_get_route_to__iss_1347", "default/test_get_route_to__iss_1347")
	add(other, "anta/arista_eos/JSON_VerifyEVPNType2Route/", "success-multiple-routes-mac", "success-multiple-routes-multiple-paths-mac", "failure-path-not-active")
	add(cut, "anta/arista_eos/JSON_VerifyBgpRouteMaps/", "success-ipv6-rfc5549", "failure-ipv6-rfc5549")
	add(cut, "anta/arista_eos/JSON_VerifyBGPPeerRouteLimit/", "success", "success-ipv6-rfc5549", "failure-incorrect-max-routes", "failure-ipv6-rfc5549")
	add(cut, "anta/arista_eos/JSON_VerifyIPv4RouteType/", "success-bgpAggregate", "failure-invalid-route-type")
	return cases
}

// TestEOSTextAndJSONOfTheSameDeviceReadTheSame compares what the same device
// printed in both forms. The text does not say which sessions are internal, nor
// does it stand on the same lines.
func TestEOSTextAndJSONOfTheSameDeviceReadTheSame(t *testing.T) {
	text := bgpCases(t)
	pairs := 0
	for _, c := range text {
		if !slices.Contains(c.Expected, "device.json") {
			continue
		}
		pairs++
		var both [2]snapshot.Router
		for i, f := range []struct{ name, command string }{{c.Raw, "show ip bgp vrf all"}, {"device.json", "show ip bgp vrf all | json"}} {
			raw, err := os.ReadFile(filepath.Join(bgpCorpus, c.Dir, f.name))
			if err != nil {
				t.Fatal(err)
			}
			if !eos.Read(f.command, lines.Of(raw), &both[i]) || both[i].BGP.Status != snapshot.OK && both[i].BGP.Status != snapshot.Empty {
				t.Errorf("%s/%s: %s %s", c.Dir, f.name, both[i].BGP.Status, both[i].BGP.Detail)
			}
		}
		order := func(a, b snapshot.Path) int {
			return strings.Compare(fmt.Sprint(a.VRF, a.Prefix, a.NextHop, a.ASPath), fmt.Sprint(b.VRF, b.Prefix, b.NextHop, b.ASPath))
		}
		diff := cmp.Diff(both[0].BGP, both[1].BGP, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.SortSlices(order),
			cmpopts.IgnoreFields(snapshot.Path{}, "Internal", "Line", "LastLine"))
		if diff != "" {
			t.Errorf("%s (-text +JSON):\n%s", c.Dir, diff)
		}
	}
	if pairs == 0 {
		t.Error("no device with both forms")
	}
	t.Logf("%d devices", pairs)
}
