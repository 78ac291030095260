package encryption.unsupported_sku_test

import data.encryption.unsupported_sku as policy
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

test_complies_with_an_az_sku if {
	policy.applicable == {"gateway/vpngw"} with input as _input({})
	policy.violations == set() with input as _input({})
	policy.undetermined == set() with input as _input({})
}

test_violates_with_others if {
	policy.violations == _said(concat("", [
		"gateway/vpngw, whose private addresses connection/c1 asks for: ",
		"its SKU is VpnGw2; want one that ends in AZ; publicip/p1 is Basic; want Standard",
	])) with input as _input({"sku": "VpnGw2", "publicIPs": [{"id": "publicip/p1", "sku": "Basic"}]})
}

test_undetermined_when_an_address_was_not_read if {
	policy.undetermined == _said("the SKU of publicip/p1 was not read") with input as _input({"publicIPs": [{"id": "publicip/p1", "sku": ""}]})
}

test_not_applicable_when_nobody_asks if {
	policy.applicable == set() with input as _input({"used": []})
}
