# METADATA
# title: Connections offer no null or weak cipher
# description: >-
#   A custom IPsec/IKE policy accepts a cipher, a hash or a group that protects too little: None
#   leaves the packets readable inside a tunnel that is up, DES and triple DES can be broken, MD5
#   and SHA-1 no longer prove integrity, and without perfect forward secrecy one key opens all
#   that was recorded.
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
#     Junos: set security ipsec proposal AZURE encryption-algorithm aes-256-gcm
#
#     Check: az network vpn-connection ipsec-policy list -g RG --connection-name CONNECTION
#   parameters:
#     accepted_ipsec:
#       default:
#         encryption: [AES128, AES192, AES256, GCMAES128, GCMAES192, GCMAES256]
#         integrity: [SHA256, SHA384, GCMAES128, GCMAES192, GCMAES256]
#         dh: [DHGroup14, DHGroup2048, DHGroup24, ECP256, ECP384]
#         pfs: [PFS14, PFS24, PFS2048, ECP256, ECP384]
#       description: >-
#         What custom IPsec/IKE policies may offer, in Azure's words: the ciphers and hashes of both
#         phases, the Diffie-Hellman groups of IKE, and the groups of perfect forward secrecy.
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
# description: Connections with a policy of their own.
# scope: document
applicable contains connection.id if some connection in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those that accept what is too weak.
# scope: document
violations contains violation if {
	some connection in _judged
	weak := {reason |
		some proposal in connection.proposals
		some reason in _weak(proposal)
	}
	count(weak) > 0
	message := sprintf("%s accepts %s", [connection.id, concat(", ", sort(weak))])
	violation := {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])}
}

# METADATA
# description: What was not read.
# scope: document
undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "connections")
}

_judged := [connection |
	some connection in input.ipsecConnections
	count(connection.proposals) > 0
]

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

_accepted := object.get(input.parameters, "accepted_ipsec", {
	"encryption": ["AES128", "AES192", "AES256", "GCMAES128", "GCMAES192", "GCMAES256"],
	"integrity": ["SHA256", "SHA384", "GCMAES128", "GCMAES192", "GCMAES256"],
	"dh": ["DHGroup14", "DHGroup2048", "DHGroup24", "ECP256", "ECP384"],
	"pfs": ["PFS14", "PFS24", "PFS2048", "ECP256", "ECP384"],
})

_unread := unread.of(input.unreadResources, ["connections"])
