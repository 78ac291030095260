# METADATA
# title: Underlay
# description: Questions that policies ask about the way of a tunnel's own packets.
package lib.underlay

import data.lib.paths
import data.lib.words

# METADATA
# description: >-
#   The hop that sends a tunnel's own packets into a tunnel, or else in a circle,
#   on any branch; the first one. Undefined when none does.
# scope: document
recursion(path) := branches[b].hops[h] if {
	branches := paths.branches(path)
	[_, b, h] := min({at |
		some b, branch in branches
		some at in _recursions(branch, b)
	})
}

# METADATA
# description: What recursion found, as a fact. to names the far end of the tunnel.
# scope: document
message(tunnel, hop, to) := sprintf("%s routes %s, into %s: %s matches (%s)", [
	hop.node,
	to,
	_tunnel(tunnel, hop),
	object.get(hop, "prefix", "no prefix"),
	hop.why,
]) if {
	_enters(hop)
} else := sprintf("the packets to %s, go in a circle: %s", [to, hop.why])

# METADATA
# description: >-
#   What it means for traffic that a tunnel's packets are routed into a tunnel, as
#   the rest of a sentence. Empty where it is not known that the tunnel flaps.
# scope: document
flaps(tunnel) := "; the tunnel flaps" if {
	some flap in input.flaps
	tunnel.id in flap.tunnels
	flap.pairs == 0
} else := sprintf("; the tunnel flaps, and each time it is down %s pairs of addresses are in clear over %s", [
	words.count_of(flap.pairs),
	words.list(flap.links),
]) if {
	some flap in input.flaps
	tunnel.id in flap.tunnels
} else := ""

# METADATA
# description: Why the way of a tunnel's own packets is not known to lead to its end. Empty when it is.
# scope: document
doubts(path, to) := paths.unknowns(path) | {doubt |
	some branch in paths.branches(path)
	branch.outcome == "dropped"
	doubt := sprintf("%s, is unreachable: %s", [to, object.get(branch, "detail", "no route leads there")])
}

_recursions(branch, b) := {[0, b, h] |
	some h, hop in branch.hops
	_enters(hop)
	paths.happens(branch, h)
} | {[1, b, count(branch.hops) - 1] |
	branch.outcome == "loop"
	count(branch.hops) > 0
}

_enters(hop) if hop.linkKind == "ipsec"

_tunnel(tunnel, hop) := "that tunnel itself" if {
	hop.link == tunnel.id
} else := hop.link
