# METADATA
# title: Both sides of a peering agree on the gateways
# description: >-
#   A spoke reaches the premises through the hub's gateways only where its side of the peering uses
#   them (useRemoteGateways), the hub's side lets it (allowGatewayTransit), and the peering is connected
#   and in sync on both sides. Where one of these is missing the spoke has no routes to the premises, or
#   the gateways advertise an address space that is no longer the spoke's.
# related_resources:
#   - description: "Configure VPN gateway transit for virtual network peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-peering-gateway-transit
#   - description: "Update the address space for a peered virtual network"
#     ref: https://learn.microsoft.com/azure/virtual-network/update-virtual-network-peering-address-space
# custom:
#   id: SYM-09
#   severity: high
#   remediation: >-
#     Let the hub's side allow what the spoke's side uses:
#         az network vnet peering update -g RG --vnet-name HUB -n TO-SPOKE \
#           --set allowGatewayTransit=true
#         az network vnet peering update -g RG --vnet-name SPOKE -n TO-HUB \
#           --set useRemoteGateways=true
#     or take both flags away where a spoke is not meant to reach the premises. Bring both sides in sync:
#         az network vnet peering sync -g RG --vnet-name HUB -n TO-SPOKE
#     A side that is Disconnected has to be deleted, and both created anew.
#
#     Check: az network vnet peering list -g RG --vnet-name HUB -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-3", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.transit_flags

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Peerings by which a network reaches gateways or appliances, and what may have such.
# scope: document
applicable contains peering.id if some peering in _peerings

applicable contains resource.id if some resource in _unread

# METADATA
# description: Peerings that are not connected or in sync, or whose sides contradict each other.
# scope: document
violations contains violation if {
	some peering in _peerings
	reasons := {reason |
		some rule in [_state(peering), _sync(peering), _not_allowed(peering), _not_used(peering)]
		some reason in rule
	}
	count(reasons) > 0

	violation := {
		"resource": peering.id,
		"message": words.reasons(reasons),
		"evidence": paths.evidence([peering]),
	}
}

# METADATA
# description: Peerings of which the state or the other side is not known.
# scope: document
undetermined contains {"resource": peering.id, "message": words.reasons(reasons), "evidence": paths.evidence([peering])} if {
	some peering in _peerings
	reasons := {reason |
		some rule in [_unknown_state(peering), _unknown_side(peering), _unknown_gateways(peering)]
		some reason in rule
	}
	count(reasons) > 0
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "peerings")
}

_peerings := [peering |
	some peering in input.vnetPeerings
	_judged(peering)
]

_judged(peering) if count(array.concat(peering.localGateways, peering.remoteGateways)) > 0

_judged(peering) if count(peering.forwarders) > 0

_judged(peering) if peering.useRemote

_judged(peering) if peering.allowTransit

_state(peering) := {sprintf("the peering of %s with %s is %s, want Connected", [
	peering.local,
	peering.remote,
	peering.state,
]) |
	not peering.state in {"", "Connected"}
}

_sync(peering) := {sprintf("the peering of %s with %s is %s, want FullyInSync", [
	peering.local,
	peering.remote,
	peering.sync,
]) |
	peering.sync != "FullyInSync"
}

_not_allowed(peering) := {sprintf("%s uses the gateways of %s (useRemoteGateways), whose side does not allow it%s", [
	peering.local,
	peering.remote,
	_flag(peering.reverse),
]) |
	peering.useRemote
	peering.reverse != "missing"
	not peering.remoteTransit
}

_not_used(peering) := {sprintf("%s allows %s to use its gateways (allowGatewayTransit), whose side does not%s", [
	peering.local,
	peering.remote,
	" (useRemoteGateways)",
]) |
	_idle(peering)
	count(_unread_gateways) == 0
}

_unknown_state(peering) := {"its state is not known" | peering.state == ""} | {"whether it is in sync is not known" |
	not peering.sync
}

_unknown_side(peering) := {sprintf("the other side, %s, was not read", [peering.remote]) |
	peering.reverse == "missing"
	_flagged(peering)
}

_unknown_gateways(peering) := {sprintf("whether %s has gateways of its own is not known: %s", [
	peering.remote,
	_unread_gateways[0].why,
]) |
	_idle(peering)
	count(_unread_gateways) > 0
}

_flagged(peering) if peering.useRemote

_flagged(peering) if peering.allowTransit

# Gateways that a network without any is offered, and does not use.
_idle(peering) if {
	peering.allowTransit
	peering.reverse == "ok"
	not peering.remoteUses
	count(peering.localGateways) > 0
	count(peering.remoteGateways) == 0
}

_flag("ok") := " (allowGatewayTransit)"

_flag("none") := ": it has no such peering"

_unread := unread.of(input.unreadResources, ["virtualnetworks"])

_unread_gateways := unread.of(input.unreadResources, ["virtualnetworkgateways"])
