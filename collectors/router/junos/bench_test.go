package junos_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router/junos"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func BenchmarkRoutesAsText(b *testing.B) {
	const n = 20_000
	var text strings.Builder
	fmt.Fprintf(&text, "inet.0: %d destinations, %d routes (%d active, 0 holddown, 0 hidden)\n+ = Active Route, - = Last Active, * = Both\n\n", n, n, n)
	for i := range n {
		fmt.Fprintf(&text, "10.%d.%d.0/24       *[BGP/170] 00:12:34, MED 50, localpref 200, from 169.254.21.2\n", i/256, i%256)
		text.WriteString("                      AS path: 65515 64512 I, validation-state: unverified\n                    >  to 169.254.21.2 via st0.0\n")
	}
	benchmark(b, "show route protocol bgp", text.String(), n)
}

func BenchmarkRoutesAsJSON(b *testing.B) {
	const n = 20_000
	var text strings.Builder
	text.WriteString(`{"route-information" : [{"route-table" : [{"table-name" : [{"data" : "inet.0"}], "rt" : [` + "\n")
	for i := range n {
		if i > 0 {
			text.WriteString(",\n")
		}
		fmt.Fprintf(&text, `{
    "rt-destination" : [
    {
        "data" : "10.%d.%d.0/24"
    }
    ],
    "rt-entry" : [
    {
        "active-tag" : [{"data" : "*"}],
        "protocol-name" : [{"data" : "BGP"}],
        "preference" : [{"data" : "170"}],
        "local-preference" : [{"data" : "200"}],
        "as-path" : [{"data" : "65515 64512 I"}],
        "nh" : [{"to" : [{"data" : "169.254.21.2"}], "via" : [{"data" : "st0.0"}]}]
    }
    ]
}`, i/256, i%256)
	}
	text.WriteString("\n]}]}]}\n")
	benchmark(b, "show route protocol bgp | display json", text.String(), n)
}

func benchmark(b *testing.B, command, text string, n int) {
	b.Helper()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var r snapshot.Router
		junos.Read(command, lines.Of([]byte(text)), &r)
		if len(r.BGP.Paths) != n {
			b.Fatalf("%d paths, want %d: %s", len(r.BGP.Paths), n, r.BGP.Detail)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/route")
}
