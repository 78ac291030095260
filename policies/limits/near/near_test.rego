package limits.near_test

import data.lib.fixtures_test as lib
import data.limits.near as policy

test_complies_at_the_share_of_the_limit if {
	counts := [_count("private peering", 3200), object.union(_count("user-defined routes", 320), {"id": "routetable/rt"})]

	policy.applicable == {"peering/er-primary", "routetable/rt"} with input.routeCounts as counts
		with input.parameters as _parameters
	policy.violations == set() with input.routeCounts as counts with input.parameters as _parameters
	policy.undetermined == set() with input.routeCounts as counts with input.parameters as _parameters
}

test_complies_with_the_premium_add_on if {
	policy.violations == set() with input.routeCounts as [_count("premium private peering", 3201)]
		with input.parameters as _parameters
}

test_violates_above_the_share_of_the_limit if {
	policy.violations == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"peering/er-primary has 3201 routes (advertised by the router over a private peering), ",
			"more than 80 % of Azure's limit of 4000",
		]),
		"evidence": [lib.ref("primary.json", 1)],
	}} with input.routeCounts as [_count("private peering", 3201), _count("private peering IPv6", 80)]
		with input.parameters as _parameters
}

test_violates_whatever_else_was_not_read if {
	counted := object.union(_count("private peering IPv6", 81), {"status": "partial"})

	{violation.message | some violation in policy.violations} == {concat("", [
		"peering/er-primary has 81 routes (of IPv6, advertised by the router over a private peering), ",
		"more than 80 % of Azure's limit of 100",
	])} with input.routeCounts as [counted] with input.parameters as _parameters
}

test_violates_the_declared_limits_without_parameters if {
	{violation.resource | some violation in policy.violations} == {"peering/er-primary"} with input.routeCounts as [_count("private peering", 3201)]
		with input.parameters as {}
	policy.violations == set() with input.routeCounts as [_count("private peering", 3200)] with input.parameters as {}
}

test_violates_a_limit_that_was_set if {
	parameters := object.union(_parameters, {"route_limit_percent": 50})

	{violation.message | some violation in policy.violations} == {concat("", [
		"peering/er-primary has 2001 routes (advertised by the router over a private peering), ",
		"more than 50 % of Azure's limit of 4000",
	])} with input.routeCounts as [_count("private peering", 2001)] with input.parameters as parameters
}

test_undetermined_when_the_table_was_not_read if {
	policy.undetermined == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"how many routes it has (advertised by the router over a private peering) is not known: ",
			"the table is denied, with 0 of them",
		]),
		"evidence": [lib.ref("primary.json", 1)],
	}} with input.routeCounts as [object.union(_count("private peering", 0), {"status": "denied"})]
		with input.parameters as _parameters
}

test_not_applicable_without_tables if {
	policy.applicable == set() with input.routeCounts as []
	policy.violations == set() with input.routeCounts as []
	policy.undetermined == set() with input.routeCounts as []
}

_count(kind, n) := {
	"id": "peering/er-primary",
	"kind": kind,
	"count": n,
	"status": "ok",
	"evidence": [lib.ref("primary.json", 1)],
}

_parameters := {
	"route_limit_percent": 80,
	"route_limits": {
		"private peering": 4000,
		"premium private peering": 10000,
		"private peering IPv6": 100,
		"VPN gateway": 4000,
		"advertised": 1000,
		"advertised IPv6": 100,
		"user-defined routes": 400,
	},
}
