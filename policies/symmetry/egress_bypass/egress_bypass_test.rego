package symmetry.egress_bypass_test

import data.lib.appliances_test as samples
import data.lib.fixtures_test as fixtures
import data.symmetry.egress_bypass as policy

_azfw := ["firewall/azfw"]

test_complies_when_both_directions_pass_the_firewall if {
	class := samples.with_firewalls(_azfw, _azfw)

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

test_complies_when_only_the_answers_pass_a_firewall if {
	class := samples.with_firewalls([], _azfw)

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_complies_when_only_some_answers_pass_a_firewall if {
	inspected := fixtures.passing(fixtures.protected_return, _azfw)
	class := samples.with_return([], fixtures.forked(inspected, [fixtures.protected_return]))

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_complies_when_the_answers_lead_nowhere if {
	dropped := object.union(fixtures.protected_return, {"outcome": "dropped"})
	class := samples.with_return(_azfw, dropped)

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_violates_when_the_answers_go_straight_to_the_gateway if {
	lost := fixtures.vpn_candidate("0.0.0.0/0")
	class := samples.with_return(_azfw, fixtures.clear_return("longest", [lost]))

	policy.violations == {{
		"resource": "c1",
		"message": concat("", [
			"172.16.1.0/24 -> 10.10.0.0/16 passes nothing that inspects, and the packets to Azure pass firewall/azfw: ",
			"subnet/spoke/workload matches 10.10.0.0/16 (because of longest)",
		]),
		"path": {"class": "c1", "direction": "return"},
		"evidence": [fixtures.ref("subnet/spoke/workload.txt", 3), fixtures.ref("vpn.json", 7)],
	}} with input.classes as [class]
}

test_violates_when_one_of_two_equal_cost_answers_does if {
	inspected := fixtures.passing(fixtures.protected_return, _azfw)
	class := samples.with_return(_azfw, fixtures.forked(inspected, [fixtures.protected_return]))

	{violation.message | some violation in policy.violations} == {concat("", [
		"172.16.1.0/24 -> 10.10.0.0/16 passes nothing that inspects on 1 of 2 equal-cost paths, ",
		"and the packets to Azure pass firewall/azfw: ",
		"subnet/spoke/workload matches 10.10.0.0/16 (because of vpn)",
	])} with input.classes as [class]
}

test_undetermined_when_the_answers_are_not_known if {
	class := samples.with_return(_azfw, fixtures.unknown([]))

	policy.undetermined == {{"resource": "c1", "message": "R1's routes were not read"}} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_not_applicable_without_a_firewall if {
	policy.applicable == set() with input.classes as [fixtures.class]
	policy.violations == set() with input.classes as [fixtures.class]
	policy.undetermined == set() with input.classes as [fixtures.class]
}
