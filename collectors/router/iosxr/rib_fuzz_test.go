package iosxr_test

import (
	"testing"

	"github.com/routeproof/routeproof/collectors/router/iosxr"
	"github.com/routeproof/routeproof/collectors/router/ribtable/ribtest"
)

// FuzzRIB reads any text as a routing table, or as a list of interfaces.
func FuzzRIB(f *testing.F) {
	ribtest.Fuzz(f, iosxr.Read, []string{
		"show route vrf all",
		"show route ipv6",
		"show ipv4 vrf all interface",
		"show ipv4 vrf all interface brief",
	}, []string{
		`Mon Nov 23 03:50:17.123 UTC

VRF: red

Codes: C - connected, S - static, (!) - FRR Backup path

Gateway of last resort is not set

O    10.1.0.0/16 [110/11] via 10.0.0.2, 04:43:27, GigabitEthernet0/0/0/1
                 [110/0] via 10.0.0.6, 04:43:27, GigabitEthernet0/0/0/2 (!)
L    10.0.0.1/32 is directly connected,
    1d22h, GigabitEthernet0/0/0/1
L    fc00::/48, SRv6 Endpoint uN (shift)
      [0/0] via :: (nexthop in vrf blue), 1d21h

VRF: empty

% No matching routes found
`,
		`Routing entry for 10.0.0.0/24
  Known via "static", distance 1, metric 0
  Routing Descriptor Blocks
    10.0.0.1, from 10.0.0.3, via Bundle-Ether1
      Nexthop in Vrf: "blue", Table: "default", IPv4 Unicast
  No advertising protos.
`,
		`Loopback3 is Up, ipv4 protocol is Down [VRF in FWD reference]
  Vrf is blue (vrfid 0x0)
  Internet address is 10.0.0.3/32 with route-tag 5
  Table Id is 0x0
`,
		`Interface IP-Address Status Protocol Vrf-Name
Loopback0 10.0.0.1 Up Up default
`,
	}, "cisco_xr")
}
