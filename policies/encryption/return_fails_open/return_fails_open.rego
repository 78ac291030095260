# METADATA
# title: Traffic from Azure stays encrypted or stops when something fails
# description: >-
#   The packets from Azure are encrypted now, and a failure makes Azure send them over
#   ExpressRoute in clear instead of dropping them: ExpressRoute offers a prefix that covers the
#   same addresses, and takes over when the VPN route goes. Nobody notices, because everything
#   keeps working.
# related_resources:
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
#   - description: "ExpressRoute encryption: IPsec over ExpressRoute for Virtual WAN"
#     ref: https://learn.microsoft.com/azure/virtual-wan/vpn-over-expressroute
# custom:
#   id: ENC-04
#   severity: high
#   each: class
#   remediation: >-
#     Make the two sets of prefixes disjoint: over ExpressRoute announce the VPN end points only, no
#     prefix (and no default route) that covers protected addresses.
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
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-7", strength: supports}
#     - {framework: "PCI DSS 4.0.1", control: "4.2.1", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "CIS Controls v8", control: "3.10", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.return_fails_open

import data.lib.classes
import data.lib.paths
import data.lib.words

# METADATA
# description: Classes whose return path is not in clear as it is.
# scope: document
applicable := {class.id | some class in input.classes} - _in_clear

# METADATA
# description: Classes whose packets leave in clear when something fails.
# scope: document
violations contains violation if {
	some class in _classes
	open := {[count(failure.down), failure.down] |
		some failure in class.failures
		failure.return == "fails open"
	}
	[_, down] := min(open)
	exposed := _exposed(class, down)

	violation := {
		"resource": class.id,
		"message": sprintf("%s goes in clear%s when %s %s down%s", [
			words.flow(class, "return"),
			_over(exposed),
			concat(" and ", down),
			_are(down),
			_more(count(open) - 1),
		]),
		"path": {"class": class.id, "direction": "return", "down": down},
		"evidence": paths.evidence(exposed),
	}
}

# METADATA
# description: Classes whose return path, or what a failure makes of it, is not known.
# scope: document
undetermined contains {"resource": class.id, "message": words.reasons(reasons)} if {
	some class in _classes
	reasons := paths.doubts(class.return, class.required.protection) | {_unknown(why, downs) |
		some why, downs in _undecided(class)
	}
	count(reasons) > 0
}

# The failures of which it is not known what they do, by why it is not.
_undecided(class) := {why: downs |
	some why in {object.get(failure, "returnWhy", "") |
		some failure in class.failures
		failure.return == "undecided"
	}
	downs := {[count(failure.down), failure.down] |
		some failure in class.failures
		failure.return == "undecided"
		object.get(failure, "returnWhy", "") == why
	}
}

_unknown(why, downs) := sprintf("what becomes of the packets when %s %s down is not known%s%s", [
	concat(" and ", down),
	_are(down),
	_because(why),
	_alike(count(downs) - 1),
]) if [_, down] := min(downs)

_because("") := ""

_because(why) := sprintf(": %s", [why]) if why != ""

_alike(0) := ""

_alike(1) := " (1 more failure is alike)"

_alike(n) := sprintf(" (%d more failures are alike)", [n]) if n > 1

# What a failure opens or leaves undecided, and what may be in clear without one.
# An array needs no comparing of whole classes, which a set does.
_classes := [class |
	some class in array.concat(classes.exposed_return, [input.classes[i] | some i in _changed])
	not class.id in _in_clear
]

_changed contains i if input.classes[i].failures[_].return == "fails open"

_changed contains i if input.classes[i].failures[_].return == "undecided"

# A direction that is in clear already is what other policies report.
_in_clear := {class.id |
	some class in classes.exposed_return
	paths.in_clear(class.return, class.required.protection)
}

_exposed(class, down) := [exposure |
	some failure in class.failures
	failure.down == down
	some exposure in object.get(failure, "returnClear", [])
]

_over([]) := ""

_over(exposed) := sprintf(" over %s", [words.list([exposure.link | some exposure in exposed])]) if count(exposed) > 0

_are([_]) := "is"

_are(down) := "are" if count(down) != 1

_more(0) := ""

_more(1) := "; 1 more failure has the same effect"

_more(n) := sprintf("; %d more failures have the same effect", [n]) if n > 1
