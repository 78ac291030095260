# METADATA
# title: Sessions
# description: How policies name the BGP sessions over private peerings, and what is not known of them.
package lib.sessions

# METADATA
# description: The router's side of a session and its neighbour.
# scope: document
name(session) := sprintf("the session of %s with %s over %s", [session.router, session.neighbor, session.id]) if {
	session.router
} else := sprintf("the session over %s", [session.id])

# METADATA
# description: Why the configuration of a session is not known.
# scope: document
unread(session) := object.get(session, "unknown", "the router's configuration does not tell")

# METADATA
# description: Why it is not known what the router advertises on a session. Undefined when it is.
# scope: document
unseen(session) := sprintf("what is advertised on %s is not known: the edge router's table is %s", [
	name(session),
	session.sent,
]) if {
	session.sent != "ok"
}

# METADATA
# description: Prefixes in words, the first few of them.
# scope: document
prefixes(advertised) := concat(", ", array.slice([a.prefix | some a in advertised], 0, 3)) if {
	count(advertised) <= 3
} else := sprintf("%s and %d more", [
	concat(", ", array.slice([a.prefix | some a in advertised], 0, 3)),
	count(advertised) - 3,
])
