package encryption.no_routes_over_vpn_test

import data.encryption.no_routes_over_vpn as policy
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

test_complies_with_a_session_that_brings_routes if {
	policy.applicable == {"connection/c1"} with input as _input({})
	policy.violations == set() with input as _input({})
	policy.undetermined == set() with input as _input({})
}

test_violates_when_the_session_is_down if {
	policy.violations == _said("connection/c1: the BGP session with 169.254.21.1 is Connecting, not Connected") with input as _input({"session": "Connecting"})
}

test_violates_when_it_brings_nothing if {
	policy.violations == _said("connection/c1: the BGP session with 169.254.21.1 brings no routes") with input as _input({"received": 0})
}

test_violates_when_there_is_no_session if {
	connection := object.remove(_connection, ["session"])
	doc := object.union(_none, {"ipsecConnections": [connection]})

	policy.violations == _said("connection/c1: gateway/vpngw lists no BGP session with 169.254.21.1") with input as doc
}

test_undetermined_when_the_peers_were_not_read if {
	policy.undetermined == _said("the BGP peers of gateway/vpngw were not read whole") with input as _input({"peers": "denied"})
	policy.violations == set() with input as _input({"peers": "denied", "session": "Idle"})
}

test_undetermined_when_the_device_was_not_read if {
	connection := object.remove(_connection, ["neighbour"])
	doc := object.union(_none, {"ipsecConnections": [connection]})

	policy.undetermined == _said("the BGP address of the device of connection/c1 was not read") with input as doc
}

test_not_applicable_without_bgp if {
	policy.applicable == set() with input as _input({"bgp": false})
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
