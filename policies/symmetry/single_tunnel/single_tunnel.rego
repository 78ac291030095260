# METADATA
# title: An active-active gateway has two ways to each network on the premises
# description: >-
#   Both machines of an active-active VPN gateway are in use, and the network on the premises, the
#   routers there that exchange routes taken together, has a tunnel or a BGP neighbour to only one of
#   them. Azure services one machine at a time: whenever it is that one's turn, the premises are cut
#   off, or fall back to ExpressRoute in clear. One tunnel from each of two routers is as good as two
#   from one.
# related_resources:
#   - description: "About highly available gateway configurations"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-highlyavailable
#   - description: "Configure active-active VPN gateways"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/about-active-active-gateways
# custom:
#   id: SYM-11
#   severity: medium
#   remediation: >-
#     Build a tunnel to each of the gateway's addresses, with a BGP neighbour over each. Show these:
#         az network vnet-gateway show -g RG -n GATEWAY --query bgpSettings.bgpPeeringAddresses
#     On the router, a second tunnel interface to the other address, and its neighbour.
#         Cisco IOS, IOS-XR, NX-OS: interface Tunnel2; tunnel destination 10.64.0.5; router bgp 65501; neighbor 169.254.22.2 remote-as 65515
#         Arista EOS: interface Tunnel2; tunnel destination 10.64.0.5; router bgp 65501
#         Juniper Junos: set security ike gateway AZURE-2 address 10.64.0.5; set protocols bgp group AZURE neighbor 169.254.22.2
#         FRR with strongSwan: a second connection to 10.64.0.5; router bgp 65501; neighbor 169.254.22.2 remote-as 65515
#
#     Check: az network vpn-connection show -g RG -n CONNECTION --query tunnelConnectionStatus
#            az network vnet-gateway list-bgp-peer-status -g RG -n GATEWAY -o table
#   parameters:
#     required_redundancy:
#       default: 2
#       description: >-
#         To how many of an active-active gateway's machines a network on the premises must have tunnels
#         that are up, and how many connected BGP neighbours. 1 is for networks that another gateway serves, too.
#       schema: {type: integer, minimum: 1, maximum: 4}
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.21", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.single_tunnel

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Networks on the premises behind active-active gateways, and what may have such.
# scope: document
applicable contains network.id if some network in input.redundancies

applicable contains resource.id if some resource in _unread

# METADATA
# description: Networks with fewer than two ways.
# scope: document
violations contains violation if {
	some network in input.redundancies
	not network.unknown
	reasons := _lacks(network)
	count(reasons) > 0

	violation := {
		"resource": network.id,
		"message": sprintf("%s is active-active, and %s", [network.gateway, words.reasons(reasons)]),
		"evidence": paths.evidence([network]),
	}
}

# METADATA
# description: Networks with fewer than two known ways that may have more.
# scope: document
undetermined contains {"resource": network.id, "message": network.unknown, "evidence": paths.evidence([network])} if {
	some network in input.redundancies
	network.unknown
	count(_lacks(network)) > 0
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "active-active gateways")
}

_lacks(network) := _tunnels(network) | _neighbours(network)

_tunnels(network) := {sprintf("tunnels that are up %s: %s%s; want some to %d of its machines", [
	_behind(network),
	_some(network.connected),
	_down(network.down),
	_required,
]) |
	count(network.instances) < _required
}

_neighbours(network) := {sprintf("connected BGP neighbours %s: %s; want %d", [
	_behind(network),
	_some(network.neighbours),
	_required,
]) |
	network.bgp
	count(network.neighbours) < _required
}

# Without parameters, as where OPA itself evaluates, the declared default holds.
_required := object.get(input.parameters, "required_redundancy", _declared.required_redundancy.default)

_declared := [annotated.annotations.custom.parameters |
	some annotated in rego.metadata.chain()
	annotated.annotations.scope == "package"
][0]

_some(names) := words.list(names) if {
	count(names) > 0
} else := "none"

_behind(network) := sprintf("at %s", [words.list(network.routers)]) if {
	count(network.routers) > 0
} else := "on the premises"

_down(tunnels) := sprintf(" (down: %s)", [words.list(tunnels)]) if {
	count(tunnels) > 0
} else := ""

_unread := unread.of(input.unreadResources, ["virtualnetworkgateways"])
