# METADATA
# title: Circuits are not joined by Global Reach
# description: >-
#   Global Reach joins the networks behind two circuits through Microsoft's edge, past every virtual
#   network, gateway and firewall. What the sites say to each other there is in clear, and the other
#   circuit's routers become a neighbour of this one's.
# related_resources:
#   - description: "About ExpressRoute Global Reach"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-global-reach
#   - description: "About encryption for ExpressRoute"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-about-encryption
# custom:
#   id: ENC-21
#   severity: medium
#   remediation: >-
#     Take the connection away, or encrypt between the sites themselves and accept the finding with a waiver
#     that names the tunnels.
#
#     az network express-route peering connection delete -g RG --circuit-name CIRCUIT --peering-name AzurePrivatePeering -n CONNECTION
#
#     Check: az network express-route show -g RG -n CIRCUIT --query "[globalReachEnabled, peerings[].connections]"
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.22", strength: supports}
#     - {framework: "PCI DSS 4.0.1", control: "1.2.1", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package encryption.global_reach

import data.lib.paths
import data.lib.words

# METADATA
# description: Every circuit.
# scope: document
applicable contains circuit.id if some circuit in input.globalReaches

# METADATA
# description: Circuits that are joined to others.
# scope: document
violations contains violation if {
	some circuit in input.globalReaches
	_joined(circuit)

	violation := {
		"resource": circuit.id,
		"message": sprintf("%s has Global Reach%s, want none: traffic between the sites crosses it in clear", [
			circuit.id,
			_with(circuit),
		]),
		"evidence": paths.evidence([circuit]),
	}
}

# METADATA
# description: Circuits that were not read.
# scope: document
undetermined contains {"resource": circuit.id, "message": message, "evidence": paths.evidence([circuit])} if {
	some circuit in input.globalReaches
	circuit.status != "ok"
	message := sprintf("whether %s has Global Reach is not known: it was not read", [circuit.id])
}

_joined(circuit) if circuit.enabled

_joined(circuit) if count(circuit.joined) > 0

_with(circuit) := sprintf(" with %s", [words.list(circuit.joined)]) if {
	count(circuit.joined) > 0
} else := ""
