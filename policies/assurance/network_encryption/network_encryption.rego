# METADATA
# title: Virtual network encryption is not taken for protection on ExpressRoute
# description: >-
#   Virtual network encryption encrypts what machines of the network and its peers say to each other. It
#   ends where the packets leave for on premises: over ExpressRoute they are as clear as without it, and
#   the only enforcement that Azure offers generally lets unencrypted packets pass. A review that counts
#   it as encryption in transit to the sites counts nothing.
# related_resources:
#   - description: "What is Azure Virtual Network encryption?"
#     ref: https://learn.microsoft.com/azure/virtual-network/virtual-network-encryption-overview
#   - description: "About encryption for ExpressRoute"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-about-encryption
# custom:
#   id: AST-02
#   severity: medium
#   remediation: >-
#     Leave the encryption on, and protect the way to the sites by what covers it: IPsec over ExpressRoute, or
#     MACsec on ExpressRoute Direct for the hop between the customer's and Microsoft's edge. What leads the
#     packets past the tunnel is told by the findings of ENC-01 to ENC-07 on the same addresses.
#
#     Check: az network vnet show -g RG -n VNET --query encryption
#         az network nic show-effective-route-table -g RG -n NIC -o table
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: supports}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "CIS Controls v8", control: "3.10", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package assurance.network_encryption

import data.lib.classes
import data.lib.paths
import data.lib.words

# METADATA
# description: Every virtual network whose encryption is on, or that was not read.
# scope: document
applicable contains network.id if some network in input.networkEncryptions

# METADATA
# description: Encrypted virtual networks with traffic that leaves the premises in clear.
# scope: document
violations contains violation if {
	some network in input.networkEncryptions
	exposed := sort({subnet | some subnet in network.subnets; subnet in _exposed})
	count(exposed) > 0

	violation := {
		"resource": network.id,
		"message": sprintf("encryption of %s (%s) does not protect the traffic of %s with on premises, which is in clear", [
			network.id,
			network.enforcement,
			words.list(exposed),
		]),
		"evidence": paths.evidence([network]),
	}
}

# METADATA
# description: Virtual networks that were not read, or whose traffic may be in clear.
# scope: document
undetermined contains {"resource": network.id, "message": message, "evidence": paths.evidence([network])} if {
	some network in input.networkEncryptions
	network.status != "ok"
	message := sprintf("whether %s has encryption of its own is not known: it was not read", [network.id])
}

undetermined contains {"resource": network.id, "message": message, "evidence": paths.evidence([network])} if {
	some network in input.networkEncryptions
	network.status == "ok"
	doubtful := sort({subnet | some subnet in network.subnets; subnet in _doubtful})
	count(doubtful) > 0
	message := sprintf("whether the traffic of %s with on premises is in clear is not known", [words.list(doubtful)])
}

_exposed contains subnet if {
	some class in classes.exposed
	some path in [class.forward, class.return]
	paths.in_clear(path, class.required.protection)
	some subnet in _subnets(class)
}

_doubtful contains subnet if {
	some class in classes.exposed
	some path in [class.forward, class.return]
	count(paths.doubts(path, class.required.protection)) > 0
	some subnet in _subnets(class)
}

_subnets(class) := array.concat([class.azure.subnet], object.get(class.azure, "alike", []))
