package encryption.forward_fails_open_test

import data.encryption.forward_fails_open as policy
import data.lib.fixtures_test as fixtures

test_complies_when_every_failure_leaves_it_encrypted_or_dropped if {
	class := fixtures.with_failures([_failure(["tunnel/a"], "fails closed"), _failure(["router/R1"], "still encrypted")])

	policy.applicable == {"c1"} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

test_violates_when_a_failure_makes_it_clear if {
	class := fixtures.with_failures([object.union(
		_failure(["tunnel/a"], "fails open"),
		{"forwardClear": [{
			"link": "peering/er-primary",
			"why": "the only route left",
			"evidence": [fixtures.ref("a.txt", 2)],
		}]},
	)])

	policy.violations == {{
		"resource": "c1",
		"message": "10.10.0.0/16 -> 172.16.1.0/24 goes in clear over peering/er-primary when tunnel/a is down",
		"path": {"class": "c1", "direction": "forward", "down": ["tunnel/a"]},
		"evidence": [fixtures.ref("a.txt", 2)],
	}} with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

test_violates_with_the_smallest_failure_and_counts_the_others if {
	one := _failure(["tunnel/b"], "fails open")
	two := _failure(["router/R1", "tunnel/a"], "fails open")
	three := _failure(["tunnel/c"], "fails open")

	_messages([two, one]) == {concat("", [
		"10.10.0.0/16 -> 172.16.1.0/24 goes in clear when tunnel/b is down; ",
		"1 more failure has the same effect",
	])}
	_messages([two, three, one]) == {concat("", [
		"10.10.0.0/16 -> 172.16.1.0/24 goes in clear when tunnel/b is down; ",
		"2 more failures have the same effect",
	])}
	_messages([two]) == {"10.10.0.0/16 -> 172.16.1.0/24 goes in clear when router/R1 and tunnel/a are down"}
}

test_violates_even_when_another_failure_is_undecided if {
	failures := [_failure(["tunnel/a"], "undecided"), _failure(["tunnel/b"], "fails open")]

	_messages(failures) == {"10.10.0.0/16 -> 172.16.1.0/24 goes in clear when tunnel/b is down"}
}

test_undetermined_when_a_failure_is_undecided if {
	class := fixtures.with_failures([
		_undecided(["tunnel/a"], "R1's routes were not read"),
		_undecided(["tunnel/b"], "R1's routes were not read"),
		_undecided(["tunnel/b", "tunnel/c"], "two paths are as good"),
		_failure(["tunnel/d"], "undecided"),
		_failure(["router/R2"], "undecided"),
		_failure(["router/R3"], "undecided"),
		_failure(["router/R1"], "still encrypted"),
	])

	policy.undetermined == {{
		"resource": "c1",
		"message": concat("; ", [
			"what becomes of the packets when router/R2 is down is not known (2 more failures are alike)",
			"what becomes of the packets when tunnel/a is down is not known: R1's routes were not read (1 more failure is alike)",
			"what becomes of the packets when tunnel/b and tunnel/c are down is not known: two paths are as good",
		]),
	}} with input.classes as [class]
	policy.violations == set() with input.classes as [class]
}

test_undetermined_when_the_path_is_unknown if {
	class := fixtures.with_forward(fixtures.unknown([]))

	policy.applicable == {"c1"} with input.classes as [class]
	policy.undetermined == {{"resource": "c1", "message": "R1's routes were not read"}} with input.classes as [class]
}

test_not_applicable_when_the_path_is_in_clear_already if {
	failures := [_failure(["tunnel/a"], "fails open"), _failure(["tunnel/b"], "undecided")]
	class := object.union(fixtures.with_forward(fixtures.clear_forward), {"failures": failures})

	policy.applicable == set() with input.classes as [class]
	policy.violations == set() with input.classes as [class]
	policy.undetermined == set() with input.classes as [class]
}

_undecided(down, why) := object.union(_failure(down, "undecided"), {"forwardWhy": why})

_failure(down, effect) := {"down": down, "forward": effect, "return": "still encrypted"}

_messages(failures) := {violation.message |
	some violation in policy.violations with input.classes as [fixtures.with_failures(failures)]
}
