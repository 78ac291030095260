package ios_test

import (
	"testing"

	"github.com/routeproof/routeproof/collectors/router/ios"
	"github.com/routeproof/routeproof/collectors/router/ribtable/ribtest"
)

// FuzzRIB reads any text as a routing table, or as a list of interfaces.
func FuzzRIB(f *testing.F) {
	ribtest.Fuzz(f, ios.Read, []string{
		"show ip route vrf *",
		"show ipv6 route",
		"show ip route 10.0.0.1",
		"show ip interface",
		"show ip interface brief",
	}, []string{
		`Codes: L - local, C - connected, S - static, B - BGP

Gateway of last resort is not set

      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks
C        10.0.0.0/30 is directly connected, GigabitEthernet1
O E2     10.9.0.0/16
           [110/20] via 10.0.0.2, 1d02h, GigabitEthernet1
           [NHO][110/1] via 10.0.0.3, 1d02h, GigabitEthernet2
      172.16.0.0/24 is subnetted, 1 subnets
B        172.16.1.0 [200/0] via 10.0.0.2 (red), 00:00:04

Routing Table: red
`,
		`IPv6 Routing Table - default - 1 entries
B   2001:DB8::/32 [20/0]
     via FE80::2, GigabitEthernet1
      Last updated 22:55:51 04 December 2017
`,
		`Routing entry for 10.0.0.0/23
  Known via "bgp 65001", distance 20, metric 0
  Routing Descriptor Blocks:
  * 10.0.0.2 (default), from 10.0.0.2, 1d21h ago, via Tunnel1
`,
		`Tunnel1 is up, line protocol is up
  Internet address is 10.0.0.1, subnet mask is 255.255.255.252
  VPN Routing/Forwarding "red"
  Router Discovery is disabled
`,
		`Interface IP-Address OK? Method Status Protocol
Tunnel1 10.0.0.1 YES NVRAM up up
`,
	}, "cisco_ios", "cisco_iosxe", "ios")
}
