package assurance.wan_encryption_test

import data.assurance.wan_encryption as policy
import data.lib.fixtures_test as lib

_wan := {
	"id": "wan/vwan",
	"status": "ok",
	"encrypted": true,
	"gateways": ["gateway/hub-vpn"],
	"evidence": [lib.ref("vwan.json", 1)],
}

_with(facts) := object.union(_wan, facts)

test_complies_when_tunnels_encrypt if {
	policy.applicable == {"wan/vwan"} with input.wanEncryptions as [_wan]
	policy.violations == set() with input.wanEncryptions as [_wan]
	policy.undetermined == set() with input.wanEncryptions as [_wan]
}

test_violates_when_encryption_is_off if {
	policy.violations == {{
		"resource": "wan/vwan",
		"message": concat("", [
			"wan/vwan has disableVpnEncryption, want it off: ",
			"tunnels of gateway/hub-vpn carry clear text",
		]),
		"evidence": [lib.ref("vwan.json", 1)],
	}} with input.wanEncryptions as [_with({"encrypted": false})]
}

test_violates_also_before_there_are_gateways if {
	{v.message | some v in policy.violations} == {concat("", [
		"wan/vwan has disableVpnEncryption, want it off: ",
		"tunnels of its VPN gateways carry clear text",
	])} with input.wanEncryptions as [_with({"encrypted": false, "gateways": []})]
}

test_undetermined_when_it_was_not_read if {
	wan := _with({"status": "missing", "encrypted": false})

	policy.undetermined == {{
		"resource": "wan/vwan",
		"message": "whether tunnels of gateway/hub-vpn encrypt is not known: wan/vwan was not read",
		"evidence": [lib.ref("vwan.json", 1)],
	}} with input.wanEncryptions as [wan]
	policy.violations == set() with input.wanEncryptions as [wan]
}

test_not_applicable_without_a_virtual_wan if {
	policy.applicable == set() with input.wanEncryptions as []
	policy.violations == set() with input.wanEncryptions as []
	policy.undetermined == set() with input.wanEncryptions as []
}
