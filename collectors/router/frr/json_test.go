package frr_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func read(tb testing.TB, command, text string) (snapshot.Router, *lines.Reader) {
	tb.Helper()
	var r snapshot.Router
	in := lines.New(strings.NewReader(text))
	if !frr.Read(command, in, &r) {
		tb.Fatalf("no reader for %q", command)
	}
	return r, in
}

const (
	pathsJSON = `R1# show bgp vrf all ipv4 unicast json
{
"default":{
 "vrfId": 0,
 "vrfName": "default",
 "tableVersion": 5,
 "routerId": "10.255.0.1",
 "defaultLocPrf": 100,
 "localAS": 65001,
 "routes": {
  "10.1.0.0/16": [
   {
    "valid":true, "bestpath":true, "multipath":true, "pathFrom":"external", "network":"10.1.0.0/16", "locPrf":200, "weight":0,
    "peerId":"169.254.21.2", "path":"65515", "origin":"IGP",
    "nexthops":[{"ip":"169.254.21.2","afi":"ipv4","used":true}]
   },
   {
    "valid":true, "multipath":true, "pathFrom":"internal", "network":"10.1.0.0/16", "metric":7, "weight":0,
    "peerId":"10.255.0.2", "path":"", "origin":"incomplete",
    "nexthops":[{"ip":"2001:db8::2","afi":"ipv6","scope":"global"},{"ip":"fe80::2","afi":"ipv6","scope":"link-local","interface":"swp1","used":true}]
   }
  ]
 },
 "totalRoutes": 1,
 "totalPaths": 2
}
,
"er":{
 "vrfName": "er",
 "routes": {
  "172.16.0.0": [{"stale":true,"pathFrom":"external","prefix":"172.16.0.0","prefixLen":16,"med":0,"weight":32768,"aspath":"12076","origin":"EGP","nexthops":[{"ip":"192.168.100.2"}]}]
 }
}
}
R1#
`
	detailJSON = `{"vrfName":"default","routes":{"10.1.0.0/16":{"prefix":"10.1.0.0/16","advertisedTo":{"10.0.0.1":{"hostname":"R2"}},"paths":[
{"aspath":{"string":"65515","segments":[],"length":1},"origin":"IGP","metric":5,"weight":0,"valid":true,"bestpath":{"overall":true},"nexthops":[{"ip":"10.0.0.1","used":true}],"peer":{"type":"external"}},
{"aspath":{"string":"Local","segments":[],"length":0},"origin":"IGP","locPrf":100,"valid":true,"nexthops":[{"ip":"10.0.0.2","used":true}],"peer":{"type":"internal"}}
]}}}
`
	sentJSON = `{
  "bgpLocalRouterId":"10.255.0.1",
  "bgpStatusCodes":{"valid":"*","best":">"},
  "advertisedRoutes":{
    "10.2.0.0/16":{
      "addrPrefix":"10.2.0.0", "prefixLen":16, "network":"10.2.0.0/16", "nextHop":"0.0.0.0", "metric":0, "weight":32768, "path":"", "bgpOriginCode":"i",
      "appliedStatusSymbols":{"*":true,">":true}
    }
  },
  "totalPrefixCounter":1, "filteredPrefixCounter":0
}
`
	routesJSON = `{
  "10.1.0.0/16":[
    {"prefix":"10.1.0.0/16","protocol":"bgp","vrfName":"default","selected":true,"destSelected":true,"distance":20,"metric":0,"installed":true,
     "internalNextHopNum":2,
     "nexthops":[{"fib":true,"ip":"169.254.21.2","interfaceName":"vti0","active":true},{"fib":true,"ip":"10.9.0.1","vrf":"er","interfaceName":"eth1","active":true}]}
  ],
  "10.250.0.0\/16":[{"prefix":"10.250.0.0\/16","protocol":"static","distance":1,"metric":0,"selected":true,"nexthops":[{"fib":true,"unreachable":true,"blackhole":true,"active":true}]}],
  "192.0.2.0/24":[{"prefix":"192.0.2.0/24","protocol":"ospf","distance":110,"metric":10,"queued":true,"selected":true,"nexthops":[{"ip":"10.9.0.5","interfaceName":"eth1","active":true}]}]
}
`
	summaryJSON = `{
"ipv4Unicast":{
  "routerId":"10.255.0.1", "as":65001, "vrfName":"er", "peerCount":2,
  "peers":{
    "169.254.21.2":{"remoteAs":65515,"peerUptimeMsec":9000,"pfxRcd":4,"state":"Established","peerState":"OK","idType":"ipv4"},
    "swp1":{"remoteAs":"65000.10","peerUptimeMsec":0,"pfxRcd":0,"state":"Idle","peerState":"Admin","idType":"interface"}
  },
  "failedPeers":1, "totalPeers":2
}
}
`
	neighborsJSON = `{
"er":{
  "vrfId":5, "vrfName":"er",
  "169.254.21.2":{
    "remoteAs":65515, "localAs":65001, "bgpState":"Established", "bgpTimerUpMsec":9000,
    "neighborCapabilities":{"4byteAs":"advertisedAndReceived"},
    "addressFamilyInfo":{
      "ipv4Unicast":{"inboundSoftConfigPermit":true,"routeMapForIncomingAdvertisements":"*FROM-AZURE","acceptedPrefixCounter":4,"prefixAllowedMax":100},
      "ipv6Unicast":{"acceptedPrefixCounter":0}
    },
    "hostLocal":"169.254.21.1", "updateSource":"vti0", "authenticationEnabled":1
  },
  "swp1":{"bgpNeighborAddr":"none","remoteAs":0,"bgpState":"Idle","hostLocal":"Unknown"}
}
}
`
	portsJSON = `{"eth0":{"status":"up","vrfName":"default","addresses":["10.0.0.1/24","2001:db8::1/64"]},"eth1":{"status":"down","vrfName":"er"}}
`
)

