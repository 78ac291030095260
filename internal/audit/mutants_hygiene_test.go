package audit_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/routeproof/routeproof/internal/evidence"
)

const (
	configR1 = "routers/R1/show_running-config.txt"
	edgeR1   = "expressRouteCircuits/rg-demo/er-circuit.routeTables.primary.json"
)

// fromR1 adds a prefix to what R1 advertises over ExpressRoute, and to what the
// edge router has from it.
func fromR1(prefix, path string) []edit {
	return []edit{sentByR1(prefix, path), set(edgeR1, "/value/-", map[string]any{
		"network": prefix, "nextHop": "192.168.100.1", "locPrf": "100", "weight": 0, "path": strings.TrimSpace("65501 " + path),
	})}
}

// sentByR1 adds a prefix to what R1 lists of what it advertises over ExpressRoute.
// The path is without R1's own AS.
func sentByR1(prefix, path string) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		const file = "routers/R1/show_ip_bgp_neighbors_192.168.100.2_advertised-routes.txt"
		end := regexp.MustCompile(`\nTotal number of prefixes ([0-9]+)`)
		text := string(content(t, files, file))
		m := end.FindStringSubmatchIndex(text)
		if m == nil {
			t.Fatalf("%s does not end with a count", file)
		}
		n, err := strconv.Atoi(text[m[2]:m[3]])
		if err != nil {
			t.Fatal(err)
		}
		row := fmt.Sprintf("*> %-17s0.0.0.0                  0         32768 %s", prefix, strings.TrimSpace(path+" i"))
		put(file, fmt.Sprintf("%s%s\n\nTotal number of prefixes %d\n", text[:m[0]], row, n+1))(t, files)
	}
}

// resource adds the file of a resource of the demo's group.
func resource(kind, name string, properties map[string]any) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		file := kind + "/rg-demo/" + name + ".json"
		put(azureRoot+file, "{}")(t, files)
		for member, value := range map[string]any{
			"name": name, "id": demoGroup + kind + "/" + name, "type": "Microsoft.Network/" + kind, "location": "westeurope", "properties": properties,
		} {
			set(file, "/"+member, value)(t, files)
		}
	}
}

// like adds a file that is another one with other words, in pairs.
func like(old, path string, words ...string) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		put(azureRoot+path, strings.NewReplacer(words...).Replace(string(content(t, files, azureRoot+old))))(t, files)
	}
}

// secondCircuit is a circuit from a site that nobody audits to the same gateway.
func secondCircuit() []edit {
	const circuits = "expressRouteCircuits/rg-demo/"
	words := []string{
		"er-circuit", "er-circuit2", "expressroute_connection", "expressroute_connection2", "192.168.100.", "192.168.110.",
		"192.168.200.", "192.168.210.", "10.10.10.1/32", "10.30.0.0/16", "10.20.10.1/32", "10.30.0.0/16",
	}
	var edits []edit
	for _, file := range []string{".json", ".routeTables.primary.json", ".routeTables.secondary.json"} {
		edits = append(edits, like(circuits+"er-circuit"+file, circuits+"er-circuit2"+file, words...))
	}
	return append(edits, like("connections/rg-demo/expressroute_connection.json", "connections/rg-demo/expressroute_connection2.json", words...))
}

// routeServer is a Route Server in the hub that makes its gateways tell each other
// their routes.
func routeServer() []edit {
	return []edit{
		resource("virtualHubs", "rs", map[string]any{
			"provisioningState": "Succeeded", "sku": "Standard", "routingState": "Provisioned", "virtualRouterAsn": 65515,
			"virtualRouterIps": []any{"10.64.1.68", "10.64.1.69"}, "allowBranchToBranchTraffic": true, "hubRoutingPreference": "ExpressRoute",
			"bgpConnections": []any{}, "ipConfigurations": []any{map[string]any{"id": demoGroup + "virtualHubs/rs/ipConfigurations/ipconfig1"}},
		}),
		put(azureRoot+"virtualHubs/rg-demo/rs.ipConfigurations.json", `{"value": [{"name": "ipconfig1", "id": "`+demoGroup+`virtualHubs/rs/ipConfigurations/ipconfig1",
			"properties": {"provisioningState": "Succeeded", "subnet": {"id": "`+demoGroup+`virtualNetworks/vnet-hub/subnets/shared"}}}]}`),
		put(azureRoot+"virtualHubs/rg-demo/rs.bgpConnections.json", `{"value": []}`),
	}
}

