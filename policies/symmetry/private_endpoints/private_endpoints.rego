# METADATA
# title: Private endpoints are reached through the firewall, too
# description: >-
#   Every private endpoint puts a route of its own, of one address, into its virtual network, the peered
#   ones and their gateways. It is longer than the route that leads to the firewall: packets from the
#   premises go straight to the endpoint, and the firewall sees neither them nor the answers. Only where
#   the endpoint's subnet has network policies for route tables do other routes than that win. The
#   documentation of gateways has changed here; the finding takes the strict reading.
# related_resources:
#   - description: "Manage network policies for private endpoints"
#     ref: https://learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy
#   - description: "Azure Firewall scenarios to inspect traffic destined to a private endpoint"
#     ref: https://learn.microsoft.com/azure/private-link/inspect-traffic-with-azure-firewall
# custom:
#   id: SYM-12
#   severity: medium
#   remediation: >-
#     Turn network policies for route tables on for the subnet:
#         az network vnet subnet update -g RG --vnet-name VNET -n SUBNET \
#           --private-endpoint-network-policies RouteTableEnabled
#     (Enabled honours network security groups as well.) The route of the GatewaySubnet must then be of
#     the whole address space of the endpoint's virtual network, or longer; and let the firewall translate
#     the source of what it sends to endpoints, or their answers go past it.
#
#     Check: az network vnet subnet show -g RG --vnet-name VNET -n SUBNET --query privateEndpointNetworkPolicies
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: satisfies}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.private_endpoints

import data.lib.appliances
import data.lib.classes
import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Subnets with private endpoints to which packets from the premises pass a firewall, or may, and what may be one.
# scope: document
applicable contains subnet.id if some subnet in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those of which no network policies make the endpoints' routes give way.
# scope: document
violations contains violation if {
	some subnet in _judged
	_passed[subnet.id]
	subnet.endpointPolicies in _ineffective
	not subnet.hostRoutes

	violation := {
		"resource": subnet.id,
		"message": sprintf("%s past %s on the way from the premises: privateEndpointNetworkPolicies is %s; want RouteTableEnabled", [
			_go(subnet),
			appliances.names(_passed[subnet.id]),
			subnet.endpointPolicies,
		]),
		"evidence": paths.evidence([subnet]),
	}
}

# METADATA
# description: Those whose network policies are not known, or that have routes of single addresses.
# scope: document
undetermined contains {"resource": subnet.id, "message": words.reasons(reasons), "evidence": paths.evidence([subnet])} if {
	some subnet in _judged
	reasons := ({sprintf("%s, and what its privateEndpointNetworkPolicies are is not known", [_counted(subnet)]) |
		not object.get(subnet, "endpointPolicies", "") in (_ineffective | _effective)
	} | {sprintf("%s, and whether the routes of single addresses in the GatewaySubnet's table are all of theirs is not known", [_counted(subnet)]) |
		subnet.endpointPolicies in _ineffective
		subnet.hostRoutes
	}) | {sprintf("%s, and whether packets there pass a firewall is not known: %s", [_counted(subnet), reason]) |
		subnet.endpointPolicies in _ineffective
		not _passed[subnet.id]
		some reason in _doubts[subnet.id]
	}
	count(reasons) > 0
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "private endpoints")
}

_judged := [subnet |
	some subnet in input.subnets
	subnet.privateEndpoints > 0
	_on_a_way(subnet.id)
]

_on_a_way(id) if _passed[id]

_on_a_way(id) if _doubts[id]

# ARM's words for network policies without route tables, and with them.
_ineffective := {"Disabled", "NetworkSecurityGroupEnabled"}

_effective := {"Enabled", "RouteTableEnabled"}

# What packets from the premises pass on their way to a subnet.
_passed[subnet] contains passed if {
	some class in classes.inspected
	some passed in appliances.passed(class.forward)
	some subnet in _subnets(class)
}

# Why it is not known what they pass.
_doubts[subnet] contains reason if {
	some class in classes.inspected
	some reason in paths.unknowns(class.forward)
	some subnet in _subnets(class)
}

_subnets(class) := array.concat([class.azure.subnet], object.get(class.azure, "alike", []))

_counted(subnet) := sprintf("the %d private endpoints in it", [subnet.privateEndpoints]) if subnet.privateEndpoints > 1

_counted(subnet) := "the private endpoint in it" if subnet.privateEndpoints == 1

_go(subnet) := sprintf("%s go", [_counted(subnet)]) if subnet.privateEndpoints > 1

_go(subnet) := sprintf("%s goes", [_counted(subnet)]) if subnet.privateEndpoints == 1

_unread := [resource |
	some resource in unread.of(input.unreadResources, ["virtualnetworks"])
	count(classes.inspected) > 0
]
