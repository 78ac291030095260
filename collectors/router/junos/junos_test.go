package junos_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/collectors/router/junos"
	"github.com/routeproof/routeproof/internal/snapshot"
)

var plain = cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})}

// whole reads an output that must be understood to the last line.
func whole(t *testing.T, command, raw string) snapshot.Router {
	t.Helper()
	r, in, ok := read(command, []byte(raw))
	if !ok {
		t.Fatalf("no reader for %q", command)
	}
	if in.Missed() > 0 {
		t.Fatalf("not understood: %v", in.Unread())
	}
	for _, table := range tables(&r) {
		if table.Status != snapshot.OK && table.Status != snapshot.Empty {
			t.Fatalf("%s: %s", table.Status, table.Detail)
		}
	}
	return r
}

const routesText = `
inet.0: 6 destinations, 8 routes (5 active, 0 holddown, 1 hidden)
+ = Active Route, - = Last Active, * = Both

0.0.0.0/0          *[Static/5] 1w2d 03:04:05
                    >  to 198.51.100.1 via ge-0/0/0.0
10.1.0.0/16        *[BGP/170] 00:12:34, MED 50, localpref 200, from 169.254.21.2
                      AS path: 65515 I, validation-state: unverified
                    >  to 169.254.21.2 via st0.0
                       to 169.254.22.2 via st0.1
                    [BGP/170] 2d 01:00:00, localpref 100
                      AS path: 12076 65515 ?, validation-state: unverified
                    >  to 192.168.100.2 via ae0.10
10.2.0.0/16        *[Static/5] 00:00:10
                       Discard
10.3.0.1/32        *[Local/0] 00:01:00
                       Local via ge-0/0/1.0

VPN-A.inet.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)
+ = Active Route, - = Last Active, * = Both

10.9.0.0/24        *[Direct/0] 00:01:00
                    >  via ge-0/0/2.0

inet6.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)
+ = Active Route, - = Last Active, * = Both

2001:db8:aaaa:bbbb:cccc::/80
                   +[OSPF3/10] 00:01:00, metric 7
                    >  to fe80::1 via ge-0/0/3.0
{master:0}
`

func TestTheRoutingTableAsText(t *testing.T) {
	// The first table lists 4 of its 5 active routes, hence its head is changed.
	r := whole(t, "show route", strings.Replace(routesText, "(5 active", "(4 active", 1))
	addr := netip.MustParseAddr
	want := []snapshot.Route{
		{
			VRF: "default", Prefix: netip.MustParsePrefix("0.0.0.0/0"), Protocol: "static", Distance: new(uint32(5)), Selected: true, Installed: true,
			NextHops: []snapshot.NextHop{{Addr: addr("198.51.100.1"), Interface: "ge-0/0/0.0", Line: 6}}, Line: 5, LastLine: 6,
		},
		{
			VRF: "default", Prefix: netip.MustParsePrefix("10.1.0.0/16"), Protocol: "bgp", Distance: new(uint32(170)), Metric: new(uint32(50)), Selected: true, Installed: true,
			NextHops: []snapshot.NextHop{{Addr: addr("169.254.21.2"), Interface: "st0.0", Line: 9}, {Addr: addr("169.254.22.2"), Interface: "st0.1", Line: 10}}, Line: 7, LastLine: 10,
		},
		{
			VRF: "default", Prefix: netip.MustParsePrefix("10.1.0.0/16"), Protocol: "bgp", Distance: new(uint32(170)),
			NextHops: []snapshot.NextHop{{Addr: addr("192.168.100.2"), Interface: "ae0.10", Line: 13}}, Line: 11, LastLine: 13,
		},
		{
			VRF: "default", Prefix: netip.MustParsePrefix("10.2.0.0/16"), Protocol: "static", Distance: new(uint32(5)), Selected: true, Installed: true,
			NextHops: []snapshot.NextHop{{Blackhole: true, Line: 14}}, Line: 14, LastLine: 15,
		},
		{
			VRF: "default", Prefix: netip.MustParsePrefix("10.3.0.1/32"), Protocol: "local", Distance: new(uint32(0)), Selected: true, Installed: true,
			NextHops: []snapshot.NextHop{{Interface: "ge-0/0/1.0", Line: 17}}, Line: 16, LastLine: 17,
		},
		{
			VRF: "VPN-A", Prefix: netip.MustParsePrefix("10.9.0.0/24"), Protocol: "connected", Distance: new(uint32(0)), Selected: true, Installed: true,
			NextHops: []snapshot.NextHop{{Interface: "ge-0/0/2.0", Line: 23}}, Line: 22, LastLine: 23,
		},
		{
			VRF: "default", Prefix: netip.MustParsePrefix("2001:db8:aaaa:bbbb:cccc::/80"), Protocol: "ospf", Distance: new(uint32(10)), Metric: new(uint32(7)), Selected: true, Installed: true,
			NextHops: []snapshot.NextHop{{Addr: addr("fe80::1"), Interface: "ge-0/0/3.0", Line: 30}}, Line: 29, LastLine: 30,
		},
	}
	if diff := cmp.Diff(want, r.RIB.Routes, plain); diff != "" {
		t.Error(diff)
	}
}

