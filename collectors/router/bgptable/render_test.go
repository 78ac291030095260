package bgptable_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// style is how a platform prints rows.
type style struct {
	name     string
	platform bgptable.Platform
	header   string
	start    int    // where a row's network begins
	width    int    // of the network's column
	rest     int    // where the rest of a wrapped row begins
	numbers  int    // where the numbers' part begins that wraps again
	fields   [3]int // the widths of metric, preference and weight
	natural  bool   // natural lengths are left out
	marks    func(p snapshot.Path) string
	footer   func(routes, paths int) string
}

var (
	nxosPlatform = bgptable.Platform{Marks: bgptable.NXOSMarks(), Headless: true}
	xrPlatform   = bgptable.Platform{Marks: bgptable.XRMarks(), Counted: true, AdjCounted: true}
	frrPlatform  = bgptable.Platform{Marks: bgptable.FRRMarks(), Natural: true, Names: true, Counted: true, AdjCounted: true}
	eosPlatform  = bgptable.Platform{Marks: bgptable.EOSMarks(), Headless: true}
)

const (
	narrowHead = "Network          Next Hop            Metric LocPrf Weight Path"
	xrHead     = "   Network            Next Hop            Metric LocPrf Weight Path"
	wideHead   = "   Network            Next Hop            Metric     LocPrf     Weight Path"
	sonicHead  = "   Network          Next Hop            Metric     LocPrf     Weight Path"
	frrWide    = "     Network                                      Next Hop                                  Metric LocPrf Weight Path"
)

func none(int, int) string { return "" }

func displayed(routes, paths int) string {
	return fmt.Sprintf("\nDisplayed  %d routes and %d total paths\n", routes, paths)
}

// sign is a mark where a path has it.
func sign(on bool, mark string) string {
	if on {
		return mark
	}
	return " "
}

func iosMarks(p snapshot.Path) string {
	first := sign(p.Valid, "*")
	switch {
	case p.RIBFailure:
		first = "r"
	case p.Suppressed:
		first = "s"
	case p.Stale:
		first = "S"
	}
	second := sign(p.Best, ">")
	if p.Multipath {
		second = "m"
	}
	return first + second + sign(p.Internal, "i")
}

func frrMarks(p snapshot.Path) string {
	first := sign(p.Valid, "*")
	switch {
	case p.Stale:
		first = "S"
	case p.Suppressed:
		first = "s"
	}
	second := sign(p.Best, ">")
	if p.Multipath {
		second = "="
	}
	return first + second + sign(p.Internal, "i")
}

func nxosMarks(p snapshot.Path) string {
	first := sign(p.Valid, "*")
	if p.Stale {
		first = "S"
	}
	second := sign(p.Best, ">")
	if p.Multipath {
		second = "|"
	}
	if p.Internal {
		return first + second + "i"
	}
	return first + second + "e"
}

func styles() []style {
	narrow, broad := [3]int{10, 7, 7}, [3]int{10, 11, 11}
	return []style{
		{"IOS 12", iosPlatform, "   " + narrowHead, 3, 17, 20, 36, narrow, true, iosMarks, none},
		{"IOS 15", iosPlatform, "     " + narrowHead, 5, 17, 23, 39, narrow, true, func(p snapshot.Path) string { return " " + iosMarks(p) + "a" }, none},
		{"IOS-XE 17", iosPlatform, "     " + narrowHead, 6, 17, 22, 39, narrow, true, func(p snapshot.Path) string { return "N" + iosMarks(p) + "  " }, none},
		{"IOS-XR", xrPlatform, xrHead, 3, 19, 22, 38, narrow, false, iosMarks, func(routes, paths int) string {
			return fmt.Sprintf("\nProcessed %d prefixes, %d paths\n", routes, paths)
		}},
		{"NX-OS", nxosPlatform, wideHead, 3, 19, 22, 38, broad, false, nxosMarks, none},
		{"Quagga", frrPlatform, "   " + narrowHead, 3, 17, 20, 36, narrow, true, frrMarks, displayed},
		{"FRR 8", frrPlatform, "    " + narrowHead, 4, 17, 20, 36, narrow, false, func(p snapshot.Path) string { return "V" + frrMarks(p) }, displayed},
		{"FRR master", frrPlatform, "     " + narrowHead, 5, 17, 20, 38, narrow, false, func(p snapshot.Path) string { return "I" + frrMarks(p) + " " }, displayed},
		{"FRR wide", frrPlatform, frrWide, 5, 45, 20, 0, [3]int{7, 7, 7}, false, func(p snapshot.Path) string { return " " + frrMarks(p) + " " }, displayed},
		{"SONiC", frrPlatform, sonicHead, 3, 17, 20, 36, broad, false, frrMarks, displayed},
	}
}

