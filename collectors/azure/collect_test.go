package azure_test

import (
	"maps"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// with is the fixtures with other files in their place; an empty one is taken
// away.
func with(t *testing.T, other map[string]string) fstest.MapFS {
	t.Helper()
	fsys := make(fstest.MapFS)
	for p, body := range files(t, fixtures(t)) {
		fsys[p] = &fstest.MapFile{Data: []byte(body)}
	}
	for p, body := range other {
		fsys[root+p] = &fstest.MapFile{Data: []byte(body)}
		if body == "" {
			delete(fsys, root+p)
		}
	}
	return fsys
}

func TestEveryCallHasARowInTheTableAndItsVersion(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{})
	d, _ := collect(t, options(a))
	names := make(map[string]bool)
	for _, act := range azure.Actions() {
		if names[strings.ToLower(act.Name)] || act.Why == "" || !regexp.MustCompile(`^Microsoft\.[A-Za-z]+(/[A-Za-z]+)+/(read|action)$`).MatchString(act.Name) {
			t.Errorf("action %+v: want a name once, and why", act)
		}
		if strings.Contains(strings.ToLower(act.Name), "key") {
			t.Errorf("action %s reads a secret", act.Name)
		}
		names[strings.ToLower(act.Name)] = true
	}
	// GET of a resource or list needs <types>/read; POST of an operation <types>/<operation>/action.
	for _, it := range d.Under("azure/") {
		method, where, _ := strings.Cut(it.What, " ")
		_, where, ok := strings.Cut(where, "/providers/")
		where, version, _ := strings.Cut(where, "?")
		if method == "POST" && strings.HasSuffix(it.Path, "/getEffectiveRoutes.json") && !strings.Contains(version, "2025-09-01") {
			t.Errorf("%s: version %s", it.Path, version)
		}
		if action := actionOf(method, strings.Split(where, "/")); ok && !names[strings.ToLower(action)] {
			t.Errorf("%s: %s needs the action %s, which the table does not have", it.Path, it.What, action)
		}
	}
}

// actionOf is ARM's rule for the action that a request needs.
func actionOf(method string, seg []string) string {
	if len(seg) == 1 {
		return "Microsoft.Resources/subscriptions/providers/read"
	}
	types := []string{seg[0], seg[1]}
	for i := 3; i < len(seg); i += 2 {
		types = append(types, seg[i])
	}
	if method == "POST" {
		return strings.Join(types, "/") + "/action"
	}
	return strings.Join(types, "/") + "/read"
}

func TestOneRunningMachineStandsForItsSubnet(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{})
	d, _ := collect(t, options(a))
	if _, asked := d.Item(root + "networkInterfaces/rg-demo/nic-nva.effectiveRouteTable.json"); asked {
		t.Error("the machine that does not run is in the evidence, although another one of its subnet answered")
	}
	s := read(d)
	var got []snapshot.EffectiveRoute
	for _, n := range s.Azure.NICs {
		if n.Effective.Status == snapshot.OK {
			got = append(got, n.Effective.Routes...)
		}
	}
	want := snapshot.EffectiveRoute{
		Ref:  snapshot.Ref{Item: root + "networkInterfaces/rg-demo/nic-vm1.effectiveRouteTable.json", Line: got[2].Line},
		Name: "", Source: "VirtualNetworkGateway", State: "Active", Prefixes: []netip.Prefix{netip.MustParsePrefix("10.10.0.0/16")},
		Type: "VirtualNetworkGateway", NextHops: []netip.Addr{netip.MustParseAddr("10.64.0.4"), netip.MustParseAddr("10.64.0.5")},
	}
	if len(got) != 5 || !cmp.Equal(got[2], want, cmpAddrs()) || got[1].Type != "VNetPeering" {
		t.Errorf("effective routes %+v, want five, of which the third is %+v", got, want)
	}
}

