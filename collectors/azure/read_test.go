package azure_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func readFiles(t *testing.T, files map[string]string) snapshot.Snapshot {
	t.Helper()
	fsys := make(fstest.MapFS)
	for p, body := range files {
		fsys["azure/s/"+p] = &fstest.MapFile{Data: []byte(body)}
	}
	d, err := evidence.Open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return read(d)
}

const (
	aGateway = `{"id":"/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/virtualNetworkGateways/Gw","name":"Gw","properties":{"gatewayType":"vpn"}}`
	aCircuit = `{"id":"/C","name":"C","properties":{"peerings":[{"name":"x","properties":{"peeringType":"azureprivatepeering"}}]}}`
)

func TestTheGuidelineReads(t *testing.T) {
	d, err := evidence.Open(fixtures(t))
	if err != nil {
		t.Fatal(err)
	}
	s := read(d)
	a := s.Azure
	if got, want := []int{len(a.VNets), len(a.Gateways), len(a.Connections), len(a.LocalSites), len(a.Circuits), len(a.RouteTables), len(a.Firewalls), len(s.Unread)},
		[]int{2, 2, 3, 2, 1, 2, 1, 0}; !cmp.Equal(got, want) {
		t.Fatalf("counts %v, want %v; unread %+v", got, want, s.Unread)
	}
	id := strings.ToLower("/subscriptions/" + sub + "/resourceGroups/rg-demo/providers/Microsoft.Network/")
	vpn := a.Gateways[1]
	item := root + "virtualNetworkGateways/rg-demo/vpngw.json"
	routes := root + "virtualNetworkGateways/rg-demo/vpngw.getLearnedRoutes.json"
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	for name, tc := range map[string]struct{ got, want any }{
		"gateway": {
			[]any{vpn.ID, vpn.Type, vpn.SKU, vpn.ASN, vpn.ActiveActive, vpn.PrivateIP, vpn.Subnet, vpn.Ref},
			[]any{id + "virtualnetworkgateways/vpngw", snapshot.VPN, "VpnGw2AZ", uint32(65515), true, true, id + "virtualnetworks/vnet-hub/subnets/gatewaysubnet", snapshot.Ref{Item: item, Line: 1}},
		},
		"instance": {vpn.Instances[1], snapshot.Instance{
			Ref: snapshot.Ref{Item: item, Line: 78}, Config: id + "virtualnetworkgateways/vpngw/ipconfigurations/vnetgatewayconfig2",
			Default: []netip.Addr{addr("10.64.0.5")}, Custom: []netip.Addr{addr("169.254.22.2")}, Tunnel: []netip.Addr{addr("20.50.1.11"), addr("10.64.0.5")},
			PublicIP: id + "publicipaddresses/pip02_vpngateway",
		}},
		"learned": {vpn.Learned.Read, snapshot.Read{Item: routes, Status: snapshot.OK}},
		"learned route": {vpn.Learned.Routes[3], snapshot.LearnedRoute{
			Ref: snapshot.Ref{Item: routes, Line: 30}, Local: addr("10.64.0.4"), Prefix: prefix("10.10.0.0/16"), NextHop: addr("169.254.21.1"),
			Peer: addr("169.254.21.1"), Origin: "EBgp", ASPath: "65501", Weight: 32768,
		}},
		"AS path of the ExpressRoute gateway": {a.Gateways[0].Learned.Routes[2].ASPath, "12076 65501"},
		"peers":                               {len(vpn.Peers.Peers), 4},
		"subnet": {a.VNets[1].Subnets[0], snapshot.Subnet{
			Ref: snapshot.Ref{Item: root + "virtualNetworks/rg-demo/vnet-spoke.json", Line: 16},
			ID:  id + "virtualnetworks/vnet-spoke/subnets/workload", Name: "workload", Prefixes: []netip.Prefix{prefix("172.16.1.0/24")}, RouteTable: id + "routetables/rt-spoke",
			Configs: []string{id + "networkinterfaces/nic-vm1/ipconfigurations/ipconfig1"}, EndpointPolicies: "Disabled",
		}},
		"peering": {a.VNets[0].Peerings[0].RemotePrefixes, []netip.Prefix{prefix("172.16.0.0/16")}},
		"connection": {
			[]any{a.Connections[0].Type, a.Connections[0].UsePrivate, a.Connections[0].Status, a.Connections[0].LocalSite, len(a.Connections[0].Tunnels), a.Connections[0].Policies[0].IPsecEncryption, a.Connections[0].Read.Status, *a.Connections[0].TunnelBytes},
			[]any{"IPsec", true, "Connected", id + "localnetworkgateways/datacenter_router01", 2, "GCMAES256", snapshot.OK, snapshot.Bytes{Ingress: 482113664, Egress: 391847936}},
		},
		"connection to the circuit": {[]any{a.Connections[2].Circuit, a.Connections[2].Status}, []any{id + "expressroutecircuits/er-circuit", ""}},
		"local site":                {[]any{a.LocalSites[1].Endpoint, a.LocalSites[1].Peer, a.LocalSites[1].ASN}, []any{addr("10.20.10.1"), addr("169.254.22.1"), uint32(65501)}},
		"circuit":                   {[]any{a.Circuits[0].Peering.Primary, a.Circuits[0].Peering.PeerASN, a.Circuits[0].Provider}, []any{prefix("192.168.100.0/30"), uint32(65501), "Equinix"}},
		"edge route":                {[]any{a.Circuits[0].Peering.Tables[1].Routes[4].NextHop, a.Circuits[0].Peering.Tables[1].Routes[4].Best, *a.Circuits[0].Peering.Tables[1].Routes[4].LocalPref}, []any{addr("192.168.200.1"), true, uint32(100)}},
		"user route":                {[]any{a.RouteTables[1].DisablePropagation, a.RouteTables[1].Routes[0].Type, a.RouteTables[1].Routes[0].NextHop}, []any{true, "VirtualAppliance", addr("10.64.1.4")}},
		"firewall":                  {[]any{a.Firewalls[0].Addrs, a.Firewalls[0].Subnet}, []any{[]netip.Addr{addr("10.64.1.4")}, id + "virtualnetworks/vnet-hub/subnets/azurefirewallsubnet"}},
	} {
		if diff := cmp.Diff(tc.want, tc.got, cmpAddrs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Every row's line has to be that of its opening brace, on one line or many.
func TestARefIsTheLineOfTheRow(t *testing.T) {
	d, err := evidence.Open(fixtures(t))
	if err != nil {
		t.Fatal(err)
	}
	s := read(d)
	for _, g := range s.Azure.Gateways {
		lines := strings.Split(files(t, fixtures(t))[g.Learned.Item], "\n")
		for _, r := range g.Learned.Routes {
			if got := strings.TrimSpace(lines[r.Line-1]); got != "{" {
				t.Errorf("%s:%d is %q, want the brace of a row", r.Item, r.Line, got)
			}
			if !strings.Contains(strings.Join(lines[r.Line:r.Line+7], ""), r.Prefix.String()) {
				t.Errorf("%s:%d is not the row of %s", r.Item, r.Line, r.Prefix)
			}
		}
	}
	var one bytes.Buffer
	if err := json.Compact(&one, []byte(files(t, fixtures(t))[root+"virtualNetworkGateways/rg-demo/vpngw.getLearnedRoutes.json"])); err != nil {
		t.Fatal(err)
	}
	s = readFiles(t, map[string]string{"virtualNetworkGateways/g/Gw.json": aGateway, "virtualNetworkGateways/g/Gw.getLearnedRoutes.json": one.String()})
	for _, r := range s.Azure.Gateways[0].Learned.Routes {
		if r.Line != 1 {
			t.Errorf("line %d of a file of one line", r.Line)
		}
	}
}

func TestTablesSayHowTheyWereRead(t *testing.T) {
	for name, tc := range map[string]struct {
		body   string
		status snapshot.Status
		rows   int
		unread []snapshot.Unread // without item
	}{
		"nothing":             {"", snapshot.Empty, 0, nil},
		"null":                {"null\n", snapshot.Empty, 0, nil},
		"no list":             {"{}", snapshot.Empty, 0, nil},
		"a null list":         {`{"value":null}`, snapshot.Empty, 0, nil},
		"an empty list":       {`{"value":[]}`, snapshot.Empty, 0, nil},
		"one row":             {`{"value":[{"network":"10.0.0.0/8"}]}`, snapshot.OK, 1, nil},
		"a bare list":         {`[{"network":"10.0.0.0/8"}]`, snapshot.OK, 1, nil},
		"unknown fields":      {`{"value":[{"network":"10.0.0.0/8","new":{"a":[1]},"origin":"Future"}]}`, snapshot.OK, 1, nil},
		"host bits":           {`{"value":[{"network":"10.1.2.3/8"}]}`, snapshot.OK, 1, nil},
		"IPv6":                {`{"value":[{"network":"fd00::/8","nextHop":"fe80::1"}]}`, snapshot.OK, 1, nil},
		"an error":            {`{"error":{"code":"AuthorizationFailed","message":"no"}}`, snapshot.Denied, 0, nil},
		"another error":       {`{"error":{"code":"Gone","message":"no"}}`, snapshot.Error, 0, nil},
		"a bad prefix":        {"{\"value\":[\n{\"network\":\"10.0.0.0/8\"},\n{\n\"network\":\"10.0.0.0/88\"}]}", snapshot.Partial, 1, []snapshot.Unread{{Line: 4, Text: "want an address prefix: 10.0.0.0/88"}}},
		"a bad next hop":      {`{"value":[{"network":"10.0.0.0/8","nextHop":"x"}]}`, snapshot.Partial, 0, []snapshot.Unread{{Line: 1, Text: "want an address: x"}}},
		"a number for a text": {`{"value":[{"network":10}]}`, snapshot.Partial, 0, []snapshot.Unread{{Line: 1, Text: "want an address prefix: 10"}}},
		"a text for a number": {`{"value":[{"network":"10.0.0.0/8","weight":"heavy"}]}`, snapshot.Partial, 0, []snapshot.Unread{{Line: 1, Text: "want a whole number: heavy"}}},
		"no network":          {`{"value":[{"origin":"Network"}]}`, snapshot.Partial, 0, []snapshot.Unread{{Line: 1, Text: "a route without a network: {origin}"}}},
		"a row of text":       {`{"value":["x"]}`, snapshot.Partial, 0, []snapshot.Unread{{Line: 1, Text: "want an object: x"}}},
		"a list of text":      {`{"value":"x"}`, snapshot.Partial, 0, []snapshot.Unread{{Line: 1, Text: "want a list: x"}}},
		"a text":              {`"x"`, snapshot.Partial, 0, []snapshot.Unread{{Line: 1, Text: "want a list: x"}}},
		"a next page":         {`{"value":[{"network":"10.0.0.0/8"}],"nextLink":"https://x"}`, snapshot.Partial, 1, []snapshot.Unread{{Line: 1, Text: "the answer goes on at another page, which is not here"}}},
		"a cut":               {"{\"value\":[{\"network\":\"10.0.0.0/8\"},\n{\"network\":\"11.", snapshot.Partial, 1, []snapshot.Unread{{Line: 1, Text: "the answer is not whole JSON: unexpected EOF"}}},
		"escape sequences":    {`{"value":[{"network":"\u001b[31m"}]}`, snapshot.Partial, 0, []snapshot.Unread{{Line: 1, Text: "want an address prefix: [31m"}}},
	} {
		t.Run(name, func(t *testing.T) {
			const file = "virtualNetworkGateways/g/Gw.getLearnedRoutes.json"
			s := readFiles(t, map[string]string{"virtualNetworkGateways/g/Gw.json": aGateway, file: tc.body})
			l := s.Azure.Gateways[0].Learned
			if l.Status != tc.status || len(l.Routes) != tc.rows || l.Item != "azure/s/"+file {
				t.Errorf("learned %+v with %d rows, want %q and %d", l.Read, len(l.Routes), tc.status, tc.rows)
			}
			for i := range s.Unread {
				if s.Unread[i].Item != "azure/s/"+file {
					t.Errorf("unread in %s", s.Unread[i].Item)
				}
				s.Unread[i].Item = ""
			}
			if diff := cmp.Diff(tc.unread, s.Unread); diff != "" {
				t.Errorf("unread (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnAnswerThatIsAbsentIsMissing(t *testing.T) {
	s := readFiles(t, map[string]string{"virtualNetworkGateways/g/Gw.json": aGateway, "expressRouteCircuits/g/C.json": aCircuit})
	g, c := s.Azure.Gateways[0], s.Azure.Circuits[0]
	for name, r := range map[string]snapshot.Read{
		"learned": g.Learned.Read, "peers": g.Peers.Read, "primary": c.Peering.Tables[0].Read, "secondary": c.Peering.Tables[1].Read,
	} {
		if r.Status != snapshot.Missing || r.Item != "" || r.Detail == "" {
			t.Errorf("%s = %+v, want missing with a detail and without an item", name, r)
		}
	}
	if len(s.Unread) > 0 {
		t.Errorf("unread: %+v", s.Unread)
	}
}

func TestBothSpellingsOfAPathAndAnOriginRead(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "65001": "65001", "12076-65001": "12076 65001", "12076 65001": "12076 65001", "12076--65001": "12076 65001",
		"46160 I\\n      ": "46160", "65001 65001 ?": "65001 65001", "i": "", "4259840001-65001": "4259840001 65001",
	} {
		s := readFiles(t, map[string]string{
			"virtualNetworkGateways/g/Gw.json":                  aGateway,
			"virtualNetworkGateways/g/Gw.getLearnedRoutes.json": `{"value":[{"network":"10.0.0.0/8","asPath":"` + in + `"}]}`,
			"expressRouteCircuits/g/C.json":                     aCircuit,
			"expressRouteCircuits/g/C.routeTables.primary.json": `{"value":[{"network":"10.0.0.0/8","nextHop":"10.0.0.1 *","locPrf":"","path":"` + in + `"},{"network":"10.0.0.0/8","nextHop":"10.0.0.1*","path":"` + in + `"}]}`,
		})
		if got := s.Azure.Gateways[0].Learned.Routes[0].ASPath; got != want {
			t.Errorf("gateway: %q reads %q, want %q", in, got, want)
		}
		r := s.Azure.Circuits[0].Peering.Tables[0].Routes
		if len(r) != 2 || r[1].ASPath != want || !r[0].Best || !r[1].Best || r[0].LocalPref != nil {
			t.Errorf("edge router: %q reads %+v, want %q", in, r, want)
		}
	}
}

func TestWhatIsNotUnderstoodIsKeptAsUnread(t *testing.T) {
	for name, tc := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a type that is not read":      {map[string]string{"trafficManagers/g/lb.json": `{"id":"/x"}`}, "resources of the type trafficManagers are not read"},
		"an answer without a resource": {map[string]string{"virtualNetworkGateways/g/Gw.getLearnedRoutes.json": `{"value":[]}`}, "no resource that this answer belongs to"},
		"an answer to a broken one":    {map[string]string{"virtualNetworkGateways/g/Gw.json": `[]`, "virtualNetworkGateways/g/Gw.getLearnedRoutes.json": `{"value":[]}`}, "could not be read"},
		"a list in one file":           {map[string]string{"virtualNetworks.json": `{"value":[{"id":"/v"}]}`}, "a list of resources is not read"},
		"a list as a resource":         {map[string]string{"virtualNetworks/g/all.json": `{"value":[]}`}, "no resource: {value}"},
		"a cut resource":               {map[string]string{"virtualNetworks/g/v.json": `{"id":"/v","properties":{"addressSpace":`}, "not whole JSON"},
		"a resource that is a number":  {map[string]string{"routeTables/g/v.json": `7`}, "no JSON object: 7"},
		"a resource of nothing":        {map[string]string{"routeTables/g/v.json": ` `}, ""},
		"a resource and more":          {map[string]string{"routeTables/g/v.json": `{"id":"/v"} {}`}, "more after"},
		"deep nesting":                 {map[string]string{"routeTables/g/v.json": `{"id":"/v","x":` + strings.Repeat("[", 5000)}, "nested too deeply"},
		"a bad VNet prefix":            {map[string]string{"virtualNetworks/g/v.json": `{"id":"/v","properties":{"addressSpace":{"addressPrefixes":["10.0.0.0"]}}}`}, "want an address prefix: 10.0.0.0"},
		"a subnet without a prefix":    {map[string]string{"virtualNetworks/g/v.json": `{"id":"/v","properties":{"subnets":[{"name":"s"}]}}`}, "a subnet without an address prefix: s"},
		"a bad AS number":              {map[string]string{"localNetworkGateways/g/v.json": `{"id":"/v","properties":{"bgpSettings":{"asn":4294967296}}}`}, "want a number of 32 bits: 4294967296"},
		"a flag of text":               {map[string]string{"routeTables/g/v.json": `{"id":"/v","properties":{"disableBgpRoutePropagation":"yes"}}`}, "want true or false: yes"},
		"a route to a bad prefix":      {map[string]string{"routeTables/g/v.json": `{"id":"/v","properties":{"routes":[{"properties":{"addressPrefix":"10.0.0.0/x"}}]}}`}, "want an address prefix: 10.0.0.0/x"},
		"a route to nowhere":           {map[string]string{"routeTables/g/v.json": `{"id":"/v","properties":{"routes":[{}]}}`}, "without a destination"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.files["azureFirewalls/g/f.json"] = `{"id":"/F","properties":{}}`
			s := readFiles(t, tc.files)
			var got []string
			for _, u := range s.Unread {
				got = append(got, u.Text)
			}
			if tc.want == "" {
				tc.want = "(no unread)" // an item without content is empty by its status
				got = append(got, "(no unread)")
			}
			if !strings.Contains(strings.Join(got, "\n"), tc.want) {
				t.Errorf("unread %q, want %q", got, tc.want)
			}
			if len(s.Azure.Firewalls) != 1 || s.Azure.Firewalls[0].ID != "/f" {
				t.Errorf("the firewall beside it was not read: %+v", s.Azure.Firewalls)
			}
		})
	}
}

func TestServiceTagsAndUnknownWordsStay(t *testing.T) {
	s := readFiles(t, map[string]string{
		"RouteTables/g/rt.json": `{"id":"/RT","properties":{"routes":[{"name":"a","properties":{"addressPrefix":"AzureCloud.westeurope","nextHopType":"vnetlocal"}},{"name":"b","properties":{"addressPrefix":"10.0.0.0/8","nextHopType":"Warp"}}]}}`,
		"connections/g/c.json":  `{"id":"/C","name":"c","properties":{"connectionType":"IPSec","connectionStatus":"Sleeping"}}`,
	})
	r := s.Azure.RouteTables[0].Routes
	if r[0].Tag != "AzureCloud.westeurope" || r[0].Prefix.IsValid() || r[0].Type != "VnetLocal" || r[1].Type != "Warp" || len(s.Unread) > 0 {
		t.Errorf("routes %+v, unread %+v", r, s.Unread)
	}
	if c := s.Azure.Connections[0]; c.Type != "IPsec" || c.Status != "Sleeping" || c.TunnelBytes != nil {
		t.Errorf("connection %+v", c)
	}
}

func TestNamesWithDotsAndOutputOfTheCommandLineRead(t *testing.T) {
	s := readFiles(t, map[string]string{
		"virtualnetworkgateways/g/a.b.json":                  `{"id":"/A.B","gatewayType":"ExpressRoute","sku":{"name":"x"},"bgpSettings":{"asn":"65515"}}`,
		"virtualnetworkgateways/g/a.b.getlearnedroutes.json": `{"value":[{"network":"10.0.0.0/8"}]}`,
	})
	g := s.Azure.Gateways
	if len(g) != 1 || g[0].Type != snapshot.ExpressRoute || g[0].ASN != 65515 || len(g[0].Learned.Routes) != 1 || len(s.Unread) > 0 {
		t.Errorf("gateways %+v, unread %+v", g, s.Unread)
	}
}

func TestAPrivateAddressOfTheConfigurationIsATunnelAddress(t *testing.T) {
	s := readFiles(t, map[string]string{"virtualNetworkGateways/g/Gw.json": `{"id":"/Gw","properties":{"enablePrivateIpAddress":true,
		"ipConfigurations":[{"id":"/Gw/C1","properties":{"privateIPAddress":"10.0.0.4","subnet":{"id":"/S"}}},{"id":"/Gw/C2","properties":{"subnet":{"id":"/S"}}}],
		"bgpSettings":{"bgpPeeringAddresses":[{"ipconfigurationId":"/GW/c1","tunnelIpAddresses":["20.0.0.1"]}]}}}`})
	in := s.Azure.Gateways[0].Instances
	if len(in) != 2 || in[1].Config != "/gw/c2" ||
		!cmp.Equal(in[0].Tunnel, []netip.Addr{netip.MustParseAddr("20.0.0.1"), netip.MustParseAddr("10.0.0.4")}, cmpAddrs()) {
		t.Errorf("instances %+v", in)
	}
}

// recorded reads recorded payloads of one kind as the given file of a tree.
func recorded(t *testing.T, pattern string) map[string]string {
	t.Helper()
	base := filepath.Join("..", "..", "..", "shared", "data", "azure")
	if _, err := os.Stat(base); err != nil {
		t.Skip("the recorded Azure answers are not on this machine")
	}
	names, err := filepath.Glob(filepath.Join(base, pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("no recorded answers match %s: %v", pattern, err)
	}
	got := make(map[string]string)
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.Base(n)] = string(b)
	}
	return got
}

func TestRecordedRoutesRead(t *testing.T) {
	rows := func(body string) (n int) {
		var v struct{ Value []any }
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Fatal(err)
		}
		return len(v.Value)
	}
	for name, body := range recorded(t, "*/*learned-routes*.json") {
		if strings.HasPrefix(name, "route-server") {
			continue
		}
		s := readFiles(t, map[string]string{"virtualNetworkGateways/g/Gw.json": aGateway, "virtualNetworkGateways/g/Gw.getLearnedRoutes.json": body})
		if l := s.Azure.Gateways[0].Learned; l.Status != snapshot.OK || len(l.Routes) != rows(body) || len(s.Unread) > 0 {
			t.Errorf("%s: %+v, %d of %d rows, unread %+v", name, l.Read, len(l.Routes), rows(body), s.Unread)
		}
	}
	for name, body := range recorded(t, "*/*bgp-peer-status.json") {
		s := readFiles(t, map[string]string{"virtualNetworkGateways/g/Gw.json": aGateway, "virtualNetworkGateways/g/Gw.getBgpPeerStatus.json": body})
		if p := s.Azure.Gateways[0].Peers; p.Status != snapshot.OK || len(p.Peers) != rows(body) || len(s.Unread) > 0 {
			t.Errorf("%s: %+v, %d of %d rows, unread %+v", name, p.Read, len(p.Peers), rows(body), s.Unread)
		}
	}
	for name, body := range recorded(t, "*/msee-route-table*.json") {
		s := readFiles(t, map[string]string{"expressRouteCircuits/g/C.json": aCircuit, "expressRouteCircuits/g/C.routeTables.primary.json": body})
		if r := s.Azure.Circuits[0].Peering.Tables[0]; r.Status != snapshot.OK || len(r.Routes) != rows(body) || len(s.Unread) > 0 {
			t.Errorf("%s: %+v, %d of %d rows, unread %+v", name, r.Read, len(r.Routes), rows(body), s.Unread)
		}
	}
}

func TestRecordedResourcesRead(t *testing.T) {
	for pattern, typ := range map[string]string{
		"sdk-v9/VirtualNetworkGet*.json": "virtualNetworks", "sdk-v9/VirtualNetworkGatewayGet.json": "virtualNetworkGateways",
		"sdk-v9/VirtualNetworkScalableGatewayGet.json": "virtualNetworkGateways", "synthetic/vpngw.json": "virtualNetworkGateways",
		"sdk-v9/VirtualNetworkGatewayConnectionGet.json": "connections", "observed/expressroute-connection-get.json": "connections",
		"sdk-v9/LocalNetworkGatewayGet.json": "localNetworkGateways", "wire/localnetworkgateway-get.json": "localNetworkGateways",
		"sdk-v9/ExpressRouteCircuitGet.json": "expressRouteCircuits", "sdk-v9/RouteTableGet.json": "routeTables", "sdk-v9/AzureFirewallGet*.json": "azureFirewalls",
	} {
		for name, body := range recorded(t, pattern) {
			if strings.Contains(name, "DdosProtectionStatus") {
				continue // an action's answer
			}
			// the specification's examples have a word where an address goes
			s := readFiles(t, map[string]string{typ + "/g/x.json": strings.ReplaceAll(body, `"x.x.x.x"`, `"192.0.2.1"`)})
			a := s.Azure
			n := len(a.VNets) + len(a.Gateways) + len(a.Connections) + len(a.LocalSites) + len(a.Circuits) + len(a.RouteTables) + len(a.Firewalls)
			if n != 1 || len(s.Unread) > 0 {
				t.Errorf("%s: %d resources, unread %+v", name, n, s.Unread)
			}
		}
	}
}

// reads visits how the reading of each table and list went.
func reads(v reflect.Value, visit func(snapshot.Read)) {
	if r, ok := reflect.TypeAssert[snapshot.Read](v); ok {
		visit(r)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			reads(v.Elem(), visit)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			reads(v.Index(i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				reads(v.Field(i), visit)
			}
		}
	default:
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{aGateway, aCircuit, `{"value":[{"network":"10.0.0.0/8","nextHop":"1.1.1.1*"}]}`, `{"value":[{"a`, "null", "[[[["} {
		f.Add([]byte(seed), []byte(seed))
	}
	for _, body := range files(f, fixtures(f)) {
		f.Add([]byte(body), []byte(body))
	}
	f.Fuzz(func(t *testing.T, resource, answer []byte) {
		fsys := make(fstest.MapFS)
		for _, typ := range types() {
			fsys["azure/s/"+typ+"/g/x.json"] = &fstest.MapFile{Data: resource}
		}
		for _, name := range []string{
			"virtualNetworkGateways/g/x.getLearnedRoutes", "virtualNetworkGateways/g/x.getBgpPeerStatus", "virtualNetworkGateways/g/x.getAdvertisedRoutes.10.0.0.1",
			"virtualNetworkGateways/g/x.getEffectiveRoutes", "virtualNetworkGateways/g/x.natRules", "virtualNetworkGateways/g/x.natRules.2",
			"expressRouteCircuits/g/x.routeTables.primary", "expressRouteCircuits/g/x.routeTablesSummary.primary", "expressRouteCircuits/g/x.arpTables.secondary",
			"expressRoutePorts/g/x.links", "networkInterfaces/g/x.effectiveRouteTable", "virtualHubs/g/x.bgpConnections", "virtualHubs/g/x.hubRouteTables",
			"virtualHubs/g/x.learnedRoutes.nva", "virtualHubs/g/x.effectiveRoutes.defaultRouteTable", "virtualHubs/g/x.hubVirtualNetworkConnections",
			"virtualHubs/g/x.routingIntent", "virtualHubs/g/x.ipConfigurations", "vpnGateways/g/x.vpnConnections", "expressRouteGateways/g/x.expressRouteConnections",
		} {
			fsys["azure/s/"+name+".json"] = &fstest.MapFile{Data: answer}
		}
		d, err := evidence.Open(fsys)
		if err != nil {
			t.Fatal(err)
		}
		s := read(d)
		if again := read(d); !reflect.DeepEqual(s, again) {
			t.Errorf("read twice (-once +again):\n%s", cmp.Diff(s, again, cmpAddrs()))
		}
		whole := map[bool]bool{true: json.Valid(resource), false: json.Valid(answer)}
		reads(reflect.ValueOf(s.Azure), func(r snapshot.Read) {
			if own := strings.HasSuffix(r.Item, "/x.json"); r.Status == snapshot.OK && !whole[own] {
				t.Errorf("%s is not JSON and reads as whole", r.Item)
			}
		})
		for _, u := range s.Unread {
			if strings.ContainsFunc(u.Text, func(r rune) bool { return r < ' ' }) {
				t.Errorf("unread text has control characters: %q", u.Text)
			}
		}
	})
}
