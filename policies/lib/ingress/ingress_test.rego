package lib.ingress_test

import data.lib.fixtures_test as fixtures
import data.lib.ingress

_udr := {"prefix": "10.0.0.0/8", "source": "user", "via": "VirtualAppliance 10.64.1.4", "why": "it lost"}

_at_gateway := object.union(fixtures.hop("instance/vpngw-0", "longest", fixtures.backbone), {"lost": [_udr]})

_class := object.union(fixtures.class, {
	"forward": fixtures.path([fixtures.hop("router/R1", "only", fixtures.tunnel), _at_gateway, fixtures.delivered]),
	"return": fixtures.passing(fixtures.protected_return, ["firewall/azfw"]),
})

test_a_forward_path_without_the_firewall_bypasses_it if {
	ingress.bypasses(_class) == [{"firewalls": {"firewall/azfw"}, "hop": _at_gateway, "count": 1}]
}

test_a_forward_path_through_the_firewall_does_not if {
	forward := fixtures.passing(_class.forward, ["firewall/azfw"])

	ingress.bypasses(object.union(_class, {"forward": forward})) == []
}

test_a_packet_that_does_not_arrive_bypasses_nothing if {
	forward := object.union(_class.forward, {"outcome": "dropped"})

	ingress.bypasses(object.union(_class, {"forward": forward})) == []
}

test_a_path_without_a_gateway_is_explained_by_its_first_hop if {
	forward := fixtures.path([fixtures.at_router])

	ingress.bypasses(object.union(_class, {"forward": forward}))[0].hop == fixtures.at_router
}

test_a_path_without_hops_is_a_bypass_all_the_same if {
	ingress.bypasses(object.union(_class, {"forward": fixtures.path([])}))[0].hop.why == "its hops are not known"
}

test_a_shorter_user_defined_route_is_unused if {
	ingress.unused(_at_gateway) == [_udr]
	ingress.unused(fixtures.at_router) == []
	ingress.unused(object.union(_at_gateway, {"prefix": "10.0.0.0/8"})) == []
}

test_the_choice_is_a_fact if {
	ingress.choice(_at_gateway) == "instance/vpngw-0 matches 10.10.0.0/16 (because of longest)"
}
