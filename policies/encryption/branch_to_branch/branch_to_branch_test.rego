package encryption.branch_to_branch_test

import data.encryption.branch_to_branch as policy
import data.lib.fixtures_test as lib

_exchange := {
	"id": "vnet/vnet-hub",
	"enabled": "no",
	"leaked": [],
	"evidence": [lib.ref("vnet-hub.json", 1)],
}

_with(facts) := object.union(_exchange, facts)

_leaked := [{
	"prefix": "10.10.0.0/16",
	"asPath": "65501",
	"why": "gateway/ergw advertises it to the edge router 10.64.0.8",
	"evidence": [lib.ref("ergw.json", 3)],
}]

test_complies_without_an_exchange if {
	policy.applicable == {"vnet/vnet-hub"} with input.exchanges as [_exchange]
	policy.violations == set() with input.exchanges as [_exchange]
	policy.undetermined == set() with input.exchanges as [_exchange]
}

test_violates_when_a_route_server_is_told_to if {
	policy.violations == {{
		"resource": "vnet/vnet-hub",
		"message": concat("", [
			"hub/rs has allowBranchToBranchTraffic in vnet/vnet-hub with gateways of both types, ",
			"want it off",
		]),
		"evidence": [lib.ref("vnet-hub.json", 1)],
	}} with input.exchanges as [_with({"enabled": "yes", "server": "hub/rs"})]
}

test_violates_when_prefixes_of_the_vpn_are_advertised if {
	exchange := _with({"leaked": _leaked})

	policy.violations == {{
		"resource": "vnet/vnet-hub",
		"message": concat("", [
			"the gateways of vnet/vnet-hub tell each other their routes: 10.10.0.0/16, ",
			"which the VPN gateway learned (gateway/ergw advertises it to the edge router 10.64.0.8)",
		]),
		"evidence": [lib.ref("ergw.json", 3), lib.ref("vnet-hub.json", 1)],
	}} with input.exchanges as [exchange]
}

test_undetermined_when_route_servers_were_not_listed if {
	exchange := _with({"enabled": "unknown", "why": "the list of virtual hubs is denied"})

	policy.undetermined == {{
		"resource": "vnet/vnet-hub",
		"message": concat("", [
			"whether the gateways tell each other their routes is not known: ",
			"the list of virtual hubs is denied",
		]),
		"evidence": [lib.ref("vnet-hub.json", 1)],
	}} with input.exchanges as [exchange]
	policy.violations == set() with input.exchanges as [exchange]
}

test_not_applicable_without_both_gateways if {
	policy.applicable == set() with input.exchanges as []
	policy.violations == set() with input.exchanges as []
	policy.undetermined == set() with input.exchanges as []
}
