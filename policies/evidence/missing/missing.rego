# METADATA
# title: All evidence was collected and understood
# description: >-
#   An item that was not collected, came back empty, cut off or denied, or holds lines that were
#   not understood may hide anything. What depends on it cannot be judged, and no result of the
#   audit may be read as if it had been.
# related_resources:
#   - description: "Virtual Network Gateways - Get Learned Routes"
#     ref: https://learn.microsoft.com/rest/api/network-gateway/virtual-network-gateways/get-learned-routes
#   - description: "Azure permissions for Networking"
#     ref: https://learn.microsoft.com/azure/role-based-access-control/permissions/networking
# custom:
#   id: EVI-01
#   severity: high
#   remediation: >-
#     Collect the item again and see why it failed. For "denied", give the account the permission that the
#     detail names: Reader does not hold the actions that read routes; a custom role does, with
#     Microsoft.Network/virtualNetworkGateways/getLearnedRoutes/action and its like, or on a router a user
#     that may run the show command. For "timeout" and "throttled", try again later. For "unread", report
#     the line to the project, with the platform and its version. An item on a closed network can be
#     pasted into the file that the item names.
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CA-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "AU-12", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
package evidence.missing

# METADATA
# description: Every item of the evidence.
# scope: document
applicable contains item.item if some item in input.evidence

# METADATA
# description: None. Missing evidence is not a violation, and never compliance.
# scope: document
violations := {violation | some violation in []}

# METADATA
# description: Items that were not collected and understood as a whole.
# scope: document
undetermined contains {"resource": item.item, "message": message, "evidence": _place(item)} if {
	some item in input.evidence
	item.status != "ok"
	message := sprintf("%s: %s", [item.status, object.get(item, "detail", "no more is known")])
}

# Nothing can be pointed at in an item that does not exist.
_place(item) := [] if {
	item.status == "missing"
} else := [{"item": item.item}]
