# METADATA
# title: Tunnels over ExpressRoute end at the gateway's private addresses
# description: >-
#   A connection whose device is reached over ExpressRoute asks for the gateway's public
#   addresses. Its packets then leave ExpressRoute for the Internet, or find no way at all, and
#   the traffic that was to be inside goes over the circuit in clear. That a tunnel is up says
#   nothing of it.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: ENC-09
#   severity: high
#   remediation: >-
#     Turn on "Use Azure Private IP Address" for the connection; the gateway needs private
#     addresses first (ENC-10).
#         az network vpn-connection update -g RG -n CONNECTION --set useLocalAzureIpAddress=true
#     On the router, the tunnel's destination becomes the gateway's private address.
#
#     Check: az network vpn-connection show -g RG -n CONNECTION --query useLocalAzureIpAddress
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: satisfies}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.public_end_points

import data.lib.paths
import data.lib.unread

# METADATA
# description: Connections whose device may be reached over ExpressRoute.
# scope: document
applicable contains connection.id if some connection in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those whose tunnels end at public addresses.
# scope: document
violations contains violation if {
	some connection in _judged
	connection.overExpressRoute == "yes"
	not connection.private
	message := sprintf("%s reaches %s over ExpressRoute, and its tunnels end at public addresses of %s: useLocalAzureIpAddress is off", [
		connection.id,
		connection.endpoint,
		connection.gateway,
	])
	violation := {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])}
}

# METADATA
# description: Those of which it is not known where their device is.
# scope: document
undetermined contains {"resource": connection.id, "message": connection.why, "evidence": paths.evidence([connection])} if {
	some connection in _judged
	connection.overExpressRoute == "unknown"
	not connection.private
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "connections")
}

_judged := [connection |
	some connection in input.ipsecConnections
	connection.overExpressRoute != "no"
]

_unread := unread.of(input.unreadResources, ["connections"])
