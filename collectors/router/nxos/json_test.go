package nxos_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/nxos"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func readTable(tb testing.TB, command, text string) (snapshot.Router, *lines.Reader) {
	tb.Helper()
	var r snapshot.Router
	in := lines.New(strings.NewReader(text))
	if !nxos.Read(command, in, &r) {
		tb.Fatalf("no reader for %q", command)
	}
	return r, in
}

const (
	pathsText = `BGP routing table information for VRF er, address family IPv4 Unicast
BGP table version is 3, local router ID is 10.255.0.9
Status: s-suppressed, x-deleted, S-stale, d-dampened, h-history, *-valid, >-best
Path type: i-internal, e-external, c-confed, l-local, a-aggregate, r-redist, I-injected
Origin codes: i - IGP, e - EGP, ? - incomplete, | - multipath, & - backup

   Network            Next Hop            Metric     LocPrf     Weight Path
*>e10.1.0.0/16        192.168.100.2            7                     0 12076 65515 i
*|e                   192.168.100.6                                  0 12076 ?
*>i10.2.0.0/16        10.255.0.2                        100          0 i
`
	pathsJSON = `{"TABLE_vrf": {"ROW_vrf": {"vrf-name-out": "er", "TABLE_afi": {"ROW_afi": {"afi": "1", "TABLE_safi": {"ROW_safi": {"safi": "1", "af-name": "IPv4 Unicast", "table-version": "3", "router-id": "10.255.0.9",
"TABLE_rd": {"ROW_rd": {"rd_val": "", "TABLE_prefix": {"ROW_prefix": [
{"ipprefix": "10.1.0.0/16", "TABLE_path": {"ROW_path": [
{"pathnr": "0", "statuscode": "*", "bestcode": ">", "typecode": "e", "ipnexthop": "192.168.100.2", "metric": "7", "localpref": "", "weight": "0", "path": "12076 65515", "origin": "i"},
{"pathnr": "1", "statuscode": "*", "bestcode": "|", "typecode": "e", "ipnexthop": "192.168.100.6", "weight": "0", "path": "12076", "origin": "?"}]}},
{"ipprefix": "10.2.0.0/16", "TABLE_path": {"ROW_path":
{"pathnr": "0", "statuscode": "*", "bestcode": ">", "typecode": "i", "ipnexthop": "10.255.0.2", "localpref": "100", "weight": "0", "path": "", "origin": "i"}}}
]}}}}}}}}}}
switch#
`
	routesText = `IP Route Table for VRF "er"
'*' denotes best ucast next-hop
'**' denotes best mcast next-hop
'[x/y]' denotes [preference/metric]
'%<string>' in via output denotes VRF <string>

10.0.0.0/30, ubest/mbest: 1/0, attached
    *via 10.0.0.1, Eth1/1, [0/0], 1w2d, direct
10.1.0.0/16, ubest/mbest: 2/0
    *via 192.168.100.2%core, [20/7], 1w2d, bgp-65001, external, tag 12076
    *via 192.168.100.6%core, [20/7], 1w2d, bgp-65001, external, tag 12076
`
	routesJSON = `{"TABLE_vrf":{"ROW_vrf":[{"vrf-name-out":"er","TABLE_addrf":{"ROW_addrf":{"addrf":"ipv4","TABLE_prefix":{"ROW_prefix":[
{"ipprefix":"10.0.0.0/30","ucast-nhops":"1","mcast-nhops":"0","attached":"true","TABLE_path":{"ROW_path":{"ipnexthop":"10.0.0.1","ifname":"Eth1/1","uptime":"P9D","pref":"0","metric":"0","clientname":"direct","ubest":"true"}}},
{"ipprefix":"10.1.0.0/16","ucast-nhops":2,"mcast-nhops":0,"attached":"false","TABLE_path":{"ROW_path":[
{"ipnexthop":"192.168.100.2","nexthop-vrf-name":"core","uptime":"P9D","pref":20,"metric":7,"clientname":"bgp-65001","ubest":true},
{"ipnexthop":"192.168.100.6","nexthop-vrf-name":"core","uptime":"P9D","pref":20,"metric":7,"clientname":"bgp-65001","ubest":true}]}}
]}}}}]}}
`
	summaryJSON = `{"TABLE_vrf":{"ROW_vrf":{"vrf-name-out":"er","vrf-router-id":"10.255.0.9","vrf-local-as":"65001","TABLE_af":{"ROW_af":{"af-id":"1","TABLE_saf":{"ROW_saf":{"safi":"1","af-name":"IPv4 Unicast",
"tableversion":"3","totalnetworks":"2","totalpaths":"3",
"TABLE_neighbor":{"ROW_neighbor":[
{"neighborid":"192.168.100.2","neighborversion":"4","neighboras":"12076","time":"2d03h","state":"Established","prefixreceived":"3"},
{"neighborid":"192.168.100.6","neighborversion":"4","neighboras":"65000.10","time":"P1DT2H","state":"Idle","prefixreceived":"0"}]}}}}}}}}
`
	portsJSON = `{"TABLE_vrf":{"ROW_vrf":{"vrf-name-out":"er"}},"TABLE_intf":{"ROW_intf":[
{"intf-name":"Ethernet1/1","proto-state":"up","link-state":"up","admin-state":"up","prefix":"10.0.0.1","ip-disabled":"FALSE","masklen":"30"},
{"intf-name":"Vlan10","proto-state":"down","link-state":"down","admin-state":"up","prefix":"10.0.1.1","masklen":24,"TABLE_secondary_address":{"ROW_secondary_address":{"prefix1":"10.0.2.1","masklen1":"24"}}}
]}}
`
)

