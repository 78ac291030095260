package encryption.global_reach_test

import data.encryption.global_reach as policy
import data.lib.fixtures_test as lib

_circuit := {
	"id": "circuit/er",
	"status": "ok",
	"enabled": false,
	"joined": [],
	"evidence": [lib.ref("er.json", 1)],
}

_with(facts) := object.union(_circuit, facts)

test_complies_without_global_reach if {
	policy.applicable == {"circuit/er"} with input.globalReaches as [_circuit]
	policy.violations == set() with input.globalReaches as [_circuit]
	policy.undetermined == set() with input.globalReaches as [_circuit]
}

test_violates_when_circuits_are_joined if {
	policy.violations == {{
		"resource": "circuit/er",
		"message": concat("", [
			"circuit/er has Global Reach with circuit/er2, want none: ",
			"traffic between the sites crosses it in clear",
		]),
		"evidence": [lib.ref("er.json", 1)],
	}} with input.globalReaches as [_with({"joined": ["circuit/er2"]})]
}

test_violates_when_it_is_enabled if {
	{v.message | some v in policy.violations} == {concat("", [
		"circuit/er has Global Reach, want none: ",
		"traffic between the sites crosses it in clear",
	])} with input.globalReaches as [_with({"enabled": true})]
}

test_undetermined_when_the_circuit_was_not_read if {
	circuit := _with({"status": "missing"})

	policy.undetermined == {{
		"resource": "circuit/er",
		"message": "whether circuit/er has Global Reach is not known: it was not read",
		"evidence": [lib.ref("er.json", 1)],
	}} with input.globalReaches as [circuit]
	policy.violations == set() with input.globalReaches as [circuit]
}

test_not_applicable_without_circuits if {
	policy.applicable == set() with input.globalReaches as []
	policy.violations == set() with input.globalReaches as []
	policy.undetermined == set() with input.globalReaches as []
}
