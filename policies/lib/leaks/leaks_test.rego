package lib.leaks_test

import data.lib.fixtures_test as fixtures
import data.lib.leaks

test_a_protected_path_does_not_leak if {
	not leaks.returning(fixtures.class)
}

test_the_same_prefix_is_the_cause_before_all_others if {
	path := fixtures.forked(
		fixtures.clear_return("only", []),
		[fixtures.clear_return("expressroute-over-vpn", [fixtures.vpn_candidate("10.10.0.0/16")])],
	)

	leaks.returning(fixtures.with_return(path)).cause == "same prefix"
}

test_a_shorter_vpn_route_is_a_cause if {
	path := fixtures.clear_return("longest", [fixtures.vpn_candidate("10.0.0.0/8")])

	leaks.returning(fixtures.with_return(path)).cause == "longer prefix"
}

test_without_a_vpn_route_that_is_the_cause if {
	leaks.returning(fixtures.with_return(fixtures.clear_return("only", []))).cause == "no VPN route"
}

test_a_tunnel_that_does_not_encrypt_is_its_own_cause if {
	hop := fixtures.hop("instance/vpngw-0", "expressroute-over-vpn", object.union(fixtures.tunnel, {"protection": "none"}))

	leaks.returning(fixtures.with_return(fixtures.path([hop]))).cause == "no VPN route"
}

test_the_text_says_where_and_on_how_many_branches if {
	path := fixtures.forked(fixtures.protected_return, [fixtures.clear_return("only", [])])

	leaks.returning(fixtures.with_return(path)).text == concat("", [
		"172.16.1.0/24 -> 10.10.0.0/16 leaves Azure over peering/er-primary ",
		"without encryption on 1 of 2 equal-cost paths",
	])
}

test_a_router_that_sends_packets_back_leaves_the_premises if {
	path := fixtures.path([fixtures.hop("router/R1", "only", fixtures.peering)])

	startswith(
		leaks.returning(fixtures.with_return(path)).text,
		"172.16.1.0/24 -> 10.10.0.0/16 leaves the premises over peering/er-primary",
	)
}
