package junos_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/snapshot"
)

func TestHostileDocumentsArePartial(t *testing.T) {
	for name, tt := range map[string]struct{ command, raw string }{
		"deep XML":       {"show bgp neighbor | display xml", strings.Repeat("<a>", 1_000_000)},
		"a long text":    {"show bgp neighbor | display xml", "<bgp-information><bgp-peer><peer-as>" + strings.Repeat("7", 5<<20) + "</peer-as></bgp-peer></bgp-information>"},
		"a wide entry":   {"show bgp neighbor | display xml", "<bgp-information><bgp-peer>" + strings.Repeat("<x/>", 100_000) + "</bgp-peer></bgp-information>"},
		"deep JSON":      {"show bgp neighbor | display json", strings.Repeat(`{"a":`, 1_000_000)},
		"a wide object":  {"show bgp neighbor | display json", `{"bgp-information" : [{"bgp-peer" : [{"x" : [` + strings.Repeat("1,", 100_000) + "1]}]}]}"},
		"another table":  {"show bgp neighbor | display json", `{"route-information" : [{}]}`},
		"no table name":  {"show route | display json", `{"route-information" : [{"route-table" : [{"rt" : [{"rt-destination" : [{"data" : "10.0.0.0/8"}]}]}]}]}`},
		"an odd address": {"show bgp neighbor | display json", `{"bgp-information" : [{"bgp-peer" : [{"peer-address" : [{"data" : "10.0.0.300"}], "peer-as" : [{"data" : "1"}], "peer-state" : [{"data" : "Idle"}]}]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			r, _, _ := read(tt.command, []byte(tt.raw))
			for _, table := range tables(&r) {
				if table.Status != snapshot.Partial || table.Detail == "" {
					t.Errorf("%s: %s", table.Status, table.Detail)
				}
			}
		})
	}
}

func TestAnErrorInADocumentIsTheDevicesWord(t *testing.T) {
	r, _, _ := read("show bgp neighbor | display xml", []byte("<rpc-reply><rpc-error><error-severity>error</error-severity><error-message>permission denied</error-message></rpc-error></rpc-reply>"))
	if r.Sessions.Status != snapshot.Error || r.Sessions.Detail != "permission denied" {
		t.Errorf("%s: %s", r.Sessions.Status, r.Sessions.Detail)
	}
}

func TestAHiddenPathIsNotValid(t *testing.T) {
	r := whole(t, "show route protocol bgp all detail | display json", `{"route-information" : [{"route-table" : [{"table-name" : [{"data" : "inet.0"}], "rt" : [
{"rt-destination" : [{"data" : "10.0.0.0"}], "rt-prefix-length" : [{"data" : "8"}], "rt-entry" : [
{"active-tag" : [{"data" : " "}], "protocol-name" : [{"data" : "BGP"}], "nhh" : [{"nh-type" : [{"data" : "Router"}]}], "gateway" : [{"data" : "192.0.2.1"}],
"rt-entry-state" : [{"data" : "Hidden Ext"}], "as-path" : [{"data" : "AS path: 65515 I (Looped: 65010)\n"}], "local-preference" : [{"data" : "100"}]}]}]}]}]}`)
	p := r.BGP.Paths[0]
	if p.Valid || p.Best || p.ASPath != "65515" || p.NextHop != "192.0.2.1" || p.Line != 3 || p.LastLine != 4 {
		t.Errorf("got %+v", p)
	}
}

func TestWhoTheRouterIs(t *testing.T) {
	r := whole(t, "show route summary", "Autonomous system number: 65010\nRouter ID: 10.255.0.1\n\ninet.0: 2 destinations, 2 routes (2 active, 0 holddown, 0 hidden)\n              Direct:      2 routes,      2 active\n")
	if r.BGP.LocalAS != 65010 || r.BGP.RouterID != netip.MustParseAddr("10.255.0.1") || len(tables(&r)) != 0 {
		t.Errorf("got %+v", r.BGP)
	}
	if r := whole(t, "show version", "Hostname: edge1\nModel: srx1500\nJunos: 21.4R3\n"); r.Host != "edge1" {
		t.Errorf("host %q", r.Host)
	}
}
