package symmetry.single_tunnel_test

import data.lib.fixtures_test as fixtures
import data.lib.unread_test as unread
import data.symmetry.single_tunnel as policy

_network := {
	"id": "gateway/vpngw/R1+R2",
	"gateway": "gateway/vpngw",
	"routers": ["router/R1", "router/R2"],
	"connected": ["tunnel/R1/vpngw-0", "tunnel/R2/vpngw-1"],
	"down": [],
	"instances": ["instance/vpngw-0", "instance/vpngw-1"],
	"bgp": true,
	"neighbours": ["169.254.21.1", "169.254.22.1"],
	"evidence": [fixtures.ref("vpngw.json", 1)],
}

_input(changes) := {"redundancies": [object.union(_network, changes)], "unreadResources": [], "parameters": {}}

_one := {
	"connected": ["tunnel/R1/vpngw-0"],
	"down": ["tunnel/R2/vpngw-1"],
	"instances": ["instance/vpngw-0"],
	"neighbours": ["169.254.21.1"],
}

_messages(doc) := found if {
	found := {violation.message | some violation in policy.violations} with input as doc
}

test_complies_with_a_tunnel_to_each_machine if {
	doc := _input({"unknown": "the list of connections is denied"})

	policy.applicable == {"gateway/vpngw/R1+R2"} with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}

test_complies_without_bgp if {
	_messages(_input({"bgp": false, "neighbours": []})) == set()
}

test_violates_with_one_tunnel_up if {
	policy.violations == {{
		"resource": "gateway/vpngw/R1+R2",
		"message": concat("", [
			"gateway/vpngw is active-active, and ",
			"connected BGP neighbours at router/R1, router/R2: 169.254.21.1; want 2; ",
			"tunnels that are up at router/R1, router/R2: tunnel/R1/vpngw-0 (down: tunnel/R2/vpngw-1); ",
			"want some to 2 of its machines",
		]),
		"evidence": [fixtures.ref("vpngw.json", 1)],
	}} with input as _input(_one)
}

test_complies_with_what_the_parameter_asks_for if {
	_messages(object.union(_input(_one), {"parameters": {"required_redundancy": 1}})) == set()
}

test_violates_with_no_tunnel if {
	_messages(_input({"routers": [], "connected": [], "instances": [], "bgp": false})) == {concat("", [
		"gateway/vpngw is active-active, and ",
		"tunnels that are up on the premises: none; want some to 2 of its machines",
	])}
}

test_undetermined_when_there_may_be_more if {
	doc := _input(object.union(_one, {"unknown": "the BGP peers of gateway/vpngw were not read (denied)"}))

	policy.violations == set() with input as doc
	policy.undetermined == {{
		"resource": "gateway/vpngw/R1+R2",
		"message": "the BGP peers of gateway/vpngw were not read (denied)",
		"evidence": [fixtures.ref("vpngw.json", 1)],
	}} with input as doc
}

test_undetermined_when_gateways_were_not_read if {
	gateways := object.union(unread.networks, {"id": "azure/s/gateways.json", "type": "virtualnetworkgateways"})
	doc := {"redundancies": [], "unreadResources": [gateways], "parameters": {}}

	policy.applicable == {"azure/s/gateways.json"} with input as doc
	{open.resource | some open in policy.undetermined} == {"azure/s/gateways.json"} with input as doc
}

test_not_applicable_without_active_active_gateways if {
	doc := {"redundancies": [], "unreadResources": [], "parameters": {}}

	policy.applicable == set() with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}
