# METADATA
# title: Private addresses are used with a SKU that supports them
# description: >-
#   Azure supports private addresses of VPN gateways on zone-redundant SKUs (AZ) with Standard
#   public addresses only. On others the setting may be accepted, and the tunnels over
#   ExpressRoute fail at the next maintenance, without a change of anybody's.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "About gateway SKUs"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus
# custom:
#   id: ENC-11
#   severity: medium
#   remediation: >-
#     Move the gateway to an AZ SKU, and its public addresses to Standard.
#         az network vnet-gateway update -g RG -n GATEWAY --sku VpnGw2AZ
#         az network public-ip update -g RG -n ADDRESS --sku Standard
#     A Basic address must be replaced, which changes the gateway's public end point: plan it.
#
#     Check: az network vnet-gateway show -g RG -n GATEWAY --query sku.name
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.21", strength: supports}
package encryption.unsupported_sku

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: VPN gateways whose private addresses are asked for.
# scope: document
applicable contains gateway.id if some gateway in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those of another SKU.
# scope: document
violations contains violation if {
	some gateway in _judged
	reasons := _faults(gateway)
	count(reasons) > 0

	violation := {
		"resource": gateway.id,
		"message": sprintf("%s, whose private addresses %s asks for: %s", [gateway.id, words.list(gateway.used), words.reasons(reasons)]),
		"evidence": paths.evidence([gateway]),
	}
}

# METADATA
# description: What was not read.
# scope: document
undetermined contains {"resource": gateway.id, "message": message, "evidence": paths.evidence([gateway])} if {
	some gateway in _judged
	unknown := [address.id | some address in gateway.publicIPs; address.sku == ""]
	count(unknown) > 0
	message := sprintf("the SKU of %s was not read", [words.list(unknown)])
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "VPN gateways")
}

_judged := [gateway |
	some gateway in input.vpnGateways
	count(gateway.used) > 0
]

_faults(gateway) := {sprintf("its SKU is %s; want one that ends in AZ", [gateway.sku]) |
	not endswith(gateway.sku, "AZ")
} | {sprintf("%s is Basic; want Standard", [address.id]) |
	some address in gateway.publicIPs
	address.sku == "Basic"
}

_unread := unread.of(input.unreadResources, ["virtualnetworkgateways"])
