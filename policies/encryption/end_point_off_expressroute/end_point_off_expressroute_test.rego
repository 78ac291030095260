package encryption.end_point_off_expressroute_test

import data.encryption.end_point_off_expressroute as policy
import data.lib.fixtures_test as fixtures

_connection := {
	"id": "connection/c1",
	"gateway": "gateway/vpngw",
	"private": true,
	"endpoint": "10.10.10.1",
	"public": false,
	"overExpressRoute": "yes",
	"proposals": [_proposal],
	"state": "Connected",
	"negotiated": [],
	"down": [],
	"unsaid": [],
	"bgp": true,
	"neighbour": "169.254.21.1",
	"session": "Connected",
	"received": 2,
	"peers": "ok",
	"uncovered": [],
	"evidence": [fixtures.ref("c1.json", 1)],
}

_proposal := {
	"ikeEncryption": "GCMAES256",
	"ikeIntegrity": "SHA384",
	"dhGroup": "ECP384",
	"ipsecEncryption": "GCMAES256",
	"ipsecIntegrity": "GCMAES256",
	"pfsGroup": "ECP384",
}

_missing := {
	"id": "azure/s/connections.json",
	"type": "connections",
	"why": "the list of connections of subscription s is denied",
	"evidence": [fixtures.ref("azure/s/connections.json", 0)],
}

_input(changes) := {"ipsecConnections": [object.union(_connection, changes)], "unreadResources": [], "parameters": {}}

_none := {"ipsecConnections": [], "unreadResources": [], "parameters": {}}

_unread := object.union(_none, {"unreadResources": [_missing]})

_said(message) := {{"resource": "connection/c1", "message": message, "evidence": [fixtures.ref("c1.json", 1)]}}

test_complies_when_expressroute_leads_there if {
	policy.applicable == {"connection/c1"} with input as _input({})
	policy.violations == set() with input as _input({})
	policy.undetermined == set() with input as _input({})
}

test_violates_when_it_does_not if {
	policy.violations == _said("connection/c1 ends at 10.10.10.1, and ExpressRoute has no route to it") with input as _input({"overExpressRoute": "no"})
}

test_violates_with_a_public_address if {
	doc := _input({"overExpressRoute": "no", "endpoint": "198.51.100.1", "public": true})

	policy.violations == _said("connection/c1 ends at 198.51.100.1, a public address, and ExpressRoute has no route to it") with input as doc
}

test_undetermined_when_it_is_not_known if {
	policy.undetermined == _said("not read") with input as _input({"overExpressRoute": "unknown", "why": "not read"})
}

test_not_applicable_over_the_internet if {
	policy.applicable == set() with input as _input({"private": false})
}

test_undetermined_when_connections_were_not_read if {
	policy.undetermined == {{
		"resource": "azure/s/connections.json",
		"message": "there may be connections that are not known: the list of connections of subscription s is denied",
		"evidence": [fixtures.ref("azure/s/connections.json", 0)],
	}} with input as _unread
	policy.applicable == {"azure/s/connections.json"} with input as _unread
}

test_not_applicable_without_connections if {
	policy.applicable == set() with input as _none
	policy.violations == set() with input as _none
	policy.undetermined == set() with input as _none
}
