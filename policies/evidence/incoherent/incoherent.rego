# METADATA
# title: Both ends were read at about the same time
# description: >-
#   Routes change. A router's table that was read an hour before the gateway's describes another network
#   than that, and a session that came up in between makes tables of before and after look like one.
#   What is computed from both may never have been true.
# related_resources:
#   - description: "NIST SP 800-137: Information Security Continuous Monitoring"
#     ref: https://csrc.nist.gov/pubs/sp/800/137/final
#   - description: "About BGP with VPN Gateway"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview
# custom:
#   id: EVI-03
#   severity: medium
#   remediation: >-
#     Collect everything again in one run, when no change is being made: routeproof collect --config FILE OUT.
#     A session that restarts again and again is a fault of its own: see the router's log
#     (Cisco IOS: show logging, show ip bgp neighbors ADDRESS; FRR, Arista EOS, Cisco NX-OS: show ip bgp neighbors
#     ADDRESS; Cisco IOS-XR: show bgp neighbor ADDRESS; Junos: show bgp neighbor ADDRESS) and the gateway's
#     (az network vnet-gateway list-bgp-peer-status -g RG -n GATEWAY -o table).
#     Where a collection takes longer by nature, raise evidence_max_skew_seconds.
#   parameters:
#     evidence_max_skew_seconds:
#       default: 900
#       description: How far apart in time, in seconds, the tables of the two ends of a tunnel or link may have been read.
#       schema: {type: integer, minimum: 1}
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CA-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-3", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
package evidence.incoherent

import data.lib.paths
import data.lib.words

# METADATA
# description: Every tunnel and link whose ends were read at times that are known.
# scope: document
applicable contains coherence.id if some coherence in input.coherences

# METADATA
# description: None. What was read too far apart proves nothing, neither good nor bad.
# scope: document
violations := {violation | some violation in []}

# METADATA
# description: Tunnels and links whose ends were read too far apart, or whose session restarted in between.
# scope: document
undetermined contains {"resource": id, "message": words.reasons(reasons), "evidence": evidence} if {
	some id, reasons in _doubts
	evidence := paths.evidence([c | some c in input.coherences; c.id == id])
}

_doubts[coherence.id] contains doubt if {
	some coherence in input.coherences
	coherence.spread > _most
	doubt := sprintf("%s was read %d seconds after %s, want at most %d", [
		coherence.last,
		coherence.spread,
		coherence.first,
		_most,
	])
}

_doubts[coherence.id] contains coherence.restarted if some coherence in input.coherences

# Without parameters, as where OPA itself evaluates, the declared default holds.
_most := object.get(input.parameters, "evidence_max_skew_seconds", _declared.default)

_declared := [annotated.annotations.custom.parameters.evidence_max_skew_seconds |
	some annotated in rego.metadata.chain()
	annotated.annotations.scope == "package"
][0]
