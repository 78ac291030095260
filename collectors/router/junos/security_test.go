package junos_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/snapshot"
)

const ikeText = `IKE peer 10.0.0.4, Index 75, Gateway Name: AZURE-0
  Role: Initiator, State: UP
  Initiator cookie: e0b71d9e1c29c324, Responder cookie: 1ace68c4dcfa427b
  Exchange type: IKEv2, Authentication method: Pre-shared-keys
  Local: 192.168.100.1:500, Remote: 10.0.0.4:500
  Lifetime: Expires in 22391 seconds
  Algorithms:
   Authentication        : hmac-sha256-128
   Encryption            : aes256-cbc
   Pseudo random function: hmac-sha256
   Diffie-Hellman group  : DH-group-14
  Traffic statistics:
   Input  bytes  :                  584
  Flags: IKE SA is created
`

func TestIKESecurityAssociations(t *testing.T) {
	want := snapshot.IKESA{
		Local: netip.MustParseAddr("192.168.100.1"), Remote: netip.MustParseAddr("10.0.0.4"), Version: 2, State: "UP", Up: true, Encryption: "aes256-cbc",
		Integrity: "hmac-sha256-128", PRF: "hmac-sha256", Group: "DH-group-14", Auth: "Pre-shared-keys", Line: 1, LastLine: 14,
	}
	r := whole(t, "show security ike security-associations detail", ikeText)
	if diff := cmp.Diff([]snapshot.IKESA{want}, r.IPsec.IKE.SAs, plain); diff != "" {
		t.Error(diff)
	}
	tree := `{"ike-security-associations-information" : [{"ike-security-associations-block" : [
{"ike-sa-remote-address" : [{"data" : "10.0.0.4"}], "ike-security-associations" : [{
"ike-sa-state" : [{"data" : "UP"}], "ike-sa-exchange-type" : [{"data" : "IKEv2"}], "ike-sa-authentication-method" : [{"data" : "Pre-shared-keys"}],
"ike-sa-local-address" : [{"data" : "192.168.100.1"}],
"ike-sa-algorithms" : [{"ike-sa-authentication-algorithm" : [{"data" : "hmac-sha256-128"}], "ike-sa-encryption-algorithm" : [{"data" : "aes256-cbc"}],
"ike-sa-prf-algorithm" : [{"data" : "hmac-sha256"}], "ike-sa-dhgroup" : [{"data" : "DH-group-14"}]}]
}]}]}]}
{primary:node0}
`
	r = whole(t, "show security ike security-associations detail | display json", tree)
	want.Line, want.LastLine = 2, 7
	if diff := cmp.Diff([]snapshot.IKESA{want}, r.IPsec.IKE.SAs, plain); diff != "" {
		t.Error(diff)
	}
	r = whole(t, "show security ike sa", "Index   State  Initiator cookie  Responder cookie  Mode           Remote Address\n75      DOWN   e0b71d9e1c29c324  0000000000000000  Main           10.0.0.4\n")
	if sa := r.IPsec.IKE.SAs[0]; sa.Up || sa.Version != 1 {
		t.Errorf("got %+v", sa)
	}
}

const ipsecText = `ID: 131073 Virtual-system: root, VPN Name: AZURE-0
  Local Gateway: 192.168.100.1, Remote Gateway: 10.0.0.4
  Local Identity: ipv4_subnet(any:0,[0..7]=0.0.0.0/0)
  Remote Identity: ipv4(0.0.0.0-255.255.255.255)
  Version: IKEv2
  DF-bit: clear, Copy-Outer-DSCP Disabled, Bind-interface: st0.0
  Port: 500, Nego#: 26, Fail#: 0, Def-Del#: 0 Flag: 0x600a21
  Tunnel events:
    Sat Feb 14 2026 20:53:59 -0800: IPSec SA negotiation successfully completed (25 times)
  Direction: inbound, SPI: 94337ff7, AUX-SPI: 0
                              , VPN Monitoring: -
    Hard lifetime: Expires in 1858 seconds
    Lifesize Remaining:  Unlimited
    Mode: Tunnel(0 0), Type: dynamic, State: installed
    Protocol: ESP, Authentication: None, Encryption: aes-gcm (256 bits)
    Anti-replay service: counter-based enabled, Replay window size: 64
  Direction: outbound, SPI: 0xb941875f, AUX-SPI: 0
    Mode: Tunnel(0 0), Type: dynamic, State: installed
    Protocol: ESP, Authentication: hmac-sha256-128, Encryption: NULL
`

