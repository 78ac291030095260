# METADATA
# title: Leaks
# description: How packets from Azure come to leave it in clear.
package lib.leaks

import data.lib.paths
import data.lib.words

# METADATA
# description: >-
#   The one leak that explains why a class's return path is in clear: its cause
#   (same prefix, longer prefix, no VPN route), the deciding hop, the hop in
#   clear, and how the packets leave. Undefined when the path is not in clear.
# scope: document
returning(class) := leak if {
	accepted := class.required.protection
	paths.in_clear(class.return, accepted)
	found := paths.exposures(class.return, accepted)
	branches := paths.branches(class.return)
	[rank, b, h] := min({[_rank(branches[b], h), b, h] | some [b, h] in found})
	leak := {
		"cause": ["same prefix", "longer prefix", "no VPN route"][rank],
		"decision": paths.decision(branches[b], h),
		"hop": branches[b].hops[h],
		"link": paths.link(class.return, [b, h]),
		"text": sprintf("%s %s over %s without encryption%s", [
			words.flow(class, "return"),
			_leaves(branches[b].hops[h]),
			paths.link(class.return, [b, h]),
			words.share(count(found), count(branches)),
		]),
	}
}

# A tunnel without encryption is in clear by itself, whatever route it beat.
_rank(branch, h) := 2 if {
	branch.hops[h].linkKind == "ipsec"
} else := 0 if {
	paths.decision(branch, h).rule == "expressroute-over-vpn"
} else := 1 if {
	count(paths.lost(paths.decision(branch, h), "vpn")) > 0
} else := 2

_leaves(hop) := "leaves the premises" if {
	startswith(hop.node, "router/")
} else := "leaves Azure"
