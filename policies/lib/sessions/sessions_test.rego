package lib.sessions_test

import data.lib.fixtures_test as fixtures
import data.lib.sessions

session := {
	"id": "peering/er-primary",
	"router": "router/R1",
	"neighbor": "192.168.100.2",
	"authenticated": "yes",
	"limited": "yes",
	"limit": 200,
	"filtered": "yes",
	"sent": "ok",
	"chosen": "ok",
	"protection": "none",
	"beyond": [],
	"maybeBeyond": [],
	"returned": [],
	"passed": [],
	"evidence": [fixtures.ref("R1/config.txt", 9)],
}

with_facts(facts) := object.union(session, facts)

not_read := "the configuration of router/R1 was not read"

unread := with_facts({
	"authenticated": "unknown",
	"limited": "unknown",
	"filtered": "unknown",
	"unknown": not_read,
})

advertised(prefix, why) := {"prefix": prefix, "asPath": "65501", "why": why, "evidence": [fixtures.ref("msee.json", 7)]}

circuit := {
	"id": "circuit/er",
	"neighbor": "",
	"authenticated": "unknown",
	"limited": "unknown",
	"limit": 0,
	"filtered": "unknown",
	"unknown": "the circuit was not read",
	"sent": "missing",
	"chosen": "missing",
	"protection": "unknown",
	"beyond": [],
	"maybeBeyond": [],
	"returned": [],
	"passed": [],
	"evidence": [fixtures.ref("connection.json", 1)],
}

test_a_session_is_named_by_both_ends if {
	sessions.name(session) == "the session of router/R1 with 192.168.100.2 over peering/er-primary"
	sessions.name(circuit) == "the session over circuit/er"
}

test_what_is_not_known_has_a_reason if {
	sessions.unread(unread) == not_read
	sessions.unread(session) == "the router's configuration does not tell"
	not sessions.unseen(session)
	sessions.unseen(circuit) == concat("", [
		"what is advertised on the session over circuit/er is not known: ",
		"the edge router's table is missing",
	])
}

test_prefixes_are_counted if {
	sessions.prefixes([advertised("10.0.0.0/8", "")]) == "10.0.0.0/8"
	sessions.prefixes([advertised(p, "") | some p in ["a", "b", "c", "d", "e"]]) == "a, b, c and 2 more"
}
