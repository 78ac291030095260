package audit_test

import (
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

const (
	firstConnection = "connections/rg-demo/datacenter01_connection.json"
	vpnGateway      = "virtualNetworkGateways/rg-demo/vpngw.json"
	vpnPeers        = "virtualNetworkGateways/rg-demo/vpngw.getBgpPeerStatus.json"
	// associationsR1 is no command of FRR's shell: where it is not there, Azure's word
	// for what a connection accepts stands alone.
	associationsR1 = "routers/R1/swanctl_--list-sas.txt"
)

// encryptionMutants are mistakes in connections, tunnels and gateways.
func encryptionMutants() []mutant {
	return []mutant{
		{rule: "ENC-06", what: "ExpressRoute is as good as the tunnel", from: failClosed, also: []string{"ENC-05", "ENC-07", "ENC-08"}, edit: multipath()},
		{rule: "ENC-08", what: "one router keeps ExpressRoute's paths", from: failClosed, also: []string{"ENC-07"}, edit: routersOf("underlay-pinned")[:4]},
		{rule: "ENC-09", what: "a connection takes the public addresses", from: failClosed, edit: []edit{set(firstConnection, "/properties/useLocalAzureIpAddress", false)}, also: []string{"GWS-01 open"}},
		{rule: "ENC-10", what: "the gateway has no private addresses", from: failClosed, edit: []edit{set(vpnGateway, "/properties/enablePrivateIpAddress", false)}},
		{rule: "ENC-10", what: "a machine of the gateway has a public end point only", from: failClosed, edit: []edit{
			set(vpnGateway, "/properties/bgpSettings/bgpPeeringAddresses/1/tunnelIpAddresses", []any{"20.50.1.11"}),
		}},
		{rule: "ENC-11", what: "the gateway's SKU is not zone-redundant", from: failClosed, edit: []edit{set(vpnGateway, "/properties/sku/name", "VpnGw2")}},
		{rule: "ENC-12", what: "a connection accepts triple DES", from: failClosed, edit: []edit{set(firstConnection, "/properties/ipsecPolicies/0/ipsecEncryption", "DES3")}},
		{rule: "ENC-12", what: "a connection accepts DES", from: failClosed, edit: []edit{set(firstConnection, "/properties/ipsecPolicies/0/ipsecEncryption", "DES")}},
		{rule: "ENC-12", what: "R1 and Azure agreed on triple DES", from: failClosed, edit: []edit{put(associationsR1, tripleDES)}, only: []string{associationsR1}},
		{rule: "ENC-12", what: "a connection accepts group 24", from: failClosed, edit: []edit{set(firstConnection, "/properties/ipsecPolicies/0/dhGroup", "DHGroup24")}},
		{rule: "ENC-12", what: "IKE on R1 agreed on group 2", from: failClosed, only: []string{associationsR1}, edit: []edit{
			put(associationsR1, strings.NewReplacer("ECP_384", "MODP_1024", "3DES_CBC/HMAC_SHA1_96", "AES_GCM_16-256").Replace(tripleDES)),
		}},
		{rule: "ENC-13", what: "a connection takes Azure's defaults", from: failClosed, edit: []edit{set(firstConnection, "/properties/ipsecPolicies", []any{})}, also: []string{"ENC-12 open"}},
		{rule: "ENC-14", what: "a tunnel is not connected", from: failClosed, edit: []edit{set(firstConnection, "/properties/tunnelConnectionStatus/0/connectionStatus", "NotConnected")}, also: []string{"SYM-11"}},
		{rule: "ENC-15", what: "the session in a tunnel brings nothing", from: failClosed, edit: []edit{
			set(vpnPeers, "/value/0/routesReceived", 0),
		}},
		{rule: "ENC-16", what: "the traffic selectors leave the spoke out", from: failClosed, edit: []edit{
			set(firstConnection, "/properties/trafficSelectorPolicies", []any{map[string]any{
				"localAddressRanges": []any{"10.64.0.0/23"}, "remoteAddressRanges": []any{"10.0.0.0/8"},
			}}),
		}},
		{rule: "ENC-19", what: "the device is not announced over ExpressRoute", from: failClosed, edit: []edit{
			withoutRows(overCircuit, "network", "10.10.10.1/32"),
		}, also: []string{"GWS-02"}},
		{rule: "ENC-17", what: "MACsec is demanded of a provider's circuit", from: failClosed, scope: &snapshot.Scope{Require: []string{"macsec"}}, also: []string{
			"ENC-03", "ENC-05",
		}},
		{rule: "ENC-17", what: "a tag claims MACsec on a provider's circuit", from: failClosed, edit: []edit{
			set("expressRouteCircuits/rg-demo/er-circuit.json", "/tags", map[string]any{"owner": "network", "encryption": "MACsec"}),
		}},
		{rule: "ENC-18", what: "one of two links has no key", from: failClosed, also: []string{"AST-03"}, edit: append(direct(),
			set("expressRoutePorts/rg-demo/er-port.json", "/properties/links/1/properties/macSecConfig/cakSecretIdentifier", nil))},
	}
}

// tripleDES is what strongSwan on R1 says of a tunnel that IKE agreed on weakly.
const tripleDES = `azure: #1, ESTABLISHED, IKEv2, 811746bf8648abb8_i* e10c9672cc069480_r
  local  '10.10.10.1' @ 10.10.10.1[500]
  remote '10.64.0.4' @ 10.64.0.4[500]
  AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_384
  established 61s ago, rekeying in 13853s
  child: #1, reqid 1, INSTALLED, TUNNEL, ESP:3DES_CBC/HMAC_SHA1_96
    installed 61s ago, rekeying in 3279s, expires in 3959s
    in  f991b208,   1260 bytes,    15 packets,     2s ago
    out 9f5663c8,   1344 bytes,    16 packets,     2s ago
    local  0.0.0.0/0
    remote 0.0.0.0/0
`

// multipath makes R1 share what goes to the spoke between the tunnel and ExpressRoute.
func multipath() []edit {
	return []edit{
		replace("routers/R1/show_ip_route.txt", "B>* 172.16.0.0/16 [20/0] via 169.254.21.2, ipsec0, weight 1, 00:16:01\n",
			"B>* 172.16.0.0/16 [20/0] via 169.254.21.2, ipsec0, weight 1, 00:16:01\n"+
				"  *                      via 192.168.100.2, er0, weight 1, 00:16:01\n"),
		replace("routers/R1/show_ip_bgp.txt", "* i172.16.0.0/16    10.255.0.2               0    200      0 65515 i\n",
			"* i172.16.0.0/16    10.255.0.2               0    200      0 65515 i\n"+
				"*=                  192.168.100.2                 200      0 12076 i\n"),
		replace("routers/R1/show_ip_bgp.txt", "8 total paths", "9 total paths"),
		replace("routers/R1/show_ip_bgp_summary.txt", "00:16:02            0        1 N/A", "00:16:02            1        1 N/A"),
	}
}
