# METADATA
# title: The GatewaySubnet's routes leave the tunnels' own packets alone
# description: >-
#   The gateway's IKE and ESP packets to a router's end point follow the routes of the
#   GatewaySubnet. A user-defined route that covers the end point sends them to a firewall, which
#   seldom passes ESP and never sees both directions, or drops them: the tunnel flaps or stays down,
#   and with it what it protects.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "Virtual WAN routing intent: encrypted ExpressRoute"
#     ref: https://learn.microsoft.com/azure/virtual-wan/how-to-routing-policies
# custom:
#   id: GWS-07
#   severity: high
#   remediation: >-
#     Take the end point out of the route: routes of the GatewaySubnet are for the spokes' prefixes only.
#     Where the route must stay, announce the end point as a /32 over ExpressRoute, which is longer.
#
#     Azure CLI:
#         az network route-table route delete -g RG --route-table-name TABLE -n ROUTE
#
#     Cisco IOS, on the router that has the end point (addresses are examples):
#         router bgp 65501
#          address-family ipv4
#           network 10.10.10.1 mask 255.255.255.255
#     Other platforms:
#         NX-OS, IOS-XR, EOS, FRR: the same, with network 10.10.10.1/32.
#         Junos: an export policy on the neighbour with route-filter 10.10.10.1/32 exact, then accept
#
#     Check: az network vpn-connection show -g RG -n CONNECTION --query connectionStatus
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package gateway_subnet.end_point_route

import data.lib.gateway_subnets
import data.lib.paths

# METADATA
# description: Every IPsec connection, and what may have some that are not known.
# scope: document
applicable contains end.connection if some end in input.endpoints

applicable contains unknown.id if some unknown in _unknown

# METADATA
# description: Connections whose far end a user-defined route of the GatewaySubnet takes.
# scope: document
violations contains violation if {
	some end in input.endpoints
	_diverted(end)

	violation := {
		"resource": end.connection,
		"message": sprintf(
			"packets of %s to %s, the far end of %s, are sent to %s: route %s (%s) of %s; want none that covers it",
			[
				end.gateway,
				end.address,
				end.connection,
				gateway_subnets.next_hop(end),
				end.route,
				end.prefix,
				end.table,
			],
		),
		"evidence": paths.evidence([end]),
	}
}

# METADATA
# description: Connections whose far end, or the route to it, is not known.
# scope: document
undetermined contains {"resource": end.connection, "message": end.unknown, "evidence": paths.evidence([end])} if {
	some end in input.endpoints
	end.unknown
}

undetermined contains {"resource": unknown.id, "message": unknown.why, "evidence": paths.evidence([unknown])} if {
	some unknown in _unknown
}

_diverted(end) if {
	end.route
	not end.unknown
	not _as_azure(end)
}

# Azure's own route to a public address leads to the Internet as well.
_as_azure(end) if {
	end.public
	end.type == "Internet"
}

_unknown contains unknown if {
	some unknown in input.unknownTunnels
	not unknown.id in {end.connection | some end in input.endpoints}
}
