package encryption.macsec_on_provider_test

import data.encryption.macsec_on_provider as policy
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

test_complies_on_expressroute_direct if {
	policy.applicable == {"circuit/er"} with input as _input({})
	policy.violations == set() with input as _input({})
}

test_violates_on_a_providers_circuit if {
	policy.violations == _said(concat("", [
		"MACsec is demanded, and circuit/er is a provider's circuit, ",
		"on which there is none",
	])) with input as _input({"direct": false})
}

test_violates_where_a_tag_claims_it if {
	claimed := {"direct": false, "demanded": false, "claim": "encryption=MACsec"}

	policy.violations == _said(concat("", [
		"MACsec is claimed by the tag encryption=MACsec, and circuit/er is a provider's circuit, ",
		"on which there is none",
	])) with input as _input(claimed)
	policy.violations == _said(concat("", [
		"MACsec is demanded and claimed by the tag encryption=MACsec, and circuit/er is a provider's circuit, ",
		"on which there is none",
	])) with input as _input(object.union(claimed, {"demanded": true}))
}

test_not_applicable_when_it_is_not_demanded if {
	policy.applicable == set() with input as _input({"demanded": false})
}
