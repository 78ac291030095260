# METADATA
# title: Packets from the premises reach Azure
# description: >-
#   Say here what must hold and why it matters, in the words of a review. This
#   example wants that packets from the premises to Azure are delivered.
# custom:
#   id: OWN-01
#   severity: medium
#   remediation: Say here what a person has to do, with the commands.
#   parameters:
#     own_01_smallest:
#       default: 1
#       description: Classes of fewer pairs of addresses are not judged.
#       schema: {type: integer, minimum: 1}
package own.own_01

# What is judged: classes are all pairs of addresses that share both paths.
# "routeproof policies schema" says what there is beside them.
applicable contains class.id if {
	some class in input.classes
	class.pairs >= input.parameters.own_01_smallest
}

# What does not hold, with the path and the lines of evidence that show it. A field
# that the input may lack is read with object.get: without it nothing would be said.
violations contains {
	"resource": class.id,
	"message": sprintf("packets from the premises are not delivered: %s", [object.get(class.forward, "detail", class.forward.outcome)]),
	"path": {"class": class.id, "direction": "forward"},
	"evidence": [place | some hop in class.forward.hops; some place in hop.evidence],
} if {
	some class in input.classes
	class.id in applicable
	class.forward.outcome in {"dropped", "loop"}
}

# What the evidence does not tell. What is neither here nor above passes.
undetermined contains {
	"resource": class.id,
	"message": sprintf("the path from the premises is not known: %s", [object.get(class.forward, "detail", class.forward.outcome)]),
} if {
	some class in input.classes
	class.id in applicable
	class.forward.outcome == "unknown"
}
