package gateway_subnet.default_route_test

import data.gateway_subnet.default_route as policy
import data.lib.fixtures_test as lib
import data.lib.gateway_subnets_test as fixtures

test_complies_with_a_route_for_each_spoke if {
	subnet := fixtures.with_table(fixtures.with_routes([fixtures.to_firewall("spoke", "172.16.0.0/16")]))

	policy.applicable == {"subnet/vnet-hub/GatewaySubnet"} with input.gatewaySubnets as [subnet]
	policy.violations == set() with input.gatewaySubnets as [subnet]
	policy.undetermined == set() with input.gatewaySubnets as [subnet]
}

test_complies_without_a_route_table if {
	policy.violations == set() with input.gatewaySubnets as [fixtures.with_table(fixtures.no_table)]
	policy.undetermined == set() with input.gatewaySubnets as [fixtures.with_table(fixtures.no_table)]
}

test_violates_with_a_default_route_in_two_halves if {
	subnet := fixtures.with_table(fixtures.with_routes([
		_default("low", "0.0.0.0/1"),
		fixtures.to_firewall("spoke", "172.16.0.0/16"),
		_default("high", "128.0.0.0/1"),
	]))

	policy.violations == {{
		"resource": "subnet/vnet-hub/GatewaySubnet",
		"message": concat("", [
			"routetable/rt-gateway takes all public addresses away from the gateways: ",
			"route low (0.0.0.0/1 to VirtualAppliance 10.64.1.4), ",
			"route high (128.0.0.0/1 to VirtualAppliance 10.64.1.4); want no route for them",
		]),
		"evidence": [lib.ref("rt-gateway.json", 13), lib.ref("vnet-hub.json", 20)],
	}} with input.gatewaySubnets as [subnet]
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

_default(name, prefix) := object.union(fixtures.to_firewall(name, prefix), {"default": true})
