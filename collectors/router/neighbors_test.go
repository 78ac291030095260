package router_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/emulator"
)

// summaryOf is FRR's summary of neighbours, each an address, an AS number and
// what stands in the column of its state.
func summaryOf(neighbors ...[3]string) string {
	var b strings.Builder
	b.WriteString(`
IPv4 Unicast Summary (VRF default):
BGP router identifier 10.255.0.9, local AS number 65001 vrf-id 0
BGP table version 4
RIB entries 7, using 1344 bytes of memory
Peers 9, using 6447 KiB of memory

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
`)
	for _, n := range neighbors {
		fmt.Fprintf(&b, "%-15s 4 %10s        14        12        0    0    0 00:00:16 %12s        1 N/A\n", n[0], n[1], n[2])
	}
	fmt.Fprintf(&b, "\nTotal number of neighbors %d\n", len(neighbors))
	return b.String()
}

// Azure's ends are asked about, and no other neighbour: by the AS number of
// Microsoft's edge routers and of VPN gateways, or by an APIPA address.
func TestWhatAzureIsSentAndSendsIsAsked(t *testing.T) {
	summary := summaryOf(
		[3]string{"192.168.100.2", "12076", "2"}, [3]string{"169.254.21.2", "65010", "2"}, [3]string{"10.64.0.4", "65515", "2"},
		[3]string{"192.168.200.2", "12076", "Idle"}, [3]string{"198.51.100.1", "3320", "900000"}, [3]string{"10.255.0.2", "65001", "4"},
	)
	var many [][3]string
	for i := range 40 {
		many = append(many, [3]string{fmt.Sprintf("169.254.22.%d", i+1), "65515", "1"})
	}
	for _, c := range []struct {
		what, summary string
		want          []string
	}{
		{"ends of Azure's that are up", summary, []string{"192.168.100.2", "169.254.21.2", "10.64.0.4"}},
		{"nobody", "% BGP instance not found\n", nil},
		{"a list that is cut off behind them", summary[:len(summary)-40], []string{"192.168.100.2", "169.254.21.2", "10.64.0.4"}},
		{"a hostile name", strings.Replace(summary, "VRF default", "VRF x; configure terminal", 1), nil},
	} {
		if got := askedAbout(t, c.summary); !slices.Equal(got, c.want) {
			t.Errorf("%s: asked about %q, want %q", c.what, got, c.want)
		}
	}
	if got := askedAbout(t, summaryOf(many...)); len(got) != 32 {
		t.Errorf("of 40 neighbours %d were asked about, want 32", len(got))
	}
}

// askedAbout are the neighbours that a router with such a summary is asked about: what
// it advertises to each, and then what it received.
func askedAbout(t *testing.T, summary string) []string {
	t.Helper()
	s, dev := play(t, func(command string) (emulator.SSHReply, bool) {
		switch {
		case command == "show ip bgp summary":
			return chunks(strings.ReplaceAll(summary, "\n", "\r\n")), true
		case strings.Contains(command, "neighbors"):
			return chunks("Total number of prefixes 0\r\n"), true
		}
		return emulator.SSHReply{}, false
	})
	collected := collect(t, dev)
	var got []string
	for _, cmd := range s.Asked() {
		if rest, ok := strings.CutPrefix(cmd, "show ip bgp neighbors "); ok {
			if n, ok := strings.CutSuffix(rest, " advertised-routes"); ok {
				got = append(got, n)
			} else if len(got) == 0 || rest != got[len(got)-1]+" received-routes" {
				t.Errorf("%q was sent after %v", cmd, got)
			}
		} else if strings.Contains(cmd, "configure") {
			t.Errorf("%q was sent", cmd)
		}
	}
	for _, n := range got {
		for _, of := range []string{"advertised", "received"} {
			if _, ok := collected.Item("routers/R1/show_ip_bgp_neighbors_" + n + "_" + of + "-routes.txt"); !ok {
				t.Errorf("what was %s by %s is not in the evidence: %s", of, n, cmp.Diff(nil, collected.Manifest.Items))
			}
		}
	}
	return got
}
