# METADATA
# title: The devices of tunnels over ExpressRoute are reached over it
# description: >-
#   A connection over private addresses ends at a device that no ExpressRoute gateway has a route
#   to. Its packets take the default route or another tunnel, and the tunnel that was to run over
#   ExpressRoute is down, or runs where nobody looks.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: ENC-19
#   severity: high
#   remediation: >-
#     Announce the device's address over ExpressRoute as a host route, and nothing else of the
#     premises.
#         Cisco IOS:
#             ip prefix-list TO-EXPRESSROUTE seq 10 permit 10.10.10.1/32
#             router bgp 65501
#              address-family ipv4
#               network 10.10.10.1 mask 255.255.255.255
#               neighbor 192.168.100.2 prefix-list TO-EXPRESSROUTE out
#         Junos: a policy that accepts 10.10.10.1/32 exact, as export of the group
#         FRR: the lines of IOS, with network 10.10.10.1/32
#
#     Check: az network vnet-gateway list-learned-routes -g RG -n EXPRESSROUTE-GATEWAY -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.end_point_off_expressroute

import data.lib.paths
import data.lib.unread

# METADATA
# description: Connections over private addresses.
# scope: document
applicable contains connection.id if some connection in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those whose device is elsewhere.
# scope: document
violations contains violation if {
	some connection in _judged
	connection.overExpressRoute == "no"
	message := sprintf("%s ends at %s%s, and ExpressRoute has no route to it", [connection.id, connection.endpoint, _kind(connection)])
	violation := {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])}
}

# METADATA
# description: Those whose device is not known.
# scope: document
undetermined contains {"resource": connection.id, "message": connection.why, "evidence": paths.evidence([connection])} if {
	some connection in _judged
	connection.overExpressRoute == "unknown"
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "connections")
}

_judged := [connection |
	some connection in input.ipsecConnections
	connection.private
]

_kind(connection) := ", a public address" if {
	connection.public
} else := ""

_unread := unread.of(input.unreadResources, ["connections"])
