# METADATA
# title: MACsec is relied on only where there is some
# description: >-
#   The requirement, or a tag of the circuit, says MACsec, and the circuit is a provider's: MACsec
#   exists on ExpressRoute Direct ports only, between the customer's device and Microsoft's.
#   Whoever believes in it sends in clear over the provider's network.
# related_resources:
#   - description: "About encryption for Azure ExpressRoute"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-about-encryption
#   - description: "Configure MACsec on ExpressRoute Direct ports"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-howto-macsec
# custom:
#   id: ENC-17
#   severity: high
#   remediation: >-
#     Demand IPsec of what crosses this circuit, or move it to ExpressRoute Direct and configure
#     MACsec on both links.
#         require: [ipsec]        # in routeproof's configuration, or under protected:
#     Take a tag off that claims what is not there:
#         az tag update --resource-id CIRCUIT_ID --operation Delete --tags NAME=VALUE
#
#     Check: az network express-route show -g RG -n CIRCUIT --query expressRoutePort is empty for
#     a provider's circuit.
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.macsec_on_provider

import data.lib.paths
import data.lib.unread

# METADATA
# description: Circuits of which MACsec, and nothing else, is demanded, or of which a tag claims it.
# scope: document
applicable contains circuit.id if some circuit in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those of a provider.
# scope: document
violations contains violation if {
	some circuit in _judged
	not circuit.direct

	violation := {
		"resource": circuit.id,
		"message": sprintf("MACsec is %s, and %s is a provider's circuit, on which there is none", [
			concat(" and ", _said(circuit)),
			circuit.id,
		]),
		"evidence": paths.evidence([circuit]),
	}
}

# METADATA
# description: What was not read.
# scope: document
undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "circuits")
}

_judged := [circuit |
	some circuit in input.circuitMACsecs
	count(_said(circuit)) > 0
]

_said(circuit) := array.concat(
	["demanded" | circuit.demanded],
	[sprintf("claimed by the tag %s", [claim]) | claim := circuit.claim],
)

_unread := unread.of(input.unreadResources, ["expressroutecircuits"])
