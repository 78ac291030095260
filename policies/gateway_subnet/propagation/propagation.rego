# METADATA
# title: The GatewaySubnet gets the routes that its gateways learn
# description: >-
#   With the propagation of gateway routes disabled in its route table, the GatewaySubnet has none
#   of the on-premises routes that the gateways learned by BGP or from local network gateways. The
#   gateways then do not function: packets for the premises, and the tunnels' own, match nothing.
# related_resources:
#   - description: "VPN Gateway settings: gateway subnet"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings
#   - description: "Virtual network traffic routing"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
# custom:
#   id: GWS-04
#   severity: critical
#   remediation: >-
#     Enable the propagation of gateway routes in the table of the GatewaySubnet. Where a spoke shares the
#     table and must not have these routes, give the spoke a table of its own first.
#
#     Azure CLI:
#         az network route-table update -g RG -n TABLE --disable-bgp-route-propagation false
#
#     Check: az network route-table show -g RG -n TABLE --query disableBgpRoutePropagation
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package gateway_subnet.propagation

import data.lib.gateway_subnets
import data.lib.paths

# METADATA
# description: Every subnet of gateways.
# scope: document
applicable contains subnet.id if some subnet in input.gatewaySubnets

# METADATA
# description: Subnets whose route table keeps the gateways' routes out.
# scope: document
violations contains violation if {
	some subnet in input.gatewaySubnets
	subnet.table.disablePropagation

	violation := {
		"resource": subnet.id,
		"message": sprintf(
			"%s keeps out the routes that %s learned: disableBgpRoutePropagation is true, want false",
			[subnet.table.id, concat(" and ", array.concat(subnet.gateways, _nobody(subnet)))],
		),
		"evidence": paths.evidence([subnet.table, subnet]),
	}
}

# METADATA
# description: Subnets whose route table is not known.
# scope: document
undetermined contains {"resource": subnet.id, "message": reason, "evidence": paths.evidence([subnet])} if {
	some subnet in input.gatewaySubnets
	reason := gateway_subnets.table_unread(subnet)
}

_nobody(subnet) := ["gateways"] if {
	count(subnet.gateways) == 0
} else := []
