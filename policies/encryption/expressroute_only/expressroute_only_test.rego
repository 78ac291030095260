package encryption.expressroute_only_test

import data.encryption.expressroute_only as policy
import data.lib.fixtures_test as fixtures

test_complies_when_the_vpn_takes_the_packets if {
	policy.applicable == {"c1"} with input.classes as [fixtures.class]
	policy.violations == set() with input.classes as [fixtures.class]
	policy.undetermined == set() with input.classes as [fixtures.class]
}

test_complies_when_the_return_path_is_in_clear_for_another_reason if {
	class := fixtures.with_return(fixtures.clear_return("longest", [fixtures.vpn_candidate("10.0.0.0/8")]))

	policy.violations == set() with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

test_violates_when_no_vpn_route_covers_the_prefix if {
	class := fixtures.with_return(fixtures.clear_return("only", []))

	policy.violations == {{
		"resource": "c1",
		"message": concat("", [
			"172.16.1.0/24 -> 10.10.0.0/16 leaves Azure over peering/er-primary without encryption: ",
			"subnet/spoke/workload matches 10.10.0.0/16 (because of only), and no VPN route covers it",
		]),
		"path": {"class": "c1", "direction": "return"},
		"evidence": [fixtures.ref("subnet/spoke/workload.txt", 3), fixtures.ref("msee/er-primary.txt", 3)],
	}} with input.classes as [class]
}

test_violates_when_the_tunnel_does_not_encrypt if {
	hop := fixtures.hop(
		"instance/vpngw-0", "only",
		object.union(fixtures.tunnel, {"protection": "none", "grade": "null cipher"}),
	)
	class := fixtures.with_return(fixtures.path([hop]))

	{violation.message | some violation in policy.violations} == {concat("", [
		"172.16.1.0/24 -> 10.10.0.0/16 leaves Azure over tunnel/R1/vpngw-0 without encryption: ",
		"the tunnel does not encrypt (null cipher)",
	])} with input.classes as [class]
}

test_undetermined_when_the_return_path_is_unknown if {
	class := fixtures.with_return(fixtures.unknown([]))

	policy.undetermined == {{"resource": "c1", "message": "R1's routes were not read"}} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_not_applicable_without_classes if {
	policy.applicable == set() with input.classes as []
	policy.violations == set() with input.classes as []
	policy.undetermined == set() with input.classes as []
}
