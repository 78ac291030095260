package encryption.default_over_expressroute_test

import data.encryption.default_over_expressroute as policy
import data.lib.fixtures_test as lib

_route := {"id": "subnet/vnet-spoke/workload", "source": "user", "evidence": [lib.ref("vnet-spoke.json", 9)]}

_with(facts) := object.union(_route, facts)

test_complies_with_a_default_route_of_its_own if {
	policy.applicable == {"subnet/vnet-spoke/workload"} with input.defaultRoutes as [_route]
	policy.violations == set() with input.defaultRoutes as [_route]
	policy.undetermined == set() with input.defaultRoutes as [_route]
}

test_violates_when_it_is_expressroutes if {
	policy.violations == {{
		"resource": "subnet/vnet-spoke/workload",
		"message": concat("", [
			"subnet/vnet-spoke/workload sends 0.0.0.0/0 over ExpressRoute, ",
			"want a user-defined default route to a firewall",
		]),
		"evidence": [lib.ref("vnet-spoke.json", 9)],
	}} with input.defaultRoutes as [_with({"source": "expressroute", "prefix": "0.0.0.0/0"})]
}

test_undetermined_when_learned_routes_were_not_read if {
	why := "the learned routes of gateway/ergw are not known (denied)"
	route := _with({"source": "unknown", "why": why})

	policy.undetermined == {{
		"resource": "subnet/vnet-spoke/workload",
		"message": concat("", [
			"where its default route leads is not known: ",
			"the learned routes of gateway/ergw are not known (denied)",
		]),
		"evidence": [lib.ref("vnet-spoke.json", 9)],
	}} with input.defaultRoutes as [route]
	policy.violations == set() with input.defaultRoutes as [route]
}

test_not_applicable_without_subnets if {
	policy.applicable == set() with input.defaultRoutes as []
	policy.violations == set() with input.defaultRoutes as []
	policy.undetermined == set() with input.defaultRoutes as []
}
