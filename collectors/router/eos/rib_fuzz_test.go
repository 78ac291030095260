package eos_test

import (
	"testing"

	"github.com/routeproof/routeproof/collectors/router/eos"
	"github.com/routeproof/routeproof/collectors/router/ribtable/ribtest"
)

// FuzzRIB reads any text as a routing table, or as a list of interfaces.
func FuzzRIB(f *testing.F) {
	ribtest.Fuzz(f, eos.Read, []string{
		"show ip route vrf all",
		"show ipv6 route",
		"show ip interface",
		"show ip interface brief",
	}, []string{
		`VRF: default
Codes: C - connected, S - static, K - kernel,
       DP - Dynamic Policy Route, L - VRF Leaked

Gateway of last resort:
 S        0.0.0.0/0 [1/0] via 10.0.0.1, Ethernet1

 B E      10.64.0.0/23 [200/0] via 10.0.0.2, Tunnel1
                               via VTEP 10.0.0.7 VNI 5 router-mac 00:1c:73:00:00:01 local-interface Vxlan1
 C        10.0.0.0/31 is directly connected, Tunnel3, Static Interface GRE tunnel index 3, dst 10.0.0.9, src 10.0.0.1

! IP routing not enabled
`,
		`Ethernet1 is up, line protocol is up (connected)
  Internet address is 10.0.0.1/30
  IP MTU 1500 bytes
`,
		`Interface         IP Address            Status       Protocol            MTU    Owner
----------------- --------------------- ------------ -------------- ----------- -------
Ethernet1         10.0.0.1/30           up           up                 1500
`,
	}, "arista_eos", "eos")
}
