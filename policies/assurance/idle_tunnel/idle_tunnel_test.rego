package assurance.idle_tunnel_test

import data.assurance.idle_tunnel as policy
import data.lib.fixtures_test as lib

_traffic(idle) := {
	"id": "tunnel/R1/vpngw-0",
	"idle": idle,
	"counters": "Azure counted 9 bytes in and 0 out",
	"why": "neither Azure nor the router counts what it carries",
	"evidence": [lib.ref("connection.json", 1)],
}

test_complies_when_it_carries_traffic if {
	policy.applicable == {"tunnel/R1/vpngw-0"} with input.tunnelTraffics as [_traffic("no")]
	policy.violations == set() with input.tunnelTraffics as [_traffic("no")]
	policy.undetermined == set() with input.tunnelTraffics as [_traffic("no")]
}

test_violates_when_it_carries_nothing if {
	policy.violations == {{
		"resource": "tunnel/R1/vpngw-0",
		"message": concat("", [
			"tunnel/R1/vpngw-0 is connected and carries nothing: ",
			"Azure counted 9 bytes in and 0 out, want both above zero",
		]),
		"evidence": [lib.ref("connection.json", 1)],
	}} with input.tunnelTraffics as [_traffic("yes")]
}

test_undetermined_without_counters if {
	policy.undetermined == {{
		"resource": "tunnel/R1/vpngw-0",
		"message": concat("", [
			"whether tunnel/R1/vpngw-0 carries anything is not known: ",
			"neither Azure nor the router counts what it carries",
		]),
		"evidence": [lib.ref("connection.json", 1)],
	}} with input.tunnelTraffics as [_traffic("unknown")]
	policy.violations == set() with input.tunnelTraffics as [_traffic("unknown")]
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

test_not_applicable_without_connected_tunnels if {
	policy.applicable == set() with input.tunnelTraffics as []
	policy.violations == set() with input.tunnelTraffics as []
	policy.undetermined == set() with input.tunnelTraffics as []
}
