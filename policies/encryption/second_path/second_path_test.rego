package encryption.second_path_test

import data.encryption.second_path as policy
import data.lib.fixtures_test as lib

_way := {
	"id": "circuit/er",
	"kind": "circuit",
	"serves": ["vnet/vnet-hub", "vnet/vnet-spoke"],
	"tunnels": "yes",
	"protection": "none",
	"evidence": [lib.ref("connection.json", 1)],
}

_with(facts) := object.union(_way, facts)

test_complies_when_tunnels_are_on_the_way if {
	policy.applicable == {"circuit/er"} with input.ways as [_way]
	policy.violations == set() with input.ways as [_way]
	policy.undetermined == set() with input.ways as [_way]
}

test_complies_when_macsec_protects_the_links if {
	policy.violations == set() with input.ways as [_with({"tunnels": "no", "protection": "macsec"})]
	policy.undetermined == set() with input.ways as [_with({"tunnels": "no", "protection": "macsec"})]
}

test_violates_when_no_tunnel_is_on_the_way if {
	policy.violations == {{
		"resource": "circuit/er",
		"message": concat("", [
			"circuit/er gives a way without tunnels, to routers that none leads to, ",
			"to vnet/vnet-hub, vnet/vnet-spoke",
		]),
		"evidence": [lib.ref("connection.json", 1)],
	}} with input.ways as [_with({"tunnels": "no"})]
}

test_violates_once_for_a_gateway_that_lets_several_in if {
	ways := [
		_with({"id": "gateway/ergw", "kind": "remote VNets", "tunnels": "no"}),
		_with({"id": "gateway/ergw", "kind": "virtual WAN", "tunnels": "no", "serves": []}),
	]

	policy.violations == {{
		"resource": "gateway/ergw",
		"message": concat("", [
			"gateway/ergw takes traffic of foreign networks on the circuit (allowRemoteVnetTraffic) ",
			"to vnet/vnet-hub, vnet/vnet-spoke; ",
			"gateway/ergw takes traffic of virtual WANs on the circuit (allowVirtualWanTraffic) ",
			"to networks that were not read",
		]),
		"evidence": [lib.ref("connection.json", 1)],
	}} with input.ways as ways
}

test_undetermined_when_the_circuit_was_not_read if {
	way := _with({"tunnels": "unknown", "why": "the circuit was not read", "protection": "unknown"})

	policy.undetermined == {{
		"resource": "circuit/er",
		"message": "whether it leads past the tunnels is not known: the circuit was not read",
		"evidence": [lib.ref("connection.json", 1)],
	}} with input.ways as [way]
	policy.violations == set() with input.ways as [way]
}

test_undetermined_when_the_links_protection_is_not_known if {
	way := _with({"tunnels": "no", "protection": "unknown"})

	policy.undetermined == {{
		"resource": "circuit/er",
		"message": concat("", [
			"no tunnel leads to the routers behind circuit/er, ",
			"and whether MACsec protects its links is not known",
		]),
		"evidence": [lib.ref("connection.json", 1)],
	}} with input.ways as [way]
}

test_not_applicable_without_ways if {
	policy.applicable == set() with input.ways as []
	policy.violations == set() with input.ways as []
	policy.undetermined == set() with input.ways as []
}
