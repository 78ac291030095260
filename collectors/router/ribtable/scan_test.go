package ribtable_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/collectors/router/ribtable"
)

func TestAddressesReadAsTheStandardLibraryReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{1,3}(\.[0-9]{1,3}){2,4}|[0-9a-f:]{2,20}(%e0)?|[0-9.]{0,16}`).Draw(t, "address")
		want, err := netip.ParseAddr(s)
		got, ok := ribtable.Addr([]byte(s))
		if ok != (err == nil && want.Zone() == "") || ok && got != want {
			t.Fatalf("%q: %v %v, want %v", s, got, ok, want)
		}
	})
}

func TestPrefixesReadAsTheStandardLibraryReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`10\.[0-9]{1,3}\.0\.1/[1-9][0-9]{0,2}|2001:db8::/[1-9][0-9]{0,2}|[0-9./]{0,20}`).Draw(t, "prefix")
		want, err := netip.ParsePrefix(s)
		got, ok := ribtable.Prefix([]byte(s))
		if err == nil && (!ok || got != want) {
			t.Fatalf("%q: %v %v, want %v", s, got, ok, want)
		}
		if ok && !got.IsValid() {
			t.Fatalf("%q: %v", s, got)
		}
	})
}

func TestAgesAreToldFromWhatWasCutOff(t *testing.T) {
	for s, want := range map[string]bool{
		"00:04:47": true, "104:04:47": true, "1d18h": true, "2w0d": true, "3y15w": true, "01w2d03h": true, "never": true,
		"00:04": false, "00:04:4": false, "00": false, "1d": false, "1d1": false, "": false, "Null0": false, "10.0.0.1": false, "dead": false, "1:2:3:4": false,
	} {
		if got := ribtable.Age([]byte(s)); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestCommandsSayWhatTheyAskFor(t *testing.T) {
	for command, want := range map[string]ribtable.Query{
		"":                       {},
		"vrf *":                  {},
		"vrf all":                {},
		"vrf red":                {VRF: "red"},
		"vrf red edge bgp":       {VRF: "red_edge", Slice: "the command lists the routes of bgp only"},
		"vrf red 10.0.0.0/8":     {VRF: "red", Slice: "the command lists the routes of 10.0.0.0/8 only"},
		"ipv4 unicast":           {},
		"static":                 {Slice: "the command lists the routes of static only"},
		"| no-more":              {},
		"vrf all | include 10.0": {Slice: "the command lists the lines of the table that pass a filter only"},
	} {
		got, ok := ribtable.Ask(strings.Fields(command))
		if d := cmp.Diff(want, got); d != "" || !ok {
			t.Errorf("%q: %v\n%s", command, ok, d)
		}
	}
	for _, command := range []string{"summary", "vrf all summary", "| json", "vrf all json"} {
		if _, ok := ribtable.Ask(strings.Fields(command)); ok {
			t.Errorf("%q lists no routes as text", command)
		}
	}
}
