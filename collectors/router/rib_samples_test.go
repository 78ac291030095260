package router_test

// ribSample is a routing table or a list of interfaces as a platform prints it,
// written for these tests, and what it says: a line for each route with its next
// hops, or for each interface. Rows that are cut short anywhere can be told.
type ribSample struct{ name, platform, command, text, want string }

func ribSamples() []ribSample {
	return []ribSample{iosTable(), iosSix(), nxosTable(), xrTable(), eosTable(), eosWrapped(), frrTable()}
}

const iosCodes = `Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       + - replicated route, % - next hop override, p - overrides from PfR

`

func iosTable() ribSample {
	return ribSample{
		name: "IOS, two VRFs, networks with one mask and with several, wrapped rows", platform: "cisco_ios", command: "show ip route vrf *",
		text: iosCodes + `Gateway of last resort is 192.0.2.1 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 192.0.2.1
      10.0.0.0/8 is variably subnetted, 5 subnets, 3 masks
O E2     10.1.0.0/16 [110/20] via 192.0.2.2, 1d18h, GigabitEthernet2
                     [110/20] via 192.0.2.3, 1d18h, GigabitEthernet3
B        10.64.0.0/23 [20/0] via 169.254.21.2, 00:10:01
D EX     10.200.0.0/24
           [170/5120] via 192.0.2.3, 2w0d, GigabitEthernet3
C        10.255.0.0/30 is directly connected, GigabitEthernet1
L        10.255.0.1/32 is directly connected, GigabitEthernet1
      172.16.0.0/24 is subnetted, 2 subnets
B        172.16.1.0 [200/0] via 10.255.0.2 (green), 00:00:04
B        172.16.2.0 [200/0], 3w4d, Null0
O     198.51.100.0/24 is a summary, 00:00:09, Null0

Routing Table: red
` + iosCodes + `Gateway of last resort is not set

      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks
C        10.9.0.0/24 is directly connected, Tunnel1
L        10.9.0.1/32 is directly connected, Tunnel1
`,
		want: `default 0.0.0.0/0 static 1/0 * 192.0.2.1
default 10.1.0.0/16 ospf 110/20 * 192.0.2.2 GigabitEthernet2, 192.0.2.3 GigabitEthernet3
default 10.64.0.0/23 bgp 20/0 * 169.254.21.2
default 10.200.0.0/24 eigrp 170/5120 * 192.0.2.3 GigabitEthernet3
default 10.255.0.0/30 connected -/- * GigabitEthernet1
default 10.255.0.1/32 local -/- * GigabitEthernet1
default 172.16.1.0/24 bgp 200/0 * 10.255.0.2 vrf green
default 172.16.2.0/24 bgp 200/0 * Null0 blackhole
default 198.51.100.0/24 ospf -/- * Null0 blackhole
red 10.9.0.0/24 connected -/- * Tunnel1
red 10.9.0.1/32 local -/- * Tunnel1
`,
	}
}

func iosSix() ribSample {
	return ribSample{
		name: "IOS, IPv6, with the number of entries", platform: "cisco_ios", command: "show ipv6 route",
		text: `IPv6 Routing Table - default - 4 entries
Codes: C - Connected, L - Local, S - Static, U - Per-user Static route
       B - BGP, R - RIP, H - NHRP, I1 - ISIS L1
C   2001:DB8:1::/64 [0/0]
     via GigabitEthernet1, directly connected
L   2001:DB8:1::1/128 [0/0]
     via GigabitEthernet1, receive
B   2001:DB8:F::/48 [20/0]
     via FE80::2, GigabitEthernet1
L   FF00::/8 [0/0]
     via Null0, receive
`,
		want: `default 2001:db8:1::/64 connected 0/0 * GigabitEthernet1
default 2001:db8:1::1/128 local 0/0 * GigabitEthernet1
default 2001:db8:f::/48 bgp 20/0 * fe80::2 GigabitEthernet1
default ff00::/8 local 0/0 * Null0
`,
	}
}

