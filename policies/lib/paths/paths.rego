# METADATA
# title: Paths
# description: Questions that policies ask about the paths of a class or tunnel.
package lib.paths

# METADATA
# description: >-
#   Every branch of a path. A packet takes any one of them, so a promise about
#   the path must hold on all.
# scope: document
branches(path) := array.concat([path], object.get(path, "others", []))

# METADATA
# description: >-
#   Where a path leaves the premises with none of the accepted protections: pairs
#   of the indices of branch and hop, the first on each branch.
# scope: document
exposures(path, accepted) := set() if {
	_unprotected(path, accepted) == []
} else := {[b, h] |
	some b, branch in branches(path)
	h := min({at[1] |
		some at in _unprotected(path, accepted)
		at[0] == b
		not _unread(branch.hops[at[1]])
		happens(branch, at[1])
	})
}

# METADATA
# description: >-
#   Whether packets certainly leave in clear: some branch does, and not only by
#   the guess at a choice that the evidence leaves undecided, or all branches do.
# scope: document
in_clear(path, accepted) if {
	found := exposures(path, accepted)
	count(found) > 0
	_certain(path, found)
}

# METADATA
# description: >-
#   Why it is not known whether a path leaves the premises in clear: one sentence
#   for each reason. Empty when it is known.
# scope: document
doubts(path, accepted) := set() if {
	"none" in accepted
} else := unknowns(path) if {
	_unprotected(path, accepted) == []
} else := (unknowns(path) | {doubt |
	some exposure in exposures(path, accepted)
	_guessed(path, exposure)
	doubt := sprintf("which path the router takes is not known, and the one over %s is in clear", [link(path, exposure)])
}) | {doubt |
	some [b, h] in _unprotected(path, accepted)
	hop := branches(path)[b].hops[h]
	_unread(hop)
	doubt := sprintf("what protects the packets on %s is not known%s", [_link(hop), _grade(hop)])
}

# METADATA
# description: Why the outcome of a path is not known, whatever its protection. Empty when it is.
# scope: document
unknowns(path) := {doubt |
	some branch in branches(path)
	branch.outcome == "unknown"
	doubt := object.get(branch, "detail", "the evidence does not say where the packets go")
}

# METADATA
# description: The link of an exposure.
# scope: document
link(path, [b, h]) := _link(branches(path)[b].hops[h])

# METADATA
# description: >-
#   The hop that chose the way to hop h of a branch: the last one that had a
#   choice, since the others only hand on what it chose.
# scope: document
decision(branch, h) := branch.hops[max({i |
	some i, hop in branch.hops
	i <= h
	not object.get(hop, "rule", "") in {"forward", "decapsulate", "deliver"}
} | {0})]

# METADATA
# description: The evidence of hops and candidates in their order, each place once.
# scope: document
evidence(decided) := [ref |
	some i, ref in _places(decided)
	not ref in array.slice(_places(decided), 0, i)
]

# METADATA
# description: The candidates from a source that lost at a hop.
# scope: document
lost(hop, source) := [candidate |
	some candidate in object.get(hop, "lost", [])
	candidate.source == source
]

_places(decided) := [ref |
	some entry in decided
	some ref in object.get(entry, "evidence", [])
]

# The hops that leave the premises without an accepted protection, known or not.
# Most paths have none, and everything else about them is then quickly said.
_unprotected(path, accepted) := [[b, h] |
	some b, branch in branches(path)
	some h, hop in branch.hops
	hop.leavesPremises
	not object.get(hop, "protection", "unknown") in accepted
]

# METADATA
# description: >-
#   Whether hop h of a branch is a fact. On a branch whose outcome is unknown,
#   what a router does may be inferred from a part of its tables; what Azure did
#   before that is known.
# scope: document
happens(branch, _) if branch.outcome != "unknown"

happens(branch, h) if {
	branch.outcome == "unknown"
	every i, hop in branch.hops {
		_azure_or_after(hop, i, h)
	}
}

_azure_or_after(_, i, h) if i > h

_azure_or_after(hop, _, _) if not startswith(hop.node, "router/")

_certain(path, found) if {
	some exposure in found
	not _guessed(path, exposure)
}

_certain(path, found) if count(found) == count(branches(path))

_guessed(path, [b, h]) if {
	some i, hop in branches(path)[b].hops
	i <= h
	hop.rule == "undecided"
}

_unread(hop) if object.get(hop, "protection", "unknown") == "unknown"

_link(hop) := object.get(hop, "link", hop.node)

_grade(hop) := sprintf(" (%s)", [hop.grade]) if {
	hop.grade
} else := ""
