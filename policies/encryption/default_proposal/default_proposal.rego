# METADATA
# title: Connections have an IPsec policy of their own
# description: >-
#   Without a custom policy a connection takes whatever of Azure's defaults the device asks for.
#   They include triple DES, SHA-1 and no perfect forward secrecy, so that a change on the
#   router, or someone on the way while it negotiates, decides how strong the encryption is.
# related_resources:
#   - description: "About cryptographic requirements and Azure VPN gateways"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-compliance-crypto
# custom:
#   id: ENC-13
#   severity: medium
#   remediation: >-
#     Add a custom policy, the same on both ends (ENC-12 lists what is accepted).
#         az network vpn-connection ipsec-policy add -g RG --connection-name CONNECTION --ike-encryption GCMAES256 --ike-integrity SHA384 --dh-group ECP384 --ipsec-encryption GCMAES256 --ipsec-integrity GCMAES256 --pfs-group ECP384 --sa-lifetime 27000 --sa-max-size 102400000
#
#     Check: az network vpn-connection ipsec-policy list -g RG --connection-name CONNECTION
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.default_proposal

import data.lib.paths
import data.lib.unread

# METADATA
# description: Connections of type IPsec.
# scope: document
applicable contains connection.id if some connection in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those without a policy.
# scope: document
violations contains violation if {
	some connection in _judged
	count(connection.proposals) == 0
	message := sprintf("%s has no policy of its own, and accepts Azure's defaults", [connection.id])
	violation := {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])}
}

# METADATA
# description: What was not read.
# scope: document
undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "connections")
}

_judged := input.ipsecConnections

_unread := unread.of(input.unreadResources, ["connections"])
