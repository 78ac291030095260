# METADATA
# title: Equal-cost paths are all encrypted, or none is used
# description: >-
#   Traffic is shared between a tunnel and ExpressRoute: flows whose hash falls on the latter go
#   in clear, the others do not. A test with one packet shows a tunnel that works. It comes from
#   equal local preference and multipath on the routers, or from two routes of Azure's that are
#   as good.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: ENC-06
#   severity: critical
#   each: class
#   remediation: >-
#     Make the tunnel better, not equal: a higher local preference (or weight) for what the VPN
#     neighbours announce, on every router, and no multipath between the two kinds.
#         Cisco IOS and FRR:
#             route-map FROM-VPN permit 10
#              set local-preference 200
#             router bgp 65501
#              neighbor 169.254.21.2 route-map FROM-VPN in
#         Arista EOS: the same; NX-OS: the route map under the neighbour's address-family ipv4 unicast
#         IOS-XR: route-policy FROM-VPN, which sets local-preference 200, in
#         Junos: set policy-options policy-statement FROM-VPN then local-preference 200
#
#     Check: show ip bgp 172.16.0.0/16 marks one path as best and none to ExpressRoute as
#     multipath.
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: satisfies}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: satisfies}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.mixed_multipath

import data.lib.classes
import data.lib.paths
import data.lib.words

# METADATA
# description: Every class of address pairs.
# scope: document
applicable contains class.id if some class in input.classes

# METADATA
# description: Classes of which a part of the equal-cost paths is in clear, and another protected.
# scope: document
violations contains violation if {
	some class in classes.exposed
	mixed := [found |
		some direction in ["forward", "return"]
		found := _mixed(class, direction)
	]
	count(mixed) > 0

	violation := {
		"resource": class.id,
		"message": concat("; ", [found.text | some found in mixed]),
		"path": {"class": class.id, "direction": mixed[0].direction},
		"evidence": paths.evidence([hop | some found in mixed; some hop in found.hops]),
	}
}

# METADATA
# description: Classes of which a path is not wholly known.
# scope: document
undetermined contains {"resource": class.id, "message": words.reasons(reasons)} if {
	some class in classes.exposed
	reasons := paths.doubts(class.forward, class.required.protection) | paths.doubts(class.return, class.required.protection)
	count(reasons) > 0
}

# How a direction's traffic is shared; undefined where it is not, or all in clear.
_mixed(class, direction) := found if {
	path := class[direction]
	accepted := class.required.protection
	paths.in_clear(path, accepted)
	exposed := paths.exposures(path, accepted)
	clear := {branch | some [branch, _] in exposed}
	protected := _protected(path, accepted) - clear
	count(protected) > 0
	[b, h] := min(exposed)
	branches := paths.branches(path)
	decision := paths.decision(branches[b], h)
	found := {
		"direction": direction,
		"hops": [decision, branches[b].hops[h]],
		"text": sprintf("%s: %d of %d equal-cost paths leave over %s without encryption, %d protected: %s (%s)", [
			words.flow(class, direction),
			count(clear),
			count(branches),
			paths.link(path, [b, h]),
			count(protected),
			decision.node,
			decision.why,
		]),
	}
}

# The branches that leave the premises with a protection that is accepted.
_protected(path, accepted) := {b |
	some b, branch in paths.branches(path)
	some hop in branch.hops
	hop.leavesPremises
	object.get(hop, "protection", "unknown") in accepted
}