func TestATableWithFewerActiveRoutesThanItsHeadCountsIsPartial(t *testing.T) {
	r, _, _ := read("show route", []byte(routesText))
	if r.RIB.Status != snapshot.Partial {
		t.Errorf("got %s", r.RIB.Status)
	}
}

func TestTheBGPTableAsText(t *testing.T) {
	r := whole(t, "show route protocol bgp all", `user@edge1> show route protocol bgp all

inet.0: 4 destinations, 5 routes (3 active, 0 holddown, 1 hidden)
@ = Routing Use Only, # = Forwarding Use Only
+ = Active Route, - = Last Active, * = Both

10.1.0.0/16        *[BGP/170] 00:12:34, MED 50, localpref 200, from 169.254.21.2
                      AS path: 65515 64512.1 {64600 64601} I, validation-state: unverified
                    > to 169.254.21.2 via st0.0
                   -[BGP/170] 2d 01:00:00, localpref 100
                      AS path: ?
                    > to 192.168.100.2 via ae0.10
10.66.0.0/16        [BGP ] 00:00:11, localpref 100, from 192.168.100.2
                      AS path: 12076 I, validation-state: invalid
                      Unusable
`)
	want := []snapshot.Path{
		{
			VRF: "default", Prefix: netip.MustParsePrefix("10.1.0.0/16"), NextHop: "169.254.21.2", Valid: true, Best: true, Metric: new(uint32(50)), LocalPref: new(uint32(200)),
			ASPath: "65515 64512.1 {64600 64601}", Origin: "i", Line: 7, LastLine: 9,
		},
		{VRF: "default", Prefix: netip.MustParsePrefix("10.1.0.0/16"), NextHop: "192.168.100.2", Valid: true, LocalPref: new(uint32(100)), Origin: "?", Line: 10, LastLine: 12},
		{VRF: "default", Prefix: netip.MustParsePrefix("10.66.0.0/16"), NextHop: "192.168.100.2", LocalPref: new(uint32(100)), ASPath: "12076", Origin: "i", Line: 13, LastLine: 15},
	}
	if diff := cmp.Diff(want, r.BGP.Paths, plain); diff != "" {
		t.Error(diff)
	}
}

const detailText = `
inet.0: 9 destinations, 9 routes (9 active, 0 holddown, 0 hidden)
10.1.0.0/16 (2 entries, 1 announced)
TSI:
KRT in-kernel 10.1.0.0/16 -> {indirect(1048574)}
        *BGP    Preference: 170/-201
                Next hop type: Indirect, Next hop index: 0
                Next-hop reference count: 4
                Source: 10.0.0.9
                Next hop type: Router, Next hop index: 595
                Next hop: 192.0.2.1 via ge-0/0/0.0, selected
                Protocol next hop: 10.0.0.9
                Indirect next hop: 0xc298604 1048574 INH Session ID: 0x3c1
                State: <Active Int Ext>
                Local AS: 65010 Peer AS: 65010
                Age: 13         Metric: 30      Metric2: 3
                Validation State: unverified
                AS path: 65515 I
                Communities: 65010:1
                Accepted Multipath
                Localpref: 200
                Router ID: 10.0.0.9
                Indirect next hops: 1
                        Protocol next hop: 10.0.0.9 Metric: 3
                        Next hop: 192.0.2.1 via ge-0/0/0.0
         BGP    Preference: 170/-101
                Next hop type: Router, Next hop index: 596
                Next hop: 192.0.2.5 via ge-0/0/1.0, selected
                State: <Ext>
                Inactive reason: Local Preference
                AS path: 12076 I
                Localpref: 100
`

