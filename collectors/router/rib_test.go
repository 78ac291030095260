package router_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/collectors/router/eos"
	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/collectors/router/ios"
	"github.com/routeproof/routeproof/collectors/router/iosxr"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/nxos"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// ribLines writes routes down a line each: VRF, prefix, protocol, distance and
// metric, * for installed, > for selected only, next hops.
func ribLines(routes []snapshot.Route) string {
	var b strings.Builder
	number := func(n *uint32) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	for _, r := range routes {
		mark := "-"
		switch {
		case r.Installed && r.Selected:
			mark = "*"
		case r.Selected:
			mark = ">"
		}
		var hops []string
		for _, n := range r.NextHops {
			var w []string
			if n.Addr.IsValid() {
				w = append(w, n.Addr.String())
			}
			if n.Interface != "" {
				w = append(w, n.Interface)
			}
			if n.VRF != "" {
				w = append(w, "vrf "+n.VRF)
			}
			for word, set := range map[string]bool{"recursive": n.Recursive, "inactive": n.Inactive, "blackhole": n.Blackhole} {
				if set {
					w = append(w, word)
				}
			}
			hops = append(hops, strings.Join(w, " "))
		}
		fmt.Fprintf(&b, "%s %s %s %s/%s %s %s\n", r.VRF, r.Prefix, r.Protocol, number(r.Distance), number(r.Metric), mark, strings.Join(hops, ", "))
	}
	return b.String()
}

