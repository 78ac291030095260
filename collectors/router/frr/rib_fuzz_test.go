package frr_test

import (
	"testing"

	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/collectors/router/ribtable/ribtest"
)

// FuzzRIB reads any text as a routing table, or as a list of interfaces.
func FuzzRIB(f *testing.F) {
	ribtest.Fuzz(f, frr.Read, []string{
		"show ip route vrf all",
		"show ipv6 route",
		"show ip route 10.0.0.1",
		"show interface brief",
	}, []string{
		`Codes: K - kernel route, C - connected,
       > - selected route, * - FIB route, q - queued

VRF default:
S   10.1.0.0/16 [200/0] via 10.0.0.9, e0, weight 1, 00:00:03
B>  10.2.0.0/16 [200/0] via 10.1.5.5 (recursive), weight 1, 00:00:03
  *                       via 10.0.0.2, e0, weight 1, 00:00:03
S>* 10.3.0.0/16 [1/0] unreachable (blackhole), weight 1, 00:00:03
O[7]>q fe80::/64 [110/20] via fe80::1, e2 (vrf red) inactive, label 1/2, weight 1, 01w2d03h
`,
		`Routing entry for 10.1.0.0/16
  Known via "static", distance 1, metric 0, best
    10.1.5.5 (recursive), weight 1
  *   10.0.0.2, via e0, weight 1
  * unreachable (blackhole), weight 1
`,
		`Interface       Status  VRF             Addresses
---------       ------  ---             ---------
e0              up      default         10.0.0.1/30
                                        + 2001:db8::1/64
`,
	}, "frr", "frr_cumulus")
}
