package router_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// What FRR 8.4 prints of a router with a default VRF, a VRF red, and BGP in a VRF
// that has no interface.
func inVRFs() map[string]string {
	const legend = `Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
               i internal, r RIB-failure, S Stale, R Removed
Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
Origin codes:  i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

   Network          Next Hop            Metric LocPrf Weight Path
`
	const columns = "Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc\n"
	return map[string]string{
		"show interface brief": `Interface       Status  VRF             Addresses
---------       ------  ---             ---------
lo              up      default         
eth0            up      default         10.9.0.1/30

Interface       Status  VRF             Addresses
---------       ------  ---             ---------
lo              up      red             10.77.0.1/24
eth1            up      red             192.168.100.1/30

`,
		"show ip bgp vrf all": `
Instance default:
BGP table version is 3, local router ID is 1.1.1.1, vrf id 0
Default local pref 100, local AS 65001
` + legend + `*> 10.66.0.0/16     0.0.0.0                  0         32768 i

Displayed  1 routes and 1 total paths

Instance red:
BGP table version is 4, local router ID is 2.2.2.2, vrf id 1
Default local pref 100, local AS 65002
` + legend + `*> 10.0.0.0/8       192.168.100.2                          0 12076 i
*> 10.77.0.0/24     0.0.0.0                  0         32768 i

Displayed  2 routes and 2 total paths

Instance blue:
No BGP prefixes displayed, 0 exist
`,
		"show ip bgp vrf all summary": `
IPv4 Unicast Summary (VRF default):
BGP router identifier 1.1.1.1, local AS number 65001 vrf-id 0
BGP table version 3
RIB entries 1, using 192 bytes of memory
Peers 1, using 724 KiB of memory

` + columns + `10.9.0.2        4      65009         5         5        0    0    0 00:00:06            0        1 N/A

Total number of neighbors 1

IPv4 Unicast Summary (VRF red):
BGP router identifier 2.2.2.2, local AS number 65002 vrf-id 1
BGP table version 4
RIB entries 4, using 768 bytes of memory
Peers 1, using 724 KiB of memory

` + columns + `192.168.100.2   4      12076         5         5        0    0    0 00:00:06            1        2 N/A

Total number of neighbors 1
% No BGP neighbors found in VRF blue
`,
		"show ip route vrf all": `Codes: K - kernel route, C - connected, S - static, R - RIP,
       O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,
       T - Table, v - VNC, V - VNC-Direct, A - Babel, F - PBR,
       f - OpenFabric,
       > - selected route, * - FIB route, q - queued, r - rejected, b - backup
       t - trapped, o - offload failure

VRF default:
C>* 10.9.0.0/30 is directly connected, eth0, 00:00:07

VRF red:
B>* 10.0.0.0/8 [20/0] via 192.168.100.2, eth1, weight 1, 00:00:05
C>* 192.168.100.0/30 is directly connected, eth1, 00:00:06
`,
		"show ip bgp vrf red neighbors 192.168.100.2 advertised-routes": `BGP table version is 4, local router ID is 2.2.2.2, vrf id 1
Default local pref 100, local AS 65002
` + legend + `*> 10.77.0.0/24     0.0.0.0                  0         32768 i

Total number of prefixes 1
`,
		"show ip bgp vrf red neighbors 192.168.100.2 received-routes": `BGP table version is 4, local router ID is 2.2.2.2, vrf id 1
Default local pref 100, local AS 65002
` + legend + `*> 10.0.0.0/8       192.168.100.2            0             0 12076 i
*> 10.1.0.0/16      192.168.100.2            0             0 12076 i

Total number of prefixes 2 (1 filtered)
`,
	}
}

