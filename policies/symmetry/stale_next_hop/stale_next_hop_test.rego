package symmetry.stale_next_hop_test

import data.lib.appliances_test as samples
import data.lib.fixtures_test as fixtures
import data.lib.unread_test as unread
import data.symmetry.stale_next_hop as policy

_input(routes, resources) := {"applianceRoutes": routes, "unreadResources": resources}

_stale := object.union(object.remove(samples.route, ["appliance"]), {
	"route": "old",
	"nextHop": "10.64.1.9",
	"stale": "it is in no subnet of vnet/vnet-hub",
	"evidence": [fixtures.ref("rt-spoke.json", 26)],
})

_unknown := object.union(_stale, {"unknown": "nothing in the evidence has it"})

test_complies_when_every_route_leads_to_an_appliance if {
	doc := _input([samples.route], [])

	policy.applicable == {"routetable/rt-spoke"} with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}

test_violates_when_nothing_takes_the_packets if {
	policy.violations == {{
		"resource": "routetable/rt-spoke",
		"message": concat("", [
			"route old (0.0.0.0/0 to 10.64.1.9): it is in no subnet of vnet/vnet-hub; ",
			"want the address of a firewall or appliance that forwards",
		]),
		"evidence": [fixtures.ref("rt-spoke.json", 26)],
	}} with input as _input([samples.route, _stale], [])
}

test_violates_when_only_some_packets_pass if {
	faulty := object.union(samples.route, {"faults": ["network interface nva2 in the pool does not forward"]})

	{violation.message | some violation in policy.violations} == {concat("", [
		"route default (0.0.0.0/0 to 10.64.1.4): network interface nva2 in the pool does not forward; ",
		"want the address of a firewall or appliance that forwards",
	])} with input as _input([faulty], [])
}

test_undetermined_when_it_is_not_known_what_has_the_address if {
	doc := _input([object.remove(_unknown, ["stale"])], [])

	policy.violations == set() with input as doc
	policy.undetermined == {{
		"resource": "routetable/rt-spoke",
		"message": "route old (0.0.0.0/0 to 10.64.1.9): nothing in the evidence has it",
		"evidence": [fixtures.ref("rt-spoke.json", 26)],
	}} with input as doc
}

test_undetermined_when_what_is_behind_was_not_read if {
	doubtful := object.union(samples.route, {"doubts": ["nva2 in the pool was not read"]})

	{open.message | some open in policy.undetermined} == {concat("", [
		"route default (0.0.0.0/0 to 10.64.1.4): ",
		"nva2 in the pool was not read",
	])} with input as _input([doubtful], [])
}

test_undetermined_when_networks_were_not_read if {
	doc := _input([], [unread.networks])

	policy.applicable == {unread.networks.id} with input as doc
	policy.undetermined == {{
		"resource": unread.networks.id,
		"message": concat("", [
			"there may be routes that are not known: ",
			"the list of virtualnetworks of subscription s is denied",
		]),
		"evidence": [fixtures.ref("azure/s/virtualNetworks.json", 0)],
	}} with input as doc
}

test_not_applicable_without_routes_to_appliances if {
	doc := _input([], [])

	policy.applicable == set() with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}
