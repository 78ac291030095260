package lib.underlay_test

import data.lib.fixtures_test as fixtures
import data.lib.underlay

_tunnel := {"id": "tunnel/R1/vpngw-0"}

test_a_path_over_expressroute_does_not_recur if {
	not underlay.recursion(fixtures.clear_forward)
}

test_the_hop_into_a_tunnel_on_any_branch_recurs if {
	path := fixtures.forked(fixtures.clear_forward, [fixtures.protected_forward])

	underlay.recursion(path) == fixtures.protected_forward.hops[0]
}

test_a_loop_without_a_tunnel_recurs if {
	path := object.union(fixtures.clear_forward, {"outcome": "loop"})

	underlay.recursion(path) == fixtures.delivered
}

test_a_hop_into_a_tunnel_is_named_before_a_loop if {
	looping := object.union(fixtures.clear_forward, {"outcome": "loop"})

	underlay.recursion(fixtures.forked(looping, [fixtures.protected_forward])) == fixtures.protected_forward.hops[0]
}

test_an_inferred_route_does_not_recur if {
	not underlay.recursion(fixtures.unknown(fixtures.protected_forward.hops))
}

test_the_message_names_the_tunnel if {
	hop := fixtures.protected_forward.hops[0]

	underlay.message(_tunnel, hop, "10.64.0.4") == concat("", [
		"router/R1 routes 10.64.0.4, into that tunnel itself: ",
		"10.10.0.0/16 matches (because of local-preference)",
	])
	startswith(underlay.message({"id": "other"}, hop, "10.64.0.4"), "router/R1 routes 10.64.0.4, into tunnel/R1/vpngw-0:")
}

test_the_message_of_a_loop_says_so if {
	underlay.message(_tunnel, fixtures.at_router, "10.64.0.4") == concat("", [
		"the packets to 10.64.0.4, go in a circle: ",
		"because of connected",
	])
}

test_a_dropped_packet_is_a_doubt if {
	path := {"outcome": "dropped", "detail": "router/R1 has no route", "firewalls": [], "hops": []}

	underlay.doubts(path, "10.64.0.4") == {"10.64.0.4, is unreachable: router/R1 has no route"}
	underlay.doubts(object.remove(path, ["detail"]), "10.64.0.4") == {"10.64.0.4, is unreachable: no route leads there"}
}

test_an_unknown_path_is_a_doubt if {
	underlay.doubts(fixtures.unknown([]), "10.64.0.4") == {"R1's routes were not read"}
}

test_a_known_path_is_none if {
	underlay.doubts(fixtures.clear_forward, "10.64.0.4") == set()
}

test_flaps_says_what_is_in_clear if {
	flap := {"tunnels": ["tunnel/R1/vpngw-0"], "pairs": 4096, "links": ["peering/er-circuit-primary"]}

	underlay.flaps({"id": "tunnel/R1/vpngw-0"}) == concat("", [
		"; the tunnel flaps, and each time it is down 4,096 pairs of addresses are in clear over ",
		"peering/er-circuit-primary",
	]) with input.flaps as [flap]
	underlay.flaps({"id": "tunnel/R1/vpngw-0"}) == "; the tunnel flaps" with input.flaps as [object.union(flap, {"pairs": 0})]
	underlay.flaps({"id": "tunnel/R2/vpngw-1"}) == "" with input.flaps as [flap]
}
