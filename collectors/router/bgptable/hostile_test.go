package bgptable_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// TestHostileOutputIsReadInTimeOfItsSize reads some megabytes of what could make
// a reader go over it again and again.
func TestHostileOutputIsReadInTimeOfItsSize(t *testing.T) {
	many := func(n int, line func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(line(i))
		}
		return b.String()
	}
	row := func(i int) string {
		return fmt.Sprintf(" *>   %-16s 192.0.2.2                              0 65000 i\n", fmt.Sprintf("%d.%d.%d.0/24", i*7%223, i*13%256, i%256))
	}
	for name, c := range map[string]struct{ command, text string }{
		"VRFs":                   {"show bgp vrf all neighbors 192.0.2.2 routes", many(100_000, func(i int) string { return fmt.Sprintf("VRF: v%d\n", i) })},
		"distinguishers":         {"show bgp vpnv4 unicast all", head + many(100_000, func(i int) string { return fmt.Sprintf("Route Distinguisher: 65000:%d\n", i) })},
		"distinguishers, routes": {"show bgp vpnv4 unicast all", head + many(100_000, func(i int) string { return fmt.Sprintf("Route Distinguisher: 65000:%d\n%s", i, row(i)) })},
		"networks out of order":  {"show ip bgp", head + many(100_000, row)},
		"wrapped rows":           {"show ip bgp", head + many(100_000, func(int) string { return " *>   192.168.123.128/25\n" })},
		"headers":                {"show ip bgp", many(100_000, func(int) string { return head })},
		"percent signs":          {"show ip bgp", many(50, func(int) string { return "Nov 16 18:52:22 " + strings.Repeat("%A-", 20_000) + "\n" })},
		"tabs":                   {"show ip bgp", head + many(50, func(int) string { return strings.Repeat("\t", 60_000) + "x\n" })},
		"cursors":                {"show ip bgp", head + many(20, func(int) string { return strings.Repeat("\x1b[9999Cx\x1b[2K\r", 4_000) + "\n" })},
	} {
		t.Run(name, func(t *testing.T) {
			read := make(chan struct{})
			go func() {
				defer close(read)
				var r snapshot.Router
				bgptable.Read(iosPlatform, c.command, lines.Of([]byte(c.text)), &r)
			}()
			select {
			case <-read:
			case <-time.After(20 * time.Second):
				t.Errorf("%d bytes are not read in 20 seconds", len(c.text))
			}
		})
	}
}
