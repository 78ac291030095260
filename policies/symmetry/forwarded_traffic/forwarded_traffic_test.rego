package symmetry.forwarded_traffic_test

import data.lib.fixtures_test as fixtures
import data.lib.unread_test as unread
import data.symmetry.forwarded_traffic as policy

peering := {
	"id": "vnetpeering/vnet-spoke/vnet-hub",
	"local": "vnet/vnet-spoke",
	"remote": "vnet/vnet-hub",
	"state": "Connected",
	"sync": "FullyInSync",
	"allowForwarded": true,
	"allowTransit": false,
	"useRemote": true,
	"reverse": "ok",
	"remoteTransit": true,
	"remoteUses": false,
	"localGateways": [],
	"remoteGateways": ["gateway/ergw"],
	"forwarders": [_firewall],
	"evidence": [fixtures.ref("vnet-spoke.json", 45)],
}

_firewall := {
	"address": "10.64.1.4",
	"appliance": "firewall/azfw",
	"route": "default",
	"table": "routetable/rt-spoke",
	"evidence": [fixtures.ref("rt-spoke.json", 13)],
}

with_changes(changes) := {"vnetPeerings": [object.union(peering, changes)], "unreadResources": []}

test_complies_when_forwarded_packets_are_taken if {
	doc := with_changes({"unknown": "the route table rt was not read"})

	policy.applicable == {"vnetpeering/vnet-spoke/vnet-hub"} with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}

test_violates_when_forwarded_packets_are_not_taken if {
	policy.violations == {{
		"resource": "vnetpeering/vnet-spoke/vnet-hub",
		"message": concat("", [
			"vnet/vnet-spoke takes no forwarded packets from vnet/vnet-hub, ",
			"where firewall/azfw (default of routetable/rt-spoke) forwards; want allowForwardedTraffic",
		]),
		"evidence": [fixtures.ref("vnet-spoke.json", 45), fixtures.ref("rt-spoke.json", 13)],
	}} with input as with_changes({"allowForwarded": false})
}

test_undetermined_when_the_routes_are_not_known if {
	doc := with_changes({
		"allowForwarded": false,
		"forwarders": [],
		"unknown": "the route table rt-spoke of subnet/vnet-spoke/workload was not read",
	})

	policy.violations == set() with input as doc
	policy.undetermined == {{
		"resource": "vnetpeering/vnet-spoke/vnet-hub",
		"message": concat("", [
			"whether an appliance in vnet/vnet-hub forwards packets to vnet/vnet-spoke is not known: ",
			"the route table rt-spoke of subnet/vnet-spoke/workload was not read",
		]),
		"evidence": [fixtures.ref("vnet-spoke.json", 45)],
	}} with input as doc
}

test_undetermined_when_networks_were_not_read if {
	doc := {"vnetPeerings": [], "unreadResources": [unread.networks]}

	policy.applicable == {unread.networks.id} with input as doc
	{open.resource | some open in policy.undetermined} == {unread.networks.id} with input as doc
}

test_not_applicable_where_nothing_forwards if {
	doc := with_changes({"allowForwarded": false, "forwarders": []})

	policy.applicable == set() with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}