func TestARouterWithVRFsIsAskedForTheTablesOfAll(t *testing.T) {
	printed := inVRFs()
	s, dev := play(t, func(command string) (emulator.SSHReply, bool) {
		text, ok := printed[command]
		return chunks(strings.ReplaceAll(text, "\n", "\r\n")), ok
	})
	d := collect(t, dev)
	for command := range printed {
		if !slices.Contains(s.Asked(), command) {
			t.Errorf("%q was not asked", command)
		}
	}
	for _, command := range []string{"show ip bgp", "show ip bgp summary", "show ip route"} {
		if slices.Contains(s.Asked(), command) {
			t.Errorf("%q was asked, too", command)
		}
	}
	var snap snapshot.Snapshot
	router.Read(d, &snap)
	r := snap.Routers[0]
	got := map[string][]string{}
	for _, p := range r.BGP.Paths {
		got["paths"] = append(got["paths"], p.VRF+" "+p.Prefix.String())
	}
	for _, p := range r.RIB.Routes {
		got["routes"] = append(got["routes"], p.VRF+" "+p.Prefix.String())
	}
	for _, p := range r.Sessions.Peers {
		got["peers"] = append(got["peers"], p.VRF+" "+p.Addr.String())
	}
	for _, p := range r.Ports.Interfaces {
		got["ports"] = append(got["ports"], p.VRF+" "+p.Name)
	}
	for _, a := range r.AdjRIBs {
		for _, p := range a.Paths {
			got[a.Direction] = append(got[a.Direction], a.VRF+" "+p.Prefix.String())
		}
	}
	want := map[string][]string{
		"paths":      {"default 10.66.0.0/16", "red 10.0.0.0/8", "red 10.77.0.0/24"},
		"routes":     {"default 10.9.0.0/30", "red 10.0.0.0/8", "red 192.168.100.0/30"},
		"peers":      {"default 10.9.0.2", "red 192.168.100.2"},
		"ports":      {"default lo", "default eth0", "red lo", "red eth1"},
		"advertised": {"red 10.77.0.0/24"},
		"received":   {"red 10.0.0.0/8", "red 10.1.0.0/16"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read: (-want +got): %s", diff)
	}
	for what, read := range map[string]snapshot.Read{"BGP": r.BGP.Read, "RIB": r.RIB.Read, "sessions": r.Sessions.Read, "ports": r.Ports.Read} {
		if !read.Whole() {
			t.Errorf("%s: %s: %s", what, read.Status, read.Detail)
		}
	}
}

// IOS's summary of neighbours in VRFs does not say which is in which. A neighbour
// is asked about once that is known.
func TestNeighborsInVRFsOfIOSAreAskedAbout(t *testing.T) {
	printed := map[string]string{
		"show clock": "*10:00:00.000 UTC Mon Nov 23 2026\n",
		"show bgp vpnv4 unicast all summary": `BGP router identifier 10.255.0.1, local AS number 65001
BGP table version is 3, main routing table version 3

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.168.100.2   4        12076     100     100        3    0    0 01:00:00        2
`,
		"show bgp vpnv4 unicast all neighbors": `BGP neighbor is 192.168.100.2,  vrf edge,  remote AS 12076, external link
  BGP version 4, remote router ID 192.168.100.2
  BGP state = Established, up for 01:00:00
`,
	}
	for what, c := range map[string]struct {
		summary string
		want    []string
	}{
		"a neighbour in a VRF": {printed["show bgp vpnv4 unicast all summary"], []string{
			"show bgp vpnv4 unicast all neighbors", "show ip bgp vpnv4 vrf edge neighbors 192.168.100.2 advertised-routes",
		}},
		"no VRF": {"% BGP not active\n", nil},
	} {
		s, dev := play(t, func(command string) (emulator.SSHReply, bool) {
			text := printed[command]
			if command == "show bgp vpnv4 unicast all summary" {
				text = c.summary
			}
			return chunks(strings.ReplaceAll(text, "\n", "\r\n")), true
		})
		dev.Platform = "cisco_ios"
		collect(t, dev)
		var got []string
		for _, command := range s.Asked() {
			if strings.HasSuffix(command, "all neighbors") || strings.HasSuffix(command, "advertised-routes") {
				got = append(got, command)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: asked (-want +got): %s", what, diff)
		}
	}
}
