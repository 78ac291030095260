package bgppeers_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/collectors/router/bgppeers"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func peer(vrf, addr string, as uint32, state string, received *uint32, since time.Duration, line int) snapshot.Peer {
	return snapshot.Peer{VRF: vrf, Addr: netip.MustParseAddr(addr), AS: as, State: state, Received: received, Since: since, Line: line}
}

const (
	ios = `BGP router identifier 10.10.10.1, local AS number 65000.10
BGP table version is 9, main routing table version 9
6 network entries using 888 bytes of memory

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
169.254.21.2    4        65515     120     118        9    0    0 01:55:03        4
192.168.100.2   4        12076       0       0        1    0    0 never    Idle (Admin)
2001:DB8:100::2 4        12076      10      10        9    0    0 2d03h           1
2001:DB8:1234:5678:9ABC:DEF0:1234:5678
                4   4200000001      12      14        9    0    0 1w2d     Active
`
	nxos = `BGP summary information for VRF er, address family IPv4 Unicast
BGP router identifier 10.10.10.1, local AS number 65001
BGP table version is 12, IPv4 Unicast config peers 1, capable peers 1

Neighbor        V    AS    MsgRcvd    MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.168.100.2   4 4200000002
                          2746       2396       12    0    0    3w0d 2
`
	xr = `VRF: er
BGP router identifier 10.10.10.1, local AS number 65001
Process       RcvTblVer   bRIB/RIB   LabelVer  ImportVer  SendTblVer  StandbyVer
Speaker               5          5          5          5           5           0

Neighbor        Spk    AS MsgRcvd MsgSent   TblVer  InQ OutQ  Up/Down  St/PfxRcd
192.168.100.2     0 12076      10      11        5    0    0 00:05:00          3
`
	eos = `BGP summary information for VRF er
Router identifier 10.10.10.1, local AS number 65001
Neighbor Status Codes: m - Under maintenance
  Description              Neighbor         V  AS           MsgRcvd   MsgSent  InQ OutQ  Up/Down State   PfxRcd PfxAcc
  to the provider's edge   192.168.100.2    4  12076            120       118    0    0    1d02h Estab   3      2
  spare                    192.168.100.6    4  12076              0         0    0    0    1d02h Idle(NoIf)
`
	frr = `IPv4 Unicast Summary (VRF er):
BGP router identifier 10.10.10.1, local AS number 65001 vrf-id 0
BGP table version 4
RIB entries 7, using 1344 bytes of memory
Peers 2, using 1448 KiB of memory

Neighbor            V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
msee(192.168.100.2) 4      12076        11        12        0    0    0 00:00:09            3        4 N/A
swp1                4      65020         0         0        0    0    0    never      Connect        0 N/A

Total number of neighbors 2
`
)

func TestSummariesOfEveryPlatformAreRead(t *testing.T) {
	hour := time.Hour
	wrapped := peer("default", "2001:db8:1234:5678:9abc:def0:1234:5678", 4200000001, "Active", nil, 9*24*hour, 9)
	wrapped.LastLine = 10
	wide := peer("er", "192.168.100.2", 4200000002, "Established", new(uint32(2)), 21*24*hour, 6)
	wide.Family, wide.LastLine = "ipv4 unicast", 7
	named := peer("er", "192.168.100.2", 12076, "Established", new(uint32(3)), 9*time.Second, 8)
	named.Family = "ipv4 unicast"
	for name, tt := range map[string]struct {
		text string
		as   uint32
		want []snapshot.Peer
	}{
		"IOS": {ios, 65000<<16 | 10, []snapshot.Peer{
			peer("default", "169.254.21.2", 65515, "Established", new(uint32(4)), hour+55*time.Minute+3*time.Second, 6),
			peer("default", "192.168.100.2", 12076, "Idle (Admin)", nil, 0, 7),
			peer("default", "2001:db8:100::2", 12076, "Established", new(uint32(1)), 51*hour, 8),
			wrapped,
		}},
		"NX-OS": {nxos, 65001, []snapshot.Peer{wide}},
		"XR":    {xr, 65001, []snapshot.Peer{peer("er", "192.168.100.2", 12076, "Established", new(uint32(3)), 5*time.Minute, 7)}},
		"EOS": {eos, 65001, []snapshot.Peer{
			peer("er", "192.168.100.2", 12076, "Established", new(uint32(3)), 26*hour, 5), peer("er", "192.168.100.6", 12076, "Idle(NoIf)", nil, 26*hour, 6),
		}},
		"FRR": {frr, 65001, []snapshot.Peer{
			named, {VRF: "er", Family: "ipv4 unicast", Interface: "swp1", AS: 65020, State: "Connect", Line: 9},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var r snapshot.Router
			in := lines.New(strings.NewReader(tt.text))
			if !bgppeers.Answer("show bgp vrf all summary", in, &r, nil) {
				t.Fatal("not recognised")
			}
			if diff := cmp.Diff(tt.want, r.Sessions.Peers, cmpopts.EquateComparable(netip.Addr{})); diff != "" || r.BGP.LocalAS != tt.as {
				t.Errorf("local AS %d, want %d; peers (-want +got):\n%s", r.BGP.LocalAS, tt.as, diff)
			}
			if !r.Sessions.Whole() {
				t.Errorf("status %s (%s), unread %v", r.Sessions.Status, r.Sessions.Detail, in.Unread())
			}
		})
	}
}

