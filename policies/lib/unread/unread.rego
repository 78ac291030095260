# METADATA
# title: Unread
# description: What policies say of resources that were not read, and of which there may be more.
package lib.unread

# METADATA
# description: The resources, and lists of resources, of some types that were not read whole.
# scope: document
of(resources, types) := [resource |
	some resource in resources
	resource.type in types
]

# METADATA
# description: That nothing is known of what a policy judges there.
# scope: document
message(resource, judged) := sprintf("there may be %s that are not known: %s", [judged, resource.why])
