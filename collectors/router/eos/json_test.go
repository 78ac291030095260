package eos_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/collectors/router/eos"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func readTable(tb testing.TB, command, text string) (snapshot.Router, *lines.Reader) {
	tb.Helper()
	var r snapshot.Router
	in := lines.New(strings.NewReader(text))
	if !eos.Read(command, in, &r) {
		tb.Fatalf("no reader for %q", command)
	}
	return r, in
}

const (
	pathsText = `BGP routing table information for VRF default
Router identifier 10.255.0.1, local AS number 65001
Route status codes: s - suppressed, * - valid, > - active, # - not installed, E - ECMP head, e - ECMP
                    S - Stale, c - Contributing to ECMP, b - backup, L - labeled-unicast
Origin codes: i - IGP, e - EGP, ? - incomplete
AS Path Attributes: Or-ID - Originator ID, C-LST - Cluster List, LL Nexthop - Link Local Nexthop

         Network                Next Hop              Metric  LocPref Weight  Path
 * >Ec   10.1.0.0/16            169.254.21.2          -       200     0       65515 i
 *  ec   10.1.0.0/16            169.254.22.2          5       200     0       65515 ?
 * >     10.2.0.0/16            -                     -       -       0       i
`
	pathsJSON = `{
  "vrfs": {
    "default": {
      "vrf": "default", "routerId": "10.255.0.1", "asn": "65001",
      "bgpRouteEntries": {
        "10.1.0.0/16": {
          "address": "10.1.0.0", "maskLength": 16, "totalPaths": 2,
          "bgpRoutePaths": [
            {"nextHop": "169.254.21.2", "asPathEntry": {"asPath": "65515 i", "asPathType": "External"}, "localPreference": 200, "weight": 0,
             "reasonNotBestpath": "noReason", "routeType": {"active": true, "valid": true, "ecmp": true, "ecmpHead": true, "ecmpContributor": true}},
            {"nextHop": "169.254.22.2", "asPathEntry": {"asPath": "65515 ?", "asPathType": "External"}, "med": 5, "localPreference": 200, "weight": 0,
             "reasonNotBestpath": "ecmpFast", "routeType": {"active": false, "valid": true, "ecmp": true, "ecmpHead": false, "ecmpContributor": true}}
          ]
        },
        "10.2.0.0/16": {"bgpRoutePaths": [{"nextHop": "", "asPathEntry": {"asPath": "i", "asPathType": "Local"}, "weight": 0, "routeType": {"active": true, "valid": true}}]}
      }
    }
  }
}
`
	sentJSON = `{"vrfs": {"er": {"routerId": "10.255.0.1", "asn": 65001, "bgpRouteEntries": {
"10.3.0.0/16": {"totalPaths": 1, "bgpRoutePaths": [
{"nextHop": "10.0.0.1", "asPathEntry": {"asPath": "65001", "asPathType": "Internal"}, "routeType": {"active": true, "valid": true}, "routeDetail": {"origin": "Egp"}}
]}}}}}
`
	routesJSON = `{
  "vrfs": {
    "default": {
      "routingDisabled": false,
      "routes": {
        "10.1.0.0/16": {"routeType": "eBGP", "preference": 20, "metric": 0, "routeAction": "forward", "hardwareProgrammed": true, "kernelProgrammed": true,
          "vias": [{"nexthopAddr": "169.254.21.2", "interface": "Tunnel1"}, {"nexthopAddr": "169.254.22.2", "interface": "Tunnel2"}]},
        "10.0.0.0/30": {"routeType": "connected", "directlyConnected": true, "routeAction": "forward", "vias": [{"interface": "Ethernet1"}]},
        "10.9.0.0/16": {"routeType": "bgpAggregate", "preference": 200, "metric": 0, "routeAction": "drop", "vias": []},
        "10.8.0.0/16": {"routeType": "ospfExternalType2", "preference": 110, "metric": 20, "hardwareProgrammed": false, "routeAction": "forward",
          "vias": [{"nexthopAddr": "10.0.0.2", "interface": "Ethernet1"}]}
      }
    }
  }
}
`
	summaryJSON = `{"vrfs": {"er": {"vrf": "er", "routerId": "10.255.0.1", "asn": "65001", "peers": {
"192.168.100.2": {"peerState": "Established", "asn": "12076", "prefixReceived": 3, "prefixAccepted": 2},
"192.168.100.6": {"peerState": "Idle", "peerStateIdleReason": "NoIf", "asn": "65000.10", "prefixReceived": 0}
}}}}
`
	neighborsJSON = `{"vrfs": {"er": {"peerList": [
{"peerAddress": "192.168.100.2", "asn": "12076", "state": "Established", "establishedTime": 3600, "prefixesReceived": 3, "updateSource": "192.168.100.1",
 "routeMapInbound": "FROM-MSEE", "routeMapOutbound": "TO-MSEE", "maxTotalRoutes": 12000, "bgpSoftReconfigInbound": "All"},
{"peerAddress": "fe80::1%Et2", "asn": "65002", "state": "Active", "prefixesReceived": 0, "bgpSoftReconfigInbound": "Default"}
]}}}
`
	portsJSON = `{"interfaces": {
"Ethernet1": {"name": "Ethernet1", "vrf": "er", "lineProtocolStatus": "up", "interfaceStatus": "connected",
 "interfaceAddress": {"primaryIp": {"address": "10.0.0.1", "maskLen": 30}, "secondaryIpsOrderedList": [{"address": "10.0.1.1", "maskLen": 24}]}},
"Ethernet2": {"name": "Ethernet2", "lineProtocolStatus": "down", "interfaceAddress": [{"primaryIp": {"address": "0.0.0.0", "maskLen": 0}}]}
}}
`
)

