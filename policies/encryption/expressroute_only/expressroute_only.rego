# METADATA
# title: Azure has a VPN route to every on-premises prefix
# description: >-
#   No encrypted route takes the packets from Azure to the class's on-premises addresses: the VPN
#   offers nothing that covers them, or the tunnel that carries them does not encrypt. Everything
#   that Azure sends there is readable on the way.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "About encryption for Azure ExpressRoute"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-about-encryption
# custom:
#   id: ENC-03
#   severity: critical
#   each: class
#   remediation: >-
#     Announce the on-premises prefix to the VPN gateway: in BGP across the tunnel, or as address space of
#     the local network gateway; and stop announcing it over ExpressRoute. Where the tunnel itself is in
#     clear, give its connection an IPsec policy that encrypts.
#
#     Cisco IOS (prefix and neighbours are examples):
#         router bgp 65501
#          address-family ipv4
#           network 10.10.0.0 mask 255.255.0.0
#           neighbor 169.254.21.2 activate
#     Other platforms:
#         FRR, EOS, NX-OS, IOS-XR: network 10.10.0.0/16 in address-family ipv4 (unicast)
#         Junos: an export policy on the VPN neighbours with route-filter 10.10.0.0/16 exact, then accept
#
#     Static, without BGP: az network local-gateway update -g RG -n LOCAL-GATEWAY --local-address-prefixes
#     10.10.0.0/16
#
#     Cipher: az network vpn-connection ipsec-policy add -g RG --connection-name CONNECTION
#     --ike-encryption AES256 --ike-integrity SHA384 --dh-group ECP384 --ipsec-encryption GCMAES256
#     --ipsec-integrity GCMAES256 --pfs-group ECP384 --sa-lifetime 27000 --sa-max-size 102400000
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: satisfies}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: satisfies}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "CIS Controls v8", control: "3.10", strength: satisfies}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: satisfies}
package encryption.expressroute_only

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
	leak.cause == "no VPN route"

	violation := {
		"resource": class.id,
		"message": sprintf("%s: %s", [leak.text, _reason(leak)]),
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

_reason(leak) := sprintf("the tunnel does not encrypt (%s)", [object.get(leak.hop, "grade", "no cipher")]) if {
	leak.hop.linkKind == "ipsec"
} else := sprintf("%s matches %s (%s), and no VPN route covers it", [
	leak.decision.node,
	object.get(leak.decision, "prefix", "nothing"),
	leak.decision.why,
])
