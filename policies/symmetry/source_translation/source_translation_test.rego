package symmetry.source_translation_test

import data.lib.fixtures_test as fixtures
import data.lib.unread_test as unread
import data.symmetry.source_translation as policy

_firewall := {
	"id": "firewall/azfw",
	"ranges": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
	"learns": false,
	"onprem": ["10.10.0.0/16", "203.0.113.0/24"],
	"translated": [],
	"evidence": [fixtures.ref("azfw.json", 1)],
}

_input(changes) := {"firewallSNATs": [object.union(_firewall, changes)], "unreadResources": []}

_public := {"translated": ["203.0.113.0/24"]}

_opens(doc) := found if {
	found := {open.message | some open in policy.undetermined} with input as doc
}

test_complies_when_all_prefixes_are_in_the_ranges if {
	policy.applicable == {"firewall/azfw"} with input as _input({})
	policy.violations == set() with input as _input({})
	policy.undetermined == set() with input as _input({})
}

test_violates_when_a_prefix_is_in_none if {
	policy.violations == {{
		"resource": "firewall/azfw",
		"message": concat("", [
			"it translates what it sends to 203.0.113.0/24, which is not in the ranges of the default ",
			"(10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and 1 more)",
		]),
		"evidence": [fixtures.ref("azfw.json", 1)],
	}} with input as _input(_public)
}

test_violates_by_the_policys_ranges if {
	changes := object.union(_public, {"policy": "firewallpolicy/base", "ranges": ["IANAPrivateRanges"]})

	{violation.message | some violation in policy.violations} == {concat("", [
		"it translates what it sends to 203.0.113.0/24, ",
		"which is not in the ranges of firewallpolicy/base (IANAPrivateRanges)",
	])} with input as _input(changes)
}

test_undetermined_when_the_policy_was_not_read if {
	doc := _input(object.union(_public, {"unknown": "firewallpolicy/azfw was not read"}))

	policy.violations == set() with input as doc
	policy.undetermined == {{
		"resource": "firewall/azfw",
		"message": "firewallpolicy/azfw was not read",
		"evidence": [fixtures.ref("azfw.json", 1)],
	}} with input as doc
}

test_undetermined_when_a_route_server_may_tell_the_range if {
	doc := _input(object.union(_public, {"learns": true}))

	policy.violations == set() with input as doc
	_opens(doc) == {concat("", [
		"203.0.113.0/24 is in no range that is configured, ",
		"and which ones it learned from a Route Server is not known",
	])}
	_opens(_input({"learns": true})) == set()
}

test_undetermined_when_not_all_prefixes_are_known if {
	_opens(_input({"onprem": [], "more": "the learned routes of gateway/ergw are not known"})) == {concat("", [
		"there may be more prefixes on the premises: ",
		"the learned routes of gateway/ergw are not known",
	])}
}

test_undetermined_when_firewalls_were_not_read if {
	firewalls := object.union(unread.networks, {"id": "azure/s/azureFirewalls.json", "type": "azurefirewalls"})
	doc := {"firewallSNATs": [], "unreadResources": [firewalls]}

	policy.applicable == {"azure/s/azureFirewalls.json"} with input as doc
	{open.resource | some open in policy.undetermined} == {"azure/s/azureFirewalls.json"} with input as doc
}

test_not_applicable_without_the_premises if {
	doc := _input({"onprem": []})

	policy.applicable == set() with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}
