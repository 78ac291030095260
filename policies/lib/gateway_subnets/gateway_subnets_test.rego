package lib.gateway_subnets_test

import data.lib.fixtures_test as fixtures
import data.lib.gateway_subnets

subnet := {
	"id": "subnet/vnet-hub/GatewaySubnet",
	"vnet": "vnet/vnet-hub",
	"status": "ok",
	"prefixes": ["10.64.0.0/26"],
	"table": with_routes([]),
	"gateways": ["gateway/ergw", "gateway/vpngw"],
	"evidence": [fixtures.ref("vnet-hub.json", 20)],
}

with_table(table) := object.union(subnet, {"table": table})

with_routes(routes) := {
	"id": "routetable/rt-gateway",
	"status": "ok",
	"disablePropagation": false,
	"routes": routes,
	"evidence": [fixtures.ref("rt-gateway.json", 1)],
}

to_firewall(name, prefix) := {
	"name": name,
	"prefix": prefix,
	"type": "VirtualAppliance",
	"nextHop": "10.64.1.4",
	"default": false,
	"takes": [],
	"mayTake": [],
	"evidence": [fixtures.ref("rt-gateway.json", 13)],
}

no_table := {"status": "none", "disablePropagation": false, "routes": [], "evidence": []}

unread_table := {
	"id": "routetable/rt-gateway",
	"status": "missing",
	"disablePropagation": false,
	"routes": [],
	"evidence": [],
}

table_not_read := concat("", [
	"routetable/rt-gateway, the route table of ",
	"subnet/vnet-hub/GatewaySubnet, was not read",
])

unread := object.union(subnet, {"status": "missing", "prefixes": [], "table": {"status": "missing"}})

not_read := concat("", [
	"the virtual network of subnet/vnet-hub/GatewaySubnet, ",
	"which has gateway/ergw and gateway/vpngw, was not read",
])

test_a_subnet_that_was_read_is_known if {
	not gateway_subnets.unread(subnet)
	not gateway_subnets.table_unread(subnet)
	not gateway_subnets.table_unread(with_table(no_table))
}

test_a_subnet_that_was_not_read_is_not if {
	gateway_subnets.unread(unread) == not_read
	gateway_subnets.table_unread(unread) == not_read
}

test_a_table_that_was_not_read_is_not_known if {
	not gateway_subnets.unread(with_table(unread_table))
	gateway_subnets.table_unread(with_table(unread_table)) == table_not_read
}

test_routes_are_named_with_their_next_hop if {
	gateway_subnets.route(to_firewall("all", "0.0.0.0/0")) == "route all (0.0.0.0/0 to VirtualAppliance 10.64.1.4)"
	gateway_subnets.next_hop({"type": "None"}) == "None"
}
