package bgp.endpoints_only_test

import data.bgp.endpoints_only as policy
import data.lib.fixtures_test as lib
import data.lib.sessions_test as fixtures

test_complies_with_end_points_only if {
	policy.applicable == {"peering/er-primary"} with input.peeringSessions as [fixtures.session]
	policy.violations == set() with input.peeringSessions as [fixtures.session]
	policy.undetermined == set() with input.peeringSessions as [fixtures.session]
}

test_violates_when_more_is_advertised if {
	session := fixtures.with_facts({"beyond": [fixtures.advertised("10.10.0.0/16", "")]})

	policy.violations == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"10.10.0.0/16 is advertised over peering/er-primary, which gives it no protection; ",
			"want tunnel end points only",
		]),
		"evidence": [lib.ref("msee.json", 7), lib.ref("R1/config.txt", 9)],
	}} with input.peeringSessions as [session]
	policy.undetermined == set() with input.peeringSessions as [session]
}

test_undetermined_when_the_edge_routers_table_was_not_read if {
	policy.undetermined == {{
		"resource": "circuit/er",
		"message": concat("", [
			"what is advertised on the session over circuit/er is not known: ",
			"the edge router's table is missing",
		]),
		"evidence": [lib.ref("connection.json", 1)],
	}} with input.peeringSessions as [fixtures.circuit]
}

test_undetermined_when_it_may_be_an_end_point if {
	may := fixtures.advertised("10.30.0.1/32", "connection/c2: its gateway was not read")
	session := fixtures.with_facts({"maybeBeyond": [may]})

	policy.undetermined == {{
		"resource": "peering/er-primary",
		"message": "10.30.0.1/32 may be the end point of a tunnel: connection/c2: its gateway was not read",
		"evidence": [lib.ref("R1/config.txt", 9)],
	}} with input.peeringSessions as [session]
	policy.violations == set() with input.peeringSessions as [session]
}

test_undetermined_when_the_links_protection_is_not_known if {
	session := fixtures.with_facts({
		"protection": "unknown",
		"beyond": [fixtures.advertised("10.10.0.0/16", "")],
	})

	policy.undetermined == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"10.10.0.0/16 is advertised over peering/er-primary, ",
			"of which it is not known whether MACsec protects it",
		]),
		"evidence": [lib.ref("R1/config.txt", 9)],
	}} with input.peeringSessions as [session]
	policy.violations == set() with input.peeringSessions as [session]
}

test_not_applicable_without_a_private_peering if {
	policy.applicable == set() with input.peeringSessions as []
	policy.violations == set() with input.peeringSessions as []
	policy.undetermined == set() with input.peeringSessions as []
}
