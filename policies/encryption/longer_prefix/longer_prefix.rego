# METADATA
# title: No prefix over ExpressRoute is more specific than the VPN's
# description: >-
#   Azure follows the longest prefix, from whichever gateway. A prefix that ExpressRoute
#   announces inside the VPN's address space draws its traffic out of the tunnel, and the packets
#   cross the provider's network in clear.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "Configure ExpressRoute and Site-to-Site coexisting connections"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-howto-coexist-resource-manager
# custom:
#   id: ENC-02
#   severity: critical
#   each: class
#   remediation: >-
#     Withdraw the more specific prefix from ExpressRoute, or announce it, or a longer one, over the VPN
#     as well.
#
#     On every router, announce to the ExpressRoute neighbour the VPN end points only, and the on-premises
#     prefixes over the tunnels only.
#
#     Cisco IOS (neighbour 192.168.100.2 and end point 10.10.10.1 are examples):
#         ip prefix-list TO-EXPRESSROUTE seq 10 permit 10.10.10.1/32
#         router bgp 65501
#          address-family ipv4
#           neighbor 192.168.100.2 prefix-list TO-EXPRESSROUTE out
#     Other platforms:
#         FRR, Arista EOS: the same lines. Then: clear ip bgp 192.168.100.2 soft out
#         Cisco NX-OS: under the neighbour's address-family ipv4 unicast, prefix-list TO-EXPRESSROUTE out
#         Cisco IOS-XR: prefix-set TO-EXPRESSROUTE and a route-policy that passes only "destination in TO-EXPRESSROUTE", applied by route-policy NAME out
#         Junos: set policy-options policy-statement TO-EXPRESSROUTE term endpoint from route-filter 10.10.10.1/32 exact, then accept, a last term that rejects, and export TO-EXPRESSROUTE on the neighbour
#
#     Check: az network vnet-gateway list-learned-routes -g RG -n EXPRESSROUTE-GATEWAY -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: satisfies}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: satisfies}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "CIS Controls v8", control: "3.10", strength: satisfies}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: satisfies}
package encryption.longer_prefix

import data.lib.classes
import data.lib.leaks
import data.lib.paths
import data.lib.words

# METADATA
# description: Every class of address pairs.
# scope: document
applicable contains class.id if some class in input.classes

# METADATA
# description: Classes whose return path is in clear for this reason.
# scope: document
violations contains violation if {
	some class in classes.exposed_return
	leak := leaks.returning(class)
	leak.cause == "longer prefix"

	violation := {
		"resource": class.id,
		"message": sprintf("%s: %s matches %s, which wins over the VPN's %s (%s)", [
			leak.text,
			leak.decision.node,
			object.get(leak.decision, "prefix", "a prefix that is not known"),
			words.list([candidate.prefix | some candidate in paths.lost(leak.decision, "vpn")]),
			leak.decision.why,
		]),
		"path": {"class": class.id, "direction": "return"},
		"evidence": paths.evidence(array.flatten([leak.decision, paths.lost(leak.decision, "vpn"), leak.hop])),
	}
}

# METADATA
# description: Classes whose return path is not wholly known.
# scope: document
undetermined contains {"resource": class.id, "message": words.reasons(reasons)} if {
	some class in classes.exposed_return
	reasons := paths.doubts(class.return, class.required.protection)
	count(reasons) > 0
}
