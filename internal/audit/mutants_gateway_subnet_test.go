package audit_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/fstest"
)

const (
	rtGateway  = "routeTables/rg-demo/rt-gateway.json"
	rtSpoke    = "routeTables/rg-demo/rt-spoke.json"
	vnetHub    = "virtualNetworks/rg-demo/vnet-hub.json"
	demoGroup  = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-demo/providers/Microsoft.Network/"
	toFirewall = "VirtualAppliance"
)

// route adds a user-defined route to a table. Those to an appliance lead to the
// scenarios' firewall.
func route(table, name, prefix, kind string) edit {
	p := map[string]any{"provisioningState": "Succeeded", "addressPrefix": prefix, "nextHopType": kind, "hasBgpOverride": false}
	if kind == toFirewall {
		p["nextHopIpAddress"] = "10.64.1.4"
	}
	return set(table, "/properties/routes/-", map[string]any{"name": name, "type": "Microsoft.Network/routeTables/routes", "properties": p})
}

// manyRoutes adds n user-defined routes for addresses of Azure's.
func manyRoutes(n int) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		for i := range n {
			route(rtSpoke, fmt.Sprintf("r%d", i), fmt.Sprintf("20.60.%d.%d/32", i/250, i%250), "Internet")(t, files)
		}
	}
}

// manyPrefixes adds n prefixes to what a circuit's edge router has from R1: of Azure's
// own addresses, so that there are no pairs of them.
func manyPrefixes(n int) edit {
	rows := make([]any, n)
	for i := range rows {
		rows[i] = map[string]any{"network": fmt.Sprintf("172.16.%d.%d/32", 128+i/250, i%250), "nextHop": "192.168.100.1*", "locPrf": "100", "weight": 0, "path": "65501"}
	}
	return extend("expressRouteCircuits/rg-demo/er-circuit.routeTables.primary.json", "value", rows)
}

// extend adds to the list of a file below azureRoot.
func extend(path, list string, rows []any) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		var doc map[string]any
		if err := json.Unmarshal(content(t, files, azureRoot+path), &doc); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		old, _ := doc[list].([]any)
		doc[list] = append(old, rows...)
		raw, err := json.MarshalIndent(doc, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		files[azureRoot+path] = &fstest.MapFile{Data: raw}
	}
}

// gatewaySubnetMutants are mistakes in the GatewaySubnet and limits.
func gatewaySubnetMutants() []mutant {
	return []mutant{
		{rule: "GWS-03", what: "a default route to the firewall", from: symmetric, edit: []edit{route(rtGateway, "all", "0.0.0.0/0", toFirewall)}},
		{rule: "GWS-03", what: "a default route to the Internet", from: symmetric, edit: []edit{route(rtGateway, "all", "0.0.0.0/0", "Internet")}},
		{rule: "GWS-03", what: "a default route of IPv6", from: symmetric, edit: []edit{route(rtGateway, "all", "::/0", "None")}},
		{
			rule: "GWS-03", what: "a default route in two halves", from: symmetric, also: []string{"GWS-06"},
			edit: []edit{route(rtGateway, "low", "0.0.0.0/1", toFirewall), route(rtGateway, "high", "128.0.0.0/1", toFirewall)},
		},
		{rule: "GWS-03", what: "the service tag Internet", from: symmetric, edit: []edit{route(rtGateway, "all", "Internet", toFirewall)}},
		{
			rule: "GWS-04", what: "no propagation on the GatewaySubnet", from: symmetric, also: []string{"GWS-02 open"},
			edit: []edit{set(rtGateway, "/properties/disableBgpRoutePropagation", true)},
		},
		{
			rule: "GWS-05", what: "a network security group on the GatewaySubnet", from: symmetric,
			edit: []edit{set(vnetHub, "/properties/subnets/0/properties/networkSecurityGroup", map[string]any{"id": demoGroup + "networkSecurityGroups/nsg-hub"})},
		},
		{rule: "GWS-06", what: "the whole hub to the firewall", from: symmetric, also: []string{"SYM-03"}, edit: []edit{route(rtGateway, "hub", "10.64.0.0/23", toFirewall)}},
		{rule: "GWS-06", what: "the gateways' public addresses to the firewall", from: symmetric, edit: []edit{route(rtGateway, "cloud", "20.48.0.0/12", toFirewall)}},
		{
			rule: "GWS-06", what: "a service tag that may hold the public addresses", from: symmetric, opens: true,
			edit: []edit{route(rtGateway, "cloud", "AzureCloud.westeurope", toFirewall)},
		},
		{rule: "GWS-07", what: "the end point to the firewall", from: symmetric, edit: []edit{route(rtGateway, "end", "10.10.10.1/32", toFirewall)}},
		{rule: "GWS-07", what: "the end point to nowhere", from: symmetric, also: []string{"GWS-02 open"}, edit: []edit{route(rtGateway, "end", "10.10.10.1/32", "None")}},
		{
			rule: "GWS-08", what: "a spoke's route to the VPN gateway", from: symmetric,
			also: []string{"ENC-06 open", "ENC-01 open", "ENC-02 open", "ENC-03 open", "ENC-04 open", "SYM-01 open", "SYM-03 open", "SYM-04 open"}, // nobody knows what Azure does with it
			edit: []edit{route(rtSpoke, "onprem", "10.10.0.0/16", "VirtualNetworkGateway")},
		},
		{rule: "GWS-08", what: "a route of the GatewaySubnet to the VPN gateway", from: symmetric, edit: []edit{route(rtGateway, "far", "10.99.0.0/16", "VirtualNetworkGateway")}},
		{
			rule: "GWS-09", what: "a GatewaySubnet of 16 addresses", from: "fail-closed",
			edit: []edit{set(vnetHub, "/properties/subnets/0/properties/addressPrefix", "10.64.0.0/28")},
		},
		{
			rule: "GWS-10", what: "a summary that leaves out half of the hub", from: symmetric,
			edit: []edit{set(vnetHub, "/properties/summarizedGatewayPrefixes", map[string]any{"addressPrefixes": []any{"10.64.0.0/24", "172.16.0.0/16"}})},
		},
		{
			rule: "GWS-10", what: "a summary that holds the GatewaySubnet, which has no route of its own", from: failClosed, also: []string{"GWS-01"},
			edit: []edit{
				set(vnetHub, "/properties/summarizedGatewayPrefixes", map[string]any{"addressPrefixes": []any{"10.64.0.0/23", "172.16.0.0/16"}}),
				replace("routers/R1/show_ip_route.txt", "S>* 10.64.0.0/26 [1/0] via 192.168.100.2, er0, weight 1, 00:16:02\n", ""),
			},
		},
		{rule: "LIM-01", what: "3,201 prefixes over one link", from: failClosed, also: []string{"BGP-04", "EVI-02"}, edit: []edit{manyPrefixes(3200)}},
		{rule: "LIM-01", what: "a route table of 321 routes", from: symmetric, edit: []edit{manyRoutes(320)}},
	}
}