func nxosTable() ribSample {
	return ribSample{
		name: "NX-OS, two VRFs, several protocols for a prefix", platform: "cisco_nxos", command: "show ip route vrf all",
		text: `IP Route Table for VRF "default"
'*' denotes best ucast next-hop
'**' denotes best mcast next-hop
'[x/y]' denotes [preference/metric]
'%<string>' in via output denotes VRF <string>

0.0.0.0/0, ubest/mbest: 1/0
    *via Null0, [220/0], 1w0d, static
10.0.1.0/24, ubest/mbest: 2/0
    *via 192.0.2.2, Eth1/1, [110/41], 3w1d, ospf-CORE, intra
    *via 192.0.2.6, Po10, [110/41], 3w1d, ospf-CORE, intra
     via 192.0.2.9, [200/0], 1d02h, bgp-65001, internal, tag 65001
10.0.9.9/32, ubest/mbest: 2/0, attached
    *via 10.0.9.9, Lo9, [0/0], 1w0d, local
    *via 10.0.9.9, Lo9, [0/0], 1w0d, direct

IP Route Table for VRF "red"
'*' denotes best ucast next-hop
'**' denotes best mcast next-hop
'[x/y]' denotes [preference/metric]
'%<string>' in via output denotes VRF <string>

10.64.0.0/23, ubest/mbest: 1/0
    *via 169.254.21.2%default, [20/0], 00:10:01, bgp-65001, external, tag 65515
`,
		want: `default 0.0.0.0/0 static 220/0 * Null0 blackhole
default 10.0.1.0/24 ospf 110/41 * 192.0.2.2 Ethernet1/1, 192.0.2.6 port-channel10
default 10.0.1.0/24 bgp 200/0 - 192.0.2.9
default 10.0.9.9/32 local 0/0 * Loopback9
default 10.0.9.9/32 connected 0/0 * Loopback9
red 10.64.0.0/23 bgp 20/0 * 169.254.21.2 vrf default
`,
	}
}

func xrTable() ribSample {
	return ribSample{
		name: "IOS-XR, VRFs, a backup path, rows over two lines", platform: "cisco_xr", command: "show route vrf all",
		text: `Mon Nov 23 03:50:17.123 UTC

VRF: red


Codes: C - connected, S - static, R - RIP, B - BGP, (>) - Diversion path
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       M - mobile route, r - RPL, t - Traffic Engineering, (!) - FRR Backup path

Gateway of last resort is not set

S*   0.0.0.0/0 is directly connected, 3y15w, Null0
O    10.1.0.0/16 [110/11] via 192.0.2.2, 04:43:27, GigabitEthernet0/0/0/1
                 [110/0] via 192.0.2.6, 04:43:27, GigabitEthernet0/0/0/2 (!)
B    10.64.0.0/23 [200/0] via 198.51.100.1 (nexthop in vrf default), 00:04:47
L    192.0.2.1/32 is directly connected,
    1d22h, GigabitEthernet0/0/0/1

VRF: empty


% No matching routes found
`,
		want: `red 0.0.0.0/0 static -/- * Null0 blackhole
red 10.1.0.0/16 ospf 110/11 * 192.0.2.2 GigabitEthernet0/0/0/1, 192.0.2.6 GigabitEthernet0/0/0/2 inactive
red 10.64.0.0/23 bgp 200/0 * 198.51.100.1 vrf default
red 192.0.2.1/32 local -/- * GigabitEthernet0/0/0/1
`,
	}
}

// eosWrapped is what releases print that list every next hop on a line of its own.
func eosWrapped() ribSample {
	return ribSample{
		name: "EOS, all next hops on lines of their own", platform: "arista_eos", command: "show ip route vrf all",
		text: `VRF: default
Source Codes:
       C - connected, S - static, K - kernel,
       O - OSPF, O IA - OSPF inter area, O3 E1 - OSPFv3 external type 1,
       G  - gRIBI, RC - Route Cache Route,
       CL - CBF Leaked Route

Gateway of last resort:
 S        0.0.0.0/0 [1/0]
           via 192.0.2.1, Ethernet1

 C        10.1.0.0/24
           directly connected, Ethernet1
 B E      10.64.0.0/23 [200/0]
           via 169.254.21.2, Tunnel1
           via 169.254.22.2, Tunnel2
 S        10.250.0.0/16
           directly connected, Null0

VRF: red
Source Codes:
       C - connected, S - static, K - kernel,
       CL - CBF Leaked Route

Gateway of last resort is not set

 B I      10.5.0.0/16 [200/0]
           via VTEP 192.0.2.77 VNI 5001 router-mac 00:1c:73:00:00:01 local-interface Vxlan1
`,
		want: `default 0.0.0.0/0 static 1/0 * 192.0.2.1 Ethernet1
default 10.1.0.0/24 connected -/- * Ethernet1
default 10.64.0.0/23 bgp 200/0 * 169.254.21.2 Tunnel1, 169.254.22.2 Tunnel2
default 10.250.0.0/16 static -/- * Null0 blackhole
red 10.5.0.0/16 bgp 200/0 * 192.0.2.77 Vxlan1
`,
	}
}

