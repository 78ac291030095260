# METADATA
# title: Azure's prefixes are not advertised back to Microsoft's edge
# description: >-
#   A router that advertises over ExpressRoute what it learned from Azure, over the VPN or the other
#   link, makes itself a way to Azure's own networks: for other circuits, for networks joined by Global
#   Reach and for Route Servers, whose traffic then crosses the customer's router and the provider's
#   network in clear. Azure ignores such routes only as long as its AS numbers stay in the path.
# related_resources:
#   - description: "ExpressRoute routing requirements"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-routing
#   - description: "RFC 7454: BGP Operations and Security, 6 Prefix filtering"
#     ref: https://www.rfc-editor.org/rfc/rfc7454#section-6
# custom:
#   id: BGP-04
#   severity: medium
#   remediation: >-
#     Filter what goes to the ExpressRoute neighbour by a list of what is meant to be there, and by nothing
#     else: a list of exceptions lets through what is added tomorrow.
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
#     Check: az network express-route list-route-tables -g RG -n CIRCUIT --path primary --peering-name AzurePrivatePeering
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.22", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package bgp.azure_returned

import data.lib.paths
import data.lib.sessions

# METADATA
# description: Every link of a private peering.
# scope: document
applicable contains session.id if some session in input.peeringSessions

# METADATA
# description: Links over which Azure's own prefixes come back, or nothing keeps them from it.
# scope: document
violations contains violation if {
	some session in input.peeringSessions
	count(session.returned) > 0

	violation := {
		"resource": session.id,
		"message": sprintf("%s is advertised to Azure over %s, want nothing of Azure's: %s", [
			sessions.prefixes(session.returned),
			session.id,
			session.returned[0].why,
		]),
		"evidence": paths.evidence(array.concat(array.slice(session.returned, 0, 10), [session])),
	}
}

violations contains violation if {
	some session in input.peeringSessions
	count(session.returned) == 0
	count(session.passed) > 0

	violation := {
		"resource": session.id,
		"message": sprintf("%s sends everything that it chose, as %s: want an outbound policy (%s)", [
			sessions.name(session),
			sessions.prefixes(session.passed),
			session.passed[0].why,
		]),
		"evidence": paths.evidence(array.concat(array.slice(session.passed, 0, 10), [session])),
	}
}

# METADATA
# description: Links of which it is not known what is advertised, or whether anything filters it.
# scope: document
undetermined contains {"resource": session.id, "message": message, "evidence": paths.evidence([session])} if {
	some session in input.peeringSessions
	message := _doubt(session)
}

_doubt(session) := sessions.unseen(session) if {
	session.sent != "ok"
} else := sprintf("whether anything filters what %s sends is not known: %s", [
	sessions.name(session),
	sessions.unread(session),
]) if {
	session.filtered == "unknown"
} else := sprintf("nothing filters what %s sends, and what that is, is not known: its BGP table is %s", [
	sessions.name(session),
	session.chosen,
]) if {
	session.filtered == "no"
	session.chosen != "ok"
}
