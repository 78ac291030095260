package router_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/snapshot"
)

func portLines(ports []snapshot.Interface) string {
	var b strings.Builder
	for _, i := range ports {
		state := "down"
		if i.Up {
			state = "up"
		}
		fmt.Fprintf(&b, "%d %s %s vrf=%s %v\n", i.Line, i.Name, state, i.VRF, i.Addrs)
	}
	return b.String()
}

type portSample struct{ name, platform, command, text, want string }

func portSamples() []portSample {
	return []portSample{
		{"IOS", "cisco_ios", "show ip interface", `GigabitEthernet1 is up, line protocol is up
  Internet address is 192.0.2.1/30
  Broadcast address is 255.255.255.255
  MTU is 1500 bytes
  Secondary address 198.51.100.1/24
  Directed broadcast forwarding is disabled
  IP CEF switching turbo vector
  VPN Routing/Forwarding "red"
  Router Discovery is disabled
  Policy routing is disabled
GigabitEthernet2 is administratively down, line protocol is down
  Internet protocol processing disabled
Tunnel1 is up, line protocol is up
  Internet address is 169.254.21.1, subnet mask is 255.255.255.252
  Router Discovery is disabled
`, "1 GigabitEthernet1 up vrf=red [192.0.2.1/30 198.51.100.1/24]\n11 GigabitEthernet2 down vrf=default []\n13 Tunnel1 up vrf=default [169.254.21.1/30]\n"},
		{"IOS in brief", "cisco_ios", "sh ip int br", `Interface              IP-Address      OK? Method Status                Protocol
GigabitEthernet1       192.0.2.1       YES NVRAM  up                    up
GigabitEthernet2       unassigned      YES unset  administratively down down
`, "2 GigabitEthernet1 up vrf= [192.0.2.1/32]\n3 GigabitEthernet2 down vrf= []\n"},
		{"NX-OS", "cisco_nxos", "show ip interface vrf all", `IP Interface Status for VRF "default"(1)
loopback0, Interface status: protocol-up/link-up/admin-up, iod: 4,
  IP address: 10.0.0.1, IP subnet: 10.0.0.1/32 route-preference: 0, tag: 0
  IP broadcast address: 255.255.255.255
  IP MTU: 1500 bytes (using link MTU)

IP Interface Status for VRF "red"(3)
Ethernet1/1, Interface status: protocol-down/link-down/admin-up, iod: 5,
  IP address: 192.0.2.1, IP subnet: 192.0.2.0/30 route-preference: 0, tag: 0
  IP address: 198.51.100.1, IP subnet: 198.51.100.0/24 secondary
  IP MTU: 1500 bytes (using link MTU)
`, "2 Loopback0 up vrf=default [10.0.0.1/32]\n8 Ethernet1/1 down vrf=red [192.0.2.1/30 198.51.100.1/24]\n"},
		{"NX-OS in brief", "cisco_nxos", "show ip interface brief vrf all", `IP Interface Status for VRF "default"(1)
Interface            IP Address      Interface Status
Lo0                  10.0.0.1        protocol-up/link-up/admin-up
Eth1/1               192.0.2.1       protocol-down/link-down/admin-down
`, "3 Loopback0 up vrf=default [10.0.0.1/32]\n4 Ethernet1/1 down vrf=default [192.0.2.1/32]\n"},
		{"IOS-XR", "cisco_xr", "show ipv4 vrf all interface", `Mon Nov 23 03:50:17.123 UTC
GigabitEthernet0/0/0/0 is Up, ipv4 protocol is Up
  Vrf is red (vrfid 0x60000001)
  Internet address is 192.0.2.1/30 with route-tag 50
  Secondary address 198.51.100.1/24
  MTU is 1514 (1500 is available to IP)
  Table Id is 0xe0000000
MgmtEth0/RP0/CPU0/0 is Shutdown, ipv4 protocol is Down
  Vrf is default (vrfid 0x60000000)
  Internet protocol processing disabled
Loopback3 is Up, ipv4 protocol is Down [VRF in FWD reference]
  Vrf is blue (vrfid 0x0)
  Internet address is 10.0.0.3/32
  Table Id is 0x0
`, "2 GigabitEthernet0/0/0/0 up vrf=red [192.0.2.1/30 198.51.100.1/24]\n8 MgmtEth0/RP0/CPU0/0 down vrf=default []\n11 Loopback3 down vrf=blue [10.0.0.3/32]\n"},
		{"IOS-XR in brief", "cisco_xr", "show ipv4 vrf all interface brief", `Interface                      IP-Address      Status          Protocol Vrf-Name
Loopback0                      10.0.0.1        Up              Up       default
GigabitEthernet0/0/0/1         unassigned      Shutdown        Down     red
`, "2 Loopback0 up vrf=default [10.0.0.1/32]\n3 GigabitEthernet0/0/0/1 down vrf=red []\n"},
		{"EOS", "arista_eos", "show ip interface", `Ethernet1 is up, line protocol is up (connected)
  Internet address is 192.0.2.1/30
  Broadcast address is 255.255.255.255
  IP MTU 1500 bytes
`, "1 Ethernet1 up vrf= [192.0.2.1/30]\n"},
		{"EOS in brief", "arista_eos", "show ip interface brief", `                                                                              Address
Interface         IP Address            Status       Protocol            MTU    Owner
----------------- --------------------- ------------ -------------- ----------- -------
Ethernet1         192.0.2.1/30          up           up                 1500
Ethernet2         unassigned            admin down   down               1500
`, "4 Ethernet1 up vrf= [192.0.2.1/30]\n5 Ethernet2 down vrf= []\n"},
		{"FRR", "frr", "show interface brief", `Interface       Status  VRF             Addresses
---------       ------  ---             ---------
e0              up      default         192.0.2.1/30
                                        198.51.100.1/24
                                        + 2001:db8::1/64
lo              down    red
`, "3 e0 up vrf=default [192.0.2.1/30 198.51.100.1/24 2001:db8::1/64]\n6 lo down vrf=red []\n"},
	}
}

