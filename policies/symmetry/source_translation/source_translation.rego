# METADATA
# title: The firewall leaves the premises' addresses as they are
# description: >-
#   Azure Firewall puts its own address in place of the source of what it sends to addresses outside of
#   its private ranges: by default those of RFC 1918 and RFC 6598. Where the premises use others, as
#   public addresses of their own, machines there no longer see who connects, answers take the
#   translation's way whatever the routes say, and rules and logs on the premises name the firewall.
# related_resources:
#   - description: "Azure Firewall SNAT private IP address ranges"
#     ref: https://learn.microsoft.com/azure/firewall/snat-private-range
# custom:
#   id: SYM-10
#   severity: medium
#   remediation: >-
#     Add the premises' prefixes to the ranges of the firewall's policy, beside the private ones:
#         az network firewall policy update -g RG -n POLICY \
#           --private-ranges IANAPrivateRanges 100.64.0.0/10 203.0.113.0/24
#     A policy without a setting of its own has its parent's. Without a policy:
#         az network firewall update -g RG -n FIREWALL --private-ranges IANAPrivateRanges 203.0.113.0/24
#
#     Check: az network firewall policy show -g RG -n POLICY --query snat
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AC-4", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "NS-1", strength: supports}
package symmetry.source_translation

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Firewalls in networks with routes to the premises, or that may have some, and what may be one.
# scope: document
applicable contains firewall.id if some firewall in _firewalls

applicable contains resource.id if some resource in _unread

# METADATA
# description: Firewalls that translate what they send to the premises.
# scope: document
violations contains violation if {
	some firewall in _firewalls
	count(firewall.translated) > 0
	not _unknown(firewall)

	violation := {
		"resource": firewall.id,
		"message": sprintf("it translates what it sends to %s, which is not in the ranges of %s (%s)", [
			words.list(firewall.translated),
			object.get(firewall, "policy", "the default"),
			words.list(firewall.ranges),
		]),
		"evidence": paths.evidence([firewall]),
	}
}

# METADATA
# description: Firewalls of which the ranges, or the prefixes on the premises, are not known.
# scope: document
undetermined contains {"resource": firewall.id, "message": words.reasons(reasons), "evidence": paths.evidence([firewall])} if {
	some firewall in _firewalls
	reasons := _doubts(firewall)
	count(reasons) > 0
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "firewalls")
}

_firewalls := [firewall |
	some firewall in input.firewallSNATs
	_judged(firewall)
]

_judged(firewall) if count(firewall.onprem) > 0

_judged(firewall) if firewall.more

_unknown(firewall) if firewall.unknown

_unknown(firewall) if firewall.learns

_doubts(firewall) := ({firewall.unknown |
	firewall.unknown
} | {sprintf("%s is in no range that is configured, and which ones it learned from a Route Server is not known", [
	words.list(firewall.translated),
]) |
	firewall.learns
	count(firewall.translated) > 0
}) | {sprintf("there may be more prefixes on the premises: %s", [firewall.more]) |
	firewall.more
}

_unread := unread.of(input.unreadResources, ["azurefirewalls"])