func TestParagraphsSayWhatProtectsASession(t *testing.T) {
	const text = `BGP neighbor is 192.168.100.2,  vrf er,  remote AS 12076, external link
  BGP version 4, remote router ID 192.168.100.2
  BGP state = Established, up for 1d02h
  TCP MD5 authentication is enabled
 For address family: VPNv4 Unicast
  Inbound soft reconfiguration allowed
  Maximum prefixes allowed 1000
  Route map for incoming advertisements is FROM-MSEE
  Route map for outgoing advertisements is *TO-MSEE
Local host: 192.168.100.1, Local port: 179
`
	var r snapshot.Router
	if !bgppeers.Answer("show ip bgp neighbors", lines.New(strings.NewReader(text)), &r, nil) {
		t.Fatal("not recognised")
	}
	want := peer("er", "192.168.100.2", 12076, "Established", nil, 26*time.Hour, 1)
	want.Family = "vpnv4 unicast"
	yes := true
	want.Authenticated, want.SoftReconfig, want.MaxPrefix = &yes, &yes, new(uint32(1000))
	want.PolicyIn, want.PolicyOut, want.Local, want.LastLine = "FROM-MSEE", "TO-MSEE", netip.MustParseAddr("192.168.100.1"), 10
	if diff := cmp.Diff([]snapshot.Peer{want}, r.Sessions.Peers, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A list that is damaged is never whole, and no row is invented.
func TestTheListOfAllFamilies(t *testing.T) {
	const text = `BGP summary information for VRF er
Router identifier 10.10.10.1, local AS number 65001
Neighbor               AS Session State AFI/SAFI                AFI/SAFI State   NLRI Rcd   NLRI Acc   NLRI Adv
------------- ----------- ------------- ----------------------- -------------- ---------- ---------- ----------
192.168.100.2       12076 Established   IPv4 Unicast            Negotiated              4          3          2
192.168.100.2       12076 Established   L2VPN EVPN              Negotiated              1          1          0
192.168.100.6 65000.12076 Active        IPv4 Unicast            Configured              0          0          0
`
	var r snapshot.Router
	in := lines.New(strings.NewReader(text))
	if !bgppeers.Answer("show bgp summary vrf all", in, &r, nil) || in.Missed() > 0 || r.Sessions.Status != snapshot.OK {
		t.Fatalf("%s %s, unread %v", r.Sessions.Status, r.Sessions.Detail, in.Unread())
	}
	unicast, evpn := peer("er", "192.168.100.2", 12076, "Established", new(uint32(4)), 0, 5), peer("er", "192.168.100.2", 12076, "Established", new(uint32(1)), 0, 6)
	active := peer("er", "192.168.100.6", 65000<<16|12076, "Active", nil, 0, 7)
	unicast.Family, evpn.Family, active.Family = "ipv4 unicast", "l2vpn evpn", "ipv4 unicast"
	if diff := cmp.Diff([]snapshot.Peer{unicast, evpn, active}, r.Sessions.Peers, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, cut := range map[string]string{"a number less": strings.Replace(text, "          4          3          2", "          4", 1), "no family": strings.Replace(text, "L2VPN EVPN", "", 1)} {
		var r snapshot.Router
		in := lines.New(strings.NewReader(cut))
		if bgppeers.Answer("show bgp summary vrf all", in, &r, nil); r.Sessions.Status != snapshot.Partial {
			t.Errorf("%s: %s, %+v", name, r.Sessions.Status, r.Sessions.Peers)
		}
	}
}

func TestDamagedSummariesAreNotWhole(t *testing.T) {
	for name, text := range map[string]string{
		"cut within a row":     ios[:strings.Index(ios, "2d03h")],
		"cut behind a wrap":    ios[:strings.LastIndex(ios, "4   4200000001")],
		"cut before the count": frr[:strings.LastIndex(frr, "swp1")] + "Total number of neighbors 2\n",
		"a foreign line":       strings.Replace(ios, "192.168.100.2   4", "what is this\n192.168.100.2   4", 1),
		"a word for a number":  strings.Replace(ios, "   65515", "   A5515", 1),
		"nothing":              "",
		"refused":              "% Invalid input detected at '^' marker.\n",
		"columns in disorder":  "Neighbor V AS MsgRcvd State/PfxRcd TblVer InQ OutQ Up/Down\n10.0.0.67 4 6230 363 9 396\n",
		"another command":      ios + "edge1#show bgp vpnv4 unicast all summary\n" + ios,
		"half a second header": "Neighbor V AS Up/Down State/PfxRcd\n10.0.0.1 4 65515 1d 2\nNeighbor V AS Up/Down\n10.0.0.2 4 65515 1d\n",
	} {
		t.Run(name, func(t *testing.T) {
			var r snapshot.Router
			in := lines.New(strings.NewReader(text))
			if !bgppeers.Answer("show ip bgp summary", in, &r, []string{"% Invalid input"}) {
				t.Fatal("not recognised")
			}
			if r.Sessions.Whole() {
				t.Errorf("whole, with %v", r.Sessions.Peers)
			}
		})
	}
}

// FuzzSummary: no panic, and the same reading twice.
func FuzzSummary(f *testing.F) {
	for _, text := range []string{ios, nxos, xr, eos, frr} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var a, b snapshot.Router
		for _, r := range []*snapshot.Router{&a, &b} {
			bgppeers.Answer("show ip bgp summary", lines.New(strings.NewReader(text)), r, nil)
		}
		if diff := cmp.Diff(a.Sessions, b.Sessions, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("read twice (-first +second):\n%s", diff)
		}
	})
}
