package encryption.mixed_multipath_test

import data.encryption.mixed_multipath as policy
import data.lib.fixtures_test as fixtures

test_complies_when_all_paths_are_encrypted if {
	policy.applicable == {"c1"} with input.classes as [fixtures.class]
	policy.violations == set() with input.classes as [fixtures.class]
	policy.undetermined == set() with input.classes as [fixtures.class]
}

test_complies_when_all_paths_are_in_clear if {
	policy.violations == set() with input.classes as [fixtures.with_forward(fixtures.clear_forward)]
}

test_violates_when_one_of_two_is_in_clear if {
	class := fixtures.with_forward(fixtures.forked(fixtures.protected_forward, [fixtures.clear_forward]))

	policy.violations == {{
		"resource": "c1",
		"message": concat("", [
			"10.10.0.0/16 -> 172.16.1.0/24: 1 of 2 equal-cost paths leave over peering/er-primary ",
			"without encryption, 1 protected: router/R1 (because of only)",
		]),
		"path": {"class": "c1", "direction": "forward"},
		"evidence": [fixtures.ref("router/R1.txt", 3)],
	}} with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

test_violates_when_one_of_azures_two_is_in_clear if {
	path := fixtures.forked(fixtures.protected_return, [fixtures.clear_return("expressroute-over-vpn", [])])

	policy.violations == {{
		"resource": "c1",
		"message": concat("", [
			"172.16.1.0/24 -> 10.10.0.0/16: 1 of 2 equal-cost paths leave over peering/er-primary without encryption, ",
			"1 protected: subnet/spoke/workload (because of expressroute-over-vpn)",
		]),
		"path": {"class": "c1", "direction": "return"},
		"evidence": [fixtures.ref("subnet/spoke/workload.txt", 3), fixtures.ref("msee/er-primary.txt", 3)],
	}} with input.classes as [fixtures.with_return(path)]
}

test_violates_once_when_both_directions_are_shared if {
	forward := fixtures.forked(fixtures.protected_forward, [fixtures.clear_forward])
	back := fixtures.forked(fixtures.protected_return, [fixtures.clear_return("expressroute-over-vpn", [])])
	class := object.union(fixtures.with_forward(forward), {"return": back})

	policy.violations == {{
		"resource": "c1",
		"message": concat("", [
			"10.10.0.0/16 -> 172.16.1.0/24: 1 of 2 equal-cost paths leave over peering/er-primary ",
			"without encryption, 1 protected: router/R1 (because of only); ",
			"172.16.1.0/24 -> 10.10.0.0/16: 1 of 2 equal-cost paths leave over peering/er-primary ",
			"without encryption, 1 protected: subnet/spoke/workload (because of expressroute-over-vpn)",
		]),
		"path": {"class": "c1", "direction": "forward"},
		"evidence": [
			fixtures.ref("router/R1.txt", 3),
			fixtures.ref("subnet/spoke/workload.txt", 3),
			fixtures.ref("msee/er-primary.txt", 3),
		],
	}} with input.classes as [class]
}

test_only_undetermined_when_the_other_path_is_unknown if {
	class := fixtures.with_forward(fixtures.forked(fixtures.clear_forward, [fixtures.unknown([])]))

	policy.violations == set() with input.classes as [class]
	policy.undetermined == {{"resource": "c1", "message": "R1's routes were not read"}} with input.classes as [class]
}

test_complies_when_the_other_path_leads_nowhere if {
	dropped := {"outcome": "dropped", "firewalls": [], "hops": []}
	class := fixtures.with_forward(fixtures.forked(fixtures.clear_forward, [dropped]))

	policy.violations == set() with input.classes as [class]
}

test_undetermined_when_a_path_is_unknown if {
	class := fixtures.with_forward(fixtures.unknown([]))

	policy.undetermined == {{"resource": "c1", "message": "R1's routes were not read"}} with input.classes as [class]
}

test_not_applicable_without_classes if {
	policy.applicable == set() with input.classes as []
}
