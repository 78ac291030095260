# METADATA
# title: No route has the next hop VirtualNetworkGateway where both gateways are
# description: >-
#   The next hop type VirtualNetworkGateway means a VPN gateway, and Azure does not support it where
#   an ExpressRoute gateway serves the same networks: such a route does not steer traffic into the
#   tunnel. What it was meant to protect goes where BGP sends it.
# related_resources:
#   - description: "Virtual network traffic routing"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
#   - description: "Configure ExpressRoute and Site-to-Site coexisting connections"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-howto-coexist-resource-manager
# custom:
#   id: GWS-08
#   severity: high
#   remediation: >-
#     Remove the route and steer by BGP: announce the on-premises prefix through the tunnels only, or a more
#     specific one than over ExpressRoute.
#
#     Azure CLI:
#         az network route-table route delete -g RG --route-table-name TABLE -n ROUTE
#
#     Cisco IOS, on every router (neighbour 192.168.100.2 and end point 10.10.10.1 are examples):
#         ip prefix-list TO-EXPRESSROUTE seq 10 permit 10.10.10.1/32
#         router bgp 65501
#          address-family ipv4
#           neighbor 192.168.100.2 prefix-list TO-EXPRESSROUTE out
#     Other platforms:
#         FRR, Arista EOS: the same lines. Then: clear ip bgp 192.168.100.2 soft out
#         Cisco NX-OS: under the neighbour's address-family ipv4 unicast, prefix-list TO-EXPRESSROUTE out
#         Cisco IOS-XR: prefix-set TO-EXPRESSROUTE and a route-policy that passes only "destination in TO-EXPRESSROUTE", applied by route-policy NAME out
#         Junos: set policy-options policy-statement TO-EXPRESSROUTE term endpoint from route-filter 10.10.10.1/32 exact, then accept, a last term that rejects, and export TO-EXPRESSROUTE on the neighbour
#
#     Check: az network nic show-effective-route-table -g RG -n NIC -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package gateway_subnet.gateway_next_hop

import data.lib.gateway_subnets
import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Route tables of subnets that a VPN and an ExpressRoute gateway both serve, or may serve.
# scope: document
applicable contains table.id if {
	some table in input.attachedTables
	_in_scope(table)
}

applicable contains resource.id if some resource in _unread

# METADATA
# description: Tables with a route to a virtual network gateway.
# scope: document
violations contains violation if {
	some table in input.attachedTables
	table.coexisting
	count(table.toGateway) > 0

	violation := {
		"resource": table.id,
		"message": sprintf("%s, on %s with VPN and ExpressRoute: Azure does not support this next hop there, want none", [
			words.list([gateway_subnets.route(route) | some route in table.toGateway]),
			words.list(table.subnets),
		]),
		"evidence": paths.evidence(array.concat(table.toGateway, [table])),
	}
}

# METADATA
# description: Tables that were not read, or of which it is not known what gateways serve their subnets.
# scope: document
undetermined contains {"resource": table.id, "message": doubt, "evidence": paths.evidence([table])} if {
	some table in input.attachedTables
	_in_scope(table)
	doubt := _doubt(table)
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "route tables")
}

_unread := unread.of(input.unreadResources, ["virtualnetworks", "routetables"])

_in_scope(table) if table.coexisting

_in_scope(table) if {
	table.unknown
	_may_lead_to_gateway(table)
}

_may_lead_to_gateway(table) if table.status != "ok"

_may_lead_to_gateway(table) if count(table.toGateway) > 0

_doubt(table) := sprintf("%s of %s was not read", [table.id, words.list(table.subnets)]) if {
	table.status != "ok"
} else := sprintf("whether a VPN and an ExpressRoute gateway both serve %s is not known: %s", [
	words.list(table.subnets),
	table.unknown,
])
