package symmetry.transit_flags_test

import data.lib.fixtures_test as fixtures
import data.lib.unread_test as unread
import data.symmetry.forwarded_traffic_test as samples
import data.symmetry.transit_flags as policy

_id := "vnetpeering/vnet-spoke/vnet-hub"

_hub := {
	"id": "vnetpeering/vnet-hub/vnet-spoke",
	"local": "vnet/vnet-hub",
	"remote": "vnet/vnet-spoke",
	"allowTransit": true,
	"useRemote": false,
	"remoteTransit": false,
	"remoteUses": true,
	"localGateways": ["gateway/ergw"],
	"remoteGateways": [],
	"forwarders": [],
}

_gateways := object.union(unread.networks, {
	"id": "azure/s/virtualNetworkGateways.json",
	"type": "virtualnetworkgateways",
	"why": "the list is denied",
})

_messages(doc) := found if {
	found := {violation.message | some violation in policy.violations} with input as doc
}

_opens(doc) := found if {
	found := {open.message | some open in policy.undetermined} with input as doc
}

test_complies_when_both_sides_agree if {
	doc := samples.with_changes({})

	policy.applicable == {_id} with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}

test_complies_and_is_judged_for_each_thing_that_it_leads_to if {
	nothing := {"useRemote": false, "remoteGateways": [], "forwarders": []}
	every changes in [
		{"remoteGateways": ["gateway/ergw"]},
		{"forwarders": samples.peering.forwarders},
		{"useRemote": true},
		{"allowTransit": true},
	] {
		policy.applicable == {_id} with input as samples.with_changes(object.union(nothing, changes))
	}
}

test_complies_from_the_hubs_side if {
	_messages(samples.with_changes(_hub)) == set()
	_opens(samples.with_changes(_hub)) == set()
}

test_violates_when_the_hub_does_not_allow_transit if {
	policy.violations == {{
		"resource": _id,
		"message": concat("", [
			"vnet/vnet-spoke uses the gateways of vnet/vnet-hub (useRemoteGateways), ",
			"whose side does not allow it (allowGatewayTransit)",
		]),
		"evidence": [fixtures.ref("vnet-spoke.json", 45)],
	}} with input as samples.with_changes({"remoteTransit": false})
}

test_violates_when_the_other_side_has_no_peering if {
	_messages(samples.with_changes({"state": "Initiated", "reverse": "none", "remoteTransit": false})) == {concat("; ", [
		"the peering of vnet/vnet-spoke with vnet/vnet-hub is Initiated, want Connected",
		concat("", [
			"vnet/vnet-spoke uses the gateways of vnet/vnet-hub (useRemoteGateways), ",
			"whose side does not allow it: it has no such peering",
		]),
	])}
}

test_violates_when_the_spoke_does_not_use_what_it_is_offered if {
	_messages(samples.with_changes(object.union(_hub, {"remoteUses": false}))) == {concat("", [
		"vnet/vnet-hub allows vnet/vnet-spoke to use its gateways (allowGatewayTransit), ",
		"whose side does not (useRemoteGateways)",
	])}
}

test_violates_when_the_peering_is_not_in_sync if {
	_messages(samples.with_changes({"sync": "RemoteNotInSync"})) == {concat("", [
		"the peering of vnet/vnet-spoke with vnet/vnet-hub is RemoteNotInSync, want FullyInSync",
	])}
}

test_undetermined_when_the_state_is_not_known if {
	doc := {"vnetPeerings": [object.remove(samples.with_changes({"state": ""}).vnetPeerings[0], ["sync"])], "unreadResources": []}

	_messages(doc) == set()
	_opens(doc) == {"its state is not known; whether it is in sync is not known"}
}

test_undetermined_when_the_other_side_was_not_read if {
	doc := samples.with_changes({"reverse": "missing", "remoteTransit": false})

	_messages(doc) == set()
	_opens(doc) == {"the other side, vnet/vnet-hub, was not read"}
	_opens(samples.with_changes(object.union(_hub, {"reverse": "missing"}))) == {"the other side, vnet/vnet-spoke, was not read"}
}

test_undetermined_when_the_spoke_may_have_gateways_of_its_own if {
	doc := object.union(samples.with_changes(object.union(_hub, {"remoteUses": false})), {"unreadResources": [_gateways]})

	_messages(doc) == set()
	_opens(doc) == {"whether vnet/vnet-spoke has gateways of its own is not known: the list is denied"}
}

test_undetermined_when_networks_were_not_read if {
	doc := {"vnetPeerings": [], "unreadResources": [unread.networks]}

	policy.applicable == {unread.networks.id} with input as doc
	{open.resource | some open in policy.undetermined} == {unread.networks.id} with input as doc
}

test_not_applicable_between_networks_that_reach_nothing if {
	doc := samples.with_changes({"useRemote": false, "remoteGateways": [], "forwarders": [], "state": "Initiated"})

	policy.applicable == set() with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}
