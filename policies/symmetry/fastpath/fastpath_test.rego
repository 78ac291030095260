package symmetry.fastpath_test

import data.lib.fixtures_test as fixtures
import data.lib.unread_test as unread
import data.symmetry.fastpath as policy

_connection := {
	"id": "connection/expressroute_connection",
	"enabled": true,
	"gateway": "gateway/ergw",
	"circuit": "circuit/er-circuit",
	"circuitKind": "provider",
	"table": "routetable/rt-gateway",
	"tableStatus": "ok",
	"routes": ["spoke (172.16.0.0/16)"],
	"evidence": [fixtures.ref("expressroute_connection.json", 1)],
}

_input(changes) := {"fastPaths": [object.union(_connection, changes)], "unreadResources": []}

test_complies_without_fastpath if {
	doc := _input({"enabled": false})

	policy.applicable == {"connection/expressroute_connection"} with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}

test_complies_on_expressroute_direct if {
	policy.violations == set() with input as _input({"circuitKind": "direct"})
	policy.undetermined == set() with input as _input({"circuitKind": "direct", "tableStatus": "missing"})
}

test_complies_without_routes_of_the_gateway_subnet if {
	doc := _input({"tableStatus": "none", "routes": [], "circuitKind": "missing"})

	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}

test_violates_with_fastpath_past_routes if {
	policy.violations == {{
		"resource": "connection/expressroute_connection",
		"message": concat("", [
			"FastPath of circuit/er-circuit, a provider's circuit, goes past gateway/ergw and ",
			"spoke (172.16.0.0/16) of routetable/rt-gateway; want FastPath off",
		]),
		"evidence": [fixtures.ref("expressroute_connection.json", 1)],
	}} with input as _input({})
}

test_undetermined_when_neither_circuit_nor_table_was_read if {
	doc := _input({"circuitKind": "missing", "tableStatus": "missing", "routes": []})

	policy.violations == set() with input as doc
	policy.undetermined == {{
		"resource": "connection/expressroute_connection",
		"message": concat("; ", [
			"FastPath is on, and circuit/er-circuit was not read",
			"FastPath is on, and the route table of gateway/ergw's subnet was not read",
		]),
		"evidence": [fixtures.ref("expressroute_connection.json", 1)],
	}} with input as doc
}

test_undetermined_when_connections_were_not_read if {
	connections := object.union(unread.networks, {"id": "azure/s/connections.json", "type": "connections"})
	doc := {"fastPaths": [], "unreadResources": [connections]}

	policy.applicable == {"azure/s/connections.json"} with input as doc
	{open.resource | some open in policy.undetermined} == {"azure/s/connections.json"} with input as doc
}

test_not_applicable_without_connections_of_circuits if {
	doc := {"fastPaths": [], "unreadResources": []}

	policy.applicable == set() with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}
