# METADATA
# title: Connections offer and use no null or weak cipher
# description: >-
#   A custom IPsec/IKE policy accepts a cipher, a hash or a group that protects too little, or a
#   router and Azure agreed on one, which a connection without a policy of its own allows: None
#   leaves the packets readable inside a tunnel that is up, DES and triple DES can be broken, MD5
#   and SHA-1 no longer prove integrity, and without perfect forward secrecy one key opens all
#   that was recorded. None and DES are critical, and the others high: anyone who records what is
#   encrypted with DES can read it. Where the policy negotiates no encryption, the pairs in the
#   tunnel are in clear, and the policies on paths say so as well.
# related_resources:
#   - description: "About cryptographic requirements and Azure VPN gateways"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-compliance-crypto
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: ENC-12
#   severity: high
#   remediation: >-
#     Give the connection a policy of strong algorithms, and the router the same; both ends must
#     agree or the tunnel stays down.
#         az network vpn-connection ipsec-policy add -g RG --connection-name CONNECTION --ike-encryption GCMAES256 --ike-integrity SHA384 --dh-group ECP384 --ipsec-encryption GCMAES256 --ipsec-integrity GCMAES256 --pfs-group ECP384 --sa-lifetime 27000 --sa-max-size 102400000
#     Cisco IOS:
#         crypto ipsec transform-set AZURE esp-gcm 256
#         crypto ikev2 proposal AZURE
#          encryption aes-gcm-256
#          prf sha384
#          group 20
#     Other platforms:
#         Junos: set security ipsec proposal AZURE encryption-algorithm aes-256-gcm
#
#     Check: az network vpn-connection ipsec-policy list -g RG --connection-name CONNECTION; on the
#     router, what is in use: show crypto ipsec sa (Cisco IOS), show security ipsec sa detail
#     (Junos), show ip security connection detail (EOS), swanctl --list-sas (strongSwan)
#   parameters:
#     accepted_ipsec:
#       default:
#         encryption: [AES128, AES192, AES256, GCMAES128, GCMAES192, GCMAES256]
#         integrity: [SHA256, SHA384, GCMAES128, GCMAES192, GCMAES256]
#         dh: [DHGroup14, DHGroup2048, ECP256, ECP384]
#         pfs: [PFS14, PFS2048, ECP256, ECP384]
#       description: >-
#         What custom IPsec/IKE policies may offer and security associations may use, in Azure's
#         words: the ciphers and hashes of both phases, the Diffie-Hellman groups of IKE, and the
#         groups of perfect forward secrecy. Group 24 is not in the default: RFC 8247,
#         section 2.4, says that it should not be used.
#       schema:
#         type: object
#         additionalProperties: false
#         required: [encryption, integrity, dh, pfs]
#         properties:
#           encryption: {type: array, items: {type: string}}
#           integrity: {type: array, items: {type: string}}
#           dh: {type: array, items: {type: string}}
#           pfs: {type: array, items: {type: string}}
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: satisfies}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "CIS Controls v8", control: "3.10", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.weak_proposal

import data.lib.paths
import data.lib.unread

# METADATA
# description: Connections of type IPsec.
# scope: document
applicable contains connection.id if some connection in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those that accept or use what is too weak.
# scope: document
violations contains violation if {
	some connection in _judged
	used := [association |
		some association in connection.negotiated
		count(_used(association)) > 0
	]
	reasons := array.concat(_accepts(connection), [reason |
		some association in used
		reason := sprintf("%s uses %s in %s (%s)", [
			association.router,
			concat(", ", sort(_used(association))),
			association.tunnel,
			association.printed,
		])
	])
	count(reasons) > 0
	message := sprintf("%s: %s", [connection.id, concat("; ", reasons)])
	violation := object.union(
		{"resource": connection.id, "message": message, "evidence": paths.evidence(array.concat([connection], used))},
		_graver(connection, used),
	)
}

# METADATA
# description: What was not read.
# scope: document
undetermined contains {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])} if {
	some connection in _judged
	message := sprintf("what the tunnels of %s use is not known: %s", [connection.id, connection.unnegotiated])
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "connections")
}

_judged := input.ipsecConnections

_accepts(connection) := [sprintf("it accepts %s", [concat(", ", sort(weak))]) |
	weak := {reason |
		some proposal in connection.proposals
		some reason in _weak(proposal)
	}
	count(weak) > 0
]

# What hides nothing is worse than what is weak, unless it was accepted.
_graver(connection, used) := {"severity": "critical"} if {
	some word in {"None", "DES"}
	word in _ciphers(connection, used)
	not word in _accepted.encryption
} else := {}

_ciphers(connection, used) := {cipher |
	some proposal in connection.proposals
	some member in ["ikeEncryption", "ipsecEncryption"]
	cipher := object.get(proposal, member, "")
} | {association.encryption | some association in used}

_used(association) := {sprintf("%s %s", [_phase(association, what), word]) |
	some [what, list] in [["encryption", "encryption"], ["integrity", "integrity"], ["group", "dh"]]
	word := association[what]
	count({name | some name in _names(word); name in _accepted[list]}) == 0
}

_phase(_, "group") := "DH group"

_phase(association, what) := sprintf("IKE %s", [what]) if {
	what != "group"
	association.ike
}

_phase(association, what) := what if {
	what != "group"
	not association.ike
}

# Azure has two words for the group of 2048 bits.
_names("DHGroup14") := {"DHGroup14", "DHGroup2048"}

_names(word) := {word} if word != "DHGroup14"

_weak(proposal) := {sprintf("%s %s", [what, object.get(proposal, member, "")]) |
	some [what, member, list] in [
		["IKE encryption", "ikeEncryption", "encryption"],
		["IKE integrity", "ikeIntegrity", "integrity"],
		["DH group", "dhGroup", "dh"],
		["IPsec encryption", "ipsecEncryption", "encryption"],
		["IPsec integrity", "ipsecIntegrity", "integrity"],
		["PFS group", "pfsGroup", "pfs"],
	]
	not object.get(proposal, member, "") in _accepted[list]
}

# Without parameters, as where OPA itself evaluates, the declared default holds.
_accepted := object.get(input.parameters, "accepted_ipsec", _declared.accepted_ipsec.default)

_declared := [annotated.annotations.custom.parameters |
	some annotated in rego.metadata.chain()
	annotated.annotations.scope == "package"
][0]

_unread := unread.of(input.unreadResources, ["connections"])