func TestIPsecSecurityAssociations(t *testing.T) {
	r := whole(t, "show security ipsec security-associations detail", ipsecText)
	in := snapshot.IPsecSA{
		Interface: "st0.0", Name: "AZURE-0", Local: netip.MustParseAddr("192.168.100.1"), Remote: netip.MustParseAddr("10.0.0.4"),
		LocalNet: netip.MustParsePrefix("0.0.0.0/0"), RemoteNet: netip.MustParsePrefix("0.0.0.0/0"), Inbound: true, Protocol: "esp", SPI: 0x94337ff7,
		Transform: "esp aes-gcm (256 bits)/None", Encryption: "aes-gcm (256 bits)", Integrity: "None", State: "installed", Up: true, Line: 10, LastLine: 16,
	}
	out := in
	out.Inbound, out.SPI, out.Encryption, out.Integrity, out.Null = false, 0xb941875f, "NULL", "hmac-sha256-128", true
	out.Transform, out.Line, out.LastLine = "esp NULL/hmac-sha256-128", 17, 19
	if diff := cmp.Diff([]snapshot.IPsecSA{in, out}, r.IPsec.SAs.SAs, plain); diff != "" {
		t.Error(diff)
	}
}

func TestAnIdentityThatIsNoPrefixLimitsTheAssociation(t *testing.T) {
	const whole4 = "ipv4_subnet(any:0,[0..7]=0.0.0.0/0)"
	for identity, want := range map[string]string{
		whole4:                                  "",
		"ipv4_subnet(any:0,[0..7]=10.0.0.0/8)":  "",
		"ipv4_subnet(tcp:22,[0..7]=10.0.0.0/8)": "ipv4_subnet(tcp:22,[0..7]=10.0.0.0/8)",
		"ipv4(10.0.0.1-10.0.0.7)":               "ipv4(10.0.0.1-10.0.0.7)",
	} {
		r := whole(t, "show security ipsec security-associations detail", strings.Replace(ipsecText, whole4, identity, 1))
		for _, sa := range r.IPsec.SAs.SAs {
			if sa.Narrow != want {
				t.Errorf("%s: it takes only %q, want %q", identity, sa.Narrow, want)
			}
		}
	}
}

func TestIPsecSecurityAssociationsInBrief(t *testing.T) {
	const text = `  Total active tunnels: 1     Total Ipsec sas: 1
  ID      Algorithm       SPI      Life:sec/kb  Mon lsys Port  Gateway
  <131073 ESP:aes-cbc-256/sha256 7368fc9b 5044/ unlim - root 500 10.0.0.4
  >131073 ESP:null/sha256 0x6d0c6331 5044/ unlim - root 500 10.0.0.4
`
	r := whole(t, "show security ipsec security-associations", text)
	for i, want := range []bool{false, true} {
		if sa := r.IPsec.SAs.SAs[i]; sa.Null != want || !sa.Up || sa.Inbound == want {
			t.Errorf("association %d: %+v", i, sa)
		}
	}
	cut := strings.Join(strings.SplitAfter(text, "\n")[:3], "")
	if r, _, _ := read("show security ipsec security-associations", []byte(cut)); r.IPsec.SAs.Status != snapshot.Partial {
		t.Errorf("a list that was cut off is %s", r.IPsec.SAs.Status)
	}
	for name, list := range map[string]string{
		"two pairs counted, one listed": strings.Replace(text, "sas: 1", "sas: 2", 1),
		"one direction twice":           strings.Replace(text, "  >131073 ESP:null/sha256 0x6d0c6331", "  <131073 ESP:null/sha256 0x6d0c6331", 1),
	} {
		if r, _, _ := read("show security ipsec security-associations", []byte(list)); r.IPsec.SAs.Status != snapshot.Partial {
			t.Errorf("%s: %s", name, r.IPsec.SAs.Status)
		}
	}
}