func TestPathsOfTextAndJSONAreTheSame(t *testing.T) {
	text, _ := readTable(t, "show ip bgp vrf all", pathsText)
	r, in := readTable(t, "show ip bgp vrf all | json", pathsJSON)
	diff := cmp.Diff(text.BGP, r.BGP, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.IgnoreFields(snapshot.Path{}, "Line", "LastLine"))
	if diff != "" || !r.BGP.Whole() {
		t.Errorf("unread %v (-text +JSON):\n%s", in.Unread(), diff)
	}
	var at [][2]int
	for _, p := range r.BGP.Paths {
		at = append(at, [2]int{p.Line, p.LastLine})
	}
	if diff := cmp.Diff([][2]int{{9, 10}, {11, 12}, {15, 15}}, at); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestWhatANeighbourWasSentIsReadFromJSON(t *testing.T) {
	r, _ := readTable(t, "show ip bgp neighbors 10.0.0.9 advertised-routes vrf er | json", sentJSON)
	if len(r.AdjRIBs) != 1 || r.AdjRIBs[0].VRF != "er" || !r.AdjRIBs[0].Whole() {
		t.Fatalf("%+v", r.AdjRIBs)
	}
	if p := r.AdjRIBs[0].Paths; len(p) != 1 || p[0].Origin != "e" || p[0].ASPath != "65001" || !p[0].Internal {
		t.Errorf("%+v", p)
	}
}

func TestRoutesAreReadFromJSON(t *testing.T) {
	r, _ := readTable(t, "show ip route vrf all | json", routesJSON)
	if !r.RIB.Whole() || len(r.RIB.Routes) != 4 {
		t.Fatalf("%+v", r.RIB)
	}
	bgp, own, drop, ospf := r.RIB.Routes[0], r.RIB.Routes[1], r.RIB.Routes[2], r.RIB.Routes[3]
	if bgp.Protocol != snapshot.BGPProto || *bgp.Distance != 20 || !bgp.Installed || len(bgp.NextHops) != 2 || own.Distance != nil || own.NextHops[0].Interface != "Ethernet1" {
		t.Errorf("%+v %+v", bgp, own)
	}
	if !drop.NextHops[0].Blackhole || ospf.Installed || ospf.Protocol != snapshot.OSPF || !ospf.Selected {
		t.Errorf("%+v %+v", drop, ospf)
	}
}

func TestNeighboursAreReadFromJSON(t *testing.T) {
	r, _ := readTable(t, "show ip bgp summary vrf all | json", summaryJSON)
	if p := r.Sessions.Peers; !r.Sessions.Whole() || len(p) != 2 || p[0].VRF != "er" || *p[0].Received != 3 || p[1].State != "Idle(NoIf)" || p[1].AS != 65000<<16|10 || p[1].Received != nil {
		t.Errorf("%+v", r.Sessions)
	}
	r, _ = readTable(t, "show ip bgp neighbors vrf all | json", neighborsJSON)
	p := r.Sessions.Peers
	if !r.Sessions.Whole() || len(p) != 2 {
		t.Fatalf("%+v", r.Sessions)
	}
	if a := p[0]; a.PolicyIn != "FROM-MSEE" || a.PolicyOut != "TO-MSEE" || *a.MaxPrefix != 12000 || !*a.SoftReconfig || a.Since != time.Hour || a.Local.String() != "192.168.100.1" {
		t.Errorf("%+v", a)
	}
	if b := p[1]; b.Addr.String() != "fe80::1" || b.Interface != "Et2" || b.SoftReconfig != nil || b.Received != nil {
		t.Errorf("%+v", b)
	}
}

func TestInterfacesAreReadFromJSON(t *testing.T) {
	for _, command := range []string{"show ip interface | json", "show interfaces | json"} {
		r, _ := readTable(t, command, portsJSON)
		if i := r.Ports.Interfaces; !r.Ports.Whole() || len(i) != 2 || !i[0].Up || len(i[0].Addrs) != 2 || i[0].VRF != "er" || i[1].Up || len(i[1].Addrs) != 0 {
			t.Errorf("%s: %+v", command, r.Ports)
		}
	}
}

func TestWhatIsNoTableIsSaid(t *testing.T) {
	for text, want := range map[string]snapshot.Status{
		"":                                       snapshot.Partial,
		`{"vrfs": {}}`:                           snapshot.Empty,
		`{"errors": ["BGP inactive"]}`:           snapshot.Empty,
		`{"errors": ["something is wrong"]}`:     snapshot.Error,
		"% Invalid input (at token 2: 'bgpp')\n": snapshot.Error,
		pathsJSON[:len(pathsJSON)/2]:             snapshot.Partial,
		pathsJSON + pathsJSON:                    snapshot.Partial,
		strings.Replace(pathsJSON, `"totalPaths": 2`, `"totalPaths": 3`, 1):      snapshot.Partial,
		strings.Replace(pathsJSON, `"169.254.22.2"`, `"169.254.22"`, 1):          snapshot.Partial,
		strings.Replace(pathsJSON, `"med": 5`, `"med": "five"`, 1):               snapshot.Partial,
		strings.Replace(pathsJSON, `"weight": 0`, `"weight": 0, "weight": 0`, 1): snapshot.Partial,
	} {
		if r, _ := readTable(t, "show ip bgp vrf all | json", text); r.BGP.Status != want {
			t.Errorf("%.60q has status %q (%s), want %q", text, r.BGP.Status, r.BGP.Detail, want)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for command, text := range map[string]string{
		"show ip bgp vrf all | json": pathsJSON, "show ip bgp neighbors 10.0.0.9 routes | json": sentJSON, "show ip route | json": routesJSON,
		"show ip bgp summary | json": summaryJSON, "show ip bgp neighbors | json": neighborsJSON, "show ip interface | json": portsJSON,
	} {
		f.Add(command, text)
	}
	files, _ := filepath.Glob("../../../../shared/data/routers/lab-validation/arista_eos/*_json/*/raw.json")
	for i, name := range files {
		if text, err := os.ReadFile(name); err == nil && len(text) < 8000 && i%8 == 0 {
			f.Add("show ip bgp vrf all | json", string(text))
		}
	}
	f.Fuzz(func(t *testing.T, command, text string) {
		if !strings.Contains(command, "json") {
			return
		}
		var first, second snapshot.Router
		in := lines.New(strings.NewReader(text))
		if !eos.Read(command, in, &first) {
			return
		}
		eos.Read(command, lines.New(strings.NewReader(text)), &second)
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
