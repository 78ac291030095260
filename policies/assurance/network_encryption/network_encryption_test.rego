package assurance.network_encryption_test

import data.assurance.network_encryption as policy
import data.lib.fixtures_test as lib

_network := {
	"id": "vnet/spoke",
	"status": "ok",
	"enforcement": "AllowUnencrypted",
	"subnets": ["subnet/spoke/workload"],
	"evidence": [lib.ref("spoke.json", 1)],
}

_clear := lib.with_forward(lib.clear_forward)

_unknown := lib.with_return(lib.unknown([]))

test_complies_when_the_traffic_is_protected if {
	policy.applicable == {"vnet/spoke"} with input as {"networkEncryptions": [_network], "classes": [lib.class]}
	policy.violations == set() with input as {"networkEncryptions": [_network], "classes": [lib.class]}
	policy.undetermined == set() with input as {"networkEncryptions": [_network], "classes": [lib.class]}
}

test_violates_when_it_is_in_clear if {
	policy.violations == {{
		"resource": "vnet/spoke",
		"message": concat("", [
			"encryption of vnet/spoke (AllowUnencrypted) does not protect the traffic of ",
			"subnet/spoke/workload with on premises, which is in clear",
		]),
		"evidence": [lib.ref("spoke.json", 1)],
	}} with input as {"networkEncryptions": [_network], "classes": [_clear]}
}

test_violates_for_subnets_that_are_alike if {
	class := object.union(_clear, {"azure": {"subnet": "subnet/other/a", "alike": ["subnet/spoke/workload"]}})

	{v.resource | some v in policy.violations} == {"vnet/spoke"} with input as {
		"networkEncryptions": [_network],
		"classes": [class],
	}
}

test_undetermined_when_the_paths_are_unknown if {
	policy.undetermined == {{
		"resource": "vnet/spoke",
		"message": "whether the traffic of subnet/spoke/workload with on premises is in clear is not known",
		"evidence": [lib.ref("spoke.json", 1)],
	}} with input as {"networkEncryptions": [_network], "classes": [_unknown]}
}

test_undetermined_when_the_network_was_not_read if {
	network := object.union(_network, {"status": "missing", "subnets": []})

	policy.undetermined == {{
		"resource": "vnet/spoke",
		"message": "whether vnet/spoke has encryption of its own is not known: it was not read",
		"evidence": [lib.ref("spoke.json", 1)],
	}} with input as {"networkEncryptions": [network], "classes": []}
}

test_not_applicable_without_network_encryption if {
	policy.applicable == set() with input as {"networkEncryptions": [], "classes": [_clear]}
	policy.violations == set() with input as {"networkEncryptions": [], "classes": [_clear]}
	policy.undetermined == set() with input as {"networkEncryptions": [], "classes": [_clear]}
}
