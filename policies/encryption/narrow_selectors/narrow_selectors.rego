# METADATA
# title: Traffic selectors take all that is routed into a tunnel
# description: >-
#   A connection's traffic selectors are narrower than its routes. Packets that routing sends
#   into the tunnel and no selector takes are dropped there, or, where a router's policy lets
#   them pass, go on in clear.
# related_resources:
#   - description: "Connect a VPN gateway to multiple on-premises policy-based VPN devices"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-connect-multiple-policybased-rm-ps
# custom:
#   id: ENC-16
#   severity: high
#   remediation: >-
#     Use route-based tunnels with any-to-any selectors, or widen the selectors to every pair of
#     prefixes, on both ends.
#         az network vpn-connection update -g RG -n CONNECTION --set usePolicyBasedTrafficSelectors=false trafficSelectorPolicies=[]
#     On the router, a tunnel interface with IPsec protection (VTI) takes any traffic; with a
#     crypto map, widen its access list.
#
#     Check: az network vpn-connection show -g RG -n CONNECTION --query
#     "[usePolicyBasedTrafficSelectors, trafficSelectorPolicies]"
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.narrow_selectors

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Connections of type IPsec.
# scope: document
applicable contains connection.id if some connection in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those whose selectors leave flows out.
# scope: document
violations contains violation if {
	some connection in _judged
	count(connection.uncovered) > 0
	message := sprintf("no traffic selector of %s takes %s", [connection.id, words.list(connection.uncovered)])
	violation := {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])}
}

# METADATA
# description: Those whose selectors are not known.
# scope: document
undetermined contains {"resource": connection.id, "message": connection.unselected, "evidence": paths.evidence([connection])} if {
	some connection in _judged
	connection.unselected
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "connections")
}

_judged := input.ipsecConnections

_unread := unread.of(input.unreadResources, ["connections"])
