package lib.appliances_test

import data.lib.appliances
import data.lib.fixtures_test as fixtures

with_firewalls(forward, back) := object.union(fixtures.class, {
	"forward": fixtures.passing(_forward, forward),
	"return": fixtures.passing(_return, back),
})

with_return(forward, path) := object.union(fixtures.class, {
	"forward": fixtures.passing(_forward, forward),
	"return": path,
})

_forward := fixtures.path([
	fixtures.hop("router/R1", "only", fixtures.tunnel),
	fixtures.hop("instance/vpngw-0", "user-over-system", to_firewall),
	fixtures.delivered,
])

_return := fixtures.path([
	fixtures.hop("subnet/spoke/workload", "user-over-bgp", to_firewall),
	fixtures.at_router,
])

to_firewall := {"link": "vnet/firewall", "linkKind": "vnet", "protection": "none", "leavesPremises": false}

route := {
	"table": "routetable/rt-spoke",
	"route": "default",
	"prefix": "0.0.0.0/0",
	"nextHop": "10.64.1.4",
	"appliance": "firewall/azfw",
	"faults": [],
	"doubts": [],
	"evidence": [fixtures.ref("rt-spoke.json", 13)],
}

test_each_branch_passes_a_set if {
	first := fixtures.passing(_forward, ["firewall/b", "firewall/a"])
	path := fixtures.forked(first, [_forward, fixtures.passing(fixtures.unknown([]), ["firewall/c"])])

	appliances.passed(path) == {{"firewall/a", "firewall/b"}}
	appliances.names({{"firewall/b", "firewall/a"}, {"appliance/nva"}}) == "appliance/nva or firewall/a and firewall/b"
}

test_the_hops_that_chose_an_appliance_are_found if {
	appliances.choosers(_return) == [_return.hops[0]]
	appliances.choosers(fixtures.protected_return) == []
}

test_a_route_is_named_with_its_next_hop if {
	appliances.route(route) == "route default (0.0.0.0/0 to 10.64.1.4)"
	appliances.route(object.union(route, {"nextHop": ""})) == "route default (0.0.0.0/0 to no address)"
}