func TestPathsOfTextAndJSONAreTheSame(t *testing.T) {
	text, _ := readTable(t, "show ip bgp vrf all", pathsText)
	r, in := readTable(t, "show ip bgp vrf all | json", pathsJSON)
	diff := cmp.Diff(text.BGP, r.BGP, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.IgnoreFields(snapshot.Path{}, "Line", "LastLine"))
	if diff != "" || !r.BGP.Whole() || len(r.BGP.Paths) != 3 || r.BGP.Paths[1].Line != 5 {
		t.Errorf("unread %v (-text +JSON):\n%s", in.Unread(), diff)
	}
}

func TestRoutesOfTextAndJSONAreTheSame(t *testing.T) {
	text, _ := readTable(t, "show ip route vrf all", routesText)
	r, in := readTable(t, "show ip route vrf all | json", routesJSON)
	diff := cmp.Diff(text.RIB, r.RIB, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.IgnoreFields(snapshot.Route{}, "Line", "LastLine"), cmpopts.IgnoreFields(snapshot.NextHop{}, "Line"))
	if diff != "" || !r.RIB.Whole() {
		t.Errorf("unread %v (-text +JSON):\n%s", in.Unread(), diff)
	}
}

func TestNeighboursAreReadFromJSON(t *testing.T) {
	r, in := readTable(t, "show bgp vrf all all summary | json", summaryJSON)
	p := r.Sessions.Peers
	if !r.Sessions.Whole() || len(p) != 2 {
		t.Fatalf("%+v %v", r.Sessions, in.Unread())
	}
	if p[0].VRF != "er" || p[0].Family != "ipv4 unicast" || *p[0].Received != 3 || p[0].Since != 51*time.Hour || p[1].AS != 65000<<16|10 || p[1].Received != nil || p[1].Since != 26*time.Hour {
		t.Errorf("%+v", p)
	}
	if size := r.Sessions.Tables; len(size) != 1 || size[0].VRF != "er" || *size[0].Networks != 2 || *size[0].Paths != 3 {
		t.Errorf("%+v", size)
	}
}

func TestInterfacesAreReadFromJSON(t *testing.T) {
	r, _ := readTable(t, "show ip interface vrf all | json", portsJSON)
	if i := r.Ports.Interfaces; !r.Ports.Whole() || len(i) != 2 || i[0].VRF != "er" || !i[0].Up || i[0].Addrs[0].String() != "10.0.0.1/30" || i[1].Up || len(i[1].Addrs) != 2 {
		t.Errorf("%+v", r.Ports)
	}
}

func TestWhatIsNoTableIsSaid(t *testing.T) {
	for text, want := range map[string]snapshot.Status{
		"":                             snapshot.Partial,
		"{}\n":                         snapshot.Empty,
		"% Invalid command at '^'\n":   snapshot.Error,
		pathsJSON[:len(pathsJSON)-160]: snapshot.Partial,
		pathsJSON + pathsJSON:          snapshot.Partial,
		strings.Replace(pathsJSON, `"ipnexthop": "10.255.0.2"`, `"ipnexthop": "10.255"`, 1): snapshot.Partial,
		strings.Replace(pathsJSON, `"origin": "?"`, `"origin": "what"`, 1):                  snapshot.Partial,
	} {
		if r, _ := readTable(t, "show ip bgp vrf all | json", text); r.BGP.Status != want {
			t.Errorf("%.60q has status %q (%s), want %q", text, r.BGP.Status, r.BGP.Detail, want)
		}
	}
	if r, _ := readTable(t, "show ip route | json", strings.Replace(routesJSON, `"ucast-nhops":2`, `"ucast-nhops":3`, 1)); r.RIB.Whole() {
		t.Error("a next hop less than counted is whole")
	}
}

func FuzzJSON(f *testing.F) {
	for command, text := range map[string]string{
		"show ip bgp vrf all | json": pathsJSON, "show ip route vrf all | json": routesJSON, "show ip bgp summary | json": summaryJSON, "show ip interface | json": portsJSON,
	} {
		f.Add(command, text)
	}
	f.Fuzz(func(t *testing.T, command, text string) {
		if !strings.Contains(command, "json") {
			return
		}
		var first, second snapshot.Router
		in := lines.New(strings.NewReader(text))
		if !nxos.Read(command, in, &first) {
			return
		}
		nxos.Read(command, lines.New(strings.NewReader(text)), &second)
		a, _ := json.Marshal(first)
		b, _ := json.Marshal(second)
		if string(a) != string(b) || in.Next() {
			t.Error("it reads differently the second time, or not to the end")
		}
		for _, table := range []snapshot.Read{first.BGP.Read, first.RIB.Read, first.Sessions.Read, first.Ports.Read} {
			if table.Status == snapshot.OK && in.Missed() > 0 {
				t.Error("a table is whole although lines of it were not understood")
			}
		}
	})
}
