package ios_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router/ios"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// flowHead is what a block of `show crypto ipsec sa` starts with, and lists its
// six lists of associations.
const flowHead = `
interface: Tunnel7
    Crypto map tag: Tunnel7-head-0, local addr 192.0.2.7

   protected vrf: blue
   local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)
   current_peer 198.51.100.9 port 4500
     PERMIT, flags={origin_is_acl,}
    #pkts encaps: 41, #pkts encrypt: 41, #pkts digest: 41
    #pkts decaps: 43, #pkts decrypt: 43, #pkts verify: 43
    #send errors 0, #recv errors 0

     local crypto endpt.: 192.0.2.7, remote crypto endpt.: 198.51.100.9
     plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet1
     current outbound spi: 0x22(34)
     PFS (Y/N): N, DH group: none

`

// association prints one association.
func association(spi uint32, transform string, iv int, status string) string {
	return fmt.Sprintf(`      spi: 0x%X(%d)
        transform: %s ,
        in use settings ={Tunnel, }
        conn id: 2001, flow_id: CSR:1, sibling_flags FFFFFFFF80004048, crypto map: Tunnel7-head-0
        sa timing: remaining key lifetime (k/sec): (4607999/3000)
        IV size: %d bytes
        replay detection support: Y
        Status: %s
`, spi, spi, transform, iv, status)
}

// block prints a whole block with the given lists.
func block(inESP, inAH, outESP, outAH string) string {
	return flowHead + "     inbound esp sas:\n" + inESP + "\n     inbound ah sas:\n" + inAH + "\n     inbound pcp sas:\n\n     outbound esp sas:\n" + outESP +
		"\n     outbound ah sas:\n" + outAH + "\n     outbound pcp sas:\n"
}

func read(tb testing.TB, command, text string) (snapshot.Router, *lines.Reader) {
	tb.Helper()
	var r snapshot.Router
	in := lines.New(strings.NewReader(text))
	if !ios.Read(command, in, &r) {
		tb.Fatalf("no reader for %q", command)
	}
	return r, in
}

func TestEndpointsOfIPv6StandOnTwoLines(t *testing.T) {
	both := association(0x11, "esp-gcm 256", 8, "ACTIVE(ACTIVE)")
	text := strings.NewReplacer("192.0.2.7, remote", "2001:DB8:1::7,\n     remote", "198.51.100.9", "2001:DB8:2::9", "192.0.2.7", "2001:DB8:1::7",
		"0.0.0.0/0.0.0.0/0/0", "::/0/0/0").Replace(block(both, "", both, ""))
	r, in := read(t, "show crypto ipsec sa", text)
	if in.Missed() > 0 || r.IPsec.SAs.Status != snapshot.OK || len(r.IPsec.SAs.SAs) != 2 {
		t.Fatalf("%+v, unread %v", r.IPsec.SAs, in.Unread())
	}
	for _, sa := range r.IPsec.SAs.SAs {
		if sa.Local.String() != "2001:db8:1::7" || sa.Remote.String() != "2001:db8:2::9" || sa.LocalNet.String() != "::/0" || !sa.Up {
			t.Errorf("%+v", sa)
		}
	}
}

