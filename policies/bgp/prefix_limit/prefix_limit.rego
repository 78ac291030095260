# METADATA
# title: The router bounds what it takes over private peering
# description: >-
#   Without a limit, a mistake on the other side (a default table leaked into the peering, a summary
#   taken apart) fills the router's table. Longer prefixes that arrive over ExpressRoute then beat those
#   over the tunnel, and a router that runs out of memory drops the tunnels with everything else.
# related_resources:
#   - description: "RFC 7454: BGP Operations and Security, 8 Maximum prefixes"
#     ref: https://www.rfc-editor.org/rfc/rfc7454#section-8
#   - description: "ExpressRoute FAQ: prefix limits"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-faqs
# custom:
#   id: BGP-02
#   severity: low
#   remediation: >-
#     Set a limit above what Azure advertises today, with room for a few more networks (Azure sends at
#     most 1,000 prefixes of IPv4), and watch the warning that comes before it.
#
#     Cisco IOS, FRR (neighbour 192.168.100.2 is an example):
#         router bgp 65501
#          address-family ipv4
#           neighbor 192.168.100.2 maximum-prefix 200
#     Other platforms:
#         Arista EOS: neighbor 192.168.100.2 maximum-routes 200
#         Cisco NX-OS: router bgp 65501, neighbor 192.168.100.2, address-family ipv4 unicast, maximum-prefix 200
#         Cisco IOS-XR: router bgp 65501 neighbor 192.168.100.2 address-family ipv4 unicast maximum-prefix 200
#         Junos: set protocols bgp group AZURE neighbor 192.168.100.2 family inet unicast prefix-limit maximum 200 teardown
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package bgp.prefix_limit

import data.lib.paths
import data.lib.sessions

# METADATA
# description: Every link of a private peering.
# scope: document
applicable contains session.id if some session in input.peeringSessions

# METADATA
# description: Links over which the router takes any number of prefixes.
# scope: document
violations contains violation if {
	some session in input.peeringSessions
	session.limited == "no"

	violation := {
		"resource": session.id,
		"message": sprintf("%s has no prefix limit, want one above what Azure advertises", [sessions.name(session)]),
		"evidence": paths.evidence([session]),
	}
}

# METADATA
# description: Links whose router's configuration was not read.
# scope: document
undetermined contains {"resource": session.id, "message": message, "evidence": paths.evidence([session])} if {
	some session in input.peeringSessions
	session.limited == "unknown"
	message := sprintf("whether %s has a prefix limit is not known: %s", [
		sessions.name(session),
		sessions.unread(session),
	])
}
