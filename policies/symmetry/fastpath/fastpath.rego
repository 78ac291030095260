# METADATA
# title: FastPath does not go past the GatewaySubnet's route table
# description: >-
#   FastPath sends packets from the circuit straight to the machines of the hub, past the gateway. On a
#   provider's circuit the user-defined routes of the GatewaySubnet are then not honoured: the firewall
#   that they lead to is skipped on the way in, and not on the way out. Only on ExpressRoute Direct are
#   they followed. The documentation of this has changed more than once; the finding takes the strict reading.
# related_resources:
#   - description: "About ExpressRoute FastPath"
#     ref: https://learn.microsoft.com/azure/expressroute/about-fastpath
# custom:
#   id: SYM-06
#   severity: high
#   remediation: >-
#     Turn FastPath off for the connection:
#         az network vpn-connection update -g RG -n CONNECTION \
#           --set expressRouteGatewayBypass=false
#     or move the gateway to a circuit on ExpressRoute Direct. Do not just take the routes away: without
#     them nothing from the premises passes the firewall.
#
#     Check: az network vpn-connection show -g RG -n CONNECTION --query expressRouteGatewayBypass
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: satisfies}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.fastpath

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Every connection of a circuit, and what may be one.
# scope: document
applicable contains connection.id if some connection in input.fastPaths

applicable contains resource.id if some resource in _unread

# METADATA
# description: Connections that go past a gateway whose subnet has routes, from a provider's circuit.
# scope: document
violations contains violation if {
	some connection in _fast
	connection.circuitKind == "provider"
	count(connection.routes) > 0

	violation := {
		"resource": connection.id,
		"message": sprintf("FastPath of %s, a provider's circuit, goes past %s and %s of %s; want FastPath off", [
			connection.circuit,
			connection.gateway,
			words.list(connection.routes),
			connection.table,
		]),
		"evidence": paths.evidence([connection]),
	}
}

# METADATA
# description: Connections with FastPath of which the circuit or the gateway's routes are not known.
# scope: document
undetermined contains {"resource": connection.id, "message": words.reasons(reasons), "evidence": paths.evidence([connection])} if {
	some connection in _fast
	not _settled(connection)
	reasons := {sprintf("FastPath is on, and %s was not read", [connection.circuit]) |
		connection.circuitKind == "missing"
	} | {sprintf("FastPath is on, and the route table of %s's subnet was not read", [connection.gateway]) |
		connection.tableStatus == "missing"
	}
	count(reasons) > 0
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "connections with FastPath")
}

_fast := [connection |
	some connection in input.fastPaths
	connection.enabled
]

_settled(connection) if connection.circuitKind == "direct"

_settled(connection) if connection.tableStatus == "none"

_unread := unread.of(input.unreadResources, ["connections"])
