# METADATA
# title: No network security group is on the GatewaySubnet
# description: >-
#   A network security group on the GatewaySubnet filters the gateways' own packets: IKE, ESP, BGP
#   and what Azure manages them by. Azure does not support it, and a gateway behind one may stop to
#   function, at once or with the next maintenance.
# related_resources:
#   - description: "VPN Gateway settings: gateway subnet"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings
#   - description: "ExpressRoute virtual network gateways: gateway subnet"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways
# custom:
#   id: GWS-05
#   severity: high
#   remediation: >-
#     Take the group off the subnet. Filter at the workloads' subnets, or in the firewall that the
#     GatewaySubnet's routes lead to.
#
#     Azure CLI:
#         az network vnet subnet update -g RG --vnet-name VNET \
#           -n GatewaySubnet --network-security-group null
#
#     Check: az network vnet subnet show -g RG --vnet-name VNET -n GatewaySubnet --query networkSecurityGroup
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package gateway_subnet.security_group

import data.lib.gateway_subnets
import data.lib.paths

# METADATA
# description: Every subnet of gateways.
# scope: document
applicable contains subnet.id if some subnet in input.gatewaySubnets

# METADATA
# description: Subnets with a network security group.
# scope: document
violations contains violation if {
	some subnet in input.gatewaySubnets
	subnet.nsg

	violation := {
		"resource": subnet.id,
		"message": sprintf("%s is on %s, want none: it filters the gateways' own packets", [subnet.nsg, subnet.id]),
		"evidence": paths.evidence([subnet]),
	}
}

# METADATA
# description: Subnets that were not read.
# scope: document
undetermined contains {"resource": subnet.id, "message": reason, "evidence": paths.evidence([subnet])} if {
	some subnet in input.gatewaySubnets
	reason := gateway_subnets.unread(subnet)
}
