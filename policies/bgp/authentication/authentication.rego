# METADATA
# title: The BGP session over private peering is authenticated
# description: >-
#   A session without a key (TCP MD5, TCP-AO) takes routes from whoever can put packets on the
#   provider's segment between the router and Microsoft's edge. Routes decide here what goes through
#   the tunnel and what does not: a prefix that somebody else injects takes traffic past the tunnel.
# related_resources:
#   - description: "ExpressRoute: create and modify peering for a circuit (MD5 hash)"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-howto-routing-portal-resource-manager
#   - description: "RFC 7454: BGP Operations and Security, 5.1 Protection of TCP sessions"
#     ref: https://www.rfc-editor.org/rfc/rfc7454#section-5.1
# custom:
#   id: BGP-01
#   severity: medium
#   remediation: >-
#     Set the same key on both ends. The session restarts once: change one router, wait until its routes
#     are back, then the other.
#
#     Azure: az network express-route peering update -g RG --circuit-name CIRCUIT -n AzurePrivatePeering --shared-key KEY
#
#     Cisco IOS, FRR (neighbour 192.168.100.2 is an example):
#         router bgp 65501
#          neighbor 192.168.100.2 password KEY
#     Other platforms:
#         Arista EOS: neighbor 192.168.100.2 password KEY
#         Cisco NX-OS: router bgp 65501, neighbor 192.168.100.2, password KEY
#         Cisco IOS-XR: router bgp 65501 neighbor 192.168.100.2 password clear KEY
#         Junos: set protocols bgp group AZURE neighbor 192.168.100.2 authentication-key KEY
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "PCI DSS 4.0.1", control: "1.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package bgp.authentication

import data.lib.paths
import data.lib.sessions

# METADATA
# description: Every link of a private peering.
# scope: document
applicable contains session.id if some session in input.peeringSessions

# METADATA
# description: Links whose session has no key.
# scope: document
violations contains violation if {
	some session in input.peeringSessions
	session.authenticated == "no"

	violation := {
		"resource": session.id,
		"message": sprintf("%s has no key, want TCP MD5 or TCP-AO on both ends", [sessions.name(session)]),
		"evidence": paths.evidence([session]),
	}
}

# METADATA
# description: Links of which neither end tells.
# scope: document
undetermined contains {"resource": session.id, "message": message, "evidence": paths.evidence([session])} if {
	some session in input.peeringSessions
	session.authenticated == "unknown"
	message := sprintf("whether %s has a key is not known: %s", [sessions.name(session), sessions.unread(session)])
}
