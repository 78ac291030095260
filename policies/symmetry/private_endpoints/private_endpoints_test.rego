package symmetry.private_endpoints_test

import data.lib.appliances_test as samples
import data.lib.fixtures_test as fixtures
import data.lib.unread_test as unread
import data.symmetry.private_endpoints as policy

_subnet := {
	"id": "subnet/spoke/workload",
	"prefixes": ["172.16.1.0/24"],
	"gateway": false,
	"privateEndpoints": 2,
	"endpointPolicies": "Disabled",
	"hostRoutes": false,
	"evidence": [fixtures.ref("spoke.json", 12)],
}

_inspected := samples.with_firewalls(["firewall/azfw"], ["firewall/azfw"])

_input(changes, class) := {
	"subnets": [object.union(_subnet, changes)],
	"classes": [class],
	"unreadResources": [],
}

test_complies_with_network_policies_for_route_tables if {
	some word in ["Enabled", "RouteTableEnabled"]
	doc := _input({"endpointPolicies": word}, _inspected)

	policy.applicable == {"subnet/spoke/workload"} with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}

test_violates_without_them if {
	policy.violations == {{
		"resource": "subnet/spoke/workload",
		"message": concat("", [
			"the 2 private endpoints in it go past firewall/azfw on the way from the premises: ",
			"privateEndpointNetworkPolicies is Disabled; want RouteTableEnabled",
		]),
		"evidence": [fixtures.ref("spoke.json", 12)],
	}} with input as _input({}, _inspected)
}

test_violates_with_those_for_security_groups_alone if {
	doc := _input({"endpointPolicies": "NetworkSecurityGroupEnabled", "privateEndpoints": 1}, _inspected)

	{violation.message | some violation in policy.violations} == {concat("", [
		"the private endpoint in it goes past firewall/azfw on the way from the premises: ",
		"privateEndpointNetworkPolicies is NetworkSecurityGroupEnabled; want RouteTableEnabled",
	])} with input as doc
	policy.undetermined == set() with input as doc
}

test_violates_where_packets_of_a_subnet_alike_pass if {
	class := object.union(_inspected, {"azure": {"subnet": "subnet/spoke/other", "alike": ["subnet/spoke/workload"]}})

	count(policy.violations) == 1 with input as _input({}, class)
}

test_undetermined_with_routes_of_single_addresses if {
	doc := _input({"hostRoutes": true}, _inspected)

	policy.violations == set() with input as doc
	policy.undetermined == {{
		"resource": "subnet/spoke/workload",
		"message": concat("", [
			"the 2 private endpoints in it, and whether the routes of single addresses in the ",
			"GatewaySubnet's table are all of theirs is not known",
		]),
		"evidence": [fixtures.ref("spoke.json", 12)],
	}} with input as doc
}

test_undetermined_without_the_word_for_policies if {
	doc := _input({"endpointPolicies": ""}, _inspected)

	policy.violations == set() with input as doc
	{item.message | some item in policy.undetermined} == {concat("", [
		"the 2 private endpoints in it, and what its ",
		"privateEndpointNetworkPolicies are is not known",
	])} with input as doc
}

test_undetermined_when_the_way_is_not_known if {
	class := object.union(fixtures.class, {"forward": fixtures.unknown([])})

	policy.violations == set() with input as _input({}, class)
	{item.message | some item in policy.undetermined} == {concat("", [
		"the 2 private endpoints in it, and whether packets there pass a firewall is not known: ",
		"R1's routes were not read",
	])} with input as _input({}, class)
	policy.undetermined == set() with input as _input({"endpointPolicies": "Enabled"}, class)
}

test_undetermined_when_networks_were_not_read if {
	doc := object.union(_input({"privateEndpoints": 0}, _inspected), {"unreadResources": [unread.networks]})

	policy.applicable == {unread.networks.id} with input as doc
	policy.undetermined == {{
		"resource": unread.networks.id,
		"message": "there may be private endpoints that are not known: the list of virtualnetworks of subscription s is denied",
		"evidence": unread.networks.evidence,
	}} with input as doc
}

test_not_applicable_without_endpoints_or_a_firewall if {
	policy.applicable == set() with input as _input({"privateEndpoints": 0}, _inspected)
	policy.applicable == set() with input as _input({}, fixtures.class)
	policy.applicable == set() with input as object.union(
		_input({}, fixtures.class),
		{"unreadResources": [unread.networks]},
	)
}
