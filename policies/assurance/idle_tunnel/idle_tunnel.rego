# METADATA
# title: A connected tunnel carries traffic both ways
# description: >-
#   A tunnel that is connected and has carried nothing is the picture that reassures: green in the portal,
#   while the packets take ExpressRoute in clear. Where BGP runs inside the tunnel its own messages are
#   counted, so that a counter at zero means that nothing at all comes through in that direction.
# related_resources:
#   - description: "Verify a VPN Gateway connection"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-verify-connection-resource-manager
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: AST-01
#   severity: medium
#   remediation: >-
#     Find out where the packets go: routeproof trace EVIDENCE SOURCE DESTINATION shows both directions with the
#     reason for each hop. A direction at zero on a tunnel that is up is mostly a route that leads past it, traffic
#     selectors that do not fit, or a security association that one end has lost.
#
#     Azure: az network vpn-connection show -g RG -n CONNECTION --query tunnelConnectionStatus
#         az network vnet-gateway list-learned-routes -g RG -n GATEWAY -o table
#         Cisco IOS, NX-OS, Arista EOS: show ip route ADDRESS; show crypto ipsec sa peer ADDRESS (counters of packets)
#         Cisco IOS-XR: show route ADDRESS; show crypto ipsec sa
#         Junos: show route ADDRESS; show security ipsec statistics
#         FRR on Linux: show ip route ADDRESS; ip -s xfrm state
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CA-7", strength: supports}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package assurance.idle_tunnel

import data.lib.paths

# METADATA
# description: Every tunnel that Azure calls connected, and what may have tunnels that were not read.
# scope: document
applicable contains traffic.id if some traffic in input.tunnelTraffics

applicable contains unknown.id if some unknown in input.unknownTunnels

# METADATA
# description: Connected tunnels with a counter at zero.
# scope: document
violations contains violation if {
	some traffic in input.tunnelTraffics
	traffic.idle == "yes"

	violation := {
		"resource": traffic.id,
		"message": sprintf("%s is connected and carries nothing: %s, want both above zero", [traffic.id, traffic.counters]),
		"evidence": paths.evidence([traffic]),
	}
}

# METADATA
# description: Connected tunnels without counters, and what was not read.
# scope: document
undetermined contains {"resource": traffic.id, "message": message, "evidence": paths.evidence([traffic])} if {
	some traffic in input.tunnelTraffics
	traffic.idle == "unknown"
	message := sprintf("whether %s carries anything is not known: %s", [traffic.id, traffic.why])
}

undetermined contains {"resource": unknown.id, "message": unknown.why, "evidence": paths.evidence([unknown])} if {
	some unknown in input.unknownTunnels
}
