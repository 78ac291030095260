package assurance.macsec_fallback_test

import data.assurance.macsec_fallback as policy
import data.lib.fixtures_test as lib

_end := {
	"id": "peering/er-primary",
	"router": "router/R1",
	"interface": "TenGigE0/0",
	"status": "ok",
	"policy": "must-secure",
	"offset": 0,
	"evidence": [lib.ref("R1/config.txt", 4)],
}

_with(facts) := object.union(_end, facts)

test_complies_with_must_secure if {
	policy.applicable == {"peering/er-primary"} with input.macsecEnds as [_end]
	policy.violations == set() with input.macsecEnds as [_end]
	policy.undetermined == set() with input.macsecEnds as [_end]
}

test_violates_with_should_secure_and_an_offset if {
	policy.violations == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"TenGigE0/0 of router/R1 is set to should-secure, want must-secure; ",
			"leaves the first 30 bytes of each frame in clear, want an offset of 0",
		]),
		"evidence": [lib.ref("R1/config.txt", 4)],
	}} with input.macsecEnds as [_with({"policy": "should-secure", "offset": 30})]
}

test_undetermined_when_the_routers_end_was_not_read if {
	policy.undetermined == {{
		"resource": "peering/er-primary",
		"message": "MACsec at the router's end of peering/er-primary was not read",
		"evidence": [lib.ref("R1/config.txt", 4)],
	}} with input.macsecEnds as [_with({"status": "missing"})]
}

test_undetermined_when_the_policy_is_not_told if {
	end := object.remove(_end, ["policy"])

	policy.undetermined == {{
		"resource": "peering/er-primary",
		"message": concat("", [
			"whether TenGigE0/0 of router/R1 falls back to clear text is not known: ",
			"it does not tell its policy",
		]),
		"evidence": [lib.ref("R1/config.txt", 4)],
	}} with input.macsecEnds as [end]
	policy.violations == set() with input.macsecEnds as [end]
}

test_not_applicable_without_macsec if {
	policy.applicable == set() with input.macsecEnds as []
	policy.violations == set() with input.macsecEnds as []
	policy.undetermined == set() with input.macsecEnds as []
}
