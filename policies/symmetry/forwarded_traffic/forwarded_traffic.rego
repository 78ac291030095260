# METADATA
# title: Spokes take what the hub's appliances forward
# description: >-
#   The route tables send traffic through a firewall or appliance in the hub, and the spoke's side of
#   the peering does not take forwarded packets (allowForwardedTraffic): only those whose source is in
#   the hub itself. What comes from the premises through the firewall is dropped at the peering.
# related_resources:
#   - description: "Create, change, or delete a virtual network peering"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering
#   - description: "Hub-spoke network topology in Azure"
#     ref: https://learn.microsoft.com/azure/architecture/networking/architecture/hub-spoke
# custom:
#   id: SYM-08
#   severity: medium
#   remediation: >-
#     Allow forwarded traffic on the spoke's side of the peering:
#         az network vnet peering update -g RG --vnet-name SPOKE -n TO-HUB \
#           --set allowForwardedTraffic=true
#
#     Check: az network vnet peering show -g RG --vnet-name SPOKE -n TO-HUB --query allowForwardedTraffic
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.forwarded_traffic

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Peerings with a network in which an appliance forwards, or may, and what may have such.
# scope: document
applicable contains peering.id if some peering in _peerings

applicable contains resource.id if some resource in _unread

# METADATA
# description: Peerings that drop what an appliance on the other side forwards.
# scope: document
violations contains violation if {
	some peering in _peerings
	count(peering.forwarders) > 0
	not peering.allowForwarded

	violation := {
		"resource": peering.id,
		"message": sprintf("%s takes no forwarded packets from %s, where %s forwards; want allowForwardedTraffic", [
			peering.local,
			peering.remote,
			words.list([_forwarder(forwarder) | some forwarder in peering.forwarders]),
		]),
		"evidence": paths.evidence(array.concat([peering], peering.forwarders)),
	}
}

# METADATA
# description: Peerings that take no forwarded packets, of which it is not known whether there are any.
# scope: document
undetermined contains {"resource": peering.id, "message": message, "evidence": paths.evidence([peering])} if {
	some peering in _peerings
	not peering.allowForwarded
	count(peering.forwarders) == 0
	message := sprintf("whether an appliance in %s forwards packets to %s is not known: %s", [
		peering.remote,
		peering.local,
		peering.unknown,
	])
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "peerings")
}

_peerings := [peering |
	some peering in input.vnetPeerings
	_judged(peering)
]

_judged(peering) if count(peering.forwarders) > 0

_judged(peering) if peering.unknown

_forwarder(forwarder) := sprintf("%s (%s of %s)", [
	object.get(forwarder, "appliance", forwarder.address),
	forwarder.route,
	forwarder.table,
])

_unread := unread.of(input.unreadResources, ["virtualnetworks"])