func TestASubnetWhereNoMachineRunsIsEmptyAndNotAnError(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{FS: with(t, map[string]string{"networkInterfaces/rg-demo/nic-vm1.effectiveRouteTable.json": ""})})
	d, _ := collect(t, options(a))
	it, _ := d.Item(root + "networkInterfaces/rg-demo/nic-vm1.effectiveRouteTable.json")
	if it.Status != snapshot.Empty || !strings.Contains(it.Detail, "no machine of the subnet that was asked (2) seems to run") {
		t.Errorf("%s: %s, want empty", it.Status, it.Detail)
	}
	s := snapshot.Snapshot{Items: []snapshot.Item{{Path: it.Path, Status: it.Status}, {Path: root + "virtualNetworkGateways/rg-demo/vpngw.getLearnedRoutes.json", Status: snapshot.Empty}}}
	azure.Read(d, &s)
	if s.Items[0].Status != snapshot.OK || s.Items[1].Status != snapshot.Empty {
		t.Errorf("items %+v: want what corroborates settled, and what paths need not", s.Items)
	}
}

func TestEffectiveRoutesOfGatewaysAreAskedForWhereAzureOffersThem(t *testing.T) {
	for name, tc := range map[string]struct {
		providers string
		want      snapshot.Status
	}{
		"offered":     {files(t, fixtures(t))[root+"providers.json"], snapshot.OK},
		"not offered": {`{"id":"/subscriptions/s/providers/Microsoft.Network","resourceTypes":[{"resourceType":"virtualNetworkGateways","apiVersions":["2025-05-01"]}]}`, snapshot.Missing},
	} {
		t.Run(name, func(t *testing.T) {
			a := startARM(t, emulator.ARMConfig{FS: with(t, map[string]string{"providers.json": tc.providers})})
			d, _ := collect(t, options(a))
			for _, g := range read(d).Azure.Gateways {
				if g.Type == snapshot.VPN && g.Effective.Status != tc.want {
					t.Errorf("%s: %s %s, want %q", g.Name, g.Effective.Status, g.Effective.Detail, tc.want)
				}
			}
		})
	}
}

func TestADeniedListBelowAResourceNamesItsAction(t *testing.T) {
	for path, tc := range map[string]struct{ url, action string }{
		"virtualNetworkGateways/rg-demo/vpngw.natRules.json":                      {`/natRules\?`, "Microsoft.Network/virtualNetworkGateways/natRules/read"},
		"expressRoutePorts/rg-demo/er-direct.links.json":                          {`/links\?`, "Microsoft.Network/expressRoutePorts/links/read"},
		"virtualHubs/rg-demo/routeserver.learnedRoutes.nva.json":                  {`/learnedRoutes`, "Microsoft.Network/virtualHubs/bgpConnections/learnedRoutes/action"},
		"expressRouteCircuits/rg-demo/er-circuit.arpTables.secondary.json":        {`/arpTables/`, "Microsoft.Network/expressRouteCircuits/peerings/arpTables/action"},
		"virtualHubs/rg-demo/hub-west.effectiveRoutes.defaultRouteTable.json":     {`/effectiveRoutes`, "Microsoft.Network/virtualHubs/effectiveRoutes/action"},
		"virtualNetworkGateways/rg-demo/vpngw.getEffectiveRoutes.json":            {`/getEffectiveRoutes`, "Microsoft.Network/virtualNetworkGateways/getEffectiveRoutes/action"},
		"networkInterfaces/rg-demo/nic-nva.effectiveRouteTable.json":              {`/effectiveRouteTable`, "Microsoft.Network/networkInterfaces/effectiveRouteTable/action"},
		"expressRouteGateways/rg-demo/hub-ergw.expressRouteConnections.json":      {`/expressRouteConnections`, "Microsoft.Network/expressRouteGateways/expressRouteConnections/read"},
		"vpnGateways/rg-demo/hub-vpngw.vpnConnections.json":                       {`/vpnConnections`, "Microsoft.Network/vpnGateways/vpnConnections/read"},
		"expressRouteCircuits/rg-demo/er-circuit.routeTablesSummary.primary.json": {`/routeTablesSummary/primary`, "Microsoft.Network/expressRouteCircuits/peerings/routeTablesSummary/action"},
		"providers.json": {`/providers/Microsoft.Network\?`, "Microsoft.Resources/subscriptions/providers/read"},
	} {
		t.Run(path, func(t *testing.T) {
			a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{{Path: regexp.MustCompile(tc.url), Reply: emulator.ARMBody(403, "")}}})
			d, _ := collect(t, options(a))
			it, ok := d.Item(root + path)
			if it.Status != snapshot.Denied || !strings.Contains(it.Detail, "lacks the action "+tc.action+":") {
				t.Errorf("%s (%v): %s %s, want denied for %s", path, ok, it.Status, it.Detail, tc.action)
			}
		})
	}
}