func TestAnAssociationOfSomeProtocolsOnlySaysSo(t *testing.T) {
	both := association(0x11, "esp-gcm 256", 8, "ACTIVE(ACTIVE)")
	for idents, want := range map[[2]string]string{
		{"0.0.0.0/0.0.0.0/0/0", "0.0.0.0/0.0.0.0/0/0"}:            "",
		{"10.0.0.0/255.0.0.0/0/0", "10.64.0.0/255.255.0.0/0/0"}:   "",
		{"10.0.0.0/255.0.0.0/6/0", "10.64.0.0/255.255.0.0/6/443"}: "10.64.0.0/255.255.0.0/6/443",
		{"10.0.0.0/255.0.0.0/6/22", "0.0.0.0/0.0.0.0/0/0"}:        "10.0.0.0/255.0.0.0/6/22",
	} {
		text := strings.Replace(block(both, "", both, ""), "local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)", "local  ident (addr/mask/prot/port): ("+idents[0]+")", 1)
		text = strings.Replace(text, "remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)", "remote ident (addr/mask/prot/port): ("+idents[1]+")", 1)
		r, in := read(t, "show crypto ipsec sa", text)
		if in.Missed() > 0 || len(r.IPsec.SAs.SAs) != 2 {
			t.Fatalf("%v: %+v", idents, r.IPsec.SAs)
		}
		for _, sa := range r.IPsec.SAs.SAs {
			if sa.Narrow != want {
				t.Errorf("%v: it takes only %q, want %q", idents, sa.Narrow, want)
			}
		}
	}
}

