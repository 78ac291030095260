# METADATA
# title: Appliances
# description: Which firewalls and appliances the packets of a class pass.
package lib.appliances

import data.lib.paths

# METADATA
# description: >-
#   What the delivered branches of a path pass: a set of firewalls and appliances for
#   each branch that passes any. A branch that passes none is left out.
# scope: document
passed(path) := {appliances |
	some branch in paths.branches(path)
	branch.outcome == "delivered"
	count(branch.firewalls) > 0
	appliances := {appliance | some appliance in branch.firewalls}
}

# METADATA
# description: Sets of firewalls and appliances in words, one branch's after another's.
# scope: document
names(sets) := concat(" or ", sort([concat(" and ", sort(appliances)) | some appliances in sets]))

# METADATA
# description: The hops of a path that sent packets to a firewall or appliance.
# scope: document
choosers(path) := [hop |
	some branch in paths.branches(path)
	some hop in branch.hops
	object.get(hop, "link", "") in {"vnet/firewall", "vnet/appliance"}
]

# METADATA
# description: A user-defined route to an appliance in words.
# scope: document
route(r) := sprintf("route %s (%s to %s)", [r.route, r.prefix, _address(r.nextHop)])

_address("") := "no address"

_address(hop) := hop if hop != ""
