package evidence.contradicted_test

import data.evidence.contradicted as policy
import data.lib.fixtures_test as lib

_compared(what, agree, text) := {
	"id": "tunnel/R1/vpngw-0",
	"what": what,
	"agree": agree,
	"text": text,
	"evidence": [lib.ref(sprintf("%s.json", [what]), 3)],
}

_agree := _compared("session", "yes", "")

test_complies_when_both_ends_agree if {
	policy.applicable == {"tunnel/R1/vpngw-0"} with input.comparisons as [_agree]
	policy.violations == set() with input.comparisons as [_agree]
	policy.undetermined == set() with input.comparisons as [_agree]
}

test_violates_when_they_contradict_each_other if {
	contradicted := [
		_compared("state", "no", "R1 has no security association that is up"),
		_compared("prefixes sent", "no", "gateway/vpngw has 10.9.0.0/16 from R1"),
		_agree,
	]

	policy.violations == {{
		"resource": "tunnel/R1/vpngw-0",
		"message": concat("", [
			"the ends of tunnel/R1/vpngw-0 contradict each other: ",
			"R1 has no security association that is up; gateway/vpngw has 10.9.0.0/16 from R1",
		]),
		"evidence": [lib.ref("prefixes sent.json", 3), lib.ref("state.json", 3)],
	}} with input.comparisons as contradicted
}

test_undetermined_when_one_end_was_not_read if {
	silent := [_compared("session", "unknown", "the BGP peers of gateway/vpngw were not read")]

	policy.undetermined == {{
		"resource": "tunnel/R1/vpngw-0",
		"message": "the BGP peers of gateway/vpngw were not read",
		"evidence": [lib.ref("session.json", 3)],
	}} with input.comparisons as silent
	policy.violations == set() with input.comparisons as silent
}

test_undetermined_when_tunnels_were_not_read if {
	unknown := {"id": "connection/c1", "why": "its gateway was not read", "evidence": [lib.ref("c1.json", 1)]}

	policy.applicable == {"connection/c1"} with input.unknownTunnels as [unknown]
	policy.undetermined == {{
		"resource": "connection/c1",
		"message": "its gateway was not read",
		"evidence": [lib.ref("c1.json", 1)],
	}} with input.unknownTunnels as [unknown]
}

test_not_applicable_without_tunnels_and_links if {
	policy.applicable == set() with input.comparisons as []
	policy.violations == set() with input.comparisons as []
	policy.undetermined == set() with input.comparisons as []
}