func eosTable() ribSample {
	return ribSample{
		name: "EOS, two VRFs, more next hops on lines of their own", platform: "arista_eos", command: "show ip route vrf all",
		text: `VRF: default
Codes: C - connected, S - static, K - kernel,
       O - OSPF, IA - OSPF inter area, E1 - OSPF external type 1,
       R - RIP, I L1 - IS-IS level 1, I L2 - IS-IS level 2,
       DP - Dynamic Policy Route, L - VRF Leaked

Gateway of last resort:
 S        0.0.0.0/0 [1/0] via 192.0.2.1, Ethernet1

 C        10.1.0.0/24 is directly connected, Ethernet1
 B E      10.64.0.0/23 [200/0] via 169.254.21.2, Tunnel1
                               via 169.254.22.2, Tunnel2
 O E2     10.99.0.0/16 [110/1] via 192.0.2.5, Ethernet2
 C        10.200.0.0/31 is directly connected, Tunnel3, Static Interface GRE tunnel index 3, dst 192.0.2.9, src 192.0.2.1
 S        10.250.0.0/16 is directly connected, Null0

VRF: red
Codes: C - connected, S - static, K - kernel,
       DP - Dynamic Policy Route, L - VRF Leaked

Gateway of last resort is not set

 B I%     10.4.0.0/16 [200/0] via 192.0.2.6, Ethernet3
 B I      10.5.0.0/16 [200/0] via VTEP 192.0.2.77 VNI 5001 router-mac 00:1c:73:00:00:01 local-interface Vxlan1
 C        10.9.0.0/24 is directly connected, Ethernet3
 B L      10.10.0.0/24 [200/0] (source VRF default) via 192.0.2.2, Ethernet1 (egress VRF default)
 C L      10.11.0.0/24 (source VRF default) is directly connected, Ethernet1 (egress VRF default)
`,
		want: `default 0.0.0.0/0 static 1/0 * 192.0.2.1 Ethernet1
default 10.1.0.0/24 connected -/- * Ethernet1
default 10.64.0.0/23 bgp 200/0 * 169.254.21.2 Tunnel1, 169.254.22.2 Tunnel2
default 10.99.0.0/16 ospf 110/1 * 192.0.2.5 Ethernet2
default 10.200.0.0/31 connected -/- * Tunnel3
default 10.250.0.0/16 static -/- * Null0 blackhole
red 10.4.0.0/16 bgp 200/0 > 192.0.2.6 Ethernet3
red 10.5.0.0/16 bgp 200/0 * 192.0.2.77 Vxlan1
red 10.9.0.0/24 connected -/- * Ethernet3
red 10.10.0.0/24 bgp 200/0 * 192.0.2.2 Ethernet1 vrf default
red 10.11.0.0/24 connected -/- * Ethernet1 vrf default
`,
	}
}

func frrTable() ribSample {
	return ribSample{
		name: "FRR, recursive and inactive next hops, offers that lost, a queued route", platform: "frr", command: "show ip route vrf all",
		text: `Codes: K - kernel route, C - connected, S - static, R - RIP,
       O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,
       > - selected route, * - FIB route, q - queued, r - rejected, b - backup
       t - trapped, o - offload failure

VRF default:
S   10.1.0.0/16 [200/0] via 192.0.2.9, e0, weight 1, 00:00:03
S>* 10.1.0.0/16 [1/0] via 192.0.2.2, e0, weight 1, 00:00:03
  *                   via 192.0.2.6, e1, weight 1, 00:00:03
B>  10.2.0.0/16 [200/0] via 10.1.5.5 (recursive), weight 1, 00:00:03
  *                       via 192.0.2.2, e0, weight 1, 00:00:03
S>* 10.3.0.0/16 [1/0] unreachable (blackhole), weight 1, 00:00:03
S   10.8.0.0/16 [1/0] via 192.0.2.2, e1 inactive, weight 1, 00:00:03
B>q 10.9.0.0/16 [20/0] via 169.254.21.2, ipsec0, label 100/200, weight 1, 00:00:03
C>* 192.0.2.0/30 is directly connected, e0, 00:00:03
VRF red:
O[7]>* 10.4.0.0/16 [110/20] via 198.51.100.1, e2 (vrf default), weight 1, 01w2d03h
`,
		want: `default 10.1.0.0/16 static 200/0 - 192.0.2.9 e0
default 10.1.0.0/16 static 1/0 * 192.0.2.2 e0, 192.0.2.6 e1
default 10.2.0.0/16 bgp 200/0 * 10.1.5.5 recursive, 192.0.2.2 e0
default 10.3.0.0/16 static 1/0 * blackhole
default 10.8.0.0/16 static 1/0 - 192.0.2.2 e1 inactive
default 10.9.0.0/16 bgp 20/0 > 169.254.21.2 ipsec0 inactive
default 192.0.2.0/30 connected -/- * e0
red 10.4.0.0/16 ospf 110/20 * 198.51.100.1 e2 vrf default
`,
	}
}