func TestAnAssociationEncryptsOnlyWhenItsTransformSaysSo(t *testing.T) {
	aes := association(0x11, "esp-256-aes esp-sha256-hmac", 16, "ACTIVE(ACTIVE)")
	gcm := association(0x22, "esp-gcm 256", 8, "ACTIVE(ACTIVE)")
	null := association(0x33, "esp-null esp-sha-hmac", 0, "ACTIVE(ACTIVE)")
	type row struct {
		Inbound  bool
		Protocol string
		SPI      uint32
		Null, Up bool
	}
	for name, c := range map[string]struct {
		text   string
		status snapshot.Status
		want   []row
	}{
		"a cipher each way": {block(aes, "", gcm, ""), snapshot.OK, []row{{true, "esp", 0x11, false, true}, {false, "esp", 0x22, false, true}}},
		"ESP-NULL although packets count as encrypted": {
			block(null, "", association(0x44, "esp-null esp-sha-hmac", 0, "ACTIVE(ACTIVE)"), ""), snapshot.OK,
			[]row{{true, "esp", 0x33, true, true}, {false, "esp", 0x44, true, true}},
		},
		"ESP-NULL one way": {block(aes, "", null, ""), snapshot.OK, []row{{true, "esp", 0x11, false, true}, {false, "esp", 0x33, true, true}}},
		"GMAC, which authenticates only": {
			block(association(0x11, "esp-gmac 256", 8, "ACTIVE(ACTIVE)"), "", gcm, ""), snapshot.OK,
			[]row{{true, "esp", 0x11, true, true}, {false, "esp", 0x22, false, true}},
		},
		"a cipher without an initialisation vector is none": {
			block(association(0x11, "esp-256-aes esp-sha-hmac", 0, "ACTIVE(ACTIVE)"), "", gcm, ""), snapshot.OK,
			[]row{{true, "esp", 0x11, true, true}, {false, "esp", 0x22, false, true}},
		},
		"AH alone": {
			block("", association(0x55, "ah-sha-hmac", 0, "ACTIVE(ACTIVE)"), "", association(0x66, "ah-sha-hmac", 0, "ACTIVE(ACTIVE)")), snapshot.OK,
			[]row{{true, "ah", 0x55, true, true}, {false, "ah", 0x66, true, true}},
		},
		"AH around ESP": {
			block(aes, association(0x55, "ah-sha-hmac", 0, "ACTIVE(ACTIVE)"), gcm, ""), snapshot.OK,
			[]row{{true, "esp", 0x11, false, true}, {true, "ah", 0x55, false, true}, {false, "esp", 0x22, false, true}},
		},
		"nothing negotiated": {block("", "", "", ""), snapshot.OK, []row{{true, "esp", 0, false, false}, {false, "esp", 0, false, false}}},
		"one direction":      {block(aes, "", "", ""), snapshot.OK, []row{{true, "esp", 0x11, false, true}, {false, "esp", 0, false, false}}},
		"a rekey": {
			block(aes+association(0x12, "esp-256-aes esp-sha256-hmac", 16, "ACTIVE(ACTIVE)"), "", gcm, ""), snapshot.OK,
			[]row{{true, "esp", 0x11, false, true}, {true, "esp", 0x12, false, true}, {false, "esp", 0x22, false, true}},
		},
		"not active": {
			block(association(0x11, "esp-256-aes", 16, "CREATING(PENDING)"), "", gcm, ""), snapshot.OK,
			[]row{{true, "esp", 0x11, false, false}, {false, "esp", 0x22, false, true}},
		},
		"a cipher that nobody knows does not count": {
			block(association(0x11, "esp-rot13 esp-sha-hmac", 16, "ACTIVE(ACTIVE)"), "", gcm, ""), snapshot.Partial,
			[]row{{true, "esp", 0x11, false, false}, {false, "esp", 0x22, false, true}},
		},
		"the same association twice": {
			block(aes+aes, "", gcm, ""), snapshot.Partial,
			[]row{{true, "esp", 0x11, false, true}, {true, "esp", 0x11, false, true}, {false, "esp", 0x22, false, true}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, in := read(t, "show crypto ipsec sa", c.text)
			var got []row
			for _, sa := range r.IPsec.SAs.SAs {
				got = append(got, row{sa.Inbound, sa.Protocol, sa.SPI, sa.Null, sa.Up})
				if sa.Interface != "Tunnel7" || sa.VRF != "blue" || sa.Remote != netip.MustParseAddr("198.51.100.9") || sa.LocalNet.String() != "0.0.0.0/0" {
					t.Errorf("it belongs elsewhere: %+v", sa)
				}
				if want := map[bool]uint64{true: 43, false: 41}[sa.Inbound]; sa.Packets == nil || *sa.Packets != want {
					t.Errorf("packets %v, want %d", sa.Packets, want)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("associations (-want +got):\n%s", diff)
			}
			if r.IPsec.SAs.Status != c.status {
				t.Errorf("status %s (%s), want %s; unread %v", r.IPsec.SAs.Status, r.IPsec.SAs.Detail, c.status, in.Unread())
			}
		})
	}
}

func TestTransformSpellings(t *testing.T) {
	for printed, want := range map[string][2]string{
		"esp-256-aes esp-sha256-hmac":                 {"esp-256-aes", "esp-sha256-hmac"},
		"esp-aes 256 esp-sha512-hmac":                 {"esp-aes 256", "esp-sha512-hmac"},
		"esp-gcm 256":                                 {"esp-gcm 256", ""},
		"esp-gcm-256":                                 {"esp-gcm-256", ""},
		"esp-256-gcm":                                 {"esp-256-gcm", ""},
		"esp-aes esp-sha-hmac":                        {"esp-aes", "esp-sha-hmac"},
		"esp-3des esp-md5-hmac no compression":        {"esp-3des", "esp-md5-hmac"},
		"esp-aes-256 esp-sha-256-hmac no compression": {"esp-aes-256", "esp-sha-256-hmac"},
	} {
		r, in := read(t, "show crypto ipsec sa", block(association(0x11, printed, 8, "ACTIVE(ACTIVE)"), "", association(0x22, printed, 8, "ACTIVE(ACTIVE)"), ""))
		for _, sa := range r.IPsec.SAs.SAs {
			if got := [2]string{sa.Encryption, sa.Integrity}; got != want || sa.Null || !sa.Up || in.Missed() > 0 {
				t.Errorf("%q is read as %q, null %v, up %v, unread %v", printed, got, sa.Null, sa.Up, in.Unread())
			}
		}
	}
}

func TestAnswersWithoutATable(t *testing.T) {
	for _, c := range []struct {
		command, text string
		want          snapshot.Status
	}{
		{"show crypto ipsec sa", "", snapshot.Partial},
		{"show crypto ipsec sa", "\nNo SAs found\n", snapshot.Empty},
		{"sh cry ipsec sa", "                   ^\n% Invalid input detected at '^' marker.\n", snapshot.Error},
		{"show crypto ipsec sa interface Tunnel7 detail", "% Authorization failed.\n", snapshot.Error},
		{"show crypto ikev2 sa", "", snapshot.Partial},
		{"show crypto ikev2 sa", " IPv4 Crypto IKEv2  SA\n\n IPv6 Crypto IKEv2  SA\n", snapshot.Empty},
		{"show crypto isakmp sa", "IPv4 Crypto ISAKMP SA\ndst             src             state          conn-id status\n\nIPv6 Crypto ISAKMP SA\n", snapshot.Empty},
	} {
		r, _ := read(t, c.command, c.text)
		got := r.IPsec.SAs.Status
		if strings.Contains(c.command, "ike") || strings.Contains(c.command, "isakmp") {
			got = r.IPsec.IKE.Status
		}
		if got != c.want {
			t.Errorf("%s: %q has status %q, want %q", c.command, c.text, got, c.want)
		}
	}
}

const ikev2 = ` IPv4 Crypto IKEv2  SA

Tunnel-id Local                 Remote                fvrf/ivrf            Status
4         192.0.2.7/4500        198.51.100.9/4500     outside/blue         READY
      Encr: AES-GCM, keysize: 256, PRF: SHA384, Hash: None, DH Grp:20, Auth sign: PSK, Auth verify: PSK
      Life/Active Time: 28800/1234 sec
      Remote subnets:
      169.254.21.2 255.255.255.255

 IPv6 Crypto IKEv2  SA
`

func TestIKEv2Associations(t *testing.T) {
	r, in := read(t, "show crypto ikev2 sa detailed", ikev2)
	want := []snapshot.IKESA{{
		Local: netip.MustParseAddr("192.0.2.7"), Remote: netip.MustParseAddr("198.51.100.9"), VRF: "outside", Version: 2, State: "READY", Up: true,
		Encryption: "AES-GCM-256", Integrity: "None", PRF: "SHA384", Group: "20", Auth: "PSK", Line: 4, LastLine: 8,
	}}
	if diff := cmp.Diff(want, r.IPsec.IKE.SAs, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.IPsec.IKE.Status != snapshot.OK {
		t.Errorf("status %s, unread %v", r.IPsec.IKE.Status, in.Unread())
	}
}

func TestIKEv1DetailedList(t *testing.T) {
	r, in := read(t, "show crypto isakmp sa detail", `Codes: C - IKE configuration mode, D - Dead Peer Detection
       K - Keepalives, N - NAT-traversal
       psk - Preshared key, rsig - RSA signature
       renc - RSA encryption
IPv4 Crypto ISAKMP SA

C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.

1007  192.0.2.7       198.51.100.9    blue   ACTIVE aes  sha256 psk  14 23:59:29 DN
       Engine-id:Conn-id =  SW:7
1008  192.0.2.7       198.51.100.10          ACTIVE aes  sha    psk  2  01:02:03

IPv6 Crypto ISAKMP SA
`)
	if len(r.IPsec.IKE.SAs) != 2 || !r.IPsec.IKE.SAs[1].Up || r.IPsec.IKE.SAs[0].Group != "14" || r.IPsec.IKE.Status != snapshot.OK {
		t.Errorf("%+v %s %v", r.IPsec.IKE.SAs, r.IPsec.IKE.Status, in.Unread())
	}
}

const interfaces = `GigabitEthernet1 is up, line protocol is up
  Hardware is CSR vNIC, address is 0050.56ab.0001 (bia 0050.56ab.0001)
  Internet address is 192.0.2.7/24
Tunnel7 is up, line protocol is up
  Hardware is Tunnel
  Internet address is 169.254.21.1/30
  Encapsulation TUNNEL, loopback not set
  Tunnel linestate evaluation up
  Tunnel source 192.0.2.7 (GigabitEthernet1), destination 198.51.100.9
   Tunnel Subblocks:
      src-track:
         Tunnel7 source tracking subblock associated with GigabitEthernet1
  Tunnel protocol/transport IPSEC/IP
  Tunnel TTL 255
  Tunnel protection via IPSec (profile "azure")
  5 minute input rate 0 bits/sec, 0 packets/sec
Tunnel8 is up, line protocol is down
  Tunnel source 192.0.2.7, destination 198.51.100.10
  Tunnel protocol/transport GRE/IP
    Key disabled, sequencing disabled
     0 packets input, 0 bytes, 0 no buffer
     0 packets output, 0 bytes, 0 underruns
`

func TestTunnelsWithAndWithoutProtection(t *testing.T) {
	r, in := read(t, "show interfaces", interfaces)
	want := []snapshot.Tunnel{
		{
			Name: "Tunnel7", Up: true, Addrs: []netip.Prefix{netip.MustParsePrefix("169.254.21.1/30")}, Source: netip.MustParseAddr("192.0.2.7"),
			SourceInterface: "GigabitEthernet1", Destination: netip.MustParseAddr("198.51.100.9"), Mode: "IPSEC/IP", Profile: "azure", Line: 4, LastLine: 16,
		},
		{Name: "Tunnel8", Source: netip.MustParseAddr("192.0.2.7"), Destination: netip.MustParseAddr("198.51.100.10"), Mode: "GRE/IP", Line: 17, LastLine: 22},
	}
	if diff := cmp.Diff(want, r.Tunnels.Tunnels, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.Tunnels.Status != snapshot.OK {
		t.Errorf("status %s %s, unread %v", r.Tunnels.Status, r.Tunnels.Detail, in.Unread())
	}
}

const mka = `Total MKA Sessions....... 2
      Secured Sessions... 2
      Pending Sessions... 0

====================================================================================================
Interface      Local-TxSCI         Policy-Name      Inherited         Key-Server
Port-ID        Peer-RxSCI          MACsec-Peers     Status            CKN
====================================================================================================
Te0/0/1        0011.2233.4455/0008 strict           NO                YES
8              0066.7788.99aa/0009 1                Secured           01

Te0/0/2        0011.2233.4456/0008 *DEFAULT POLICY* NO                YES
9              0066.7788.99ab/0009 0                Secured, no peer  02
`

func TestASessionWithoutAPeerIsNotSecured(t *testing.T) {
	r, in := read(t, "show mka sessions", mka)
	if len(r.MACsec.Links) != 2 || !r.MACsec.Links[0].Secured || r.MACsec.Links[1].Secured || r.MACsec.Status != snapshot.OK {
		t.Errorf("%+v %s %v", r.MACsec.Links, r.MACsec.Status, in.Unread())
	}
}

func TestMACsecThatProtectsWithoutEncryptingIsNotSecured(t *testing.T) {
	text := ` MACsec is enabled
  Cipher : GCM-AES-256
  Confidentiality Offset : 30
 Capabilities
  ICV length : 16
  Ciphers supported : GCM-AES-128
                      GCM-AES-256
 Access control : should secure
 Transmit Secure Channels
  SCI : 001122334455000A
  SC state : inUse(1)
   SA State: inUse(1)
   Confidentiality : %s
 Receive Secure Channels
  SCI : 66778899AABB000B
  SC state : inUse(1)
    Valid pkts 200
`
	for confidentiality, want := range map[string]bool{"yes": true, "no": false} {
		r, in := read(t, "show macsec interface TenGigabitEthernet0/0/1", fmt.Sprintf(text, confidentiality))
		l := r.MACsec.Links[0]
		if l.Secured != want || l.Policy != "should-secure" || *l.ConfidentialityOffset != 30 || l.Interface != "TenGigabitEthernet0/0/1" || r.MACsec.Status != snapshot.OK {
			t.Errorf("confidentiality %s: %+v %s %v", confidentiality, l, r.MACsec.Status, in.Unread())
		}
	}
}
