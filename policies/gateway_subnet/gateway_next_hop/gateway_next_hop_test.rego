package gateway_subnet.gateway_next_hop_test

import data.gateway_subnet.gateway_next_hop as policy
import data.lib.fixtures_test as lib

test_complies_without_a_route_to_a_gateway if {
	policy.applicable == {"routetable/rt-spoke"} with input.attachedTables as [_table]
	policy.violations == set() with input.attachedTables as [_table]
	policy.undetermined == set() with input.attachedTables as [_table]
}

test_violates_with_a_route_to_a_gateway if {
	policy.violations == {{
		"resource": "routetable/rt-spoke",
		"message": concat("", [
			"route onprem (10.10.0.0/16 to VirtualNetworkGateway), on subnet/vnet-spoke/workload ",
			"with VPN and ExpressRoute: Azure does not support this next hop there, want none",
		]),
		"evidence": [lib.ref("rt-spoke.json", 13), lib.ref("vnet-spoke.json", 20)],
	}} with input.attachedTables as [_to_gateway]
}

test_undetermined_when_the_table_was_not_read if {
	policy.undetermined == {{
		"resource": "routetable/rt-spoke",
		"message": "routetable/rt-spoke of subnet/vnet-spoke/workload was not read",
		"evidence": [lib.ref("vnet-spoke.json", 20)],
	}} with input.attachedTables as [object.union(_table, {"status": "missing"})]
}

test_undetermined_when_a_gateway_was_not_read if {
	table := object.union(_to_gateway, {"coexisting": false, "unknown": "gateway/ergw was not read"})

	policy.violations == set() with input.attachedTables as [table]
	policy.undetermined == {{
		"resource": "routetable/rt-spoke",
		"message": concat("", [
			"whether a VPN and an ExpressRoute gateway both serve subnet/vnet-spoke/workload is not known: ",
			"gateway/ergw was not read",
		]),
		"evidence": [lib.ref("vnet-spoke.json", 20)],
	}} with input.attachedTables as [table]
}

test_undetermined_when_neither_was_read if {
	table := object.union(_table, {"coexisting": false, "status": "missing", "unknown": "gateway/ergw was not read"})

	{open.resource | some open in policy.undetermined} == {"routetable/rt-spoke"} with input.attachedTables as [table]
}

test_undetermined_when_a_virtual_network_was_not_read if {
	unread := [{
		"id": "vnet/spoke",
		"type": "virtualnetworks",
		"why": "a peering of vnet/hub leads to it, and it was not read",
		"evidence": [lib.ref("hub.json", 7)],
	}]

	policy.applicable == {"vnet/spoke"} with input.unreadResources as unread
	policy.undetermined == {{
		"resource": "vnet/spoke",
		"message": concat("", [
			"there may be route tables that are not known: ",
			"a peering of vnet/hub leads to it, and it was not read",
		]),
		"evidence": [lib.ref("hub.json", 7)],
	}} with input.unreadResources as unread
}

test_not_applicable_with_one_kind_of_gateway if {
	tables := [
		object.union(_to_gateway, {"coexisting": false}),
		object.union(_table, {"coexisting": false, "unknown": "there may be more"}),
	]

	policy.applicable == set() with input.attachedTables as tables
	policy.violations == set() with input.attachedTables as tables
	policy.undetermined == set() with input.attachedTables as tables
}

_table := {
	"id": "routetable/rt-spoke",
	"status": "ok",
	"subnets": ["subnet/vnet-spoke/workload"],
	"coexisting": true,
	"toGateway": [],
	"evidence": [lib.ref("vnet-spoke.json", 20)],
}

_to_gateway := object.union(_table, {"toGateway": [{
	"name": "onprem",
	"prefix": "10.10.0.0/16",
	"type": "VirtualNetworkGateway",
	"evidence": [lib.ref("rt-spoke.json", 13)],
}]})