// samples are commands with what they print and how many rows that has.
func samples() map[string]string {
	return map[string]string{
		"show bgp vrf all ipv4 unicast json":                    pathsJSON,
		"show bgp ipv4 unicast detail json":                     detailJSON,
		"show ip bgp neighbors 10.0.0.9 advertised-routes json": sentJSON,
		"show ip route json":                                    routesJSON,
		"show bgp vrf all summary json":                         summaryJSON,
		"vtysh -c 'show ip bgp vrf all neighbors json'":         neighborsJSON,
		"show interface brief json":                             portsJSON,
	}
}

func TestPathsAreReadFromJSON(t *testing.T) {
	zero, med, pref, low, own := new(uint32(0)), new(uint32(7)), new(uint32(200)), new(uint32(0)), new(uint32(32768))
	net := netip.MustParsePrefix
	r, in := read(t, "show bgp vrf all ipv4 unicast json", pathsJSON)
	want := snapshot.BGP{Read: snapshot.Read{Status: snapshot.OK}, RouterID: netip.MustParseAddr("10.255.0.1"), LocalAS: 65001, Paths: []snapshot.Path{
		{VRF: "default", Prefix: net("10.1.0.0/16"), NextHop: "169.254.21.2", Valid: true, Best: true, LocalPref: pref, Weight: low, ASPath: "65515", Origin: "i", Line: 12, LastLine: 16},
		{VRF: "default", Prefix: net("10.1.0.0/16"), NextHop: "swp1", Valid: true, Multipath: true, Internal: true, Metric: med, Weight: low, Origin: "?", Line: 17, LastLine: 21},
		{VRF: "er", Prefix: net("172.16.0.0/16"), NextHop: "192.168.100.2", Stale: true, Metric: zero, Weight: own, ASPath: "12076", Origin: "e", Line: 31, LastLine: 31},
	}}
	if diff := cmp.Diff(want, r.BGP, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" || in.Missed() > 0 {
		t.Errorf("unread %v (-want +got):\n%s", in.Unread(), diff)
	}
}

func TestDetailAndWhatANeighbourWasSentAreReadFromJSON(t *testing.T) {
	r, _ := read(t, "show bgp ipv4 unicast detail json", detailJSON)
	p := r.BGP.Paths
	if !r.BGP.Whole() || len(p) != 2 || !p[0].Best || p[0].ASPath != "65515" || p[0].Line != 2 || p[1].ASPath != "" || !p[1].Internal || p[1].Line != 3 {
		t.Errorf("%+v", r.BGP)
	}
	r, _ = read(t, "show ip bgp neighbors 10.0.0.9 advertised-routes json", sentJSON)
	if len(r.AdjRIBs) != 1 || !r.AdjRIBs[0].Whole() || r.AdjRIBs[0].Direction != snapshot.Advertised || r.AdjRIBs[0].Neighbor.String() != "10.0.0.9" {
		t.Fatalf("%+v", r.AdjRIBs)
	}
	if p := r.AdjRIBs[0].Paths; len(p) != 1 || !p[0].Best || !p[0].Valid || p[0].Origin != "i" || p[0].NextHop != "0.0.0.0" {
		t.Errorf("%+v", p)
	}
}

func TestRoutesAreReadFromJSON(t *testing.T) {
	r, _ := read(t, "show ip route json", routesJSON)
	if !r.RIB.Whole() || len(r.RIB.Routes) != 3 {
		t.Fatalf("%+v", r.RIB)
	}
	bgp, drop, queued := r.RIB.Routes[0], r.RIB.Routes[1], r.RIB.Routes[2]
	if !bgp.Installed || *bgp.Distance != 20 || len(bgp.NextHops) != 2 || bgp.NextHops[1].VRF != "er" || bgp.NextHops[0].Inactive {
		t.Errorf("%+v", bgp)
	}
	if !drop.NextHops[0].Blackhole || drop.Prefix.String() != "10.250.0.0/16" || queued.Installed || !queued.Selected {
		t.Errorf("%+v %+v", drop, queued)
	}
}

