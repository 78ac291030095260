package bgptable_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// short is a path in one line, for comparison.
func short(p snapshot.Path) string {
	flags := ""
	for _, f := range []struct {
		on   bool
		mark string
	}{
		{p.Valid, "valid "},
		{p.Best, "best "},
		{p.Multipath, "multipath "},
		{p.Internal, "internal "},
		{p.RIBFailure, "rib-failure "},
		{p.Suppressed, "suppressed "},
		{p.Damped, "damped "},
		{p.History, "history "},
		{p.Stale, "stale "},
	} {
		if f.on {
			flags += f.mark
		}
	}
	n := func(v *uint32) string {
		if v == nil {
			return "-"
		}
		return fmt.Sprint(*v)
	}
	return fmt.Sprintf("%s %s via %s %s%s/%s/%s [%s] %s @%d-%d", p.VRF, p.Prefix, p.NextHop, flags, n(p.Metric), n(p.LocalPref), n(p.Weight), p.ASPath, p.Origin, p.Line, p.LastLine)
}

func shorts(paths []snapshot.Path) []string {
	var out []string
	for _, p := range paths {
		out = append(out, short(p))
	}
	return out
}

func read(t *testing.T, p bgptable.Platform, command, text string) (snapshot.Router, *lines.Reader) {
	t.Helper()
	var r snapshot.Router
	in := lines.Of([]byte(text))
	if !bgptable.Read(p, command, in, &r) {
		t.Fatalf("no reader for %q", command)
	}
	return r, in
}

const head = "     Network          Next Hop            Metric LocPrf Weight Path\n"

