# METADATA
# title: No default route over ExpressRoute reaches the subnets
# description: >-
#   A default route that is advertised over private peering draws everything that no longer route
#   covers out of Azure: the Internet's traffic, and that with on-premises networks nobody thought of.
#   It crosses the circuit in clear, past the tunnels and, without a user-defined route, past the
#   firewall.
# related_resources:
#   - description: "ExpressRoute routing requirements: default route"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-routing
#   - description: "Virtual network traffic routing"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
# custom:
#   id: ENC-23
#   severity: medium
#   remediation: >-
#     Stop advertising the default route over ExpressRoute, and give the subnets one to the firewall.
#
#     az network route-table route create -g RG --route-table-name TABLE -n default --address-prefix 0.0.0.0/0
#     --next-hop-type VirtualAppliance --next-hop-ip-address FIREWALL
#
#     Cisco IOS, FRR, Arista EOS, on every router (neighbour 192.168.100.2 is an example):
#         router bgp 65501
#          address-family ipv4
#           no neighbor 192.168.100.2 default-originate
#           neighbor 192.168.100.2 prefix-list ENDPOINT-ONLY out
#     Other platforms:
#         Cisco NX-OS, IOS-XR: no default-originate under the neighbour's address family
#         Junos: an export policy on the neighbour that rejects 0.0.0.0/0 exact
#
#     Check: az network nic show-effective-route-table -g RG -n NIC -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "PCI DSS 4.0.1", control: "1.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package encryption.default_over_expressroute

import data.lib.paths

# METADATA
# description: Every subnet of machines that ExpressRoute gateways serve.
# scope: document
applicable contains default_route.id if some default_route in input.defaultRoutes

# METADATA
# description: Subnets whose default route is ExpressRoute's.
# scope: document
violations contains violation if {
	some default_route in input.defaultRoutes
	default_route.source == "expressroute"

	violation := {
		"resource": default_route.id,
		"message": sprintf("%s sends %s over ExpressRoute, want a user-defined default route to a firewall", [
			default_route.id,
			default_route.prefix,
		]),
		"evidence": paths.evidence([default_route]),
	}
}

# METADATA
# description: Subnets whose default route is not known.
# scope: document
undetermined contains open if {
	some default_route in input.defaultRoutes
	default_route.source == "unknown"

	open := {
		"resource": default_route.id,
		"message": sprintf("where its default route leads is not known: %s", [default_route.why]),
		"evidence": paths.evidence([default_route]),
	}
}
