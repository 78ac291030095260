package mka_test

import (
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/mka"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func page(text string) (*show.Page, *lines.Reader) {
	in := lines.New(strings.NewReader(text))
	return show.Open(in, []string{"% Invalid"}), in
}

const nexus = `Interface          Local-TxSCI                      # Peers            Status             Key-Server         Auth Mode
------------------ -------------------------------- ------------------ ------------------ ------------------ ------------------
Ethernet1/1        0011.2233.4455/0001              1                  Secured            Yes                PRIMARY-PSK
Ethernet1/2        0011.2233.4456/0001              0                  Secured            Yes                PRIMARY-PSK
------------------ -------------------------------- ------------------ ------------------ ------------------ ------------------
Total Number of Sessions : 2
        Secured Sessions : 2
        Pending Sessions : 0
`

func TestASessionIsSecuredWithAPeerOnly(t *testing.T) {
	for name, text := range map[string]string{
		"NX-OS": nexus,
		"IOS-XR, wrapped": "NODE: node0_0_CPU0\n=====\n  Interface-Name  Local-TxSCI  #Peers  Status  Key-Server\n  PSK/EAP  CKN\n=====\n" +
			"Te0/0/0/1  0011.2233.4455/0001  1  Secured  YES\n  PRIMARY  1A\nTe0/0/0/2  0011.2233.4456/0001  0  Secured  NO\n  PRIMARY  1B\n",
	} {
		p, in := page(text)
		var r snapshot.Router
		mka.Sessions(p, &r)
		if len(r.MACsec.Links) != 2 || !r.MACsec.Links[0].Secured || r.MACsec.Links[1].Secured || r.MACsec.Status != snapshot.OK {
			t.Errorf("%s: %+v %s %v", name, r.MACsec.Links, r.MACsec.Status, in.Unread())
		}
	}
}

func TestALostSessionIsNoticed(t *testing.T) {
	p, _ := page(strings.Replace(nexus, "Ethernet1/2 ", "", 1))
	var r snapshot.Router
	mka.Sessions(p, &r)
	if r.MACsec.Status != snapshot.Partial {
		t.Errorf("status %q", r.MACsec.Status)
	}
}

func TestDetails(t *testing.T) {
	text := `Detailed Status for MKA Session
-----------------------------------
Interface Name          : Ethernet1/1
    Session Status                      : SECURED - Secured MKA Session with MACsec
    SAK Cipher Suite                    : GCM-AES-256
    SAK Cipher Suite (Operational)      : GCM-AES-256
    Confidentiality Offset              : CONF-OFFSET-30
    Confidentiality Offset (Operational): CONF-OFFSET-30
    Latest SAK Status                   : %KEY%
    CA Peer Count                       : %PEERS%
Peer Status:
    Peer MI                             : 001100000001000100000001
`
	for _, c := range []struct {
		key, peers string
		want       bool
	}{{"Rx & TX", "1", true}, {"Rx & TX", "0", false}, {"No RX-Tx", "1", false}} {
		p, in := page(strings.NewReplacer("%KEY%", c.key, "%PEERS%", c.peers).Replace(text))
		var r snapshot.Router
		mka.Details(p, &r)
		if len(r.MACsec.Links) != 1 || r.MACsec.Links[0].Secured != c.want || *r.MACsec.Links[0].ConfidentialityOffset != 30 || r.MACsec.Status != snapshot.OK {
			t.Errorf("%s, %s peers: %+v %s %v", c.key, c.peers, r.MACsec.Links, r.MACsec.Status, in.Unread())
		}
	}
}

func FuzzSessions(f *testing.F) {
	f.Add(nexus, true)
	f.Fuzz(func(t *testing.T, text string, detailed bool) {
		p, in := page(text)
		var r snapshot.Router
		if detailed {
			mka.Details(p, &r)
		} else {
			mka.Sessions(p, &r)
		}
		if r.MACsec.Status == snapshot.OK && in.Missed() > 0 || in.Next() {
			t.Error("the table is whole although lines of it were not understood, or not read to its end")
		}
	})
}