func TestRowsOfEveryForm(t *testing.T) {
	for _, c := range []struct {
		name     string
		platform bgptable.Platform
		command  string
		text     string
		want     []string
	}{
		{"IOS-XE: rows stand one to the right of the header, natural lengths are left out, the weight is no metric", iosPlatform, "show ip bgp", head +
			" *>   10.0.0.0         192.0.2.2                              0 65000 i\n" +
			" *m                    192.0.2.3                              0 65000 i\n" +
			" r>i  172.16.0.0       192.0.2.9                0    100      0 12076 65515 ?\n" +
			" *>   192.168.1.0      0.0.0.0                  0         32768 i\n" +
			" *    192.168.2.0      192.0.2.2                              0 4294967295 65535.65535 {1.1,4200000000} i\n" +
			" s>   192.168.2.128/25 0.0.0.0                  0         32768 i\n", []string{
			"default 10.0.0.0/8 via 192.0.2.2 valid best -/-/0 [65000] i @2-2",
			"default 10.0.0.0/8 via 192.0.2.3 valid multipath -/-/0 [65000] i @3-3",
			"default 172.16.0.0/16 via 192.0.2.9 best internal rib-failure 0/100/0 [12076 65515] ? @4-4",
			"default 192.168.1.0/24 via 0.0.0.0 valid best 0/-/32768 [] i @5-5",
			"default 192.168.2.0/24 via 192.0.2.2 valid -/-/0 [4294967295 65535.65535 {1.1,4200000000}] i @6-6",
			"default 192.168.2.128/25 via 0.0.0.0 best suppressed 0/-/32768 [] i @7-7",
		}},
		{"the default route by its column, and a row without any mark", iosPlatform, "show ip bgp", head +
			"      0.0.0.0          0.0.0.0                                0 i\n" +
			" *>                    172.24.0.1                             0 65000 i\n", []string{
			"default 0.0.0.0/0 via 0.0.0.0 -/-/0 [] i @2-2",
			"default 0.0.0.0/0 via 172.24.0.1 valid best -/-/0 [65000] i @3-3",
		}},
		{"a wrapped row spans its lines, with a log message between", iosPlatform, "show ip bgp", head +
			" *>   192.168.123.128/25\n" +
			"*Nov 16 18:52:22.448: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON\n" +
			"                       192.0.2.2               20    100  40000 65006 i\n", []string{
			"default 192.168.123.128/25 via 192.0.2.2 valid best 20/100/40000 [65006] i @2-4",
		}},
		{"a header in the middle, paging prompts and prompts", iosPlatform, "show ip bgp", "R1#show ip bgp\n" + head +
			" *>   10.0.0.0         192.0.2.2                              0 65000 i\n" +
			" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b *d   10.1.0.0/16      192.0.2.2                              0 65000 i\n" +
			head + " *>   10.2.0.0/16      192.0.2.2                              0 65000 i\nR1#\n", []string{
			"default 10.0.0.0/8 via 192.0.2.2 valid best -/-/0 [65000] i @3-3",
			"default 10.1.0.0/16 via 192.0.2.2 valid damped -/-/0 [65000] i @4-4",
			"default 10.2.0.0/16 via 192.0.2.2 valid best -/-/0 [65000] i @6-6",
		}},
		{"families and distinguishers; what is not IP unicast is passed over", iosPlatform, "show bgp all", "For address family: IPv4 Unicast\n\n" + head +
			" *>   10.0.0.0         192.0.2.2                              0 65000 i\n\n" +
			"For address family: VPNv4 Unicast\n\n" + head +
			"Route Distinguisher: 65101:1 (default for vrf red) VRF Router ID 10.1.1.1\n" +
			" *>   10.0.0.0         192.0.2.4                              0 65000 i\n" +
			"Route Distinguisher: 65102:1\n" +
			" *>i  10.0.0.0         192.0.2.5                0    100      0 65000 i\n\n" +
			"For address family: L2VPN E-VPN\n\n" + head +
			" *>   [2][192.0.2.1:101][0][48][00AABBCCDDEE][0][*]/20\n                      ::                                 32768 ?\n", []string{
			"default 10.0.0.0/8 via 192.0.2.2 valid best -/-/0 [65000] i @4-4",
			"red 10.0.0.0/8 via 192.0.2.4 valid best -/-/0 [65000] i @10-10",
			"rd 65102:1 10.0.0.0/8 via 192.0.2.5 valid best internal 0/100/0 [65000] i @12-12",
		}},
		{
			"NX-OS: the path's type is glued to the network, deleted rows are dead", nxosPlatform, "show ip bgp vrf all",
			"BGP routing table information for VRF blue, address family IPv4 Unicast\nBGP table version is 4, Local Router ID is 192.0.2.1\n" +
				"Status: s-suppressed, x-deleted, S-stale, d-dampened, h-history, *-valid, >-best\nPath type: i-internal, e-external\n\n" + wideHead + "\n" +
				"*>e10.0.0.0/24        192.0.2.2                0                     0 65000 i\n" +
				"*|i                   192.0.2.3                         100          0 65000 {64201 64202} ?\n" +
				"x e10.0.1.0/24        192.0.2.2                                      0 64000.2017 e\n" +
				"  l10.0.2.0/24        0.0.0.0                           100      32768 i\n",
			[]string{
				"blue 10.0.0.0/24 via 192.0.2.2 valid best 0/-/0 [65000] i @7-7",
				"blue 10.0.0.0/24 via 192.0.2.3 valid multipath internal -/100/0 [65000 {64201 64202}] ? @8-8",
				"blue 10.0.1.0/24 via 192.0.2.2 -/-/0 [64000.2017] e @9-9",
				"blue 10.0.2.0/24 via 0.0.0.0 -/100/32768 [] i @10-10",
			},
		},
		{
			"IOS-XR: VRFs, and counts that hold", xrPlatform, "show bgp vrf all",
			"Mon Nov 23 03:50:17.123 UTC\n\nVRF: AZURE\n----------\nBGP VRF AZURE, state: Active\nBGP router identifier 192.0.2.1, local AS number 65108.65108\n" +
				"Status codes: s suppressed, d damped, h history, * valid, > best\n              i - internal, r RIB-failure, S stale, N Nexthop-discard\n" + xrHead + "\n" +
				"Route Distinguisher: 192.0.2.1:1 (default for vrf AZURE)\n" +
				"*> 10.0.0.0/24        192.0.2.2                0             0 65000 i\n" +
				"* i                   192.0.2.3                0    100      0 65000 i\n\nProcessed 1 prefixes, 2 paths\n",
			[]string{
				"AZURE 10.0.0.0/24 via 192.0.2.2 valid best 0/-/0 [65000] i @11-11",
				"AZURE 10.0.0.0/24 via 192.0.2.3 valid internal 0/100/0 [65000] i @12-12",
			},
		},
		{
			"FRR: instances, a row of three lines, next hops with names and VRFs, and unnumbered", frrPlatform, "show bgp vrf all ipv4 unicast",
			"\nInstance cust10:\nBGP table version is 3, local router ID is 192.0.2.1, vrf id 4\nDefault local pref 100, local AS 65001\n" + head +
				" *>  100.100.100.128/25\n                    169.254.210.21(gateway)\n" + strings.Repeat(" ", 38) + "         0             0 65515 i\n" +
				" *=  100.101.0.0/16   10.0.0.1@4<              0             0 65515 i\n" +
				"N*>  100.102.0.0/16   swp1                                   0 65515 i\n\nDisplayed 3 routes and 3 total paths\n",
			[]string{
				"cust10 100.100.100.128/25 via 169.254.210.21 valid best 0/-/0 [65515] i @6-8",
				"cust10 100.101.0.0/16 via 10.0.0.1 valid multipath 0/-/0 [65515] i @9-9",
				"cust10 100.102.0.0/16 via swp1 valid best -/-/0 [65515] i @10-10",
			},
		},
		{
			"EOS: fields at the left, - for none, columns by the header give or take", eosPlatform, "show ip bgp",
			"BGP routing table information for VRF default\nRouter identifier 192.0.2.1, local AS number 65000\n" +
				"          Network                Next Hop              Metric  AIGP       LocPref Weight  Path\n" +
				" * >Ec    10.0.0.0/24            192.0.2.2             0       -          100     0       65100 65001 i Or-ID: 192.0.2.7 C-LST: 192.0.2.8\n" +
				" *  ec    10.0.0.0/24            192.0.2.3             0       -          100     0       65100 65001 i\n" +
				" * #      10.0.1.0/24            192.0.2.3             -       -          -       0       ?\n" +
				" * >      10.0.2.0/24            -                     -       -          -       0       i\n",
			[]string{
				"default 10.0.0.0/24 via 192.0.2.2 valid best multipath 0/100/0 [65100 65001] i @4-4",
				"default 10.0.0.0/24 via 192.0.2.3 valid multipath 0/100/0 [65100 65001] i @5-5",
				"default 10.0.1.0/24 via 192.0.2.3 valid rib-failure -/-/0 [] ? @6-6",
				"default 10.0.2.0/24 via - valid best -/-/0 [] i @7-7",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, in := read(t, c.platform, c.command, c.text)
			if diff := cmp.Diff(c.want, shorts(r.BGP.Paths)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if r.BGP.Status != snapshot.OK || in.Missed() != 0 {
				t.Errorf("%s: %s; unread %v", r.BGP.Status, r.BGP.Detail, in.Unread())
			}
		})
	}
}

func TestTheRoutersOwnNumbersAreRead(t *testing.T) {
	r, _ := read(t, xrPlatform, "show bgp ipv4 unicast", "BGP router identifier 192.0.2.1, local AS number 65108.65108\n")
	if r.BGP.RouterID != netip.MustParseAddr("192.0.2.1") || r.BGP.LocalAS != 65108<<16|65108 {
		t.Errorf("router %s, AS %d", r.BGP.RouterID, r.BGP.LocalAS)
	}
	_, in := read(t, xrPlatform, "show bgp vrf all", "BGP table state: Active\nTable ID: 0xe0000001   RD version: 22\nBGP table nexthop route policy: \nBGP main routing table version 25\n")
	if in.Missed() > 0 {
		t.Errorf("unread %v", in.Unread())
	}
}

func TestQuotedRowsAreUnread(t *testing.T) {
	for name, rows := range map[string]string{
		"a path that is not the best":      "> *   10.0.0.0         192.0.2.2                              0 65000 i\n",
		"a further path":                   " *>   10.0.0.0         192.0.2.2                              0 65000 i\n>*                     192.0.2.3                              0 65000 i\n",
		"the second line of a wrapped row": " *>   192.168.123.128/25\n>                      192.0.2.2                              0 65000 i\n",
	} {
		r, in := read(t, iosPlatform, "show ip bgp", head+rows)
		if in.Missed() != 1 && name != "the second line of a wrapped row" || r.BGP.Status != snapshot.Partial || len(r.BGP.Paths) > 1 {
			t.Errorf("%s: %s, %v, unread %v", name, r.BGP.Status, shorts(r.BGP.Paths), in.Unread())
		}
	}
	row := " *  >     10.0.0.0/8             192.0.2.2             -       100     0       65000 i\n"
	eosHead := "          Network                Next Hop              Metric  LocPref Weight  Path\n"
	if r, _ := read(t, eosPlatform, "show ip bgp", eosHead+row); len(r.BGP.Paths) != 1 {
		t.Fatalf("%v", shorts(r.BGP.Paths))
	}
	if r, in := read(t, eosPlatform, "show ip bgp", eosHead+strings.Replace(row, " *  >", "> *  ", 1)); len(r.BGP.Paths) != 0 || in.Missed() != 1 {
		t.Errorf("%v, unread %v", shorts(r.BGP.Paths), in.Unread())
	}
}

func TestRowsThatDoNotFitAreUnread(t *testing.T) {
	for name, row := range map[string]string{
		"no weight":                        " *>   10.0.0.0         192.0.2.2                                65000 i",
		"collapsed blanks":                 " *> 10.0.0.0 192.0.2.2 0 65000 i",
		"numbers a column to the right":    " *>   10.0.0.0         192.0.2.2                               0 65000 i",
		"numbers that overflow":            " *>   10.0.0.0         192.0.2.2       4294967295 4294967295  65535 65000 i",
		"a number above 32 bits":           " *>   10.0.0.0         192.0.2.2       4294967296             0 65000 i",
		"no origin":                        " *>   10.0.0.0         192.0.2.2                              0 65000",
		"an origin glued to the path":      " *>   10.0.0.0         192.0.2.2                              0 65000i",
		"a word in the path":               " *>   10.0.0.0         192.0.2.2                              0 AS1 i",
		"an AS number above 32 bits":       " *>   10.0.0.0         192.0.2.2                              0 65000 4294967296 i",
		"asdot above 16 bits":              " *>   10.0.0.0         192.0.2.2                              0 65536.1 i",
		"asdot with 16 bits and more":      " *>   10.0.0.0         192.0.2.2                              0 1.65536 i",
		"asdot cut off":                    " *>   10.0.0.0         192.0.2.2                              0 65000. i",
		"three parts of an AS number":      " *>   10.0.0.0         192.0.2.2                              0 1.2.3 i",
		"a path with a bracket open":       " *>   10.0.0.0         192.0.2.2                              0 (65000 i",
		"a length above 32":                " *>   10.0.0.0/33      192.0.2.2                              0 65000 i",
		"an octet above 255":               " *>   10.0.0.256/32    192.0.2.2                              0 65000 i",
		"class A with bits behind it":      " *>   10.1.0.0         192.0.2.2                              0 65000 i",
		"class B with bits behind it":      " *>   172.16.1.0       192.0.2.2                              0 65000 i",
		"class C with bits behind it":      " *>   192.0.2.16       192.0.2.2                              0 65000 i",
		"class D without a length":         " *>   224.0.0.0        192.0.2.2                              0 65000 i",
		"a next hop that is no address":    " *>   10.0.0.0         gateway                                0 65000 i",
		"further text":                     " *>   10.0.0.0         192.0.2.2                              0 65000 i *Nov 16 18:52:22.448: %X-1-Y: z",
		"a log message in the middle":      " *>   10.0.0.0         192*Nov 16 18:52:22.448: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON",
		"marks only":                       " *>",
		"cut in the next hop":              " *>   10.0.0.0         192.0.",
		"the end of a row":                 "                     0 65000 i",
		"a further path of no network":     " *                     192.0.2.2                              0 65000 i",
		"the second line of a wrapped row": "                       192.0.2.2                              0 65000 i",
	} {
		t.Run(name, func(t *testing.T) {
			r, in := read(t, iosPlatform, "show ip bgp", head+row+"\n *>   11.0.0.0         192.0.2.2                              0 65000 i\n")
			if len(r.BGP.Paths) != 1 || in.Missed() != 1 || in.Unread()[0].Line != 2 || r.BGP.Status != snapshot.Partial {
				t.Errorf("%s, paths %v, unread %v; want partial, the last row, and line 2 unread", r.BGP.Status, shorts(r.BGP.Paths), in.Unread())
			}
		})
	}
}

func TestRowsBelowAnUnreadOneHaveNoNetwork(t *testing.T) {
	r, in := read(t, iosPlatform, "show ip bgp", head+
		" *>   10.0.0.0         192.0.2.2                              0 65000 i\n"+
		" *>   11.0.0.0         192.0.2.2            what?             0 65000 i\n"+
		" *                     192.0.2.3                              0 65000 i\n")
	if len(r.BGP.Paths) != 1 || in.Missed() != 2 {
		t.Errorf("paths %v, unread %v", shorts(r.BGP.Paths), in.Unread())
	}
}

func TestAMarkThatIsNotKnownIsKeptAndReported(t *testing.T) {
	r, in := read(t, iosPlatform, "show ip bgp", head+" *>Z  10.0.0.0         192.0.2.2                              0 65000 i\n")
	if diff := cmp.Diff([]string{"default 10.0.0.0/8 via 192.0.2.2 valid best -/-/0 [65000] i @2-2"}, shorts(r.BGP.Paths)); diff != "" {
		t.Error(diff)
	}
	if in.Missed() != 1 || r.BGP.Status != snapshot.Partial {
		t.Errorf("%s, unread %v", r.BGP.Status, in.Unread())
	}
}

func TestStatusOfATable(t *testing.T) {
	row := " *>   10.0.0.0/8       192.0.2.2                              0 65000 i\n"
	for _, c := range []struct {
		name     string
		platform bgptable.Platform
		command  string
		text     string
		want     snapshot.Status
		detail   string
	}{
		{"nothing", iosPlatform, "show ip bgp", "", snapshot.Partial, "printed nothing"},
		{"BGP is off", iosPlatform, "show ip bgp", "% BGP not active\n", snapshot.Empty, "BGP not active"},
		{"families without tables", iosPlatform, "show bgp all", "For address family: IPv4 Unicast\n\nFor address family: IPv6 Unicast\n", snapshot.Empty, "no route"},
		{"a header alone", iosPlatform, "show ip bgp", head, snapshot.Partial, "cut off"},
		{"a header alone where that is usual", nxosPlatform, "show ip bgp", wideHead, snapshot.Empty, "no route"},
		{"refused", iosPlatform, "show ip bgp", "          ^\n% Invalid input detected at '^' marker.\n", snapshot.Error, "Invalid input"},
		{"not permitted", iosPlatform, "show ip bgp", "% Authorization failed.\n", snapshot.Error, "Authorization"},
		{"not kept", iosPlatform, "show ip bgp neighbors 192.0.2.2 received-routes", "% Inbound soft reconfiguration not enabled on 192.0.2.2\n", snapshot.Missing, "not enabled on 192.0.2.2\"; soft-reconfiguration inbound"},
		{"not kept, with the family's name", iosPlatform, "show bgp all neighbors 192.0.2.2 received-routes", "For address family: IPv4 Unicast\n\n% Inbound soft reconfiguration not enabled on 192.0.2.2\n", snapshot.Missing, "keeps no routes"},
		{"not kept on FRR", frrPlatform, "show ip bgp neighbors 192.0.2.2 received-routes", "% Inbound soft reconfiguration not enabled\n", snapshot.Missing, "keeps no routes"},
		{"not kept on NX-OS", nxosPlatform, "show bgp vrf default all neighbors 192.0.2.2 received-routes", "\nInbound soft reconfiguration for IPv4 Unicast not enabled on 192.0.2.2\n\nInbound soft reconfiguration for IPv6 Unicast not enabled on 192.0.2.2\n", snapshot.Missing, "IPv4 Unicast"},
		{"kept for another family than IPv6", nxosPlatform, "show bgp vrf default all neighbors 192.0.2.2 received-routes", "\nInbound soft reconfiguration for IPv6 Unicast not enabled on 192.0.2.2\n\nPeer 192.0.2.2 routes for address family IPv4 Unicast:\n" + wideHead, snapshot.Empty, "no route"},
		{"not kept on IOS XR", xrPlatform, "show bgp neighbors 192.0.2.2 received routes", "% The 'show bgp neighbor received routes' command is only available when inbound soft reconfiguration is active.\n  To activate inbound soft reconfiguration, use the 'soft-reconfiguration inbound' command.\n  If the neighbor supports route-refresh, the 'always' option to the command must also be specified.\n", snapshot.Missing, "only available when"},
		{"words that are no answer to what is advertised", iosPlatform, "show ip bgp neighbors 192.0.2.2 advertised-routes", "% Inbound soft reconfiguration not enabled on 192.0.2.2\n", snapshot.Error, "soft reconfiguration"},
		{"not kept, and a line that is not understood", iosPlatform, "show ip bgp neighbors 192.0.2.2 received-routes", "% Inbound soft reconfiguration not enabled on 192.0.2.2\nwhat is this\n", snapshot.Partial, "not understood"},
		{"no such neighbour", xrPlatform, "show bgp neighbors 192.0.2.2 advertised-routes", "% Neighbor not found\n", snapshot.Error, "Neighbor not found"},
		{"no such network", iosPlatform, "show ip bgp 10.0.0.0", "% Network not in table\n", snapshot.Empty, "not in table"},
		{"FRR has none", frrPlatform, "show ip bgp", "No BGP prefixes displayed, 0 exist\n", snapshot.Empty, "0 exist"},
		{"FRR between the prompts of a shell", frrPlatform, "show ip bgp", "cumulus@leaf01:mgmt:~$ show ip bgp\n" + head + row + "\nDisplayed  1 routes and 1 total paths\ncumulus@leaf01:mgmt:~$\n", snapshot.OK, ""},
		{"a filter typed into a shell", frrPlatform, "show ip bgp", "vyos@vyos:~$ sudo vtysh -c \"show ip bgp regexp ^65000\"\n" + head + row + "\nDisplayed  1 routes and 1 total paths\n", snapshot.Partial, "regexp"},
		{"FRR without its count", frrPlatform, "show ip bgp", head + row, snapshot.Partial, "counts the routes"},
		{"FRR with another count of routes", frrPlatform, "show ip bgp", head + row + "\nDisplayed  2 routes and 2 total paths\n", snapshot.Partial, "counts 2 routes"},
		{"FRR with another count of paths", frrPlatform, "show ip bgp", head + row + "\nDisplayed  1 routes and 2 total paths\n", snapshot.Partial, "2 paths"},
		{"a neighbour's routes without their count", iosPlatform, "show ip bgp neighbors 192.0.2.2 routes", head + row, snapshot.Partial, "counts the routes"},
		{"a neighbour's routes", iosPlatform, "show ip bgp neighbors 192.0.2.2 routes", head + row + "\nTotal number of prefixes 1\n", snapshot.OK, ""},
		{"a filter", iosPlatform, "show ip bgp regexp ^65000", head + row, snapshot.Partial, "the command lists the routes with regexp ^65000 only"},
		{"lines that pass a filter", iosPlatform, "show ip bgp | include 10.0", head + row, snapshot.Partial, "pass a filter"},
		{"lines from one on", iosPlatform, "show ip bgp | begin Network", head + row, snapshot.OK, ""},
		{"a filter that the output names", iosPlatform, "show ip bgp", "R1#show ip bgp regexp ^65000\n" + head + row, snapshot.Partial, "regexp"},
		{"another command's output behind", iosPlatform, "show ip bgp", head + row + "R1#show ip bgp vpnv4 vrf red\n" + head + row, snapshot.Partial, "not understood"},
		{"a network that comes again", iosPlatform, "show ip bgp", head + row + strings.Replace(row, "10.", "11.", 1) + row, snapshot.Partial, "twice"},
		{"a network that comes again, unsorted", iosPlatform, "show ip bgp", head + strings.Replace(row, "10.", "11.", 1) + row + strings.Replace(row, "10.", "12.", 1) + strings.Replace(row, "10.", "11.", 1), snapshot.Partial, "twice"},
		{"a wrapped row without its end", iosPlatform, "show ip bgp", head + row + " *>   192.168.123.128/25\n", snapshot.Partial, "not understood"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := c.platform
			p.Refusals = []string{"% Invalid input", "% Authorization failed"}
			r, _ := read(t, p, c.command, c.text)
			got := r.BGP.Read
			if len(r.AdjRIBs) > 0 {
				got = r.AdjRIBs[0].Read
			}
			if got.Status != c.want || !strings.Contains(got.Detail, c.detail) {
				t.Errorf("%s: %s; want %s: %s", got.Status, got.Detail, c.want, c.detail)
			}
		})
	}
}

