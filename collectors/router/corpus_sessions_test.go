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

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// sessionCase is a recorded list of neighbours that is text.
type sessionCase struct{ bgpCase }

func sessionCases(t *testing.T) []sessionCase {
	t.Helper()
	f, err := os.Open(filepath.Join(bgpCorpus, "manifest.jsonl"))
	if err != nil {
		t.Skipf("the recorded outputs are not here: %v", err)
	}
	defer f.Close()
	var cases []sessionCase
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c sessionCase
		if err := json.Unmarshal(in.Bytes(), &c.bgpCase); err != nil {
			t.Fatal(err)
		}
		if c.wanted() {
			cases = append(cases, c)
		}
	}
	return cases
}

func (c sessionCase) wanted() bool {
	return (c.Class == "bgp_summary" || c.Class == "bgp_neighbors") && filepath.Ext(c.Raw) == ".txt" && !strings.Contains(c.Command, "json") &&
		slices.Contains([]string{"cisco_ios", "cisco_iosxe", "cisco_nxos", "cisco_xr", "arista_eos", "frr", "frr_cumulus"}, c.Platform)
}

// command is what was typed, where the corpus has the name of a parser.
func (c sessionCase) command() string {
	switch c.Command {
	case "ShowBgpAllNeighbors":
		return "show bgp all neighbors"
	case "ShowBgpSummary":
		return "show bgp summary"
	}
	return strings.NewReplacer("{", "", "}", "").Replace(c.Command)
}

// TestSessionCorpus reads every recorded list of neighbours that is text, and
// holds its neighbours against the expected reading where there is one.
func TestSessionCorpus(t *testing.T) {
	type score struct{ right, compared, known, all, rows int }
	scores := map[string]*score{}
	exceptions := sessionExceptions()
	for _, c := range sessionCases(t) {
		s := scores[c.Platform]
		if s == nil {
			s = &score{}
			scores[c.Platform] = s
		}
		s.all++
		rows, compared, problem := c.check(t)
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
			t.Logf("exception %s: %s", c.Dir, reason)
		default:
			t.Errorf("%s (%s): %s", c.Dir, c.Command, problem)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		s := scores[name]
		t.Logf("%-12s %d of %d read as they must be, %d of them held against an expected reading; %d known exceptions; %d rows", name, s.right, s.all, s.compared, s.known, s.rows)
	}
}

func (c sessionCase) check(t *testing.T) (rows int, compared bool, problem string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(bgpCorpus, c.Dir, c.Raw))
	if err != nil {
		t.Fatal(err)
	}
	got, err := router.Parse(c.Platform, c.command(), bytes.NewReader(raw))
	if err != nil {
		return 0, false, "no reader"
	}
	if len(got.Unread) > 0 {
		return len(got.Neighbors), false, fmt.Sprintf("%d unread, the first %d: %s", len(got.Unread), got.Unread[0].Line, got.Unread[0].Text)
	}
	if got.Status != snapshot.OK && got.Status != snapshot.Empty {
		return len(got.Neighbors), false, fmt.Sprintf("%s: %s", got.Status, got.Detail)
	}
	want, ok := c.golden(t)
	if !ok {
		return len(got.Neighbors), false, ""
	}
	ours := peerWords{}
	for _, p := range got.Neighbors {
		ours.add(p.Addr, fmt.Sprint(p.AS), p.State)
	}
	return len(got.Neighbors), true, want.missing("lacks", ours) + ours.missing("has", want)
}

// peerWords are the words that a list says of its neighbours, by their addresses.
type peerWords map[netip.Addr]map[string]bool

func (s peerWords) add(a netip.Addr, words ...string) {
	a = a.WithZone("")
	if s[a] == nil {
		s[a] = map[string]bool{}
	}
	for i, w := range words {
		w = strings.ToLower(strings.Fields(strings.TrimRight(w, "!") + " ?")[0])
		if i == 1 && strings.Trim(w, "0123456789") == "" || strings.HasPrefix(w, "estab") {
			w = "established"
		}
		if w, _, _ = strings.Cut(w, "("); w != "?" && w != "0" {
			s[a][w] = true
		}
	}
}

