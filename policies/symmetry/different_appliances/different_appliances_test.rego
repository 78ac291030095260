package symmetry.different_appliances_test

import data.lib.appliances_test as samples
import data.lib.fixtures_test as fixtures
import data.symmetry.different_appliances as policy

test_complies_when_both_directions_pass_the_same_firewalls if {
	class := samples.with_firewalls(["firewall/a", "firewall/b"], ["firewall/b", "firewall/a"])

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

test_complies_when_one_direction_passes_none if {
	class := samples.with_firewalls([], ["firewall/a"])

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_violates_when_the_directions_pass_different_ones if {
	policy.violations == {{
		"resource": "c1",
		"message": concat("", [
			"10.10.0.0/16 -> 172.16.1.0/24 passes firewall/azfw, and the answers pass appliance/lb-nva/inside; ",
			"want the same in both directions",
		]),
		"path": {"class": "c1", "direction": "return"},
		"evidence": [fixtures.ref("instance/vpngw-0.txt", 3), fixtures.ref("subnet/spoke/workload.txt", 3)],
	}} with input.classes as [samples.with_firewalls(["firewall/azfw"], ["appliance/lb-nva/inside"])]
}

test_violates_when_one_of_several_paths_differs if {
	inspected := fixtures.passing(fixtures.protected_return, ["firewall/a"])
	other := fixtures.passing(fixtures.protected_return, ["firewall/a", "firewall/b"])
	class := samples.with_return(["firewall/a"], fixtures.forked(inspected, [other]))

	{violation.message | some violation in policy.violations} == {concat("", [
		"10.10.0.0/16 -> 172.16.1.0/24 passes firewall/a, and the answers pass firewall/a or firewall/a and firewall/b; ",
		"want the same in both directions",
	])} with input.classes as [class]
}

test_undetermined_when_a_path_is_not_known if {
	class := samples.with_return(["firewall/a"], fixtures.unknown([]))

	policy.undetermined == {{"resource": "c1", "message": "R1's routes were not read"}} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_not_applicable_without_a_firewall if {
	policy.applicable == set() with input.classes as [fixtures.class]
	policy.violations == set() with input.classes as [fixtures.class]
	policy.undetermined == set() with input.classes as [fixtures.class]
}
