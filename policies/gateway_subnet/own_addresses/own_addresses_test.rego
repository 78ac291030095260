package gateway_subnet.own_addresses_test

import data.gateway_subnet.own_addresses as policy
import data.lib.fixtures_test as lib
import data.lib.gateway_subnets_test as fixtures

test_complies_with_a_route_for_each_spoke if {
	subnet := fixtures.with_table(fixtures.with_routes([fixtures.to_firewall("spoke", "172.16.0.0/16")]))

	policy.applicable == {"subnet/vnet-hub/GatewaySubnet"} with input.gatewaySubnets as [subnet]
	policy.violations == set() with input.gatewaySubnets as [subnet]
	policy.undetermined == set() with input.gatewaySubnets as [subnet]
}

test_violates_with_a_route_for_the_whole_hub if {
	route := object.union(
		fixtures.to_firewall("hub", "10.64.0.0/23"),
		{"takes": ["10.64.0.0/26, the prefix of subnet/vnet-hub/GatewaySubnet"]},
	)

	policy.violations == {{
		"resource": "subnet/vnet-hub/GatewaySubnet",
		"message": concat("", [
			"route hub (10.64.0.0/23 to VirtualAppliance 10.64.1.4) takes ",
			"10.64.0.0/26, the prefix of subnet/vnet-hub/GatewaySubnet; ",
			"want no route of routetable/rt-gateway for them that leads elsewhere than Azure's own",
		]),
		"evidence": [lib.ref("rt-gateway.json", 13), lib.ref("vnet-hub.json", 20)],
	}} with input.gatewaySubnets as [fixtures.with_table(fixtures.with_routes([route]))]
}

test_undetermined_when_a_service_tag_may_have_the_public_address if {
	route := object.union(
		fixtures.to_firewall("cloud", "AzureCloud"),
		{"mayTake": ["20.50.1.10, the public address of instance/vpngw-0"]},
	)

	policy.undetermined == {{
		"resource": "subnet/vnet-hub/GatewaySubnet",
		"message": concat("", [
			"route cloud (AzureCloud to VirtualAppliance 10.64.1.4) may take ",
			"20.50.1.10, the public address of instance/vpngw-0",
		]),
		"evidence": [lib.ref("vnet-hub.json", 20)],
	}} with input.gatewaySubnets as [fixtures.with_table(fixtures.with_routes([route]))]
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
