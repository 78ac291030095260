package audit_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
)

// iosOutputs is what R1 of the scenario "fail-closed" would print if it were
// Cisco IOS-XE: the same network, in another platform's words, with associations of the
// transform given.
func iosOutputs(transform string) map[string]string {
	association := func(spi string) string {
		return `      spi: 0x` + spi + `(` + spi + `)
        transform: ` + transform + ` ,
        in use settings ={Tunnel, }
        conn id: 2001, flow_id: CSR:1, sibling_flags FFFFFFFF80004048, crypto map: Tunnel1-head-0
        sa timing: remaining key lifetime (k/sec): (4607999/3000)
        IV size: 8 bytes
        replay detection support: Y
        Status: ACTIVE(ACTIVE)
`
	}
	return map[string]string{
		"show_ip_bgp": `BGP table version is 6, local router ID is 10.10.10.1
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
              r RIB-failure, S Stale, m multipath, b backup-path, f RT-Filter,
              x best-external, a additional-path, c RIB-compressed,
              t secondary path, L long-lived-stale,
Origin codes: i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

     Network          Next Hop            Metric LocPrf Weight Path
 *>   10.10.0.0/16     0.0.0.0                  0         32768 i
 *>   10.10.10.1/32    0.0.0.0                  0         32768 i
 *>i  10.20.0.0/16     10.255.0.2               0    100      0 i
 *>i  10.20.10.1/32    10.255.0.2               0    100      0 i
 *>   10.64.0.0/23     169.254.21.2                  200      0 65515 i
 * i                   10.255.0.2               0    200      0 65515 i
 *>   172.16.0.0       169.254.21.2                  200      0 65515 i
 * i                   10.255.0.2               0    200      0 65515 i
`,
		"show_ip_bgp_summary": `BGP router identifier 10.10.10.1, local AS number 65501
BGP table version is 6, main routing table version 6
6 network entries using 1488 bytes of memory
8 path entries using 1088 bytes of memory

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.255.0.2      4        65501     120     118        6    0    0 01:55:03        4
169.254.21.2    4        65515     120     118        6    0    0 01:55:03        2
192.168.100.2   4        12076     120     118        6    0    0 01:55:03        0
`,
		"show_ip_route": `Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP
       a - application route
       + - replicated route, % - next hop override, p - overrides from PfR

Gateway of last resort is not set

      10.0.0.0/8 is variably subnetted, 9 subnets, 5 masks
C        10.10.0.0/16 is directly connected, GigabitEthernet2
L        10.10.0.1/32 is directly connected, GigabitEthernet2
C        10.10.10.1/32 is directly connected, Loopback0
B        10.20.0.0/16 [200/0] via 10.255.0.2, 01:54:00
B        10.20.10.1/32 [200/0] via 10.255.0.2, 01:54:00
B        10.64.0.0/23 [20/0] via 169.254.21.2, 01:54:00
S        10.64.0.0/26 [1/0] via 192.168.100.2
C        10.255.0.0/30 is directly connected, GigabitEthernet3
L        10.255.0.1/32 is directly connected, GigabitEthernet3
      169.254.0.0/16 is variably subnetted, 2 subnets, 2 masks
C        169.254.21.0/30 is directly connected, Tunnel1
L        169.254.21.1/32 is directly connected, Tunnel1
B     172.16.0.0/16 [20/0] via 169.254.21.2, 01:54:00
      192.168.100.0/24 is variably subnetted, 2 subnets, 2 masks
C        192.168.100.0/30 is directly connected, GigabitEthernet1
L        192.168.100.1/32 is directly connected, GigabitEthernet1
`,
		"show_ip_interface": `GigabitEthernet1 is up, line protocol is up
  Internet address is 192.168.100.1/30
  Router Discovery is disabled
GigabitEthernet2 is up, line protocol is up
  Internet address is 10.10.0.1/16
  Router Discovery is disabled
GigabitEthernet3 is up, line protocol is up
  Internet address is 10.255.0.1/30
  Router Discovery is disabled
Loopback0 is up, line protocol is up
  Internet address is 10.10.10.1/32
  Router Discovery is disabled
Tunnel1 is up, line protocol is up
  Internet address is 169.254.21.1/30
  Router Discovery is disabled
`,
		"show_running-config": `Building configuration...

Current configuration : 1522 bytes
!
hostname R1
!
interface GigabitEthernet1
 ip address 192.168.100.1 255.255.255.252
!
router bgp 65501
 bgp router-id 10.10.10.1
 bgp log-neighbor-changes
 neighbor 10.255.0.2 remote-as 65501
 neighbor 169.254.21.2 remote-as 65515
 neighbor 192.168.100.2 remote-as 12076
 neighbor 192.168.100.2 password 7 removed-by-routeproof
 !
 address-family ipv4
  network 10.10.0.0 mask 255.255.0.0
  network 10.10.10.1 mask 255.255.255.255
  neighbor 10.255.0.2 activate
  neighbor 10.255.0.2 next-hop-self
  neighbor 169.254.21.2 activate
  neighbor 169.254.21.2 prefix-list Sites-Only out
  neighbor 192.168.100.2 activate
  neighbor 192.168.100.2 prefix-list Endpoint-Only out
  neighbor 192.168.100.2 maximum-prefix 200
 exit-address-family
!
ip route 10.64.0.0 255.255.255.192 192.168.100.2
!
ip prefix-list Endpoint-Only seq 10 permit 10.10.10.1/32
!
ip prefix-list Sites-Only seq 10 permit 10.10.0.0/16
ip prefix-list Sites-Only seq 20 permit 10.20.0.0/16
!
end
`,
		"show_crypto_ipsec_sa": `
interface: Tunnel1
    Crypto map tag: Tunnel1-head-0, local addr 10.10.10.1

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   current_peer 10.64.0.4 port 500
     PERMIT, flags={origin_is_acl,}
    #pkts encaps: 41, #pkts encrypt: 41, #pkts digest: 41
    #pkts decaps: 43, #pkts decrypt: 43, #pkts verify: 43
    #send errors 0, #recv errors 0

     local crypto endpt.: 10.10.10.1, remote crypto endpt.: 10.64.0.4
     plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet1
     current outbound spi: 0x22(34)
     PFS (Y/N): N, DH group: none

     inbound esp sas:
` + association("11") + `
     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:
` + association("22") + `
     outbound ah sas:

     outbound pcp sas:
`,
	}
}

