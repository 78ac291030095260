package lib.paths_test

import data.lib.fixtures_test as fixtures
import data.lib.paths

_accepted := ["ipsec", "macsec"]

test_a_path_without_others_is_its_only_branch if {
	paths.branches(fixtures.protected_forward) == [fixtures.protected_forward]
}

test_the_others_are_branches_too if {
	path := fixtures.forked(fixtures.protected_forward, [fixtures.clear_forward])

	paths.branches(path)[1] == fixtures.clear_forward
}

test_a_protected_path_has_no_exposure if {
	paths.exposures(fixtures.protected_forward, _accepted) == set()
	not paths.in_clear(fixtures.protected_forward, _accepted)
	paths.doubts(fixtures.protected_forward, _accepted) == set()
}

test_one_clear_branch_of_two_is_in_clear if {
	path := fixtures.forked(fixtures.protected_forward, [fixtures.clear_forward])

	paths.exposures(path, _accepted) == {[1, 0]}
	paths.in_clear(path, _accepted)
	paths.link(path, [1, 0]) == "peering/er-primary"
}

test_only_the_first_exposure_of_a_branch_counts if {
	clear := fixtures.hop("router/R1", "only", fixtures.peering)

	paths.exposures(fixtures.path([clear, clear]), _accepted) == {[0, 0]}
}

test_a_protection_that_is_not_accepted_is_none if {
	paths.exposures(fixtures.protected_forward, ["macsec"]) == {[0, 0]}
}

test_a_dropped_packet_that_left_in_clear_left_in_clear if {
	paths.in_clear(object.union(fixtures.clear_forward, {"outcome": "dropped"}), _accepted)
}

test_a_link_of_unread_protection_is_a_doubt if {
	hop := object.union(
		fixtures.hop("router/R1", "only", fixtures.peering),
		{"protection": "unknown", "grade": "MACsec was not read"},
	)
	path := fixtures.path([hop])

	paths.exposures(path, _accepted) == set()
	paths.doubts(path, _accepted) == {"what protects the packets on peering/er-primary is not known (MACsec was not read)"}
}

test_a_link_without_protection_field_is_a_doubt_not_clear if {
	hop := object.remove(fixtures.hop("router/R1", "only", fixtures.peering), ["protection"])
	path := fixtures.path([hop])

	not paths.in_clear(path, _accepted)
	paths.doubts(path, _accepted) == {"what protects the packets on peering/er-primary is not known"}
}

test_an_unknown_branch_is_a_doubt if {
	path := fixtures.forked(fixtures.protected_forward, [fixtures.unknown([])])

	paths.doubts(path, _accepted) == {"R1's routes were not read"}
	paths.unknowns(path) == {"R1's routes were not read"}
}

test_an_unknown_branch_without_detail_is_a_doubt if {
	path := object.remove(fixtures.unknown([]), ["detail"])

	paths.doubts(path, _accepted) == {"the evidence does not say where the packets go"}
}

test_what_azure_did_stands_on_an_unknown_path if {
	hops := fixtures.clear_return("only", []).hops

	paths.in_clear(fixtures.unknown(hops), _accepted)
}

test_what_a_router_does_on_an_unknown_path_is_inferred if {
	path := fixtures.unknown(fixtures.clear_forward.hops)

	not paths.in_clear(path, _accepted)
	paths.doubts(path, _accepted) == {"R1's routes were not read"}
}

test_an_undecided_choice_is_a_doubt_when_one_way_is_protected if {
	path := fixtures.forked(_undecided(fixtures.tunnel), [_undecided(fixtures.peering)])

	not paths.in_clear(path, _accepted)
	paths.doubts(path, _accepted) == {concat(" ", [
		"which path the router takes is not known,",
		"and the one over peering/er-primary is in clear",
	])}
}

test_an_undecided_choice_between_ways_in_clear_is_in_clear if {
	paths.in_clear(fixtures.forked(_undecided(fixtures.peering), [_undecided(fixtures.peering)]), _accepted)
}

_undecided(link) := fixtures.path([fixtures.hop("router/R1", "undecided", link)])

test_the_decision_is_the_last_hop_with_a_choice if {
	branch := fixtures.clear_return("longest", [])

	paths.decision(branch, 1) == branch.hops[0]
}

test_a_hop_without_a_link_is_named_by_its_node if {
	hop := object.remove(fixtures.hop("router/R1", "only", fixtures.peering), ["link"])

	paths.link(fixtures.path([hop]), [0, 0]) == "router/R1"
}

test_evidence_keeps_its_order_and_no_place_twice if {
	a := {"evidence": [fixtures.ref("b", 1), fixtures.ref("a", 1)]}

	paths.evidence([a, {}, {"evidence": [fixtures.ref("b", 1), fixtures.ref("c", 2)]}]) == [
		fixtures.ref("b", 1),
		fixtures.ref("a", 1),
		fixtures.ref("c", 2),
	]
}

test_lost_keeps_the_candidates_of_the_source if {
	vpn := fixtures.vpn_candidate("10.0.0.0/8")

	paths.lost({"lost": [vpn, {"source": "user"}]}, "vpn") == [vpn]
	paths.lost({}, "vpn") == []
}

test_where_none_is_required_there_is_no_doubt if {
	nothing := ["none", "ipsec", "macsec", "unknown"]

	paths.doubts(fixtures.unknown([]), nothing) == set()
	not paths.in_clear(fixtures.clear_forward, nothing)
}
