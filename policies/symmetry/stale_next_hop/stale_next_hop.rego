# METADATA
# title: Routes to an appliance lead to one that forwards
# description: >-
#   A user-defined route names an address that is no firewall, no front end of an internal load
#   balancer and no network interface with IP forwarding, or one behind which not everything passes
#   packets on. Azure drops what is sent there, without a word, while the route is shown as active.
#   Such routes are left behind when a firewall is built anew with another address.
# related_resources:
#   - description: "Virtual network traffic routing: next hop types"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
#   - description: "High availability ports overview"
#     ref: https://learn.microsoft.com/azure/load-balancer/load-balancer-ha-ports-overview
# custom:
#   id: SYM-05
#   severity: high
#   remediation: >-
#     Find the address that the traffic should go to, and put it into the route:
#         az network firewall show -g RG -n FIREWALL --query "ipConfigurations[].privateIPAddress"
#         az network lb frontend-ip list -g RG --lb-name LB --query "[].privateIPAddress"
#         az network route-table route update -g RG --route-table-name TABLE -n ROUTE \
#           --next-hop-ip-address 10.64.1.4
#     Let the appliance's interfaces forward, and the load balancer pass on all ports:
#         az network nic update -g RG -n NIC --ip-forwarding true
#         az network lb rule update -g RG --lb-name LB -n RULE --protocol All \
#           --frontend-port 0 --backend-port 0
#     Remove a route that nothing needs any more: az network route-table route delete
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.stale_next_hop

import data.lib.appliances
import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Route tables of subnets with a route to an appliance, and what may have such tables.
# scope: document
applicable contains route.table if some route in input.applianceRoutes

applicable contains resource.id if some resource in _unread

# METADATA
# description: Tables with a route to an address that does not take packets, or not all.
# scope: document
violations contains violation if {
	some table in {route.table | some route in input.applianceRoutes}
	wrong := [route |
		some route in input.applianceRoutes
		route.table == table
		count(_wrong(route)) > 0
	]
	count(wrong) > 0

	violation := {
		"resource": table,
		"message": sprintf("%s; want the address of a firewall or appliance that forwards", [
			words.reasons({reason | some route in wrong; some reason in _wrong(route)}),
		]),
		"evidence": paths.evidence(wrong),
	}
}

# METADATA
# description: Tables with a route to an address of which it is not known what is there.
# scope: document
undetermined contains {"resource": table, "message": words.reasons(reasons), "evidence": paths.evidence(doubtful)} if {
	some table in {route.table | some route in input.applianceRoutes}
	doubtful := [route |
		some route in input.applianceRoutes
		route.table == table
		count(_doubts(route)) > 0
	]
	reasons := {sprintf("%s: %s", [appliances.route(route), doubt]) | some route in doubtful; some doubt in _doubts(route)}
	count(reasons) > 0
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "routes")
}

_unread := unread.of(input.unreadResources, ["virtualnetworks", "routetables"])

_wrong(route) := {sprintf("%s: %s", [appliances.route(route), what]) |
	some what in array.concat(route.faults, [stale | stale := route.stale])
}

_doubts(route) := {doubt | some doubt in array.concat(route.doubts, [why | why := route.unknown])}
