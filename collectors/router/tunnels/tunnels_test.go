package tunnels_test

import (
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/collectors/router/tunnels"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func TestTunnelsOfEachPlatform(t *testing.T) {
	for name, text := range map[string]string{
		"NX-OS": `Tunnel7 is up
    Admin State: up
  Internet address is 169.254.21.1/30
  MTU 1476 bytes, BW 9 Kbit
  Tunnel protocol/transport GRE/IP
  Tunnel source 192.0.2.7 (Ethernet1/1), destination 198.51.100.9
  Transport protocol is in VRF "outside"
  Tunnel interface is in VRF "blue"
  Tx
    0 packets output, 0 bytes
`,
		"EOS": `Tunnel7 is up, line protocol is up (connected)
  Hardware is Tunnel, address is 0a00.0002.0800
  Internet address is 169.254.21.1/30
  Tunnel source 192.0.2.7, destination 198.51.100.9
  Tunnel protocol/transport GRE/IP
    Key disabled, sequencing disabled
  Tunnel TTL 64, Hardware forwarding enabled
  Tunnel TOS 0
  Tunnel transport MTU 1476 bytes
  Tunnel underlay VRF "outside"
`,
		"IOS-XR": `tunnel-ip7 is up, line protocol is up
  Interface state transitions: 1
  Hardware is Tunnel
  Internet address is 169.254.21.1/30
  Tunnel TOS 0
  Tunnel mode GRE IPV4,
  Keepalive is disabled.
  Tunnel source 192.0.2.7 (Loopback0), destination 198.51.100.9/32
  Tunnel TTL 255
     0 packets output, 0 bytes, 0 total output drops
`,
	} {
		in := lines.New(strings.NewReader(text))
		var r snapshot.Router
		tunnels.Read(show.Open(in, nil), &r)
		if len(r.Tunnels.Tunnels) != 1 || r.Tunnels.Status != snapshot.OK {
			t.Errorf("%s: %+v %s %s %v", name, r.Tunnels.Tunnels, r.Tunnels.Status, r.Tunnels.Detail, in.Unread())
			continue
		}
		if u := r.Tunnels.Tunnels[0]; !u.Up || u.Source.String() != "192.0.2.7" || u.Destination.String() != "198.51.100.9" || u.Mode == "" || u.Profile != "" ||
			len(u.Addrs) != 1 || name != "IOS-XR" && u.FrontVRF != "outside" || name == "NX-OS" && u.VRF != "blue" {
			t.Errorf("%s: %+v", name, u)
		}
	}
}
