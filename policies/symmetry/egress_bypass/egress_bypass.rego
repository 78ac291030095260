# METADATA
# title: Answers from Azure pass the firewall that their requests passed
# description: >-
#   The GatewaySubnet sends packets from the premises through a firewall, and the workload's subnet
#   sends the answers straight to the gateway: a route that BGP brought is more specific than the
#   default route to the firewall. The firewall sees half of every connection and drops what it takes
#   for strays, and what leaves Azure is not inspected.
# related_resources:
#   - description: "Deploy and configure Azure Firewall in a hybrid network"
#     ref: https://learn.microsoft.com/azure/firewall/tutorial-hybrid-portal
#   - description: "Virtual network traffic routing: how Azure selects a route"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
# custom:
#   id: SYM-03
#   severity: high
#   each: class
#   remediation: >-
#     Turn route propagation off in the workload subnet's route table, so that its default route to the
#     firewall catches the premises, too:
#         az network route-table update -g RG -n rt-spoke --disable-bgp-route-propagation true
#     Where propagation must stay on, add a route for each prefix on the premises, as long as the learned one:
#         az network route-table route create -g RG --route-table-name rt-spoke -n onprem \
#           --address-prefix 10.10.0.0/16 --next-hop-type VirtualAppliance \
#           --next-hop-ip-address 10.64.1.4
#     Leave propagation on in the tables of the GatewaySubnet and of the AzureFirewallSubnet.
#
#     Check: az network nic show-effective-route-table -g RG -n NIC -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: satisfies}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.egress_bypass

import data.lib.appliances
import data.lib.classes
import data.lib.paths
import data.lib.words

# METADATA
# description: Classes of which a path passes a firewall or appliance, or may.
# scope: document
applicable contains class.id if some class in classes.inspected

# METADATA
# description: Classes whose answers pass no firewall, though the packets to Azure do.
# scope: document
violations contains violation if {
	some class in classes.inspected
	passed := appliances.passed(class.forward)
	count(passed) > 0
	missing := [branch |
		some branch in paths.branches(class.return)
		branch.outcome == "delivered"
		count(branch.firewalls) == 0
	]
	hop := missing[0].hops[0]

	violation := {
		"resource": class.id,
		"message": sprintf("%s passes nothing that inspects%s, and the packets to Azure pass %s: %s matches %s (%s)", [
			words.flow(class, "return"),
			words.share(count(missing), count(paths.branches(class.return))),
			appliances.names(passed),
			hop.node,
			object.get(hop, "prefix", "nothing"),
			hop.why,
		]),
		"evidence": paths.evidence(array.concat([hop], object.get(hop, "lost", []))),
		"path": {"class": class.id, "direction": "return"},
	}
}

# METADATA
# description: Classes of which one path is not wholly known.
# scope: document
undetermined contains {"resource": class.id, "message": words.reasons(reasons)} if {
	some class in classes.inspected
	reasons := paths.unknowns(class.forward) | paths.unknowns(class.return)
	count(reasons) > 0
}
