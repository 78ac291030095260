package gateway_subnet.size_test

import data.gateway_subnet.size as policy
import data.lib.fixtures_test as lib
import data.lib.gateway_subnets_test as fixtures

test_complies_with_27_or_larger if {
	every prefixes in [["10.64.0.0/27"], ["10.64.0.0/26", "fd00::/64"], ["10.64.0.0/28", "10.64.0.32/27"]] {
		policy.applicable == {"subnet/vnet-hub/GatewaySubnet"} with input.gatewaySubnets as [_with(prefixes)]
		policy.violations == set() with input.gatewaySubnets as [_with(prefixes)]
		policy.undetermined == set() with input.gatewaySubnets as [_with(prefixes)]
	}
}

test_violates_with_28 if {
	policy.violations == {{
		"resource": "subnet/vnet-hub/GatewaySubnet",
		"message": "subnet/vnet-hub/GatewaySubnet has 10.64.0.0/28, want /27 or larger",
		"evidence": [lib.ref("vnet-hub.json", 20)],
	}} with input.gatewaySubnets as [_with(["10.64.0.0/28"])]
}

test_undetermined_when_the_subnet_was_not_read if {
	policy.undetermined == {{
		"resource": "subnet/vnet-hub/GatewaySubnet",
		"message": fixtures.not_read,
		"evidence": [lib.ref("vnet-hub.json", 20)],
	}} with input.gatewaySubnets as [fixtures.unread]
}

test_undetermined_without_an_ipv4_prefix if {
	policy.violations == set() with input.gatewaySubnets as [_with(["fd00::/64"])]
	{open.message | some open in policy.undetermined} == {"no IPv4 prefix of subnet/vnet-hub/GatewaySubnet is known"} with input.gatewaySubnets as [_with(["fd00::/64"])]
}

test_not_applicable_without_gateways if {
	policy.applicable == set() with input.gatewaySubnets as []
	policy.violations == set() with input.gatewaySubnets as []
	policy.undetermined == set() with input.gatewaySubnets as []
}

_with(prefixes) := object.union(fixtures.subnet, {"prefixes": prefixes})
