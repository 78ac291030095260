package lib.words_test

import data.lib.fixtures_test as fixtures
import data.lib.words

test_a_flow_has_the_direction_of_the_packets if {
	words.flow(fixtures.class, "forward") == "10.10.0.0/16 -> 172.16.1.0/24"
	words.flow(fixtures.class, "return") == "172.16.1.0/24 -> 10.10.0.0/16"
}

test_exceptions_are_named if {
	class := object.union(fixtures.class, {"onprem": {"except": ["10.10.9.0/24"]}})

	words.flow(class, "forward") == "10.10.0.0/16 except 10.10.9.0/24 -> 172.16.1.0/24"
}

test_a_side_without_prefixes_is_named if {
	class := {"onprem": {"site": "dc1", "prefixes": []}, "azure": {"prefixes": []}}

	words.flow(class, "forward") == "dc1 -> an unknown network"
}

test_long_lists_are_counted if {
	words.list(["a", "b", "c"]) == "a, b, c"
	words.list(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
}

test_reasons_are_one_sentence_in_a_stable_order if {
	words.reasons({"b", "a"}) == "a; b"
}

test_the_share_of_branches_is_told_when_it_is_not_all if {
	words.share(2, 2) == ""
	words.share(1, 2) == " on 1 of 2 equal-cost paths"
}

test_a_count_has_its_thousands_apart if {
	want := {0: "0", 7: "7", 256: "256", 1000: "1,000", 41942400: "41,942,400", 100000: "100,000"}

	every n, text in want {
		words.count_of(n) == text
	}
}
