# METADATA
# title: What the VPN gateway learned is not advertised over ExpressRoute
# description: >-
#   A Route Server with branch-to-branch traffic makes the VPN and the ExpressRoute gateway of a virtual
#   network tell each other their routes. What Azure knows of a site through the tunnel is then
#   advertised to the routers over ExpressRoute, and what it knows over ExpressRoute to the VPN: sites
#   reach each other and Azure on the link that was meant to carry tunnels only.
# related_resources:
#   - description: "Azure Route Server support for ExpressRoute and Azure VPN"
#     ref: https://learn.microsoft.com/azure/route-server/expressroute-vpn-support
#   - description: "Configure ExpressRoute and Site-to-Site coexisting connections"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-howto-coexist-resource-manager
# custom:
#   id: ENC-22
#   severity: high
#   remediation: >-
#     Turn branch-to-branch traffic off. Where the sites must reach each other, join them on premises, or
#     filter on the routers what they take over ExpressRoute.
#
#     az network routeserver update -g RG -n SERVER --allow-b2b-traffic false
#
#     Cisco IOS, FRR (neighbour 192.168.100.2 is an example): a route map on the ExpressRoute neighbour that
#     takes the GatewaySubnet only:
#         router bgp 65501
#          address-family ipv4
#           neighbor 192.168.100.2 prefix-list GATEWAYSUBNET-ONLY in
#         Cisco NX-OS, Arista EOS: the same; Cisco IOS-XR: route-policy GATEWAYSUBNET-ONLY in; Junos: import GATEWAYSUBNET-ONLY
#
#     Check: az network vnet-gateway list-advertised-routes -g RG -n EXPRESSROUTE-GATEWAY --peer ADDRESS -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.22", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package encryption.branch_to_branch

import data.lib.paths
import data.lib.sessions

# METADATA
# description: Every virtual network with gateways of both types.
# scope: document
applicable contains exchange.id if some exchange in input.exchanges

# METADATA
# description: Virtual networks whose gateways tell each other their routes, or are told to.
# scope: document
violations contains violation if {
	some exchange in input.exchanges
	message := _message(exchange)

	violation := {
		"resource": exchange.id,
		"message": message,
		"evidence": paths.evidence(array.concat(array.slice(exchange.leaked, 0, 10), [exchange])),
	}
}

# METADATA
# description: Virtual networks in which there may be a Route Server that was not read.
# scope: document
undetermined contains {"resource": exchange.id, "message": message, "evidence": paths.evidence([exchange])} if {
	some exchange in input.exchanges
	exchange.enabled == "unknown"
	message := sprintf("whether the gateways tell each other their routes is not known: %s", [exchange.why])
}

_message(exchange) := sprintf("%s has allowBranchToBranchTraffic in %s with gateways of both types, want it off%s", [
	exchange.server,
	exchange.id,
	_proof(exchange),
]) if {
	exchange.enabled == "yes"
} else := sprintf("the gateways of %s tell each other their routes%s", [exchange.id, _proof(exchange)]) if {
	count(exchange.leaked) > 0
}

_proof(exchange) := sprintf(": %s, which the VPN gateway learned (%s)", [
	sessions.prefixes(exchange.leaked),
	exchange.leaked[0].why,
]) if {
	count(exchange.leaked) > 0
} else := ""