// render prints paths, of which those of a prefix are together.
func (s style) render(paths []snapshot.Path) string {
	var b strings.Builder
	b.WriteString("BGP table version is 7, local router ID is 192.0.2.1\n" + s.header + "\n")
	hopWidth := strings.Index(s.header, "Metric") + len("Metric") - strings.Index(s.header, "Next Hop") - s.fields[0]
	routes := 0
	var last netip.Prefix
	for _, p := range paths {
		b.WriteString(s.marks(p)[:min(s.start, len(s.marks(p)))])
		b.WriteString(strings.Repeat(" ", s.start-min(s.start, len(s.marks(p)))))
		name := ""
		if p.Prefix != last {
			routes++
			last = p.Prefix
			name = p.Prefix.String()
			if s.natural && p.Prefix.Addr().Is4() && naturalBits(p.Prefix.Addr()) == p.Prefix.Bits() {
				name = p.Prefix.Addr().String()
			}
		}
		if len(name) >= s.width {
			fmt.Fprintf(&b, "%s\n%*s", name, s.rest, "")
		} else {
			fmt.Fprintf(&b, "%-*s", s.width, name)
		}
		if len(p.NextHop) >= hopWidth {
			fmt.Fprintf(&b, "%s\n%*s", p.NextHop, s.numbers, "")
		} else {
			fmt.Fprintf(&b, "%-*s", hopWidth, p.NextHop)
		}
		for i, n := range []*uint32{p.Metric, p.LocalPref, p.Weight} {
			if n == nil {
				fmt.Fprintf(&b, "%*s", s.fields[i], "")
			} else {
				fmt.Fprintf(&b, "%*d", s.fields[i], *n)
			}
		}
		b.WriteString(" ")
		if p.ASPath != "" {
			b.WriteString(p.ASPath + " ")
		}
		b.WriteString(p.Origin + "\n")
	}
	if routes > 0 {
		b.WriteString(s.footer(routes, len(paths)))
	}
	return b.String()
}

// drawPaths are the paths of a table as the style can print them.
func (s style) drawPaths(t *rapid.T) []snapshot.Path {
	prefixes := rapid.SliceOfNDistinct(rapid.Custom(drawPrefix), 1, 12, rapid.ID).Draw(t, "prefixes")
	slices.SortFunc(prefixes, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	number := func(name string, most uint32) *uint32 {
		return rapid.Ptr(rapid.OneOf(rapid.Uint32Range(0, most), rapid.SampledFrom([]uint32{0, 100, 32768, most})), true).Draw(t, name)
	}
	most := uint32(1<<32 - 1)
	if s.fields[0] < 10 {
		most = 9_999_999 // one that overflows its column makes the row unread
	}
	var paths []snapshot.Path
	for _, prefix := range prefixes {
		for range rapid.IntRange(1, 3).Draw(t, "paths") {
			p := snapshot.Path{
				VRF: "default", Prefix: prefix,
				Metric: number("metric", most), LocalPref: number("preference", 999_999), Weight: number("weight", 65535),
				ASPath: drawASPath(t), Origin: rapid.SampledFrom([]string{"i", "e", "?"}).Draw(t, "origin"),
				Internal: rapid.Bool().Draw(t, "internal"),
			}
			if p.Weight == nil {
				p.Weight = new(uint32) // every row has one
			}
			p.NextHop = rapid.SampledFrom([]string{"0.0.0.0", "10.0.0.1", "255.255.255.255", "169.254.21.2"}).Draw(t, "next hop")
			if prefix.Addr().Is6() {
				p.NextHop = rapid.SampledFrom([]string{"::", "2001:db8::1", "2001:db8:ffff:ffff::1", "fe80::5054:ff:fe00:1"}).Draw(t, "next hop")
			}
			switch rapid.IntRange(0, 6).Draw(t, "state") {
			case 0:
			case 1:
				p.Valid = true
			case 2:
				p.Valid, p.Best = true, true
			case 3:
				p.Valid, p.Multipath = true, true
			case 4:
				p.RIBFailure, p.Best = true, true
			case 5:
				p.Suppressed, p.Best = true, true
			case 6:
				p.Stale = true
			}
			// What the platform has no mark for cannot be.
			if marks := s.marks(p); !strings.Contains(marks, "r") {
				p.RIBFailure = false
			}
			if !strings.Contains(s.marks(p), "s") {
				p.Suppressed = false
			}
			p.Valid = p.Valid && strings.Contains(s.marks(p), "*")
			p.Multipath = p.Multipath && !strings.HasPrefix(s.name, "IOS-XR")
			paths = append(paths, p)
		}
	}
	return paths
}

func drawPrefix(t *rapid.T) netip.Prefix {
	if rapid.IntRange(0, 3).Draw(t, "IPv6") == 0 {
		b := [16]byte{0x20, 0x01, 0x0d, 0xb8}
		copy(b[4:], rapid.SliceOfN(rapid.Byte(), 12, 12).Draw(t, "address"))
		return netip.PrefixFrom(netip.AddrFrom16(b), rapid.IntRange(0, 128).Draw(t, "length")).Masked()
	}
	b := [4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address"))
	b[0] %= 224
	return netip.PrefixFrom(netip.AddrFrom4(b), rapid.IntRange(0, 32).Draw(t, "length")).Masked()
}

func drawASPath(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
		"12076", "65515", "4200000000", "64000.2017", "{64201 64202}", "{27016,3}", "(65134 65135)", "[65001 65002]",
	}), 0, 4).Draw(t, "AS path"), " ")
}

// ignoreLines leaves out where paths stood.
var ignoreLines = cmp.Options{cmpopts.IgnoreFields(snapshot.Path{}, "Line", "LastLine"), addresses}

var addresses = cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})

func TestWhatEachPlatformPrintsIsReadBack(t *testing.T) {
	for _, s := range styles() {
		t.Run(s.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				paths := s.drawPaths(t)
				text := s.render(paths)
				var r snapshot.Router
				in := lines.Of([]byte(text))
				if !bgptable.Read(s.platform, "show ip bgp", in, &r) {
					t.Fatal("no reader")
				}
				if r.BGP.Status != snapshot.OK {
					t.Fatalf("%s: %s\n%v\n%s", r.BGP.Status, r.BGP.Detail, in.Unread(), text)
				}
				if diff := cmp.Diff(paths, r.BGP.Paths, ignoreLines); diff != "" {
					t.Fatalf("(-printed +read)\n%s\n%s", diff, text)
				}
			})
		})
	}
}