func TestIPsecSecurityAssociationsAsXML(t *testing.T) {
	r := whole(t, "show security ipsec security-associations detail | display xml", `<rpc-reply xmlns:junos="http://xml.juniper.net/junos/21.4R0/junos">
<ipsec-security-associations-information junos:style="detail">
<ipsec-security-associations-block><sa-block-state>up</sa-block-state><sa-tunnel-index>2</sa-tunnel-index><sa-vpn-name>V</sa-vpn-name>
<sa-local-gateway>192.0.2.1</sa-local-gateway><sa-remote-gateway>192.0.2.2</sa-remote-gateway>
<sa-df-bit-policy-name><sa-bind-interface>st0.7</sa-bind-interface></sa-df-bit-policy-name>
<ipsec-security-associations><sa-direction>inbound</sa-direction><sa-spi>b55cec75</sa-spi><sa-state>installed</sa-state><sa-protocol>AH</sa-protocol>
<sa-authentication-algorithm>hmac-sha1-96</sa-authentication-algorithm><sa-encryption-algorithm></sa-encryption-algorithm></ipsec-security-associations>
</ipsec-security-associations-block></ipsec-security-associations-information>
<cli><banner>{master:0}</banner></cli></rpc-reply>
`)
	sa := r.IPsec.SAs.SAs[0]
	if sa.Interface != "st0.7" || sa.Protocol != "ah" || !sa.Null || !sa.Up || sa.Line != 6 {
		t.Errorf("got %+v", sa)
	}
}

const macsecText = `    Interface name: et-0/0/48
        CA name: ER-DIRECT
        Cipher suite: GCM-AES-XPN-256    Encryption: on
        Key server offset: 30      Include SCI: no
        Replay protect: off   Replay window: 0
          Outbound secure channels
              SC Id: 40:8F:9D:49:6E:B5/1
              Outgoing packet number: 561
              Secure associations
              AN: 0 Status: inuse Create time: 01:24:05
          Inbound secure channels
              SC Id: 40:8F:9D:4A:04:B5/1
              Secure associations
              AN: 0 Status: inuse Create time: 01:24:05
    Interface name: et-0/0/49
        CA name: ER-DIRECT
        Cipher suite: GCM-AES-XPN-256    Encryption: on
        Key server offset: 0      Include SCI: no
        Replay protect: off   Replay window: 0
`

func TestMACsecConnections(t *testing.T) {
	r := whole(t, "show security macsec connections", macsecText)
	want := []snapshot.MACsecLink{
		{Interface: "et-0/0/48", Secured: true, State: "encryption on", Cipher: "GCM-AES-XPN-256", ConfidentialityOffset: new(uint32(30)), Peers: new(uint32(1)), Line: 1, LastLine: 14},
		{Interface: "et-0/0/49", State: "encryption on", Cipher: "GCM-AES-XPN-256", ConfidentialityOffset: new(uint32(0)), Peers: new(uint32(0)), Line: 15, LastLine: 19},
	}
	if diff := cmp.Diff(want, r.MACsec.Links, plain); diff != "" {
		t.Error(diff)
	}
}

func TestMKASessions(t *testing.T) {
	r := whole(t, "show security mka sessions", `Interface name: et-0/0/1
     Interface State: Secured - Primary
     Member identifier: B2BADA61A1B00E3C3B4A4F33
     CAK name: 4EE9
     Peer list
      1. Member identifier: A701B7E2CB3C4D5E6F708192 (live)
         Message number: 4721 Hold time: 5500 (ms)
`)
	want := []snapshot.MACsecLink{{Interface: "et-0/0/1", Secured: true, State: "Secured - Primary", Peers: new(uint32(1)), Line: 1, LastLine: 7}}
	if diff := cmp.Diff(want, r.MACsec.Links, plain); diff != "" {
		t.Error(diff)
	}
}
