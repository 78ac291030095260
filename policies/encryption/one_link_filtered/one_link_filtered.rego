# METADATA
# title: Both links of a circuit are filtered alike
# description: >-
#   What the premises offer Azure over one link of the circuit, or take from it, differs from the
#   other link. One router's filter is right and the other's is not: half of the traffic, or all
#   of it after a failure, takes the way that nobody meant.
# related_resources:
#   - description: "Designing for high availability with ExpressRoute"
#     ref: https://learn.microsoft.com/azure/expressroute/designing-for-high-availability-with-expressroute
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: ENC-08
#   severity: high
#   remediation: >-
#     Apply the same policies on both routers, and on every router of the site.
#         Cisco IOS, EOS and FRR: neighbor ADDRESS prefix-list TO-EXPRESSROUTE out, and the route-map in, with the same content on both
#         Junos: the same export and import policies of the group
#         then clear ip bgp ADDRESS soft (Junos: commit)
#
#     Check: az network express-route list-route-tables -g RG -n CIRCUIT --path primary
#     --peering-name AzurePrivatePeering, and --path secondary, differ in the end points of
#     tunnels only.
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: satisfies}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
package encryption.one_link_filtered

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Circuits with two links.
# scope: document
applicable contains circuit if some circuit in _circuits

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those whose links differ.
# scope: document
violations contains violation if {
	some circuit in _circuits
	links := _links(circuit)
	reasons := {reason |
		some one in links
		some other in links
		some reason in _only(one, other)
	}
	count(reasons) > 0

	violation := {
		"resource": circuit,
		"message": sprintf("%s: %s", [circuit, words.reasons(reasons)]),
		"evidence": paths.evidence(links),
	}
}

# METADATA
# description: Those of which a side is not known.
# scope: document
undetermined contains {"resource": circuit, "message": words.reasons(reasons), "evidence": paths.evidence(_links(circuit))} if {
	some circuit in _circuits
	reasons := {reason |
		some link in _links(circuit)
		some member in ["unoffered", "unaccepted"]
		reason := sprintf("%s: %s", [link.id, link[member]])
	}
	count(reasons) > 0
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "circuits")
}

_circuits := {link.circuit | some link in input.circuitLinks}

_links(circuit) := [link |
	some link in input.circuitLinks
	link.circuit == circuit
]

_only(one, other) := {sprintf("%s is offered over %s and not over %s", [prefix, one.id, other.id]) |
	not other.unoffered
	some prefix in (_set(one.offered) - _set(other.offered))
} | {sprintf("%s is taken over %s and not over %s", [prefix, one.id, other.id]) |
	not other.unaccepted
	some prefix in (_set(one.accepted) - _set(other.accepted))
}

_set(prefixes) := {prefix | some prefix in prefixes}

_unread := unread.of(input.unreadResources, ["expressroutecircuits"])
