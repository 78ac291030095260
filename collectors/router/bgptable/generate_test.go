package bgptable_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
)

const iosHead = `BGP table version is 4711, local router ID is 192.0.2.1
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
              r RIB-failure, S Stale, m multipath, b backup-path, f RT-Filter,
              x best-external, a additional-path, c RIB-compressed,
              t secondary path, L long-lived-stale,
Origin codes: i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

     Network          Next Hop            Metric LocPrf Weight Path
`

// internet is an IOS-XE table like that of the Internet: prefixes of the lengths
// that are seen there, in order, natural masks left out, one and a half paths
// each, a few next hops, AS paths that eight prefixes share, of which every
// second comes from the same AS as the one before it.
func internet(prefixes int) (text []byte, paths int) {
	r := rand.New(rand.NewPCG(1, 2))
	var out bytes.Buffer
	out.WriteString(iosHead)
	hops := []string{"10.255.255.254", "192.0.2.2", "169.254.21.2", "198.51.100.129", "10.0.0.9"}
	var asPaths []string
	for range max(prefixes/8, 1) {
		as := ""
		for range 1 + r.IntN(5) {
			if r.IntN(5) == 0 {
				as += fmt.Sprint(131072+r.IntN(300000)) + " "
			} else {
				as += fmt.Sprint(1+r.IntN(64000)) + " "
			}
		}
		asPaths = append(asPaths, as)
	}
	origin := 0 // neighbouring prefixes often have the same
	for _, p := range internetPrefixes(r, prefixes) {
		if r.IntN(2) == 0 {
			origin = r.IntN(len(asPaths))
		}
		name := p.String()
		if p.Bits() == naturalBits(p.Addr()) {
			name = p.Addr().String()
		}
		for i := range 1 + r.IntN(2) {
			paths++
			marks := " *    "
			if i == 0 {
				marks = " *>   "
			}
			metric, pref := "", ""
			if r.IntN(2) == 0 {
				metric = fmt.Sprint(r.IntN(2) * r.IntN(5000))
			}
			if r.IntN(3) == 0 {
				pref = fmt.Sprint(100 + 50*r.IntN(4))
				marks = marks[:3] + "i" + marks[4:]
			}
			if i > 0 {
				name = ""
			}
			if len(name) > 16 {
				fmt.Fprintf(&out, "%s%s\n%22s ", marks, name, "")
			} else {
				fmt.Fprintf(&out, "%s%-17s", marks, name)
			}
			hop := (origin + i) % len(hops)
			fmt.Fprintf(&out, "%-16s%10s%7s%7d %s%c\n", hops[hop], metric, pref, 0, asPaths[(origin+hop)%len(asPaths)], "iiii?e"[r.IntN(6)])
		}
	}
	return out.Bytes(), paths
}

// internetPrefixes are so many prefixes, each once, in a table's order.
func internetPrefixes(r *rand.Rand, n int) []netip.Prefix {
	seen := map[netip.Prefix]bool{}
	for len(seen) < n {
		bits := 24
		if r.IntN(2) == 0 {
			bits = []int{8, 16, 19, 20, 21, 22, 22, 22, 23, 23}[r.IntN(10)]
		}
		a := netip.AddrFrom4([4]byte{byte(1 + r.IntN(222)), byte(r.IntN(256)), byte(r.IntN(256)), 0})
		seen[netip.PrefixFrom(a, bits).Masked()] = true
	}
	var all []netip.Prefix
	for p := range seen {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	return all
}

// naturalBits is the length that IOS does not print.
func naturalBits(a netip.Addr) int {
	switch b := a.As4()[0]; {
	case a.IsUnspecified():
		return 0
	case b < 128:
		return 8
	case b < 192:
		return 16
	case b < 224:
		return 24
	}
	return -1
}
