package gateway_subnet.summaries_test

import data.gateway_subnet.summaries as policy
import data.lib.fixtures_test as lib

test_complies_when_the_gateway_subnet_has_a_route_of_its_own if {
	tunnel := _tunnel(_over("10.64.0.0/26", [lib.vpn_candidate("10.64.0.0/16")]))

	policy.applicable == {"vnet/vnet-hub"} with input.gatewayVNets as [_vnet] with input.tunnels as [tunnel]
	policy.violations == set() with input.gatewayVNets as [_vnet] with input.tunnels as [tunnel]
	policy.undetermined == set() with input.gatewayVNets as [_vnet] with input.tunnels as [tunnel]
}

test_complies_when_only_expressroute_has_the_summary if {
	tunnel := _tunnel(_over("10.64.0.0/16", []))

	policy.violations == set() with input.gatewayVNets as [_vnet] with input.tunnels as [tunnel]
}

test_violates_when_a_summary_leaves_out_the_virtual_network if {
	vnet := object.union(_vnet, {"summaries": ["10.64.0.0/24"], "holding": ["10.64.0.0/24"], "outside": ["10.64.1.0/24"]})

	policy.violations == {{
		"resource": "vnet/vnet-hub",
		"message": concat("", [
			"the summaries 10.64.0.0/24 leave out 10.64.1.0/24 of vnet/vnet-hub, ",
			"which the premises then have no route to",
		]),
		"evidence": [lib.ref("vnet-hub.json", 1)],
	}} with input.gatewayVNets as [vnet] with input.tunnels as []
}

test_violates_when_a_router_has_only_the_summary if {
	policy.violations == {{
		"resource": "vnet/vnet-hub",
		"message": concat("", [
			"router/R1 has no longer route than 10.64.0.0/16, within the summary 10.64.0.0/16, to 10.64.0.4, ",
			"the gateway's end of tunnel/R1/vpngw-0: want one of the GatewaySubnet's own over ExpressRoute",
		]),
		"evidence": [lib.ref("vnet-hub.json", 1), lib.ref("router/R1.txt", 3)],
	}} with input.gatewayVNets as [_vnet]
		with input.tunnels as [_tunnel(_over("10.64.0.0/16", [lib.vpn_candidate("10.64.0.0/16")]))]
}

test_violates_when_the_summary_leads_into_the_tunnel if {
	path := lib.path([object.union(lib.hop("router/R1", "longest", lib.tunnel), {"prefix": "10.64.0.0/16"})])

	{violation.resource | some violation in policy.violations} == {"vnet/vnet-hub"} with input.gatewayVNets as [_vnet]
		with input.tunnels as [_tunnel(path)]
}

test_undetermined_when_the_virtual_network_was_not_read if {
	vnet := object.union(_vnet, {"status": "missing", "summaries": [], "holding": []})

	policy.undetermined == {{
		"resource": "vnet/vnet-hub",
		"message": "vnet/vnet-hub, which has gateway/vpngw, was not read",
		"evidence": [lib.ref("vnet-hub.json", 1)],
	}} with input.gatewayVNets as [vnet]
}

test_undetermined_when_the_way_of_a_tunnel_is_not_known if {
	unknown := [{"id": "gateway/vpngw", "why": "its connections were not read", "evidence": []}]

	policy.undetermined == {{
		"resource": "vnet/vnet-hub",
		"message": "R1's routes were not read; its connections were not read",
		"evidence": [lib.ref("vnet-hub.json", 1)],
	}} with input.gatewayVNets as [_vnet]
		with input.tunnels as [_tunnel(lib.unknown([]))]
		with input.unknownTunnels as unknown
}

test_not_applicable_without_summaries if {
	vnet := object.union(_vnet, {"summaries": [], "holding": []})

	policy.applicable == set() with input.gatewayVNets as [vnet] with input.tunnels as []
	policy.violations == set() with input.gatewayVNets as [vnet] with input.tunnels as []
	policy.undetermined == set() with input.gatewayVNets as [vnet] with input.tunnels as []
}

_vnet := {
	"id": "vnet/vnet-hub",
	"status": "ok",
	"prefixes": ["10.64.0.0/23"],
	"summaries": ["10.64.0.0/16"],
	"holding": ["10.64.0.0/16"],
	"outside": [],
	"gateways": ["gateway/vpngw"],
	"evidence": [lib.ref("vnet-hub.json", 1)],
}

_over(prefix, lost) := lib.path([object.union(
	lib.hop("router/R1", "longest", lib.peering),
	{"prefix": prefix, "lost": lost},
)])

_tunnel(forward) := {
	"id": "tunnel/R1/vpngw-0",
	"gateway": "gateway/vpngw",
	"remote": "10.64.0.4",
	"underlay": {"forward": forward, "return": lib.clear_forward},
}
