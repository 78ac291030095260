package symmetry.summary_route_test

import data.lib.fixtures_test as fixtures
import data.symmetry.summary_route as policy

_firewalls := ["firewall/azfw"]

_udr := {
	"prefix": "172.16.0.0/12",
	"source": "user",
	"via": "VirtualAppliance 10.64.1.4",
	"why": "it is shorter",
	"evidence": [fixtures.ref("rt-gateway.json", 5)],
}

_gateway := object.union(
	fixtures.hop("instance/vpngw-0", "longest", {"leavesPremises": false}),
	{"prefix": "172.16.0.0/16", "lost": [_udr]},
)

_forward := fixtures.path([fixtures.hop("router/R1", "only", fixtures.tunnel), _gateway, fixtures.delivered])

_inspected_return := fixtures.passing(fixtures.protected_return, _firewalls)

_class(forward, back) := object.union(fixtures.class, {"forward": forward, "return": back})

test_complies_when_the_packets_pass_the_firewall_all_the_same if {
	class := _class(fixtures.passing(_forward, _firewalls), _inspected_return)

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

test_violates_when_the_peering_is_more_specific_than_the_route_to_the_firewall if {
	policy.violations == {{
		"resource": "c1",
		"message": concat("", [
			"10.10.0.0/16 -> 172.16.1.0/24 bypasses firewall/azfw: at instance/vpngw-0 the user-defined route ",
			"172.16.0.0/12 is shorter than 172.16.0.0/16, which wins (because of longest)",
		]),
		"path": {"class": "c1", "direction": "forward"},
		"evidence": [fixtures.ref("rt-gateway.json", 5), fixtures.ref("instance/vpngw-0.txt", 3)],
	}} with input.classes as [_class(_forward, _inspected_return)]
}

test_violates_once_when_several_equal_cost_paths_do if {
	other := object.union(_gateway, {"node": "instance/vpngw-1"})
	good := fixtures.passing(_forward, _firewalls)
	class := _class(fixtures.forked(_forward, [good, fixtures.path([other, fixtures.delivered])]), _inspected_return)

	{violation.message | some violation in policy.violations} == {concat("", [
		"10.10.0.0/16 -> 172.16.1.0/24 bypasses firewall/azfw on 2 of 3 equal-cost paths: ",
		"at instance/vpngw-0 the user-defined route 172.16.0.0/12 is shorter than 172.16.0.0/16, ",
		"which wins (because of longest)",
	])} with input.classes as [class]
}

test_undetermined_when_the_return_path_is_unknown if {
	class := _class(_forward, fixtures.unknown([]))

	policy.undetermined == {{"resource": "c1", "message": "R1's routes were not read"}} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_undetermined_when_the_forward_path_ends_before_the_gateway if {
	class := _class(fixtures.unknown([]), _inspected_return)

	{open.resource | some open in policy.undetermined} == {"c1"} with input.classes as [class]
}

test_not_applicable_when_no_user_defined_route_lost if {
	gateway := object.remove(_gateway, ["lost"])
	class := _class(fixtures.path([gateway, fixtures.delivered]), _inspected_return)

	policy.applicable == set() with input.classes as [class]
	policy.violations == set() with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}