func TestTablesOfANeighbour(t *testing.T) {
	text := "\nPeer 192.0.2.2 routes for address family IPv4 Unicast:\n" + wideHead + "\n*>e10.0.0.0/24        192.0.2.2                                      0 65000 i\n\n" +
		"Peer 192.0.2.2 routes for address family IPv4 Multicast:\n" + wideHead + "\n*>e10.0.0.0/24        192.0.2.9                                      0 65000 i\n"
	for command, direction := range map[string]string{
		"show bgp vrf red all neighbors 192.0.2.2 routes":                   snapshot.Accepted,
		"show bgp vrf red all neighbors 192.0.2.2 received-routes":          snapshot.Received,
		"show bgp vrf red all neighbors 192.0.2.2 advertised-routes":        snapshot.Advertised,
		"show ip bgp neighbor 192.0.2.2 advertised-routes vrf red":          snapshot.Advertised,
		"show bgp vrf red ipv4 unicast neighbors 192.0.2.2 received routes": snapshot.Received,
	} {
		r, _ := read(t, nxosPlatform, command, text)
		if len(r.AdjRIBs) != 1 || len(r.BGP.Paths) != 0 || r.BGP.Status != snapshot.Missing {
			t.Fatalf("%s: %d tables, %d paths in BGP's own", command, len(r.AdjRIBs), len(r.BGP.Paths))
		}
		rib := r.AdjRIBs[0]
		if rib.Direction != direction || rib.Neighbor.String() != "192.0.2.2" || rib.VRF != "red" || rib.Status != snapshot.OK || len(rib.Paths) != 1 {
			t.Errorf("%s: %+v", command, rib)
		}
	}
}