// dated makes the evidence one that was collected, at [taken], but for the items
// that were read earlier. Sessions are weeks old, but for the neighbour given.
func dated(earlier map[string]time.Duration, restarted string) edit {
	return func(t *testing.T, files fstest.MapFS) {
		t.Helper()
		for _, r := range []string{"R1", "R2"} {
			path := "routers/" + r + "/show_ip_bgp_summary.txt"
			rows := strings.Split(string(content(t, files, path)), "\n")
			for i, row := range rows {
				up := "03w2d04h"
				if restarted != "" && strings.HasPrefix(row, restarted+" ") {
					up = "00:00:12"
				}
				rows[i] = regexp.MustCompile(`00:[0-9]{2}:[0-9]{2}`).ReplaceAllString(row, up)
			}
			put(path, strings.Join(rows, "\n"))(t, files)
		}
		dir := filepath.Join(t.TempDir(), "evidence")
		w, err := evidence.Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abort()
		d, err := evidence.Open(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range d.Manifest.Items {
			it.At = taken().Add(-earlier[strings.TrimPrefix(it.Path, azureRoot)])
			if err := w.Add(it, files[it.Path].Data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(evidence.Manifest{Tool: "test", Finished: taken()}); err != nil {
			t.Fatal(err)
		}
		maps.Copy(files, copied(t, os.DirFS(dir)))
	}
}

// direct makes the circuit one of ExpressRoute Direct, with MACsec on both links of
// its port, and R1 a router on IOS that falls back to clear text.
func direct() []edit {
	link := func(name string) map[string]any {
		return map[string]any{"name": name, "id": demoGroup + "expressRoutePorts/er-port/links/" + name, "properties": map[string]any{
			"provisioningState": "Succeeded", "adminState": "Enabled", "routerName": "AMS-06GMR-1", "interfaceName": "HundredGigE15/15/1",
			"macSecConfig": map[string]any{
				"cknSecretIdentifier": "https://kv-demo.vault.azure.net/secrets/ckn/01", "cakSecretIdentifier": "https://kv-demo.vault.azure.net/secrets/cak/01",
				"cipher": "GcmAesXpn256", "sciState": "Enabled",
			},
		}}
	}
	edits := []edit{
		resource("expressRoutePorts", "er-port", map[string]any{
			"provisioningState": "Succeeded", "peeringLocation": "Amsterdam", "bandwidthInGbps": 10, "encapsulation": "Dot1Q",
			"links": []any{link("link1"), link("link2")}, "circuits": []any{map[string]any{"id": demoGroup + "expressRouteCircuits/er-circuit"}},
		}),
		set("expressRouteCircuits/rg-demo/er-circuit.json", "/properties/expressRoutePort", map[string]any{"id": demoGroup + "expressRoutePorts/er-port"}),
	}
	edits = append(edits, func(_ *testing.T, files fstest.MapFS) {
		maps.DeleteFunc(files, func(path string, _ *fstest.MapFile) bool { return strings.HasPrefix(path, "routers/R1/") })
	})
	for command, text := range iosOutputs("esp-gcm 256") {
		edits = append(edits, put("routers/R1/"+command+".txt", text))
	}
	return append(edits, put("routers/R1/show_macsec_interface_GigabitEthernet1.txt", ` MACsec is enabled
  Cipher : GCM-AES-XPN-256
  Confidentiality Offset : 0
 Access control : should secure
 Transmit Secure Channels
  SCI : 001122334455000A
  SC state : inUse(1)
   SA State: inUse(1)
   Confidentiality : yes
 Receive Secure Channels
  SCI : 66778899AABB000B
  SC state : inUse(1)
    Valid pkts 200
`))
}

// virtualWAN is a virtual WAN whose hub has a VPN gateway that does not encrypt.
func virtualWAN() []edit {
	return []edit{
		resource("virtualWans", "wan", map[string]any{"provisioningState": "Succeeded", "type": "Standard", "disableVpnEncryption": true}),
		resource("virtualHubs", "hub-west", map[string]any{
			"provisioningState": "Succeeded", "addressPrefix": "10.80.0.0/23", "virtualRouterAsn": 65515, "sku": "Standard", "routingState": "Provisioned",
			"virtualWan": map[string]any{"id": demoGroup + "virtualWans/wan"}, "vpnGateway": map[string]any{"id": demoGroup + "vpnGateways/hub-vpngw"},
		}),
	}
}

// hygieneMutants are mistakes in second paths, assurance, evidence and BGP.
func hygieneMutants() []mutant {
	return slices.Concat(secondPathMutants(), assuranceMutants(), evidenceMutants(), bgpMutants())
}

// secondPathMutants are ways past the tunnels.
func secondPathMutants() []mutant {
	const (
		erGateway = "virtualNetworkGateways/rg-demo/ergw.json"
		circuit   = "expressRouteCircuits/rg-demo/er-circuit.json"
		toEdge    = "virtualNetworkGateways/rg-demo/ergw.getAdvertisedRoutes.10.64.0.8.json"
	)
	return []mutant{
		{
			rule: "ENC-20", what: "a second circuit, to routers that nobody reads", from: symmetric, edit: secondCircuit(),
			also: []string{
				"ENC-06 open", "ENC-08 open",
				"BGP-01 open", "BGP-02 open", "BGP-03", "BGP-04 open", "EVI-02 open",
				// nobody knows the ways of those behind it
				"ENC-01 open", "ENC-02 open", "ENC-03 open", "ENC-04 open", "ENC-05 open", "ENC-07 open", "SYM-01 open", "SYM-03 open", "SYM-04 open", "SYM-02 open",
			},
		},
		{rule: "ENC-20", what: "the gateway takes foreign networks' traffic", from: symmetric, edit: []edit{set(erGateway, "/properties/allowRemoteVnetTraffic", true)}},
		{rule: "ENC-20", what: "the gateway takes a virtual WAN's traffic", from: symmetric, edit: []edit{set(erGateway, "/properties/allowVirtualWanTraffic", true)}},
		{rule: "ENC-21", what: "Global Reach to another circuit", from: symmetric, edit: []edit{set(circuit, "/properties/peerings/0/properties/connections/-", map[string]any{
			"name": "to-other", "id": demoGroup + "expressRouteCircuits/er-circuit/peerings/AzurePrivatePeering/connections/to-other",
			"properties": map[string]any{
				"addressPrefix": "192.168.8.0/29", "circuitConnectionStatus": "Connected",
				"peerExpressRouteCircuitPeering": map[string]any{"id": demoGroup + "expressRouteCircuits/er-other/peerings/AzurePrivatePeering"},
			},
		})}},
		{rule: "ENC-22", what: "a Route Server with branch-to-branch traffic", from: symmetric, edit: routeServer()},
		{rule: "ENC-22", what: "a site's prefix from the VPN goes to the edge router", from: symmetric, edit: []edit{set(toEdge, "/value/-", map[string]any{
			"localAddress": "10.64.0.12", "network": "10.10.0.0/16", "nextHop": "10.64.0.12", "sourcePeer": nil, "origin": "Igp", "asPath": "65515-65501", "weight": 0,
		})}},
		{rule: "ENC-23", what: "a default route over ExpressRoute", from: failClosed, edit: announced("0.0.0.0/0"), also: []string{"ENC-08", "BGP-03", "ENC-04"}},
	}
}

// assuranceMutants are what looks like protection and is none.
func assuranceMutants() []mutant {
	const connection = "connections/rg-demo/datacenter01_connection.json"
	return []mutant{
		{rule: "AST-01", what: "nothing leaves Azure through a connected tunnel", from: symmetric, edit: []edit{
			set(connection, "/properties/egressBytesTransferred", 0), set(connection, "/properties/tunnelConnectionStatus/0/egressBytesTransferred", 0),
		}},
		{rule: "AST-02", what: "VNet encryption where the routers prefer ExpressRoute", from: failClosed, also: []string{"ENC-05"}, edit: append(
			routersOf("vpn-unsteered"), set("virtualNetworks/rg-demo/vnet-spoke.json", "/properties/encryption", map[string]any{"enabled": true, "enforcement": "AllowUnencrypted"}),
		)},
		{rule: "AST-03", what: "MACsec that falls back to clear text", from: failClosed, edit: direct()},
		{rule: "AST-04", what: "a virtual WAN without encryption", from: symmetric, edit: virtualWAN()},
	}
}

// evidenceMutants are mistakes in the evidence itself.
func evidenceMutants() []mutant {
	const peers = "virtualNetworkGateways/rg-demo/vpngw.getBgpPeerStatus.json"
	return []mutant{
		{rule: "EVI-02", what: "the gateway has a prefix from R1 that R1 does not have", from: symmetric, edit: []edit{set(overVPN, "/value/-", map[string]any{
			"localAddress": "10.64.0.4", "network": "192.168.77.0/24", "nextHop": "169.254.21.1", "sourcePeer": "169.254.21.1",
			"origin": "EBgp", "asPath": "65501", "weight": 32768,
		})}},
		{rule: "EVI-02", what: "R1 has a prefix from the gateway that it does not advertise", from: symmetric, edit: []edit{
			withoutRows("virtualNetworkGateways/rg-demo/vpngw.getAdvertisedRoutes.169.254.21.1.json", "network", "172.16.0.0/16"),
		}},
		{rule: "EVI-02", what: "the session is up at R1 only", from: symmetric, also: []string{"ENC-15", "SYM-11"}, edit: []edit{set(peers, "/value/0/state", "Connecting")}},
		{rule: "EVI-03", what: "the gateway's routes are of an hour before", from: symmetric, opens: true, edit: []edit{
			dated(map[string]time.Duration{overVPN: time.Hour}, ""),
		}},
		{rule: "EVI-03", what: "R1's session over ExpressRoute restarted", from: symmetric, opens: true, edit: []edit{
			dated(map[string]time.Duration{overVPN: time.Minute}, "192.168.100.2"),
		}},
		{rule: "EVI-04", what: "the firewall is of three days before", from: symmetric, opens: true, edit: []edit{
			dated(map[string]time.Duration{"azureFirewalls/rg-demo/azfw.json": 72 * time.Hour}, ""),
		}},
	}
}

// bgpMutants are mistakes in the routers' BGP sessions over private peering.
func bgpMutants() []mutant {
	return []mutant{
		{rule: "BGP-01", what: "no key on the session over ExpressRoute", from: symmetric, edit: []edit{
			replace(configR1, " neighbor 192.168.100.2 password removed-by-routeproof\n", ""),
		}},
		{rule: "BGP-01", what: "the router's configuration was not collected", from: symmetric, opens: true, also: []string{"BGP-02 open", "BGP-04 open"}, edit: []edit{
			drop(configR1),
		}},
		{rule: "BGP-02", what: "no prefix limit on the session over ExpressRoute", from: symmetric, edit: []edit{
			replace(configR1, "  neighbor 192.168.100.2 maximum-prefix 200\n", ""),
		}},
		{rule: "BGP-03", what: "the other site's prefix over ExpressRoute", from: symmetric, edit: fromR1("10.20.0.0/16", ""), also: []string{"ENC-08"}},
		{rule: "BGP-04", what: "the spoke's prefix back to Azure", from: symmetric, edit: fromR1("172.16.0.0/16", "65515")},
		{rule: "BGP-04", what: "no outbound policy over ExpressRoute", from: symmetric, edit: []edit{
			replace(configR1, "  neighbor 192.168.100.2 prefix-list Endpoint-Only out\n", ""),
		}},
	}
}
