# METADATA
# title: No route of the GatewaySubnet takes the gateways' own addresses
# description: >-
#   A user-defined route that covers the GatewaySubnet, as one for the hub's whole prefix to the
#   firewall does, sends packets between the gateways' instances through an appliance; one that covers
#   their public addresses does the same to what Azure manages them by. Management, diagnostics and
#   tunnels are affected, often only at the next failover. A route that Azure's longer one beats does
#   no harm.
# related_resources:
#   - description: "VPN Gateway settings: gateway subnet"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings
#   - description: "Virtual network traffic routing"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
# custom:
#   id: GWS-06
#   severity: high
#   remediation: >-
#     Replace the route by one for each subnet that needs it, leaving out the GatewaySubnet, or add a route
#     for exactly the GatewaySubnet's prefix with the next hop VnetLocal.
#
#     Azure CLI (GatewaySubnet 10.64.0.0/26 is an example):
#         az network route-table route delete -g RG \
#           --route-table-name TABLE -n ROUTE
#         az network route-table route create -g RG \
#           --route-table-name TABLE -n GATEWAYS \
#           --address-prefix 10.64.0.0/26 --next-hop-type VnetLocal
#
#     Check: az network route-table route list -g RG --route-table-name TABLE -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package gateway_subnet.own_addresses

import data.lib.gateway_subnets
import data.lib.paths
import data.lib.words

# METADATA
# description: Every subnet of gateways.
# scope: document
applicable contains subnet.id if some subnet in input.gatewaySubnets

# METADATA
# description: Subnets with a route that the gateways' own packets follow.
# scope: document
violations contains violation if {
	some subnet in input.gatewaySubnets
	routes := [route | some route in subnet.table.routes; count(route.takes) > 0]
	count(routes) > 0

	violation := {
		"resource": subnet.id,
		"message": sprintf("%s; want no route of %s for them that leads elsewhere than Azure's own", [
			words.reasons({_takes(route) | some route in routes}),
			subnet.table.id,
		]),
		"evidence": paths.evidence(array.concat(routes, [subnet])),
	}
}

# METADATA
# description: Subnets whose routes are not known, or of which it is not known what they cover.
# scope: document
undetermined contains {"resource": subnet.id, "message": words.reasons(reasons), "evidence": paths.evidence([subnet])} if {
	some subnet in input.gatewaySubnets
	reasons := {reason | reason := gateway_subnets.table_unread(subnet)} | {reason |
		some route in subnet.table.routes
		count(route.mayTake) > 0
		reason := sprintf("%s may take %s", [gateway_subnets.route(route), words.list(route.mayTake)])
	}
	count(reasons) > 0
}

_takes(route) := sprintf("%s takes %s", [gateway_subnets.route(route), words.list(route.takes)])
