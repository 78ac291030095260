package nxos_test

import (
	"testing"

	"github.com/routeproof/routeproof/collectors/router/nxos"
	"github.com/routeproof/routeproof/collectors/router/ribtable/ribtest"
)

// FuzzRIB reads any text as a routing table, or as a list of interfaces.
func FuzzRIB(f *testing.F) {
	ribtest.Fuzz(f, nxos.Read, []string{
		"show ip route vrf all",
		"show ipv6 route vrf all",
		"show ip interface vrf all",
		"show ip interface brief vrf all",
	}, []string{
		`IP Route Table for VRF "red"
'*' denotes best ucast next-hop

10.0.1.0/24, ubest/mbest: 2/0, attached
    *via 10.0.0.2%default, Eth1/1, [110/41], 3w1d, ospf-CORE, intra
    **via 10.0.0.6, Po10, [110/41], 3w1d, ospf-CORE, intra,
tag 7
     via 10.0.0.9, [200/0], 1d02h, bgp-65001, internal, tag 65001
10.0.0.0/8, 1 ucast next-hops, 0 mcast next-hops
    *via Null0, [220/0], 1d02h, bgp-1, discard
`,
		`IP Interface Status for VRF "red"(3)
Ethernet1/1, Interface status: protocol-down/link-down/admin-up, iod: 5,
  IP address: 10.0.0.1, IP subnet: 10.0.0.0/30 secondary
  IP MTU: 1500 bytes (using link MTU)
`,
		`IP Interface Status for VRF "default"(1)
Interface            IP Address      Interface Status
Lo0                  10.0.0.1        protocol-up/link-up/admin-up
`,
	}, "cisco_nxos", "nxos")
}