func TestWhatXRSendsToANeighbour(t *testing.T) {
	r, in := read(t, xrPlatform, "show bgp vrf all neighbors 192.0.2.2 advertised-routes", "VRF: a\n------\n% Neighbor not found\n\nVRF: b\n------\n"+
		"Network            Next Hop        From            AS Path\nRoute Distinguisher: 65000:1 (default for vrf b)\n"+
		"10.0.0.0/24        192.0.2.1       Local           65000?\n2001:db8:ffff:ffff::/64\n                      2001:db8::1     192.0.2.9       4230 65000i\n\nProcessed 2 prefixes, 2 paths\n")
	if len(r.AdjRIBs) == 0 || in.Missed() != 0 {
		t.Fatalf("%d tables, unread %v", len(r.AdjRIBs), in.Unread())
	}
	rib := r.AdjRIBs[len(r.AdjRIBs)-1]
	want := []string{
		"b 10.0.0.0/24 via 192.0.2.1 -/-/- [65000] ? @9-9",
		"b 2001:db8:ffff:ffff::/64 via 2001:db8::1 -/-/- [4230 65000] i @10-11",
	}
	if diff := cmp.Diff(want, shorts(rib.Paths)); diff != "" || rib.Status != snapshot.OK || rib.VRF != "b" {
		t.Errorf("%s %s: %s\n%s", rib.VRF, rib.Status, rib.Detail, diff)
	}
}

