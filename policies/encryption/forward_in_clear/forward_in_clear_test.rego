package encryption.forward_in_clear_test

import data.encryption.forward_in_clear as policy
import data.lib.fixtures_test as fixtures

test_complies_when_the_router_prefers_the_tunnel if {
	policy.applicable == {"c1"} with input.classes as [fixtures.class]
	policy.violations == set() with input.classes as [fixtures.class]
	policy.undetermined == set() with input.classes as [fixtures.class]
}

test_violates_when_the_router_prefers_expressroute if {
	class := fixtures.with_forward(fixtures.clear_forward)

	policy.violations == {{
		"resource": "c1",
		"message": concat("", [
			"10.10.0.0/16 -> 172.16.1.0/24 leaves router/R1 over peering/er-primary without encryption: ",
			"router/R1 matches 10.10.0.0/16 (because of only)",
		]),
		"path": {"class": "c1", "direction": "forward"},
		"evidence": [fixtures.ref("router/R1.txt", 3)],
	}} with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

test_violates_when_one_of_two_equal_cost_paths_is_in_clear if {
	class := fixtures.with_forward(fixtures.forked(fixtures.protected_forward, [fixtures.clear_forward]))

	{violation.message | some violation in policy.violations} == {concat("", [
		"10.10.0.0/16 -> 172.16.1.0/24 leaves router/R1 over peering/er-primary without encryption ",
		"on 1 of 2 equal-cost paths: router/R1 matches 10.10.0.0/16 (because of only)",
	])} with input.classes as [class]
}

test_undetermined_when_the_protection_of_the_link_is_unknown if {
	hop := fixtures.hop("router/R1", "only", object.union(fixtures.peering, {"protection": "unknown"}))
	class := fixtures.with_forward(fixtures.path([hop]))

	policy.undetermined == {{
		"resource": "c1",
		"message": "what protects the packets on peering/er-primary is not known",
	}} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_undetermined_when_the_forward_path_is_unknown if {
	class := fixtures.with_forward(fixtures.unknown([]))

	policy.undetermined == {{"resource": "c1", "message": "R1's routes were not read"}} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_not_applicable_without_classes if {
	policy.applicable == set() with input.classes as []
	policy.violations == set() with input.classes as []
	policy.undetermined == set() with input.classes as []
}
