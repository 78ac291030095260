# METADATA
# title: Azure does not get the same on-premises prefix over ExpressRoute and VPN
# description: >-
#   Where ExpressRoute and the VPN offer Azure the same prefix, Azure sends the packets over
#   ExpressRoute, past the tunnel and in clear, whatever the routers on premises prefer. Traffic
#   from Azure to the class's on-premises addresses is readable on the provider's network
#   although a tunnel is up.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "ExpressRoute encryption: IPsec over ExpressRoute for Virtual WAN"
#     ref: https://learn.microsoft.com/azure/virtual-wan/vpn-over-expressroute
# custom:
#   id: ENC-01
#   severity: critical
#   each: class
#   remediation: >-
#     Stop announcing the on-premises prefix over ExpressRoute, or announce more specific prefixes of it
#     over the VPN (which then fails open: see ENC-04).
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
package encryption.same_prefix

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
	leak.cause == "same prefix"

	violation := {
		"resource": class.id,
		"message": sprintf("%s: ExpressRoute and VPN offer the same prefix %s and Azure takes ExpressRoute", [
			leak.text,
			object.get(leak.decision, "prefix", "of unknown length"),
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
