# METADATA
# title: No other way leads past the tunnels
# description: >-
#   The tunnels protect what is routed through them. A second circuit, an ExpressRoute gateway of a
#   spoke's own, a virtual hub that the network is connected to, or a gateway that takes traffic of
#   foreign networks reaches the same machines on another way, in clear, and none of the routers that
#   this audit reads decides about it.
# related_resources:
#   - description: "ExpressRoute virtual network gateways: connectivity between virtual networks and virtual WANs"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-howto-add-gateway-portal-resource-manager
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: ENC-20
#   severity: critical
#   remediation: >-
#     Take the way away, or bring it under the same rule: tunnels to the routers at its other end, which
#     are then read by this audit as well.
#
#     A circuit: az network vpn-connection delete -g RG -n CONNECTION
#     A spoke's own gateway: delete it, and let the spoke use the hub's gateways:
#         az network vnet peering update -g RG --vnet-name SPOKE -n TO-HUB --set useRemoteGateways=true
#     Foreign networks: az network vnet-gateway update -g RG -n GATEWAY --set allowRemoteVnetTraffic=false
#     Virtual WANs: az network vnet-gateway update -g RG -n GATEWAY --set allowVirtualWanTraffic=false
#     A virtual hub: az network vhub connection delete -g RG --vhub-name HUB -n CONNECTION
#
#     Check: az network nic show-effective-route-table -g RG -n NIC -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: supports}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.22", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.second_path

import data.lib.paths
import data.lib.words

# METADATA
# description: Every circuit, gateway and virtual hub that gives a way past tunnels, or may give one.
# scope: document
applicable contains way.id if some way in input.ways

# METADATA
# description: Ways that no tunnel is on, and whose links do not protect what crosses them.
# scope: document
violations contains violation if {
	some id, open in _open

	violation := {
		"resource": id,
		"message": words.reasons({_message(way) | some way in open}),
		"evidence": paths.evidence([way | some way in open]),
	}
}

# METADATA
# description: Ways of which it is not known whether tunnels are on them.
# scope: document
undetermined contains {"resource": way.id, "message": message, "evidence": paths.evidence([way])} if {
	some way in input.ways
	way.tunnels == "unknown"
	message := sprintf("whether it leads past the tunnels is not known: %s", [way.why])
}

undetermined contains {"resource": way.id, "message": message, "evidence": paths.evidence([way])} if {
	some way in input.ways
	way.tunnels == "no"
	way.protection == "unknown"
	message := sprintf("no tunnel leads to the routers behind %s, and whether MACsec protects its links is not known", [
		way.id,
	])
}

_open[way.id] contains way if {
	some way in input.ways
	way.tunnels == "no"
	way.protection == "none"
}

_message(way) := sprintf("%s %s %s", [way.id, _gives[way.kind], _served(way)])

_gives := {
	"circuit": "gives a way without tunnels, to routers that none leads to, to",
	"gateway": "is an ExpressRoute gateway without a VPN gateway beside it, and gives a way without tunnels to",
	"remote VNets": "takes traffic of foreign networks on the circuit (allowRemoteVnetTraffic) to",
	"virtual WAN": "takes traffic of virtual WANs on the circuit (allowVirtualWanTraffic) to",
	"hub": "has an ExpressRoute gateway and gives a way without tunnels to",
}

_served(way) := words.list(way.serves) if {
	count(way.serves) > 0
} else := "networks that were not read"