func TestInterfacesAreRead(t *testing.T) {
	for _, s := range portSamples() {
		t.Run(s.name, func(t *testing.T) {
			got := readRIBText(t, s.platform, s.command, s.text)
			if d := cmp.Diff(s.want, portLines(got.Interfaces)); d != "" {
				t.Error(d)
			}
			if got.Status != snapshot.OK || len(got.Unread) > 0 {
				t.Errorf("status %s (%s), unread %v", got.Status, got.Detail, got.Unread)
			}
		})
	}
}

// TestDamagedListsOfInterfacesAreSeen holds for lists what holds for tables: the
// rows above a cut are a list; a log message inside a line, or a part that came
// twice, is seen.
func TestDamagedListsOfInterfacesAreSeen(t *testing.T) {
	check := func(s portSample, what, text string, rows func(got string) bool) {
		got := readDamagedText(t, s.platform, s.command, text)
		if lines := portLines(got.Interfaces); got.Status == snapshot.OK && !rows(lines) {
			t.Errorf("%s, %s: counts as whole with\n%s", s.name, what, lines)
		}
	}
	for _, s := range portSamples() {
		for at := range s.text {
			check(s, fmt.Sprintf("cut at %d", at), s.text[:at], func(got string) bool { return strings.HasPrefix(s.want, whole(got)) })
			check(s, fmt.Sprintf("log message at %d", at), s.text[:at]+"*Nov 16 18:52:22.448: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON\n"+s.text[at:],
				func(got string) bool { return unnumbered(got) == unnumbered(s.want) })
		}
		rows := strings.SplitAfter(s.text, "\n")
		for from := range rows {
			for to := from + 1; to < len(rows); to++ {
				check(s, fmt.Sprintf("lines %d to %d twice", from+1, to), strings.Join(rows[:to], "")+strings.Join(rows[from:], ""),
					func(got string) bool { return unnumbered(got) == unnumbered(s.want) })
			}
		}
	}
}

// whole takes the last line away, whose last word may have been cut.
func whole(lines string) string {
	return lines[:strings.LastIndexByte(strings.TrimSuffix(lines, "\n"), '\n')+1]
}

// unnumbered takes the line numbers away.
func unnumbered(lines string) string {
	var b strings.Builder
	for l := range strings.Lines(lines) {
		_, l, _ = strings.Cut(l, " ")
		b.WriteString(l)
	}
	return b.String()
}

func TestListsOfSomeInterfacesAreNotWhole(t *testing.T) {
	s := portSamples()[0]
	for _, command := range []string{"show ip interface GigabitEthernet1", "show ip interface | include address"} {
		if got := readRIBText(t, s.platform, command, s.text); got.Status != snapshot.Partial || !strings.Contains(got.Detail, " only") {
			t.Errorf("%s: %s: %s", command, got.Status, got.Detail)
		}
	}
}
