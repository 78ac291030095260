package encryption.weak_proposal_test

import data.encryption.weak_proposal as policy
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

_negotiated := {
	"tunnel": "tunnel/R1/vpngw-0",
	"router": "router/R1",
	"ike": false,
	"encryption": "GCMAES256",
	"printed": "esp-gcm 256",
	"evidence": [fixtures.ref("sa.txt", 9)],
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

_critical(message) := {object.union(violation, {"severity": "critical"}) | some violation in _said(message)}

_said(message) := {{"resource": "connection/c1", "message": message, "evidence": [fixtures.ref("c1.json", 1)]}}

test_complies_with_strong_algorithms if {
	policy.applicable == {"connection/c1"} with input as _input({})
	policy.violations == set() with input as _input({})
}

test_violates_with_a_null_cipher_and_no_pfs if {
	proposal := object.union(_proposal, {"ipsecEncryption": "None", "pfsGroup": "None"})

	policy.violations == _critical("connection/c1: it accepts IPsec encryption None, PFS group None") with input as _input({"proposals": [
		_proposal,
		proposal,
	]})
}

test_violates_against_the_parameter if {
	doc := object.union(_input({}), {"parameters": {"accepted_ipsec": {
		"encryption": ["GCMAES256"],
		"integrity": ["SHA384", "GCMAES256"],
		"dh": ["ECP256"],
		"pfs": ["ECP384"],
	}}})

	policy.violations == _said("connection/c1: it accepts DH group ECP384") with input as doc
}

test_violates_with_what_a_router_uses if {
	weak := object.union(_negotiated, {"encryption": "DES3", "integrity": "SHA1", "printed": "esp-3des esp-sha-hmac"})

	policy.violations == {{
		"resource": "connection/c1",
		"message": concat("", [
			"connection/c1: router/R1 uses encryption DES3, integrity SHA1 in tunnel/R1/vpngw-0 ",
			"(esp-3des esp-sha-hmac)",
		]),
		"evidence": [fixtures.ref("c1.json", 1), fixtures.ref("sa.txt", 9)],
	}} with input as _input({"proposals": [], "negotiated": [_negotiated, weak]})
}

test_violates_with_what_ike_uses if {
	weak := object.union(_negotiated, {
		"ike": true,
		"encryption": "AES256",
		"integrity": "SHA1",
		"group": "DHGroup2",
		"printed": "AES_CBC-256 HMAC_SHA1_96 MODP_1024",
	})

	policy.violations == {{
		"resource": "connection/c1",
		"message": concat("", [
			"connection/c1: router/R1 uses DH group DHGroup2, IKE integrity SHA1 in tunnel/R1/vpngw-0 ",
			"(AES_CBC-256 HMAC_SHA1_96 MODP_1024)",
		]),
		"evidence": [fixtures.ref("c1.json", 1), fixtures.ref("sa.txt", 9)],
	}} with input as _input({"proposals": [], "negotiated": [_negotiated, weak]})
}

test_violates_gravely_with_des if {
	policy.violations == _critical("connection/c1: it accepts IPsec encryption DES") with input as _input({"proposals": [
		_proposal,
		object.union(_proposal, {"ipsecEncryption": "DES"}),
	]})
	policy.violations == _critical("connection/c1: it accepts IKE encryption DES") with input as _input({"proposals": [object.union(_proposal, {"ikeEncryption": "DES"})]})
	policy.violations == _said("connection/c1: it accepts IPsec encryption DES3") with input as _input({"proposals": [object.union(_proposal, {"ipsecEncryption": "DES3"})]})
}

test_violates_gravely_with_des_that_a_router_uses if {
	weak := object.union(_negotiated, {"encryption": "DES", "printed": "esp-des"})

	{violation.severity | some violation in policy.violations} == {"critical"} with input as _input({"proposals": [], "negotiated": [weak]})
}

test_violates_less_with_des_that_the_parameter_accepts if {
	doc := object.union(_input({"proposals": [object.union(_proposal, {"ipsecEncryption": "DES", "pfsGroup": "None"})]}), {"parameters": {"accepted_ipsec": {
		"encryption": ["GCMAES256", "DES"],
		"integrity": ["SHA384", "GCMAES256"],
		"dh": ["ECP384"],
		"pfs": ["ECP384"],
	}}})

	policy.violations == _said("connection/c1: it accepts PFS group None") with input as doc
}

test_violates_with_group_24 if {
	doc := _input({"proposals": [object.union(_proposal, {"dhGroup": "DHGroup24", "pfsGroup": "PFS24"})]})

	policy.violations == _said("connection/c1: it accepts DH group DHGroup24, PFS group PFS24") with input as doc
}

test_complies_with_the_other_name_of_a_group if {
	used := object.union(_negotiated, {"ike": true, "group": "DHGroup14"})
	doc := object.union(_input({"proposals": [], "negotiated": [used]}), {"parameters": {"accepted_ipsec": {
		"encryption": ["GCMAES256"],
		"integrity": [],
		"dh": ["DHGroup2048"],
		"pfs": [],
	}}})

	policy.violations == set() with input as doc
}

test_complies_with_what_a_router_uses_of_the_defaults if {
	doc := _input({"proposals": [], "negotiated": [_negotiated]})

	policy.applicable == {"connection/c1"} with input as doc
	policy.violations == set() with input as doc
	policy.undetermined == set() with input as doc
}

test_undetermined_when_what_they_use_is_not_known if {
	doc := _input({"proposals": [], "unnegotiated": "router/R1 does not list security associations"})

	policy.undetermined == _said(concat("", [
		"what the tunnels of connection/c1 use is not known: ",
		"router/R1 does not list security associations",
	])) with input as doc
	policy.violations == set() with input as doc
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
