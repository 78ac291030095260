# METADATA
# title: No table of routes is near Azure's limit
# description: >-
#   Azure ends the BGP session that brings more prefixes than it takes: 4,000 over a private peering
#   (10,000 with the premium add-on, 100 of IPv6), 4,000 at a VPN gateway. What an ExpressRoute gateway
#   advertises and what a route table holds is bounded, too. Past the limit the path is lost at once,
#   and what was kept off ExpressRoute by longer prefixes over the VPN may follow it in clear.
# related_resources:
#   - description: "Azure subscription and service limits: ExpressRoute and networking"
#     ref: https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits
#   - description: "About BGP with VPN Gateway"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview
#   - description: "ExpressRoute FAQ: prefix limits"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-faqs
# custom:
#   id: LIM-01
#   severity: high
#   remediation: >-
#     Summarise what is advertised, and set an alert on the number of routes at the same share of the limit.
#
#     Cisco IOS (10.10.0.0/16 is an example):
#         router bgp 65501
#          address-family ipv4
#           aggregate-address 10.10.0.0 255.255.0.0 summary-only
#     Other platforms:
#         NX-OS, IOS-XR, EOS, FRR: the same, as aggregate-address 10.10.0.0/16 summary-only
#         Junos: set routing-options aggregate route 10.10.0.0/16, and an export policy that lets out the aggregate and not its parts
#
#     The premium add-on raises a circuit's limit:
#         az network express-route update -g RG -n CIRCUIT --sku-tier Premium
#
#     User-defined routes: put adjoining prefixes together, or give subnets tables of their own.
#
#     Check: az network vnet-gateway list-learned-routes -g RG -n GATEWAY --query "length(value)"
#   parameters:
#     route_limit_percent:
#       default: 80
#       description: The share of a limit, in per cent, from which on a table is near it.
#       schema: {type: integer, minimum: 1, maximum: 100}
#     route_limits:
#       default:
#         private peering: 4000
#         premium private peering: 10000
#         private peering IPv6: 100
#         VPN gateway: 4000
#         advertised: 1000
#         advertised IPv6: 100
#         user-defined routes: 400
#       description: >-
#         Azure's limits, in prefixes: of what a router advertises over one link of a private peering, of
#         what a VPN gateway learns, of what an ExpressRoute gateway advertises to an edge router, and of
#         the routes in one route table. All are to be given.
#       schema:
#         type: object
#         additionalProperties: false
#         required:
#           - private peering
#           - premium private peering
#           - private peering IPv6
#           - VPN gateway
#           - advertised
#           - advertised IPv6
#           - user-defined routes
#         properties:
#           private peering: {type: integer, minimum: 1}
#           premium private peering: {type: integer, minimum: 1}
#           private peering IPv6: {type: integer, minimum: 1}
#           VPN gateway: {type: integer, minimum: 1}
#           advertised: {type: integer, minimum: 1}
#           advertised IPv6: {type: integer, minimum: 1}
#           user-defined routes: {type: integer, minimum: 1}
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CA-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
package limits.near

import data.lib.paths
import data.lib.words

# METADATA
# description: Every link, gateway and route table whose routes Azure bounds in number.
# scope: document
applicable contains counted.id if some counted in input.routeCounts

# METADATA
# description: Resources with more routes than the share of the limit.
# scope: document
violations contains violation if {
	some id, full in _full

	violation := {
		"resource": id,
		"message": words.reasons({_message(counted) | some counted in full}),
		"evidence": paths.evidence([counted | some counted in full]),
	}
}

# METADATA
# description: Resources whose routes were not counted as a whole.
# scope: document
undetermined contains {"resource": counted.id, "message": message, "evidence": paths.evidence([counted])} if {
	some counted in input.routeCounts
	counted.status != "ok"
	message := sprintf("how many routes it has (%s) is not known: the table is %s, with %d of them", [
		_words[counted.kind],
		counted.status,
		counted.count,
	])
}

_full[counted.id] contains counted if {
	some counted in input.routeCounts
	_near(counted)
}

_near(counted) if counted.count * 100 > _limits[counted.kind] * _percent

_message(counted) := sprintf("%s has %d routes (%s), more than %d %% of Azure's limit of %d", [
	counted.id,
	counted.count,
	_words[counted.kind],
	_percent,
	_limits[counted.kind],
])

# Without parameters, as where OPA itself evaluates, the declared defaults hold.
_percent := object.get(input.parameters, "route_limit_percent", _declared.route_limit_percent.default)

_limits := object.get(input.parameters, "route_limits", _declared.route_limits.default)

_declared := [annotated.annotations.custom.parameters |
	some annotated in rego.metadata.chain()
	annotated.annotations.scope == "package"
][0]

_words := {
	"private peering": "advertised by the router over a private peering",
	"premium private peering": "advertised by the router over a private peering with the premium add-on",
	"private peering IPv6": "of IPv6, advertised by the router over a private peering",
	"VPN gateway": "learned by a VPN gateway",
	"advertised": "advertised to an edge router",
	"advertised IPv6": "of IPv6, advertised to an edge router",
	"user-defined routes": "user-defined",
}
