# METADATA
# title: Ingress
# description: How packets from the premises get from the gateway to their destination.
package lib.ingress

import data.lib.paths

# METADATA
# description: >-
#   The delivered branches of a class's forward path that pass no firewall though the
#   return path does, in order: the firewalls missed, the hop at the gateway, which
#   could have chosen one, and how many such branches there are.
# scope: document
bypasses(class) := [bypass |
	some branch in paths.branches(class.forward)
	missed := _missed(class, branch)
	count(missed) > 0
	bypass := {"firewalls": missed, "hop": _chooser(branch), "count": _count(class)}
]

# METADATA
# description: The hop of a branch at a gateway or an instance of one. Undefined when it does not get there.
# scope: document
entry(branch) := branch.hops[min({h |
	some h, hop in branch.hops
	at_gateway(hop)
})]

# METADATA
# description: The user-defined routes that lost at a hop because they are shorter than what won.
# scope: document
unused(hop) := [route |
	some route in paths.lost(hop, "user")
	_length(route.prefix) < _length(hop.prefix)
]

# METADATA
# description: What a hop chose, as a fact.
# scope: document
choice(hop) := sprintf("%s matches %s (%s)", [hop.node, object.get(hop, "prefix", "nothing"), hop.why])

_missed(class, branch) := {firewall |
	branch.outcome == "delivered"
	count(branch.firewalls) == 0
	some back in paths.branches(class.return)
	some firewall in back.firewalls
}

_count(class) := count([1 |
	some branch in paths.branches(class.forward)
	count(_missed(class, branch)) > 0
])

_chooser(branch) := entry(branch)

_chooser(branch) := array.concat(branch.hops, [{"node": "the path", "why": "its hops are not known"}])[0] if {
	not entry(branch)
}

# METADATA
# description: Whether a hop is at a gateway or an instance of one.
# scope: document
at_gateway(hop) if {
	some kind in ["gateway/", "instance/"]
	startswith(hop.node, kind)
}

_length(prefix) := to_number(split(prefix, "/")[1])
