package audit_test

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
)

const (
	failClosed = "fail-closed"
	symmetric  = "firewall-symmetric"

	overVPN     = "virtualNetworkGateways/rg-demo/vpngw.getLearnedRoutes.json"
	overCircuit = "virtualNetworkGateways/rg-demo/ergw.getLearnedRoutes.json"
)

// pathMutants are mistakes in the paths themselves.
func pathMutants() []mutant {
	return []mutant{
		{rule: "ENC-01", what: "a site's prefix is announced over ExpressRoute, too", from: failClosed, edit: announced("10.10.0.0/16"), also: []string{"ENC-08", "BGP-03"}},
		{rule: "ENC-02", what: "a part of a site's prefix is announced over ExpressRoute", from: failClosed, edit: announced("10.10.4.0/22"), also: []string{"ENC-08", "BGP-03"}},
		{
			rule: "ENC-03", what: "half of a site is announced over ExpressRoute only", from: failClosed,
			edit: append(announced("10.10.128.0/17"), everywhere(azureRoot+overVPN, `"10.10.0.0/16"`, `"10.10.0.0/17"`)),
			also: []string{"ENC-08", "BGP-03", "EVI-02"},
		},
		{rule: "ENC-04", what: "a summary of the sites is announced over ExpressRoute", from: failClosed, edit: announced("10.0.0.0/8"), also: []string{"ENC-03", "ENC-08", "BGP-03"}},
		{rule: "ENC-05", what: "the routers prefer ExpressRoute", from: failClosed, edit: routersOf("vpn-unsteered")},
		{rule: "ENC-07", what: "the routers keep ExpressRoute's paths as a backup", from: failClosed, edit: routersOf("underlay-pinned")},
		{rule: "GWS-01", what: "the GatewaySubnet has no route of its own", from: failClosed, edit: []edit{
			replace("routers/R1/show_ip_route.txt", "S>* 10.64.0.0/26 [1/0] via 192.168.100.2, er0, weight 1, 00:16:02\n", ""),
		}},
		{rule: "GWS-02", what: "the router's end point is not announced over ExpressRoute", from: failClosed, edit: []edit{
			withoutRows(overCircuit, "network", "10.10.10.1/32"),
		}, also: []string{"ENC-19"}},
		{rule: "SYM-01", what: "the GatewaySubnet has no route table", from: symmetric, edit: []edit{
			take(firewalled, azureRoot+"virtualNetworks/rg-demo/vnet-hub.json"),
		}},
		{rule: "SYM-02", what: "the GatewaySubnet's route is shorter than the peering's", from: symmetric, edit: []edit{
			replace(azureRoot+"routeTables/rg-demo/rt-gateway.json", `"addressPrefix": "172.16.0.0/16"`, `"addressPrefix": "172.16.0.0/12"`),
		}, also: []string{"SYM-01"}},
		{rule: "EVI-01", what: "the edge router's table was not collected", from: failClosed, opens: true, edit: []edit{
			drop(azureRoot + "expressRouteCircuits/rg-demo/er-circuit.routeTables.primary.json"),
		}, also: []string{"ENC-08 open", "EVI-02 open", "LIM-01 open"}},
	}
}

const firewalled = "firewall-asymmetric"

// announced adds a prefix to what R1 advertises over ExpressRoute, and to what is
// known of it at both gateways' instances and at the circuit.
func announced(prefix string) []edit {
	edits := []edit{sentByR1(prefix, ""), set("expressRouteCircuits/rg-demo/er-circuit.routeTables.primary.json", "/value/-", map[string]any{
		"network": prefix, "nextHop": "192.168.100.1*", "locPrf": "100", "weight": 0, "path": "65501",
	})}
	for _, local := range []string{"10.64.0.12", "10.64.0.13"} {
		edits = append(edits, set(overCircuit, "/value/-", map[string]any{
			"localAddress": local, "network": prefix, "nextHop": "10.64.0.8", "sourcePeer": "10.64.0.8",
			"origin": "EBgp", "asPath": "12076-65501", "weight": 32769,
		}))
	}
	return edits
}

// everywhere puts text in place of old, wherever it stands in the file.
func everywhere(path, old, text string) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		replaced(t, files, path, old, text, -1)
	}
}

// take puts another scenario's file in place of one.
func take(name, path string) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		body, err := fs.ReadFile(scenario(t, name), path)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = &fstest.MapFile{Data: body}
	}
}

// routersOf takes what another scenario's routers say of their routes.
func routersOf(name string) []edit {
	var edits []edit
	for _, r := range []string{"R1", "R2"} {
		for _, file := range []string{"show_ip_bgp.txt", "show_ip_bgp_summary.txt", "show_ip_route.txt", "show_running-config.txt"} {
			edits = append(edits, take(name, "routers/"+r+"/"+file))
		}
	}
	return slices.Clip(edits)
}
