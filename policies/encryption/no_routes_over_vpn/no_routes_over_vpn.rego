# METADATA
# title: Every tunnel with BGP has a session that brings routes
# description: >-
#   A tunnel is up, and the BGP session in it is not, or brings nothing. Azure then has no route
#   into the tunnel: what it was to carry takes another tunnel, is dropped, or leaves over
#   ExpressRoute in clear.
# related_resources:
#   - description: "About BGP and VPN Gateway"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview
# custom:
#   id: ENC-15
#   severity: high
#   remediation: >-
#     Bring the session up, and announce the premises' prefixes in it.
#         az network vnet-gateway list-bgp-peer-status -g RG -n GATEWAY -o table
#     The router's address must be the one in the local network gateway, and it needs a host
#     route to the gateway's BGP address through the tunnel; APIPA addresses must be set on both
#     ends.
#         Cisco IOS and EOS: show ip bgp summary; show ip bgp neighbors ADDRESS advertised-routes
#         Junos: show bgp summary; show route advertising-protocol bgp ADDRESS
#         FRR: show ip bgp summary
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CA-7", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.no_routes_over_vpn

import data.lib.paths
import data.lib.unread

# METADATA
# description: Connections with BGP.
# scope: document
applicable contains connection.id if some connection in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those whose session is down or brings nothing.
# scope: document
violations contains violation if {
	some connection in _judged
	connection.peers == "ok"
	connection.neighbour
	fault := _fault(connection)
	message := sprintf("%s: %s", [connection.id, fault])
	violation := {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])}
}

# METADATA
# description: Those whose session is not known.
# scope: document
undetermined contains {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])} if {
	some connection in _judged
	message := _unknown(connection)
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "connections")
}

_judged := [connection |
	some connection in input.ipsecConnections
	connection.bgp
]

_unknown(connection) := sprintf("the BGP peers of %s were not read whole", [connection.gateway]) if {
	connection.peers != "ok"
} else := sprintf("the BGP address of the device of %s was not read", [connection.id]) if {
	not connection.neighbour
}

_fault(connection) := sprintf("%s lists no BGP session with %s", [connection.gateway, connection.neighbour]) if {
	not connection.session
} else := sprintf("the BGP session with %s is %s, not Connected", [connection.neighbour, connection.session]) if {
	connection.session != "Connected"
} else := sprintf("the BGP session with %s brings no routes", [connection.neighbour]) if {
	connection.received == 0
}

_unread := unread.of(input.unreadResources, ["connections"])
