# METADATA
# title: The routers send traffic to Azure through the tunnel
# description: >-
#   The router's route to the class's Azure addresses leads over ExpressRoute's private peering,
#   or another link off the premises, without encryption. What is sent to Azure is readable on
#   the provider's network.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "About encryption for Azure ExpressRoute"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-about-encryption
# custom:
#   id: ENC-05
#   severity: critical
#   each: class
#   remediation: >-
#     Make the routers prefer the tunnel for the Azure prefix, and better, accept it from nowhere else
#     (see ENC-07).
#
#     Cisco IOS (prefixes and neighbour are examples):
#         ip prefix-list AZURE seq 10 permit 10.64.0.0/23
#         ip prefix-list AZURE seq 20 permit 172.16.0.0/16
#         route-map VPN-IN permit 10
#          match ip address prefix-list AZURE
#          set local-preference 200
#         router bgp 65501
#          address-family ipv4
#           neighbor 169.254.21.2 route-map VPN-IN in
#     Other platforms:
#         FRR, Arista EOS: the same lines. Then: clear ip bgp 169.254.21.2 soft in
#         Cisco NX-OS: under the neighbour's address-family ipv4 unicast, route-map VPN-IN in
#         Cisco IOS-XR: route-policy VPN-IN, "if destination in AZURE then set local-preference 200 endif, pass", applied by route-policy VPN-IN in
#         Junos: set policy-options policy-statement VPN-IN term azure from prefix-list AZURE, then local-preference 200 and accept, and import VPN-IN on the neighbour
#
#     Keep the GatewaySubnet on ExpressRoute by a static route of its own (see GWS-01).
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: satisfies}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: satisfies}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "CIS Controls v8", control: "3.10", strength: satisfies}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: satisfies}
package encryption.forward_in_clear

import data.lib.classes
import data.lib.paths
import data.lib.words

# METADATA
# description: Every class of address pairs.
# scope: document
applicable contains class.id if some class in input.classes

# METADATA
# description: Classes whose forward path is in clear.
# scope: document
violations contains violation if {
	some class in classes.exposed_forward
	accepted := class.required.protection
	paths.in_clear(class.forward, accepted)
	found := paths.exposures(class.forward, accepted)
	branches := paths.branches(class.forward)
	[b, h] := min(found)
	hop := branches[b].hops[h]
	decision := paths.decision(branches[b], h)

	violation := {
		"resource": class.id,
		"message": sprintf("%s leaves %s over %s without encryption%s: %s matches %s (%s)", [
			words.flow(class, "forward"),
			hop.node,
			paths.link(class.forward, [b, h]),
			words.share(count(found), count(branches)),
			decision.node,
			object.get(decision, "prefix", "nothing"),
			decision.why,
		]),
		"path": {"class": class.id, "direction": "forward"},
		"evidence": paths.evidence(array.flatten([decision, paths.lost(decision, "vpn"), hop])),
	}
}

# METADATA
# description: Classes whose forward path is not wholly known.
# scope: document
undetermined contains {"resource": class.id, "message": words.reasons(reasons)} if {
	some class in classes.exposed_forward
	reasons := paths.doubts(class.forward, class.required.protection)
	count(reasons) > 0
}
