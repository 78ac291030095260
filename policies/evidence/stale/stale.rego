# METADATA
# title: The evidence is of one collection and fresh at its end
# description: >-
#   An item that was carried over from an earlier collection tells of the network as it was then. Its age
#   is counted up to the end of the collection, not up to today: judging old evidence again gives the
#   result that it gave.
# related_resources:
#   - description: "NIST SP 800-137: Information Security Continuous Monitoring"
#     ref: https://csrc.nist.gov/pubs/sp/800/137/final
#   - description: "PCI DSS: document library"
#     ref: https://www.pcisecuritystandards.org/document_library/
# custom:
#   id: EVI-04
#   severity: medium
#   remediation: >-
#     Collect the item again, best with everything else in one run: routeproof collect --config FILE OUT. An item
#     that cannot be had any more (a router that is gone, an account that lost its rights) is to be taken
#     away, so that it is known to be missing. evidence_max_age_hours says how old an item may be.
#   parameters:
#     evidence_max_age_hours:
#       default: 24
#       description: How old, in hours, an item may be at the end of the collection that it is part of.
#       schema: {type: integer, minimum: 1}
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CA-7", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-3", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.20", strength: supports}
package evidence.stale

# METADATA
# description: Every item whose age is known.
# scope: document
applicable contains item.item if {
	some item in input.evidence
	item.age >= 0
}

# METADATA
# description: None. What is stale proves nothing, neither good nor bad.
# scope: document
violations := {violation | some violation in []}

# METADATA
# description: Items that were old when the collection ended.
# scope: document
undetermined contains {"resource": item.item, "message": message, "evidence": [{"item": item.item}]} if {
	some item in input.evidence
	item.age > _most * 3600
	message := sprintf("it was read %d hours before the end of the collection, want at most %d", [
		floor(item.age / 3600),
		_most,
	])
}

# Without parameters, as where OPA itself evaluates, the declared default holds.
_most := object.get(input.parameters, "evidence_max_age_hours", _declared.default)

_declared := [annotated.annotations.custom.parameters.evidence_max_age_hours |
	some annotated in rego.metadata.chain()
	annotated.annotations.scope == "package"
][0]
