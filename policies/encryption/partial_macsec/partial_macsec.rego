# METADATA
# title: MACsec is on both links of a port, with a cipher that lasts
# description: >-
#   ExpressRoute Direct has two physical links, and traffic takes either. MACsec that is
#   configured on one of them only, or half, protects half of the packets at best; and a cipher
#   without extended packet numbers (XPN) runs out of numbers within minutes at 100 Gbit/s, so
#   that keys are changed while traffic flows.
# related_resources:
#   - description: "Configure MACsec on ExpressRoute Direct ports"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-howto-macsec
#   - description: "About encryption for Azure ExpressRoute"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-about-encryption
# custom:
#   id: ENC-18
#   severity: high
#   remediation: >-
#     Configure both links with a key name and a key (CKN, CAK) out of the same vault, and an XPN
#     cipher.
#         az network express-route port link update -g RG --port-name PORT -n link1 --macsec-ckn-secret-identifier URL --macsec-cak-secret-identifier URL --macsec-cipher gcm-aes-xpn-256
#     The device's ends of both links need the same keys; without them the link carries nothing.
#
#     Check: az network express-route port show -g RG -n PORT --query "links[].[name, adminState,
#     macSecConfig]"
#   parameters:
#     accepted_macsec:
#       default: [GcmAesXpn128, GcmAesXpn256]
#       description: >-
#         The ciphers that links of ExpressRoute Direct may have, in Azure's words.
#       schema: {type: array, items: {type: string}}
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.partial_macsec

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Circuits on ExpressRoute Direct that have MACsec somewhere, or of which it is demanded.
# scope: document
applicable contains circuit.id if some circuit in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those whose links are not all protected.
# scope: document
violations contains violation if {
	some circuit in _judged
	circuit.status == "ok"
	reasons := {reason |
		some link in circuit.links
		some reason in _faults(link)
	}
	count(reasons) > 0

	violation := {
		"resource": circuit.id,
		"message": sprintf("%s: %s", [circuit.id, words.reasons(reasons)]),
		"evidence": paths.evidence([circuit]),
	}
}

# METADATA
# description: What was not read.
# scope: document
undetermined contains {"resource": circuit.id, "message": message, "evidence": paths.evidence([circuit])} if {
	some circuit in _judged
	circuit.status != "ok"
	message := sprintf("the links of the port of %s were not read", [circuit.id])
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "circuits")
}

_judged := [circuit |
	some circuit in input.circuitMACsecs
	circuit.direct
	_meant(circuit)
]

_meant(circuit) if circuit.demanded

_meant(circuit) if circuit.status != "ok"

_meant(circuit) if {
	some link in circuit.links
	_keyed(link)
}

_keyed(link) if link.ckn

_keyed(link) if link.cak

_faults(link) := (({sprintf("%s has no key name (CKN)", [link.name]) | not link.ckn} | {sprintf("%s has no key (CAK)", [link.name]) | not link.cak}) | {sprintf("%s is administratively %s", [link.name, link.admin]) | link.admin != "Enabled"}) | {sprintf("%s has the cipher %s; want one of %s", [link.name, object.get(link, "cipher", "of no name"), concat(", ", _accepted)]) |
	link.ckn
	not lower(object.get(link, "cipher", "")) in {lower(cipher) | some cipher in _accepted}
}

# Without parameters, as where OPA itself evaluates, the declared default holds.
_accepted := object.get(input.parameters, "accepted_macsec", _declared.accepted_macsec.default)

_declared := [annotated.annotations.custom.parameters |
	some annotated in rego.metadata.chain()
	annotated.annotations.scope == "package"
][0]

_unread := unread.of(input.unreadResources, ["expressroutecircuits"])
