# METADATA
# title: The routers reach the VPN gateway over ExpressRoute, not through the tunnel
# description: >-
#   The packets of the tunnel itself are addressed to the gateway instance in the GatewaySubnet.
#   When the router's longest route to that address leads into a tunnel, as it does once the
#   hub's whole prefix is preferred through it, the tunnel is asked to carry itself and goes
#   down. With it go its routes, so that it comes up again: it flaps. While it is up, what it
#   protects is lost; while it is down, traffic takes whatever else leads to Azure, which is
#   ExpressRoute in clear where the same prefixes are accepted there.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "ExpressRoute encryption: IPsec over ExpressRoute for Virtual WAN"
#     ref: https://learn.microsoft.com/azure/virtual-wan/vpn-over-expressroute
#   - description: "Cisco: troubleshoot the %TUN-5-RECURDOWN error"
#     ref: https://www.cisco.com/c/en/us/support/docs/ip/enhanced-interior-gateway-routing-protocol-eigrp/22327-gre-flap.html
# custom:
#   id: GWS-01
#   severity: critical
#   remediation: >-
#     Give the GatewaySubnet a route of its own over ExpressRoute on every router: it is longer than the
#     hub's prefix and wins. Azure never announces the GatewaySubnet by itself, so the route is static.
#
#     GatewaySubnet 10.64.0.0/26 and Microsoft's end 192.168.100.2 are examples:
#         Cisco IOS: ip route 10.64.0.0 255.255.255.192 192.168.100.2 name GatewaySubnet
#         NX-OS, EOS, FRR: ip route 10.64.0.0/26 192.168.100.2
#         IOS-XR: router static
#                  address-family ipv4 unicast
#                   10.64.0.0/26 192.168.100.2
#         Junos: set routing-options static route 10.64.0.0/26 next-hop 192.168.100.2
#
#     Or put the tunnel's outside into a VRF of its own (tunnel vrf EXPRESSROUTE on the tunnel interface),
#     whose table never holds the tunnel's routes.
#
#     Check: show ip route 10.64.0.4 must name the interface to ExpressRoute.
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package gateway_subnet.onprem_recursion

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
	hop := underlay.recursion(tunnel.underlay.forward)

	violation := {
		"resource": tunnel.id,
		"message": concat("", [
			underlay.message(tunnel, hop, sprintf("%s, the gateway's end of %s", [tunnel.remote, tunnel.id])),
			underlay.flaps(tunnel),
		]),
		"path": {"tunnel": tunnel.id, "direction": "forward"},
		"evidence": object.get(hop, "evidence", []),
	}
}

# METADATA
# description: Tunnels whose own packets take a way that is not known, or have none.
# scope: document
undetermined contains {"resource": tunnel.id, "message": words.reasons(reasons)} if {
	some tunnel in input.tunnels
	reasons := underlay.doubts(tunnel.underlay.forward, sprintf("%s, the gateway's end of %s", [tunnel.remote, tunnel.id]))
	count(reasons) > 0
}

undetermined contains {"resource": unknown.id, "message": message, "evidence": paths.evidence([unknown])} if {
	some unknown in input.unknownTunnels
	message := sprintf("its tunnels are not known: %s", [unknown.why])
}
