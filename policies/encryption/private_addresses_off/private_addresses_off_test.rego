package encryption.private_addresses_off_test

import data.encryption.private_addresses_off as policy
import data.lib.fixtures_test as fixtures

_gateway := {
	"id": "gateway/vpngw",
	"sku": "VpnGw2AZ",
	"privateIP": true,
	"private": ["10.64.0.4"],
	"lacking": [],
	"unlisted": false,
	"used": ["connection/c1"],
	"publicIPs": [{"id": "publicip/p1", "sku": "Standard"}],
	"evidence": [fixtures.ref("vpngw.json", 1)],
}

_missing(type) := {
	"id": "azure/s/list.json",
	"type": type,
	"why": "the list is denied",
	"evidence": [fixtures.ref("azure/s/list.json", 0)],
}

_input(changes) := {"vpnGateways": [object.union(_gateway, changes)], "unreadResources": []}

_none := {"vpnGateways": [], "unreadResources": []}

_said(message) := {{"resource": "gateway/vpngw", "message": message, "evidence": [fixtures.ref("vpngw.json", 1)]}}

test_undetermined_when_gateways_were_not_read if {
	doc := object.union(_none, {"unreadResources": [_missing("virtualnetworkgateways")]})

	policy.undetermined == {{
		"resource": "azure/s/list.json",
		"message": "there may be VPN gateways that are not known: the list is denied",
		"evidence": [fixtures.ref("azure/s/list.json", 0)],
	}} with input as doc
	policy.applicable == {"azure/s/list.json"} with input as doc
}

test_not_applicable_without_gateways if {
	policy.applicable == set() with input as _none
	policy.violations == set() with input as _none
	policy.undetermined == set() with input as _none
}

test_complies_with_private_addresses if {
	policy.applicable == {"gateway/vpngw"} with input as _input({})
	policy.violations == set() with input as _input({})
	policy.undetermined == set() with input as _input({})
}

test_violates_when_they_are_off if {
	policy.violations == _said(concat("", [
		"gateway/vpngw, whose private addresses connection/c1 asks for: ",
		"enablePrivateIpAddress is off",
	])) with input as _input({"privateIP": false, "private": []})
}

test_violates_when_a_machine_has_none if {
	policy.violations == _said(concat("", [
		"gateway/vpngw, whose private addresses connection/c1 asks for: ",
		"no end point of the tunnels of instance/vpngw-1 is private",
	])) with input as _input({"lacking": ["instance/vpngw-1"]})
}

test_undetermined_when_azure_lists_no_end_points if {
	doc := _input({"private": [], "unlisted": true})

	policy.undetermined == _said("Azure does not list the end points of all tunnels of gateway/vpngw") with input as doc
	policy.violations == set() with input as doc
}

test_undetermined_when_connections_were_not_read if {
	doc := object.union(_input({"used": [], "privateIP": false}), {"unreadResources": [_missing("connections")]})

	policy.undetermined == _said("there may be connections that are not known: the list is denied") with input as doc
	policy.violations == set() with input as doc
}

test_not_applicable_when_nobody_asks if {
	policy.applicable == set() with input as _input({"used": [], "privateIP": false})
}
