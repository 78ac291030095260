package own.own_01_test

import data.own.own_01

network(outcome, smallest) := {
	"parameters": {"own_01_smallest": smallest},
	"classes": [{
		"id": "c1",
		"pairs": 256,
		"forward": {
			"outcome": outcome,
			"detail": "why",
			"hops": [{"node": "router/R1", "evidence": [{"item": "routers/R1/show_ip_route.txt", "line": 3}]}],
		},
	}],
}

test_delivered_complies if {
	own_01.applicable == {"c1"} with input as network("delivered", 1)
	count(own_01.violations | own_01.undetermined) == 0 with input as network("delivered", 1)
}

test_dropped_is_a_violation if {
	found := own_01.violations with input as network("dropped", 1)
	{v.message | some v in found} == {"packets from the premises are not delivered: why"}
	{v.path | some v in found} == {{"class": "c1", "direction": "forward"}}
	{[place.item, place.line] | some v in found; some place in v.evidence} == {["routers/R1/show_ip_route.txt", 3]}
}

test_what_was_not_read_is_open if {
	own_01.undetermined == {{"resource": "c1", "message": "the path from the premises is not known: why"}} with input as network("unknown", 1)
	count(own_01.violations) == 0 with input as network("unknown", 1)
}

test_small_classes_are_out_of_scope if {
	count(own_01.applicable | own_01.violations) == 0 with input as network("dropped", 1000)
	count(own_01.undetermined) == 0 with input as network("unknown", 1000)
}
