# METADATA
# title: The GatewaySubnet is large enough for both gateways
# description: >-
#   A VPN and an ExpressRoute gateway in one GatewaySubnet need a /27 or larger; some configurations,
#   as many circuits, need a /26. In a smaller one the second gateway, a larger size or an
#   active-active pair cannot be made, and the subnet cannot be resized while it holds a gateway.
# related_resources:
#   - description: "Configure ExpressRoute and Site-to-Site coexisting connections"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-howto-coexist-resource-manager
#   - description: "ExpressRoute virtual network gateways: gateway subnet"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways
# custom:
#   id: GWS-09
#   severity: low
#   remediation: >-
#     Plan a maintenance: the gateways have to be deleted, the subnet made again with a /27 or larger, and
#     the gateways with their connections created anew. Keep the old addresses where routers name them.
#
#     Azure CLI, once the gateways are deleted (10.64.0.0/26 is an example):
#         az network vnet subnet update -g RG --vnet-name VNET \
#           -n GatewaySubnet --address-prefixes 10.64.0.0/26
#
#     Check: az network vnet subnet show -g RG --vnet-name VNET -n GatewaySubnet --query addressPrefix
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
package gateway_subnet.size

import data.lib.gateway_subnets
import data.lib.paths
import data.lib.words

# METADATA
# description: Every subnet of gateways.
# scope: document
applicable contains subnet.id if some subnet in input.gatewaySubnets

# METADATA
# description: Subnets whose IPv4 prefixes are all longer than /27.
# scope: document
violations contains violation if {
	some subnet in input.gatewaySubnets
	min(_lengths(subnet)) > 27

	violation := {
		"resource": subnet.id,
		"message": sprintf("%s has %s, want /27 or larger", [subnet.id, words.list(subnet.prefixes)]),
		"evidence": paths.evidence([subnet]),
	}
}

# METADATA
# description: Subnets whose size is not known.
# scope: document
undetermined contains {"resource": subnet.id, "message": reason, "evidence": paths.evidence([subnet])} if {
	some subnet in input.gatewaySubnets
	reason := _doubt(subnet)
}

_doubt(subnet) := gateway_subnets.unread(subnet) if {
	subnet.status != "ok"
} else := sprintf("no IPv4 prefix of %s is known", [subnet.id]) if {
	_lengths(subnet) == set()
}

# An IPv6 prefix of a subnet is a /64, always.
_lengths(subnet) := {to_number(split(prefix, "/")[1]) |
	some prefix in subnet.prefixes
	not contains(prefix, ":")
}
