package symmetry.firewall_subnet_test

import data.lib.fixtures_test as fixtures
import data.lib.unread_test as unread
import data.symmetry.firewall_subnet as policy

_firewall := {
	"id": "firewall/azfw",
	"subnet": "subnet/vnet-hub/AzureFirewallSubnet",
	"status": "ok",
	"gateways": ["gateway/ergw", "gateway/vpngw"],
	"unreached": [],
	"defaultKept": false,
	"forced": false,
	"evidence": [fixtures.ref("azfw.json", 1)],
}

_input(changes) := {"firewallSubnets": [object.union(_firewall, changes)], "unreadResources": []}

_lost := {
	"prefix": "10.10.0.0/16",
	"why": "10.0.0.0/8 to None, the system route for private addresses",
	"evidence": [fixtures.ref("vnet-hub.json", 1)],
}

test_complies_when_the_subnet_has_the_gateways_routes if {
	policy.applicable == {"firewall/azfw"} with input as _input({})
	policy.violations == set() with input as _input({})
	policy.undetermined == set() with input as _input({})
}

test_complies_when_a_default_route_is_kept_or_wanted if {
	policy.violations == set() with input as _input({"default": "gateway/ergw", "defaultKept": true})
	policy.violations == set() with input as _input({"default": "gateway/ergw", "forced": true})
}

test_violates_when_the_premises_are_not_reached if {
	policy.violations == {{
		"resource": "firewall/azfw",
		"message": concat("", [
			"from subnet/vnet-hub/AzureFirewallSubnet packets do not get to 10.10.0.0/16: ",
			"they follow 10.0.0.0/8 to None, the system route for private addresses; ",
			"want the routes of gateway/ergw, gateway/vpngw there",
		]),
		"evidence": [fixtures.ref("vnet-hub.json", 1), fixtures.ref("azfw.json", 1)],
	}} with input as _input({"unreached": [_lost]})
}

test_violates_when_a_default_route_comes_from_the_premises if {
	{violation.message | some violation in policy.violations} == {concat("", [
		"gateway/ergw brings subnet/vnet-hub/AzureFirewallSubnet a default route, ",
		"and no user-defined one to the Internet stands against it",
	])} with input as _input({"default": "gateway/ergw"})
}

test_undetermined_when_the_subnet_was_not_read if {
	doc := _input({"status": "missing", "gateways": [], "unknown": "the subnet of the firewall was not read"})

	policy.applicable == {"firewall/azfw"} with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == {{
		"resource": "firewall/azfw",
		"message": "the subnet of the firewall was not read",
		"evidence": [fixtures.ref("azfw.json", 1)],
	}} with input as doc
}

test_undetermined_when_firewalls_were_not_read if {
	firewalls := object.union(unread.networks, {"id": "azure/s/azureFirewalls.json", "type": "azurefirewalls"})
	doc := {"firewallSubnets": [], "unreadResources": [firewalls]}

	policy.applicable == {"azure/s/azureFirewalls.json"} with input as doc
	{open.resource | some open in policy.undetermined} == {"azure/s/azureFirewalls.json"} with input as doc
}

test_not_applicable_without_gateways if {
	doc := _input({"gateways": []})

	policy.applicable == set() with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}
