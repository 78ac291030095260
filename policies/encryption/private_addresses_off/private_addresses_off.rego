# METADATA
# title: A gateway has the private addresses that connections ask for
# description: >-
#   A connection is to run over ExpressRoute's private peering and asks for the gateway's private
#   addresses, and the gateway has none: enablePrivateIpAddress is off. The tunnel cannot come up
#   over ExpressRoute, and what it was to carry finds another way, or none. The guideline's own
#   Terraform has this gap.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: ENC-10
#   severity: high
#   remediation: >-
#     Turn private addresses on, on the gateway and not only on the connection.
#         az network vnet-gateway update -g RG -n GATEWAY --set enablePrivateIpAddress=true
#         Terraform: private_ip_address_enabled = true on azurerm_virtual_network_gateway
#
#     Check: az network vnet-gateway show -g RG -n GATEWAY --query
#     "bgpSettings.bgpPeeringAddresses[].tunnelIpAddresses" lists private ones.
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.private_addresses_off

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: VPN gateways whose private addresses are asked for.
# scope: document
applicable contains gateway.id if some gateway in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those that have none.
# scope: document
violations contains violation if {
	some gateway in _judged
	count(gateway.used) > 0
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
	gateway.unlisted
	message := sprintf("Azure does not list the end points of all tunnels of %s", [gateway.id])
}

undetermined contains {"resource": gateway.id, "message": message, "evidence": paths.evidence([gateway])} if {
	some gateway in input.vpnGateways
	count(gateway.used) == 0
	not gateway.privateIP
	some resource in unread.of(input.unreadResources, ["connections"])
	message := unread.message(resource, "connections")
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "VPN gateways")
}

_judged := [gateway |
	some gateway in input.vpnGateways
	_asked(gateway)
]

_asked(gateway) if count(gateway.used) > 0

_asked(gateway) if {
	not gateway.privateIP
	count(unread.of(input.unreadResources, ["connections"])) > 0
}

_faults(gateway) := {"enablePrivateIpAddress is off"} if {
	not gateway.privateIP
} else := {sprintf("no end point of the tunnels of %s is private", [machine]) | some machine in gateway.lacking}

_unread := unread.of(input.unreadResources, ["virtualnetworkgateways"])
