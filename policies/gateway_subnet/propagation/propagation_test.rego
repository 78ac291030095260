package gateway_subnet.propagation_test

import data.gateway_subnet.propagation as policy
import data.lib.fixtures_test as lib
import data.lib.gateway_subnets_test as fixtures

test_complies_when_routes_are_propagated if {
	policy.applicable == {"subnet/vnet-hub/GatewaySubnet"} with input.gatewaySubnets as [fixtures.subnet]
	policy.violations == set() with input.gatewaySubnets as [fixtures.subnet]
	policy.undetermined == set() with input.gatewaySubnets as [fixtures.subnet]
}

test_complies_without_a_route_table if {
	policy.violations == set() with input.gatewaySubnets as [fixtures.with_table(fixtures.no_table)]
}

test_violates_when_the_table_keeps_routes_out if {
	policy.violations == {{
		"resource": "subnet/vnet-hub/GatewaySubnet",
		"message": concat("", [
			"routetable/rt-gateway keeps out the routes that gateway/ergw and gateway/vpngw learned: ",
			"disableBgpRoutePropagation is true, want false",
		]),
		"evidence": [lib.ref("rt-gateway.json", 1), lib.ref("vnet-hub.json", 20)],
	}} with input.gatewaySubnets as [_disabled]
}

test_violates_before_there_is_a_gateway if {
	{violation.message | some violation in policy.violations} == {concat("", [
		"routetable/rt-gateway keeps out the routes that gateways learned: ",
		"disableBgpRoutePropagation is true, want false",
	])} with input.gatewaySubnets as [object.union(_disabled, {"gateways": []})]
}

test_undetermined_when_the_route_table_was_not_read if {
	policy.undetermined == {{
		"resource": "subnet/vnet-hub/GatewaySubnet",
		"message": fixtures.table_not_read,
		"evidence": [lib.ref("vnet-hub.json", 20)],
	}} with input.gatewaySubnets as [fixtures.with_table(fixtures.unread_table)]
}

test_not_applicable_without_gateways if {
	policy.applicable == set() with input.gatewaySubnets as []
	policy.violations == set() with input.gatewaySubnets as []
	policy.undetermined == set() with input.gatewaySubnets as []
}

_disabled := fixtures.with_table(object.union(fixtures.with_routes([]), {"disablePropagation": true}))
