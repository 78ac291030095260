package evidence.incoherent_test

import data.evidence.incoherent as policy

_parameters := {"evidence_max_skew_seconds": 900}

_coherence := {
	"id": "tunnel/R1/vpngw-0",
	"spread": 40,
	"first": "R1/bgp.txt",
	"last": "learned.json",
	"evidence": [{"item": "R1/bgp.txt"}, {"item": "learned.json"}],
}

_with(facts) := object.union(_coherence, facts)

_open(coherence) := opened if {
	opened := policy.undetermined with input.coherences as [coherence] with input.parameters as _parameters
}

test_complies_when_read_together if {
	policy.applicable == {"tunnel/R1/vpngw-0"} with input.coherences as [_coherence]
	_open(_coherence) == set()
	_open(_with({"spread": 900})) == set()
}

# What was read too far apart is open, whatever it says.
test_violates_never if {
	policy.violations == set() with input.coherences as [_with({"spread": 90000})]
		with input.parameters as _parameters
}

test_undetermined_when_read_too_far_apart if {
	_open(_with({"spread": 901})) == {{
		"resource": "tunnel/R1/vpngw-0",
		"message": "learned.json was read 901 seconds after R1/bgp.txt, want at most 900",
		"evidence": [{"item": "R1/bgp.txt"}, {"item": "learned.json"}],
	}}
}

test_undetermined_by_the_default_without_parameters if {
	{open.resource | some open in policy.undetermined} == {"tunnel/R1/vpngw-0"} with input as {
		"coherences": [_with({"spread": 901})],
		"parameters": {},
	}
}

test_undetermined_when_the_session_restarted if {
	_open(_with({"restarted": "the BGP session across it came up 9s before"})) == {{
		"resource": "tunnel/R1/vpngw-0",
		"message": "the BGP session across it came up 9s before",
		"evidence": [{"item": "R1/bgp.txt"}, {"item": "learned.json"}],
	}}
}

test_not_applicable_without_times if {
	policy.applicable == set() with input.coherences as []
	policy.violations == set() with input.coherences as []
	policy.undetermined == set() with input.coherences as [] with input.parameters as _parameters
}
