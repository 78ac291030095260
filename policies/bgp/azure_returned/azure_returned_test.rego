package bgp.azure_returned_test

import data.bgp.azure_returned as policy
import data.lib.fixtures_test as lib
import data.lib.sessions_test as fixtures

test_complies_when_nothing_of_azures_comes_back if {
	policy.applicable == {"peering/er-primary"} with input.peeringSessions as [fixtures.session]
	policy.violations == set() with input.peeringSessions as [fixtures.session]
	policy.undetermined == set() with input.peeringSessions as [fixtures.session]
}

test_violates_when_azures_prefix_comes_back if {
	why := "it is in the address space of vnet/vnet-spoke"
	session := fixtures.with_facts({"returned": [fixtures.advertised("172.16.0.0/16", why)]})

	policy.violations == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"172.16.0.0/16 is advertised to Azure over peering/er-primary, want nothing of Azure's: ",
			"it is in the address space of vnet/vnet-spoke",
		]),
		"evidence": [lib.ref("msee.json", 7), lib.ref("R1/config.txt", 9)],
	}} with input.peeringSessions as [session]
}

test_violates_when_nothing_keeps_it_back if {
	why := "its AS path (65515) has Azure's 65515"
	session := fixtures.with_facts({"filtered": "no", "passed": [fixtures.advertised("172.16.0.0/16", why)]})

	policy.violations == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"the session of router/R1 with 192.168.100.2 over peering/er-primary sends everything that it chose, ",
			"as 172.16.0.0/16: want an outbound policy (its AS path (65515) has Azure's 65515)",
		]),
		"evidence": [lib.ref("msee.json", 7), lib.ref("R1/config.txt", 9)],
	}} with input.peeringSessions as [session]
}

test_undetermined_when_the_configuration_was_not_read if {
	policy.undetermined == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"whether anything filters what the session of router/R1 with 192.168.100.2 over peering/er-primary ",
			"sends is not known: the configuration of router/R1 was not read",
		]),
		"evidence": [lib.ref("R1/config.txt", 9)],
	}} with input.peeringSessions as [fixtures.unread]
}

test_undetermined_when_the_bgp_table_was_not_read if {
	session := fixtures.with_facts({"filtered": "no", "chosen": "denied"})

	policy.undetermined == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"nothing filters what the session of router/R1 with 192.168.100.2 over peering/er-primary sends, ",
			"and what that is, is not known: its BGP table is denied",
		]),
		"evidence": [lib.ref("R1/config.txt", 9)],
	}} with input.peeringSessions as [session]
}

test_undetermined_when_the_edge_routers_table_was_not_read if {
	{open.resource | some open in policy.undetermined} == {"circuit/er"} with input.peeringSessions as [fixtures.circuit]
}

test_not_applicable_without_a_private_peering if {
	policy.applicable == set() with input.peeringSessions as []
	policy.violations == set() with input.peeringSessions as []
	policy.undetermined == set() with input.peeringSessions as []
}