func TestAListBelowAResourceIsReadOnAllItsPages(t *testing.T) {
	link := func(n string) string {
		return `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/expressRoutePorts/p/links/` + n + `","name":"` + n + `","properties":{}}`
	}
	port := `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/expressRoutePorts/p","name":"p","properties":{"links":[` + link("inline") + `]}}`
	for name, tc := range map[string]struct {
		files  map[string]string
		want   []string
		status snapshot.Status
	}{
		"two pages": {map[string]string{
			"p.links.json": `{"value":[` + link("a") + `],"nextLink":"https://x/"}`, "p.links.2.json": `{"value":[` + link("b") + `]}`,
		}, []string{"a", "b"}, snapshot.OK},
		"a page that is not there": {map[string]string{
			"p.links.json": `{"value":[` + link("a") + `],"nextLink":"https://x/"}`,
		}, []string{"a"}, snapshot.Partial},
		"a page that is cut":      {map[string]string{"p.links.json": `{"value":[` + link("a") + `],"nextLink":"https://x/"}`, "p.links.2.json": `{"value":[` + link("b") + `,{"id":`}, []string{"a", "b"}, snapshot.Partial},
		"only the copy":           {nil, []string{"inline"}, snapshot.OK},
		"a list that is an error": {map[string]string{"p.links.json": `{"error":{"code":"AuthorizationFailed"}}`}, []string{"inline"}, snapshot.OK},
		"none":                    {map[string]string{"p.links.json": `{"value":[]}`}, nil, snapshot.Empty},
	} {
		t.Run(name, func(t *testing.T) {
			all := map[string]string{"expressRoutePorts/g/p.json": port}
			for f, body := range tc.files {
				all["expressRoutePorts/g/"+f] = body
			}
			s := readFiles(t, all)
			links := s.Azure.Ports[0].Links
			var got []string
			for _, l := range links.Links {
				got = append(got, l.Name)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || links.Status != tc.status {
				t.Errorf("%s %s, want %s; links (-want +got):\n%s", links.Status, links.Detail, tc.status, diff)
			}
		})
	}
}

func TestGatewaysThatSourcesDisagreeOnAreFacts(t *testing.T) {
	const gw = "/subscriptions/" + sub + "/resourceGroups/rg-demo/providers/Microsoft.Network/virtualNetworkGateways/"
	hub := files(t, fixtures(t))[root+"virtualNetworks/rg-demo/vnet-hub.json"]
	graph := regexp.MustCompile(`ResourceGraph`)
	for name, tc := range map[string]struct {
		fs    fstest.MapFS
		fault *emulator.ARMFault
		want  map[string]string
	}{
		"none": {with(t, nil), nil, nil},
		"a gateway that Resource Graph leaves out": {with(t, nil), &emulator.ARMFault{
			Path: graph, Reply: emulator.ARMBody(200, `{"totalRecords":1,"count":1,"data":[{"id":"`+gw+`vpngw"}],"resultTruncated":"false"}`),
		}, map[string]string{"ergw": "Resource Graph does not list it"}},
		"a gateway that its subnet does not hold": {with(t, map[string]string{
			"virtualNetworks/rg-demo/vnet-hub.json": strings.ReplaceAll(hub, "virtualNetworkGateways/ergw/", "virtualNetworkGateways/vpngw/"),
		}), nil, map[string]string{"ergw": "names a subnet that does not hold it"}},
		"a gateway that is gone": {with(t, map[string]string{
			"virtualNetworkGateways/rg-demo/ergw.json": "",
		}), nil, map[string]string{"ergw": "there is no answer about it"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := emulator.ARMConfig{FS: tc.fs}
			if tc.fault != nil {
				cfg.Faults = []emulator.ARMFault{*tc.fault}
			}
			d, _ := collect(t, options(startARM(t, cfg)))
			left := maps.Clone(tc.want)
			for _, g := range read(d).Azure.Disagreements {
				gateway := g.ID[strings.LastIndexByte(g.ID, '/')+1:]
				want, ok := tc.want[gateway]
				if !ok || g.Item == "" {
					t.Errorf("disagreement %+v, want %v", g, tc.want)
				}
				if strings.Contains(g.Text, want) {
					delete(left, gateway)
				}
			}
			if len(left) > 0 {
				t.Errorf("no disagreement about %v", left)
			}
		})
	}
}

func TestWhatHubsAndRouteServersSayIsRead(t *testing.T) {
	d, err := evidence.Open(fixtures(t))
	if err != nil {
		t.Fatal(err)
	}
	s := read(d)
	hub, server := s.Azure.Hubs[0], s.Azure.Hubs[1]
	site := s.Azure.HubVPNGateways[0].Connections.Connections[0]
	port := s.Azure.Ports[0]
	circuit := s.Azure.Circuits[0].Peering
	for name, tc := range map[string]struct{ got, want any }{
		"the hub":            {[]any{hub.WAN != "", hub.Preference, hub.Prefix.String(), hub.VNets.Connections[0].Internet, hub.Tables.Tables[0].Effective.Routes[0].Type}, []any{true, "VpnGateway", "10.80.0.0/23", true, "VPN_S2S_Gateway"}},
		"the Route Server":   {[]any{server.WAN, server.BranchToBranch, server.Configs.Status, server.VNets.Status}, []any{"", true, snapshot.OK, snapshot.Missing}},
		"routes by instance": {[]any{len(server.BGP.Connections[0].Learned.Routes), server.BGP.Connections[0].Learned.Routes[1].Instance, server.BGP.Connections[0].Advertised.Routes[0].ASPath}, []any{2, "routeservicerole_in_1", "65515"}},
		"a hub's tunnel":     {[]any{site.Links[0].UsePrivate, site.Links[0].Policies[0].LifetimeSeconds, site.Links[0].BGPAddrs[0].Addr.String(), site.Status}, []any{true, int64(27000), "169.254.21.6", "Connected"}},
		"a hub's circuit":    {s.Azure.HubERGateways[0].Connections.Connections[0].Weight, 10},
		"MACsec on one link": {[]any{port.Links.Links[0].MACsec.On(), port.Links.Links[1].MACsec.On(), port.Identity, port.Links.Status}, []any{true, false, true, snapshot.OK}},
		"the edge routers":   {[]any{circuit.Summaries[0].Sessions[2].State, *circuit.Summaries[0].Sessions[0].Received, circuit.ARP[1].Entries[1].Side, circuit.ARP[1].Entries[1].Age}, []any{"Idle", 2, "On-Prem", 33}},
		"what is advertised": {[]any{len(s.Azure.Gateways[0].Advertised), s.Azure.Gateways[0].Advertised[0].Status, s.Azure.Gateways[0].Advertised[0].Peer.String()}, []any{2, snapshot.OK, "10.64.0.8"}},
		"NAT rules":          {s.Azure.Gateways[1].NAT.Rules[0].External[0].Prefix.String(), "100.64.20.0/24"},
		"SNAT ranges":        {s.Azure.FirewallPolicies[0].SNAT.Ranges, []string{"IANAPrivateRanges", "192.0.2.0/24"}},
		"the front end":      {[]any{s.Azure.LoadBalancers[0].Frontends[0].Addr.String(), s.Azure.LoadBalancers[0].Rules[0].Protocol, len(s.Azure.LoadBalancers[0].Pools[0].Configs)}, []any{"172.16.1.200", "All", 1}},
		"the appliance":      {[]any{s.Azure.NICs[0].Forwarding, s.Azure.NICs[0].Configs[0].Pools}, []any{true, []string{s.Azure.LoadBalancers[0].Pools[0].ID}}},
	} {
		if diff := cmp.Diff(tc.want, tc.got, cmpAddrs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if len(s.Unread) > 0 {
		t.Errorf("unread %+v", s.Unread)
	}
}
