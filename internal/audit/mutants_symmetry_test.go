package audit_test

import (
	"encoding/json"
	"testing"
	"testing/fstest"
)

const (
	vnetSpoke    = "virtualNetworks/rg-demo/vnet-spoke.json"
	policyOfFW   = "firewallPolicies/rg-demo/azfw-policy.json"
	peering      = "/properties/virtualNetworkPeerings/0/properties/"
	firstHop     = "/properties/routes/0/properties/nextHopIpAddress"
	subnetOfNVAs = demoGroup + "virtualNetworks/vnet-hub/subnets/shared"
)

// added adds a resource of Azure.
func added(kind, name string, properties map[string]any) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		raw, err := json.MarshalIndent(map[string]any{"id": demoGroup + kind + "/" + name, "name": name, "properties": properties}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		put(azureRoot+kind+"/rg-demo/"+name+".json", string(raw))(t, files)
	}
}

// machine adds a network interface of a machine in the hub.
func machine(name, addr string, forwards bool) edit {
	id := demoGroup + "networkInterfaces/nic-" + name
	return added("networkInterfaces", "nic-"+name, map[string]any{
		"enableIPForwarding": forwards, "virtualMachine": map[string]any{"id": demoGroup + "virtualMachines/" + name},
		"ipConfigurations": []any{map[string]any{
			"id": id + "/ipConfigurations/c", "name": "c",
			"properties": map[string]any{"primary": true, "privateIPAddress": addr, "subnet": map[string]any{"id": subnetOfNVAs}},
		}},
	})
}

// balancer adds an internal load balancer at 10.64.1.70 before machines.
func balancer(protocol string, port int, names ...string) edit {
	id := demoGroup + "loadBalancers/lb-nva"
	var configs []any
	for _, n := range names {
		configs = append(configs, map[string]any{"id": demoGroup + "networkInterfaces/nic-" + n + "/ipConfigurations/c"})
	}
	return added("loadBalancers", "lb-nva", map[string]any{
		"frontendIPConfigurations": []any{map[string]any{
			"id": id + "/frontendIPConfigurations/inside", "name": "inside",
			"properties": map[string]any{"privateIPAddress": "10.64.1.70", "subnet": map[string]any{"id": subnetOfNVAs}},
		}},
		"backendAddressPools": []any{map[string]any{
			"id": id + "/backendAddressPools/nvas", "name": "nvas", "properties": map[string]any{"backendIPConfigurations": configs},
		}},
		"loadBalancingRules": []any{map[string]any{
			"id": id + "/loadBalancingRules/all", "name": "all", "properties": map[string]any{
				"frontendIPConfiguration": map[string]any{"id": id + "/frontendIPConfigurations/inside"},
				"backendAddressPools":     []any{map[string]any{"id": id + "/backendAddressPools/nvas"}},
				"protocol":                protocol, "frontendPort": port, "backendPort": port,
			},
		}},
	})
}

// ownTable gives the firewall's subnet a route table without propagation.
func ownTable(name string) []edit {
	return []edit{
		set(vnetHub, "/properties/subnets/1/properties/routeTable", map[string]any{"id": demoGroup + "routeTables/" + name}),
		added("routeTables", name, map[string]any{"disableBgpRoutePropagation": true, "routes": []any{}}),
	}
}

// withEndpoint puts a private endpoint into the spoke's subnet.
func withEndpoint(policies string) []edit {
	return []edit{
		set(vnetSpoke, "/properties/subnets/0/properties/privateEndpoints", []any{map[string]any{"id": demoGroup + "privateEndpoints/pe-sql"}}),
		set(vnetSpoke, "/properties/subnets/0/properties/privateEndpointNetworkPolicies", policies),
	}
}