// withIOS is the scenario "fail-closed" whose R1 is the router of [iosOutputs].
func withIOS(t *testing.T, outputs map[string]string) fs.FS {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, scenario(t, failClosed)); err != nil {
		t.Fatal(err)
	}
	r1 := filepath.Join(dir, "routers", "R1")
	if err := os.RemoveAll(r1); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(r1, 0o755); err != nil {
		t.Fatal(err)
	}
	for command, text := range outputs {
		if err := os.WriteFile(filepath.Join(r1, command+".txt"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return os.DirFS(dir)
}

// The verdict does not depend on whose router it is: the same network in IOS's
// words concludes what it does in FRR's.
func TestAnotherPlatformsWordsGiveTheSameVerdict(t *testing.T) {
	e := engine(t)
	want := states(run(t, e, scenario(t, "fail-closed")).Report)
	got := states(run(t, e, withIOS(t, iosOutputs("esp-gcm 256"))).Report)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-FRR +IOS):\n%s", diff)
	}
}

// On a platform that lists its associations, a null cipher is clear text, a weak
// one is encryption that is too weak, and silence about them leaves both open.
func TestTheRoutersAssociationsDecide(t *testing.T) {
	e := engine(t)
	null := states(run(t, e, withIOS(t, iosOutputs("esp-null esp-sha-hmac"))).Report)
	if got := null["ENC-03"]; got != finding.Fail {
		t.Errorf("ESP-NULL: ENC-03 is %s, want fail; all: %v", got, null)
	}
	weak := states(run(t, e, withIOS(t, iosOutputs("esp-3des esp-sha-hmac"))).Report)
	if weak["ENC-12"] != finding.Fail || weak["ENC-03"] != finding.Pass {
		t.Errorf("triple DES: ENC-12 is %s, want fail; ENC-03 is %s, want pass", weak["ENC-12"], weak["ENC-03"])
	}
	unknown := maps.Clone(iosOutputs("esp-gcm 256"))
	delete(unknown, "show_crypto_ipsec_sa")
	silent := states(run(t, e, withIOS(t, unknown)).Report)
	for _, id := range []string{"ENC-03", "ENC-12"} {
		if silent[id] != finding.Open {
			t.Errorf("without the associations: %s is %s, want open", id, silent[id])
		}
	}
}

// states are the policies' outcomes, but for the evidence's own.
func states(r finding.Report) map[string]finding.Outcome {
	out := make(map[string]finding.Outcome)
	for id, p := range conclude(r).Policies {
		if !strings.HasPrefix(id, "EVI") {
			out[id] = p.Outcome
		}
	}
	return out
}
