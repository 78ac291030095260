# METADATA
# title: The firewall's subnet gets to the premises and to the Internet
# description: >-
#   The firewall forwards by the routes of its own subnet. Where these lack the premises' prefixes, as a
#   route table without propagation does, what it lets pass goes nowhere. Where a gateway brings a
#   default route, the firewall loses its own way to the Internet, by which Azure manages it, unless a
#   route table keeps that way or the firewall is made for forced tunnelling.
# related_resources:
#   - description: "Deploy and configure Azure Firewall in a hybrid network"
#     ref: https://learn.microsoft.com/azure/firewall/tutorial-hybrid-portal
#   - description: "Azure Firewall forced tunneling"
#     ref: https://learn.microsoft.com/azure/firewall/forced-tunneling
# custom:
#   id: SYM-07
#   severity: high
#   remediation: >-
#     Keep route propagation on in the route table of AzureFirewallSubnet, or detach the table:
#         az network route-table update -g RG -n rt-firewall --disable-bgp-route-propagation false
#         az network vnet subnet update -g RG --vnet-name HUB -n AzureFirewallSubnet --route-table ""
#     Where a default route comes from the premises, keep the firewall's own:
#         az network route-table route create -g RG --route-table-name rt-firewall -n internet \
#           --address-prefix 0.0.0.0/0 --next-hop-type Internet
#     or stop advertising 0.0.0.0/0 to Azure.
#
#     Check: az network vnet-gateway list-learned-routes -g RG -n GATEWAY -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.firewall_subnet

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Firewalls in networks that gateways bring routes to, or may, and what may be one.
# scope: document
applicable contains firewall.id if some firewall in _firewalls

applicable contains resource.id if some resource in _unread

# METADATA
# description: Firewalls that do not get to the premises, or not to the Internet by themselves.
# scope: document
violations contains violation if {
	some firewall in _firewalls
	reasons := _unreached(firewall) | _defaults(firewall)
	count(reasons) > 0

	violation := {
		"resource": firewall.id,
		"message": words.reasons(reasons),
		"evidence": paths.evidence(array.concat(firewall.unreached, [firewall])),
	}
}

# METADATA
# description: Firewalls of which the subnet's routes are not all known.
# scope: document
undetermined contains {"resource": firewall.id, "message": firewall.unknown, "evidence": paths.evidence([firewall])} if {
	some firewall in _firewalls
	firewall.unknown
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "firewalls")
}

_firewalls := [firewall |
	some firewall in input.firewallSubnets
	_judged(firewall)
]

_judged(firewall) if count(firewall.gateways) > 0

_judged(firewall) if firewall.unknown

_unreached(firewall) := {sprintf("from %s packets do not get to %s: they follow %s; want the routes of %s there", [
	firewall.subnet,
	words.list([lost.prefix | some lost in firewall.unreached]),
	firewall.unreached[0].why,
	words.list(firewall.gateways),
]) |
	count(firewall.unreached) > 0
}

_defaults(firewall) := {sprintf("%s brings %s a default route, and no user-defined one to the Internet stands against it", [
	firewall["default"],
	firewall.subnet,
]) |
	firewall["default"]
	not firewall.defaultKept
	not firewall.forced
}

_unread := unread.of(input.unreadResources, ["azurefirewalls"])
