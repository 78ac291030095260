package gateway_subnet.end_point_route_test

import data.gateway_subnet.end_point_route as policy
import data.lib.fixtures_test as lib

test_complies_when_no_user_defined_route_takes_the_end_point if {
	policy.applicable == {"connection/dc1"} with input.endpoints as [_end]
	policy.violations == set() with input.endpoints as [_end]
	policy.undetermined == set() with input.endpoints as [_end]
}

test_complies_when_the_route_leads_where_azures_own_does if {
	end := object.union(_diverted, {"public": true, "type": "Internet"})

	policy.violations == set() with input.endpoints as [end]
}

test_violates_when_a_route_leads_to_the_firewall if {
	policy.violations == {{
		"resource": "connection/dc1",
		"message": concat("", [
			"packets of gateway/vpngw to 10.10.10.1, the far end of connection/dc1, are sent to VirtualAppliance 10.64.1.4: ",
			"route onprem (10.10.0.0/16) of routetable/rt-gateway; want none that covers it",
		]),
		"evidence": [lib.ref("rt-gateway.json", 13)],
	}} with input.endpoints as [_diverted]
}

test_violates_when_a_route_drops_the_packets if {
	end := object.union(object.remove(_diverted, ["nextHop"]), {"type": "None"})

	{violation.resource | some violation in policy.violations} == {"connection/dc1"} with input.endpoints as [end]
}

test_undetermined_when_a_longer_route_may_lead_there if {
	end := object.union(_diverted, {"unknown": "a longer route than onprem may lead there"})

	policy.violations == set() with input.endpoints as [end]
	policy.undetermined == {{
		"resource": "connection/dc1",
		"message": "a longer route than onprem may lead there",
		"evidence": [lib.ref("rt-gateway.json", 13)],
	}} with input.endpoints as [end]
}

test_undetermined_when_tunnels_are_not_known if {
	unknown := [
		{"id": "connection/dc1", "why": "no tunnel of it was found", "evidence": []},
		{"id": "gateway/vpngw", "why": "its connections were not read", "evidence": []},
	]

	policy.applicable == {"connection/dc1", "gateway/vpngw"} with input.endpoints as [_end]
		with input.unknownTunnels as unknown
	policy.undetermined == {{
		"resource": "gateway/vpngw",
		"message": "its connections were not read",
		"evidence": [],
	}} with input.endpoints as [_end] with input.unknownTunnels as unknown
}

test_not_applicable_without_connections if {
	policy.applicable == set() with input.endpoints as []
	policy.violations == set() with input.endpoints as []
	policy.undetermined == set() with input.endpoints as []
}

_end := {
	"connection": "connection/dc1",
	"gateway": "gateway/vpngw",
	"address": "10.10.10.1",
	"public": false,
	"table": "routetable/rt-gateway",
	"evidence": [lib.ref("rt-gateway.json", 13)],
}

_diverted := object.union(_end, {
	"route": "onprem",
	"prefix": "10.10.0.0/16",
	"type": "VirtualAppliance",
	"nextHop": "10.64.1.4",
})