func TestTheBGPTableInDetail(t *testing.T) {
	r := whole(t, "show route protocol bgp detail", detailText)
	want := []snapshot.Path{
		{
			VRF: "default", Prefix: netip.MustParsePrefix("10.1.0.0/16"), NextHop: "10.0.0.9", Valid: true, Best: true, Internal: true, Metric: new(uint32(30)),
			LocalPref: new(uint32(200)), ASPath: "65515", Origin: "i", Line: 6, LastLine: 25,
		},
		{VRF: "default", Prefix: netip.MustParsePrefix("10.1.0.0/16"), NextHop: "192.0.2.5", Valid: true, LocalPref: new(uint32(100)), ASPath: "12076", Origin: "i", Line: 26, LastLine: 32},
	}
	want[0].Multipath = true
	if diff := cmp.Diff(want, r.BGP.Paths, plain); diff != "" {
		t.Error(diff)
	}
}

func TestARouteThatHadToBeResolvedHasBothNextHops(t *testing.T) {
	r, _, _ := read("show route detail", []byte(detailText))
	want := []snapshot.NextHop{
		{Addr: netip.MustParseAddr("10.0.0.9"), Recursive: true, Line: 6},
		{Addr: netip.MustParseAddr("192.0.2.1"), Interface: "ge-0/0/0.0", Line: 11},
	}
	if diff := cmp.Diff(want, r.RIB.Routes[0].NextHops, plain); diff != "" {
		t.Error(diff)
	}
}