// symmetryMutants are mistakes in firewalls and peerings.
func symmetryMutants() []mutant {
	return []mutant{
		{rule: "SYM-03", what: "the spoke's table takes BGP routes", from: symmetric, edit: []edit{set(rtSpoke, "/properties/disableBgpRoutePropagation", false)}},
		{rule: "SYM-03", what: "the spoke's route to the firewall is for something else", from: symmetric, edit: []edit{
			set(rtSpoke, "/properties/disableBgpRoutePropagation", false), set(rtSpoke, "/properties/routes/0/properties/addressPrefix", "10.20.0.0/16"),
		}},
		{rule: "SYM-04", what: "one machine behind the load balancer on the way in", from: symmetric, edit: []edit{
			machine("nva1", "10.64.1.72", true), machine("nva2", "10.64.1.73", true), balancer("All", 0, "nva1", "nva2"),
			set(rtSpoke, firstHop, "10.64.1.70"), set(rtGateway, firstHop, "10.64.1.72"),
		}},
		{rule: "SYM-04", what: "a firewall one way, an appliance the other way", from: symmetric, edit: []edit{
			machine("nva1", "10.64.1.72", true), set(rtSpoke, firstHop, "10.64.1.72"),
		}},
		{rule: "SYM-05", what: "a next hop that is in no subnet", from: symmetric, edit: []edit{set(rtSpoke, firstHop, "10.64.1.200")}},
		{rule: "SYM-05", what: "a next hop in a network that is not peered", from: symmetric, edit: []edit{set(rtSpoke, firstHop, "10.65.1.4")}},
		{rule: "SYM-05", what: "a machine that does not forward", from: symmetric, edit: []edit{
			machine("nva1", "10.64.1.72", false), set(rtSpoke, firstHop, "10.64.1.72"),
		}},
		{rule: "SYM-05", what: "a load balancer that passes on one port", from: symmetric, edit: []edit{
			machine("nva1", "10.64.1.72", true), balancer("Tcp", 443, "nva1"),
			set(rtSpoke, firstHop, "10.64.1.70"), set(rtGateway, firstHop, "10.64.1.70"),
		}},
		{
			rule: "SYM-05", what: "a next hop that nothing known has", from: symmetric, opens: true, edit: []edit{set(rtSpoke, firstHop, "10.64.1.75")},
			also: []string{"ENC-06 open", "ENC-01 open", "ENC-02 open", "ENC-03 open", "ENC-04 open", "SYM-01 open", "SYM-03 open", "SYM-04 open"},
		},
		{rule: "SYM-06", what: "FastPath on a provider's circuit", from: symmetric, edit: []edit{
			set("connections/rg-demo/expressroute_connection.json", "/properties/expressRouteGatewayBypass", true),
		}},
		{rule: "SYM-07", what: "no propagation on the firewall's subnet", from: symmetric, edit: ownTable("rt-firewall")},
		{rule: "SYM-07", what: "a default route from the premises", from: symmetric, also: []string{"ENC-08", "ENC-04", "ENC-23", "BGP-03"}, edit: announced("0.0.0.0/0")},
		{rule: "SYM-08", what: "the spoke takes no forwarded packets", from: symmetric, edit: []edit{set(vnetSpoke, peering+"allowForwardedTraffic", false)}},
		{rule: "SYM-09", what: "the spoke does not use the hub's gateways", from: symmetric, edit: []edit{set(vnetSpoke, peering+"useRemoteGateways", false)}},
		{rule: "SYM-09", what: "the hub does not allow transit", from: symmetric, edit: []edit{set(vnetHub, peering+"allowGatewayTransit", false)}},
		{rule: "SYM-09", what: "a peering that is not in sync", from: symmetric, edit: []edit{set(vnetHub, peering+"peeringSyncLevel", "RemoteNotInSync")}},
		{rule: "SYM-10", what: "a site is in none of the firewall's private ranges", from: symmetric, edit: []edit{
			set(policyOfFW, "/properties/snat/privateRanges", []any{"172.16.0.0/12", "10.20.0.0/16"}),
		}},
		{rule: "SYM-10", what: "the parent of the firewall's policy translates all", from: symmetric, edit: []edit{
			set(policyOfFW, "/properties/snat", nil), set(policyOfFW, "/properties/basePolicy", map[string]any{"id": demoGroup + "firewallPolicies/base"}),
			added("firewallPolicies", "base", map[string]any{"snat": map[string]any{"privateRanges": []any{"255.255.255.255/32"}}}),
		}},
		{rule: "SYM-10", what: "the firewall's policy was not read", from: symmetric, opens: true, edit: []edit{drop(azureRoot + policyOfFW)}},
		{rule: "SYM-11", what: "one tunnel of an active-active gateway is down", from: symmetric, edit: []edit{
			set("connections/rg-demo/datacenter02_connection.json", "/properties/tunnelConnectionStatus/0/connectionStatus", "NotConnected"),
		}, also: []string{"ENC-14"}},
		{rule: "SYM-11", what: "one BGP neighbour of an active-active gateway is idle", from: symmetric, also: []string{"ENC-15", "EVI-02"}, edit: []edit{
			set("virtualNetworkGateways/rg-demo/vpngw.getBgpPeerStatus.json", "/value/2/state", "Connecting"),
		}},
		{rule: "SYM-12", what: "a private endpoint in the spoke, without network policies", from: symmetric, edit: withEndpoint("Disabled")},
		{rule: "SYM-12", what: "a private endpoint in the spoke, of which the policies are new", from: symmetric, opens: true, edit: withEndpoint("SomethingNew")},
	}
}
