# METADATA
# title: Azure and the routers say the same of what is between them
# description: >-
#   A tunnel that Azure calls connected and the router has no security association for, a session that
#   is up on one side only, a prefix that one side has from the other and the other does not have: one of
#   the two is wrong or was read at another moment, and nothing that rests on either word is proof.
# related_resources:
#   - description: "Verify a VPN Gateway connection"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-verify-connection-resource-manager
#   - description: "Verify ExpressRoute connectivity: route and ARP tables"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-troubleshooting-expressroute-overview
# custom:
#   id: EVI-02
#   severity: high
#   remediation: >-
#     Collect again first: what changed in between is gone then. If it stays, look at both ends.
#
#     Azure: az network vpn-connection show -g RG -n CONNECTION --query "[connectionStatus, tunnelConnectionStatus]"
#         az network vnet-gateway list-bgp-peer-status -g RG -n GATEWAY -o table
#         az network vnet-gateway list-learned-routes -g RG -n GATEWAY -o table
#         Cisco IOS: show crypto ipsec sa peer ADDRESS; show ip bgp neighbors ADDRESS advertised-routes
#         Cisco NX-OS, Arista EOS, FRR: show ip bgp neighbors ADDRESS advertised-routes
#         Cisco IOS-XR: show bgp neighbor ADDRESS; show bgp neighbor ADDRESS advertised-routes
#         Junos: show security ipsec security-associations; show route advertising-protocol bgp ADDRESS
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CA-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-3", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package evidence.contradicted

import data.lib.paths
import data.lib.words

# METADATA
# description: Every tunnel and every link of a private peering, and what may have tunnels that were not read.
# scope: document
applicable contains compared.id if some compared in input.comparisons

applicable contains unknown.id if some unknown in input.unknownTunnels

# METADATA
# description: Tunnels and links whose ends contradict each other.
# scope: document
violations contains violation if {
	some id, contradictions in _said.no

	violation := {
		"resource": id,
		"message": sprintf("the ends of %s contradict each other: %s", [
			id,
			words.reasons({c.text | some c in contradictions}),
		]),
		"evidence": paths.evidence([c | some c in contradictions]),
	}
}

# METADATA
# description: Tunnels and links of which one end was not read.
# scope: document
undetermined contains {"resource": id, "message": message, "evidence": paths.evidence([c | some c in silent])} if {
	some id, silent in _said.unknown
	message := words.reasons({c.text | some c in silent})
}

undetermined contains {"resource": unknown.id, "message": unknown.why, "evidence": paths.evidence([unknown])} if {
	some unknown in input.unknownTunnels
}

_said[compared.agree][compared.id] contains compared if some compared in input.comparisons