func readRIBText(t *testing.T, platform, command, text string) router.Parsed {
	t.Helper()
	got, err := router.Parse(platform, command, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// readTables are what one command listed, of which only one has a status.
type readTables struct {
	snapshot.Read
	Routes     []snapshot.Route
	Interfaces []snapshot.Interface
}

// readDamagedText reads text with the platform's reader alone, for tests that
// read thousands of texts.
func readDamagedText(t *testing.T, platform, command, text string) readTables {
	t.Helper()
	read := map[string]func(string, *lines.Reader, *snapshot.Router) bool{
		ios.Platform: ios.Read, nxos.Platform: nxos.Read, iosxr.Platform: iosxr.Read, eos.Platform: eos.Read, frr.Platform: frr.Read,
	}[platform]
	var r snapshot.Router
	if !read(command, lines.Of([]byte(text)), &r) {
		t.Fatalf("no reader for %q on %s", command, platform)
	}
	all := readTables{Read: r.RIB.Read, Routes: r.RIB.Routes, Interfaces: r.Ports.Interfaces}
	if all.Status == snapshot.Missing {
		all.Read = r.Ports.Read
	}
	return all
}

func TestRoutingTablesAreRead(t *testing.T) {
	for _, s := range ribSamples() {
		t.Run(s.name, func(t *testing.T) {
			got := readRIBText(t, s.platform, s.command, s.text)
			if d := cmp.Diff(s.want, ribLines(got.Routes)); d != "" {
				t.Error(d)
			}
			if got.Status != snapshot.OK || len(got.Unread) > 0 {
				t.Errorf("status %s (%s), unread %v", got.Status, got.Detail, got.Unread)
			}
		})
	}
}

func TestRouteLinesAreThoseOfTheOutput(t *testing.T) {
	s := frrTable()
	r := readRIBText(t, s.platform, s.command, s.text).Routes[1]
	if r.Line != 8 || r.LastLine != 9 || r.NextHops[0].Line != 8 || r.NextHops[1].Line != 9 {
		t.Errorf("lines %d to %d, next hops %v", r.Line, r.LastLine, r.NextHops)
	}
}

func TestRoutingTablesSayWhatTheyLack(t *testing.T) {
	ios := iosTable().text
	for name, c := range map[string]struct {
		platform, command, text string
		status                  snapshot.Status
		detail                  string
	}{
		"a command that lists one protocol": {"cisco_ios", "sh ip ro bgp", ios, snapshot.Partial, "routes of bgp only"},
		"a command with a filter":           {"cisco_ios", "show ip route | include B", ios, snapshot.Partial, "filter only"},
		"a command that was typed with one": {"cisco_ios", "show ip route", "R1#show ip route static\n" + ios, snapshot.Partial, "static only"},
		"nothing at all":                    {"frr", "show ip route", "", snapshot.Partial, "head of the table is missing"},
		"no route to the destination":       {"cisco_ios", "show ip route 10.0.0.1", "% Network not in table\n", snapshot.Empty, "Network not in table"},
		"a refusal":                         {"cisco_nxos", "show ip route vrf all", "% Invalid command at '^' marker.\n", snapshot.Error, "Invalid command"},
		"a VRF that does not exist":         {"cisco_ios", "show ip route vrf x", "% IP routing table vrf x does not exist\n", snapshot.Error, "does not exist"},
		"a table without routes":            {"cisco_ios", "show ip route", iosCodes + "Gateway of last resort is not set\n\n", snapshot.Empty, "no route"},
		"a network with a subnet too few":   {"cisco_ios", "show ip route", strings.Replace(ios, "5 subnets", "6 subnets", 1), snapshot.Partial, "10.0.0.0/8 has 6 subnets, and 5"},
		"a best next hop too few":           {"cisco_nxos", "show ip route vrf all", strings.Replace(nxosTable().text, "2/0", "3/0", 1), snapshot.Partial, "counts 3 best next hops"},
		"an entry too few":                  {"cisco_ios", "show ipv6 route", strings.Replace(iosSix().text, "4 entries", "5 entries", 1), snapshot.Partial, "rows are missing"},
		"a router that does not route":      {"cisco_ios", "show ip route", "Default gateway is 192.0.2.1\n\nHost  Gateway  Last Use  Total Uses  Interface\nICMP redirect cache is empty\n", snapshot.Empty, "Default gateway"},
	} {
		t.Run(name, func(t *testing.T) {
			got := readRIBText(t, c.platform, c.command, c.text)
			if got.Status != c.status || !strings.Contains(got.Detail, c.detail) {
				t.Errorf("got %s: %s", got.Status, got.Detail)
			}
			if len(got.Unread) > 0 {
				t.Errorf("unread %v", got.Unread)
			}
		})
	}
}

func TestARowWithoutALengthTakesThatOfItsNetworkOnly(t *testing.T) {
	text := iosCodes + "Gateway of last resort is not set\n\n      10.0.0.0/24 is subnetted, 1 subnets\n" +
		"B        10.1.1.0 [20/0] via 192.0.2.1, 00:00:01\nB        172.16.1.0 [20/0] via 192.0.2.1, 00:00:01\nB        10.1.1.1 [20/0] via 192.0.2.1, 00:00:01\n"
	got := readRIBText(t, "cisco_ios", "show ip route", text)
	if d := cmp.Diff("default 10.1.1.0/24 bgp 20/0 * 192.0.2.1\n", ribLines(got.Routes)); d != "" {
		t.Error(d)
	}
	if len(got.Unread) != 2 || got.Status != snapshot.Partial {
		t.Errorf("%s, unread %v", got.Status, got.Unread)
	}
}

func TestDestinationsAreReadInDetail(t *testing.T) {
	for name, c := range map[string]struct{ platform, command, text, want string }{
		"IOS": {"cisco_ios", "show ip route vrf red 10.64.0.1", `Routing Table: red
Routing entry for 10.64.0.0/23
  Known via "bgp 65001", distance 20, metric 0
  Tag 65515, type external
  Last update from 169.254.21.2 1d21h ago
  Routing Descriptor Blocks:
  * 169.254.21.2 (default), from 169.254.21.2, 1d21h ago
      Route metric is 0, traffic share count is 1
      AS Hops 1
    169.254.22.2, from 169.254.22.2, 1d21h ago, via Tunnel2
      Route metric is 0, traffic share count is 1
`, "red 10.64.0.0/23 bgp 20/0 * 169.254.21.2 vrf default, 169.254.22.2 Tunnel2\n"},
		"IOS-XR": {"cisco_xr", "show route 10.64.0.1", `Routing entry for 10.64.0.0/23
  Known via "connected", distance 0, metric 0 (connected)
  Installed Oct  4 15:47:45.368 for 3w4d
  Routing Descriptor Blocks
    directly connected, via GigabitEthernet0/0/0/1
      Route metric is 0
  No advertising protos.
`, "default 10.64.0.0/23 connected 0/0 * GigabitEthernet0/0/0/1\n"},
		"FRR": {"frr", "show ip route 10.1.0.0/16", `Routing entry for 10.1.0.0/16
  Known via "static", distance 200, metric 0
  Last update 00:00:03 ago
    192.0.2.9, via e0, weight 1

Routing entry for 10.1.0.0/16
  Known via "static", distance 1, metric 0, best
  Last update 00:00:03 ago
    10.1.5.5 (recursive), weight 1
  *   192.0.2.2, via e0, weight 1
  * unreachable (blackhole), weight 1
`, "default 10.1.0.0/16 static 200/0 - 192.0.2.9 e0\ndefault 10.1.0.0/16 static 1/0 * 10.1.5.5 recursive, 192.0.2.2 e0, blackhole\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := readRIBText(t, c.platform, c.command, c.text)
			if d := cmp.Diff(c.want, ribLines(got.Routes)); d != "" || len(got.Unread) > 0 {
				t.Error(d, got.Unread)
			}
			if got.Status != snapshot.Partial || !strings.Contains(got.Detail, " only") {
				t.Errorf("one destination is not a table: %s: %s", got.Status, got.Detail)
			}
		})
	}
}
