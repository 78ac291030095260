package encryption.one_link_filtered_test

import data.encryption.one_link_filtered as policy
import data.lib.fixtures_test as fixtures

_primary := {
	"id": "peering/er-primary",
	"circuit": "circuit/er",
	"offered": [],
	"accepted": ["172.16.0.0/16"],
	"evidence": [fixtures.ref("er.json", 1)],
}

_secondary := object.union(_primary, {"id": "peering/er-secondary"})

_input(changes) := {"circuitLinks": [object.union(_primary, changes), _secondary], "unreadResources": []}

_none := {"circuitLinks": [], "unreadResources": []}

_said(message) := {{"resource": "circuit/er", "message": message, "evidence": [fixtures.ref("er.json", 1)]}}

test_complies_when_both_are_alike if {
	policy.applicable == {"circuit/er"} with input as _input({})
	policy.violations == set() with input as _input({})
	policy.undetermined == set() with input as _input({})
}

test_violates_when_one_offers_more_and_takes_less if {
	policy.violations == _said(concat("", [
		"circuit/er: 10.10.0.0/16 is offered over peering/er-primary and not over peering/er-secondary; ",
		"172.16.0.0/16 is taken over peering/er-secondary and not over peering/er-primary",
	])) with input as _input({"offered": ["10.10.0.0/16"], "accepted": []})
}

test_undetermined_when_a_side_was_not_read if {
	doc := _input({"unoffered": "its table was not read whole", "accepted": [], "unaccepted": "nor was the router's"})

	policy.undetermined == _said(concat("", [
		"peering/er-primary: its table was not read whole; ",
		"peering/er-primary: nor was the router's",
	])) with input as doc
	policy.violations == set() with input as doc
}

test_undetermined_when_circuits_were_not_read if {
	doc := object.union(_none, {"unreadResources": [{
		"id": "azure/s/list.json",
		"type": "expressroutecircuits",
		"why": "the list is denied",
		"evidence": [],
	}]})

	policy.undetermined == {{
		"resource": "azure/s/list.json",
		"message": "there may be circuits that are not known: the list is denied",
		"evidence": [],
	}} with input as doc
	policy.applicable == {"azure/s/list.json"} with input as doc
}

test_not_applicable_without_circuits if {
	policy.applicable == set() with input as _none
}
