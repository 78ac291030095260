# METADATA
# title: Both directions pass the same firewall
# description: >-
#   Packets to Azure pass one firewall or appliance and the answers another one, or one machine behind
#   a load balancer instead of its front end, or the other region's. Each of them sees half of every
#   connection and, being stateful, drops answers to connections that it has not seen begin.
# related_resources:
#   - description: "Deploy highly available network virtual appliances"
#     ref: https://learn.microsoft.com/azure/architecture/networking/guide/network-virtual-appliance-high-availability
#   - description: "High availability ports overview"
#     ref: https://learn.microsoft.com/azure/load-balancer/load-balancer-ha-ports-overview
# custom:
#   id: SYM-04
#   severity: high
#   each: class
#   remediation: >-
#     Send both directions to one address: a firewall's private address, or one front end of the internal
#     load balancer before the appliances, never a single machine's address. In the route table of the
#     GatewaySubnet and in those of the workloads:
#         az network route-table route update -g RG --route-table-name rt-gateway -n spoke \
#           --next-hop-ip-address 10.64.1.4
#         az network route-table route update -g RG --route-table-name rt-spoke -n default \
#           --next-hop-ip-address 10.64.1.4
#     With a firewall in each region, let a region's spokes and its gateway use that region's firewall only.
#
#     Check: az network route-table route list -g RG --route-table-name TABLE -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: satisfies}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.different_appliances

import data.lib.appliances
import data.lib.classes
import data.lib.paths
import data.lib.words

# METADATA
# description: Classes of which a path passes a firewall or appliance, or may.
# scope: document
applicable contains class.id if some class in classes.inspected

# METADATA
# description: Classes of which both directions pass firewalls or appliances, and not the same ones.
# scope: document
violations contains violation if {
	some class in classes.inspected
	forward := appliances.passed(class.forward)
	back := appliances.passed(class.return)
	count(forward) > 0
	count(back) > 0
	count(forward | back) > 1

	violation := {
		"resource": class.id,
		"message": sprintf("%s passes %s, and the answers pass %s; want the same in both directions", [
			words.flow(class, "forward"),
			appliances.names(forward),
			appliances.names(back),
		]),
		"evidence": paths.evidence(array.concat(appliances.choosers(class.forward), appliances.choosers(class.return))),
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
