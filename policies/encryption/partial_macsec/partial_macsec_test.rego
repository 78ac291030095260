package encryption.partial_macsec_test

import data.encryption.partial_macsec as policy
import data.lib.fixtures_test as fixtures

_link := {"name": "link1", "admin": "Enabled", "ckn": true, "cak": true, "cipher": "GcmAesXpn256"}

_circuit := {
	"id": "circuit/er",
	"demanded": true,
	"direct": true,
	"status": "ok",
	"links": [_link, object.union(_link, {"name": "link2"})],
	"evidence": [fixtures.ref("er.json", 1)],
}

_input(changes) := {"circuitMACsecs": [object.union(_circuit, changes)], "unreadResources": [], "parameters": {}}

_none := {"circuitMACsecs": [], "unreadResources": [], "parameters": {}}

_unread := object.union(_none, {"unreadResources": [{
	"id": "azure/s/list.json",
	"type": "expressroutecircuits",
	"why": "the list is denied",
	"evidence": [fixtures.ref("azure/s/list.json", 0)],
}]})

_said(message) := {{"resource": "circuit/er", "message": message, "evidence": [fixtures.ref("er.json", 1)]}}

test_not_applicable_without_circuits if {
	policy.applicable == set() with input as _none
	policy.violations == set() with input as _none
	policy.undetermined == set() with input as _none
}

test_undetermined_when_circuits_were_not_read if {
	policy.undetermined == {{
		"resource": "azure/s/list.json",
		"message": "there may be circuits that are not known: the list is denied",
		"evidence": [fixtures.ref("azure/s/list.json", 0)],
	}} with input as _unread
	policy.applicable == {"azure/s/list.json"} with input as _unread
}

test_complies_with_both_links if {
	policy.applicable == {"circuit/er"} with input as _input({})
	policy.violations == set() with input as _input({})
	policy.undetermined == set() with input as _input({})
}

test_violates_with_half_of_a_key_and_a_disabled_link if {
	links := [_link, {"name": "link2", "admin": "Disabled", "ckn": false, "cak": true}]

	policy.violations == _said(concat("", [
		"circuit/er: link2 has no key name (CKN); ",
		"link2 is administratively Disabled",
	])) with input as _input({"demanded": false, "links": links})
}

test_violates_without_a_key_and_with_another_cipher if {
	links := [{"name": "link1", "admin": "Enabled", "ckn": true, "cak": false, "cipher": "GcmAes256"}]

	policy.violations == _said(concat("", [
		"circuit/er: link1 has no key (CAK); ",
		"link1 has the cipher GcmAes256; want one of GcmAesXpn128, GcmAesXpn256",
	])) with input as _input({"demanded": false, "links": links})
}

test_complies_with_what_the_parameter_accepts if {
	doc := object.union(
		_input({"links": [object.union(_link, {"cipher": "GcmAes256"})]}),
		{"parameters": {"accepted_macsec": ["gcmaes256"]}},
	)

	policy.violations == set() with input as doc
}

test_judges_a_lone_key if {
	links := [{"name": "link1", "admin": "Enabled", "ckn": false, "cak": true}]

	policy.applicable == {"circuit/er"} with input as _input({"demanded": false, "links": links})
}

test_undetermined_when_the_port_was_not_read if {
	doc := _input({"demanded": false, "status": "missing", "links": []})

	policy.undetermined == _said("the links of the port of circuit/er were not read") with input as doc
	policy.violations == set() with input as doc
}

test_not_applicable_on_a_providers_circuit if {
	policy.applicable == set() with input as _input({"direct": false})
}
