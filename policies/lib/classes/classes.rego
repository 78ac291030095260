# METADATA
# title: Classes
# description: >-
#   The few classes that policies have to look at closely. Most are protected and
#   known; telling them apart calls no function, and puts no class into a set: with
#   many classes these are what takes the time.
package lib.classes

# METADATA
# description: >-
#   Classes whose path to Azure leaves the premises somewhere without a protection that
#   is accepted, known or not, or is not wholly known. All others are protected.
# scope: document
exposed_forward := [input.classes[i] | some i in _exposed_forward]

# METADATA
# description: The same of the path of the answers.
# scope: document
exposed_return := [input.classes[i] | some i in _exposed_return]

# METADATA
# description: Classes of which either path is one of these.
# scope: document
exposed := [input.classes[i] | some i in (_exposed_forward | _exposed_return)]

# METADATA
# description: >-
#   Classes of which a path passes a firewall or appliance, or may: one that is not
#   known may pass what nobody saw.
# scope: document
inspected := [input.classes[i] | some i in ((_passing | _unknown_forward) | _unknown_return)]

# METADATA
# description: Classes of which not every branch of the path to Azure is known.
# scope: document
unknown_forward := [input.classes[i] | some i in _unknown_forward]

_exposed_forward contains i if {
	some i, class in input.classes
	some hop in class.forward.hops
	hop.leavesPremises
	not object.get(hop, "protection", "unknown") in class.required.protection
}

_exposed_forward contains i if {
	some i, class in input.classes
	some hop in class.forward.others[_].hops
	hop.leavesPremises
	not object.get(hop, "protection", "unknown") in class.required.protection
}

_exposed_forward contains i if some i in _unknown_forward

_exposed_return contains i if {
	some i, class in input.classes
	some hop in class.return.hops
	hop.leavesPremises
	not object.get(hop, "protection", "unknown") in class.required.protection
}

_exposed_return contains i if {
	some i, class in input.classes
	some hop in class.return.others[_].hops
	hop.leavesPremises
	not object.get(hop, "protection", "unknown") in class.required.protection
}

_exposed_return contains i if some i in _unknown_return

_unknown_forward contains i if input.classes[i].forward.outcome == "unknown"

_unknown_forward contains i if input.classes[i].forward.others[_].outcome == "unknown"

_unknown_return contains i if input.classes[i].return.outcome == "unknown"

_unknown_return contains i if input.classes[i].return.others[_].outcome == "unknown"

_passing contains i if {
	some direction in ["forward", "return"]
	some i
	input.classes[i][direction].firewalls[0]
}

_passing contains i if {
	some direction in ["forward", "return"]
	some i
	input.classes[i][direction].others[_].firewalls[0]
}
