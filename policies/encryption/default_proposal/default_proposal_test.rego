package encryption.default_proposal_test

import data.encryption.default_proposal as policy
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

test_complies_with_a_policy if {
	policy.applicable == {"connection/c1"} with input as _input({})
	policy.violations == set() with input as _input({})
}

test_violates_without_a_policy if {
	policy.violations == _said("connection/c1 has no policy of its own, and accepts Azure's defaults") with input as _input({"proposals": []})
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