// Old releases print a document for each VRF and do not say which is whose.
func TestTablesOfVRFsWithoutNamesAreNotTheGlobalOne(t *testing.T) {
	one := `{"10.0.0.0/8":[{"prefix":"10.0.0.0/8","protocol":"static","selected":true,"nexthops":[{"fib":true,"ip":"192.0.2.1","active":true}]}]}` + "\n"
	r, _ := read(t, "show ip route vrf all json", one+one)
	if r.RIB.Status != snapshot.Partial || len(r.RIB.Routes) != 2 || r.RIB.Routes[0].VRF != "unnamed 1" || r.RIB.Routes[1].VRF != "unnamed 2" {
		t.Errorf("%+v", r.RIB)
	}
	if r, _ = read(t, "show ip route vrf all json", one); !r.RIB.Whole() || r.RIB.Routes[0].VRF != "default" {
		t.Errorf("%+v", r.RIB)
	}
}

func TestNeighboursAreReadFromJSON(t *testing.T) {
	r, _ := read(t, "show bgp vrf all summary json", summaryJSON)
	if p := r.Sessions.Peers; !r.Sessions.Whole() || len(p) != 2 || p[0].VRF != "er" || *p[0].Received != 4 || p[0].Since.Seconds() != 9 ||
		p[1].Interface != "swp1" || p[1].State != "Idle (Admin)" || p[1].AS != 65000<<16|10 || p[1].Received != nil || r.BGP.LocalAS != 65001 {
		t.Errorf("%+v", r.Sessions)
	}
	r, in := read(t, "vtysh -c 'show ip bgp vrf all neighbors json'", neighborsJSON)
	p := r.Sessions.Peers
	if !r.Sessions.Whole() || len(p) != 3 {
		t.Fatalf("%+v %v", r.Sessions, in.Unread())
	}
	if a := p[0]; a.VRF != "er" || a.Family != "ipv4 unicast" || a.PolicyIn != "FROM-AZURE" || !*a.SoftReconfig || *a.MaxPrefix != 100 || !*a.Authenticated ||
		a.UpdateSource != "vti0" || a.Local.String() != "169.254.21.1" || *a.Received != 4 {
		t.Errorf("%+v", a)
	}
	if p[1].Family != "ipv6 unicast" || p[1].PolicyIn != "" || p[2].Interface != "swp1" || p[2].State != "Idle" || p[2].Addr.IsValid() {
		t.Errorf("%+v %+v", p[1], p[2])
	}
}

func TestInterfacesAreReadFromJSON(t *testing.T) {
	r, _ := read(t, "show interface brief json", portsJSON)
	if i := r.Ports.Interfaces; !r.Ports.Whole() || len(i) != 2 || !i[0].Up || len(i[0].Addrs) != 2 || i[1].Up || i[1].VRF != "er" {
		t.Errorf("%+v", r.Ports)
	}
}

func TestWhatIsNoTableIsSaid(t *testing.T) {
	for text, want := range map[string]snapshot.Status{
		"":                                   snapshot.Partial,
		"{}\n":                               snapshot.Empty,
		"bgpd is not running\n":              snapshot.Empty,
		`{"warning":"View/Vrf is unknown"}`:  snapshot.Empty,
		"% Unknown command: show\n":          snapshot.Error,
		`{"routes":{"10.0.0.0/8":[{"valid":`: snapshot.Partial,
		`{"routes":{"10.0.0.0/8":[{"valid":true}]}}`:                       snapshot.Partial,
		`{"vrfName":"default","routes":{},"totalRoutes":2,"totalPaths":2}`: snapshot.Partial,
	} {
		if r, _ := read(t, "show ip bgp json", text); r.BGP.Status != want {
			t.Errorf("%q has status %q (%s), want %q", text, r.BGP.Status, r.BGP.Detail, want)
		}
	}
}

func TestReceivedRoutesThatAreNotKeptAreMissing(t *testing.T) {
	const received, none = "show bgp ipv4 unicast neighbors 192.0.2.1 received-routes json", `{"warning":"Inbound soft reconfiguration not enabled"}`
	for _, c := range []struct {
		command, text string
		want          snapshot.Status
	}{
		{received, none, snapshot.Missing},
		{received, none + "\nwhat is this\n", snapshot.Error},
		{strings.Replace(received, "received", "advertised", 1), none, snapshot.Error},
	} {
		r, _ := read(t, c.command, c.text)
		if got := r.AdjRIBs[0]; got.Status != c.want || got.Detail == "" {
			t.Errorf("%s: %q has status %q (%s), want %q", c.command, c.text, got.Status, got.Detail, c.want)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for command, text := range samples() {
		f.Add(command, text)
	}
	files, _ := filepath.Glob("../../../../shared/data/routers/*/frr*/*json*/*/raw.json")
	for i, name := range files {
		if text, err := os.ReadFile(name); err == nil && len(text) < 8000 && i%8 == 0 {
			f.Add("show ip route vrf all json", string(text))
			f.Add("show ip bgp vrf all json", string(text))
		}
	}
	f.Fuzz(func(t *testing.T, command, text string) {
		if !strings.Contains(command, "json") {
			return
		}
		var first, second snapshot.Router
		in := lines.New(strings.NewReader(text))
		if !frr.Read(command, in, &first) {
			return
		}
		frr.Read(command, lines.New(strings.NewReader(text)), &second)
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
