# METADATA
# title: Summaries that gateways advertise do not swallow the GatewaySubnet
# description: >-
#   With summarizedGatewayPrefixes the gateways advertise summaries instead of the address space, all
#   of them the same ones over ExpressRoute and VPN. A summary that leaves out a part of the gateways'
#   own virtual network makes that part unreachable from the premises. One that holds the
#   GatewaySubnet makes routers choose between ExpressRoute and the tunnel for the tunnel's own
#   packets, unless they have a longer route to the GatewaySubnet over ExpressRoute.
# related_resources:
#   - description: "Advertised gateway prefixes overview"
#     ref: https://learn.microsoft.com/azure/virtual-network/advertised-gateway-prefixes-overview
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: GWS-10
#   severity: high
#   remediation: >-
#     Make the summaries cover every address prefix of the virtual network, and give the GatewaySubnet a
#     static route of its own over ExpressRoute on every router before the summary is advertised. The
#     summaries are summarizedGatewayPrefixes.addressPrefixes of the virtual network, in its template.
#
#     GatewaySubnet 10.64.0.0/26 and Microsoft's end 192.168.100.2 are examples:
#         Cisco IOS: ip route 10.64.0.0 255.255.255.192 192.168.100.2
#         NX-OS, EOS, FRR: ip route 10.64.0.0/26 192.168.100.2
#         IOS-XR: router static
#                  address-family ipv4 unicast
#                   10.64.0.0/26 192.168.100.2
#         Junos: set routing-options static route 10.64.0.0/26 next-hop 192.168.100.2
#
#     Check: show ip route 10.64.0.4 must name the interface to ExpressRoute.
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package gateway_subnet.summaries

import data.lib.paths
import data.lib.underlay
import data.lib.words

# METADATA
# description: Virtual networks whose gateways advertise summaries, or may.
# scope: document
applicable contains vnet.id if {
	some vnet in input.gatewayVNets
	_in_scope(vnet)
}

# METADATA
# description: >-
#   Virtual networks with summaries that leave out a part of them, or that decide
#   where a router sends a tunnel's own packets.
# scope: document
violations contains violation if {
	some vnet in input.gatewayVNets
	hazards := array.concat(_outside(vnet), _leaning(vnet, input.tunnels))
	count(hazards) > 0

	violation := {
		"resource": vnet.id,
		"message": concat("; ", [hazard.message | some hazard in hazards]),
		"evidence": paths.evidence(array.flatten([vnet, hazards])),
	}
}

# METADATA
# description: Virtual networks that were not read, or whose tunnels' own way is not known.
# scope: document
undetermined contains {"resource": vnet.id, "message": words.reasons(reasons), "evidence": paths.evidence([vnet])} if {
	some vnet in input.gatewayVNets
	_in_scope(vnet)
	reasons := _unread(vnet) | _unknown(vnet)
	count(reasons) > 0
}

_in_scope(vnet) if vnet.status != "ok"

_in_scope(vnet) if count(vnet.summaries) > 0

_outside(vnet) := [{"message": message}] if {
	count(vnet.outside) > 0
	message := sprintf("the summaries %s leave out %s of %s, which the premises then have no route to", [
		words.list(vnet.summaries),
		words.list(vnet.outside),
		vnet.id,
	])
} else := []

_leaning(vnet, tunnels) := [hazard |
	some tunnel in tunnels
	tunnel.gateway in vnet.gateways
	some summary in vnet.holding
	hop := _decided_by(tunnel, summary)
	hazard := {
		"message": sprintf("%s has no longer route than %s, within the summary %s, to %s, the gateway's end of %s: %s", [
			hop.node,
			hop.prefix,
			summary,
			tunnel.remote,
			tunnel.id,
			"want one of the GatewaySubnet's own over ExpressRoute",
		]),
		"evidence": paths.evidence([hop]),
	}
]

# The first router that sends the tunnel's own packets by the summary, or by a
# shorter route, though the VPN has it too.
_decided_by(tunnel, summary) := [hop |
	some branch in paths.branches(tunnel.underlay.forward)
	some hop in branch.hops
	_length(hop.prefix) <= _length(summary)
	_offered_by_vpn(hop)
][0]

_offered_by_vpn(hop) if hop.linkKind == "ipsec"

_offered_by_vpn(hop) if count(paths.lost(hop, "vpn")) > 0

_length(prefix) := to_number(split(prefix, "/")[1])

_unread(vnet) := {sprintf("%s, which has %s, was not read", [vnet.id, concat(" and ", vnet.gateways)])} if {
	vnet.status != "ok"
} else := set()

_unknown(vnet) := {reason |
	count(vnet.holding) > 0
	some tunnel in input.tunnels
	tunnel.gateway in vnet.gateways
	some reason in underlay.doubts(tunnel.underlay.forward, sprintf("%s, the gateway's end of %s", [tunnel.remote, tunnel.id]))
} | {unknown.why |
	count(vnet.holding) > 0
	some unknown in input.unknownTunnels
}
