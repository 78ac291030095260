package bgp.authentication_test

import data.bgp.authentication as policy
import data.lib.fixtures_test as lib
import data.lib.sessions_test as fixtures

test_complies_with_a_key if {
	policy.applicable == {"peering/er-primary"} with input.peeringSessions as [fixtures.session]
	policy.violations == set() with input.peeringSessions as [fixtures.session]
	policy.undetermined == set() with input.peeringSessions as [fixtures.session]
}

test_violates_without_a_key if {
	policy.violations == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"the session of router/R1 with 192.168.100.2 over peering/er-primary has no key, ",
			"want TCP MD5 or TCP-AO on both ends",
		]),
		"evidence": [lib.ref("R1/config.txt", 9)],
	}} with input.peeringSessions as [fixtures.with_facts({"authenticated": "no"})]
}

test_undetermined_when_neither_end_tells if {
	policy.undetermined == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"whether the session of router/R1 with 192.168.100.2 over peering/er-primary has a key is not known: ",
			"the configuration of router/R1 was not read",
		]),
		"evidence": [lib.ref("R1/config.txt", 9)],
	}} with input.peeringSessions as [fixtures.unread]
	policy.violations == set() with input.peeringSessions as [fixtures.unread]
}

test_not_applicable_without_a_private_peering if {
	policy.applicable == set() with input.peeringSessions as []
	policy.violations == set() with input.peeringSessions as []
	policy.undetermined == set() with input.peeringSessions as []
}
