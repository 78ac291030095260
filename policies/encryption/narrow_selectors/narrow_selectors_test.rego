package encryption.narrow_selectors_test

import data.encryption.narrow_selectors as policy
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

test_complies_when_all_is_taken if {
	policy.applicable == {"connection/c1"} with input as _input({})
	policy.violations == set() with input as _input({})
	policy.undetermined == set() with input as _input({})
}

test_violates_when_flows_are_left_out if {
	policy.violations == _said("no traffic selector of connection/c1 takes 10.10.0.0/16 - 172.16.1.0/24") with input as _input({"uncovered": ["10.10.0.0/16 - 172.16.1.0/24"]})
}

test_undetermined_when_the_selectors_are_not_known if {
	policy.undetermined == _said("localsite/l1 was not read") with input as _input({"unselected": "localsite/l1 was not read"})
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
