# METADATA
# title: The route to the firewall on the GatewaySubnet is as long as the spoke's prefix
# description: >-
#   The GatewaySubnet has a user-defined route that should send the spokes' traffic to the
#   firewall, and it is shorter than the route of the virtual network peering, which Azure
#   therefore follows. The design looks protected and is not: packets from the premises bypass
#   the firewall.
# related_resources:
#   - description: "Virtual network traffic routing: how Azure selects a route"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
#   - description: "Deploy and configure Azure Firewall in a hybrid network"
#     ref: https://learn.microsoft.com/azure/firewall/tutorial-hybrid-portal
# custom:
#   id: SYM-02
#   severity: high
#   each: class
#   remediation: >-
#     Give the GatewaySubnet a route table with a route for each spoke's exact prefix to the firewall; a
#     shorter one loses to the peering's route.
#         az network route-table create -g RG -n rt-gateway --disable-bgp-route-propagation false
#         az network route-table route create -g RG --route-table-name rt-gateway -n spoke \
#           --address-prefix 172.16.0.0/16 --next-hop-type VirtualAppliance \
#           --next-hop-ip-address 10.64.1.4
#         az network vnet subnet update -g RG --vnet-name HUB -n GatewaySubnet --route-table rt-gateway
#     Never route the GatewaySubnet's own range or 0.0.0.0/0 in that table, and keep route propagation on.
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: satisfies}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.summary_route

import data.lib.classes
import data.lib.ingress
import data.lib.paths
import data.lib.words

# METADATA
# description: Classes whose packets meet a user-defined route at the gateway that is not used, or may.
# scope: document
applicable contains class.id if some class in _classes

# METADATA
# description: Classes whose packets to Azure bypass the firewall of their answers.
# scope: document
violations contains violation if {
	some class in _classes
	found := [bypass |
		some bypass in ingress.bypasses(class)
		ingress.at_gateway(bypass.hop)
		count(ingress.unused(bypass.hop)) > 0
	]
	hop := found[0].hop

	violation := {
		"resource": class.id,
		"message": sprintf("%s bypasses %s%s: at %s the user-defined route %s is shorter than %s, which wins (%s)", [
			words.flow(class, "forward"),
			words.list(sort(found[0].firewalls)),
			words.share(count(found), count(paths.branches(class.forward))),
			hop.node,
			words.list([route.prefix | some route in ingress.unused(hop)]),
			hop.prefix,
			hop.why,
		]),
		"evidence": paths.evidence(array.flatten([ingress.unused(hop), hop])),
		"path": {"class": class.id, "direction": "forward"},
	}
}

# METADATA
# description: Classes of which one path is not wholly known.
# scope: document
undetermined contains {"resource": class.id, "message": words.reasons(reasons)} if {
	some class in _classes
	reasons := paths.unknowns(class.forward) | paths.unknowns(class.return)
	count(reasons) > 0
}

_classes := array.concat(_meeting, _maybe_meeting)

_meeting := [class |
	some i in _candidates
	class := input.classes[i]
	_meets(class)
]

# A path that ends unknown before the gateway may meet such a route there.
_maybe_meeting := [class |
	some class in classes.unknown_forward
	_ends_before(class)
]

# Few classes have a user-defined route that lost, and only these are looked at.
_candidates contains i if input.classes[i].forward.hops[_].lost[_].source == "user"

_candidates contains i if input.classes[i].forward.others[_].hops[_].lost[_].source == "user"

_meets(class) if {
	some branch in paths.branches(class.forward)
	count(ingress.unused(ingress.entry(branch))) > 0
}

_ends_before(class) if {
	some branch in paths.branches(class.forward)
	branch.outcome == "unknown"
	not ingress.entry(branch)
}
