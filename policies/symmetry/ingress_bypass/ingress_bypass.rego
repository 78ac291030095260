# METADATA
# title: Traffic to Azure passes the same firewalls as its answers
# description: >-
#   The answers from Azure pass a firewall that the packets to Azure do not: they come in through
#   the gateway and go straight to the workload. The firewall inspects nothing that arrives, and,
#   being stateful, drops answers to connections that it has not seen begin.
# related_resources:
#   - description: "Deploy and configure Azure Firewall in a hybrid network"
#     ref: https://learn.microsoft.com/azure/firewall/tutorial-hybrid-portal
#   - description: "Virtual network traffic routing: how Azure selects a route"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
#   - description: "Asymmetric routing with multiple network paths"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-asymmetric-routing
# custom:
#   id: SYM-01
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
package symmetry.ingress_bypass

import data.lib.classes
import data.lib.ingress
import data.lib.paths
import data.lib.words

# METADATA
# description: Classes of which a path passes a firewall, or may.
# scope: document
applicable contains class.id if some class in classes.inspected

# METADATA
# description: Classes whose packets to Azure bypass the firewall of their answers.
# scope: document
violations contains violation if {
	some class in classes.inspected
	some bypass in [ingress.bypasses(class)[0]]

	violation := {
		"resource": class.id,
		"message": sprintf("%s does not pass %s, and the answers do%s: %s", [
			words.flow(class, "forward"),
			words.list(sort(bypass.firewalls)),
			words.share(bypass.count, count(paths.branches(class.forward))),
			ingress.choice(bypass.hop),
		]),
		"evidence": paths.evidence(array.flatten([bypass.hop, object.get(bypass.hop, "lost", [])])),
		"path": {"class": class.id, "direction": "forward"},
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
