# METADATA
# title: Azure reaches the VPN end points over ExpressRoute, not through the tunnel
# description: >-
#   The gateway's packets to the router's end point must go over ExpressRoute. When the VPN
#   offers Azure a prefix that covers the end point and is longer than ExpressRoute's, or
#   ExpressRoute offers none, the gateway routes the tunnel's own packets into the tunnel, and it
#   fails.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "ExpressRoute encryption: IPsec over ExpressRoute for Virtual WAN"
#     ref: https://learn.microsoft.com/azure/virtual-wan/vpn-over-expressroute
# custom:
#   id: GWS-02
#   severity: critical
#   remediation: >-
#     Announce the end point as a /32 over ExpressRoute, and keep it out of what is announced through the
#     tunnel and out of the local network gateway's address space.
#
#     Cisco IOS (end point and neighbours are examples):
#         ip prefix-list END-POINT seq 10 permit 10.10.10.1/32
#         ip prefix-list NO-END-POINT seq 10 deny 10.10.10.1/32
#         ip prefix-list NO-END-POINT seq 20 permit 0.0.0.0/0 le 32
#         router bgp 65501
#          address-family ipv4
#           network 10.10.10.1 mask 255.255.255.255
#           neighbor 192.168.100.2 prefix-list END-POINT out
#           neighbor 169.254.21.2 prefix-list NO-END-POINT out
#     Other platforms:
#         FRR, Arista EOS: the same lines, with network 10.10.10.1/32.
#         Cisco NX-OS: the same network, and the lists under each neighbour's address-family ipv4 unicast
#         Cisco IOS-XR: network 10.10.10.1/32, and a route-policy out for each neighbour that passes, and drops, it
#         Junos: an export policy for each neighbour: route-filter 10.10.10.1/32 exact, then accept to ExpressRoute and then reject to the tunnel
#
#     Check: az network vnet-gateway list-learned-routes -g RG -n EXPRESSROUTE-GATEWAY -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package gateway_subnet.azure_recursion

import data.lib.paths
import data.lib.underlay
import data.lib.words

# METADATA
# description: Every IPsec tunnel, and what may have some that are not known.
# scope: document
applicable contains tunnel.id if some tunnel in input.tunnels

applicable contains unknown.id if some unknown in input.unknownTunnels

# METADATA
# description: Tunnels whose own packets are routed into a tunnel, or in a circle.
# scope: document
violations contains violation if {
	some tunnel in input.tunnels
	hop := underlay.recursion(tunnel.underlay.return)

	violation := {
		"resource": tunnel.id,
		"message": concat("", [
			underlay.message(tunnel, hop, sprintf("%s, the router's end of %s", [tunnel.local, tunnel.id])),
			underlay.flaps(tunnel),
		]),
		"path": {"tunnel": tunnel.id, "direction": "return"},
		"evidence": object.get(hop, "evidence", []),
	}
}

# METADATA
# description: Tunnels whose own packets take a way that is not known, or have none.
# scope: document
undetermined contains {"resource": tunnel.id, "message": words.reasons(reasons)} if {
	some tunnel in input.tunnels
	reasons := underlay.doubts(tunnel.underlay.return, sprintf("%s, the router's end of %s", [tunnel.local, tunnel.id]))
	count(reasons) > 0
}

undetermined contains {"resource": unknown.id, "message": message, "evidence": paths.evidence([unknown])} if {
	some unknown in input.unknownTunnels
	message := sprintf("its tunnels are not known: %s", [unknown.why])
}
