# METADATA
# title: Only tunnel end points are advertised over ExpressRoute
# description: >-
#   Whatever a router advertises over private peering, Azure can reach past the tunnel. As long as a
#   longer prefix over the VPN, or nothing at all, leads there, nobody notices; when the tunnel goes,
#   the packets follow ExpressRoute's route in clear. Where only the VPN devices' own addresses are
#   advertised there is no such route to fall back to.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "Selective traffic encryption over ExpressRoute"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-high-bandwidth-tunnel
# custom:
#   id: BGP-03
#   severity: medium
#   remediation: >-
#     Advertise the end points only. If traffic with a prefix is meant to cross ExpressRoute without the
#     tunnel, declare it in the configuration (exempt, with a reason and a date).
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
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "PCI DSS 4.0.1", control: "1.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.5.14", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package bgp.endpoints_only

import data.lib.paths
import data.lib.sessions
import data.lib.words

# METADATA
# description: Every link of a private peering.
# scope: document
applicable contains session.id if some session in input.peeringSessions

# METADATA
# description: Links over which more than end points is advertised, and that do not protect it themselves.
# scope: document
violations contains violation if {
	some session in input.peeringSessions
	session.protection != "unknown"
	count(session.beyond) > 0

	violation := {
		"resource": session.id,
		"message": sprintf("%s is advertised over %s, which gives it %s; want tunnel end points only", [
			sessions.prefixes(session.beyond),
			session.id,
			_words[session.protection],
		]),
		"evidence": paths.evidence(array.concat(array.slice(session.beyond, 0, 10), [session])),
	}
}

# METADATA
# description: Links of which it is not known what is advertised, what of it are end points, or what protects it.
# scope: document
undetermined contains {"resource": id, "message": words.reasons(reasons), "evidence": evidence} if {
	some id, reasons in _doubts
	evidence := paths.evidence([session | some session in input.peeringSessions; session.id == id])
}

_doubts[session.id] contains sessions.unseen(session) if some session in input.peeringSessions

_doubts[session.id] contains doubt if {
	some session in input.peeringSessions
	some advertised in session.maybeBeyond
	doubt := sprintf("%s may be the end point of a tunnel: %s", [advertised.prefix, advertised.why])
}

_doubts[session.id] contains doubt if {
	some session in input.peeringSessions
	session.protection == "unknown"
	count(session.beyond) > 0
	doubt := sprintf("%s is advertised over %s, of which it is not known whether MACsec protects it", [
		sessions.prefixes(session.beyond),
		session.id,
	])
}

_words := {"none": "no protection", "macsec": "MACsec on the one link only", "ipsec": "IPsec only"}