func TestTheRoutingTableTerse(t *testing.T) {
	r := whole(t, "show route terse", `
inet.0: 3 destinations, 4 routes (3 active, 0 holddown, 0 hidden)
+ = Active Route, - = Last Active, * = Both

A V Destination        P Prf   Metric 1   Metric 2  Next hop        AS path
* ? 10.0.0.0/30        D   0                       >ge-0/0/0.0
* ? 10.5.0.0/16        O  10          7            >10.0.0.2
* ? 10.6.0.0/16        B 170        100                             65515 I
  unverified                                       >169.254.21.2
  ?                    B 170        100                             12076 I
  unverified                                       >192.168.100.2
`)
	got := []string{}
	for _, x := range r.RIB.Routes {
		metric := "-"
		if x.Metric != nil {
			metric = "7"
		}
		got = append(got, x.Prefix.String()+" "+x.Protocol+" "+metric)
		if len(x.NextHops) != 1 {
			t.Errorf("%s has next hops %v", x.Prefix, x.NextHops)
		}
	}
	if diff := cmp.Diff([]string{"10.0.0.0/30 connected -", "10.5.0.0/16 ospf 7", "10.6.0.0/16 bgp -", "10.6.0.0/16 bgp -"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRoutesSentToANeighbour(t *testing.T) {
	r := whole(t, "show route advertising-protocol bgp 192.0.2.1", `
inet.0: 9 destinations, 9 routes (9 active, 0 holddown, 0 hidden)
  Prefix                  Nexthop              MED     Lclpref    AS path
* 10.64.0.0/23            Self                                    I
* 10.65.0.0/24            Self                 50                 65010 I
* 10.66.0.0/24            Self                         100        I
* 10.67.0.0/24            Self                 50      100        [65010] 65020 ?
`)
	m, l := new(uint32(50)), new(uint32(100))
	want := []snapshot.AdjRIB{{
		Read: snapshot.Read{Status: snapshot.OK}, VRF: "default", Neighbor: netip.MustParseAddr("192.0.2.1"), Direction: snapshot.Advertised,
		Paths: []snapshot.Path{
			{VRF: "default", Prefix: netip.MustParsePrefix("10.64.0.0/23"), NextHop: "Self", Valid: true, Best: true, Origin: "i", Line: 4, LastLine: 4},
			{VRF: "default", Prefix: netip.MustParsePrefix("10.65.0.0/24"), NextHop: "Self", Valid: true, Best: true, Metric: m, ASPath: "65010", Origin: "i", Line: 5, LastLine: 5},
			{VRF: "default", Prefix: netip.MustParsePrefix("10.66.0.0/24"), NextHop: "Self", Valid: true, Best: true, LocalPref: l, Origin: "i", Line: 6, LastLine: 6},
			{VRF: "default", Prefix: netip.MustParsePrefix("10.67.0.0/24"), NextHop: "Self", Valid: true, Best: true, Metric: m, LocalPref: l, ASPath: "[65010] 65020", Origin: "?", Line: 7, LastLine: 7},
		},
	}}
	if diff := cmp.Diff(want, r.AdjRIBs, plain); diff != "" {
		t.Error(diff)
	}
}

func TestARowOfANeighbourWhoseColumnsAreUnclearIsUnread(t *testing.T) {
	_, in, _ := read("show route receive-protocol bgp 192.0.2.1", []byte(`
inet.0: 9 destinations, 9 routes (9 active, 0 holddown, 0 hidden)
  Prefix                  Nexthop              MED     Lclpref    AS path
* 10.64.0.0/23  192.0.2.1 50 65010 I
`))
	if in.Missed() != 1 {
		t.Errorf("unread: %v", in.Unread())
	}
}

// What import policy rejects is hidden, and only `all` lists it with the rest.
func TestWhatWasReceivedIsWholeOnlyWithWhatIsHidden(t *testing.T) {
	const text = `
inet.0: 2 destinations, 2 routes (1 active, 0 holddown, 1 hidden)
  Prefix                  Nexthop              MED     Lclpref    AS path
* 10.64.0.0/23            192.0.2.1            50                 65515 I
`
	for command, want := range map[string]snapshot.AdjRIB{
		"show route receive-protocol bgp 192.0.2.1":               {Direction: snapshot.Accepted, Read: snapshot.Read{Status: snapshot.OK}},
		"show route receive-protocol bgp 192.0.2.1 all | no-more": {Direction: snapshot.Received, Read: snapshot.Read{Status: snapshot.OK}},
		"show route receive-protocol bgp 192.0.2.1 hidden":        {Direction: snapshot.Accepted, Read: snapshot.Read{Status: snapshot.Partial}},
	} {
		r, _, _ := read(command, []byte(text))
		if got := r.AdjRIBs[0]; got.Direction != want.Direction || got.Status != want.Status || len(got.Paths) != 1 {
			t.Errorf("%s: %s, %s (%s), %d path(s); want %s, %s", command, got.Direction, got.Status, got.Detail, len(got.Paths), want.Direction, want.Status)
		}
	}
}

func TestTheSummaryOfNeighbours(t *testing.T) {
	r := whole(t, "show bgp summary", `Threading mode: BGP I/O
Groups: 2 Peers: 4 Down peers: 1
Table          Tot Paths  Act Paths Suppressed    History Damp State    Pending
inet.0
                       9          6          0          0          0          0
Peer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...
169.254.21.2          65515       1234       1235       0       0     9:12:34 Establ
  inet.0: 3/5/5/0
  inet6.0: 0/1/1/0
10.9.0.2              65020          9          9       0       1  1w2d 3:04:05 Establ
  VPN-A.inet.0: 1/1/1/0
192.168.100.2         12076         11         12       0       3        2:05 5/7/7/0              0/0/0/0
2001:db8:100::2     64512.7          0          0       0       0        4:00 Active
`)
	want := []snapshot.Peer{
		{VRF: "default", Family: "ipv4 unicast", Addr: netip.MustParseAddr("169.254.21.2"), AS: 65515, State: "Established", Received: new(uint32(5)), Since: 9*time.Hour + 12*time.Minute + 34*time.Second, Line: 7, LastLine: 9},
		{VRF: "default", Family: "ipv6 unicast", Addr: netip.MustParseAddr("169.254.21.2"), AS: 65515, State: "Established", Received: new(uint32(1)), Since: 9*time.Hour + 12*time.Minute + 34*time.Second, Line: 7, LastLine: 9},
		{VRF: "VPN-A", Family: "ipv4 unicast", Addr: netip.MustParseAddr("10.9.0.2"), AS: 65020, State: "Established", Received: new(uint32(1)), Since: 9*24*time.Hour + 3*time.Hour + 4*time.Minute + 5*time.Second, Line: 10, LastLine: 11},
		{VRF: "default", Family: "ipv4 unicast", Addr: netip.MustParseAddr("192.168.100.2"), AS: 12076, State: "Established", Received: new(uint32(7)), Since: 125 * time.Second, Line: 12, LastLine: 12},
		{VRF: "default", Family: "ipv4 multicast", Addr: netip.MustParseAddr("192.168.100.2"), AS: 12076, State: "Established", Received: new(uint32(0)), Since: 125 * time.Second, Line: 12, LastLine: 12},
		{Addr: netip.MustParseAddr("2001:db8:100::2"), AS: 64512<<16 | 7, State: "Active", Since: 4 * time.Minute, Line: 13, LastLine: 13},
	}
	if diff := cmp.Diff(want, r.Sessions.Peers, plain); diff != "" {
		t.Error(diff)
	}
}

func TestTheNeighboursInDetail(t *testing.T) {
	r := whole(t, "show bgp neighbor", `
Peer: 169.254.21.2+179 AS 65515 Local: 169.254.21.1+50000 AS 65010
  Group: AZURE                 Routing-Instance: VPN-A
  Forwarding routing-instance: VPN-A
  Type: External    State: Established    Flags: <Sync>
  Last State: OpenConfirm   Last Event: RecvKeepAlive
  Last Error: None
  Export: [ TO-AZURE ] Import: [ FROM-AZURE ]
  Options: <Multihop Preference AuthKey Ttl PeerAS Refresh>
  Holdtime: 90 Preference: 170
  Number of flaps: 0
  Peer ID: 10.0.0.4        Local ID: 10.255.0.1        Active Holdtime: 90
  Table VPN-A.inet.0 Bit: 20000
    RIB State: BGP restart is complete
    Send state: in sync
    Active prefixes:              1
    Received prefixes:            3
    Accepted prefixes:            3
    Suppressed due to damping:    0
    Advertised prefixes:          2
  Last traffic (seconds): Received 6    Sent 1    Checked 52
`)
	want := []snapshot.Peer{{
		VRF: "VPN-A", Family: "ipv4 unicast", Addr: netip.MustParseAddr("169.254.21.2"), AS: 65515, State: "Established", Received: new(uint32(3)),
		Local: netip.MustParseAddr("169.254.21.1"), Authenticated: new(true), PolicyIn: "FROM-AZURE", PolicyOut: "TO-AZURE", Line: 2, LastLine: 21,
	}}
	if diff := cmp.Diff(want, r.Sessions.Peers, plain); diff != "" {
		t.Error(diff)
	}
}

func TestTheDeviceSaysThatItDoesNotRunBGP(t *testing.T) {
	for _, raw := range []string{"BGP is not running\n", `{"output" : [{"data" : "BGP is not running"}]}` + "\n{master:0}\n", "<rpc-reply><output>BGP is not running</output></rpc-reply>"} {
		r, in, _ := read("show bgp summary", []byte(raw))
		if r.Sessions.Status != snapshot.Empty || in.Missed() > 0 {
			t.Errorf("%q: %s %q %v", raw, r.Sessions.Status, r.Sessions.Detail, in.Unread())
		}
	}
}

func TestARefusalIsAnErrorInTheWordsOfTheDevice(t *testing.T) {
	for _, command := range junos.Commands() {
		r, in, ok := read(command, []byte("                     ^\nsyntax error, expecting <command>.\n"))
		if !ok {
			t.Fatalf("no reader for %q", command)
		}
		for _, table := range tables(&r) {
			if table.Status != snapshot.Error || table.Detail != "syntax error, expecting <command>." {
				t.Errorf("%s: %s %q %v", command, table.Status, table.Detail, in.Unread())
			}
		}
	}
}

func TestInterfacesWithTheirInstances(t *testing.T) {
	r := whole(t, "show interfaces terse routing-instance all", `Interface               Admin Link Proto    Local                 Remote  Instance
ge-0/0/0                up    up
ge-0/0/0.0              up    up   inet     192.0.2.2/30                  default
                                   inet6    2001:db8::2/64
                                            fe80::2/64
                                   multiservice
lo0.0                   up    up   inet     10.255.0.1          --> 0/0
st0.0                   up    down inet     169.254.21.1/30               VPN-A
`)
	prefix := netip.MustParsePrefix
	want := []snapshot.Interface{
		{Name: "ge-0/0/0.0", VRF: "default", Up: true, Addrs: []netip.Prefix{prefix("192.0.2.2/30"), prefix("2001:db8::2/64"), prefix("fe80::2/64")}, Line: 3},
		{Name: "lo0.0", VRF: "default", Up: true, Addrs: []netip.Prefix{prefix("10.255.0.1/32")}, Line: 7},
		{Name: "st0.0", VRF: "VPN-A", Addrs: []netip.Prefix{prefix("169.254.21.1/30")}, Line: 8},
	}
	if diff := cmp.Diff(want, r.Ports.Interfaces, plain); diff != "" {
		t.Error(diff)
	}
	if len(r.Tunnels.Tunnels) != 1 || r.Tunnels.Tunnels[0].Mode != "IPSEC/IP" || r.Tunnels.Tunnels[0].VRF != "VPN-A" {
		t.Errorf("tunnels: %v", r.Tunnels.Tunnels)
	}
}
