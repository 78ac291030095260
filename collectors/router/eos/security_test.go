package eos_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router/eos"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func read(tb testing.TB, command, text string) (snapshot.Router, *lines.Reader) {
	tb.Helper()
	var r snapshot.Router
	in := lines.New(strings.NewReader(text))
	if !eos.Read(command, in, &r) {
		tb.Fatalf("no reader for %q", command)
	}
	return r, in
}

const connections = `Tunnel7:
  Source address: 192.0.2.7, Destination address: 198.51.100.9
  State: established
  Uptime: 2 minutes, 4 seconds
  VRF: default
  Inbound SPI: 0xcb256c:
    Request ID: 3, Mode: tunnel, Replay window size: 16384, Seq: 0x0
    Errors:
      Packets outside replay window: 0, Replay: 0, Integrity failed: 0
    Lifetime current:
      Current bytes: 4200
      Current packets: 42
      SA add time: Tue Mar 19 11:11:37 2024
  Outbound SPI: 0xc056b26f:
    Request ID: 3, Mode: tunnel, Replay window size: 0, Seq: 0x0
    Lifetime current:
      Current bytes: 4300
      Current packets: 43
Tunnel8:
  Source address: 192.0.2.7, Destination address: 198.51.100.10
  State: idle
  Uptime: N/A
  VRF: blue
`

func TestConnectionsInDetail(t *testing.T) {
	r, in := read(t, "show ip security connection vrf all detail", connections)
	sas := r.IPsec.SAs.SAs
	if len(sas) != 4 || r.IPsec.SAs.Status != snapshot.OK {
		t.Fatalf("%d associations, status %s (%s), unread %v", len(sas), r.IPsec.SAs.Status, r.IPsec.SAs.Detail, in.Unread())
	}
	if !sas[0].Up || !sas[0].Inbound || sas[0].SPI != 0xcb256c || *sas[0].Packets != 42 || !sas[1].Up || sas[1].Inbound || *sas[1].Bytes != 4300 {
		t.Errorf("the established connection: %+v %+v", sas[0], sas[1])
	}
	if sas[2].Up || sas[2].SPI != 0 || sas[3].Interface != "Tunnel8" || sas[3].VRF != "blue" {
		t.Errorf("the idle connection: %+v %+v", sas[2], sas[3])
	}
	for _, cut := range []int{60, 200, len(connections) / 2} {
		if r, _ := read(t, "show ip security connection detail", connections[:cut]); r.IPsec.SAs.Status == snapshot.OK {
			t.Errorf("cut at %d it is whole", cut)
		}
	}
	if r, _ := read(t, "show ip security connection detail", connections[:strings.Index(connections, "Tunnel8")]+connections); r.IPsec.SAs.Status == snapshot.OK {
		t.Error("with a part of it there twice it is whole")
	}
}

func TestListingsWithoutSPIsProveNothing(t *testing.T) {
	for command, text := range map[string]string{
		"show ip security connection": "Tunnel          Source           Dest             Status         Uptime\n" +
			"Tunnel7         192.0.2.7        198.51.100.9     Established    17 seconds  0 bytes  152 bytes  51 minutes\n",
		"show ip security connection vrf all | json": `{"connections": {"default-192.0.2.7-198.51.100.9": {"tunnelDict": {"Tunnel7": "Established"},
			"saddr": "192.0.2.7", "daddr": "198.51.100.9", "tunnelNs": "default", "pathDict": {}}}}`,
	} {
		r, in := read(t, command, text)
		if len(r.IPsec.SAs.SAs) != 2 || r.IPsec.SAs.SAs[0].Up || r.IPsec.SAs.SAs[0].State != "Established" || r.IPsec.SAs.Status != snapshot.Partial {
			t.Errorf("%s: %+v, status %s, unread %v", command, r.IPsec.SAs.SAs, r.IPsec.SAs.Status, in.Unread())
		}
	}
	r, _ := read(t, "show ip security connection | json", `{"connections": {}}`)
	if r.IPsec.SAs.Status != snapshot.Empty {
		t.Errorf("no connection has status %q", r.IPsec.SAs.Status)
	}
	r, _ = read(t, "show ip security connection | json", "% Invalid input\n")
	if r.IPsec.SAs.Status != snapshot.Error {
		t.Errorf("a refusal has status %q", r.IPsec.SAs.Status)
	}
}

func TestMACsecOfAnInterface(t *testing.T) {
	link := func(controlled, key, traffic string) string {
		return `{"interfaces": {"Ethernet1": {"portId": 1, "controlledPort": ` + controlled + `, "keyMsgId": "` + key + `", "details": {"traffic": "` + traffic + `"}}}}`
	}
	for _, c := range []struct {
		text string
		want bool
	}{
		{link("true", "3e48", "Protected"), true},
		{link("true", "3e48", "Unprotected"), false},
		{link("true", "", "Protected"), false},
		{link("false", "3e48", "Protected"), false},
	} {
		r, in := read(t, "show mac security interface detail | json", c.text)
		if len(r.MACsec.Links) != 1 || r.MACsec.Links[0].Secured != c.want || r.MACsec.Status != snapshot.OK {
			t.Errorf("%s: %+v %s %v", c.text, r.MACsec.Links, r.MACsec.Status, in.Unread())
		}
		r, _ = read(t, "show mac security interface detail | json", c.text[:len(c.text)-3])
		if r.MACsec.Status != snapshot.Partial {
			t.Errorf("cut off, it has status %q", r.MACsec.Status)
		}
	}
}

func FuzzSecurity(f *testing.F) {
	commands := []string{
		"show ip security connection detail", "show ip security connection | json", "show mac security interface", "show mac security interface | json",
		"show mac security participants detail", "show running-config sanitized", "show interfaces Tunnel7", "show hostname | json",
	}
	f.Add(uint8(0), connections)
	f.Add(uint8(1), `{"connections": {"a": {"tunnelDict": {"Tunnel7": "Established"}, "saddr": "192.0.2.7", "daddr": "198.51.100.9"}}}`)
	f.Add(uint8(3), `{"interfaces": {"Ethernet1": {"controlledPort": true, "keyMsgId": "x"}}}`)
	recorded, _ := filepath.Glob("../../../../shared/data/routers/*/arista_eos/[sJ]*/*/raw.*")
	for i, file := range recorded {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(uint8(i), string(text))
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, text string) {
		command := commands[int(n)%len(commands)]
		first, in := read(t, command, text)
		second, again := read(t, command, text)
		a, _ := json.Marshal(first)
		b, _ := json.Marshal(second)
		if string(a) != string(b) || in.Missed() != again.Missed() || in.Next() {
			t.Errorf("%s reads differently the second time, or not to the end", command)
		}
		for _, s := range []snapshot.Status{first.IPsec.SAs.Status, first.MACsec.Status, first.Tunnels.Status, first.Config.Status} {
			if s == snapshot.OK && in.Missed() > 0 {
				t.Error("a table is whole although lines of it were not understood")
			}
		}
	})
}
