package evidence.stale_test

import data.evidence.stale as policy

_parameters := {"evidence_max_age_hours": 24}

_item(age) := {"item": "a.txt", "status": "ok", "age": age}

_open(age) := opened if {
	opened := policy.undetermined with input.evidence as [_item(age)] with input.parameters as _parameters
}

test_complies_when_fresh if {
	policy.applicable == {"a.txt"} with input.evidence as [_item(4)]
	_open(4) == set()
	_open(86400) == set()
}

# What is stale is open, whatever it says.
test_violates_never if {
	policy.violations == set() with input.evidence as [_item(900000)] with input.parameters as _parameters
}

test_undetermined_when_old if {
	_open(93600) == {{
		"resource": "a.txt",
		"message": "it was read 26 hours before the end of the collection, want at most 24",
		"evidence": [{"item": "a.txt"}],
	}}
}

test_undetermined_by_the_default_without_parameters if {
	{open.resource | some open in policy.undetermined} == {"a.txt"} with input as {
		"evidence": [_item(90001)],
		"parameters": {},
	}
}

test_not_applicable_when_no_age_is_known if {
	policy.applicable == set() with input.evidence as [_item(-1)]
	_open(-1) == set()
}
