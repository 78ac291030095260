package evidence.missing_test

import data.evidence.missing as policy

test_complies_when_every_item_is_whole if {
	items := [{"item": "a.txt", "status": "ok", "age": 4}]

	policy.applicable == {"a.txt"} with input.evidence as items
	policy.violations == set() with input.evidence as items
	policy.undetermined == set() with input.evidence as items
}

# There is no violation to test: what is missing is open, whatever it is.
test_violates_never if {
	every status in ["empty", "partial", "denied", "throttled", "timeout", "error", "missing", "unread"] {
		items := [{"item": "a.txt", "status": status, "age": -1}]
		policy.violations == set() with input.evidence as items
		{open.resource | some open in policy.undetermined} == {"a.txt"} with input.evidence as items
	}
}

test_undetermined_when_an_item_was_denied if {
	policy.undetermined == {{
		"resource": "a.json",
		"message": "denied: the role lacks getLearnedRoutes/action",
		"evidence": [{"item": "a.json"}],
	}} with input.evidence as [{
		"item": "a.json",
		"status": "denied",
		"detail": "the role lacks getLearnedRoutes/action",
		"age": 4,
	}]
}

test_undetermined_without_a_place_when_an_item_is_missing if {
	policy.undetermined == {{
		"resource": "a.json",
		"message": "missing: no more is known",
		"evidence": [],
	}} with input.evidence as [{"item": "a.json", "status": "missing", "age": -1}]
}

test_not_applicable_without_evidence if {
	policy.applicable == set() with input.evidence as []
	policy.violations == set() with input.evidence as []
	policy.undetermined == set() with input.evidence as []
}
