package frr_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func list(tb testing.TB, text string) (snapshot.Router, *lines.Reader) {
	tb.Helper()
	var r snapshot.Router
	in := lines.New(strings.NewReader(text))
	if !frr.Read("swanctl --list-sas", in, &r) {
		tb.Fatal("no reader")
	}
	return r, in
}

const sas = `azure: #1, ESTABLISHED, IKEv2, 811746bf8648abb8_i* e10c9672cc069480_r
  local  '192.0.2.7' @ 192.0.2.7[4500]
  remote '198.51.100.9' @ 198.51.100.9[4500]
  AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
  established 61s ago, rekeying in 13853s
  gcm: #1, reqid 1, INSTALLED, TUNNEL-in-UDP, ESP:AES_GCM_16-256
    installed 61s ago, rekeying in 3279s, expires in 3959s
    in  f991b208 (-|0x00000007),   1260 bytes,    15 packets,     2s ago
    out 9f5663c8 (-|0x00000007),   1344 bytes,    16 packets,     2s ago
    local  0.0.0.0/0
    remote 0.0.0.0/0
  null: #2, reqid 2, INSTALLED, TUNNEL, ESP:NULL/HMAC_SHA2_256_128
    installed 1s ago, rekeying in 3284s, expires in 3959s
    in  961da32a,      0 bytes,     0 packets
    out a0222e23,      0 bytes,     0 packets
    local  10.1.0.0/16
    remote 10.2.0.0/16
`

func TestStrongSwansAssociations(t *testing.T) {
	r, in := list(t, sas)
	got := r.IPsec.SAs.SAs
	if len(got) != 4 || r.IPsec.SAs.Status != snapshot.OK || len(r.IPsec.IKE.SAs) != 1 || !r.IPsec.IKE.SAs[0].Up {
		t.Fatalf("%+v %s %v", got, r.IPsec.SAs.Status, in.Unread())
	}
	if got[0].Null || !got[0].Up || got[0].SPI != 0xf991b208 || *got[1].Packets != 16 || got[1].Remote.String() != "198.51.100.9" {
		t.Errorf("AES-GCM: %+v %+v", got[0], got[1])
	}
	if !got[2].Null || !got[3].Null || got[3].LocalNet.String() != "10.1.0.0/16" {
		t.Errorf("NULL: %+v %+v", got[2], got[3])
	}
	if cut, _ := list(t, sas[:strings.LastIndex(sas, "    out")]); cut.IPsec.SAs.Status != snapshot.Partial {
		t.Errorf("with a direction missing the status is %q", cut.IPsec.SAs.Status)
	}
	if none, _ := list(t, ""); none.IPsec.SAs.Status != snapshot.Partial {
		t.Errorf("nothing has status %q", none.IPsec.SAs.Status)
	}
}

func TestSelectorsThatAreNoSinglePrefixLimitTheAssociation(t *testing.T) {
	for selector, want := range map[string]string{
		"10.1.0.0/16":             "",
		"10.1.0.0/16[tcp/ssh]":    "local 10.1.0.0/16[tcp/ssh]",
		"10.1.0.1..10.1.0.7":      "local 10.1.0.1..10.1.0.7",
		"10.1.0.0/16 10.3.0.0/16": "local 10.1.0.0/16 10.3.0.0/16",
	} {
		r, in := list(t, strings.Replace(sas, "10.1.0.0/16", selector, 1))
		if in.Missed() > 0 {
			t.Errorf("%s: %v", selector, in.Unread())
		}
		for _, sa := range r.IPsec.SAs.SAs[2:] {
			if sa.Narrow != want {
				t.Errorf("%s: it takes only %q, want %q", selector, sa.Narrow, want)
			}
		}
	}
}

func FuzzSwanctl(f *testing.F) {
	f.Add(sas)
	f.Fuzz(func(t *testing.T, text string) {
		first, in := list(t, text)
		second, _ := list(t, text)
		a, _ := json.Marshal(first)
		b, _ := json.Marshal(second)
		if string(a) != string(b) || in.Next() {
			t.Error("it reads differently the second time, or not to the end")
		}
		if first.IPsec.SAs.Status == snapshot.OK && in.Missed() > 0 {
			t.Error("the table is whole although lines of it were not understood")
		}
	})
}
