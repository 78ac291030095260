package symmetry.ingress_bypass_test

import data.lib.fixtures_test as fixtures
import data.symmetry.ingress_bypass as policy

_firewalls := ["firewall/azfw"]

_inspected_return := fixtures.passing(fixtures.protected_return, _firewalls)

_forward := fixtures.path([
	fixtures.hop("router/R1", "only", fixtures.tunnel),
	fixtures.hop("instance/vpngw-0", "only", {"leavesPremises": false}),
	fixtures.delivered,
])

_class(forward, back) := object.union(fixtures.class, {"forward": forward, "return": back})

test_complies_when_both_directions_pass_the_firewall if {
	class := _class(fixtures.passing(_forward, _firewalls), _inspected_return)

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

test_complies_when_only_the_forward_path_passes_the_firewall if {
	class := _class(fixtures.passing(_forward, _firewalls), fixtures.protected_return)

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_violates_when_the_forward_path_bypasses_the_firewall if {
	policy.violations == {{
		"resource": "c1",
		"message": concat("", [
			"10.10.0.0/16 -> 172.16.1.0/24 does not pass firewall/azfw, and the answers do: ",
			"instance/vpngw-0 matches 10.10.0.0/16 (because of only)",
		]),
		"path": {"class": "c1", "direction": "forward"},
		"evidence": [fixtures.ref("instance/vpngw-0.txt", 3)],
	}} with input.classes as [_class(_forward, _inspected_return)]
}

test_violates_when_one_of_two_equal_cost_paths_bypasses_the_firewall if {
	class := _class(fixtures.forked(fixtures.passing(_forward, _firewalls), [_forward]), _inspected_return)

	{violation.message | some violation in policy.violations} == {concat("", [
		"10.10.0.0/16 -> 172.16.1.0/24 does not pass firewall/azfw, and the answers do on 1 of 2 equal-cost paths: ",
		"instance/vpngw-0 matches 10.10.0.0/16 (because of only)",
	])} with input.classes as [class]
}

test_undetermined_when_a_path_is_unknown if {
	class := _class(fixtures.unknown([]), _inspected_return)

	policy.undetermined == {{"resource": "c1", "message": "R1's routes were not read"}} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_undetermined_when_an_unknown_path_may_pass_a_firewall if {
	class := _class(_forward, fixtures.unknown([]))

	{open.resource | some open in policy.undetermined} == {"c1"} with input.classes as [class]
}

test_not_applicable_without_a_firewall if {
	policy.applicable == set() with input.classes as [fixtures.class]
	policy.violations == set() with input.classes as [fixtures.class]
	policy.undetermined == set() with input.classes as [fixtures.class]
}
