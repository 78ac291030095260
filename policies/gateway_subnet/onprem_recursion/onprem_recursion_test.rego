package gateway_subnet.onprem_recursion_test

import data.gateway_subnet.onprem_recursion as policy
import data.lib.fixtures_test as fixtures

test_complies_when_the_tunnels_packets_take_expressroute if {
	tunnel := _tunnel(fixtures.clear_forward)

	policy.applicable == {"tunnel/R1/vpngw-0"} with input.tunnels as [tunnel]
	policy.violations == set() with input.tunnels as [tunnel]
	policy.undetermined == set() with input.tunnels as [tunnel]
}

test_complies_when_only_the_other_direction_recurs if {
	tunnel := object.union(_tunnel(fixtures.clear_forward), {"underlay": {"return": _recursive}})

	policy.violations == set() with input.tunnels as [tunnel]
}

test_violates_when_the_tunnels_packets_enter_the_tunnel if {
	policy.violations == {{
		"resource": "tunnel/R1/vpngw-0",
		"message": concat("", [
			"router/R1 routes 10.64.0.4, the gateway's end of tunnel/R1/vpngw-0, into that tunnel itself: ",
			"10.10.0.0/16 matches (because of longest)",
		]),
		"path": {"tunnel": "tunnel/R1/vpngw-0", "direction": "forward"},
		"evidence": [fixtures.ref("router/R1.txt", 3)],
	}} with input.tunnels as [_tunnel(_recursive)]
}

test_violates_when_one_branch_enters_the_tunnel if {
	tunnel := _tunnel(fixtures.forked(fixtures.clear_forward, [_recursive]))

	{violation.resource | some violation in policy.violations} == {"tunnel/R1/vpngw-0"} with input.tunnels as [tunnel]
}

test_undetermined_when_the_way_is_unknown if {
	tunnel := _tunnel(fixtures.unknown([]))

	policy.undetermined == {{
		"resource": "tunnel/R1/vpngw-0",
		"message": "R1's routes were not read",
	}} with input.tunnels as [tunnel]
	policy.violations == set() with input.tunnels as [tunnel]
}

test_undetermined_when_the_peer_is_unreachable if {
	tunnel := _tunnel({"outcome": "dropped", "detail": "no route matches", "firewalls": [], "hops": []})

	policy.undetermined == {{
		"resource": "tunnel/R1/vpngw-0",
		"message": "10.64.0.4, the gateway's end of tunnel/R1/vpngw-0, is unreachable: no route matches",
	}} with input.tunnels as [tunnel]
	policy.violations == set() with input.tunnels as [tunnel]
}

test_undetermined_when_tunnels_are_not_known if {
	unknown := [{
		"id": "connection/dc1",
		"why": "its gateway vpngw was not read",
		"evidence": [fixtures.ref("dc1.json", 1)],
	}]

	policy.applicable == {"connection/dc1"} with input.tunnels as [] with input.unknownTunnels as unknown
	policy.undetermined == {{
		"resource": "connection/dc1",
		"message": "its tunnels are not known: its gateway vpngw was not read",
		"evidence": [fixtures.ref("dc1.json", 1)],
	}} with input.tunnels as [] with input.unknownTunnels as unknown
}

test_not_applicable_without_tunnels if {
	policy.applicable == set() with input.tunnels as []
	policy.violations == set() with input.tunnels as []
	policy.undetermined == set() with input.tunnels as []
}

_recursive := object.union(
	fixtures.path([fixtures.hop("router/R1", "longest", fixtures.tunnel)]),
	{"outcome": "loop", "detail": "the tunnel is routed into itself"},
)

_tunnel(underlay) := {
	"id": "tunnel/R1/vpngw-0",
	"local": "10.10.10.1",
	"remote": "10.64.0.4",
	"underlay": object.union({"return": fixtures.clear_forward}, {"forward": underlay}),
}
