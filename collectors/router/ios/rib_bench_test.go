package ios_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/routeproof/routeproof/collectors/router/ios"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// ribText is `show ip route` with n routes, in the form of IOS-XE: one network in
// 50 is an interior route with two next hops, the rest are BGP's.
func ribText(n int) []byte {
	var b bytes.Buffer
	b.WriteString("Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n       + - replicated route, % - next hop override, p - overrides from PfR\n\n" +
		"Gateway of last resort is not set\n\n")
	for i := range n {
		if i%1000 == 0 {
			fmt.Fprintf(&b, "      %d.0.0.0/8 is variably subnetted, %d subnets, 2 masks\n", 11+i/1000, min(1000, n-i))
		}
		p := fmt.Sprintf("%d.%d.%d.0/24", 11+i/1000, i/250%4, i%250)
		if i%50 == 0 {
			fmt.Fprintf(&b, "O E2     %s [110/20] via 192.168.1.2, 1d18h, GigabitEthernet0/0/1\n                     [110/20] via 192.168.2.2, 1d18h, GigabitEthernet0/0/2\n", p)
			continue
		}
		fmt.Fprintf(&b, "B        %s [200/%d] via 10.255.0.%d, 00:17:%02d\n", p, i%7, i%200+1, i%60)
	}
	return b.Bytes()
}

func BenchmarkRIB100k(b *testing.B) {
	const routes = 100_000
	text := ribText(routes)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var r snapshot.Router
		ios.Read("show ip route", lines.Of(text), &r)
		if len(r.RIB.Routes) != routes || r.RIB.Status != snapshot.OK {
			b.Fatal(len(r.RIB.Routes), r.RIB.Detail)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/routes, "ns/route")
}

// BenchmarkScan100k is what any reader of lines has to do: find their ends.
func BenchmarkScan100k(b *testing.B) {
	text := ribText(100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		n := 0
		for rest := text; len(rest) > 0; n++ {
			_, rest, _ = bytes.Cut(rest, []byte("\n"))
		}
		if n < 100_000 {
			b.Fatal(n)
		}
	}
}

// BenchmarkLines100k is the same with the lines cleaned, as all readers take them.
func BenchmarkLines100k(b *testing.B) {
	text := ribText(100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		in := lines.Of(text)
		n := 0
		for in.Next() {
			n++
		}
		if n < 100_000 {
			b.Fatal(n)
		}
	}
}