// missing says which neighbours of s, and where both say something which words,
// are not in other.
func (s peerWords) missing(verb string, other peerWords) string {
	var out []string
	for a, words := range s {
		if other[a] == nil {
			out = append(out, fmt.Sprintf("%s %s", verb, a))
			continue
		}
		for w := range words {
			if verb == "lacks" && !other[a][w] {
				out = append(out, fmt.Sprintf("%s %s of %s, which is %v", verb, w, a, slices.Sorted(maps.Keys(other[a]))))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// golden reads the expected reading of a case: whatever is called an address's.
func (c sessionCase) golden(t *testing.T) (peerWords, bool) {
	t.Helper()
	for _, name := range []string{"expected_labvalidation.json", "expected.json"} {
		if !slices.Contains(c.Expected, name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(bgpCorpus, c.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		s := peerWords{}
		s.walk(v, "")
		return s, len(s) > 0
	}
	return nil, false
}

func (s peerWords) walk(v any, under string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			s.walk(e, under)
		}
	case map[string]any:
		if name, ok := first(v, "bgp_neighbor", "bgp_neigh", "neighbor", "neighbor_ip", "ip"); ok {
			if a, err := netip.ParseAddr(name); err == nil {
				s.neighbor(a, v)
			}
		}
		for key, e := range v {
			fields, ok := e.(map[string]any)
			if a, err := netip.ParseAddr(strings.TrimPrefix(key, "*")); err == nil && ok && strings.HasPrefix(under, "neighbor") {
				s.neighbor(a, fields)
				continue
			}
			s.walk(e, key)
		}
	}
}

// neighbor takes a neighbour's AS number and state, which may stand under each of
// its families.
func (s peerWords) neighbor(a netip.Addr, v map[string]any) {
	as, _ := first(v, "remote_as", "neighbor_as", "neigh_as", "remoteas", "asn", "as")
	state, ok := first(v, "bgp_state", "session_state", "state_or_prefixes_received", "state", "state_pfxrcd")
	if n, isAS := dotted(as); isAS {
		as = n
	}
	if ok {
		s.add(a, as, state)
	} else {
		s.add(a, as, "?")
	}
	families, _ := v["address_family"].(map[string]any)
	for _, f := range families {
		if f, ok := f.(map[string]any); ok {
			as, _ := first(f, "as", "remote_as")
			if n, isAS := dotted(as); isAS {
				as = n
			}
			state, _ := first(f, "state_pfxrcd", "session_state")
			s.add(a, as, state)
		}
	}
}

// dotted is an AS number in dotted notation as a plain one (RFC 5396).
func dotted(s string) (string, bool) {
	var high, low uint32
	if n, _ := fmt.Sscanf(s, "%d.%d", &high, &low); n != 2 {
		return "", false
	}
	return fmt.Sprint(high<<16 | low), true
}

// sessionExceptions are the cases that do not read as their expected reading,
// each with the reason.
func sessionExceptions() map[string]string {
	const (
		genie    = "genieparser/"
		routes   = "no list of neighbours: it lists a neighbour's routes"
		filtered = "raw: lines that pass a filter, or another command's; the reading is partial"
	)
	return map[string]string{
		genie + "cisco_ios/ShowBgpAllNeighborsRoutes/ShowBgpAllNeighborsRoutes__cli-equal__golden_output3":                                                                 routes,
		genie + "cisco_ios/ShowBgpAllNeighborsRoutes/ShowBgpAllNeighborsRoutes__cli-equal__golden_output5":                                                                 routes,
		genie + "cisco_xr/ShowBgpInstanceNeighborsRoutes/ShowBgpInstanceNeighborsRoutes__cli-equal__golden_output1":                                                        routes,
		genie + "cisco_iosxe/show_ip_bgp_address_family_vrf_vrf_neighbors_neighbor_received_prefix-filter/ShowIpBgpNeighborReceivedPrefixFilter__cli-equal__golden_output": "no list of neighbours: it lists a filter that a neighbour sent",
		genie + "cisco_nxos/show_bgp_l2vpn_evpn_summary/ShowBgpL2vpnEvpnSummary__cli-equal__golden1_output":                                                                "raw and golden: AS numbers greater than 32 bits hold",
		genie + "cisco_xr/show_bgp_instance_instance_all_all_neighbors_detail/ShowBgpInstanceNeighborsDetail__cli-equal__golden_output4":                                   "raw: the first neighbour's paragraph lacks its end; the reading is partial",
		"napalm/cisco_ios/show_ip_bgp_neighbors_include_is_1_2_3_4/test_get_route_to__7200_format":                                                                         filtered,
		"napalm/cisco_ios/show_ip_bgp_neighbors_include_is_200_200_200_1/test_get_route_to__non_exact":                                                                     filtered,
		"napalm/cisco_ios/show_ip_bgp_neighbors_include_is_10_105_179_5/test_get_route_to__normal":                                                                         filtered,
		"napalm/cisco_ios/show_ip_bgp_vpnv4_vrf_CustB_neighbors_include_is_169_254_255_1/test_get_route_to__non_exact":                                                     filtered,
		"napalm/cisco_ios/show_ip_bgp_vpnv4_vrf_TEST_neighbors_include_is_10_105_113_164/test_get_route_to__normal":                                                        filtered,
	}
}
