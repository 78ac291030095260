# METADATA
# title: Tunnels of a virtual WAN encrypt what they carry
# description: >-
#   A virtual WAN has a switch that turns the encryption of its VPN gateways' tunnels off. The connections
#   stay, are called connected, and carry clear text.
# related_resources:
#   - description: "Virtual WAN: Virtual WANs - Create Or Update (disableVpnEncryption)"
#     ref: https://learn.microsoft.com/rest/api/virtualwan/virtual-wans/create-or-update
#   - description: "ExpressRoute encryption: IPsec over ExpressRoute for Virtual WAN"
#     ref: https://learn.microsoft.com/azure/virtual-wan/vpn-over-expressroute
# custom:
#   id: AST-04
#   severity: critical
#   remediation: >-
#     Turn encryption on again, outside of business hours: the tunnels are built anew.
#
#     az resource update --ids WAN-RESOURCE-ID --set properties.disableVpnEncryption=false
#
#     Check: az network vwan show -g RG -n WAN --query disableVpnEncryption
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: satisfies}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: supports}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "CIS Controls v8", control: "3.10", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package assurance.wan_encryption

import data.lib.paths
import data.lib.words

# METADATA
# description: Every virtual WAN.
# scope: document
applicable contains wan.id if some wan in input.wanEncryptions

# METADATA
# description: Virtual WANs that have encryption turned off.
# scope: document
violations contains violation if {
	some wan in input.wanEncryptions
	wan.status == "ok"
	not wan.encrypted

	violation := {
		"resource": wan.id,
		"message": sprintf("%s has disableVpnEncryption, want it off: tunnels of %s carry clear text", [
			wan.id,
			_gateways(wan),
		]),
		"evidence": paths.evidence([wan]),
	}
}

# METADATA
# description: Virtual WANs that were not read.
# scope: document
undetermined contains {"resource": wan.id, "message": message, "evidence": paths.evidence([wan])} if {
	some wan in input.wanEncryptions
	wan.status != "ok"
	message := sprintf("whether tunnels of %s encrypt is not known: %s was not read", [words.list(wan.gateways), wan.id])
}

_gateways(wan) := words.list(wan.gateways) if {
	count(wan.gateways) > 0
} else := "its VPN gateways"
