# METADATA
# title: The GatewaySubnet has no default route of its own
# description: >-
#   Gateways are managed by Azure over public addresses, from their subnet. A user-defined default
#   route there takes that traffic away: Azure does not support it, and the gateways degrade or
#   stop. Two halves (0.0.0.0/1 and 128.0.0.0/1), ::/0, and the service tag Internet are the same
#   thing by another name.
# related_resources:
#   - description: "VPN Gateway settings: gateway subnet"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings
#   - description: "Virtual network traffic routing"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
# custom:
#   id: GWS-03
#   severity: critical
#   remediation: >-
#     Remove the route, and any that together with others of the table covers all public addresses. Traffic
#     from the premises that a firewall must see is sent to it by one route for each spoke's prefix.
#
#     Azure CLI (172.16.0.0/16 and the firewall's 10.64.1.4 are examples):
#         az network route-table route delete -g RG \
#           --route-table-name TABLE -n ROUTE
#         az network route-table route create -g RG \
#           --route-table-name TABLE -n SPOKE \
#           --address-prefix 172.16.0.0/16 \
#           --next-hop-type VirtualAppliance --next-hop-ip-address 10.64.1.4
#
#     Check: az network route-table route list -g RG --route-table-name TABLE -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package gateway_subnet.default_route

import data.lib.gateway_subnets
import data.lib.paths
import data.lib.words

# METADATA
# description: Every subnet of gateways.
# scope: document
applicable contains subnet.id if some subnet in input.gatewaySubnets

# METADATA
# description: Subnets whose route table has a default route, whole or in parts.
# scope: document
violations contains violation if {
	some subnet in input.gatewaySubnets
	routes := [route | some route in subnet.table.routes; route.default]
	count(routes) > 0

	violation := {
		"resource": subnet.id,
		"message": sprintf("%s takes all public addresses away from the gateways: %s; want no route for them", [
			subnet.table.id,
			words.list([gateway_subnets.route(route) | some route in routes]),
		]),
		"evidence": paths.evidence(array.concat(routes, [subnet])),
	}
}

# METADATA
# description: Subnets whose routes are not known.
# scope: document
undetermined contains {"resource": subnet.id, "message": reason, "evidence": paths.evidence([subnet])} if {
	some subnet in input.gatewaySubnets
	reason := gateway_subnets.table_unread(subnet)
}
