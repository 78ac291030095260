package gateway_subnet.security_group_test

import data.gateway_subnet.security_group as policy
import data.lib.fixtures_test as lib
import data.lib.gateway_subnets_test as fixtures

test_complies_without_a_group if {
	policy.applicable == {"subnet/vnet-hub/GatewaySubnet"} with input.gatewaySubnets as [fixtures.subnet]
	policy.violations == set() with input.gatewaySubnets as [fixtures.subnet]
	policy.undetermined == set() with input.gatewaySubnets as [fixtures.subnet]
}

test_violates_with_a_group if {
	policy.violations == {{
		"resource": "subnet/vnet-hub/GatewaySubnet",
		"message": "nsg/nsg-hub is on subnet/vnet-hub/GatewaySubnet, want none: it filters the gateways' own packets",
		"evidence": [lib.ref("vnet-hub.json", 20)],
	}} with input.gatewaySubnets as [object.union(fixtures.subnet, {"nsg": "nsg/nsg-hub"})]
}

test_undetermined_when_the_subnet_was_not_read if {
	policy.undetermined == {{
		"resource": "subnet/vnet-hub/GatewaySubnet",
		"message": fixtures.not_read,
		"evidence": [lib.ref("vnet-hub.json", 20)],
	}} with input.gatewaySubnets as [fixtures.unread]
}

test_not_applicable_without_gateways if {
	policy.applicable == set() with input.gatewaySubnets as []
	policy.violations == set() with input.gatewaySubnets as []
	policy.undetermined == set() with input.gatewaySubnets as []
}