func TestCommandsThatListNoPathsHaveNoReader(t *testing.T) {
	for _, command := range []string{
		"show ip bgp summary", "show bgp all summary", "show ip bgp | json", "show bgp ipv4 unicast json", "show ip bgp neighbors", "show ip bgp neighbors 192.0.2.2",
		"show ip bgp neighbors 192.0.2.2 policy", "show ip route", "show bgp l2vpn evpn", "show bgp sessions vrf all", "show ip bgp paths", "show bgp", "",
	} {
		var r snapshot.Router
		got := bgptable.Read(iosPlatform, command, lines.Of(nil), &r)
		if want := command == "show bgp"; got != want {
			t.Errorf("%q: %v", command, got)
		}
	}
}

func TestTheFormWithAttributes(t *testing.T) {
	r, in := read(t, iosPlatform, "show bgp vpnv4 unicast all detail", "Route Distinguisher: 65000:1 (default for vrf red)\n"+
		"BGP routing table entry for 65000:1:10.0.0.0/24, version 12\n  Paths: (3 available, best #2, table red, RIB-failure(17))\n  Advertised to update-groups:\n     1          3\n"+
		"  Refresh Epoch 2\n  64624 {64700}, imported path from 65000:9:10.0.0.0/24 (global)\n    192.0.2.1 (metric 3) (via vrf red) from 192.0.2.1 (192.0.2.4)\n"+
		"      Origin incomplete, metric 0, localpref 100, valid, internal\n      Community: 65000:1\n      some words of a later release\n"+
		"  Refresh Epoch 2\n  Local\n    0.0.0.0 from 0.0.0.0 (192.0.2.9)\n      Origin IGP, localpref 200, weight 32768, valid, sourced, best\n"+
		"  Refresh Epoch 1\n  65001, (received-only)\n    192.0.2.7 from 192.0.2.7 (192.0.2.7)\n      Origin IGP, localpref 100, valid, external\n")
	want := []string{
		"red 10.0.0.0/24 via 192.0.2.1 valid internal rib-failure 0/100/- [64624 {64700}] ? @7-9",
		"red 10.0.0.0/24 via 0.0.0.0 valid best rib-failure -/200/32768 [] i @13-15",
	}
	if diff := cmp.Diff(want, shorts(r.BGP.Paths)); diff != "" || r.BGP.Status != snapshot.OK || in.Missed() != 0 {
		t.Errorf("%s: %s, unread %v\n%s", r.BGP.Status, r.BGP.Detail, in.Unread(), diff)
	}
}

func TestAnEntryCutShortIsNotWhole(t *testing.T) {
	entry := "BGP routing table entry for 10.0.0.0/24, version 5\nPaths: (2 available, best #1)\nFlags: (0x08001a) on xmit-list, is in urib\n\n" +
		"  Path type: internal, path is valid, is best path, no labeled nexthop\n  AS-Path: 65001 65002\n    192.0.2.2 (metric 20) from 192.0.2.2 (192.0.2.2)\n" +
		"      Origin IGP, MED not set, localpref 100, weight 0\n"
	r, _ := read(t, nxosPlatform, "show bgp vrf all all detail", entry)
	if diff := cmp.Diff([]string{"default 10.0.0.0/24 via 192.0.2.2 valid best internal -/100/0 [65001 65002] i @6-8"}, shorts(r.BGP.Paths)); diff != "" {
		t.Error(diff)
	}
	if r.BGP.Status != snapshot.Partial || !strings.Contains(r.BGP.Detail, "counts 2 paths") {
		t.Errorf("%s: %s", r.BGP.Status, r.BGP.Detail)
	}
}
